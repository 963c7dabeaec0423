// What is known of a brand: minutes and hours that wait for their window to close, its past, and
// its open alerts; and the rows in which they lie.
//
// Threads: confined to the book.
// Owns:    its values.
// Cost:    that of its maps.
// Fails:   decode functions are false on anything but a well-formed row.
// Format:  table kSignals. Key: kind of row u8, brand, 0, then what the kind needs; numbers in keys
//          are big-endian with the sign bit flipped. Each value begins with layout u8 (4; 3 had no
//          examples, no hosts and six risks, 2 had the budget of a day in the brand's past, which
//          begins anew, 1 five risks and eight kinds of alerts beside; both are read still).
//            'B'                          the brand's past, with its hosts
//            'M' minute i64               a minute: originals, negative, neutral, positive svarint,
//                                         terms, subjects by risk
//            'H' hour i64                 an hour: its terms
//            'T' scale u8, hash u64       a term's past: shape, at svarint, risen u8
//            'A' kind u8, subject         an open alert
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/aggregate/example_table.h"
#include "kaiku/aggregate/signal_figures.h"
#include "kaiku/aggregate/term_table.h"
#include "kaiku/base/bytes.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/model/signal_part.h"
#include "kaiku/signal/alert_kind.h"
#include "kaiku/signal/baseline.h"

#include "signal/host_table.h"

namespace kaiku::signal {

enum class Row : uint8_t { kBrand = 'B', kMinute = 'M', kHour = 'H', kTerm = 'T', kAlert = 'A' };

enum class Scale : uint8_t { kHour, kDay };
inline constexpr size_t kScales = 2;

inline constexpr int64_t kNever = INT64_MIN;

struct Minute {
  int64_t originals = 0;
  int64_t negative = 0;
  int64_t neutral = 0;
  int64_t positive = 0;
  aggregate::TermTable terms;
  aggregate::ExampleTable examples;
  std::array<aggregate::TermTable, model::kRisks> subjects = {
      aggregate::TermTable(aggregate::kSubjectsPerTable),
      aggregate::TermTable(aggregate::kSubjectsPerTable),
      aggregate::TermTable(aggregate::kSubjectsPerTable),
      aggregate::TermTable(aggregate::kSubjectsPerTable),
      aggregate::TermTable(aggregate::kSubjectsPerTable),
      aggregate::TermTable(aggregate::kSubjectsPerTable),
      aggregate::TermTable(aggregate::kSubjectsPerTable)};
  bool stored = false;

  // Counts and terms, not subjects.
  void add(const Minute& other);
  [[nodiscard]] bool has_subjects() const;
};

// Sums of what came from outside wrap rather than overflow.
[[nodiscard]] constexpr int64_t plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

struct TermPast {
  Shape shape;
  uint8_t risen = 0;  // of the days up to shape.at, the last one in the lowest bit
};

// One hour of the season.
struct Slot {
  int64_t first = kNever;  // the season in which it was first looked at
  Age age;
  Shape volume;
  Shape negative;
  Shape neutral;
  Shape positive;
};

// A public item that an alert points to.
struct SampleRef {
  uint64_t item = 0;
  uint64_t author = 0;  // 0: nobody is named
  std::string url;
};

inline constexpr size_t kSampleRefs = 3;

struct Alert {
  AlertKind kind = AlertKind::kBurst;
  Severity severity = Severity::kInfo;
  std::string subject;  // "": the brand as a whole
  base::EventTime opened_at = 0;
  base::EventTime updated_at = 0;  // end of the last window with a finding
  base::EventTime told_at = 0;
  base::EventTime window_start = 0;  // of the last finding
  int64_t window_size = 0;
  int64_t count = 0;       // since it opened
  int64_t told_count = 0;  // of those
  uint32_t number = 0;
  uint8_t quiet = 0;
  bool told = false;  // false: a digest tells of it
  bool exact = true;
  std::string evidence;            // JSON
  std::vector<SampleRef> samples;  // kSampleRefs at most

  // Hints are shown to who looks, though only a digest tells of them.
  [[nodiscard]] bool is_shown() const { return told || severity == Severity::kInfo; }
};

struct ScalePast {
  int64_t first = kNever;    // the first window with anything in it
  int64_t through = kNever;  // the last one that was looked at
  int64_t pruned = kNever;   // the last one after which faded terms were dropped
  Age age;
};

struct Brand {
  std::array<ScalePast, kScales> scales;
  std::vector<Slot> slots;
  std::map<int64_t, Minute> minutes;
  std::set<int64_t> risky;  // minutes with subjects that were not looked at
  std::map<int64_t, aggregate::TermTable> hours;
  std::map<int64_t, aggregate::ExampleTable> examples;  // by hour
  std::array<base::FlatMap<uint64_t, TermPast>, kScales> terms;
  std::map<std::pair<AlertKind, std::string>, Alert> alerts;
  HostTable hosts;
  std::set<int64_t> dirty_minutes;
  bool dirty = false;

  [[nodiscard]] ScalePast& at(Scale scale) { return scales[static_cast<size_t>(scale)]; }

  [[nodiscard]] const ScalePast& at(Scale scale) const {
    return scales[static_cast<size_t>(scale)];
  }
};

[[nodiscard]] std::string row_key(Row row, std::string_view brand);
// Of a minute or an hour.
[[nodiscard]] std::string window_key(Row row, std::string_view brand, int64_t number);
[[nodiscard]] std::string term_key(std::string_view brand, Scale scale, uint64_t hash);
[[nodiscard]] std::string alert_key(std::string_view brand,
                                    AlertKind kind,
                                    std::string_view subject);

void encode_brand(const Brand& brand, std::string& out);
void encode_minute(const Minute& minute, std::string& out);
void encode_hour(const aggregate::TermTable& terms,
                 const aggregate::ExampleTable& examples,
                 std::string& out);
void encode_term(const TermPast& past, std::string& out);
void encode_alert(const Alert& alert, std::string& out);

// Takes one row in; `key` is what stands behind the brand.
[[nodiscard]] bool take_row(Row row, std::string_view key, std::string_view value, Brand& brand);

}  // namespace kaiku::signal
