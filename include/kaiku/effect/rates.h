// Two rates against each other: difference (Newcombe 1998, from Wilson intervals), ratio (Katz
// 1978) and before/after of counts over exposures (ratio of Poisson rates), each with its 95 %
// interval; and the rates of a funnel.
//
// Threads: any.
// Owns:    its values.
// Cost:    a few roots, logarithms and exponentials; none of it enters state.
// Fails:   nothing where a count of zero leaves no interval, or a size is not positive.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kaiku/effect/wilson.h"

namespace kaiku::effect {

// k of n; 0 <= k <= n.
struct Proportion {
  int64_t k = 0;
  int64_t n = 0;

  [[nodiscard]] double value() const {
    return n > 0 ? static_cast<double>(k) / static_cast<double>(n) : 0;
  }
};

struct Estimate {
  double value = 0;
  Interval interval;
};

// a - b.
[[nodiscard]] std::optional<Estimate> difference(const Proportion& a, const Proportion& b);
// a / b.
[[nodiscard]] std::optional<Estimate> ratio(const Proportion& a, const Proportion& b);

// A count over some exposure (days, customers).
struct Exposed {
  int64_t count = 0;
  double exposure = 1;
};

// after / before; a change of -60 % is 0.4.
[[nodiscard]] std::optional<Estimate> after_to_before(const Exposed& before, const Exposed& after);

struct FunnelStep {
  Estimate of_previous;  // of the first step: 1
  Estimate of_first;
};

// One step per count, with Wilson intervals. A step larger than the one it comes from is no
// proportion: its interval is open (0 to infinity).
[[nodiscard]] std::vector<FunnelStep> funnel(std::span<const int64_t> counts);

}  // namespace kaiku::effect
