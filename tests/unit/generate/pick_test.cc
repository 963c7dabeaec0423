#include "generate/pick.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace kaiku::generate {
namespace {

TEST(WeightedPick, DrawsByWeight) {
  const WeightedPick pick({5, 0, 1, 94});
  base::Prng prng(1);
  std::vector<int> drawn(4);
  for (int i = 0; i < 100'000; ++i) {
    ++drawn[pick.draw(prng)];
  }
  EXPECT_NEAR(drawn[0], 5'000, 300);
  EXPECT_EQ(drawn[1], 0);
  EXPECT_NEAR(drawn[2], 1'000, 150);
  EXPECT_NEAR(drawn[3], 94'000, 400);
}

TEST(WeightedPick, OneChoiceIsNoChoice) {
  const WeightedPick pick({7});
  base::Prng prng(1);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(pick.draw(prng), 0U);
  }
}

TEST(WeightedPick, ZipfHalvesTheSecond) {
  const WeightedPick pick = WeightedPick::zipf(1'000);
  base::Prng prng(2);
  std::vector<int> drawn(1'000);
  for (int i = 0; i < 200'000; ++i) {
    ++drawn[pick.draw(prng)];
  }
  // The harmonic number of 1000 is 7.485.
  EXPECT_NEAR(drawn[0], 26'720, 600);
  EXPECT_NEAR(drawn[1], 13'360, 450);
  EXPECT_NEAR(drawn[9], 2'672, 220);
  EXPECT_GT(*std::max_element(drawn.begin() + 900, drawn.end()), 10);
}

TEST(Exponential, WaitsForItsMeanAndForgets) {
  const Exponential exponential;
  base::Prng prng(3);
  constexpr int64_t kMean = 1'000'000;
  int64_t sum = 0;
  int longer = 0;
  int much_longer = 0;
  int64_t longest = 0;
  for (int i = 0; i < 200'000; ++i) {
    const int64_t wait = exponential.draw(prng, kMean);
    ASSERT_GE(wait, 0);
    sum += wait;
    longer += wait > kMean ? 1 : 0;
    much_longer += wait > 2 * kMean ? 1 : 0;
    longest = std::max(longest, wait);
  }
  EXPECT_NEAR(static_cast<double>(sum) / 200'000, 1'000'000, 10'000);
  EXPECT_NEAR(longer, 73'576, 1'000);     // 1/e
  EXPECT_NEAR(much_longer, 27'067, 700);  // 1/e^2
  EXPECT_GT(longest, 8 * kMean);
  EXPECT_LT(longest, 10 * kMean);
}

TEST(Exponential, TakesLongMeansWithoutWrapping) {
  const Exponential exponential;
  base::Prng prng(4);
  constexpr int64_t kCentury = int64_t{36'525} * 86'400 * 1'000'000;
  for (int i = 0; i < 10'000; ++i) {
    const int64_t wait = exponential.draw(prng, kCentury);
    ASSERT_GE(wait, 0);
    ASSERT_LT(wait, 10 * kCentury);
  }
}

}  // namespace
}  // namespace kaiku::generate
