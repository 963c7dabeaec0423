#include "generate/markov_truth.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace kaiku::generate {
namespace {

using Path = std::vector<std::string>;

void add(MarkovTruth& truth, int count, int converted, const Path& path) {
  for (int i = 0; i < count; ++i) {
    truth.add(path, i < converted);
  }
}

MarkovTruth journeys(int count, int converted, const Path& path) {
  MarkovTruth truth;
  add(truth, count, converted, path);
  return truth;
}

TEST(MarkovTruth, GivesTheWorkedFigures) {
  // A > B: 3 of 10 convert; A: 1 of 10; B: 2 of 10.
  MarkovTruth truth = journeys(10, 3, {"A", "B"});
  add(truth, 10, 1, {"A"});
  add(truth, 10, 2, {"B"});
  const MarkovTruth::Shares shares = truth.tell();
  EXPECT_EQ(shares.conversions, 6);
  ASSERT_EQ(shares.by_channel.size(), 2U);
  EXPECT_NEAR(shares.by_channel.at("A"), 0.41176, 5e-6);
  EXPECT_NEAR(shares.by_channel.at("B"), 0.58824, 5e-6);
}

TEST(MarkovTruth, CirclesAreFollowedToTheirEnd) {
  // From A half of the steps lead to B, all of B's lead back.
  MarkovTruth truth = journeys(1, 1, {"A", "B", "A"});
  const MarkovTruth::Shares shares = truth.tell();
  // All is lost without A; without B what A hands to it is: half.
  EXPECT_NEAR(shares.by_channel.at("A"), 2.0 / 3, 1e-12);
  EXPECT_NEAR(shares.by_channel.at("B"), 1.0 / 3, 1e-12);
}

TEST(MarkovTruth, AChannelAgainAndAgainIsOneStep) {
  const MarkovTruth::Shares once = journeys(4, 1, {"A"}).tell();
  const MarkovTruth::Shares thrice = journeys(4, 1, {"A", "A", "A"}).tell();
  EXPECT_EQ(once.by_channel, thrice.by_channel);
}

TEST(MarkovTruth, WhatNothingConvertedOfHasNoShare) {
  EXPECT_TRUE(journeys(5, 0, {"A", "B"}).tell().by_channel.empty());
  MarkovTruth truth = journeys(3, 1, {"A"});
  add(truth, 7, 0, {"B"});
  const MarkovTruth::Shares shares = truth.tell();
  ASSERT_EQ(shares.by_channel.size(), 1U);
  EXPECT_NEAR(shares.by_channel.at("A"), 1, 1e-12);
}

}  // namespace
}  // namespace kaiku::generate
