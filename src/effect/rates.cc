#include "kaiku/effect/rates.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kaiku::effect {
namespace {

constexpr double kZ = 1.959963984540054;  // the 97.5 % quantile of the normal distribution

bool is_proportion(const Proportion& p) {
  return p.n > 0 && p.k >= 0 && p.k <= p.n;
}

Estimate log_normal(double value, double variance_of_log) {
  const double factor = std::exp(kZ * std::sqrt(std::max(0.0, variance_of_log)));
  return {value, {value / factor, value * factor}};
}

Estimate step_of(int64_t count, int64_t from) {
  const Proportion step{count, from};
  if (!is_proportion(step)) {
    return {from > 0 ? static_cast<double>(count) / static_cast<double>(from) : 0,
            {0, std::numeric_limits<double>::infinity()}};
  }
  return {step.value(), wilson95(count, from)};
}

}  // namespace

std::optional<Estimate> difference(const Proportion& a, const Proportion& b) {
  if (!is_proportion(a) || !is_proportion(b)) {
    return std::nullopt;
  }
  const Interval ia = wilson95(a.k, a.n);
  const Interval ib = wilson95(b.k, b.n);
  const double value = a.value() - b.value();
  const double down = std::hypot(a.value() - ia.low, ib.high - b.value());
  const double up = std::hypot(ia.high - a.value(), b.value() - ib.low);
  return Estimate{value, {std::max(-1.0, value - down), std::min(1.0, value + up)}};
}

std::optional<Estimate> ratio(const Proportion& a, const Proportion& b) {
  if (!is_proportion(a) || !is_proportion(b) || a.k == 0 || b.k == 0) {
    return std::nullopt;
  }
  const auto inverse = [](int64_t count) { return 1 / static_cast<double>(count); };
  const double variance = inverse(a.k) - inverse(a.n) + inverse(b.k) - inverse(b.n);
  return log_normal(a.value() / b.value(), variance);
}

std::optional<Estimate> after_to_before(const Exposed& before, const Exposed& after) {
  if (before.count <= 0 || after.count <= 0 || !(before.exposure > 0) || !(after.exposure > 0)) {
    return std::nullopt;
  }
  const auto b = static_cast<double>(before.count);
  const auto a = static_cast<double>(after.count);
  return log_normal((a / after.exposure) / (b / before.exposure), 1 / a + 1 / b);
}

std::vector<FunnelStep> funnel(std::span<const int64_t> counts) {
  std::vector<FunnelStep> steps;
  for (size_t i = 0; i < counts.size(); ++i) {
    steps.push_back(
        {step_of(counts[i], counts[i == 0 ? 0 : i - 1]), step_of(counts[i], counts[0])});
  }
  return steps;
}

}  // namespace kaiku::effect
