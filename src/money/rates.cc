#include "kaiku/money/rates.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include <boost/multiprecision/cpp_int.hpp>

#include "kaiku/base/bytes.h"
#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/money/decimal.h"

#include "money/wide.h"

namespace kaiku::money {
namespace {

// A 128-bit sum times a rate below 2^71 needs 199 bits, and a cell has at most 2^8 of them.
using Int256 = boost::multiprecision::int256_t;

constexpr int kRateDecimals = 12;
constexpr int kRateWholeDigits = 9;
constexpr int32_t kDaysBack = 7;
constexpr size_t kRowsMax = 2'000'000;  // 180 currencies for 30 years
constexpr std::string_view kHeader = "currency,date,rate";

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view take_until(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return head;
}

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<int32_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1 || *day > 31) {
    return std::nullopt;
  }
  const auto days = static_cast<int32_t>(base::days_from_civil(*year, *month, *day));
  // The 31st of a shorter month would be another date.
  if (base::format_date(days) != text) {
    return std::nullopt;
  }
  return days;
}

// A positive decimal of at most 9 digits before and 12 after the point, times 10^12.
std::optional<Int128> parse_rate(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const bool has_part = point != std::string_view::npos;
  const std::string_view part = has_part ? text.substr(point + 1) : std::string_view();
  if (whole.empty() || whole.size() > kRateWholeDigits || (has_part && part.empty()) ||
      part.size() > kRateDecimals) {
    return std::nullopt;
  }
  Int128 value = 0;
  for (const std::string_view run : {whole, part}) {
    for (const char c : run) {
      if (c < '0' || c > '9') {
        return std::nullopt;
      }
      value = value * 10 + (c - '0');
    }
  }
  value *= power_of_ten(kRateDecimals - static_cast<int>(part.size()));
  return value > 0 ? std::optional<Int128>(value) : std::nullopt;
}

base::Status error_at(std::string_view file, size_t line, std::string_view reason) {
  std::string text(file);
  text.append(":").append(std::to_string(line)).append(": ").append(reason);
  return base::Status::stop(base::Exit::kConfig, std::move(text));
}

Int256 widen(Int128 value) {
  const UInt128 size = magnitude(value);
  Int256 wide = static_cast<uint64_t>(size >> 64);
  wide <<= 64;
  wide += static_cast<uint64_t>(size);
  return value < 0 ? -wide : wide;
}

// Half to even, as divide_half_even().
Int256 divide_rounded(const Int256& value, const Int256& by) {
  Int256 quotient;
  Int256 rest;
  boost::multiprecision::divide_qr(value, by, quotient, rest);
  const Int256 twice = abs(rest) * 2;
  if (twice > by || (twice == by && quotient % 2 != 0)) {
    quotient += value < 0 ? -1 : 1;
  }
  return quotient;
}

// False if it does not fit; then `value` is the limit.
bool narrow(const Int256& wide, Int128& value) {
  if (wide > widen(kInt128Max) || wide < widen(-kInt128Max)) {
    value = wide < 0 ? -kInt128Max : kInt128Max;
    return false;
  }
  const Int256 size = abs(wide);
  const auto high = static_cast<uint64_t>(size >> 64);
  const auto low = static_cast<uint64_t>(size & Int256(~uint64_t{0}));
  const auto narrowed = static_cast<Int128>((static_cast<UInt128>(high) << 64) | low);
  value = wide < 0 ? -narrowed : narrowed;
  return true;
}

std::string hex(uint64_t value) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) {
    text.push_back(kDigits[(value >> shift) & 15U]);
  }
  return text;
}

}  // namespace

base::Result<Rates> Rates::parse(model::Currency base,
                                 std::string_view csv,
                                 std::string_view file) {
  Rates rates(base);
  bool header_seen = false;
  size_t line_number = 0;
  if (csv.substr(0, 3) == "\xEF\xBB\xBF") {
    csv.remove_prefix(3);
  }
  while (!csv.empty()) {
    const std::string_view line = trim(take_until(csv, '\n'));
    ++line_number;
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (!header_seen) {
      if (line != kHeader) {
        return error_at(file, line_number, "the first line has to be `currency,date,rate`");
      }
      header_seen = true;
      continue;
    }
    if (rates.rates_.size() >= kRowsMax) {
      return error_at(file, line_number, "more than 2000000 rates: leave out the oldest");
    }
    Rate rate;
    const std::string_view problem = parse_row(line, base, rate);
    if (!problem.empty()) {
      return error_at(file, line_number, problem);
    }
    rate.line = line_number;
    rates.rates_.push_back(rate);
  }
  if (!header_seen) {
    return error_at(file, 1, "the file is empty: it has to begin with `currency,date,rate`");
  }
  return std::move(rates).finish(file);
}

std::string_view Rates::parse_row(std::string_view line, model::Currency base, Rate& rate) {
  const std::string_view code = trim(take_until(line, ','));
  const std::string_view date = trim(take_until(line, ','));
  const std::string_view text = trim(line);
  const auto currency = parse_currency(code);
  const auto day = parse_date(date);
  const auto value = parse_rate(text);
  if (!currency) {
    return "the currency has to be three letters, as in USD";
  }
  if (!day) {
    return "the date has to be yyyy-mm-dd";
  }
  if (!value) {
    return "the rate has to be a positive decimal of at most 9 digits before and 12 after the "
           "point";
  }
  if (*currency == base && *value != power_of_ten(kRateDecimals)) {
    return "the base currency converts to itself: its rate is 1";
  }
  rate = Rate{*currency, *day, *value, 0};
  return {};
}

base::Result<Rates> Rates::finish(std::string_view file) && {
  const auto key = [](const Rate& rate) { return std::tie(rate.currency, rate.day); };
  std::stable_sort(
      rates_.begin(), rates_.end(), [&](const Rate& a, const Rate& b) { return key(a) < key(b); });
  const auto twice = std::adjacent_find(
      rates_.begin(), rates_.end(), [&](const Rate& a, const Rate& b) { return key(a) == key(b); });
  if (twice != rates_.end()) {
    return error_at(
        file,
        std::next(twice)->line,
        "this currency and date stand in line " + std::to_string(twice->line) + " already");
  }
  // The rows, not the bytes of the file: a comment more is not another table.
  std::string content(base_.view());
  base::ByteWriter writer(content);
  for (const Rate& rate : rates_) {
    writer.raw(rate.currency.view());
    writer.svarint(rate.day);
    writer.u64(static_cast<uint64_t>(static_cast<UInt128>(rate.rate_e12)));
    writer.u64(static_cast<uint64_t>(static_cast<UInt128>(rate.rate_e12) >> 64));
  }
  version_ = hex(base::HashKey::derived_from("kaiku rates").hash64(content));
  return std::move(*this);
}

std::optional<Int128> Rates::rate_e12(model::Currency currency, int32_t day) const {
  if (currency == base_) {
    return power_of_ten(kRateDecimals);
  }
  const auto after = std::upper_bound(
      rates_.begin(), rates_.end(), std::tie(currency, day), [](const auto& wanted, const Rate& r) {
        return wanted < std::tie(r.currency, r.day);
      });
  if (after == rates_.begin()) {
    return std::nullopt;
  }
  const Rate& rate = *std::prev(after);
  if (rate.currency != currency || int64_t{day} - rate.day > kDaysBack) {
    return std::nullopt;
  }
  return rate.rate_e12;
}

Rates::Total Rates::convert(const MoneySums& sums, Flow flow) const {
  Total total;
  Int256 sum = 0;  // micros x 10^12
  for (const MoneySums::Entry& entry : sums.entries()) {
    if (entry.flow != flow) {
      continue;
    }
    const std::optional<Int128> rate = rate_e12(entry.currency, entry.rate_day);
    if (!rate) {
      total.complete = false;
      total.unconverted.push_back(entry);
      continue;
    }
    sum += widen(entry.sum_micros) * widen(*rate);
  }
  const Int256 unit = widen(power_of_ten(6 - exponent(base_)));
  const Int256 rounded = divide_rounded(sum, unit * widen(power_of_ten(kRateDecimals))) * unit;
  total.complete = narrow(rounded, total.micros) && total.complete;
  return total;
}

}  // namespace kaiku::money
