// What the board shows of conversations: the last closed and the open windows, by channel and by
// brand, and the same figures as in the KPI records.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using aggregate::AnsweredBy;
using testing::ElementsAre;
using testing::IsEmpty;

const EventTime kTen = at("2026-03-02T10:00:00Z");

// One conversation that the brand answered in public after `seconds`, in time or not.
Aggregate answered(int64_t seconds, bool in_time) {
  Aggregate delta = mentions(1);
  aggregate::ConversationFigures& figures = delta.conversations.make();
  figures.opened = 1;
  figures.first_answer_by[static_cast<size_t>(AnsweredBy::kBrand)] = 1;
  (in_time ? figures.sla_met : figures.sla_breached) = 1;
  figures.first_response_public.record(seconds * 1'000);
  return delta;
}

BoardPlan hourly() {
  return plan_of({window_of("minute", kMinute), window_of("hour", kHour)}, {"hour"});
}

std::vector<ConversationView> views_of(Desk& desk) {
  std::vector<ConversationView> views;
  desk.board().view(views);
  return views;
}

// "10:00 open kirkas/x opened 2, 1 of 2 in time"
std::vector<std::string> lines_of(Desk& desk) {
  std::vector<std::string> lines;
  for (const ConversationView& view : views_of(desk)) {
    lines.push_back(base::format_seconds(view.window_start).substr(11, 5) +
                    (view.is_closed ? " closed " : " open ") + view.brand + "/" + view.channel +
                    " opened " + std::to_string(view.opened) + ", " + std::to_string(view.sla_met) +
                    " of " + std::to_string(view.sla_met + view.sla_breached) + " in time");
  }
  return lines;
}

TEST(ConversationView, ChannelsAddUpToTheBrandAndTypesToTheChannel) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, answered(60, true));
  desk.merge(kTen, "kirkas", "x", ItemType::kSupportMessage, answered(60, false));
  desk.merge(kTen, "kirkas", "email", ItemType::kSupportMessage, answered(60, true));
  desk.merge(kTen, "aurinko", "x", ItemType::kBugReport, answered(60, true));
  desk.seal();
  EXPECT_THAT(lines_of(desk),
              ElementsAre("10:00 open aurinko/ opened 1, 1 of 1 in time",
                          "10:00 open aurinko/x opened 1, 1 of 1 in time",
                          "10:00 open kirkas/ opened 3, 2 of 3 in time",
                          "10:00 open kirkas/email opened 1, 1 of 1 in time",
                          "10:00 open kirkas/x opened 2, 1 of 2 in time"));
}

TEST(ConversationView, TheLastClosedWindowStaysBesideTheOpenOne) {
  Desk desk(hourly());
  desk.merge(kTen - kHour, "kirkas", "x", ItemType::kBugReport, answered(60, true));
  desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, answered(60, false));
  desk.advance(kTen + kHour - kMinute);
  desk.seal();
  EXPECT_THAT(lines_of(desk),
              ElementsAre("09:00 closed kirkas/ opened 1, 1 of 1 in time",
                          "09:00 closed kirkas/x opened 1, 1 of 1 in time",
                          "10:00 open kirkas/ opened 1, 0 of 1 in time",
                          "10:00 open kirkas/x opened 1, 0 of 1 in time"));
  desk.restart();
  EXPECT_EQ(lines_of(desk).size(), 4U) << "a restart changes nothing";
}

TEST(ConversationView, WhatHasNoConversationsIsNotShown) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, mentions(3));
  Aggregate empty = mentions(1);
  (void)empty.conversations.make();
  desk.merge(kTen, "kirkas", "web", ItemType::kSupportMessage, empty);
  desk.seal();
  EXPECT_THAT(lines_of(desk), IsEmpty());
}

TEST(ConversationView, QuantilesAreThoseOfTheKpiRecords) {
  Desk desk(hourly());
  for (const int64_t seconds : {60, 120, 3'000, 40, 9'000, 100, 90}) {
    desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, answered(seconds, true));
  }
  desk.advance(kTen + 2 * kHour);
  const auto published = desk.seal();
  const auto views = views_of(desk);
  ASSERT_EQ(views.size(), 2U);
  size_t compared = 0;
  for (const Published& record : of(Dataset::kKpi, published)) {
    const JsonValue json = json_of(record);
    if (json.at("kpi") == "first_response_public") {
      const Durations& shown = views[json.at("channel") == "x" ? 1 : 0].first_response_public;
      EXPECT_EQ(shown.count, 7);
      EXPECT_NEAR(std::stod(json.at("value")), static_cast<double>(shown.median_ms) / 1e3, 0.001);
      EXPECT_NEAR(std::stod(json.at("p90")), static_cast<double>(shown.p90_ms) / 1e3, 0.01)
          << "six digits";
      ++compared;
    }
  }
  EXPECT_EQ(compared, 2U);
  EXPECT_NEAR(static_cast<double>(views[0].first_response_public.median_ms), 100'000, 800);
  EXPECT_NEAR(static_cast<double>(views[0].first_response_public.p90_ms), 9'000'000, 72'000);
  EXPECT_EQ(views[0].resolution.count, 0);
}

TEST(ConversationView, AHoppingWindowShowsTheSumOfItsPanes) {
  Desk desk(plan_of({window_of("trend", kHour, 30 * kMinute)}, {"trend"}));
  desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, answered(60, true));
  desk.merge(kTen + 30 * kMinute, "kirkas", "x", ItemType::kBugReport, answered(60, false));
  desk.advance(kTen + 75 * kMinute);
  desk.seal();
  const auto lines = lines_of(desk);
  EXPECT_THAT(lines, testing::Contains("10:00 closed kirkas/x opened 2, 1 of 2 in time"));
}

}  // namespace
}  // namespace kaiku::board
