#include "kaiku/effect/surprise.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kaiku::effect {
namespace {

// Beyond this count the tail is taken from here: the walk is bounded.
constexpr int64_t kCountMax = 10'000'000;

}  // namespace

void GammaPoisson::update(int64_t count, double discount) {
  shape = discount * shape + static_cast<double>(std::max<int64_t>(count, 0));
  rate = discount * rate + 1;
}

double GammaPoisson::upper_tail(int64_t count) const {
  if (count <= 0 || !(shape > 0) || !(rate > 0)) {
    return 1;
  }
  // P(k + 1) / P(k) = (shape + k) / (k + 1) / (rate + 1), from P(0) = (rate / (rate + 1))^shape.
  const auto last = static_cast<double>(std::min(count, kCountMax));
  const double log_step = -std::log1p(rate);
  double log_term = -shape * std::log1p(1 / rate);
  double below = 0;
  for (double k = 0; k < last; ++k) {
    below += std::exp(log_term);
    log_term += std::log((shape + k) / (k + 1)) + log_step;
  }
  // A small tail is summed itself: 1 - below would be rounding only.
  constexpr double kSmall = 0.5;
  if (below < kSmall) {
    return 1 - below;
  }
  double term = std::exp(log_term);
  double tail = 0;
  for (double k = last; term > tail * 1e-17 && k < last + static_cast<double>(kCountMax); ++k) {
    tail += term;
    term *= (shape + k) / (k + 1) / (rate + 1);
  }
  return std::min(1.0, tail);
}

std::optional<double> ears_c2(std::span<const int64_t> baseline, int64_t today) {
  if (baseline.size() < 2) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(baseline.size());
  double sum = 0;
  for (const int64_t count : baseline) {
    sum += static_cast<double>(count);
  }
  const double mean = sum / n;
  double squares = 0;
  for (const int64_t count : baseline) {
    const double off = static_cast<double>(count) - mean;
    squares += off * off;
  }
  if (!(squares > 0)) {
    return std::nullopt;
  }
  return (static_cast<double>(today) - mean) / std::sqrt(squares / (n - 1));
}

std::vector<double> q_values(std::span<const double> p) {
  std::vector<size_t> order(p.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] < p[b]; });
  std::vector<double> q(p.size());
  double least = 1;
  for (size_t rank = p.size(); rank > 0; --rank) {
    const size_t i = order[rank - 1];
    least = std::min(least, p[i] * static_cast<double>(p.size()) / static_cast<double>(rank));
    q[i] = least;
  }
  return q;
}

}  // namespace kaiku::effect
