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

TEST(KpiSet, ABrandThatFellSilentIsNotShown) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(100));
  desk.advance(kTen + 2 * kHour);
  desk.seal();
  desk.merge(kTen + 2 * kHour, "tuuli", "web", ItemType::kBusinessEvent, order(7));
  desk.advance(kTen + 4 * kHour);
  desk.seal();
  const Shown now = shown(desk);
  EXPECT_EQ(now.count("kirkas/booked_revenue/web"), 0U);
  EXPECT_EQ(now.at("tuuli/booked_revenue/web").first, kTen + 2 * kHour);
  // A revision of its window does not bring it back.
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order(20));
  desk.seal();
  EXPECT_EQ(shown(desk), now);
}

// Figures shown and omitted.
std::pair<size_t, size_t> counts_of(Desk& desk) {
  std::vector<KpiSetPtr> sets;
  desk.board().view(sets);
  std::pair<size_t, size_t> counts;
  for (const KpiSetPtr& set : sets) {
    EXPECT_TRUE(set->figures.empty() || set->omitted == 0) << set->brand;
    counts.first += set->figures.size();
    counts.second += set->omitted;
  }
  return counts;
}

// Brands by the hundred, each with orders in `channels` channels.
void merge_brands(Desk& desk, EventTime hour, int brands, int channels) {
  for (int brand = 0; brand < brands; ++brand) {
    for (int channel = 0; channel < channels; ++channel) {
      desk.merge(hour,
                 "brand" + std::to_string(1'000 + brand),
                 "c" + std::to_string(channel),
                 ItemType::kBusinessEvent,
                 order(1 + brand));
    }
  }
}

TEST(KpiSet, WhatThereIsNoRoomForIsCounted) {
  Desk desk(hourly());
  merge_brands(desk, kTen, 100, 70);
  desk.advance(kTen + 2 * kHour);
  const size_t published = of(Dataset::kKpi, desk.seal()).size();
  ASSERT_GT(published, kFiguresShown);
  const auto [figures, omitted] = counts_of(desk);
  EXPECT_LE(figures, kFiguresShown);
  EXPECT_GT(figures, kFiguresShown - published / 100);  // to the last brand that finds room
  EXPECT_EQ(figures + omitted, published);
  const Shown before = shown(desk);
  EXPECT_EQ(before.count("brand1000/booked_revenue/c0"), 1U);
  EXPECT_EQ(before.count("brand1099/booked_revenue/c0"), 0U);

  // The same brands after a restart; what of the others is not made is not counted either.
  desk.restart();
  EXPECT_EQ(shown(desk), before);
  const auto [again, at_least] = counts_of(desk);
  EXPECT_EQ(again, figures);
  EXPECT_GT(at_least, 0U);
  EXPECT_LT(at_least, omitted);
}

TEST(KpiSet, ABrandWithTooManyFiguresTakesNoRoomFromOthers) {
  Desk desk(hourly());
  merge_brands(desk, kTen, 1, 7'000);
  desk.merge(kTen, "tuuli", "web", ItemType::kBusinessEvent, order(7));
  desk.advance(kTen + 2 * kHour);
  desk.seal();
  const Shown before = shown(desk);
  EXPECT_EQ(before.count("tuuli/booked_revenue/web"), 1U);
  EXPECT_EQ(before.count("brand1000/booked_revenue/c0"), 0U);
  EXPECT_GT(counts_of(desk).second, kFiguresShown);
  desk.restart();
  EXPECT_EQ(shown(desk), before);
}

TEST(KpiSet, WhatIsShownCountsAsMemoryOfTheBoardUntilTheNextWindow) {
  Desk desk(hourly());
  merge_brands(desk, kTen, 20, 20);
  desk.advance(kTen + 2 * kHour);
  desk.seal();
  desk.restart();
  const size_t without = desk.board().memory_bytes();
  size_t figures = 0;
  size_t bytes = 0;
  std::vector<KpiSetPtr> sets;
  desk.board().view(sets);
  for (const KpiSetPtr& set : sets) {
    figures += set->figures.size();
    bytes += set->memory_bytes();
  }
  EXPECT_GT(bytes, figures * sizeof(KpiFigure));
  EXPECT_LT(bytes, figures * 700);  // some 10 MB for as many as are shown
  const size_t with = desk.board().memory_bytes();
  EXPECT_GE(with, without + bytes);

  merge_brands(desk, kTen + kHour, 1, 1);
  desk.advance(kTen + 4 * kHour);
  desk.seal();
  EXPECT_LT(desk.board().memory_bytes() + bytes / 2, with);
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
  EXPECT_EQ(unknown.text("value"), "");
  EXPECT_EQ(KpiFigure().unit(), "");
}

TEST(KpiFigure, WhatItIsAboutIsReadFromTheSubject) {
  KpiFigure figure;
  figure.subject = R"("campaign":"fiesta","step":"views","span":"window")";
  EXPECT_EQ(figure.about("campaign"), "fiesta");
  EXPECT_EQ(figure.about("step"), "views");
  EXPECT_EQ(figure.about("topic"), "");
  EXPECT_EQ(KpiFigure().about("campaign"), "");
}

}  // namespace
}  // namespace kaiku::board
