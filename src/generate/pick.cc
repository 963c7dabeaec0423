#include "generate/pick.h"

#include <bit>
#include <numeric>

namespace kaiku::generate {
namespace {

// ln(2) times 2^32.
constexpr uint64_t kLn2 = 2'977'044'472;

// log2(x) times 2^32 of a whole number, bit by bit: squaring doubles the logarithm.
uint64_t log2_q32(uint64_t x) {
  const auto whole = static_cast<unsigned>(std::bit_width(x)) - 1;
  uint64_t mantissa = (x << 31) >> whole;  // 1 to 2, times 2^31
  uint64_t result = whole;
  for (int bit = 0; bit < 32; ++bit) {
    mantissa = (mantissa * mantissa) >> 31;
    const uint64_t carry = mantissa >> 32;
    mantissa >>= carry;
    result = result << 1 | carry;
  }
  return result;
}

}  // namespace

WeightedPick::WeightedPick(const std::vector<uint64_t>& weights)
    : slots_(weights.size()), scale_(std::accumulate(weights.begin(), weights.end(), uint64_t{0})) {
  // Every slot is worth scale_; a weight fills `weight x size` of that.
  std::vector<uint64_t> filled(weights.size());
  std::vector<uint32_t> poor;
  std::vector<uint32_t> rich;
  for (uint32_t i = 0; i < weights.size(); ++i) {
    filled[i] = weights[i] * weights.size();
    (filled[i] < scale_ ? poor : rich).push_back(i);
  }
  while (!poor.empty() && !rich.empty()) {
    const uint32_t taker = poor.back();
    const uint32_t giver = rich.back();
    poor.pop_back();
    slots_[taker] = {filled[taker], giver};
    filled[giver] -= scale_ - filled[taker];
    if (filled[giver] < scale_) {
      rich.pop_back();
      poor.push_back(giver);
    }
  }
  for (const auto& left : {poor, rich}) {
    for (const uint32_t i : left) {
      slots_[i] = {scale_, i};
    }
  }
}

WeightedPick WeightedPick::zipf(size_t size) {
  std::vector<uint64_t> weights(size);
  for (size_t i = 0; i < size; ++i) {
    weights[i] = 1'000'000'000 / (i + 1);
  }
  return WeightedPick(weights);
}

Exponential::Exponential() {
  // -ln((2i + 1) / 8192), the middle of each step.
  for (size_t i = 0; i < kSteps; ++i) {
    const uint64_t log2 = (uint64_t{13} << 32) - log2_q32(2 * i + 1);
    __extension__ using Wide = unsigned __int128;
    table_[i] = static_cast<uint64_t>((static_cast<Wide>(log2) * kLn2) >> 32);
  }
}

}  // namespace kaiku::generate
