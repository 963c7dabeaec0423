#include "commerce/spend_days.h"

#include <algorithm>

#include "kaiku/money/split.h"

namespace kaiku::commerce {
namespace {

using base::EventTime;

constexpr uint64_t kWholeDay = 1'000'000;

EventTime start_of_day(EventTime time) {
  return base::day_of(time) * base::kDay;
}

}  // namespace

std::vector<SpendDay> spend_days(const model::Period& period,
                                 int64_t micros,
                                 const std::optional<window::WindowSpec>& days) {
  std::vector<SpendDay> parts;
  std::vector<uint64_t> weights;
  for (EventTime at = period.from; at < period.to;) {
    const EventTime start = days ? days->pane_start(at) : start_of_day(at);
    const EventTime end = days ? days->pane_end(start) : start + base::kDay;
    const EventTime until = std::min(end, period.to);
    parts.push_back({at, 0});
    // A day is a day, be it one of 23 or 25 hours.
    weights.push_back(std::max<uint64_t>(
        1, static_cast<uint64_t>(until - at) * kWholeDay / static_cast<uint64_t>(end - start)));
    at = until;
  }
  const std::vector<int64_t> shares = money::split(micros, weights);
  for (size_t i = 0; i < shares.size(); ++i) {
    parts[i].micros = shares[i];
  }
  return parts;
}

}  // namespace kaiku::commerce
