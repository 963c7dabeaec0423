#include "kaiku/board/board.h"

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/base/limits.h"

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const EventTime kTen = at("2026-03-02T10:00:00Z");

BoardPlan hourly() {
  return plan_of({window_of("hour", kHour)});
}

TEST(Board, ARestartStillOwesTheEarlyRecordOfWhatChanged) {
  Desk desk(plan_of({window_of("hour", kHour)}));
  desk.merge(at("2026-03-02T10:00:00Z"), "kirkas", "x", ItemType::kMention, mentions(1));
  EXPECT_TRUE(desk.board().has_early());
  EXPECT_TRUE(desk.seal(false).empty());
  desk.restart();
  EXPECT_TRUE(desk.board().has_early());
  EXPECT_EQ(desk.seal(true).size(), 1U);
  EXPECT_FALSE(desk.board().has_early());
  desk.restart();
  EXPECT_FALSE(desk.board().has_early());
}

TEST(Board, AnOpenWindowPublishesNothing) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.advance(kTen + kHour + 10 * kMinute - 1);
  EXPECT_THAT(activity(desk.seal()), IsEmpty());
  EXPECT_EQ(desk.board().open_cells(), 1U);
  EXPECT_EQ(desk.board().closed_through("hour"), kTen);
}

TEST(Board, AWindowIsFinalOnceWhenTheWatermarkPassesItsGrace) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen + 59 * kMinute, "kirkas", "x", ItemType::kMention, mentions(2));
  desk.merge(kTen + 60 * kMinute, "kirkas", "x", ItemType::kMention, mentions(5));
  desk.advance(kTen + kHour + 10 * kMinute);
  EXPECT_TRUE(desk.board().has_work());
  const auto out = desk.seal();
  EXPECT_THAT(activity(out), ElementsAre("hour 10:00 kirkas/x mention final 0: 3"));
  EXPECT_THAT(closed(out), ElementsAre("hour kirkas 2026-03-02T11:00:00Z"));
  EXPECT_FALSE(desk.board().has_work());
  EXPECT_THAT(desk.seal(), IsEmpty());
}

TEST(Board, RecordsNameTheirWindowAndKey) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, mentions(1));
  desk.advance(kTen + 2 * kHour);
  const auto out = of(Dataset::kActivity, desk.seal());
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].key,
            R"({"brand":"kirkas","channel":"x","type":"bug_report","window":"hour",)"
            R"("window_start":"2026-03-02T10:00:00Z"})");
  EXPECT_EQ(out[0].window, "hour");
  EXPECT_EQ(out[0].window_start, kTen);
  EXPECT_EQ(out[0].kind, Kind::kFinal);
}

TEST(Board, ChangesOfAClosedWindowAreNumberedRevisions) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.advance(kTen + 2 * kHour);
  (void)desk.seal();
  for (int revision = 1; revision <= 3; ++revision) {
    desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
    desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
    EXPECT_THAT(activity(desk.seal()),
                ElementsAre("hour 10:00 kirkas/x mention revision " + std::to_string(revision) +
                            ": " + std::to_string(1 + 2 * revision)));
  }
}

TEST(Board, AKeyThatComesAfterTheCloseIsFinalAtOnce) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.advance(kTen + 2 * kHour);
  (void)desk.seal();
  desk.merge(kTen, "kirkas", "reddit", ItemType::kMention, mentions(4));
  desk.merge(kTen - 5 * kHour, "kirkas", "x", ItemType::kMention, mentions(7));
  EXPECT_THAT(activity(desk.seal()),
              ElementsAre("hour 05:00 kirkas/x mention final 0: 7",
                          "hour 10:00 kirkas/reddit mention final 0: 4"));
  desk.merge(kTen - 5 * kHour, "kirkas", "x", ItemType::kMention, mentions(1));
  EXPECT_THAT(activity(desk.seal()), ElementsAre("hour 05:00 kirkas/x mention revision 1: 8"));
}

TEST(Board, EarlyRecordsComeOnlyWhenAskedForAndOnlyForChanges) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  EXPECT_THAT(desk.seal(false), IsEmpty());
  EXPECT_FALSE(desk.board().has_work());
  EXPECT_THAT(activity(desk.seal(true)), ElementsAre("hour 10:00 kirkas/x mention early 0: 1"));
  EXPECT_THAT(desk.seal(true), IsEmpty());
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen, "kirkas", "web", ItemType::kMention, mentions(1));
  EXPECT_THAT(activity(desk.seal(true)),
              ElementsAre("hour 10:00 kirkas/web mention early 0: 1",
                          "hour 10:00 kirkas/x mention early 0: 2"));
  desk.advance(kTen + 2 * kHour);
  EXPECT_THAT(activity(desk.seal(true)),
              ElementsAre("hour 10:00 kirkas/web mention final 0: 1",
                          "hour 10:00 kirkas/x mention final 0: 2"));
}

TEST(Board, WindowsCloseInTheOrderOfTheirClosingTimes) {
  Desk desk(plan_of({window_of("hour", kHour), window_of("minute", kMinute)}));
  desk.merge(kTen + 59 * kMinute, "b", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen + 58 * kMinute, "a", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen + 59 * kMinute, "a", "x", ItemType::kSupportMessage, mentions(1));
  desk.advance(base::kTimeEnd);
  EXPECT_THAT(activity(desk.seal()),
              ElementsAre("minute 10:58 a/x mention final 0: 1",
                          "hour 10:00 a/x mention final 0: 1",
                          "hour 10:00 a/x support_message final 0: 1",
                          "hour 10:00 b/x mention final 0: 1",
                          "minute 10:59 a/x support_message final 0: 1",
                          "minute 10:59 b/x mention final 0: 1"));
}

TEST(Board, ControlItemsAndEmptyDeltasMakeNoCells) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kControl, mentions(1));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, Aggregate());
  EXPECT_EQ(desk.board().open_cells(), 0U);
  EXPECT_FALSE(desk.board().has_work());
  desk.advance(base::kTimeEnd);
  EXPECT_THAT(desk.seal(), IsEmpty());
}

TEST(Board, WhatCameAndWasTakenBackBeforeTheCloseIsNeverPublished) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(2));
  (void)desk.seal();
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(-2));
  desk.merge(kTen, "kirkas", "web", ItemType::kMention, mentions(2));
  desk.advance(kTen + 2 * kHour);
  EXPECT_THAT(activity(desk.seal()), ElementsAre("hour 10:00 kirkas/web mention final 0: 2"));
  desk.merge(kTen, "kirkas", "web", ItemType::kMention, mentions(-2));
  EXPECT_THAT(activity(desk.seal()), ElementsAre("hour 10:00 kirkas/web mention revision 1: 0"))
      << "what was published is corrected";
}

TEST(Board, CivilDaysCloseAtLocalMidnight) {
  Desk desk(plan_of({window_of("day", kDay, 0, "Europe/Helsinki")}));
  desk.merge(at("2026-03-29T20:59:00Z"), "kirkas", "x", ItemType::kMention, mentions(1));
  desk.merge(at("2026-03-29T21:00:00Z"), "kirkas", "x", ItemType::kMention, mentions(2));
  desk.advance(at("2026-03-29T21:10:00Z"));
  const auto out = of(Dataset::kActivity, desk.seal());
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(json_of(out[0]).at("window_start"), "2026-03-28T22:00:00Z");
  EXPECT_EQ(json_of(out[0]).at("window_end"), "2026-03-29T21:00:00Z");
  EXPECT_EQ(json_of(out[0]).at("count_total"), "1");
}

TEST(Board, HoppingWindowsAddUpTheirPanes) {
  Desk desk(plan_of({window_of("trend", kHour, 15 * kMinute)}));
  for (int quarter = 0; quarter < 6; ++quarter) {
    desk.merge(kTen + quarter * 15 * kMinute,
               "kirkas",
               "x",
               ItemType::kMention,
               mentions(int64_t{1} << quarter));
  }
  desk.advance(kTen + kHour + 10 * kMinute);
  EXPECT_THAT(activity(desk.seal()),
              ElementsAre("trend 09:15 kirkas/x mention final 0: 1",
                          "trend 09:30 kirkas/x mention final 0: 3",
                          "trend 09:45 kirkas/x mention final 0: 7",
                          "trend 10:00 kirkas/x mention final 0: 15"));
  desk.advance(base::kTimeEnd);
  EXPECT_THAT(activity(desk.seal()),
              ElementsAre("trend 10:15 kirkas/x mention final 0: 30",
                          "trend 10:30 kirkas/x mention final 0: 60",
                          "trend 10:45 kirkas/x mention final 0: 56",
                          "trend 11:00 kirkas/x mention final 0: 48",
                          "trend 11:15 kirkas/x mention final 0: 32"));
}

TEST(Board, AChangeOfOnePaneRevisesEveryClosedWindowItIsIn) {
  Desk desk(plan_of({window_of("trend", kHour, 15 * kMinute)}));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen + 30 * kMinute, "kirkas", "x", ItemType::kMention, mentions(10));
  desk.advance(kTen + kHour + 10 * kMinute);
  (void)desk.seal();  // 09:15 to 10:00 are closed
  (void)desk.seal();
  desk.merge(kTen + 15 * kMinute, "kirkas", "x", ItemType::kMention, mentions(100));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1'000));
  EXPECT_THAT(activity(desk.seal()),
              ElementsAre("trend 09:15 kirkas/x mention revision 1: 1001",
                          "trend 09:30 kirkas/x mention revision 1: 1101",
                          "trend 09:45 kirkas/x mention revision 1: 1111",
                          "trend 10:00 kirkas/x mention revision 1: 1111"));
  desk.advance(base::kTimeEnd);
  EXPECT_THAT(activity(desk.seal()),
              ElementsAre("trend 10:15 kirkas/x mention final 0: 110",
                          "trend 10:30 kirkas/x mention final 0: 10"));
}

TEST(Board, AnEarlyRecordOfAHoppingWindowIsTheOneThatEndsWithThePane) {
  Desk desk(plan_of({window_of("trend", kHour, 15 * kMinute)}));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  EXPECT_THAT(activity(desk.seal(true)), ElementsAre("trend 09:15 kirkas/x mention early 0: 1"));
  desk.merge(kTen + 15 * kMinute, "kirkas", "x", ItemType::kMention, mentions(2));
  EXPECT_THAT(activity(desk.seal(true)), ElementsAre("trend 09:30 kirkas/x mention early 0: 3"));
  EXPECT_THAT(desk.seal(true), IsEmpty());
}

TEST(Board, WhatAHoppingWindowSaidEarlyGetsItsFinalThoughAllWasTakenBack) {
  Desk desk(plan_of({window_of("trend", kHour, 15 * kMinute)}));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  EXPECT_THAT(activity(desk.seal(true)), ElementsAre("trend 09:15 kirkas/x mention early 0: 1"));
  desk.restart();
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(-1));
  EXPECT_THAT(activity(desk.seal(true)), ElementsAre("trend 09:15 kirkas/x mention early 0: 0"));
  desk.restart();
  desk.advance(kTen + 2 * kHour);
  EXPECT_THAT(activity(desk.seal()), ElementsAre("trend 09:15 kirkas/x mention final 0: 0"))
      << "the other windows never said anything";
}

TEST(Board, ClosedRecordsTellZeroFromNotClosedYet) {
  Desk desk(plan_of({window_of("hour", kHour), window_of("minute", kMinute)}));
  desk.advance(kTen);
  EXPECT_FALSE(desk.board().has_work()) << "no brand to tell it to";
  EXPECT_THAT(desk.seal(), IsEmpty());
  desk.merge(kTen, "b", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen, "a", "x", ItemType::kMention, mentions(1));
  EXPECT_THAT(closed(desk.seal()),
              ElementsAre("hour a 2026-03-02T09:00:00Z",
                          "hour b 2026-03-02T09:00:00Z",
                          "minute a 2026-03-02T09:50:00Z",
                          "minute b 2026-03-02T09:50:00Z"));
  desk.advance(kTen + 59 * base::kSecond);
  EXPECT_FALSE(desk.board().has_work());
  desk.advance(kTen + kMinute);
  EXPECT_TRUE(desk.board().has_work());
  EXPECT_THAT(closed(desk.seal()),
              ElementsAre("minute a 2026-03-02T09:51:00Z", "minute b 2026-03-02T09:51:00Z"));
  EXPECT_EQ(desk.board().closed_through("minute"), at("2026-03-02T09:51:00Z"));
  EXPECT_EQ(desk.board().closed_through("no such window"), base::kTimeBegin);
}

TEST(Board, TheEndOfAllInputClosesThroughTheLastWindowWithCells) {
  Desk desk(plan_of({window_of("hour", kHour)}));
  desk.merge(kTen, "a", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen + 7 * kHour, "b", "x", ItemType::kMention, mentions(1));
  desk.advance(base::kTimeEnd, base::kTimeEnd);
  const auto out = desk.seal();
  EXPECT_THAT(closed(out),
              ElementsAre("hour a 2026-03-02T18:00:00Z", "hour b 2026-03-02T18:00:00Z"));
  for (const Published& record : of(Dataset::kActivity, out)) {
    EXPECT_EQ(json_of(record).find("watermark"), nullptr) << "the end of input is no time";
  }
  desk.merge(kTen, "a", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen + 9 * kHour, "c", "x", ItemType::kMention, mentions(1));
  const auto more = desk.seal();
  EXPECT_THAT(
      activity(more),
      ElementsAre("hour 10:00 a/x mention revision 1: 2", "hour 19:00 c/x mention final 0: 1"));
  EXPECT_THAT(closed(more),
              ElementsAre("hour a 2026-03-02T20:00:00Z",
                          "hour b 2026-03-02T20:00:00Z",
                          "hour c 2026-03-02T20:00:00Z"));
}

TEST(Board, WatermarksNeverGoBack) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.advance(kTen + 2 * kHour);
  desk.advance(kTen);
  EXPECT_THAT(activity(desk.seal()), ElementsAre("hour 10:00 kirkas/x mention final 0: 1"));
}

TEST(Board, ExtremeTimesDoNotOverflow) {
  Desk desk(plan_of({window_of("minute", kMinute),
                     window_of("trend", kHour, 5 * kMinute),
                     window_of("day", kDay, 0, "Europe/Helsinki")},
                    {"day"}));
  for (const int32_t minute :
       {std::numeric_limits<int32_t>::min(), 0, std::numeric_limits<int32_t>::max()}) {
    exchange::DeltaKey key{minute, ItemType::kBugReport, "kirkas", "x"};
    ASSERT_TRUE(desk.board().merge(key, mentions(1)).is_ok());
  }
  desk.advance(base::kTimeBegin, base::kTimeBegin);
  EXPECT_THAT(desk.seal(), IsEmpty());
  desk.advance(base::kTimeEnd, base::kTimeEnd);
  EXPECT_EQ(activity(desk.seal()).size(), 3U * (1 + 12 + 1));
  desk.restart();
  EXPECT_THAT(desk.seal(true), IsEmpty());
}

TEST(Board, CellsOfForgottenWindowsAreGoneAndLateChangesAreBookedNow) {
  Desk desk(plan_of({window_of("hour", kHour, 0, "", 10 * kMinute, 6 * kHour)}));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.advance(kTen + 2 * kHour);
  (void)desk.seal();
  desk.advance(kTen + 8 * kHour, kTen + 7 * kHour - 1);
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  EXPECT_THAT(activity(desk.seal()), ElementsAre("hour 10:00 kirkas/x mention revision 1: 2"));
  desk.advance(kTen + 8 * kHour, kTen + 7 * kHour);
  EXPECT_TRUE(desk.board().has_work());
  (void)desk.seal();
  size_t rows = 0;
  EXPECT_TRUE(desk.tables().scan(state::TableId::kCells, [&](auto, auto) { ++rows; }).is_ok());
  EXPECT_EQ(rows, 0U);
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(5));
  desk.merge(kTen + kMinute, "kirkas", "x", ItemType::kMention, mentions(2));
  desk.merge(kTen + 8 * kHour, "kirkas", "x", ItemType::kMention, mentions(100));
  EXPECT_THAT(activity(desk.seal()), IsEmpty());
  desk.advance(kTen + 10 * kHour, kTen + 7 * kHour);
  const auto out = of(Dataset::kActivity, desk.seal());
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(summary(out[0]), "hour 18:00 kirkas/x mention final 0: 107");
  const JsonValue booked = json_of(out[0]);
  EXPECT_EQ(booked.number("adjustments"), 2);
  // With other epochs the window might not have been forgotten yet.
  EXPECT_THAT(out[0].value, testing::HasSubstr("\"exact\":false"));
  EXPECT_EQ(booked.find("inexact_reasons")->items.at(0).text, "adjustment");
}

TEST(Board, AWindowIsForgottenWhenThePurgeWatermarkPassesAndNotWhenItIsSealed) {
  // In memory or not, dropped from the tables or not: what decides is the watermark.
  for (const bool restarted : {false, true}) {
    Desk desk(plan_of({window_of("hour", kHour, 0, "", 10 * kMinute, 6 * kHour)}));
    desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
    desk.advance(kTen + 8 * kHour);
    (void)desk.seal();
    if (restarted) {
      desk.restart();
    }
    desk.advance(kTen + 8 * kHour, kTen + 7 * kHour);
    desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(5));
    EXPECT_THAT(activity(desk.seal()), IsEmpty());
    desk.advance(base::kTimeEnd);
    EXPECT_THAT(activity(desk.seal()), ElementsAre("hour 18:00 kirkas/x mention final 0: 5"));
  }
}

TEST(Board, AWindowThatIsDroppedAsItClosesIsStillPublished) {
  Desk desk(plan_of({window_of("hour", kHour, 0, "", 10 * kMinute, 2 * kHour)}));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.advance(kTen + kDay, kTen + kDay);
  EXPECT_THAT(activity(desk.seal()), ElementsAre("hour 10:00 kirkas/x mention final 0: 1"));
  EXPECT_EQ(desk.board().memory_bytes(), 0U);
  desk.restart();
  EXPECT_THAT(activity(desk.seal()), IsEmpty());
}

TEST(Board, BeyondTheBoundOfAWindowBrandsBecomeOther) {
  Desk desk(plan_of({window_of("hour", kHour)}));
  const auto bound = static_cast<int64_t>(base::limits::kCellsPerWindow);
  // Brands by channels, so that names themselves stay few.
  for (int64_t i = 0; i < bound + 3; ++i) {
    exchange::DeltaKey key{base::minute_of(kTen), ItemType::kMention, {}, "x"};
    const std::string brand = "brand-" + std::to_string(i % 1'000);
    const std::string channel = "channel-" + std::to_string(i / 1'000);
    key.brand = brand;
    key.channel = channel;
    ASSERT_TRUE(desk.board().merge(key, mentions(1)).is_ok());
  }
  desk.merge(kTen, "brand-7", "channel-7", ItemType::kMention, mentions(1));
  EXPECT_EQ(desk.board().open_cells(), base::limits::kCellsPerWindow + 1);
  std::vector<CellView> views;
  desk.board().view(views);
  ASSERT_EQ(views.size(), base::limits::kCellsPerWindow + 1);
  EXPECT_EQ(views.front().brand, "_other");
  EXPECT_EQ(views.front().count_total, 3);
  for (const CellView& view : views) {
    const bool is_known = view.brand == "brand-7" && view.channel == "channel-7";
    if (view.brand != "_other") {
      ASSERT_EQ(view.count_total, is_known ? 2 : 1) << "known keys go on";
    }
  }
}

TEST(Board, ANameWithAZeroByteIsOther) {
  Desk desk(hourly());
  desk.merge(kTen, std::string("a\0b", 3), "x", ItemType::kMention, mentions(1));
  desk.merge(kTen, "\"quoted\" \xc3\xa4\n", "x", ItemType::kMention, mentions(1));
  desk.advance(base::kTimeEnd);
  const auto out = of(Dataset::kActivity, desk.seal());
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(json_of(out[0]).at("brand"), "\\\"quoted\\\" \xc3\xa4\\n");
  const JsonValue other = json_of(out[1]);
  EXPECT_EQ(other.at("brand"), "_other");
  EXPECT_FALSE(other.find("exact")->boolean);
  EXPECT_EQ(other.find("inexact_reasons")->items.at(0).text, "overflow");
}

TEST(Board, ClosedCellsLeaveMemoryAndComeBackForACorrection) {
  Desk desk(hourly());
  for (int hour = 0; hour < 50; ++hour) {
    for (int brand = 0; brand < 20; ++brand) {
      desk.merge(kTen + hour * kHour,
                 "brand-" + std::to_string(brand),
                 "x",
                 ItemType::kMention,
                 mentions(1));
    }
  }
  desk.advance(kTen + 60 * kHour);
  EXPECT_EQ(activity(desk.seal()).size(), 1'000U);
  const size_t before = desk.board().memory_bytes();
  (void)desk.seal();
  EXPECT_LT(desk.board().memory_bytes(), before / 20) << "only the last window stays";
  desk.merge(kTen, "brand-3", "x", ItemType::kMention, mentions(1));
  EXPECT_THAT(activity(desk.seal()), ElementsAre("hour 10:00 brand-3/x mention revision 1: 2"));
}

TEST(Board, ARowThatDoesNotDecodeAsksForARestore) {
  for (const int which : {0, 1, 2, 3, 4}) {
    state::MemoryStore store;
    auto tables = state::open_tables(store, "drinks-eu", 0);
    ASSERT_TRUE(tables.has_value());
    state::Tables& rows = **tables;
    const std::string start("\x80\0\0\0\0\0\0\0", 8);
    const std::string good = "hour" + std::string(1, '\0') + start + std::string("a\0x\0\0", 5);
    switch (which) {
      case 0:
        rows.put(state::TableId::kCells, "nonsense", "value");
        break;
      case 1:
        rows.put(state::TableId::kCells, good, "nonsense");
        break;
      case 2:
        rows.put(state::TableId::kCells, good.substr(0, good.size() - 1) + "\x07", "value");
        break;
      case 3:
        rows.put(state::TableId::kClosed, std::string("hour\0a", 6), "short");
        break;
      default:
        rows.put(state::TableId::kClosed, {}, std::string(16, '\x7f'));
    }
    Board board(std::make_shared<const BoardPlan>(hourly()), rows);
    const base::Status status = board.load();
    EXPECT_EQ(status.next(), base::Next::kRestore) << which;
  }
}

TEST(Board, ViewShowsOpenWindowsAndTheLastClosedOne) {
  Desk desk(hourly());
  Aggregate figures = mentions(3);
  figures.likes = 7;
  figures.sentiment_positive = 1;
  figures.authors.add(99);
  for (int hour = 0; hour < 4; ++hour) {
    desk.merge(kTen + hour * kHour, "kirkas", "x", ItemType::kMention, figures);
  }
  desk.advance(kTen + 2 * kHour + 10 * kMinute);
  (void)desk.seal();
  (void)desk.seal();
  for (const bool restarted : {false, true}) {
    if (restarted) {
      desk.restart();
    }
    std::vector<CellView> views;
    desk.board().view(views);
    ASSERT_EQ(views.size(), 3U);
    EXPECT_EQ(views[0].window_start, kTen + kHour);
    EXPECT_EQ(views[0].kind, Kind::kFinal);
    EXPECT_EQ(views[1].window_start, kTen + 2 * kHour);
    EXPECT_EQ(views[1].kind, Kind::kEarly);
    EXPECT_EQ(views[2].window_end, kTen + 4 * kHour);
    for (const CellView& view : views) {
      EXPECT_EQ(view.window, "hour");
      EXPECT_EQ(view.brand, "kirkas");
      EXPECT_EQ(view.channel, "x");
      EXPECT_EQ(view.count_total, 3);
      EXPECT_EQ(view.engagements, 7);
      EXPECT_EQ(view.sentiment_positive, 1);
      EXPECT_EQ(view.unique_authors, 1U);
    }
  }
}

TEST(Board, ViewOfAHoppingWindowAddsUpItsPanes) {
  Desk desk(plan_of({window_of("trend", kHour, 15 * kMinute)}));
  for (int quarter = 0; quarter < 8; ++quarter) {
    desk.merge(kTen + quarter * 15 * kMinute, "kirkas", "x", ItemType::kMention, mentions(1));
  }
  desk.advance(kTen + kHour + 10 * kMinute);
  (void)desk.seal();
  (void)desk.seal();
  std::vector<CellView> views;
  desk.board().view(views);
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0].window_start, kTen);
  EXPECT_EQ(views[0].count_total, 4);
  EXPECT_EQ(views[0].kind, Kind::kFinal);
  EXPECT_EQ(views[1].window_start, kTen + 15 * kMinute);
  EXPECT_EQ(views[1].kind, Kind::kEarly);
}

TEST(Board, ViewConvertsMoney) {
  Desk desk(hourly());
  Aggregate sales;
  sales.orders = 1;
  ASSERT_TRUE(sales.money.add(money::Flow::kOrder, currency_of("EUR"), 20'000, 12'340'000));
  ASSERT_TRUE(sales.money.add(money::Flow::kRefund, currency_of("EUR"), 20'000, 340'000));
  ASSERT_TRUE(sales.money.add(money::Flow::kSpend, currency_of("EUR"), 20'000, 1'000'000));
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sales);
  std::vector<CellView> views;
  desk.board().view(views);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].booked_micros, 12'340'000);
  EXPECT_EQ(views[0].refunds_micros, 340'000);
  EXPECT_EQ(views[0].spend_micros, 1'000'000);
}

TEST(Board, ClosingManyWindowsAtOnceIsNotQuadratic) {
  // A backfill: 8,000 windows in one seal. Quadratic work would take minutes and hit the test's
  // limit.
  Desk desk(plan_of({window_of("minute", kMinute), window_of("trend", kHour, 5 * kMinute)}));
  for (int i = 0; i < 8'000; ++i) {
    desk.merge(kTen + i * 90 * base::kSecond, "kirkas", "x", ItemType::kMention, mentions(1));
  }
  desk.advance(base::kTimeEnd);
  EXPECT_GT(activity(desk.seal()).size(), 10'000U);
}

}  // namespace
}  // namespace kaiku::board
