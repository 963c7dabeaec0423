#include "kaiku/effect/wilson.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace kaiku::effect {
namespace {

// In per cent with `decimals` decimals, as a printed table has it.
double percent(double share, double decimals) {
  const double scale = std::pow(10, decimals);
  return std::round(share * 100 * scale) / scale;
}

struct Case {
  int64_t k;
  int64_t n;
  double low;
  double high;
  double decimals;
};

TEST(Wilson, GivesThePublishedIntervals) {
  for (const Case& c : {Case{14, 622, 1.35, 3.74, 2},
                        Case{27, 901, 2.07, 4.32, 2},
                        Case{23, 370, 4.18, 9.15, 2},
                        Case{4, 299, 0.52, 3.39, 2},
                        Case{68, 2'192, 2.45, 3.91, 2},
                        Case{30, 90, 24.5, 43.6, 1},
                        Case{3, 9, 12.1, 64.6, 1}}) {
    const Interval interval = wilson95(c.k, c.n);
    EXPECT_DOUBLE_EQ(percent(interval.low, c.decimals), c.low) << c.k << "/" << c.n;
    EXPECT_DOUBLE_EQ(percent(interval.high, c.decimals), c.high) << c.k << "/" << c.n;
  }
}

TEST(Wilson, ARateIsReaggregatedFromItsPartsAndNotFromRates) {
  const double mean_of_rates = (14.0 / 622 + 27.0 / 901 + 23.0 / 370 + 4.0 / 299) / 4;
  EXPECT_DOUBLE_EQ(percent(mean_of_rates, 2), 3.20);
  EXPECT_DOUBLE_EQ(percent((14.0 + 27 + 23 + 4) / (622 + 901 + 370 + 299), 2), 3.10);
}

TEST(Wilson, HoldsTheShareAndStaysInZeroToOne) {
  for (int64_t n = 1; n <= 60; ++n) {
    for (int64_t k = 0; k <= n; ++k) {
      const Interval interval = wilson95(k, n);
      const double share = static_cast<double>(k) / static_cast<double>(n);
      EXPECT_GE(interval.low, 0);
      EXPECT_LE(interval.high, 1);
      EXPECT_LE(interval.low, share);
      EXPECT_GE(interval.high, share);
      EXPECT_LT(interval.low, interval.high);
      const Interval mirrored = wilson95(n - k, n);
      EXPECT_NEAR(interval.low, 1 - mirrored.high, 1e-12);
    }
  }
}

TEST(Wilson, NoneAndAllTouchTheEnds) {
  EXPECT_EQ(wilson95(0, 40).low, 0);
  EXPECT_EQ(wilson95(40, 40).high, 1);
  EXPECT_GT(wilson95(40, 40).low, 0.9);
}

TEST(Wilson, SolvesTheEquationItIsDefinedBy) {
  // The bounds are the p with |k/n - p| = z sqrt(p (1 - p) / n).
  const Interval interval = wilson95(14, 622);
  for (const double p : {interval.low, interval.high}) {
    EXPECT_NEAR(std::abs(14.0 / 622 - p), 1.959963984540054 * std::sqrt(p * (1 - p) / 622), 1e-14);
  }
}

TEST(Wilson, NothingKnownIsTheWholeRange) {
  for (const int64_t n : {int64_t{0}, int64_t{-3}, std::numeric_limits<int64_t>::min()}) {
    EXPECT_EQ(wilson95(0, n).low, 0);
    EXPECT_EQ(wilson95(0, n).high, 1);
  }
}

TEST(Wilson, CountsOutOfRangeAreTakenAsTheEnds) {
  EXPECT_EQ(wilson95(-4, 10).high, wilson95(0, 10).high);
  EXPECT_EQ(wilson95(14, 10).low, wilson95(10, 10).low);
}

TEST(Wilson, LargeCountsStayFinite) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const Interval interval = wilson95(kMax / 2, kMax);
  EXPECT_NEAR(interval.low, 0.5, 1e-6);
  EXPECT_NEAR(interval.high, 0.5, 1e-6);
}

}  // namespace
}  // namespace kaiku::effect
