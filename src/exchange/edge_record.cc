// How the messages of an epoch become records.
#include "kaiku/base/bytes.h"
#include "kaiku/base/crc32c.h"
#include "kaiku/exchange/edge.h"

#include "exchange/edge_layout.h"

namespace kaiku::exchange {

using base::ByteWriter;

EdgeWriter::Chunk EdgeWriter::take_chunk() {
  Chunk chunk;
  chunk.messages = messages_;
  chunk.items = item_count_;
  if (messages_ != 0) {
    ByteWriter out(chunk.body);
    out.varint(index_.size());
    out.raw(dictionary_);
    out.varint(item_count_);
    out.raw(items_);
    out.varint(order_count_);
    out.raw(orders_);
    out.varint(conversation_count_);
    out.raw(conversations_);
    out.varint(key_count_);
    out.raw(keys_);
    out.varint(delta_count_);
    out.raw(deltas_);
  }
  index_.clear();
  dictionary_.clear();
  items_.clear();
  orders_.clear();
  conversations_.clear();
  keys_.clear();
  deltas_.clear();
  item_count_ = order_count_ = conversation_count_ = key_count_ = delta_count_ = messages_ = 0;
  return chunk;
}

void EdgeWriter::write(const EdgeHeader& header, const Chunk& chunk, std::string& record) {
  ByteWriter out(record);
  out.u8(kEdgeLayout);
  out.u8(header.from_router ? 1 : 0);
  if (header.from_router) {
    out.bytes(header.source);
    out.varint(header.partition);
  } else {
    out.u16(header.shard);
  }
  out.u16(header.to);
  out.u64(header.sequence);
  out.u64(header.epoch);
  out.u64(header.fingerprint);
  out.varint(chunk.messages);
  out.varint(chunk.items);
  unsigned mask = 0;
  for (size_t level = 0; level < model::kLevels; ++level) {
    mask |= static_cast<unsigned>(header.progress[level].has_value()) << level;
  }
  mask |= header.voice ? kEdgeHasVoice : 0;
  out.u8(static_cast<uint8_t>(mask));
  for (const auto& progress : header.progress) {
    if (progress) {
      out.i64(progress->effective);
      out.i64(progress->data);
    }
  }
  if (header.voice) {
    exchange::write(out, *header.voice);
  }
  out.raw(chunk.body);
  out.u32(base::crc32c(record));
}

void EdgeWriter::finish(EdgeHeader& header, std::vector<std::string>& out) {
  EdgeHeader without_progress = header;
  without_progress.progress.fill(std::nullopt);
  without_progress.voice.reset();
  for (const Chunk& chunk : full_) {
    without_progress.sequence = ++header.sequence;
    write(without_progress, chunk, out.emplace_back());
  }
  full_.clear();
  ++header.sequence;
  write(header, take_chunk(), out.emplace_back());
  bytes_ = 0;
  items_total_ = 0;
}

}  // namespace kaiku::exchange
