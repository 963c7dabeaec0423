// split: a whole in whole units, cut by weights so that the parts sum to it exactly (largest
// remainder).
//
// Threads: any.
// Owns:    nothing.
// Cost:    a sort of the weights.
// Fails:   never.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kaiku::money {

// Weights of at most 2^56 each and in sum; the parts have the sign of `whole` and sum to it. Ties
// go to the first. Nothing is given if all weights are zero.
[[nodiscard]] std::vector<int64_t> split(int64_t whole, std::span<const uint64_t> weights);

}  // namespace kaiku::money
