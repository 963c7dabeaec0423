// What the KPI records of a campaign say, read back: the Ford case, and what is not computable.
#include "kaiku/board/funnel.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/board/ford_campaign.h"

namespace kaiku::board {
namespace {

std::vector<Funnel> funnels_of(Desk& desk) {
  std::vector<KpiSetPtr> sets;
  desk.board().view(sets);
  std::vector<Funnel> funnels;
  for (const KpiSetPtr& set : sets) {
    if (std::optional<Funnel> funnel = funnel_of(*set)) {
      funnels.push_back(std::move(*funnel));
    }
  }
  return funnels;
}

TEST(Funnel, TheFordCampaign) {
  Desk desk(daily_with_fiesta());
  merge_fords(desk);
  desk.advance(kMonday + 7 * kDay);
  (void)desk.seal();
  const std::vector<Funnel> funnels = funnels_of(desk);
  ASSERT_EQ(funnels.size(), 1U);
  const Funnel& ford = funnels.front();
  EXPECT_EQ(ford.campaign, "fiesta");
  EXPECT_EQ(ford.brand, "ford");
  EXPECT_TRUE(ford.is_whole);
  EXPECT_EQ(ford.days, 6);
  EXPECT_EQ(ford.window, "day");
  EXPECT_EQ(ford.window_end, kMonday + 6 * kDay);
  EXPECT_EQ(ford.value_basis, "none");
  EXPECT_EQ(ford.currency, "EUR");
  EXPECT_EQ(ford.spend_micros, 325'000'000'000);
  ASSERT_EQ(ford.steps.size(), 3U);
  EXPECT_EQ(ford.steps[0].name, "views");
  EXPECT_EQ(ford.steps[1].of, "leads");
  EXPECT_EQ(ford.steps[0].count, 6'500'000);
  EXPECT_EQ(ford.steps[1].count, 50'000);
  EXPECT_EQ(ford.steps[2].count, 10'000);
  EXPECT_NEAR(ford.steps[1].of_previous.value.value(), 50'000.0 / 6'500'000, 1e-7);
  EXPECT_LT(ford.steps[1].of_previous.lower.value(), ford.steps[1].of_previous.value.value());
  EXPECT_GT(ford.steps[1].of_previous.upper.value(), ford.steps[1].of_previous.value.value());
  EXPECT_EQ(ford.steps[2].of_previous.value, 0.2);
  EXPECT_NEAR(ford.steps[2].of_first.value.value(), 10'000.0 / 6'500'000, 1e-8);
  EXPECT_EQ(ford.steps[0].cost_micros, 50'000);
  EXPECT_EQ(ford.steps[2].cost_micros, 32'500'000);
}

TEST(Funnel, ARestartShowsTheSame) {
  Desk desk(daily_with_fiesta());
  merge_fords(desk);
  desk.advance(kMonday + 7 * kDay);
  (void)desk.seal();
  desk.restart();
  const std::vector<Funnel> funnels = funnels_of(desk);
  ASSERT_EQ(funnels.size(), 1U);
  EXPECT_EQ(funnels[0].steps[2].cost_micros, 32'500'000);
}

TEST(Funnel, WhatIsNotComputableIsEmpty) {
  Desk desk(daily_with_fiesta());
  desk.merge(kMonday, kFiesta, "youtube", ItemType::kMention, views(4));
  desk.merge(kMonday, kFiesta, "dealer", ItemType::kBusinessEvent, orders(8));
  desk.advance(kMonday + 2 * kDay);
  (void)desk.seal();
  const std::vector<Funnel> funnels = funnels_of(desk);
  ASSERT_EQ(funnels.size(), 1U);
  EXPECT_FALSE(funnels[0].is_whole);
  const std::vector<FunnelStep>& steps = funnels[0].steps;
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[1].of_previous.value, 0);
  EXPECT_EQ(steps[2].of_previous.value, std::nullopt) << "of no requests";
  EXPECT_EQ(steps[2].of_first.value, 2) << "more than there were before";
  EXPECT_EQ(steps[2].of_first.upper, std::nullopt);
  EXPECT_EQ(funnels[0].spend_micros, std::nullopt);
  EXPECT_EQ(funnels[0].currency, "");
  EXPECT_EQ(steps[0].cost_micros, std::nullopt);
}

TEST(Funnel, ACostWaitsForItsRateAndForSomebodyWhoDidTheStep) {
  for (const char* currency : {"USD", "EUR"}) {
    Desk desk(daily_with_fiesta());
    desk.merge(kMonday, kFiesta, "youtube", ItemType::kMention, views(4));
    desk.merge(kMonday, kFiesta, "web", ItemType::kBusinessEvent, spend(currency, 8'000'000));
    desk.advance(kMonday + 2 * kDay);
    (void)desk.seal();
    const std::vector<Funnel> funnels = funnels_of(desk);
    ASSERT_EQ(funnels.size(), 1U);
    const bool has_rate = std::string(currency) == "EUR";
    EXPECT_EQ(funnels[0].steps[0].cost_micros, has_rate ? std::optional(2'000'000) : std::nullopt);
    EXPECT_EQ(funnels[0].steps[1].cost_micros, std::nullopt);
    EXPECT_EQ(funnels[0].currency, "EUR");
  }
}

TEST(Funnel, WhatIsOpenShowsWhatItHasSoFar) {
  Desk desk(daily_with_fiesta());
  desk.merge(kMonday, kFiesta, "youtube", ItemType::kMention, views(4));
  desk.merge(kMonday, kFiesta, "web", ItemType::kBusinessEvent, leads(1));
  merge_fords(desk);
  const auto open = [&desk] {
    std::vector<Funnel> funnels;
    desk.board().view(funnels);
    return funnels;
  };
  ASSERT_EQ(open().size(), 2U) << "the day, and the whole campaign in the day in which it ends";
  EXPECT_TRUE(open()[0].is_whole) << "the newest window first";
  EXPECT_FALSE(open()[0].is_closed);
  EXPECT_EQ(open()[0].steps[2].cost_micros, 32'500'000);
  const Funnel day = open()[1];
  EXPECT_FALSE(day.is_whole);
  EXPECT_FALSE(day.is_closed);
  EXPECT_EQ(day.window_start, kMonday);
  EXPECT_EQ(day.steps[1].of_previous.value, 0.25);
  EXPECT_TRUE(funnels_of(desk).empty()) << "of closed windows there are none";
  (void)desk.seal();
  desk.restart();
  ASSERT_EQ(open().size(), 2U);
  EXPECT_EQ(open()[1].steps[1].of_previous.value, 0.25);
  desk.advance(kMonday + 2 * kDay);
  (void)desk.seal();
  ASSERT_EQ(open().size(), 1U);
  EXPECT_TRUE(open()[0].is_whole);
  ASSERT_EQ(funnels_of(desk).size(), 1U);
  EXPECT_TRUE(funnels_of(desk)[0].is_closed);
}

TEST(Funnel, AHoppingWindowHasTheStepsOfItsPanes) {
  BoardPlan plan = daily_with_fiesta();
  plan.windows = {window_of("minute", kMinute), window_of("day", kDay, 6 * kHour)};
  Desk desk(plan);
  desk.merge(kMonday, kFiesta, "youtube", ItemType::kMention, views(4));
  desk.merge(kMonday + 7 * kHour, kFiesta, "web", ItemType::kBusinessEvent, leads(2));
  // The one that closes next is shown: it ends at noon.
  desk.advance(kMonday + 7 * kHour);
  (void)desk.seal();
  std::vector<Funnel> funnels;
  desk.board().view(funnels);
  ASSERT_EQ(funnels.size(), 1U);
  EXPECT_EQ(funnels[0].window_end, kMonday + 12 * kHour);
  EXPECT_EQ(funnels[0].steps[0].count, 4);
  EXPECT_EQ(funnels[0].steps[1].of_previous.value, 0.5);
}

TEST(Funnel, ABrandHasNone) {
  Desk desk(daily_with_fiesta());
  desk.merge(kMonday, "kirkas", "web", ItemType::kBusinessEvent, orders(8));
  desk.advance(kMonday + 2 * kDay);
  (void)desk.seal();
  EXPECT_TRUE(funnels_of(desk).empty());
}

}  // namespace
}  // namespace kaiku::board
