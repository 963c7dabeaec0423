// HourDigest: the alerts of an hour of a brand that are not told one by one.
//
// Threads: a value.
// Owns:    its texts.
// Cost:    a few KB at most.
// Fails:   decode() is false on anything but a well-formed value.
// Format:  in the store: number u32, told u8, parts: count varint, each severity u8, kind u8, count
//          varint, places: count varint, each channel bytes, policy bytes, count varint; names:
//          count varint, each id bytes, JSON bytes, may end u8. The record's contract is
//          pipelines/schemas/signal_digest.v2.schema.json.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/signal/alert_budget.h"
#include "kaiku/signal/alert_kind.h"

namespace kaiku::signal {

struct HourDigest {
  static constexpr size_t kNames = 20;   // of a kind, the first ones
  static constexpr size_t kPlaces = 20;  // likewise

  struct Name {
    std::string id;
    std::string shown;  // JSON object
    bool may_end = false;
  };

  struct Part {
    uint64_t count = 0;
    std::map<std::pair<std::string, std::string>, uint64_t> places;  // by channel and policy
    std::vector<Name> names;
  };

  uint32_t number = 0;  // of its next record
  bool told = false;    // nothing changed since
  std::map<std::pair<Severity, AlertKind>, Part> parts;

  // True if it names the entry.
  bool add(const DigestEntry& entry);
  // False if it names no such entry.
  bool take_back(const DigestEntry& entry);
  void release(const DigestEntry& entry);
  // Something it names may have to be taken back.
  [[nodiscard]] bool is_needed() const;

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
};

[[nodiscard]] AlertRecord digest_record(std::string_view brand,
                                        int64_t hour,
                                        const HourDigest& digest);

}  // namespace kaiku::signal
