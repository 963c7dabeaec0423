// Numbers of JSON read by their digits: exact, and never through a double.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 1 ns a digit.
// Fails:   false or nothing; an exponent of any size is safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kaiku::parse {

// RFC 8259 section 6.
[[nodiscard]] bool is_json_number(std::string_view token);

// What nearly every number is: 1 to 18 digits and nothing else. False if it is not; `value` is
// untouched then.
[[nodiscard]] inline bool parse_digits(std::string_view text, int64_t& value) {
  if (text.empty() || text.size() > 18) {
    return false;
  }
  int64_t sum = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return false;
    }
    sum = sum * 10 + (c - '0');
  }
  value = sum;
  return true;
}

struct Scaled {
  int64_t value = 0;  // number x 10^scale, cut toward zero
  bool exact = true;  // nothing was cut
};

// Reads a JSON number, or a decimal as people write it into text (a leading '+' or zeros, ".5").
// Nothing if it is no number or its scaled value does not fit.
[[nodiscard]] std::optional<Scaled> parse_scaled(std::string_view text, int scale);

}  // namespace kaiku::parse
