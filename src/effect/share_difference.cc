#include "kaiku/effect/share_difference.h"

#include <algorithm>
#include <cmath>

namespace kaiku::effect {
namespace {

// How far a - b reaches beyond its estimate, where a alone reaches `by_a` that way and b `by_b` the
// other.
double reach(double by_a, double by_b, double correlation) {
  return std::sqrt(by_a * by_a + by_b * by_b - 2 * correlation * by_a * by_b);
}

}  // namespace

Interval share_difference95(int64_t a, int64_t b, int64_t n) {
  if (n <= 0) {
    return {-1, 1};
  }
  const auto size = static_cast<double>(n);
  const int64_t first = std::clamp<int64_t>(a, 0, n);
  const int64_t second = std::clamp<int64_t>(b, 0, n - first);
  const double p = static_cast<double>(first) / size;
  const double q = static_cast<double>(second) / size;
  const Interval of_p = wilson95(first, n);
  const Interval of_q = wilson95(second, n);
  // All in one class: the limit, in which what one loses the other gains.
  const bool is_one = first == n || second == n;
  const double correlation = is_one ? -1.0 : -std::sqrt(p * q / ((1 - p) * (1 - q)));
  const double low = p - q - reach(p - of_p.low, of_q.high - q, correlation);
  const double high = p - q + reach(of_p.high - p, q - of_q.low, correlation);
  return {second == n ? -1.0 : std::max(-1.0, low), first == n ? 1.0 : std::min(1.0, high)};
}

}  // namespace kaiku::effect
