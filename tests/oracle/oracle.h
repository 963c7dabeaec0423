// The oracle: what a pipeline must give for a set of records, computed in one batch. It shares no
// code with the engine: no watermark, dedup, window, aggregate, parser or matcher of kaiku is used
// here, so that an error of the engine cannot be an error of its judge.
//
// Threads: pure functions.
// Owns:    everything it returns.
// Cost:    some microseconds per record; nothing is bounded.
// Fails:   never; a record that cannot be used has the outcome dead_letter.
//
// Scope: it models no capacity bound, no retention and no purge, and takes each item once, whatever
// the copies say. Which copy came first decides what an item is where its copies disagree; the rest
// is free of order. Control items and
// test orders are ignored before anything is judged. A redelivery is suppressed in the cells its
// own record names. A record is one item: no arrays.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::oracle {

using Micros = int64_t;
__extension__ using Wide = __int128;

inline constexpr Micros kSecond = 1'000'000;
inline constexpr Micros kMinute = 60 * kSecond;
inline constexpr Micros kHour = 60 * kMinute;
inline constexpr Micros kDay = 24 * kHour;

struct Record {
  std::string source;
  int32_t partition = 0;
  int64_t offset = 0;
  Micros timestamp = 0;  // the log's own time
  std::string value;     // one canonical item
};

struct Source {
  std::string name;
  Micros max_future = 5 * kMinute;
  Micros max_age = 30 * kDay;
  bool bounded = false;  // nothing in it is late, and the log's time decides nothing
  bool polled = false;
  std::string brand;  // brand of every item; "" if the item says it
};

struct Brand {
  std::string id;
  std::vector<std::string> aliases;
  std::vector<std::string> exclude;
  std::vector<std::string> handles;  // authors that are the brand itself
};

struct Channel {
  std::string id;
  std::vector<std::string> match;
};

// Units of the base currency for one unit of `currency`.
struct Rate {
  std::string currency;
  std::string date;  // "2026-03-02"
  std::string rate;  // decimal
};

struct Window {
  std::string name;
  Micros size = 0;  // tumbling, UTC
};

enum class Unmatched : uint8_t { kCount, kIgnore, kDeadLetter };

struct OraclePlan {
  std::vector<Source> sources;
  Micros out_of_orderness = 30 * kSecond;
  Micros lateness = 10 * kMinute;
  std::vector<Brand> brands;
  bool open_brands = false;  // no catalogue: the brand field as it stands
  Unmatched unmatched = Unmatched::kCount;
  std::vector<Channel> channels;  // none: every name in lower case is its own channel
  std::vector<Window> windows = {{"minute", kMinute}, {"hour", kHour}, {"day", kDay}};
  std::string base_currency = "EUR";
  std::vector<Rate> rates;
};

// Where the items of one source ended. duplicate and dead_letter by kind and class.
struct Outcomes {
  int64_t records = 0;
  int64_t items = 0;
  int64_t counted = 0;
  std::map<std::string, int64_t> duplicate;
  int64_t late = 0;
  std::map<std::string, int64_t> dead_letter;
  int64_t ignored = 0;

  friend bool operator==(const Outcomes&, const Outcomes&) = default;
};

struct CellKey {
  std::string window;
  Micros start = 0;
  std::string brand;
  std::string channel;
  std::string type;

  friend auto operator<=>(const CellKey&, const CellKey&) = default;
};

struct MoneyKey {
  std::string flow;  // "order", "refund", "spend"
  std::string currency;
  int64_t day = 0;  // rate day, since 1970-01-01

  friend auto operator<=>(const MoneyKey&, const MoneyKey&) = default;
};

struct Figures {
  std::map<std::string, int64_t> by_relation;
  int64_t inbound = 0;                        // items of people outside of the brand
  int64_t inbound_original = 0;               // of them originals
  std::map<std::string, int64_t> components;  // of engagement, and views and impressions
  std::map<std::string, int64_t> suppressed;  // by kind
  std::map<std::string, int64_t> sentiment;   // "negative", "neutral", "positive"
  int64_t edits = 0;
  int64_t deletions = 0;
  std::set<std::string> authors;
  std::map<std::string, int64_t> followers;  // author -> the most ever seen
  int64_t orders = 0;
  int64_t refunds = 0;
  int64_t spends = 0;
  std::map<MoneyKey, Wide> money;

  [[nodiscard]] int64_t count_total() const;
  [[nodiscard]] int64_t engagements() const;
  [[nodiscard]] int64_t reach() const;
  // Nothing in it differs from a cell that was never touched.
  [[nodiscard]] bool is_zero() const;
};

enum class Outcome : uint8_t { kCounted, kDuplicate, kLate, kDeadLetter, kIgnored };

struct Verdict {
  Outcome outcome = Outcome::kCounted;
  std::string detail;  // kind of duplicate, class of dead letter; else ""

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

struct Expected {
  std::map<std::string, Outcomes> outcomes;  // by source
  std::map<CellKey, Figures> cells;
  std::vector<Verdict> verdicts;  // per record, in the order of the input

  [[nodiscard]] const Figures& cell(const CellKey& key) const;  // zero if there is none
};

// Records of a partition are taken in the order of their offsets, partitions in the order of their
// names.
[[nodiscard]] Expected run(const OraclePlan& plan, const std::vector<Record>& records);

}  // namespace kaiku::oracle
