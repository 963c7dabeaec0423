#include "board/late_entries.h"

#include <string>

#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using model::Catalogue;

const EventTime kStart = at("2026-03-02T00:00:00Z");

// What a draft of a day says when an entry came late.
std::string told(Kpi kpi,
                 const std::string& channel,
                 const LateEntry& entry,
                 std::string_view cells = "kirkas",
                 bool has_figures = true) {
  KpiHead head{"drinks", "kirkas", "day", kStart, kStart + kDay, {}};
  std::vector<HeadedDraft> drafts = {{head, draft_of(head, kpi, channel, has_figures)}};
  drafts[0].draft.back = R"({"value":1})";
  mark_late({entry}, cells, drafts);
  return drafts[0].draft.back;
}

bool is_marked(const std::string& text) {
  return text == R"({"value":1,"exact":false,"inexact_reasons":["catalogue"]})";
}

LateEntry entry_of(Catalogue of, const std::string& name) {
  return {of, name, kStart, kStart + 2 * kDay};
}

TEST(LateEntries, APriceMarksWhatItValues) {
  const auto marks = [](Kpi kpi, const char* channel, const char* price) {
    return is_marked(told(kpi, channel, entry_of(Catalogue::kPrices, price)));
  };
  EXPECT_TRUE(marks(Kpi::kReturnOnSpend, "x", "margin,*,*"));
  EXPECT_TRUE(marks(Kpi::kReturnOnSpend, "x", "margin,kirkas,x"));
  EXPECT_FALSE(marks(Kpi::kReturnOnSpend, "x", "margin,lahde,*"));
  EXPECT_FALSE(marks(Kpi::kReturnOnSpend, "x", "margin,*,email"));
  EXPECT_FALSE(marks(Kpi::kReturnOnSpend, "x", "cpm,*,*"));
  EXPECT_TRUE(marks(Kpi::kReplacementCost, "x", "cpm,*,*"));
  EXPECT_TRUE(marks(Kpi::kAvoidedContactCost, "x", "cost_per_contact,*,*"));
  EXPECT_TRUE(marks(Kpi::kInterruptionCost, "x", "wage_per_hour,*,*"));
  EXPECT_TRUE(marks(Kpi::kInterruptionCost, "x", "mails_per_day,*,*"));
  EXPECT_TRUE(marks(Kpi::kInterruptionsAvoided, "x", "mails_per_day,*,*"));
  EXPECT_FALSE(marks(Kpi::kInterruptionsAvoided, "x", "wage_per_hour,*,*"));
  EXPECT_TRUE(marks(Kpi::kChannelShift, "x", "contact_share,*,*"));
  EXPECT_FALSE(marks(Kpi::kBookedRevenue, "x", "margin,*,*"));
}

TEST(LateEntries, MarketsTargetsAndCalendarsMarkWhatTheyDecide) {
  const LateEntry market = entry_of(Catalogue::kMarkets, "drinks");
  const std::string cells = exchange::kMarketMark + std::string("drinks");
  EXPECT_TRUE(is_marked(told(Kpi::kShareOfVoice, "_all", market, cells)));
  EXPECT_FALSE(is_marked(told(Kpi::kShareOfVoice, "_all", market, cells + "2")));
  EXPECT_FALSE(is_marked(told(Kpi::kShareOfVoice, "_all", market)));
  const LateEntry target = entry_of(Catalogue::kTargets, "*,x,critical,*");
  EXPECT_TRUE(is_marked(told(Kpi::kSlaAttainment, "x", target)));
  EXPECT_TRUE(is_marked(told(Kpi::kSlaAttainment, "_all", target)));
  EXPECT_FALSE(is_marked(told(Kpi::kSlaAttainment, "email", target)));
  EXPECT_FALSE(is_marked(told(Kpi::kFirstResponsePublic, "x", target)));
  const LateEntry calendar = entry_of(Catalogue::kCalendars, "kirkas");
  EXPECT_TRUE(is_marked(told(Kpi::kFirstResponseBusiness, "x", calendar)));
  EXPECT_TRUE(is_marked(told(Kpi::kSlaAttainment, "x", calendar)));
  EXPECT_FALSE(is_marked(told(Kpi::kSlaAttainment, "x", entry_of(Catalogue::kCalendars, "lahde"))));
}

TEST(LateEntries, OnlyWindowsBetweenItsTimeAndThatOfTheTaking) {
  const auto marks = [](Catalogue of, EventTime valid_from, EventTime reached) {
    const std::string name = of == Catalogue::kPrices ? "margin,*,*" : "*,*,*,*";
    const Kpi kpi = of == Catalogue::kPrices ? Kpi::kReturnOnSpend : Kpi::kSlaAttainment;
    return is_marked(told(kpi, "x", {of, name, valid_from, reached}));
  };
  const EventTime end = kStart + kDay;
  EXPECT_TRUE(marks(Catalogue::kPrices, base::kTimeBegin, end));
  EXPECT_TRUE(marks(Catalogue::kPrices, end - 1, end));
  EXPECT_FALSE(marks(Catalogue::kPrices, end, end + kDay)) << "of the next day";
  EXPECT_FALSE(marks(Catalogue::kPrices, kStart, end - 1)) << "it will be valued when it is over";
  EXPECT_TRUE(marks(Catalogue::kTargets, kStart, end - 1)) << "some of it has been judged";
  EXPECT_TRUE(marks(Catalogue::kTargets, kStart, kStart + 1));
  EXPECT_FALSE(marks(Catalogue::kTargets, base::kTimeBegin, kStart)) << "none of it has";
  EXPECT_FALSE(marks(Catalogue::kTargets, end, end + kDay));
}

TEST(LateEntries, NothingIsMarkedWhereNothingIsSaid) {
  EXPECT_FALSE(is_marked(
      told(Kpi::kReturnOnSpend, "x", entry_of(Catalogue::kPrices, "margin,*,*"), "kirkas", false)));
}

}  // namespace
}  // namespace kaiku::board
