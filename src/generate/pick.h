// Picks: weighted choices and waiting times from a seeded generator, in integers only, so that
// every machine draws the same.
//
// Threads: immutable after construction; shared.
// Owns:    its tables.
// Cost:    one or two random numbers a draw.
// Fails:   never.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kaiku/base/prng.h"

namespace kaiku::generate {

// Index i with a probability of weights[i] in the sum of all (Walker's alias method).
class WeightedPick {
 public:
  explicit WeightedPick(const std::vector<uint64_t>& weights);

  // 1, 1/2, 1/3, ...
  [[nodiscard]] static WeightedPick zipf(size_t size);

  [[nodiscard]] uint32_t draw(base::Prng& prng) const {
    const uint64_t slot = prng.below(slots_.size());
    return prng.below(scale_) < slots_[slot].share ? static_cast<uint32_t>(slot)
                                                   : slots_[slot].alias;
  }

 private:
  struct Slot {
    uint64_t share = 0;  // of scale_: the rest belongs to `alias`
    uint32_t alias = 0;
  };

  std::vector<Slot> slots_;
  uint64_t scale_ = 1;
};

// Waiting times of a memoryless process; the longest is 9 means.
class Exponential {
 public:
  Exponential();

  [[nodiscard]] int64_t draw(base::Prng& prng, int64_t mean) const {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(mean) * table_[prng.below(kSteps)];
    return static_cast<int64_t>(product >> 32);
  }

 private:
  static constexpr size_t kSteps = 4'096;
  std::array<uint64_t, kSteps> table_{};  // -ln of a uniform number, times 2^32
};

// A well mixed number from another one (the finisher of splitmix64).
[[nodiscard]] constexpr uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace kaiku::generate
