// Truth: what a pipeline has to make of a generated workload, known from the facts behind the
// records and not from reading them.
//
// Threads: a value.
// Owns:    all of it.
// Cost:    a cell is some 400 bytes.
// Fails:   never.
// Format:  to_json(): one JSON object; cells, key figures, conversations, breaches and bursts stand
//          on lines of their own.
//
// Rules: a copy of a post is a redelivery if its (connector, event id) was seen, else the same
// item. Counters of a post are booked when they were observed; edits, deletions and suppressed
// copies where the post is. Business cells count what is in force. `_other` is the brand of a post
// that names none. Conversations and journeys are as if time had passed everything that waits;
// whether a burst is over is not known if its brand is not heard of any more.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
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
  int64_t inbound = 0;                 // posts of people outside of the brand
  int64_t inbound_original = 0;        // of them originals
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

// For a while a brand was loud.
struct LoudTime {
  std::string brand;
  base::EventTime from = 0;
  base::EventTime until = 0;
};

// One conversation as its last outcome record tells of it; times may be kNoTime.
struct ConversationOutcome {
  std::string brand;
  std::string channel;
  model::ItemType type = model::ItemType::kMention;
  base::EventTime opened_at = base::kNoTime;
  base::EventTime first_peer_at = base::kNoTime;
  base::EventTime first_brand_at = base::kNoTime;
  base::EventTime resolved_at = base::kNoTime;
  int64_t response_business_ms = 0;
  uint32_t reopened = 0;
  std::array<int64_t, 4> messages{};  // of the asker, the brand, peers, machines
  std::string answered_by;
  std::optional<bool> deflected;  // strictly; none: nobody can know
  std::string sla_policy;
  int64_t sla_target_ms = 0;
  std::optional<bool> sla_met;
  std::string close_reason;
  uint8_t csat = 0;
};

// An alert that a deadline passed without an answer.
struct Breach {
  std::string brand;
  std::string channel;
  base::EventTime asked_at = base::kNoTime;
  base::EventTime deadline = base::kNoTime;
  base::EventTime ended_at = base::kNoTime;
  std::string sla_policy;
};

// A term that was used far more than its past lets expect, as the last record of its alert tells of
// it.
struct TermBurst {
  std::string brand;
  std::string term;                           // a word, or a hashtag with its '#'; folded
  base::EventTime opened_at = base::kNoTime;  // the end of the first hour of it
  // Of its last hour, or of the third calm one after it.
  base::EventTime updated_at = base::kNoTime;
  base::EventTime window_start = base::kNoTime;  // the last hour of it
  bool is_over = false;    // three calm hours came, and more of the brand after them
  int64_t count = 0;       // originals in all its hours
  int64_t last_count = 0;  // of the last hour, as the rest
  int64_t authors = 0;     // 16: so many or more
  bool more_authors = false;
  double expected = 0;
  double p_value = 1;
  double q_value = 1;
};

// What was said on purpose.
struct PlantedTerm {
  std::string what;
  bool bursts = false;  // it is meant to
  std::string brand;
  std::string term;
  base::EventTime from = 0;
  base::EventTime until = 0;
};

// A record of a key figure: the fields that are known exactly, as JSON without its braces.
struct KpiTruth {
  std::string kpi;
  Window window = Window::kDay;
  std::string brand;
  std::string channel;  // "_all" too
  base::EventTime start = 0;
  std::string fields;
};

struct Truth {
  std::array<Outcomes, kSources> sources;
  // Sorted by the name of the window, brand, channel, type and start. Cells nothing was booked in
  // are not there.
  std::vector<Cell> cells;
  std::vector<Booked> booked;                      // sorted by day and brand
  std::vector<ConversationOutcome> conversations;  // by opening
  std::vector<Breach> breaches;                    // by opening
  // Of conversations and journeys, for hours and days, those that have figures; removal effects
  // behind the other key figures of all channels.
  std::vector<KpiTruth> kpis;
  std::vector<LoudTime> loud_times;
  std::vector<TermBurst> bursts;  // by brand, opening and term; empty if signals are not followed
  std::vector<PlantedTerm> planted;  // what of it was meant, and what was meant not to be of it
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
