// The records of the changelog: the parts of an epoch's changes and the header that closes them.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a copy and a checksum.
// Fails:   parse_changelog_record is false on bad bytes.
// Format:  see shard.h. Header payload: previous epoch u64, parts u32, CRC32C of the parts'
// payloads u32.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/exchange/edge.h"

namespace kaiku::shard {

[[nodiscard]] std::vector<std::string> changelog_records(uint64_t epoch,
                                                         const std::vector<std::string>& parts);

struct ChangelogRecord {
  bool is_header = false;
  uint64_t epoch = 0;
  uint32_t part = 0;
  std::string_view payload;
  uint64_t previous_epoch = 0;  // header
  uint32_t parts = 0;           // header
  uint32_t parts_crc = 0;       // header
};

[[nodiscard]] bool parse_changelog_record(std::string_view bytes, ChangelogRecord& record);

// ASCII metadata of a shard's exchange offset: "1;e=<epoch>;f=<fingerprint>".
[[nodiscard]] std::string epoch_metadata(uint64_t epoch, uint64_t fingerprint);
[[nodiscard]] std::optional<uint64_t> epoch_of_metadata(std::string_view metadata);

// A header is due: progress has entered another minute of event time.
[[nodiscard]] bool crossed_minute(const exchange::Progress& now, const exchange::Progress& before);

}  // namespace kaiku::shard
