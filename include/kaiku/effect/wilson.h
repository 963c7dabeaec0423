// Wilson score interval of a proportion (Wilson 1927; Brown, Cai and DasGupta 2001), 95 %.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a square root, which IEEE 754 rounds correctly: the bits agree on all machines.
// Fails:   never; n = 0 gives the whole range 0 to 1.
#pragma once

#include <cstdint>

namespace kaiku::effect {

struct Interval {
  double low = 0;
  double high = 1;
};

// 0 <= k <= n.
[[nodiscard]] Interval wilson95(int64_t k, int64_t n);

}  // namespace kaiku::effect
