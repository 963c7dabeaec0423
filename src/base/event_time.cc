#include "kaiku/base/event_time.h"

#include <array>

namespace kaiku::base {
namespace {

struct Civil {
  int64_t year;
  unsigned month;
  unsigned day;
};

Civil civil_from_days(int64_t days) {
  days += 719'468;
  const int64_t era = floor_div(days, 146'097);
  const auto doe = static_cast<unsigned>(days - era * 146'097);
  const unsigned yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<int64_t>(yoe) + era * 400 + static_cast<int64_t>(month <= 2),
          month,
          doy - (153 * mp + 2) / 5 + 1};
}

unsigned days_in_month(int64_t year, unsigned month) {
  static constexpr std::array<unsigned, 12> kDays = {
      31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Reads `count` digits at `at`; -1 if they are not digits.
int digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) {
    return -1;
  }
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

// Minutes east of UTC at the end of `text`, or a value out of range.
constexpr int kNoZone = 100'000;

int zone_minutes(std::string_view zone) {
  if (zone == "Z" || zone == "z") {
    return 0;
  }
  if (zone.size() < 3 || (zone[0] != '+' && zone[0] != '-')) {
    return kNoZone;
  }
  const int hours = digits(zone, 1, 2);
  int minutes = 0;
  if (zone.size() == 6 && zone[3] == ':') {
    minutes = digits(zone, 4, 2);
  } else if (zone.size() == 5) {
    minutes = digits(zone, 3, 2);
  } else if (zone.size() != 3) {
    return kNoZone;
  }
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
    return kNoZone;
  }
  return (zone[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

void put(char* at, unsigned value, unsigned width) {
  for (unsigned i = width; i-- > 0;) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// What floor_div() leaves, of any number.
constexpr int64_t floor_mod(int64_t value, int64_t by) {
  const int64_t rest = value % by;
  return rest < 0 ? rest + by : rest;
}

// "2026-03-02T10:00:00" into 19 characters.
void put_civil(char* at, EventTime time) {
  const int64_t days = floor_div(time, kDay);
  const int64_t rest = floor_mod(time, kDay) / kSecond;
  const Civil civil = civil_from_days(days);
  const int64_t year = civil.year < 0 ? 0 : (civil.year > 9999 ? 9999 : civil.year);
  put(at, static_cast<unsigned>(year), 4);
  at[4] = '-';
  put(at + 5, civil.month, 2);
  at[7] = '-';
  put(at + 8, civil.day, 2);
  at[10] = 'T';
  put(at + 11, static_cast<unsigned>(rest / 3600), 2);
  at[13] = ':';
  put(at + 14, static_cast<unsigned>(rest / 60 % 60), 2);
  at[16] = ':';
  put(at + 17, static_cast<unsigned>(rest % 60), 2);
}

}  // namespace

EventTime parse_rfc3339(std::string_view text) {
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 60 || text.size() < 20) {
    return kNoTime;
  }
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':' ||
      (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
      static_cast<unsigned>(day) > days_in_month(year, static_cast<unsigned>(month))) {
    return kNoTime;
  }
  size_t at = 19;
  int64_t micros = 0;
  if (text[at] == '.' || text[at] == ',') {
    ++at;
    int64_t scale = 100'000;
    size_t count = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      micros += (text[at] - '0') * scale;
      scale /= 10;
      ++at;
      ++count;
    }
    if (count == 0 || count > 9) {
      return kNoTime;
    }
  }
  while (at < text.size() && text[at] == ' ') {
    ++at;
  }
  const int zone = zone_minutes(text.substr(at));
  if (zone == kNoZone) {
    return kNoTime;
  }
  const int64_t days =
      days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  return days * kDay + hour * kHour + (minute - zone) * kMinute + second * kSecond + micros;
}

std::string format_seconds(EventTime time) {
  char buffer[20];
  put_civil(buffer, time);
  buffer[19] = 'Z';
  return {buffer, sizeof(buffer)};
}

std::string format_micros(EventTime time) {
  char buffer[27];
  put_civil(buffer, time);
  buffer[19] = '.';
  put(buffer + 20, static_cast<unsigned>(floor_mod(time, kSecond)), 6);
  buffer[26] = 'Z';
  return {buffer, sizeof(buffer)};
}

std::string format_date(int32_t days_since_1970) {
  char buffer[19];
  put_civil(buffer, days_since_1970 * kDay);
  return {buffer, 10};
}

}  // namespace kaiku::base
