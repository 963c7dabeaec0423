// OpeningRecord: the value of one customer in kOpenings, and what is told of it.
//
// Threads: a value.
// Owns:    its strings.
// Cost:    some 200 bytes per opening in memory, 110 in the store; verdicts are quadratic in those
//          of three days, which kOpeningsPerDay bounds.
// Fails:   decode() is false on anything but a well-formed value.
// Format:  layout u8 (1), openings (count varint; id, conversation, time svarint after the one
//          before, brand bytes, channel bytes, has sketch u8, 32 u16 if it has one) by (time, id),
//          full days (count varint; svarint each), ascending.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/model/opening_message.h"

namespace kaiku::journey {

struct HeldOpening {
  base::EventTime at = base::kNoTime;
  base::Digest id;
  base::Digest conversation;
  std::string brand;
  std::string channel;
  bool has_sketch = false;
  model::TextSketch sketch{};

  friend auto operator<=>(const HeldOpening&, const HeldOpening&) = default;
  friend bool operator==(const HeldOpening&, const HeldOpening&) = default;
};

// Views point into the record.
struct OpeningVerdict {
  base::EventTime at = base::kNoTime;
  std::string_view brand;
  std::string_view channel;
  bool is_continued = false;

  friend auto operator<=>(const OpeningVerdict&, const OpeningVerdict&) = default;
  friend bool operator==(const OpeningVerdict&, const OpeningVerdict&) = default;
};

struct OpeningRecord {
  // By (time, id), further messages of a conversation among them: when those before are forgotten,
  // one of these is the first.
  std::vector<HeldOpening> openings;
  std::vector<int32_t> full_days;  // UTC days that have too many, ascending

  friend bool operator==(const OpeningRecord&, const OpeningRecord&) = default;

  // Of copies of one item the least one holds, whichever came first. True if its day is full now
  // and was not before.
  bool put(HeldOpening opening);
  void forget(base::EventTime before);
  void purge(base::EventTime floor);

  [[nodiscard]] bool is_empty() const { return openings.empty() && full_days.empty(); }

  // Of openings in [from, through], sorted.
  [[nodiscard]] std::vector<OpeningVerdict> verdicts(base::EventTime from,
                                                     base::EventTime through) const;

  [[nodiscard]] std::string encode() const;
  [[nodiscard]] bool decode(std::string_view value);

 private:
  [[nodiscard]] bool is_full(int32_t day) const;
  [[nodiscard]] bool has_too_many(int32_t day) const;
  [[nodiscard]] bool is_begun_before(const HeldOpening& opening) const;
  [[nodiscard]] bool continues_another(const HeldOpening& opening) const;
};

}  // namespace kaiku::journey
