#include "kaiku/effect/rates.h"

#include <cmath>

#include <gtest/gtest.h>

namespace kaiku::effect {
namespace {

TEST(Rates, ADifferenceHasNewcombesInterval) {
  // Newcombe 1998, example (a): 56/70 - 48/80, method 10.
  const auto estimate = difference({56, 70}, {48, 80});
  ASSERT_TRUE(estimate.has_value());
  EXPECT_NEAR(estimate->value, 0.2, 1e-12);
  EXPECT_NEAR(estimate->interval.low, 0.0524, 5e-5);
  EXPECT_NEAR(estimate->interval.high, 0.3339, 5e-5);
  // Example (g) of the same paper: 10/10 - 0/20.
  EXPECT_NEAR(difference({10, 10}, {0, 20})->interval.low, 0.6791, 5e-5);
  EXPECT_EQ(difference({10, 10}, {0, 20})->interval.high, 1);
  EXPECT_FALSE(difference({1, 0}, {1, 2}).has_value());
  EXPECT_FALSE(difference({3, 2}, {1, 2}).has_value());
}

TEST(Rates, ARatioIsSymmetricInTheLogarithm) {
  const auto there = ratio({30, 90}, {20, 100});
  const auto back = ratio({20, 100}, {30, 90});
  ASSERT_TRUE(there.has_value() && back.has_value());
  EXPECT_NEAR(there->value, 5.0 / 3, 1e-12);
  EXPECT_NEAR(there->interval.low * back->interval.high, 1, 1e-12);
  const double se = std::sqrt(1.0 / 30 - 1.0 / 90 + 1.0 / 20 - 1.0 / 100);
  EXPECT_NEAR(std::log(there->interval.high / there->value), 1.959963984540054 * se, 1e-12);
  EXPECT_FALSE(ratio({0, 5}, {1, 5}).has_value());
}

TEST(Rates, BeforeAndAfterOfAHundredToFortyIsMinusSixtyPercent) {
  const auto estimate = after_to_before({100, 1}, {40, 1});
  ASSERT_TRUE(estimate.has_value());
  EXPECT_NEAR(estimate->value - 1, -0.6, 1e-12);
  EXPECT_NEAR(estimate->interval.low, 0.4 / std::exp(1.959963984540054 * std::sqrt(0.035)), 1e-12);
  EXPECT_LT(estimate->interval.high, 1);
  EXPECT_NEAR(after_to_before({100, 50}, {40, 20})->value, 1, 1e-12);
  EXPECT_FALSE(after_to_before({0, 1}, {40, 1}).has_value());
  EXPECT_FALSE(after_to_before({10, 0}, {40, 1}).has_value());
}

TEST(Rates, TheFunnelGivesThePublishedRates) {
  const std::vector<int64_t> counts = {6'500'000, 50'000, 10'000};
  const std::vector<FunnelStep> steps = funnel(counts);
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].of_first.value, 1);
  EXPECT_NEAR(steps[1].of_previous.value, 0.00769, 5e-6);
  EXPECT_NEAR(steps[2].of_previous.value, 0.2, 1e-12);
  EXPECT_NEAR(steps[2].of_first.value, 0.001538, 5e-7);
  EXPECT_LT(steps[2].of_previous.interval.low, 0.2);
  EXPECT_GT(steps[2].of_previous.interval.high, 0.2);
  const std::vector<int64_t> growing = {10, 20};
  EXPECT_EQ(funnel(growing)[1].of_previous.value, 2);
  EXPECT_TRUE(std::isinf(funnel(growing)[1].of_previous.interval.high));
  EXPECT_TRUE(funnel({}).empty());
}

}  // namespace
}  // namespace kaiku::effect
