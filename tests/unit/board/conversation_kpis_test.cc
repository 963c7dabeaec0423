#include "board/conversation_kpis.h"

#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using aggregate::AnsweredBy;
using aggregate::ConversationFigures;

const KpiHead kHead{"p", "kirkas", "day", 0, kDay};

JsonValue value_of(const ConversationFigures& figures, Kpi kpi) {
  std::vector<KpiDraft> drafts;
  draft_conversations(kHead, "forum", figures, drafts);
  for (const KpiDraft& draft : drafts) {
    if (draft.kpi == kpi) {
      const auto json = JsonValue::parse(kpi_record(kHead, draft, Kind::kFinal, 0).value);
      EXPECT_TRUE(json.has_value());
      return json.value_or(JsonValue());
    }
  }
  ADD_FAILURE() << name_of(kpi) << " was not drafted";
  return {};
}

std::string text_of(const JsonValue& record, const std::string& field) {
  const JsonValue* const found = record.find(field);
  return found == nullptr ? "absent" : found->kind == JsonValue::Kind::kNull ? "null" : found->text;
}

TEST(ConversationKpis, NothingIsSaidWhereNobodyTalked) {
  std::vector<KpiDraft> drafts;
  draft_conversations(kHead, "forum", {}, drafts);
  EXPECT_TRUE(drafts.empty());
}

TEST(ConversationKpis, SharesHaveTheirParts) {
  ConversationFigures figures;
  figures.sla_met = 30;
  figures.sla_breached = 60;
  figures.first_answer_by[static_cast<size_t>(AnsweredBy::kBrand)] = 3;
  figures.first_answer_by[static_cast<size_t>(AnsweredBy::kPeer)] = 1;
  figures.first_answer_by[static_cast<size_t>(AnsweredBy::kBot)] = 9;  // a bot is no answer
  const JsonValue attained = value_of(figures, Kpi::kSlaAttainment);
  EXPECT_EQ(text_of(attained, "value"), "0.333333");
  EXPECT_EQ(text_of(attained, "numerator"), "30");
  EXPECT_EQ(text_of(attained, "denominator"), "90");
  EXPECT_EQ(text_of(attained, "metric_id"), "M12");
  // Wilson's 95 % interval of 30 of 90: 24.5 to 43.6 %.
  EXPECT_EQ(text_of(attained, "lo95").substr(0, 5), "0.244");
  EXPECT_EQ(text_of(attained, "hi95").substr(0, 5), "0.435");
  const JsonValue peers = value_of(figures, Kpi::kPeerAnswer);
  EXPECT_EQ(text_of(peers, "numerator"), "1");
  EXPECT_EQ(text_of(peers, "denominator"), "4");
  figures.never_answered = 6;
  const JsonValue of_all = value_of(figures, Kpi::kPeerAnswer);
  EXPECT_EQ(text_of(of_all, "value"), "0.1");
  EXPECT_EQ(text_of(of_all, "denominator"), "10");
  EXPECT_EQ(text_of(of_all, "denominator_is"), "conversations");
  EXPECT_EQ(text_of(of_all, "value_of_answered"), "0.25");
  EXPECT_EQ(text_of(of_all, "answered"), "4");
}

TEST(ConversationKpis, WhatCannotBeComputedIsNull) {
  ConversationFigures figures;
  figures.opened = 1;
  EXPECT_EQ(text_of(value_of(figures, Kpi::kSlaAttainment), "value"), "null");
  EXPECT_EQ(text_of(value_of(figures, Kpi::kFirstResponsePublic), "value"), "null");
  EXPECT_EQ(text_of(value_of(figures, Kpi::kPublicGap), "value"), "null");
  EXPECT_EQ(text_of(value_of(figures, Kpi::kDepth), "value"), "null");
}

TEST(ConversationKpis, APublicQuestionThatWaitsLessHasANegativeGap) {
  ConversationFigures figures;
  figures.first_response_public.record(600'000);
  figures.first_response_private.record(3'600'000);
  const JsonValue gap = value_of(figures, Kpi::kPublicGap);
  EXPECT_NEAR(std::stod(text_of(gap, "value")), -3'000, 30);
  EXPECT_EQ(text_of(gap, "unit"), "seconds");
  EXPECT_EQ(text_of(gap, "n"), "2");
}

}  // namespace
}  // namespace kaiku::board
