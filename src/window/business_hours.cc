#include "kaiku/window/business_hours.h"

#include <algorithm>
#include <utility>

#include "kaiku/window/local_time.h"

namespace kaiku::window {
namespace {

using base::EventTime;
using base::kDay;
using base::kMinute;

constexpr int32_t kMinutesOfDay = 1'440;
constexpr int64_t kThursday = 3;  // of 1970-01-01, Monday being 0
// Around this time a year has five digits; what lies beyond is not a time of a calendar.
constexpr EventTime kFarthest = 4'000'000 * kDay;

bool is_ordered(const std::vector<BusinessHours::Span>& spans) {
  int32_t open_until = 0;
  for (const BusinessHours::Span& span : spans) {
    if (span.begin < open_until || span.end <= span.begin || span.end > kMinutesOfDay) {
      return false;
    }
    open_until = span.end;
  }
  return true;
}

size_t weekday(int64_t day) {
  const int64_t shifted = day + kThursday;
  return static_cast<size_t>(shifted - base::floor_div(shifted, 7) * 7);
}

base::Status refused(const std::string& why) {
  return base::Status::stop(base::Exit::kConfig, "business hours: " + why);
}

}  // namespace

base::Result<BusinessHours> BusinessHours::make(std::string_view zone,
                                                Week week,
                                                std::vector<int32_t> holidays) {
  BusinessHours hours;
  hours.zone_ = zone.empty() ? "UTC" : zone;
  if (!is_zone(hours.zone_)) {
    return refused("time zone '" + hours.zone_ + "' is not known to the system");
  }
  size_t spans = 0;
  for (const std::vector<Span>& day : week) {
    if (day.size() > kSpansPerDay || !is_ordered(day)) {
      return refused("the hours of a day must be in order, apart, within 00:00 to 24:00, at most " +
                     std::to_string(kSpansPerDay));
    }
    spans += day.size();
  }
  if (spans == 0) {
    return refused("a week needs open hours");
  }
  if (holidays.size() > kHolidays) {
    return refused("more than " + std::to_string(kHolidays) + " holidays");
  }
  std::sort(holidays.begin(), holidays.end());
  hours.week_ = std::move(week);
  hours.holidays_ = std::move(holidays);
  return hours;
}

template <typename Fn>
void BusinessHours::for_each_span(EventTime from, EventTime to, const Fn& fn) const {
  // Offsets are less than a day, so what is open in UTC [from, to] is of these civil days.
  const int64_t first = base::floor_div(from, kDay) - 1;
  const int64_t last = base::floor_div(to, kDay) + 1;
  // A civil day that a zone left out is read as the one before: its hours would come twice.
  EventTime told = base::kTimeBegin;
  for (int64_t day = first; day <= last; ++day) {
    if (std::binary_search(holidays_.begin(), holidays_.end(), static_cast<int32_t>(day))) {
      continue;
    }
    for (const Span& span : week_[weekday(day)]) {
      const int64_t midnight = day * (kDay / base::kSecond);
      const EventTime begin = std::max(told, local_to_utc(midnight + span.begin * 60, zone_));
      const EventTime end = local_to_utc(midnight + span.end * 60, zone_);
      if (end <= begin) {
        continue;
      }
      told = end;
      if (!fn(begin, end)) {
        return;
      }
    }
  }
}

int64_t BusinessHours::elapsed(EventTime from, EventTime to) const {
  from = std::clamp(from, -kFarthest, kFarthest);
  to = std::min(std::clamp(to, -kFarthest, kFarthest), from + kDaysMax * kDay);
  int64_t open = 0;
  if (to <= from) {
    return open;
  }
  for_each_span(from, to, [&](EventTime begin, EventTime end) {
    open += std::max<int64_t>(0, std::min(end, to) - std::max(begin, from));
    return begin < to;
  });
  return open;
}

EventTime BusinessHours::add(EventTime from, int64_t duration) const {
  if (duration <= 0) {
    return from;
  }
  if (from < -kFarthest || from > kFarthest) {
    return base::kTimeEnd;
  }
  EventTime reached = base::kTimeEnd;
  const EventTime horizon = from + kDaysMax * kDay;
  for_each_span(from, horizon, [&](EventTime begin, EventTime end) {
    const EventTime open_from = std::max(begin, from);
    if (end <= open_from) {
      return true;
    }
    if (end - open_from >= duration) {
      reached = open_from + duration;
      return false;
    }
    duration -= end - open_from;
    return true;
  });
  return reached;
}

}  // namespace kaiku::window
