#include "kaiku/window/business_hours.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/window/local_time.h"

namespace kaiku::window {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;

EventTime at(const char* text) {
  const EventTime time = base::parse_rfc3339(text);
  EXPECT_NE(time, base::kNoTime) << text;
  return time;
}

BusinessHours::Week office() {
  BusinessHours::Week week;
  for (size_t day = 0; day < 5; ++day) {
    week[day] = {{9 * 60, 17 * 60}};
  }
  return week;
}

BusinessHours::Week always() {
  BusinessHours::Week week;
  week.fill({{0, 24 * 60}});
  return week;
}

BusinessHours made(const char* zone, BusinessHours::Week week, std::vector<int32_t> holidays = {}) {
  return BusinessHours::make(zone, std::move(week), std::move(holidays)).value();
}

TEST(BusinessHours, OnlyOpenTimeCounts) {
  const BusinessHours hours = made("UTC", office());
  // 2026-03-06 is a Friday.
  EXPECT_EQ(hours.elapsed(at("2026-03-06T16:00:00Z"), at("2026-03-09T10:00:00Z")), 2 * kHour);
  EXPECT_EQ(hours.elapsed(at("2026-03-07T00:00:00Z"), at("2026-03-09T09:00:00Z")), 0);
  EXPECT_EQ(hours.elapsed(at("2026-03-02T00:00:00Z"), at("2026-03-09T00:00:00Z")), 40 * kHour);
  EXPECT_EQ(hours.elapsed(at("2026-03-06T10:00:00Z"), at("2026-03-06T10:00:00Z")), 0);
  EXPECT_EQ(hours.elapsed(at("2026-03-06T12:00:00Z"), at("2026-03-06T10:00:00Z")), 0);
}

TEST(BusinessHours, DurationGoesOnAfterTheWeekend) {
  const BusinessHours hours = made("UTC", office());
  EXPECT_EQ(hours.add(at("2026-03-06T16:00:00Z"), 2 * kHour), at("2026-03-09T10:00:00Z"));
  EXPECT_EQ(hours.add(at("2026-03-06T16:00:00Z"), kHour), at("2026-03-06T17:00:00Z"));
  EXPECT_EQ(hours.add(at("2026-03-07T16:00:00Z"), kMinute), at("2026-03-09T09:01:00Z"));
  EXPECT_EQ(hours.add(at("2026-03-07T16:00:00Z"), 0), at("2026-03-07T16:00:00Z"));
}

TEST(BusinessHours, HolidaysAreClosed) {
  const auto friday = base::day_of(at("2026-04-03T00:00:00Z"));
  const BusinessHours hours = made("UTC", office(), {friday + 3, friday});
  EXPECT_EQ(hours.add(at("2026-04-02T16:30:00Z"), kHour), at("2026-04-07T09:30:00Z"));
}

TEST(BusinessHours, HoursAreThoseOfTheZone) {
  const BusinessHours hours = made("Europe/Helsinki", office());
  // 09:00 is 07:00Z in winter and 06:00Z in summer.
  EXPECT_EQ(hours.add(at("2026-03-27T00:00:00Z"), kMinute), at("2026-03-27T07:01:00Z"));
  EXPECT_EQ(hours.add(at("2026-03-28T00:00:00Z"), kMinute), at("2026-03-30T06:01:00Z"));
}

TEST(BusinessHours, OpenNightIsAnHourShorterOrLongerWhenClocksChange) {
  const BusinessHours hours = made("Europe/Helsinki", always());
  // From civil midnight to civil midnight.
  EXPECT_EQ(hours.elapsed(at("2026-03-28T22:00:00Z"), at("2026-03-29T21:00:00Z")), 23 * kHour);
  EXPECT_EQ(hours.elapsed(at("2026-10-24T21:00:00Z"), at("2026-10-25T22:00:00Z")), 25 * kHour);
  BusinessHours::Week nights;
  nights[6] = {{1 * 60, 6 * 60}};  // Sunday
  const BusinessHours night = made("Europe/Helsinki", nights);
  EXPECT_EQ(night.elapsed(at("2026-03-28T00:00:00Z"), at("2026-03-30T00:00:00Z")), 4 * kHour);
  EXPECT_EQ(night.elapsed(at("2026-10-24T00:00:00Z"), at("2026-10-26T00:00:00Z")), 6 * kHour);
}

TEST(BusinessHours, AlwaysOpenIsTheCalendarClock) {
  const BusinessHours hours = made("America/St_Johns", always());
  base::Prng prng(1);
  for (int i = 0; i < 300; ++i) {
    const EventTime from = at("2025-01-01T00:00:00Z") + prng.between(0, 700 * kDay);
    const int64_t duration = prng.between(1, 30 * kDay);
    EXPECT_EQ(hours.elapsed(from, from + duration), duration);
    EXPECT_EQ(hours.add(from, duration), from + duration);
  }
}

TEST(BusinessHours, DayThatAZoneLeftOutIsNotCountedTwice) {
  // Apia went from 2011-12-29 to 2011-12-31.
  const BusinessHours hours = made("Pacific/Apia", always());
  EXPECT_EQ(hours.elapsed(at("2011-12-28T00:00:00Z"), at("2012-01-03T00:00:00Z")), 6 * kDay);
}

// Minute by minute, by the civil time of each.
TEST(BusinessHours, AgreesWithCountingMinutes) {
  BusinessHours::Week week = office();
  week[2] = {{0, 90}, {8 * 60, 12 * 60}, {13 * 60 + 30, 24 * 60}};
  const char* const zone = "Europe/Helsinki";
  const auto holiday = base::day_of(at("2026-03-26T00:00:00Z"));
  const BusinessHours hours = made(zone, week, {holiday});
  const EventTime from = at("2026-03-24T00:00:00Z");
  std::vector<bool> open(9 * 1'440, false);
  for (int64_t local_day = base::day_of(from) - 1; local_day < base::day_of(from) + 10;
       ++local_day) {
    const auto weekday = static_cast<size_t>((local_day + 3) % 7);
    for (const BusinessHours::Span& span : week[weekday]) {
      for (int64_t minute = span.begin; minute < span.end && local_day != holiday; ++minute) {
        const EventTime utc = local_to_utc(local_day * 86'400 + minute * 60, zone);
        const int64_t index = (utc - from) / kMinute;
        if (utc >= from && index < static_cast<int64_t>(open.size())) {
          open[static_cast<size_t>(index)] = true;
        }
      }
    }
  }
  base::Prng prng(2);
  for (int i = 0; i < 500; ++i) {
    const auto begin = static_cast<size_t>(prng.below(open.size()));
    const auto end = begin + static_cast<size_t>(prng.below(open.size() - begin));
    int64_t counted = 0;
    for (size_t minute = begin; minute < end; ++minute) {
      counted += open[minute] ? kMinute : 0;
    }
    const EventTime start = from + static_cast<int64_t>(begin) * kMinute;
    const EventTime stop = from + static_cast<int64_t>(end) * kMinute;
    EXPECT_EQ(hours.elapsed(start, stop), counted) << begin << " " << end;
    if (counted > 0) {
      const EventTime reached = hours.add(start, counted);
      EXPECT_LE(reached, stop);
      EXPECT_EQ(hours.elapsed(start, reached), counted);
      EXPECT_LT(hours.elapsed(start, reached - 1), counted);
    }
  }
}

TEST(BusinessHours, FarAwayTimesAreBounded) {
  const BusinessHours hours = made("UTC", office());
  EXPECT_EQ(hours.add(base::kTimeBegin, kHour), base::kTimeEnd);
  EXPECT_EQ(hours.add(base::kTimeEnd, kHour), base::kTimeEnd);
  EXPECT_EQ(hours.add(at("2026-03-06T16:00:00Z"), base::kTimeEnd), base::kTimeEnd);
  const int64_t most = hours.elapsed(base::kTimeBegin, base::kTimeEnd);
  EXPECT_GT(most, 0);
  EXPECT_LE(most, BusinessHours::kDaysMax * kDay);
}

TEST(BusinessHours, BadCalendarsAreRefused) {
  EXPECT_FALSE(BusinessHours::make("Europe/Nowhere", office(), {}).has_value());
  EXPECT_FALSE(BusinessHours::make("UTC", {}, {}).has_value());
  for (const std::vector<BusinessHours::Span>& bad :
       std::vector<std::vector<BusinessHours::Span>>{{{-1, 60}},
                                                     {{60, 60}},
                                                     {{0, 1'441}},
                                                     {{0, 100}, {90, 200}},
                                                     {{300, 400}, {100, 200}},
                                                     std::vector<BusinessHours::Span>(9)}) {
    BusinessHours::Week week = office();
    week[0] = bad;
    EXPECT_FALSE(BusinessHours::make("UTC", week, {}).has_value());
  }
  EXPECT_FALSE(BusinessHours::make("UTC", office(), std::vector<int32_t>(10'001)).has_value());
}

}  // namespace
}  // namespace kaiku::window
