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
      base::EventTime found = base::parse_rfc3339(text);
      found = found == base::kNoTime ? parse_twitter(text) : found;
      return found == base::kNoTime && is_numeric(text) ? TimeVerdict::kUnit
                                                        : in_range(found, time);
    }
    case TimeFormat::kRfc3339:
      return in_range(base::parse_rfc3339(text), time);
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
