// The header that closes an epoch in the changelog: everything that influenced it.
#include "kaiku/base/bytes.h"
#include "kaiku/shard/shard.h"

namespace kaiku::shard {
namespace {

using base::ByteReader;
using base::ByteWriter;
using exchange::Progress;
using model::Level;

constexpr uint8_t kHeaderLayout = 4;
// Still read: it knew no voices and no level of threads.
constexpr uint8_t kHeaderLayoutBefore = 3;

void write_progress(ByteWriter& out, const Progress& progress) {
  out.i64(progress.effective);
  out.i64(progress.data);
}

Progress read_progress(ByteReader& in) {
  Progress progress;
  progress.effective = in.i64();
  progress.data = in.i64();
  return progress;
}

}  // namespace

std::string Shard::encode_header() const {
  std::string bytes;
  ByteWriter out(bytes);
  out.u8(kHeaderLayout);
  out.u64(plan_.fingerprint);
  out.u64(epoch_);
  out.u16(static_cast<uint16_t>(number_));
  out.i64(exchange_next_);
  out.varint(shards_.size());
  for (const Sender& sender : shards_) {
    out.varint(sender.sequence);
    for (const Level level : reported_) {
      write_progress(out, sender.progress[index(level)]);
    }
  }
  // Per source, since a topic may grow.
  for (size_t i = 0; i < plan_.sources.size(); ++i) {
    out.varint(first_routed_[i + 1] - first_routed_[i]);
  }
  for (const Sender& sender : routed_) {
    out.varint(sender.sequence);
    out.varint(sender.offset);
    write_progress(out, sender.progress[index(Level::kRoute)]);
    exchange::write(out, sender.voice);
  }
  for (const uint64_t sequence : out_sequences_) {
    out.varint(sequence);
  }
  for (const Level level : reported_) {
    write_progress(out, progress_[index(level)]);
    write_progress(out, announced_[index(level)]);
  }
  write_progress(out, board_input_);
  out.varint(ledger_.size());
  for (const SourceLedger& ledger : ledger_) {
    ledger.encode(out);
  }
  for (const auto& router : routers_) {
    out.u8(router != nullptr ? 1 : 0);
    if (router != nullptr) {
      router->encode(out);
    }
  }
  return bytes;
}

bool Shard::decode_header(std::string_view bytes) {
  ByteReader in(bytes);
  const uint8_t layout = in.u8();
  if ((layout != kHeaderLayout && layout != kHeaderLayoutBefore) || in.u64() != plan_.fingerprint) {
    return false;
  }
  std::vector<Level> levels = reported_;
  if (layout == kHeaderLayoutBefore) {
    std::erase(levels, Level::kThread);
  }
  epoch_ = in.u64();
  if (in.u16() != number_) {
    return false;
  }
  exchange_next_ = in.i64();
  if (in.varint() != shards_.size()) {
    return false;
  }
  for (Sender& sender : shards_) {
    sender.sequence = in.varint();
    for (const Level level : levels) {
      sender.progress[index(level)] = read_progress(in);
    }
  }
  std::vector<uint64_t> known(plan_.sources.size());
  for (uint64_t& count : known) {
    count = in.varint();
  }
  for (size_t i = 0; i < known.size(); ++i) {
    if (known[i] > first_routed_[i + 1] - first_routed_[i]) {
      return false;
    }
    // Partitions that are new since then have said nothing yet.
    for (size_t k = 0; k < known[i]; ++k) {
      Sender& sender = routed_[first_routed_[i] + k];
      sender.sequence = in.varint();
      sender.offset = in.varint();
      sender.progress[index(Level::kRoute)] = read_progress(in);
      if (layout == kHeaderLayout) {
        sender.voice = exchange::read_voice(in);
      }
    }
  }
  for (uint64_t& sequence : out_sequences_) {
    sequence = in.varint();
  }
  for (const Level level : levels) {
    progress_[index(level)] = read_progress(in);
    announced_[index(level)] = read_progress(in);
  }
  board_input_ = read_progress(in);
  if (in.varint() != ledger_.size()) {
    return false;
  }
  for (SourceLedger& ledger : ledger_) {
    if (!ledger.decode(in)) {
      return false;
    }
  }
  for (const auto& router : routers_) {
    const bool present = in.u8() != 0;
    if (present != (router != nullptr) || (present && !router->decode(in))) {
      return false;
    }
  }
  return !in.failed() && in.at_end();
}

}  // namespace kaiku::shard
