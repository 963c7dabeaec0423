// Baselines: the golden figures of the discounted Gamma-Poisson, and fading that does not depend on
// who looked when.
#include "kaiku/signal/baseline.h"

#include <gtest/gtest.h>

namespace kaiku::signal {
namespace {

constexpr int64_t kKeepAll = kMillion;

TEST(Baseline, Of20In10WindowsHasTheGoldenTails) {
  Shape shape;
  Age age;
  age.pass_to(100, kKeepAll);
  for (int64_t window = 100; window < 110; ++window) {
    shape.add(window, 2, kKeepAll);
  }
  age.pass_to(110, kKeepAll);
  EXPECT_EQ(shape.before(110, kKeepAll), 20 * kMillion);
  EXPECT_EQ(age.micros(), 10 * kMillion);
  EXPECT_NEAR(upper_tail(shape.micros, age.micros(), 8), 0.0021267, 5e-8);
  EXPECT_NEAR(upper_tail(shape.micros, age.micros(), 5), 0.0612334, 5e-8);
  EXPECT_DOUBLE_EQ(expected(shape.micros, age.micros()), 2);
}

TEST(Baseline, FadesByTheDiscountOfEachWindow) {
  Shape shape;
  shape.add(10, 100, kDiscount);
  EXPECT_EQ(shape.micros, 100 * kMillion);
  // The window that is asked about is not over: nothing has passed between 10 and 11.
  EXPECT_EQ(shape.before(11, kDiscount), 100 * kMillion);
  EXPECT_EQ(shape.before(12, kDiscount), 97 * kMillion);
  shape.add(12, 3, kDiscount);
  EXPECT_EQ(shape.micros, 94'090'000 + 3 * kMillion);
}

TEST(Baseline, IsTheSameWhoeverLookedInBetween) {
  Shape seldom;
  Shape often;
  Age late;
  Age early;
  seldom.add(1, 7, kDiscount);
  often.add(1, 7, kDiscount);
  late.pass_to(1, kDiscount);
  early.pass_to(1, kDiscount);
  for (int64_t window = 2; window < 40; ++window) {
    often.add(window, 0, kDiscount);
    early.pass_to(window, kDiscount);
  }
  EXPECT_EQ(seldom.before(40, kDiscount), often.before(40, kDiscount));
  late.pass_to(39, kDiscount);
  EXPECT_EQ(late.micros(), early.micros());
}

TEST(Baseline, OfAgesEndsAtNothing) {
  Shape shape;
  shape.add(0, 1'000'000, kDiscount);
  EXPECT_EQ(shape.before(100'000'000'000, kDiscount), 0);
  Age age;
  age.pass_to(0, kDiscount);
  age.pass_to(100'000'000'000, kDiscount);
  EXPECT_NEAR(static_cast<double>(age.micros()), 1e6 / 0.03, 100);
}

TEST(Baseline, OfNothingIsSurprisedBySomeUses) {
  Age age;
  age.pass_to(0, kDiscount);
  age.pass_to(24, kDiscount);
  EXPECT_LT(upper_tail(0, age.micros(), 5), 1e-4);
  EXPECT_GT(upper_tail(0, age.micros(), 1), 1e-3);
  EXPECT_EQ(upper_tail(0, 0, 5), 1) << "without a past nothing is more than usual";
}

}  // namespace
}  // namespace kaiku::signal
