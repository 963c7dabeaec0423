#include "kaiku/money/rates.h"

#include <algorithm>
#include <tuple>

#include <boost/multiprecision/cpp_int.hpp>

#include "kaiku/base/bytes.h"
#include "kaiku/base/event_time.h"
#include "kaiku/money/decimal.h"

#include "money/csv.h"
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

}  // namespace

base::Result<Rates> Rates::parse(model::Currency base,
                                 std::string_view csv,
                                 std::string_view file) {
  Rates rates(base);
  const base::Status status =
      read_rows(csv, file, kHeader, kRowsMax, [&](std::string_view row, size_t line) {
        Rate rate;
        const std::string_view problem = parse_row(row, base, rate);
        rate.line = line;
        rates.rates_.push_back(rate);
        return std::string(problem);
      });
  if (!status.is_ok()) {
    return status;
  }
  return std::move(rates).finish(file);
}

std::string_view Rates::parse_row(std::string_view line, model::Currency base, Rate& rate) {
  const std::string_view code = take_field(line);
  const std::string_view date = take_field(line);
  const std::string_view text = take_field(line);
  const auto currency = parse_currency(code);
  const auto day = parse_date(date);
  if (!currency) {
    return "the currency has to be a code of ISO 4217, as in USD";
  }
  if (!day) {
    return "the date has to be yyyy-mm-dd";
  }
  // A comma for the point leaves something behind.
  const Int128 value = (line.empty() ? parse_rate(text) : std::nullopt).value_or(0);
  if (value == 0) {
    return "the rate has to be a positive decimal of at most 9 digits before and 12 after the "
           "point";
  }
  if (*currency == base && value != power_of_ten(kRateDecimals)) {
    return "the base currency converts to itself: its rate is 1";
  }
  rate = Rate{*currency, *day, value, 0};
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
  version_ = version_of("kaiku rates", content);
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
