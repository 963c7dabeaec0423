#include "number.h"

#include <limits>

namespace kaiku::parse {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

size_t skip_digits(std::string_view text, size_t at) {
  while (at < text.size() && is_digit(text[at])) {
    ++at;
  }
  return at;
}

// "e-5" at `at`: false if it is no exponent. Anything beyond +-100,000 counts as that.
bool read_exponent(std::string_view text, size_t at, int& exponent) {
  ++at;
  const bool negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
    ++at;
  }
  if (at == text.size() || skip_digits(text, at) != text.size()) {
    return false;
  }
  int value = 0;
  for (; at < text.size(); ++at) {
    value = value < 100'000 ? value * 10 + (text[at] - '0') : 100'000;
  }
  exponent = negative ? -value : value;
  return true;
}

// The first 19 digits, which always fit; what follows moves the exponent.
struct Mantissa {
  uint64_t value = 0;
  int kept = 0;
  int exponent = 0;
  bool cut = false;

  void add(char digit, bool is_fraction) {
    if (kept < 19) {
      value = value * 10 + static_cast<uint64_t>(digit - '0');
      kept += value != 0 ? 1 : 0;
      exponent -= is_fraction ? 1 : 0;
    } else {
      cut = cut || digit != '0';
      exponent += is_fraction ? 0 : 1;
    }
  }
};

}  // namespace

bool is_json_number(std::string_view token) {
  size_t at = !token.empty() && token[0] == '-' ? 1 : 0;
  const size_t whole = at;
  at = skip_digits(token, at);
  if (at == whole || (token[whole] == '0' && at > whole + 1)) {
    return false;
  }
  if (at < token.size() && token[at] == '.') {
    const size_t fraction = at + 1;
    at = skip_digits(token, fraction);
    if (at == fraction) {
      return false;
    }
  }
  int exponent = 0;
  return at == token.size() ||
         ((token[at] == 'e' || token[at] == 'E') && read_exponent(token, at, exponent));
}

std::optional<Scaled> parse_scaled(std::string_view text, int scale) {
  const bool negative = !text.empty() && text[0] == '-';
  size_t at = negative || (!text.empty() && text[0] == '+') ? 1 : 0;
  Mantissa mantissa;
  size_t digits = 0;
  for (; at < text.size() && is_digit(text[at]); ++at, ++digits) {
    mantissa.add(text[at], false);
  }
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && is_digit(text[at]); ++at, ++digits) {
      mantissa.add(text[at], true);
    }
  }
  int exponent = 0;
  if (digits == 0 || (at < text.size() && ((text[at] != 'e' && text[at] != 'E') ||
                                           !read_exponent(text, at, exponent)))) {
    return std::nullopt;
  }
  exponent += mantissa.exponent + scale;
  uint64_t value = mantissa.value;
  bool exact = !mantissa.cut;
  for (; exponent > 0 && value != 0; --exponent) {
    if (__builtin_mul_overflow(value, uint64_t{10}, &value)) {
      return std::nullopt;
    }
  }
  for (; exponent < 0 && value != 0; ++exponent) {
    exact = exact && value % 10 == 0;
    value /= 10;
  }
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return std::nullopt;
  }
  const auto magnitude = static_cast<int64_t>(value);
  return Scaled{negative ? -magnitude : magnitude, exact};
}

}  // namespace kaiku::parse
