#include "store_layout.h"

#include "kaiku/base/bytes.h"
#include "kaiku/base/limits.h"

namespace kaiku::local {
namespace {

constexpr uint8_t kLayout = 1;
constexpr size_t kPartitionKeyBytes = 1 + 2 + 4;
constexpr size_t kRecordKeyBytes = kPartitionKeyBytes + 8;

template <typename T>
void append_big_endian(std::string& out, T value) {
  for (size_t shift = 8 * sizeof(T); shift > 0; shift -= 8) {
    out += static_cast<char>(value >> (shift - 8));
  }
}

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

std::string partition_key(Space space, uint16_t topic, uint32_t partition) {
  std::string key = space_begin(space);
  append_big_endian(key, topic);
  append_big_endian(key, partition);
  return key;
}

bool complete(const base::ByteReader& reader, uint8_t layout) {
  return layout == kLayout && !reader.failed() && reader.at_end();
}

}  // namespace

std::string space_begin(Space space) {
  return std::string(1, static_cast<char>(space));
}

std::string space_end(Space space) {
  return std::string(1, static_cast<char>(static_cast<char>(space) + 1));
}

std::string topic_key(std::string_view name) {
  return space_begin(Space::kTopics).append(name);
}

std::string record_key(uint16_t topic, uint32_t partition, int64_t last_offset) {
  std::string key = partition_key(Space::kRecords, topic, partition);
  append_big_endian(key, static_cast<uint64_t>(last_offset));
  return key;
}

std::string ends_key(uint16_t topic, uint32_t partition) {
  return partition_key(Space::kEnds, topic, partition);
}

std::string offsets_key(uint16_t topic, uint32_t partition) {
  return partition_key(Space::kOffsets, topic, partition);
}

std::string term_key() {
  return space_begin(Space::kTerm);
}

bool decode_partition_key(std::string_view key, uint16_t& topic, uint32_t& partition) {
  if (key.size() != kPartitionKeyBytes) {
    return false;
  }
  topic = static_cast<uint16_t>(big_endian(key.substr(1, 2)));
  partition = static_cast<uint32_t>(big_endian(key.substr(3, 4)));
  return true;
}

bool decode_record_key(std::string_view key, int64_t& last_offset) {
  if (key.size() != kRecordKeyBytes) {
    return false;
  }
  last_offset = static_cast<int64_t>(big_endian(key.substr(kPartitionKeyBytes)));
  return last_offset >= 0;
}

std::string encode_topic(const StoredTopic& topic) {
  std::string out;
  base::ByteWriter writer(out);
  writer.u8(kLayout);
  writer.u16(topic.id);
  writer.u32(topic.partitions);
  return out;
}

std::string encode_ends(const StoredEnds& ends) {
  std::string out;
  base::ByteWriter writer(out);
  writer.u8(kLayout);
  writer.i64(ends.low);
  writer.i64(ends.high);
  writer.u64(ends.bytes);
  return out;
}

std::string encode_offsets(const log::Committed& committed) {
  std::string out;
  base::ByteWriter writer(out);
  writer.u8(kLayout);
  writer.i64(committed.next_offset);
  writer.bytes(committed.metadata);
  return out;
}

std::string encode_term(uint64_t term) {
  std::string out;
  base::ByteWriter writer(out);
  writer.u8(kLayout);
  writer.u64(term);
  return out;
}

bool decode_topic(std::string_view bytes, StoredTopic& topic) {
  base::ByteReader reader(bytes);
  const uint8_t layout = reader.u8();
  topic.id = reader.u16();
  topic.partitions = reader.u32();
  return complete(reader, layout);
}

bool decode_ends(std::string_view bytes, StoredEnds& ends) {
  base::ByteReader reader(bytes);
  const uint8_t layout = reader.u8();
  ends.low = reader.i64();
  ends.high = reader.i64();
  ends.bytes = reader.u64();
  return complete(reader, layout) && ends.low >= 0 && ends.high >= ends.low;
}

bool decode_offsets(std::string_view bytes, log::Committed& committed) {
  base::ByteReader reader(bytes);
  const uint8_t layout = reader.u8();
  committed.next_offset = reader.i64();
  committed.metadata = reader.bytes();
  return complete(reader, layout) && committed.next_offset >= 0 &&
         committed.metadata.size() <= base::limits::kOffsetMetadataBytes;
}

bool decode_term(std::string_view bytes, uint64_t& term) {
  base::ByteReader reader(bytes);
  const uint8_t layout = reader.u8();
  term = reader.u64();
  return complete(reader, layout);
}

}  // namespace kaiku::local
