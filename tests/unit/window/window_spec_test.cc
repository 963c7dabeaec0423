#include "kaiku/window/window_spec.h"

#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::window {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;

WindowSpec made(int64_t size, int64_t advance = 0, const std::string& zone = "") {
  return WindowSpec::make("w", size, advance, zone, 10 * kMinute, 3 * kDay).value();
}

EventTime at(const char* text) {
  const EventTime time = base::parse_rfc3339(text);
  EXPECT_NE(time, base::kNoTime) << text;
  return time;
}

std::string day_of(const WindowSpec& spec, const char* time) {
  const EventTime start = spec.pane_start(at(time));
  return base::format_seconds(start) + "/" + base::format_seconds(spec.window_end(start));
}

TEST(WindowSpec, TumblingWindowsAreAlignedToTheEpoch) {
  const WindowSpec hour = made(kHour);
  EXPECT_FALSE(hour.is_hopping());
  EXPECT_EQ(hour.panes(), 1);
  EXPECT_EQ(day_of(hour, "2026-03-02T10:59:59.999999Z"),
            "2026-03-02T10:00:00Z/2026-03-02T11:00:00Z");
  EXPECT_EQ(day_of(hour, "2026-03-02T11:00:00Z"), "2026-03-02T11:00:00Z/2026-03-02T12:00:00Z");
  EXPECT_EQ(day_of(hour, "1969-12-31T23:30:00Z"), "1969-12-31T23:00:00Z/1970-01-01T00:00:00Z");
  EXPECT_EQ(hour.pane_end(hour.pane_start(0)), kHour);
}

TEST(WindowSpec, HoppingWindowsHavePanesOfTheirAdvance) {
  const WindowSpec trend = made(kHour, 5 * kMinute);
  EXPECT_TRUE(trend.is_hopping());
  EXPECT_EQ(trend.panes(), 12);
  const EventTime start = trend.pane_start(at("2026-03-02T10:07:00Z"));
  EXPECT_EQ(start, at("2026-03-02T10:05:00Z"));
  EXPECT_EQ(trend.pane_end(start), at("2026-03-02T10:10:00Z"));
  EXPECT_EQ(trend.window_end(start), at("2026-03-02T11:05:00Z"));
  EXPECT_FALSE(made(kHour, kHour).is_hopping());
}

TEST(WindowSpec, CivilDaysOfHelsinkiAreTwentyThreeAndTwentyFiveHoursTwiceAYear) {
  const WindowSpec day = made(kDay, 0, "Europe/Helsinki");
  EXPECT_EQ(day_of(day, "2026-03-02T12:00:00Z"), "2026-03-01T22:00:00Z/2026-03-02T22:00:00Z");
  EXPECT_EQ(day_of(day, "2026-07-01T12:00:00Z"), "2026-06-30T21:00:00Z/2026-07-01T21:00:00Z");
  EXPECT_EQ(day_of(day, "2026-03-29T12:00:00Z"), "2026-03-28T22:00:00Z/2026-03-29T21:00:00Z");
  EXPECT_EQ(day_of(day, "2026-10-25T12:00:00Z"), "2026-10-24T21:00:00Z/2026-10-25T22:00:00Z");
  EXPECT_EQ(day_of(day, "2026-03-28T21:59:59.999999Z"),
            "2026-03-27T22:00:00Z/2026-03-28T22:00:00Z");
  EXPECT_EQ(day_of(day, "2026-03-28T22:00:00Z"), "2026-03-28T22:00:00Z/2026-03-29T21:00:00Z");
}

TEST(WindowSpec, ADayWhoseMidnightIsSkippedBeginsAtTheJump) {
  // In Sao Paulo the clock went from 00:00 to 01:00 on 2018-11-04.
  const WindowSpec day = made(kDay, 0, "America/Sao_Paulo");
  EXPECT_EQ(day_of(day, "2018-11-04T12:00:00Z"), "2018-11-04T03:00:00Z/2018-11-05T02:00:00Z");
  EXPECT_EQ(day_of(day, "2018-11-04T02:59:59Z"), "2018-11-03T03:00:00Z/2018-11-04T03:00:00Z");
}

TEST(WindowSpec, ADayShownTwiceBeginsOnce) {
  // In St. John's the clock went from 00:01 back to 23:01 of the day before on 2010-11-07.
  const WindowSpec day = made(kDay, 0, "America/St_Johns");
  EXPECT_EQ(day_of(day, "2010-11-07T02:30:30Z"), "2010-11-07T02:30:00Z/2010-11-08T03:30:00Z");
  EXPECT_EQ(day_of(day, "2010-11-07T02:45:00Z"), "2010-11-07T02:30:00Z/2010-11-08T03:30:00Z");
  EXPECT_EQ(day_of(day, "2010-11-07T02:29:59Z"), "2010-11-06T02:30:00Z/2010-11-07T02:30:00Z");
}

TEST(WindowSpec, ADayThatNeverWasHasNoWindow) {
  // Samoa went from 2011-12-29 to 2011-12-31 over the date line.
  const WindowSpec day = made(kDay, 0, "Pacific/Apia");
  EXPECT_EQ(day_of(day, "2011-12-30T09:59:59Z"), "2011-12-29T10:00:00Z/2011-12-30T10:00:00Z");
  EXPECT_EQ(day_of(day, "2011-12-30T10:00:00Z"), "2011-12-30T10:00:00Z/2011-12-31T10:00:00Z");
}

TEST(WindowSpec, HoppingOverCivilDaysCountsDaysAndNotHours) {
  const WindowSpec week = made(7 * kDay, kDay, "Europe/Helsinki");
  EXPECT_EQ(week.panes(), 7);
  EXPECT_EQ(day_of(week, "2026-03-27T12:00:00Z"), "2026-03-26T22:00:00Z/2026-04-02T21:00:00Z");
  const WindowSpec pair = made(2 * kDay, 0, "Europe/Helsinki");
  EXPECT_EQ(pair.window_end(pair.pane_start(0)) - pair.pane_start(0), 2 * kDay);
}

// Whatever the zone: panes follow each other without gap or overlap, and every time lies in its
// own.
TEST(WindowSpec, PanesPartitionTime) {
  base::Prng prng(1);
  for (const char* zone : {"",
                           "UTC",
                           "Europe/Helsinki",
                           "America/Sao_Paulo",
                           "America/St_Johns",
                           "Pacific/Apia",
                           "Australia/Lord_Howe",
                           "Africa/Casablanca",
                           "Asia/Kathmandu",
                           "Pacific/Kiritimati"}) {
    for (const auto& [size, advance] : {std::pair{kDay, int64_t{0}},
                                        std::pair{2 * kDay, int64_t{0}},
                                        std::pair{28 * kDay, kDay}}) {
      const WindowSpec spec = made(size, advance, zone);
      for (int round = 0; round < 2'000; ++round) {
        const EventTime time = prng.between(at("1900-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"));
        const EventTime start = spec.pane_start(time);
        const EventTime end = spec.pane_end(start);
        ASSERT_LE(start, time) << zone;
        ASSERT_LT(time, end) << zone;
        ASSERT_EQ(spec.pane_start(start), start) << zone;
        ASSERT_EQ(spec.pane_start(end - 1), start) << zone;
        ASSERT_EQ(spec.pane_start(end), end) << zone;
        ASSERT_GE(spec.window_end(start), end) << zone;
        // A window ends where its last pane ends.
        EventTime last = end;
        for (int64_t pane = 1; pane < spec.panes(); ++pane) {
          last = spec.pane_end(last);
        }
        if (std::string(zone) != "Pacific/Apia") {  // which lacks a day
          ASSERT_EQ(spec.window_end(start), last) << zone;
        }
      }
    }
  }
}

TEST(WindowSpec, TheEndsOfTimeDoNotOverflow) {
  for (const WindowSpec& spec : {made(kMinute),
                                 made(366 * kDay),
                                 made(kHour, 5 * kMinute),
                                 made(kDay, 0, "Europe/Helsinki"),
                                 made(28 * kDay, kDay, "Pacific/Apia")}) {
    for (const EventTime time : {base::kTimeBegin, base::kTimeEnd, base::kTimeBegin + 1}) {
      const EventTime start = spec.pane_start(time);
      EXPECT_LE(start, time);
      EXPECT_GT(spec.pane_end(start), time);
      EXPECT_GT(spec.window_end(start), time);
    }
  }
}

TEST(WindowSpec, MayBeAskedFromSeveralThreads) {
  const WindowSpec day = made(kDay, 0, "Europe/Helsinki");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (size_t i = 0; i < wrong.size(); ++i) {
    threads.emplace_back([&day, &wrong, i] {
      base::Prng prng(i);
      for (int round = 0; round < 20'000; ++round) {
        const EventTime time = prng.between(0, 60 * 365 * kDay);
        const EventTime start = day.pane_start(time);
        wrong[i] += start <= time && time < day.pane_end(start) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

struct Refused {
  int64_t size;
  int64_t advance;
  const char* zone;
  int64_t final_after;
  int64_t retention;
  const char* reason;
};

TEST(WindowSpec, RefusesWhatIsNoWindowAndSaysWhy) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  for (const Refused& c : {Refused{0, 0, "", 0, kDay, "size"},
                           Refused{-kHour, 0, "", 0, kDay, "size"},
                           Refused{kMax, 0, "", 0, kDay, "size"},
                           Refused{90 * base::kSecond, 0, "", 0, kDay, "size"},
                           Refused{kHour, 7 * kMinute, "", 0, kDay, "advance"},
                           Refused{kHour, 2 * kHour, "", 0, kDay, "advance"},
                           Refused{kHour, -kMinute, "", 0, kDay, "advance"},
                           Refused{28 * kDay, kMinute, "", 0, kDay, "advance"},
                           Refused{kHour, 0, "", -1, kDay, "final_after"},
                           Refused{kHour, 0, "", kMax, kMax, "final_after"},
                           Refused{kHour, 0, "", kHour, kMinute, "retention"},
                           Refused{kHour, 0, "", 0, kMax, "retention"},
                           Refused{kHour, 0, "Europe/Helsinki", 0, kDay, "whole days"},
                           Refused{2 * kDay, kHour, "Europe/Helsinki", 0, kDay, "whole days"},
                           Refused{kDay, 0, "Europe/Hellsinki", 0, kDay, "Europe/Hellsinki"},
                           Refused{kDay, 0, "../../etc/passwd", 0, kDay, "passwd"}}) {
    const auto result =
        WindowSpec::make("name", c.size, c.advance, c.zone, c.final_after, c.retention);
    ASSERT_FALSE(result.has_value()) << c.reason;
    EXPECT_EQ(result.error().exit_code(), base::Exit::kConfig);
    EXPECT_NE(result.error().message().find(c.reason), std::string::npos)
        << result.error().message();
    EXPECT_NE(result.error().message().find("'name'"), std::string::npos)
        << result.error().message();
  }
  EXPECT_FALSE(WindowSpec::make("", kHour, 0, "", 0, kDay).has_value());
  EXPECT_FALSE(WindowSpec::make(std::string("a\0b", 3), kHour, 0, "", 0, kDay).has_value());
}

}  // namespace
}  // namespace kaiku::window
