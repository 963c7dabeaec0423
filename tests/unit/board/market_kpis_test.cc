#include "board/market_kpis.h"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using testing::ElementsAre;

const EventTime kTen = at("2026-03-02T10:00:00Z");
const std::string kDrinks = std::string(1, exchange::kMarketMark) + "drinks";

BoardPlan hourly() {
  BoardPlan plan = plan_of({window_of("minute", kMinute), window_of("hour", kHour)}, {"hour"});
  plan.markets.push_back({kDrinks, {"kirkas", "tuuli", "lahde"}});
  return plan;
}

Aggregate said(int64_t originals, int64_t reposts, uint64_t first_author, uint64_t authors) {
  Aggregate delta;
  delta.by_relation[static_cast<size_t>(model::Relation::kOriginal)] = originals;
  delta.by_relation[static_cast<size_t>(model::Relation::kRepost)] = reposts;
  for (uint64_t i = 0; i < authors; ++i) {
    delta.authors.add((first_author + i) * 0x9e3779b97f4a7c15ULL);
  }
  return delta;
}

std::vector<std::string> shares(const std::vector<Published>& all) {
  std::vector<std::string> lines;
  for (const Published& record : of(Dataset::kKpi, all)) {
    const JsonValue json = json_of(record);
    lines.push_back(json.at("kpi") + " " + json.at("brand") + "/" + json.at("channel") + " " +
                    json.at("kind") + " " + json.at("revision") + ": " + json.at("numerator") +
                    " of " + json.at("denominator") + ", " + json.at("authors") + " of " +
                    json.at("authors_of_market"));
  }
  return lines;
}

TEST(MarketKpis, TheListOfATimeIsTheLatestThatHolds) {
  const std::vector<Market> markets = {
      {kDrinks, {"kirkas"}}, {kDrinks, {"kirkas", "tuuli"}, kTen}, {"other", {"lahde"}, kTen}};
  EXPECT_EQ(market_at(markets, kDrinks, kTen - 1), &markets[0]);
  EXPECT_EQ(market_at(markets, kDrinks, kTen), &markets[1]);
  EXPECT_EQ(market_at(markets, "other", kTen - 1), nullptr);
}

TEST(MarketKpis, AWindowIsToldByTheListOfItsFirstMoment) {
  BoardPlan plan = hourly();
  plan.markets = {{kDrinks, {"kirkas", "tuuli"}},
                  {kDrinks, {"kirkas", "lahde"}, kTen + 30 * kMinute}};
  Desk desk(std::move(plan));
  for (const EventTime time : {kTen, kTen + kHour}) {
    desk.merge(time, kDrinks, "kirkas", ItemType::kMention, said(1, 0, 1, 1));
    desk.merge(time, kDrinks, "tuuli", ItemType::kMention, said(2, 0, 2, 1));
    desk.merge(time, kDrinks, "lahde", ItemType::kMention, said(3, 0, 3, 1));
  }
  desk.advance(kTen + 3 * kHour);
  EXPECT_THAT(shares(desk.seal()),
              ElementsAre("share_of_voice kirkas/_all final 0: 1 of 3, 1 of 2",
                          "share_of_voice tuuli/_all final 0: 2 of 3, 1 of 2",
                          "share_of_voice kirkas/_all final 0: 1 of 4, 1 of 2",
                          "share_of_voice lahde/_all final 0: 3 of 4, 1 of 2"));
}

TEST(MarketKpis, AMarketThatBeginsInAWindowTellsOfIt) {
  BoardPlan plan = hourly();
  plan.markets = {{kDrinks, {"kirkas"}, kTen + 30 * kMinute}};
  Desk desk(std::move(plan));
  desk.merge(kTen + 40 * kMinute, kDrinks, "kirkas", ItemType::kMention, said(1, 0, 1, 1));
  desk.advance(kTen + 2 * kHour);
  EXPECT_THAT(shares(desk.seal()),
              ElementsAre("share_of_voice kirkas/_all final 0: 1 of 1, 1 of 1"));
}

TEST(MarketKpis, SharesAreOfOriginalsAndOfPeople) {
  Desk desk(hourly());
  desk.merge(kTen, kDrinks, "kirkas", ItemType::kMention, said(6, 90, 1, 4));
  desk.merge(kTen + 5 * kMinute, kDrinks, "tuuli", ItemType::kMention, said(2, 0, 4, 2));
  desk.advance(kTen + 2 * kHour);
  const auto out = desk.seal();
  // Author 4 speaks of both: five people in all.
  EXPECT_THAT(shares(out),
              ElementsAre("share_of_voice kirkas/_all final 0: 6 of 8, 4 of 5",
                          "share_of_voice tuuli/_all final 0: 2 of 8, 2 of 5",
                          "share_of_voice lahde/_all final 0: 0 of 8, 0 of 5"));
  const JsonValue kirkas = json_of(of(Dataset::kKpi, out).front());
  EXPECT_EQ(kirkas.at("value"), "0.75");
  EXPECT_EQ(kirkas.at("value_by_authors"), "0.8");
  EXPECT_EQ(kirkas.at("market"), "drinks");
  EXPECT_EQ(kirkas.at("metric_id"), "M20");
}

TEST(MarketKpis, AMarketIsNoBrand) {
  Desk desk(hourly());
  desk.merge(kTen, kDrinks, "kirkas", ItemType::kMention, said(1, 0, 1, 1));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, said(1, 0, 1, 1));
  std::vector<CellView> cells;
  desk.board().view(cells);
  EXPECT_EQ(cells.size(), 2U);  // minute and hour of the brand
  const auto early = desk.seal(true);
  desk.advance(kTen + 2 * kHour);
  auto out = desk.seal();
  out.insert(out.end(), early.begin(), early.end());
  for (const Published& record : out) {
    EXPECT_EQ(record.key.find("drinks"), std::string::npos) << record.key;
    EXPECT_EQ(record.key.find("u0001"), std::string::npos) << record.key;
  }
  EXPECT_EQ(activity(early).size(), 2U);
}

TEST(MarketKpis, WhatOneBrandLosesChangesTheShareOfAll) {
  Desk desk(hourly());
  desk.merge(kTen, kDrinks, "kirkas", ItemType::kMention, said(6, 0, 1, 4));
  desk.merge(kTen, kDrinks, "tuuli", ItemType::kMention, said(2, 0, 5, 2));
  desk.advance(kTen + 2 * kHour);
  (void)desk.seal();
  desk.restart();
  desk.merge(kTen, kDrinks, "tuuli", ItemType::kMention, said(2, 0, 5, 2));
  EXPECT_THAT(shares(desk.seal()),
              ElementsAre("share_of_voice kirkas/_all revision 1: 6 of 10, 4 of 6",
                          "share_of_voice tuuli/_all revision 1: 4 of 10, 2 of 6",
                          "share_of_voice lahde/_all revision 1: 0 of 10, 0 of 6"));
}

}  // namespace
}  // namespace kaiku::board
