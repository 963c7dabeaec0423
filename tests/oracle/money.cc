#include "oracle/money.h"

#include <algorithm>
#include <array>

#include "oracle/times.h"

namespace kaiku::oracle {
namespace {

constexpr int kRateDecimals = 12;
constexpr int64_t kDaysBack = 7;

Wide power_of_ten(int decimals) {
  Wide result = 1;
  for (int i = 0; i < decimals; ++i) {
    result *= 10;
  }
  return result;
}

std::optional<Wide> rate_of(const OraclePlan& plan, std::string_view currency, int64_t day) {
  if (currency == plan.base_currency) {
    return power_of_ten(kRateDecimals);
  }
  std::optional<Wide> best;
  int64_t best_day = day - kDaysBack - 1;
  for (const Rate& rate : plan.rates) {
    const std::optional<int64_t> rate_day = parse_date(rate.date);
    if (rate.currency == currency && rate_day && *rate_day <= day && *rate_day > best_day) {
      best_day = *rate_day;
      best = parse_decimal(rate.rate, kRateDecimals);
    }
  }
  return best;
}

}  // namespace

std::optional<Wide> parse_decimal(std::string_view text, int decimals) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  Wide value = 0;
  int after_point = -1;  // -1: before it
  bool has_digit = false;
  for (const char c : text) {
    if (c == '.' && after_point < 0) {
      after_point = 0;
      continue;
    }
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    has_digit = true;
    if (after_point >= decimals) {
      if (c != '0') {
        return std::nullopt;
      }
      continue;
    }
    value = value * 10 + (c - '0');
    after_point += after_point >= 0 ? 1 : 0;
    if (value > power_of_ten(30)) {
      return std::nullopt;
    }
  }
  if (!has_digit || text.front() == '.' || text.back() == '.') {
    return std::nullopt;
  }
  value *= power_of_ten(decimals - std::max(after_point, 0));
  return negative ? -value : value;
}

int exponent_of(std::string_view currency) {
  static constexpr std::array<std::string_view, 17> kNone = {"BIF",
                                                             "CLP",
                                                             "DJF",
                                                             "GNF",
                                                             "ISK",
                                                             "JPY",
                                                             "KMF",
                                                             "KRW",
                                                             "PYG",
                                                             "RWF",
                                                             "UGX",
                                                             "UYI",
                                                             "VND",
                                                             "VUV",
                                                             "XAF",
                                                             "XOF",
                                                             "XPF"};
  static constexpr std::array<std::string_view, 7> kThree = {
      "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  if (std::find(kNone.begin(), kNone.end(), currency) != kNone.end()) {
    return 0;
  }
  if (std::find(kThree.begin(), kThree.end(), currency) != kThree.end()) {
    return 3;
  }
  return currency == "CLF" || currency == "UYW" ? 4 : 2;
}

std::string decimal_text(Wide value, int from, int to) {
  const bool negative = value < 0;
  Wide magnitude = negative ? -value : value;
  if (from > to) {
    const Wide unit = power_of_ten(from - to);
    const Wide rest = magnitude % unit;
    magnitude /= unit;
    const bool up = 2 * rest > unit || (2 * rest == unit && magnitude % 2 == 1);
    magnitude += up ? 1 : 0;
  } else {
    magnitude *= power_of_ten(to - from);
  }
  std::string reversed;
  const bool is_negative = negative && magnitude != 0;
  for (int digits = 0; magnitude > 0 || digits <= to; ++digits, magnitude /= 10) {
    if (digits == to && to > 0) {
      reversed.push_back('.');
    }
    reversed.push_back(static_cast<char>('0' + static_cast<int>(magnitude % 10)));
  }
  if (is_negative) {
    reversed.push_back('-');
  }
  return {reversed.rbegin(), reversed.rend()};
}

BaseAmount in_base(const OraclePlan& plan, const Figures& figures, std::string_view flow) {
  BaseAmount total;
  for (const auto& [key, micros] : figures.money) {
    if (key.flow != flow || micros == 0) {
      continue;
    }
    const std::optional<Wide> rate = rate_of(plan, key.currency, key.day);
    if (!rate) {
      total.complete = false;
      continue;
    }
    total.scaled += micros * *rate;
  }
  return total;
}

std::string text_in_base(const OraclePlan& plan, Wide scaled) {
  return decimal_text(scaled, 6 + kRateDecimals, exponent_of(plan.base_currency));
}

Wide rounded_in_base(const OraclePlan& plan, Wide scaled) {
  const Wide unit = power_of_ten(6 + kRateDecimals - exponent_of(plan.base_currency));
  const Wide magnitude = scaled < 0 ? -scaled : scaled;
  Wide whole = magnitude / unit;
  const Wide rest = magnitude % unit;
  whole += 2 * rest > unit || (2 * rest == unit && whole % 2 == 1) ? 1 : 0;
  return (scaled < 0 ? -whole : whole) * unit;
}

std::string base_text(const OraclePlan& plan, const Figures& figures, std::string_view flow) {
  return text_in_base(plan, in_base(plan, figures, flow).scaled);
}

}  // namespace kaiku::oracle
