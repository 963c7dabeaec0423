#include "dedup/observations.h"

#include <algorithm>

namespace kaiku::dedup {
namespace {

using model::Counters;
using model::kAbsent;

// seen - so_far of each counter that is stated; `so_far` becomes what was seen.
Counters gain(Counters& so_far, const Counters& seen, int sign) {
  Counters gained;
  for (const auto field : kCounterFields) {
    if (seen.*field == kAbsent) {
      continue;
    }
    const int64_t before = so_far.*field == kAbsent ? 0 : so_far.*field;
    if (seen.*field != before) {
      gained.*field = sign * (seen.*field - before);
    }
    so_far.*field = seen.*field;
  }
  return gained;
}

void add(Counters& sum, const Counters& counters) {
  for (const auto field : kCounterFields) {
    if (counters.*field != kAbsent) {
      sum.*field = (sum.*field == kAbsent ? 0 : sum.*field) + counters.*field;
    }
  }
}

bool says_nothing(const Booking& booking) {
  return booking.repolls == 0 &&
         std::all_of(kCounterFields.begin(), kCounterFields.end(), [&](auto field) {
           const int64_t counter = booking.difference.*field;
           return counter == kAbsent || counter == 0;
         });
}

}  // namespace

Observation** find_place(Observation*& newest, base::EventTime at) {
  Observation** link = &newest;
  while (*link != nullptr && (*link)->at > at) {
    link = &(*link)->before;
  }
  return link;
}

bool raise(Counters& counters, const Counters& other) {
  bool is_raised = false;
  for (const auto field : kCounterFields) {  // kAbsent is below every counter
    is_raised = is_raised || other.*field > counters.*field;
    counters.*field = std::max(counters.*field, other.*field);
  }
  return is_raised;
}

void merge(Observation& newer, const Observation& older) {
  for (const auto field : kCounterFields) {
    if (newer.counters.*field == kAbsent) {
      newer.counters.*field = older.counters.*field;
    }
  }
  newer.of_item = newer.of_item || older.of_item;
  newer.is_merged = true;
  newer.before = older.before;
}

void tell(const Observation* newest, int32_t item_minute, int sign, std::vector<Booking>& out) {
  if (newest == nullptr) {
    return;
  }
  std::array<const Observation*, kObservationsKept + 1> line;
  size_t count = 0;
  for (const Observation* at = newest; at != nullptr && count < line.size(); at = at->before) {
    line[count++] = at;
  }
  Counters so_far;
  bool has_item = false;
  while (count > 0) {
    const Observation& one = *line[--count];
    const bool is_first = one.of_item && !has_item;
    has_item = has_item || one.of_item;
    out.push_back({is_first ? item_minute : base::minute_of(one.at),
                   gain(so_far, one.counters, sign),
                   is_first ? 0 : sign});
  }
}

void sum_up(std::vector<Booking>& bookings) {
  size_t kept = 0;
  for (size_t i = 0; i < bookings.size(); ++i) {
    const auto end = bookings.begin() + static_cast<std::ptrdiff_t>(kept);
    const auto same = std::find_if(bookings.begin(), end, [&](const Booking& one) {
      return one.minute == bookings[i].minute;
    });
    if (same == end) {
      bookings[kept++] = bookings[i];
    } else {
      add(same->difference, bookings[i].difference);
      same->repolls += bookings[i].repolls;
    }
  }
  bookings.resize(kept);
  std::erase_if(bookings, says_nothing);
}

}  // namespace kaiku::dedup
