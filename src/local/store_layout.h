// The keys and values of the embedded log in its store.
//
// Threads: pure functions.
// Owns:    nothing.
// Cost:    a string each.
// Fails:   a decoder is false on anything but what its encoder wrote.
// Format:  integers of keys are big-endian.
//            0x01 name                                    -> layout u8, topic u16, partitions u32
//            0x02 topic u16, partition u32, offset u64    -> a batch; the offset is its last
//            record's,
//                                                            so that the first key at or behind an
//                                                            offset is the batch that holds it
//            0x03 topic u16, partition u32                -> layout u8, low i64, high i64, bytes
//            u64 0x04 topic u16, partition u32                -> layout u8, next offset i64,
//            metadata 0x05                                         -> layout u8, term u64
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kaiku/log/log.h"

namespace kaiku::local {

struct StoredTopic {
  uint16_t id = 0;
  uint32_t partitions = 0;
};

struct StoredEnds {
  int64_t low = 0;
  int64_t high = 0;
  uint64_t bytes = 0;
};

enum class Space : char { kTopics = 1, kRecords = 2, kEnds = 3, kOffsets = 4, kTerm = 5 };

[[nodiscard]] std::string space_begin(Space space);
[[nodiscard]] std::string space_end(Space space);

[[nodiscard]] std::string topic_key(std::string_view name);
[[nodiscard]] std::string record_key(uint16_t topic, uint32_t partition, int64_t last_offset);
[[nodiscard]] std::string ends_key(uint16_t topic, uint32_t partition);
[[nodiscard]] std::string offsets_key(uint16_t topic, uint32_t partition);
[[nodiscard]] std::string term_key();

// Of keys that topic_key, record_key, ends_key and offsets_key made.
[[nodiscard]] bool decode_partition_key(std::string_view key, uint16_t& topic, uint32_t& partition);
[[nodiscard]] bool decode_record_key(std::string_view key, int64_t& last_offset);

[[nodiscard]] std::string encode_topic(const StoredTopic& topic);
[[nodiscard]] std::string encode_ends(const StoredEnds& ends);
[[nodiscard]] std::string encode_offsets(const log::Committed& committed);
[[nodiscard]] std::string encode_term(uint64_t term);
[[nodiscard]] bool decode_topic(std::string_view bytes, StoredTopic& topic);
[[nodiscard]] bool decode_ends(std::string_view bytes, StoredEnds& ends);
[[nodiscard]] bool decode_offsets(std::string_view bytes, log::Committed& committed);
[[nodiscard]] bool decode_term(std::string_view bytes, uint64_t& term);

}  // namespace kaiku::local
