#include "board/aside_kpis.h"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/board/ford_campaign.h"

namespace kaiku::board {
namespace {

using testing::ElementsAre;

const std::string kWater = std::string(1, exchange::kTopicMark) + "water";
const std::string kFeedback = std::string(1, exchange::kFeedbackMark) + "kirkas";
const std::string kChat = std::string(1, exchange::kComparisonMark) + "chat";

BoardPlan daily() {
  BoardPlan plan = daily_with_fiesta();
  Comparison comparison;
  comparison.cells = kChat;
  comparison.brand = "kone";
  comparison.of = Compared::kSupportContacts;
  comparison.changed_at = kMonday;
  comparison.before_us = 28 * kDay;
  comparison.after_us = 28 * kDay;
  plan.comparisons.push_back(comparison);
  return plan;
}

std::vector<JsonValue> kpis_of(const std::vector<Published>& all) {
  std::vector<JsonValue> kpis;
  for (const Published& record : of(Dataset::kKpi, all)) {
    kpis.push_back(json_of(record));
  }
  return kpis;
}

std::map<std::string, JsonValue> by_step(const std::vector<Published>& all, const char* kpi) {
  std::map<std::string, JsonValue> steps;
  for (const JsonValue& json : kpis_of(all)) {
    if (json.at("kpi") == kpi) {
      steps[json.at("step")] = json;
    }
  }
  return steps;
}

TEST(AsideKpis, TheFunnelOfTheFordCampaign) {
  Desk desk(daily());
  merge_fords(desk);
  desk.advance(kMonday + 7 * kDay);
  auto steps = by_step(desk.seal(), "campaign_funnel");
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps["views"].at("value"), "1");
  EXPECT_EQ(steps["requests"].at("value"), "0.00769231");  // 0.769 %
  EXPECT_EQ(steps["cars"].at("value"), "0.2");             // 20.0 %
  EXPECT_EQ(steps["cars"].at("of_first"), "0.00153846");   // 0.1538 %
  EXPECT_EQ(steps["cars"].at("per_day"), "1666.67");
  EXPECT_EQ(steps["cars"].at("days"), "6");
  EXPECT_EQ(steps["cars"].at("numerator"), "10000");
  EXPECT_EQ(steps["cars"].at("denominator"), "50000");
  EXPECT_EQ(steps["cars"].at("brand"), "ford");
  EXPECT_EQ(steps["cars"].at("scope"), "campaign");
  EXPECT_EQ(steps["cars"].at("span"), "campaign");
  EXPECT_EQ(steps["cars"].at("window"), "day");
  EXPECT_EQ(steps["cars"].at("metric_id"), "M26");
}

TEST(AsideKpis, EveryStepHasItsCost) {
  Desk desk(daily());
  merge_fords(desk);
  desk.advance(kMonday + 7 * kDay);
  auto steps = by_step(desk.seal(), "campaign_cost_per_step");
  EXPECT_EQ(steps["views"].at("value"), "0.05");
  EXPECT_EQ(steps["requests"].at("value"), "6.5");
  EXPECT_EQ(steps["cars"].at("value"), "32.5");
  EXPECT_EQ(steps["cars"].at("spend"), "325000.00");
}

TEST(AsideKpis, AWindowOfACampaignHasItsOwnFigures) {
  Desk desk(daily());
  desk.merge(kMonday, kFiesta, "dealer", ItemType::kBusinessEvent, orders(3));
  desk.advance(kMonday + 2 * kDay);
  auto steps = by_step(desk.seal(), "campaign_funnel");
  EXPECT_EQ(steps["cars"].at("span"), "window");
  EXPECT_EQ(steps["cars"].at("per_day"), "3");
  EXPECT_EQ(steps["cars"].at("value"), "");  // null: of no requests
}

TEST(AsideKpis, ACampaignIsNoBrand) {
  Desk desk(daily());
  merge_fords(desk);
  desk.merge(kMonday, kFiesta, "youtube", ItemType::kMention, views(5));
  std::vector<CellView> cells;
  desk.board().view(cells);
  EXPECT_TRUE(cells.empty());
  desk.advance(kMonday + 7 * kDay);
  const auto out = desk.seal();
  EXPECT_TRUE(activity(out).empty());
  EXPECT_TRUE(of(Dataset::kClosed, out).empty());
}

TEST(AsideKpis, AStepThatIsTakenBackIsRevised) {
  Desk desk(daily());
  merge_fords(desk);
  desk.advance(kMonday + 7 * kDay);
  (void)desk.seal();
  desk.restart();
  desk.merge(kMonday + 6 * kDay - kMinute,
             kWholeFiesta,
             "dealer",
             ItemType::kBusinessEvent,
             orders(-5'000));
  auto steps = by_step(desk.seal(), "campaign_funnel");
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps["cars"].at("revision"), "1");
  EXPECT_EQ(steps["cars"].at("value"), "0.1");
}

// Spend in a currency without a rate: the cost is null, and one revision when the rate is there.
TEST(AsideKpis, CostWaitsForItsRate) {
  Desk desk(daily());
  const EventTime last = kMonday + 6 * kDay - kMinute;
  desk.merge(last, kWholeFiesta, "dealer", ItemType::kBusinessEvent, orders(10));
  desk.merge(last, kWholeFiesta, "web", ItemType::kBusinessEvent, spend("USD", 100'000'000));
  desk.advance(kMonday + 7 * kDay);
  auto steps = by_step(desk.seal(), "campaign_cost_per_step");
  EXPECT_EQ(steps["cars"].at("value"), "");  // null
  desk.restart();
  auto rates = money::Rates::parse(
      currency_of("EUR"), "currency,date,rate\nUSD,2026-03-02,0.9\n", "rates.csv");
  ASSERT_TRUE(rates.has_value());
  desk.board().adopt(std::make_shared<const money::Rates>(*rates));
  steps = by_step(desk.seal(), "campaign_cost_per_step");
  EXPECT_EQ(steps["cars"].at("value"), "9");
  EXPECT_EQ(steps["cars"].at("revision"), "1");
  EXPECT_TRUE(desk.seal().empty());
}

Aggregate said_by(int64_t originals, uint64_t author) {
  Aggregate delta;
  delta.by_relation[0] = originals;
  delta.authors.add(author * 0x9e3779b97f4a7c15ULL);
  return delta;
}

TEST(AsideKpis, AShareOfVoiceOnATopic) {
  Desk desk(daily());
  desk.merge(kMonday, kWater, "kemira", ItemType::kMention, said_by(3, 1));
  desk.merge(kMonday, kWater, "_other", ItemType::kMention, said_by(1, 2));
  desk.advance(kMonday + 2 * kDay);
  const auto kpis = kpis_of(desk.seal());
  ASSERT_EQ(kpis.size(), 2U);
  EXPECT_EQ(kpis[1].at("kpi"), "share_of_voice");
  EXPECT_EQ(kpis[1].at("brand"), "kemira");
  EXPECT_EQ(kpis[1].at("topic"), "water");
  EXPECT_EQ(kpis[1].at("value"), "0.75");
  EXPECT_EQ(kpis[1].at("value_by_authors"), "0.5");
}

TEST(AsideKpis, FeedbackByProductAspectAndPolarity) {
  Desk desk(daily());
  Aggregate bad = mentions(3);
  bad.sentiment_negative = 3;
  const std::string price = std::string("bottle") + exchange::kPlaceSeparator + "price";
  desk.merge(kMonday, kFeedback, price, ItemType::kMention, bad);
  desk.merge(kMonday, kFeedback, price, ItemType::kBugReport, mentions(1));
  desk.advance(kMonday + 2 * kDay);
  const auto kpis = kpis_of(desk.seal());
  ASSERT_EQ(kpis.size(), 1U);
  EXPECT_EQ(kpis[0].at("brand"), "kirkas");
  EXPECT_EQ(kpis[0].at("product"), "bottle");
  EXPECT_EQ(kpis[0].at("aspect"), "price");
  EXPECT_EQ(kpis[0].at("value"), "4");
  EXPECT_EQ(kpis[0].at("negative"), "3");
  EXPECT_EQ(kpis[0].at("bug_reports"), "1");
}

TEST(AsideKpis, ChangeAroundADeclaredDay) {
  Desk desk(daily());
  const EventTime last = kMonday + 28 * kDay - kMinute;
  desk.merge(last, kChat, "before", ItemType::kSupportMessage, mentions(100));
  desk.merge(last, kChat, "after", ItemType::kSupportMessage, mentions(40));
  desk.advance(kMonday + 30 * kDay);
  const auto kpis = kpis_of(desk.seal());
  ASSERT_EQ(kpis.size(), 1U);
  EXPECT_EQ(kpis[0].at("kpi"), "before_after_ratio");
  EXPECT_EQ(kpis[0].at("brand"), "kone");
  EXPECT_EQ(kpis[0].at("value"), "0.4");
  EXPECT_EQ(kpis[0].at("change"), "-0.6");
  EXPECT_EQ(kpis[0].at("lo95"), "0.277214");
  EXPECT_EQ(kpis[0].at("hi95"), "0.577172");
  EXPECT_EQ(kpis[0].at("changed_at"), "2026-03-02T00:00:00Z");
}

}  // namespace
}  // namespace kaiku::board
