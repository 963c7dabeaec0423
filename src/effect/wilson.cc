#include "kaiku/effect/wilson.h"

#include <algorithm>
#include <cmath>

namespace kaiku::effect {

Interval wilson95(int64_t k, int64_t n) {
  if (n <= 0) {
    return {};
  }
  constexpr double kZ = 1.959963984540054;  // the 97.5 % quantile of the normal distribution
  constexpr double kZ2 = kZ * kZ;
  const int64_t in_range = std::clamp<int64_t>(k, 0, n);
  const auto size = static_cast<double>(n);
  const double p = static_cast<double>(in_range) / size;
  const double center = p + kZ2 / (2 * size);
  const double half = kZ * std::sqrt((p * (1 - p) + kZ2 / (4 * size)) / size);
  const double scale = 1 + kZ2 / size;
  // At the ends the bound is exact; rounding would leave some 1e-17 beside it.
  return {in_range == 0 ? 0.0 : std::max(0.0, (center - half) / scale),
          in_range == n ? 1.0 : std::min(1.0, (center + half) / scale)};
}

}  // namespace kaiku::effect
