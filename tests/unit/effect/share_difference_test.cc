#include "kaiku/effect/share_difference.h"

#include <gtest/gtest.h>

namespace kaiku::effect {
namespace {

TEST(ShareDifference, HoldsTheEstimateAndMeetsTheEnds) {
  const Interval some = share_difference95(18, 6, 30);  // 0.4; the bounds were computed apart
  EXPECT_NEAR(some.low, 0.0858698, 5e-8);
  EXPECT_NEAR(some.high, 0.633593, 5e-7);
  const Interval praise = share_difference95(30, 0, 30);
  EXPECT_NEAR(praise.low, 0.772973, 5e-7);
  EXPECT_EQ(praise.high, 1);
  const Interval blame = share_difference95(0, 30, 30);
  EXPECT_EQ(blame.low, -1);
  EXPECT_EQ(blame.high, -praise.low);
}

TEST(ShareDifference, IsTwiceTheWilsonIntervalLessOneWhereNobodyIsNeutral) {
  for (const int64_t a : {0, 1, 10, 15, 29, 30}) {
    const Interval share = wilson95(a, 30);
    const Interval difference = share_difference95(a, 30 - a, 30);
    EXPECT_NEAR(difference.low, 2 * share.low - 1, 1e-12) << a;
    EXPECT_NEAR(difference.high, 2 * share.high - 1, 1e-12) << a;
  }
}

TEST(ShareDifference, StaysInRangeAndTurnsWithItsSides) {
  for (int64_t a = 0; a <= 12; ++a) {
    for (int64_t b = 0; a + b <= 12; ++b) {
      const Interval one = share_difference95(a, b, 12);
      const Interval other = share_difference95(b, a, 12);
      const double estimate = static_cast<double>(a - b) / 12;
      EXPECT_LE(-1, one.low);
      EXPECT_LE(one.low, estimate);
      EXPECT_LE(estimate, one.high);
      EXPECT_LE(one.high, 1);
      EXPECT_DOUBLE_EQ(one.low, -other.high);
    }
  }
}

TEST(ShareDifference, OfNothingIsEverything) {
  const Interval none = share_difference95(0, 0, 0);
  EXPECT_EQ(none.low, -1);
  EXPECT_EQ(none.high, 1);
}

}  // namespace
}  // namespace kaiku::effect
