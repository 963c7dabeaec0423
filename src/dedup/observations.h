// Observations: what an item's counters were at the times they were looked at, as a line from the
// newest to the oldest, and what that line tells.
//
// Threads: pure functions and values.
// Owns:    nothing; the rows are a bucket's.
// Cost:    some nanoseconds per observation of the line.
// Fails:   never.
//
// What is told is a function of the set of observations: each gains over the one before it in time,
// counter by counter, and what it gained is of the minute in which it was seen. The first that came
// with a copy of the item itself is told in the item's own minute and is no re-poll; every other
// one is. Of two at the same time the larger counter counts.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/dedup/item_table.h"
#include "kaiku/model/item.h"

namespace kaiku::dedup {

inline constexpr std::array kCounterFields = {&model::Counters::likes,
                                              &model::Counters::replies,
                                              &model::Counters::reposts,
                                              &model::Counters::quotes,
                                              &model::Counters::bookmarks,
                                              &model::Counters::clicks,
                                              &model::Counters::views,
                                              &model::Counters::impressions};

struct Observation {
  base::EventTime at = base::kTimeBegin;  // kTimeBegin: said by a stream with the item
  model::Counters counters;               // as they were stated
  Observation* before = nullptr;          // older
  bool of_item = false;                   // came with a copy of the item
  bool is_merged = false;                 // stands for the older ones too
};

// The link to the newest observation that is not younger than `at`.
[[nodiscard]] Observation** find_place(Observation*& newest, base::EventTime at);

// The larger of each counter; false if that changes nothing.
bool raise(model::Counters& counters, const model::Counters& other);

// `older` becomes part of `newer`, which stands for both from now on.
void merge(Observation& newer, const Observation& older);

// Appends what the line tells, `sign` times (1 or -1).
void tell(const Observation* newest, int32_t item_minute, int sign, std::vector<Booking>& out);

// One booking per minute, none that says nothing.
void sum_up(std::vector<Booking>& bookings);

}  // namespace kaiku::dedup
