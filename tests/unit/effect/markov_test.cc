#include "kaiku/effect/markov.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

namespace kaiku::effect {
namespace {

constexpr MarkovEnds kEnds{"_start", "_conversion", "_null"};

TEST(Markov, GivesTheWorkedFigures) {
  // A > B: 3 of 10 convert; A: 1 of 10; B: 2 of 10.
  const std::vector<MarkovStep> steps = {{"_start", "A", 20},
                                         {"_start", "B", 10},
                                         {"A", "B", 10},
                                         {"A", "_conversion", 1},
                                         {"A", "_null", 9},
                                         {"B", "_conversion", 5},
                                         {"B", "_null", 15}};
  const auto shares = markov_shares(steps, kEnds);
  ASSERT_TRUE(shares.has_value());
  EXPECT_NEAR(shares->conversion_probability, 0.2, 1e-12);
  EXPECT_EQ(shares->conversions, 6);
  ASSERT_EQ(shares->channels.size(), 2U);
  EXPECT_EQ(shares->channels[0].channel, "A");
  EXPECT_NEAR(shares->channels[0].removal, 0.58333, 5e-6);
  EXPECT_NEAR(shares->channels[1].removal, 0.83333, 5e-6);
  EXPECT_NEAR(shares->channels[0].share, 0.41176, 5e-6);
  EXPECT_NEAR(shares->channels[1].share, 0.58824, 5e-6);
  EXPECT_NEAR(shares->channels[0].conversions, 2.4706, 5e-5);
  EXPECT_NEAR(shares->channels[1].conversions, 3.5294, 5e-5);
}

TEST(Markov, AStepBackChangesNothingThatLeadsNowhere) {
  const std::vector<MarkovStep> plain = {
      {"_start", "A", 10}, {"A", "_conversion", 4}, {"A", "_null", 6}};
  std::vector<MarkovStep> with_loop = plain;
  with_loop.push_back({"A", "A", 7});
  EXPECT_NEAR(markov_shares(plain, kEnds)->conversion_probability, 0.4, 1e-12);
  EXPECT_NEAR(markov_shares(with_loop, kEnds)->conversion_probability, 0.4, 1e-12);
}

TEST(Markov, NothingIsSaidWhereNothingCanBe) {
  EXPECT_FALSE(markov_shares({}, kEnds).has_value());
  const std::vector<MarkovStep> none = {{"_start", "A", 3}, {"A", "_null", 3}};
  EXPECT_FALSE(markov_shares(none, kEnds).has_value());
  const std::vector<MarkovStep> circle = {{"_start", "A", 3}, {"A", "B", 3}, {"B", "A", 3}};
  EXPECT_FALSE(markov_shares(circle, kEnds).has_value());
  std::vector<std::string> names(kMarkovChannels + 1);
  std::vector<MarkovStep> many;
  for (size_t i = 0; i < names.size(); ++i) {
    names[i] = "c" + std::to_string(i);
    many.push_back({"_start", names[i], 1});
    many.push_back({names[i], "_conversion", 1});
  }
  EXPECT_FALSE(markov_shares(many, kEnds).has_value());
  many.resize(many.size() - 2);
  const auto shares = markov_shares(many, kEnds);
  ASSERT_TRUE(shares.has_value());
  for (const MarkovChannel& channel : shares->channels) {
    EXPECT_NEAR(channel.conversions, 1, 1e-9);
  }
}

}  // namespace
}  // namespace kaiku::effect
