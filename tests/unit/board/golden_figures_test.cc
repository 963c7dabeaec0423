// Figures of published cases, worked out by others: what our key figures make of their counts.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/exchange/delta_key.h"

#include "unit/board/desk.h"
#include "unit/board/ford_campaign.h"

namespace kaiku::board {
namespace {

std::vector<JsonValue> kpis_of(Desk& desk, const std::string& kpi) {
  desk.advance(kMonday + 8 * kDay);
  std::vector<JsonValue> found;
  for (const Published& record : of(Dataset::kKpi, desk.seal())) {
    JsonValue json = json_of(record);
    if (json.at("kpi") == kpi) {
      found.push_back(std::move(json));
    }
  }
  return found;
}

TEST(GoldenFigures, ThreeQuartersOfTheTweetsWereCopies) {
  // 194,272,176 of 800,064,296 were original: 75.72 % copies.
  Desk desk(plan_of({window_of("day", kDay)}, {"day"}));
  Aggregate tweets = mentions(194'272'176);
  tweets.suppressed[0] = 800'064'296 - 194'272'176;
  desk.merge(kMonday, "kirkas", "x", ItemType::kMention, tweets);
  const auto kpis = kpis_of(desk, "duplicate_share");
  ASSERT_FALSE(kpis.empty());
  EXPECT_EQ(kpis[0].at("value"), "0.757179");
  EXPECT_EQ(kpis[0].at("denominator"), "800064296");
}

TEST(GoldenFigures, InterruptionsOfAWorkingWeek) {
  // 96 mails a day, 64 s each, five days: 30,720 s, which is 8.53 hours.
  BoardPlan plan = plan_of({window_of("week", 5 * kDay)}, {"week"});
  auto prices = money::Prices::parse(
      "price,brand,channel,valid_from,amount\nmails_per_day,*,email,2020-01-01,96\n", "prices.csv");
  ASSERT_TRUE(prices.has_value());
  plan.prices = std::make_shared<const money::Prices>(std::move(*prices));
  Desk desk(std::move(plan));
  desk.merge(kMonday, "kirkas", "x", ItemType::kMention, mentions(1));
  const auto kpis = kpis_of(desk, "interruption_time_avoided");
  ASSERT_EQ(kpis.size(), 1U);
  EXPECT_EQ(kpis[0].at("value"), "30720");
  EXPECT_NEAR(std::stod(kpis[0].at("value")) / 3'600, 8.53, 0.005);
}

// A campaign of posts in three channels, and their views.
BoardPlan with_posts() {
  BoardPlan plan = daily_with_fiesta();
  plan.campaigns[0].steps = {{"posts", Measure::kPosts, ""}, {"views", Measure::kViews, ""}};
  return plan;
}

TEST(GoldenFigures, ViewsPerPieceOfTheFiesta) {
  Desk desk(with_posts());
  const EventTime last = kMonday + 6 * kDay - kMinute;
  Aggregate posts = mentions(600);
  posts.views = 6'500'000;
  desk.merge(last, kWholeFiesta, "youtube", ItemType::kMention, posts);
  for (const JsonValue& step : kpis_of(desk, "campaign_funnel")) {
    if (step.at("step") == "views") {
      EXPECT_EQ(step.at("value"), "10833.3");
      return;
    }
  }
  FAIL() << "no step of views";
}

TEST(GoldenFigures, ThreeThemesOfFortyFiveToSeventyPosts) {
  for (const auto& [each, all] : {std::pair(45, 135), std::pair(70, 210)}) {
    Desk desk(with_posts());
    const EventTime last = kMonday + 6 * kDay - kMinute;
    for (const char* theme : {"homes", "work", "cities"}) {
      desk.merge(last, kWholeFiesta, theme, ItemType::kMention, mentions(each));
    }
    const auto steps = kpis_of(desk, "campaign_funnel");
    ASSERT_FALSE(steps.empty());
    EXPECT_EQ(steps[0].at("step"), "posts");
    EXPECT_EQ(steps[0].at("numerator"), std::to_string(all));
  }
}

}  // namespace
}  // namespace kaiku::board
