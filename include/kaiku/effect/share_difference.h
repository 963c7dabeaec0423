// The 95 % interval of a - b, where a and b are two shares of the same n items: net sentiment, the
// share of praise less the share of blame. From the two Wilson intervals (kaiku/effect/wilson.h) by
// the method of variance estimates recovery (Zou and Donner 2008), with the correlation of two
// classes of a multinomial.
//
// Threads: any.
// Owns:    nothing.
// Cost:    five square roots, which IEEE 754 rounds correctly: the bits agree on all machines.
// Fails:   never; n = 0 gives the whole range -1 to 1.
#pragma once

#include <cstdint>

#include "kaiku/effect/wilson.h"

namespace kaiku::effect {

// 0 <= a, 0 <= b, a + b <= n. Between -1 and 1.
[[nodiscard]] Interval share_difference95(int64_t a, int64_t b, int64_t n);

}  // namespace kaiku::effect
