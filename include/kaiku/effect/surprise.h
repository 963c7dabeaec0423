// Surprise: is a count more than its past lets expect? A discounted Gamma-Poisson with its upper
// tail, the C2 score of EARS, and q values over a family of such tests (Benjamini, Hochberg 1995).
//
// Threads: any.
// Owns:    its values.
// Cost:    the tail is linear in the count; q values sort the family.
// Fails:   a tail is 1 where shape or rate are not positive; no C2 where the past does not vary.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace kaiku::effect {

// The rate of a Poisson count is Gamma(shape, rate): mean shape / rate.
struct GammaPoisson {
  double shape = 1;
  double rate = 1;

  // shape <- d shape + count, rate <- d rate + 1; d in (0, 1].
  void update(int64_t count, double discount);
  // P(next count >= `count`): of the negative binomial NB(shape, rate / (rate + 1)).
  [[nodiscard]] double upper_tail(int64_t count) const;
};

// (today - mean) / standard deviation of the baseline, which ends two days before today so that an
// outbreak does not raise its own baseline. Seven days are usual, two the least.
[[nodiscard]] std::optional<double> ears_c2(std::span<const int64_t> baseline, int64_t today);

// q[i]: the smallest false-discovery rate at which p[i] is a discovery, in the order of `p`.
[[nodiscard]] std::vector<double> q_values(std::span<const double> p);

}  // namespace kaiku::effect
