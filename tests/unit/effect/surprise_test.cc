#include "kaiku/effect/surprise.h"

#include <cmath>

#include <gtest/gtest.h>

namespace kaiku::effect {
namespace {

TEST(GammaPoisson, GivesTheWorkedTails) {
  const GammaPoisson prior{20, 10};
  EXPECT_NEAR(prior.upper_tail(8), 0.0021267, 5e-8);
  EXPECT_NEAR(prior.upper_tail(5), 0.0612334, 5e-8);
}

TEST(GammaPoisson, TailsFallFromOneAndStayPositive) {
  for (const GammaPoisson& prior : {GammaPoisson{20, 10}, {0.3, 0.01}, {5'000, 2}, {1, 50}}) {
    EXPECT_EQ(prior.upper_tail(0), 1);
    EXPECT_EQ(prior.upper_tail(-3), 1);
    double last = 1;
    for (int64_t count = 1; count < 400; ++count) {
      const double tail = prior.upper_tail(count);
      EXPECT_LE(tail, last * (1 + 1e-12));
      EXPECT_GE(tail, 0);
      last = tail;
    }
  }
  // Geometric: shape 1 has P(>= k) = (1 + rate)^-k.
  EXPECT_NEAR(GammaPoisson({1, 1}).upper_tail(100) / std::exp2(-100), 1, 1e-9);
  EXPECT_EQ(GammaPoisson({0, 1}).upper_tail(3), 1);
}

TEST(GammaPoisson, AnUpdateDiscountsThePast) {
  GammaPoisson prior{20, 10};
  prior.update(4, 0.97);
  EXPECT_NEAR(prior.shape, 23.4, 1e-12);
  EXPECT_NEAR(prior.rate, 10.7, 1e-12);
}

TEST(Ears, GivesTheWorkedScore) {
  const std::vector<int64_t> baseline = {4, 6, 5, 7, 5, 4, 6};
  EXPECT_NEAR(ears_c2(baseline, 12).value(), 6.034, 5e-4);
  const std::vector<int64_t> flat = {4, 4, 4};
  EXPECT_FALSE(ears_c2(flat, 12).has_value());
  EXPECT_FALSE(ears_c2({}, 12).has_value());
}

TEST(QValues, FollowBenjaminiAndHochberg) {
  // The published example of 15 p values: four discoveries at 5 %.
  const std::vector<double> p = {0.7590,
                                 0.0001,
                                 0.0004,
                                 0.0019,
                                 0.0095,
                                 0.0201,
                                 0.0278,
                                 0.0298,
                                 0.0344,
                                 0.0459,
                                 0.3240,
                                 0.4262,
                                 0.5719,
                                 0.6528,
                                 1.0000};
  const std::vector<double> q = q_values(p);
  size_t discoveries = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    discoveries += q[i] <= 0.05 ? 1 : 0;
    EXPECT_GE(q[i], p[i]);
    EXPECT_LE(q[i], 1);
    for (size_t j = 0; j < p.size(); ++j) {
      EXPECT_TRUE(p[i] > p[j] || q[i] <= q[j]);
    }
  }
  EXPECT_EQ(discoveries, 4U);
  EXPECT_NEAR(q[1], 0.0015, 1e-12);
  EXPECT_NEAR(q[4], 0.0095 * 15 / 4, 1e-12);
  EXPECT_TRUE(q_values({}).empty());
}

}  // namespace
}  // namespace kaiku::effect
