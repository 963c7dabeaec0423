#include "kaiku/money/split.h"

#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::money {
namespace {

TEST(Split, TiesOfRemaindersGoToTheFirst) {
  const std::vector<uint64_t> thirds = {1, 1, 1};
  EXPECT_EQ(split(100, thirds), (std::vector<int64_t>{34, 33, 33}));
  EXPECT_EQ(split(-100, thirds), (std::vector<int64_t>{-34, -33, -33}));
  EXPECT_EQ(split(101, thirds), (std::vector<int64_t>{34, 34, 33}));
  const std::vector<uint64_t> nothing = {0, 0};
  EXPECT_EQ(split(100, nothing), (std::vector<int64_t>{0, 0}));
}

TEST(Split, PartsSumToTheWholeAndAreOffByLessThanOne) {
  base::Prng prng(5);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<uint64_t> weights(1 + prng.below(8));
    for (uint64_t& weight : weights) {
      weight = prng.below(uint64_t{1} << prng.below(53));
    }
    const uint64_t sum = std::accumulate(weights.begin(), weights.end(), uint64_t{0});
    const int64_t whole = prng.chance(1, 20) ? std::numeric_limits<int64_t>::min()
                                             : prng.between(-1'000'000, 1'000'000);
    const std::vector<int64_t> parts = split(whole, weights);
    ASSERT_EQ(std::accumulate(parts.begin(), parts.end(), int64_t{0}), sum == 0 ? 0 : whole);
    for (size_t i = 0; sum != 0 && i < parts.size(); ++i) {
      const long double exact = static_cast<long double>(whole) *
                                static_cast<long double>(weights[i]) /
                                static_cast<long double>(sum);
      ASSERT_LE(std::abs(static_cast<long double>(parts[i]) - exact), 1.01L);
    }
  }
}

}  // namespace
}  // namespace kaiku::money
