// Any text as a number, an amount, a rate, a time, a duration, a size or base64: refused, or a
// value inside its bounds that comes back from its own text.
#include "kaiku/base/base64.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/limits.h"
#include "kaiku/money/decimal.h"
#include "kaiku/money/rates.h"
#include "kaiku/window/local_time.h"

#include "config/values.h"
#include "fuzz/target.h"
#include "parse/number.h"
#include "parse/record_time.h"

namespace kaiku::fuzz {
namespace {

void try_amounts(std::string_view text) {
  if (const auto amount = money::parse_decimal(text)) {
    const std::string again = money::format_micros(amount->micros);
    const auto copy = money::parse_decimal(again);
    require(copy && copy->micros == amount->micros);
  }
  const size_t half = text.size() / 2;
  static_cast<void>(money::multiply_decimals(text.substr(0, half), text.substr(half)));
  if (const auto currency = money::parse_currency(text)) {
    require(money::parse_currency(currency->view()) == currency);
    static_cast<void>(money::from_minor(static_cast<int64_t>(half), *currency));
  }
  const auto rates = money::Rates::parse({"EUR"}, text, "rates.csv");
  require(rates.has_value() || !rates.error().message().empty());
}

void try_numbers(std::string_view text) {
  const bool is_number = parse::is_json_number(text);
  for (const int scale : {0, 3, 6}) {
    const auto scaled = parse::parse_scaled(text, scale);
    if (scaled && scale == 0 && scaled->exact && is_number) {
      const auto copy = parse::parse_scaled(std::to_string(scaled->value), 0);
      require(copy && copy->value == scaled->value);
    }
  }
  std::string why;
  require(config::read_integer(text, why).has_value() || !why.empty());
  why.clear();
  require(config::read_boolean(text, why).has_value() || !why.empty());
  why.clear();
  if (const auto duration = config::read_duration(text, why)) {
    require(config::read_duration(config::write_duration(*duration), why) == duration);
  } else {
    require(!why.empty());
  }
  why.clear();
  if (const auto size = config::read_size(text, why)) {
    require(config::read_size(config::write_size(*size), why) == size);
  } else {
    require(!why.empty());
  }
}

void try_times(std::string_view text) {
  const base::EventTime time = base::parse_rfc3339(text);
  if (time != base::kNoTime) {
    require(base::parse_rfc3339(base::format_micros(time)) == time);
    static_cast<void>(base::format_seconds(time));
    static_cast<void>(base::format_date(base::day_of(time)));
  }
  for (uint8_t format = 0; format <= static_cast<uint8_t>(parse::TimeFormat::kLocal); ++format) {
    base::EventTime read = base::kNoTime;
    const auto verdict =
        parse::parse_time(text, static_cast<parse::TimeFormat>(format), "UTC", nullptr, read);
    require(verdict != parse::TimeVerdict::kGood || read != base::kNoTime);
  }
  base::EventTime read = base::kNoTime;
  const size_t half = text.size() / 2;
  static_cast<void>(parse::parse_seconds_nanos(text.substr(0, half), text.substr(half), read));
  static_cast<void>(window::is_zone(text));
}

}  // namespace

std::vector<std::string> seeds() {
  return {"0",
          "-12345.678901",
          "1e-7",
          "9223372036854775807",
          "-9223372036854775808",
          "170141183460469231731687303715884105727",
          "9223372036854.775807",
          "3.1415e3",
          "EUR",
          "true",
          "1h30m",
          "90s",
          "64MiB",
          "date,currency,rate\n2026-03-02,USD,1.0832\n",
          "USD,2026-03-02,1.0832\n",
          "2026-03-02T08:00:00.123456Z",
          "2016-02-29 23:59:60+14:00",
          "Wed Oct 10 20:19:24 +0000 2018",
          "2010-12-01 08:26:00",
          "0001-01-01T00:00:00Z",
          "1700000000.5",
          "Europe/Helsinki",
          base::base64_encode(std::string("a\0b\xff", 4))};
}

}  // namespace kaiku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = kaiku::fuzz::view_of(data, size);
  kaiku::fuzz::try_amounts(text);
  kaiku::fuzz::try_numbers(text);
  kaiku::fuzz::try_times(text);
  if (const auto bytes = kaiku::base::base64_decode(text)) {
    kaiku::fuzz::require(kaiku::base::base64_decode(kaiku::base::base64_encode(*bytes)) == bytes);
  }
  kaiku::fuzz::require(kaiku::base::base64_decode(kaiku::base::base64_encode(text)) == text);
  return 0;
}
