// What the board shows of KPI records: those of the last closed window, as they were published
// last, after a restart too.
#include "kaiku/board/kpi_set.h"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using money::Flow;
using testing::IsEmpty;

const EventTime kTen = at("2026-03-02T10:00:00Z");

Aggregate order(int64_t euros) {
  Aggregate delta;
  delta.orders = 1;
  EXPECT_TRUE(delta.money.add(Flow::kOrder, currency_of("EUR"), 0, euros * 1'000'000));
  return delta;
}

// The start of the window and the body, by brand, KPI and channel.
using Shown = std::map<std::string, std::pair<EventTime, std::string>>;

Shown shown(Desk& desk) {
  std::vector<KpiSetPtr> sets;
  desk.board().view(sets);
  Shown found;
  for (const KpiSetPtr& set : sets) {
    EXPECT_EQ(set->window, "hour");
    for (const KpiFigure& figure : set->figures) {
      found[figure.brand + "/" + std::string(figure.name) + "/" + figure.channel] = {
          set->window_start, figure.body};
    }
  }
  return found;
}

BoardPlan hourly() {
  return plan_of({window_of("minute", kMinute), window_of("hour", kHour)}, {"hour"});
}

TEST(KpiSet, NothingIsShownOfWindowsThatAreOpen) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(100));
  desk.seal(true);
  EXPECT_THAT(shown(desk), IsEmpty());
}

TEST(KpiSet, WhatWasPublishedIsShown) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(100));
  desk.advance(kTen + 2 * kHour);
  const std::vector<Published> published = of(Dataset::kKpi, desk.seal());
  const Shown now = shown(desk);
  EXPECT_EQ(now.size(), published.size());
  const auto& [start, body] = now.at("kirkas/booked_net_revenue/web");
  EXPECT_EQ(start, kTen);
  EXPECT_THAT(body, testing::StartsWith(R"({"value":"100.00","unit":"EUR","n":1,)"));
}

TEST(KpiSet, ARevisionTakesThePlaceOfWhatWasShown) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(100));
  desk.advance(kTen + 2 * kHour);
  desk.seal();
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(20));
  desk.seal();
  EXPECT_THAT(shown(desk).at("kirkas/booked_revenue/_all").second,
              testing::StartsWith(R"({"value":"120.00")"));
}

TEST(KpiSet, ARevisionOfAnEarlierWindowIsNotTheLastOne) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(100));
  desk.merge(kTen + kHour, "kirkas", "web", ItemType::kBusinessEvent, order(7));
  desk.advance(kTen + 3 * kHour);
  desk.seal();
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(20));
  desk.seal();
  const auto [start, body] = shown(desk).at("kirkas/booked_revenue/web");
  EXPECT_EQ(start, kTen + kHour);
  EXPECT_THAT(body, testing::StartsWith(R"({"value":"7.00")"));
}

TEST(KpiSet, ARestartShowsTheSame) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(100));
  desk.merge(kTen, "tuuli", "x", ItemType::kBugReport, mentions(3));
  desk.advance(kTen + 2 * kHour);
  desk.seal();
  const Shown before = shown(desk);
  desk.restart();
  EXPECT_EQ(shown(desk), before);
  EXPECT_EQ(before.count("tuuli/bug_report_channel_share/x"), 1U);
}

TEST(KpiFigure, NumbersAreReadFromTheBody) {
  KpiFigure money;
  money.body = R"({"value":"-12.50","unit":"EUR","n":1})";
  EXPECT_EQ(money.value(), -12.5);
  EXPECT_EQ(money.unit(), "EUR");
  KpiFigure share;
  share.body = R"({"value":0.25,"unit":"ratio","numerator":1})";
  EXPECT_EQ(share.value(), 0.25);
  KpiFigure unknown;
  unknown.body = R"({"value":null,"unit":"ratio"})";
  EXPECT_EQ(unknown.value(), std::nullopt);
  EXPECT_EQ(KpiFigure().value(), std::nullopt);
  EXPECT_EQ(KpiFigure().unit(), "");
}

}  // namespace
}  // namespace kaiku::board
