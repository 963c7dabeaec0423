// The 128-bit arithmetic that decimals, sums and rates share.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a few instructions; a division where one is needed.
// Fails:   never; add_saturating stays at the limit instead of wrapping.
#pragma once

#include <limits>
#include <string>

#include "kaiku/money/money_sums.h"

namespace kaiku::money {

__extension__ using UInt128 = unsigned __int128;

inline constexpr Int128 kInt128Max = static_cast<Int128>(~UInt128{0} >> 1);
inline constexpr Int128 kInt128Min = -kInt128Max - 1;

// 10^n for n of 0 to 38.
[[nodiscard]] constexpr Int128 power_of_ten(int n) {
  Int128 power = 1;
  for (int i = 0; i < n; ++i) {
    power *= 10;
  }
  return power;
}

[[nodiscard]] constexpr UInt128 magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

[[nodiscard]] inline Int128 add_saturating(Int128 a, Int128 b) {
  Int128 sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    return b < 0 ? kInt128Min : kInt128Max;
  }
  return sum;
}

// value / by rounded half to even; by > 0.
[[nodiscard]] constexpr Int128 divide_half_even(Int128 value, Int128 by) {
  Int128 quotient = value / by;
  const UInt128 rest = magnitude(value % by);
  const UInt128 half = static_cast<UInt128>(by) - rest;
  if (rest > half || (rest == half && quotient % 2 != 0)) {
    quotient += value < 0 ? -1 : 1;
  }
  return quotient;
}

// value x 10^-decimals with exactly that many decimals.
[[nodiscard]] inline std::string format_scaled(Int128 value, int decimals) {
  std::string digits;
  for (UInt128 rest = magnitude(value); rest != 0; rest /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  const auto places = static_cast<size_t>(decimals);
  if (digits.size() <= places) {
    digits.insert(0, places + 1 - digits.size(), '0');
  }
  if (decimals > 0) {
    digits.insert(digits.size() - places, 1, '.');
  }
  return value < 0 ? "-" + digits : digits;
}

}  // namespace kaiku::money
