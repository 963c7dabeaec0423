// Truth: what a pipeline has to make of a generated workload, known from the facts behind the
// records and not from reading them.
//
// Threads: a value.
// Owns:    all of it.
// Cost:    a cell is some 400 bytes.
// Fails:   never.
// Format:  to_json(): one JSON object; every cell stands on a line of its own.
//
// Rules: a copy of a post is a redelivery if its (connector, event id) was seen, else the same
// item. Counters of a post are booked when they were observed; edits, deletions and suppressed
// copies where the post is. Business cells count what is in force. `_other` is the brand of a post
// that names none.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/generate/record.h"
#include "kaiku/model/item.h"
#include "kaiku/model/outcome.h"
#include "kaiku/money/money_sums.h"

namespace kaiku::generate {

// Where the records of one source end; every record holds one item.
struct Outcomes {
  uint64_t records = 0;
  uint64_t counted = 0;
  std::array<uint64_t, model::kDuplicateKinds> duplicates{};
  uint64_t late = 0;
  std::array<uint64_t, model::kErrorClasses> dead_letters{};
  uint64_t ignored = 0;

  // Every record ended once.
  [[nodiscard]] bool balances() const;

  friend bool operator==(const Outcomes&, const Outcomes&) = default;
};

inline constexpr size_t kCounters = 8;
// likes, replies, reposts, quotes, bookmarks, clicks, views, impressions: the order of
// model::Counters. The first six are engagements.
inline constexpr size_t kEngagementCounters = 6;

struct Figures {
  std::array<int64_t, model::kRelations> by_relation{};
  std::array<int64_t, model::kDuplicateKinds> suppressed{};
  std::array<int64_t, kCounters> counters{};
  std::array<int64_t, 4> sentiment{};  // by model::Sentiment
  int64_t edits = 0;
  int64_t deletions = 0;
  int64_t unique_authors = 0;  // exact
  int64_t orders = 0;
  int64_t refunds = 0;
  int64_t spends = 0;
  money::MoneySums money;

  [[nodiscard]] int64_t count_total() const;
  [[nodiscard]] int64_t count_original() const;
  [[nodiscard]] int64_t engagements() const;
};

enum class Window : uint8_t { kMinute, kHour, kDay };  // UTC

[[nodiscard]] std::string_view name_of(Window window);
[[nodiscard]] int64_t size_of(Window window);

struct Cell {
  Window window = Window::kMinute;
  std::string brand;
  std::string channel;
  model::ItemType type = model::ItemType::kMention;
  base::EventTime start = 0;
  Figures figures;
};

// Money of one brand and UTC day in the base currency, as decimal text, rounded once.
struct Booked {
  int32_t day = 0;  // since 1970
  std::string brand;
  std::string orders;
  std::string refunds;
  std::string spend;
};

struct Truth {
  std::array<Outcomes, kSources> sources;
  // Sorted by the name of the window, brand, channel, type and start. Cells nothing was booked in
  // are not there.
  std::vector<Cell> cells;
  std::vector<Booked> booked;  // sorted by day and brand
  std::string base_currency;

  // Every record of every source ended once.
  [[nodiscard]] bool balances() const;
  // Null if nothing was booked in it.
  [[nodiscard]] const Cell* find(Window window,
                                 base::EventTime start,
                                 std::string_view brand,
                                 std::string_view channel,
                                 model::ItemType type) const;
  [[nodiscard]] std::string to_json() const;
};

}  // namespace kaiku::generate
