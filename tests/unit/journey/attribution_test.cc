#include "kaiku/journey/attribution.h"

#include <cmath>
#include <map>
#include <numeric>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/money/decimal.h"

namespace kaiku::journey {
namespace {

using aggregate::AttributionModel;

int64_t micros_of(const Part& part, AttributionModel model) {
  return part.micros[static_cast<size_t>(model)];
}

TEST(Attribution, TimeDecayGivesTheWorkedFigures) {
  const std::vector<Touch> touches = {{0, "a"},
                                      {5 * base::kDay, "b"},
                                      {12 * base::kDay, "c"},
                                      {30 * base::kDay, "d"},
                                      {38 * base::kDay, "e"}};
  const int64_t amount = 12'000'000'000;
  const std::vector<Part> parts = attribute(touches, amount, 7 * base::kDay);
  const char* const expected[] = {"175.20", "287.44", "574.88", "3417.04", "7545.45"};
  int64_t sum = 0;
  ASSERT_EQ(parts.size(), 5U);
  for (size_t i = 0; i < parts.size(); ++i) {
    const int64_t micros = micros_of(parts[i], AttributionModel::kTimeDecay);
    EXPECT_EQ(money::format_money(micros, *money::parse_currency("EUR")), expected[i]);
    sum += micros;
  }
  EXPECT_EQ(sum, amount);
  EXPECT_EQ(micros_of(parts[0], AttributionModel::kFirstTouch), amount);
  EXPECT_EQ(micros_of(parts[4], AttributionModel::kLastTouch), amount);
  EXPECT_EQ(micros_of(parts[2], AttributionModel::kLinear), amount / 5);
}

TEST(Attribution, EqualSplitGivesTheWorkedFigures) {
  const std::vector<Touch> both = {{1, "A"}, {2, "B"}, {3, "A"}};
  const std::vector<Touch> only_a = {{1, "A"}};
  const std::vector<Touch> only_b = {{1, "B"}, {2, "B"}};
  std::map<std::string, int64_t> sums;
  const auto add = [&](const std::vector<Touch>& touches, int times) {
    for (int i = 0; i < times; ++i) {
      for (const Part& part : attribute(touches, 0, base::kDay)) {
        sums[std::string(part.channel)] +=
            part.conversion_millionths[static_cast<size_t>(AttributionModel::kEqualSplit)];
      }
    }
  };
  add(both, 3);
  add(only_a, 1);
  add(only_b, 2);
  EXPECT_EQ(sums["A"], 2'500'000);
  EXPECT_EQ(sums["B"], 3'500'000);
}

TEST(Attribution, WeightsHalveAtEveryHalfLifeAndAreCloseToTheRealOnes) {
  const uint64_t one = uint64_t{1} << 40;
  for (int64_t k = 0; k < 40; ++k) {
    EXPECT_EQ(decay_weight(k * base::kDay, base::kDay), one >> k);
  }
  EXPECT_EQ(decay_weight(100 * base::kDay, base::kDay), 0U);
  EXPECT_EQ(decay_weight(-5, base::kDay), one);
  base::Prng prng(7);
  for (int i = 0; i < 2'000; ++i) {
    const int64_t half_life = prng.between(base::kHour, 30 * base::kDay);
    const int64_t age = prng.between(0, 60 * base::kDay);
    const double real =
        std::exp2(-static_cast<double>(age) / static_cast<double>(half_life)) * 0x1p40;
    EXPECT_NEAR(static_cast<double>(decay_weight(age, half_life)), real, 1 + real * 1e-9);
  }
}

TEST(Attribution, NobodyTakesTheWholeOfAnOrderWithoutTouch) {
  const std::vector<Part> parts = attribute({}, 77, base::kDay);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].channel, "_none");
  for (size_t model = 0; model < aggregate::kAttributionModels; ++model) {
    EXPECT_EQ(parts[0].micros[model], 77);
    EXPECT_EQ(parts[0].conversion_millionths[model], 1'000'000);
  }
}

TEST(Attribution, PartsSumToTheWholeForEveryModel) {
  base::Prng prng(11);
  static constexpr std::string_view kChannels[] = {"x", "forum", "mail", "tv", "web"};
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Touch> touches(prng.below(30));
    base::EventTime at = 0;
    for (Touch& touch : touches) {
      at += prng.between(0, 5 * base::kDay);
      touch = {at, kChannels[prng.below(5)]};
    }
    const int64_t amount = prng.chance(1, 20) ? std::numeric_limits<int64_t>::min()
                                              : prng.between(-1'000, 1'000'000'000'000'000);
    std::array<int64_t, aggregate::kAttributionModels> money{};
    std::array<int64_t, aggregate::kAttributionModels> conversions{};
    for (const Part& part : attribute(touches, amount, 7 * base::kDay)) {
      for (size_t model = 0; model < money.size(); ++model) {
        money[model] += part.micros[model];
        conversions[model] += part.conversion_millionths[model];
      }
    }
    for (size_t model = 0; model < money.size(); ++model) {
      ASSERT_EQ(money[model], amount);
      ASSERT_EQ(conversions[model], 1'000'000);
    }
  }
}

}  // namespace
}  // namespace kaiku::journey
