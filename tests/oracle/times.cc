#include "oracle/times.h"

#include <chrono>
#include <cstdio>

namespace kaiku::oracle {
namespace {

// Reads exactly `width` digits.
bool take_number(std::string_view& text, size_t width, int& value) {
  if (text.size() < width) {
    return false;
  }
  value = 0;
  for (size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return false;
    }
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return true;
}

bool take_one_of(std::string_view& text, std::string_view set) {
  if (text.empty() || set.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::optional<int64_t> take_date(std::string_view& text) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take_number(text, 4, year) || !take_one_of(text, "-") || !take_number(text, 2, month) ||
      !take_one_of(text, "-") || !take_number(text, 2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || year < 1) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// Microseconds of ".123456789"; digits past the sixth are cut.
std::optional<Micros> take_fraction(std::string_view& text) {
  Micros micros = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 6) {
      micros = micros * 10 + (text.front() - '0');
    }
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0 || digits > 9) {
    return std::nullopt;
  }
  for (; digits < 6; ++digits) {
    micros *= 10;
  }
  return micros;
}

std::optional<Micros> take_zone(std::string_view& text) {
  if (take_one_of(text, "Zz")) {
    return 0;
  }
  const bool west = !text.empty() && text.front() == '-';
  int hours = 0;
  int minutes = 0;
  if (!take_one_of(text, "+-") || !take_number(text, 2, hours)) {
    return std::nullopt;
  }
  take_one_of(text, ":");
  if (!text.empty() && !take_number(text, 2, minutes)) {
    return std::nullopt;
  }
  const Micros east = hours * kHour + minutes * kMinute;
  return west ? -east : east;
}

}  // namespace

std::optional<Micros> parse_time(std::string_view text) {
  const std::optional<int64_t> days = take_date(text);
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!days || !take_one_of(text, "Tt ") || !take_number(text, 2, hour) ||
      !take_one_of(text, ":") || !take_number(text, 2, minute) || !take_one_of(text, ":") ||
      !take_number(text, 2, second) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  Micros micros = 0;
  if (take_one_of(text, ".")) {
    const std::optional<Micros> fraction = take_fraction(text);
    if (!fraction) {
      return std::nullopt;
    }
    micros = *fraction;
  }
  const std::optional<Micros> zone = take_zone(text);
  if (!zone || !text.empty()) {
    return std::nullopt;
  }
  return *days * kDay + hour * kHour + minute * kMinute + second * kSecond + micros - *zone;
}

std::optional<int64_t> parse_date(std::string_view text) {
  const std::optional<int64_t> days = take_date(text);
  return text.empty() ? days : std::nullopt;
}

int64_t day_of(Micros time) {
  return window_start(time, kDay) / kDay;
}

Micros window_start(Micros time, Micros size) {
  Micros inside = time % size;
  if (inside < 0) {
    inside += size;
  }
  return time - inside;
}

std::string time_text(Micros time) {
  const int64_t day = day_of(time);
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  const Micros inside = time - day * kDay;
  char text[64];
  std::snprintf(text,
                sizeof text,
                "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(inside / kHour),
                static_cast<int>(inside / kMinute % 60),
                static_cast<int>(inside / kSecond % 60));
  std::string result = text;
  if (inside % kSecond != 0) {
    std::snprintf(text, sizeof text, ".%06d", static_cast<int>(inside % kSecond));
    result += text;
  }
  return result + "Z";
}

}  // namespace kaiku::oracle
