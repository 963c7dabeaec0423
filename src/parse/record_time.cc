#include "record_time.h"

#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "number.h"

namespace kaiku::parse {
namespace {

constexpr base::EventTime kFirst = base::days_from_civil(1, 1, 1) * base::kDay;
constexpr base::EventTime kAfterLast = base::days_from_civil(10'000, 1, 1) * base::kDay;

// The digits at the places of `mask` (0x0F there) as their values, false if one is none, or if what
// stands elsewhere is not `others`.
bool read_digits(const char* text, uint64_t mask, uint64_t others, std::array<uint8_t, 8>& digits) {
  uint64_t word;
  std::memcpy(&word, text, sizeof(word));
  const uint64_t places = mask * 0x11;  // 0xFF there
  const uint64_t values = (word & places) ^ (mask & 0x0303030303030303ULL) << 4;
  const uint64_t above_nine = (values + (mask & 0x0606060606060606ULL)) | values;
  if ((word & ~places) != others || (above_nine & (mask << 4)) != 0) {
    return false;
  }
  std::memcpy(digits.data(), &values, sizeof(values));
  return true;
}

constexpr uint64_t word_of(const char (&text)[9]) {
  uint64_t word = 0;
  for (size_t i = 8; i > 0; --i) {
    word = word << 8 | static_cast<unsigned char>(text[i - 1]);
  }
  return word;
}

// "2026-03-02T08:00:00.594399Z", with or without decimals, up to day 28: what programs write.
// kNoTime for all else, good or bad: base::parse_rfc3339() knows.
base::EventTime parse_plain_utc(std::string_view text) {
  std::array<uint8_t, 8> date;
  std::array<uint8_t, 8> time;
  if (text.size() < 20 || text.back() != 'Z' ||
      !read_digits(
          text.data(), word_of("\xF\xF\xF\xF\0\xF\xF\0"), word_of("\0\0\0\0-\0\0-"), date) ||
      !read_digits(
          text.data() + 8, word_of("\xF\xF\0\xF\xF\0\xF\xF"), word_of("\0\0T\0\0:\0\0"), time)) {
    return base::kNoTime;
  }
  const auto two = [](const std::array<uint8_t, 8>& digits, size_t at) {
    return digits[at] * 10U + digits[at + 1];
  };
  const unsigned year = two(date, 0) * 100 + two(date, 2);
  const unsigned month = two(date, 5);
  const unsigned day = two(time, 0);
  const unsigned hour = two(time, 3);
  const unsigned minute = two(time, 6);
  const unsigned tens = static_cast<unsigned char>(text[17]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(text[18]) - unsigned{'0'};
  if (text[16] != ':' || year < 1 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 ||
      minute > 59 || tens > 5 || ones > 9) {
    return base::kNoTime;
  }
  int64_t micros = 0;
  if (text.size() > 20) {
    const std::string_view decimals = text.substr(20, text.size() - 21);
    if (text[19] != '.' || decimals.size() > 6 || !parse_digits(decimals, micros)) {
      return base::kNoTime;
    }
    for (size_t i = decimals.size(); i < 6; ++i) {
      micros *= 10;
    }
  }
  return base::days_from_civil(year, month, day) * base::kDay + hour * base::kHour +
         minute * base::kMinute + (tens * 10 + ones) * base::kSecond + micros;
}

base::EventTime parse_rfc3339(std::string_view text) {
  const base::EventTime plain = parse_plain_utc(text);
  return plain != base::kNoTime ? plain : base::parse_rfc3339(text);
}

TimeVerdict in_range(base::EventTime from, base::EventTime& time) {
  if (from == base::kNoTime || from < kFirst || from >= kAfterLast) {
    return TimeVerdict::kBad;
  }
  time = from;
  return TimeVerdict::kGood;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

// "Wed Oct 10 20:19:24 +0000 2018", rewritten as RFC 3339.
base::EventTime parse_twitter(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 30 || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' || text[19] != ' ' ||
      text[25] != ' ') {
    return base::kNoTime;
  }
  const size_t month = kMonths.find(text.substr(4, 3));
  if (month == std::string_view::npos || month % 3 != 0) {
    return base::kNoTime;
  }
  const size_t number = month / 3 + 1;
  std::array<char, 24> rfc{};
  std::memcpy(&rfc[0], &text[26], 4);
  rfc[4] = '-';
  rfc[5] = number >= 10 ? '1' : '0';
  rfc[6] = static_cast<char>('0' + number % 10);
  rfc[7] = '-';
  std::memcpy(&rfc[8], &text[8], 2);
  rfc[10] = 'T';
  std::memcpy(&rfc[11], &text[11], 8);
  std::memcpy(&rfc[19], &text[20], 5);
  return base::parse_rfc3339({rfc.data(), rfc.size()});
}

// "2010-12-01", "2010-12-01 08:26" or with seconds and decimals, blank or T between.
base::EventTime parse_local(std::string_view text,
                            std::string_view zone,
                            const ZoneResolver* zones) {
  if (text.size() > 32) {
    return base::kNoTime;
  }
  std::string rfc(text);
  if (rfc.size() == 10) {
    rfc += "T00:00";
  }
  if (rfc.size() == 16) {
    rfc += ":00";
  }
  rfc += 'Z';
  const base::EventTime civil = base::parse_rfc3339(rfc);
  if (civil == base::kNoTime || zone == "UTC" || zone.empty()) {
    return civil;
  }
  if (zones == nullptr) {
    return base::kNoTime;
  }
  const int64_t seconds = base::floor_div(civil, base::kSecond);
  const base::EventTime utc = zones->to_utc(seconds, zone);
  return utc == base::kNoTime ? utc : utc + (civil - seconds * base::kSecond);
}

base::EventTime parse_epoch(std::string_view text, int scale) {
  const std::optional<Scaled> scaled = parse_scaled(text, scale);
  return scaled ? scaled->value : base::kNoTime;
}

// What leads an epoch number in text: then the unit has to be said.
bool is_numeric(std::string_view text) {
  return parse_scaled(text, 0).has_value();
}

}  // namespace

TimeVerdict parse_time(std::string_view text,
                       TimeFormat format,
                       std::string_view zone,
                       const ZoneResolver* zones,
                       base::EventTime& time) {
  text = trim(text);
  switch (format) {
    case TimeFormat::kAuto: {
      base::EventTime found = parse_rfc3339(text);
      found = found == base::kNoTime ? parse_twitter(text) : found;
      return found == base::kNoTime && is_numeric(text) ? TimeVerdict::kUnit
                                                        : in_range(found, time);
    }
    case TimeFormat::kRfc3339:
      return in_range(parse_rfc3339(text), time);
    case TimeFormat::kTwitter:
      return in_range(parse_twitter(text), time);
    case TimeFormat::kUnixSeconds:
      return in_range(parse_epoch(text, 6), time);
    case TimeFormat::kUnixMillis:
      return in_range(parse_epoch(text, 3), time);
    case TimeFormat::kUnixMicros:
      return in_range(parse_epoch(text, 0), time);
    case TimeFormat::kLocal:
      return in_range(parse_local(text, zone, zones), time);
    case TimeFormat::kSecondsNanos:
      break;
  }
  return TimeVerdict::kBad;
}

TimeVerdict parse_seconds_nanos(std::string_view seconds,
                                std::string_view nanos,
                                base::EventTime& time) {
  const std::optional<Scaled> whole = parse_scaled(trim(seconds), 0);
  const std::optional<Scaled> part = nanos.empty() ? Scaled{} : parse_scaled(trim(nanos), 0);
  if (!whole || !part || !whole->exact || !part->exact || part->value < 0 ||
      part->value >= 1'000'000'000 || whole->value < kFirst / base::kSecond ||
      whole->value >= kAfterLast / base::kSecond) {
    return TimeVerdict::kBad;
  }
  return in_range(whole->value * base::kSecond + part->value / 1'000, time);
}

}  // namespace kaiku::parse
