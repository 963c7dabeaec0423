// EventTime: when something happened, as int64 microseconds since 1970-01-01T00:00:00Z. Never from
// a clock: always from a record.
//
// Threads: any.
// Owns:    nothing.
// Cost:    formatting and parsing take some 30 ns.
// Fails:   parse_rfc3339 returns kNoTime.
// Format:  format_seconds writes "2026-03-02T10:00:00Z" (window bounds), format_micros
//          "2026-03-02T10:00:00.000000Z" (all other times).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace kaiku::base {

using EventTime = int64_t;

inline constexpr EventTime kNoTime = std::numeric_limits<int64_t>::min();
// A watermark before anything was heard, and the watermark of a source that has ended.
inline constexpr EventTime kTimeBegin = std::numeric_limits<int64_t>::min() / 4;
inline constexpr EventTime kTimeEnd = std::numeric_limits<int64_t>::max() / 4;

inline constexpr int64_t kMillisecond = 1'000;
inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;

// Rounds toward minus infinity, unlike '/'.
[[nodiscard]] constexpr int64_t floor_div(int64_t value, int64_t by) {
  const int64_t quotient = value / by;
  return quotient - static_cast<int64_t>((value % by != 0) && ((value < 0) != (by < 0)));
}

// The minute a time lies in, since 1970: the resolution of deltas. A time outside 32 bits of
// minutes (before the year -2113, after 6053) lies in the first or the last of them.
[[nodiscard]] constexpr int32_t minute_of(EventTime time) {
  const int64_t minute = floor_div(time, kMinute);
  constexpr int64_t kFirst = std::numeric_limits<int32_t>::min();
  constexpr int64_t kLast = std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>(minute < kFirst ? kFirst : minute > kLast ? kLast : minute);
}

// Days since 1970-01-01 of a UTC time.
[[nodiscard]] constexpr bool is_time(EventTime time) {
  return time >= kTimeBegin && time <= kTimeEnd;
}

[[nodiscard]] constexpr int32_t day_of(EventTime time) {
  return static_cast<int32_t>(floor_div(time, kDay));
}

// Days since 1970-01-01 of a civil date (Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms").
[[nodiscard]] constexpr int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
  year -= static_cast<int64_t>(month <= 2);
  const int64_t era = floor_div(year, 400);
  const auto yoe = static_cast<unsigned>(year - era * 400);
  const unsigned doy = (153 * (month + (month > 2 ? -3U : 9U)) + 2) / 5 + day - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146'097 + static_cast<int64_t>(doe) - 719'468;
}

// RFC 3339 with 0 to 9 decimals and Z, +hh:mm, +hhmm or +hh; 'T', 't' or a blank between date and
// time. kNoTime if it is anything else or outside years 1 to 9999. Digits past the microsecond are
// cut.
[[nodiscard]] EventTime parse_rfc3339(std::string_view text);

[[nodiscard]] std::string format_seconds(EventTime time);
[[nodiscard]] std::string format_micros(EventTime time);
[[nodiscard]] std::string format_date(int32_t days_since_1970);  // "2026-03-02"

}  // namespace kaiku::base
