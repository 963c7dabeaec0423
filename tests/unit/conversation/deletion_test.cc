// Opening messages that are deleted: no record leads to them, and no clock runs for them.
#include <string>

#include "kaiku/base/bytes.h"

#include "conversation/conversation_record.h"
#include "unit/conversation/book_fixture.h"

namespace kaiku::conversation {
namespace {

// The question of minute 0, deleted at `minutes`; platforms seldom say whose it was.
ConversationMessage deletion(ConversationMessage question, int64_t minutes) {
  question.op = Op::kDelete;
  question.at = kStart + minutes * kMinute;
  question.author_role = AuthorRole::kUnknown;
  question.has_author = false;
  question.author = 0;
  return question;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(ConversationBookTest, DeletedQuestionIsNeitherMetNorBreached) {
  accept(question(0));
  accept(deletion(question(0), 20));
  decide(300);
  EXPECT_EQ(sums().opened, 1);
  EXPECT_EQ(sums().sla_met + sums().sla_breached + sums().unanswered_at_deadline, 0);
  EXPECT_EQ(spoken(Speaker::kCustomer), 0);
  EXPECT_TRUE(heard_.alerts.empty());
  EXPECT_EQ(book_->open_count(), 0U);
  EXPECT_TRUE(outcome_has("\"close_reason\":\"deleted\",\"opening_deleted\":true")) << outcome();
  EXPECT_TRUE(outcome_has("\"sla_met\":null")) << outcome();
  EXPECT_EQ(sums().never_answered, 0) << "it is no question that nobody answered";
}

TEST_F(ConversationBookTest, RiskOfADeletedQuestionIsWithdrawnWithItsLink) {
  accept(question(0));
  advance(241);
  ASSERT_EQ(heard_.alerts.size(), 1U);
  EXPECT_TRUE(has(heard_.alerts.begin()->second, "https://forum.example/t/1"));
  reload();
  accept(deletion(question(0), 239));
  advance(242);
  EXPECT_TRUE(has(heard_.alerts.begin()->second, "\"state\":\"resolved\""));
  EXPECT_FALSE(has(heard_.alerts.begin()->second, "https://")) << "a link to what was deleted";
  reload();
  decide(241);
  ASSERT_EQ(heard_.alerts.size(), 1U);
  EXPECT_EQ(heard_.alerts.begin()->second, "");
  EXPECT_EQ(heard_.records.back().kind, RecordKind::kFinal);
  EXPECT_EQ(sums().sla_breached, 0);
}

TEST_F(ConversationBookTest, BreachThatIsOpenIsWithdrawnButStaysCounted) {
  accept(question(0));
  decide(241);
  ASSERT_EQ(heard_.alerts.size(), 1U);
  EXPECT_TRUE(has(heard_.alerts.begin()->second, "\"kind\":\"sla_breach\""));
  accept(deletion(question(0), 300));
  decide(301);
  EXPECT_EQ(heard_.alerts.begin()->second, "");
  EXPECT_EQ(sums().sla_breached, 1);
  EXPECT_TRUE(outcome_has("\"sla_met\":false")) << outcome();
  EXPECT_TRUE(outcome_has("\"close_reason\":\"deleted\"")) << outcome();
  bool shown = false;
  ASSERT_TRUE(book_->newest_alerts(9, [&](const OpenAlert&) { shown = true; }).is_ok());
  EXPECT_FALSE(shown);
}

TEST_F(ConversationBookTest, NobodyAnswersADeletedQuestion) {
  accept(question(0));
  accept(deletion(question(0), 20));
  accept(message(30, AuthorRole::kStaff, kAgent));
  accept(message(31, AuthorRole::kPeer, kFan));
  accept(update(32, ConversationStatus::kReopened));
  decide(300);
  EXPECT_EQ(sums().first_response_public.total(), 0U);
  EXPECT_EQ(answered_by(AnsweredBy::kBrand) + answered_by(AnsweredBy::kPeer), 0);
  EXPECT_EQ(sums().reopened, 0);
  EXPECT_EQ(book_->open_count(), 0U);
  EXPECT_EQ(heard_.outcomes.size(), 1U);
}

TEST_F(ConversationBookTest, TheNextQuestionOfItsAskerIsAnotherOne) {
  accept(question(0));
  accept(deletion(question(0), 20));
  ConversationMessage again = question(40);
  again.brand = "_other";
  accept(again);
  decide(281);
  EXPECT_EQ(sums().opened, 2);
  EXPECT_EQ(at_minute(280).sla_breached, 1) << "of the brand of the thread, from minute 40 on";
  EXPECT_EQ(book_->open_count(), 1U);
  ASSERT_EQ(heard_.alerts.size(), 1U);
  EXPECT_TRUE(has(heard_.alerts.begin()->second, "\"asked_at\":\"2026-03-02T10:40:00.000000Z\""));
}

TEST_F(ConversationBookTest, OutcomeThatWasToldIsToldAgainWhenItsQuestionIsDeleted) {
  accept(question(0));
  accept(message(10, AuthorRole::kStaff, kAgent));
  accept(update(30, ConversationStatus::kSolved));
  decide(40);
  EXPECT_TRUE(outcome_has("\"opening_deleted\":false")) << outcome();
  accept(deletion(question(0), 60));
  decide(300);
  EXPECT_TRUE(outcome_has("\"close_reason\":\"status\",\"opening_deleted\":true")) << outcome();
  EXPECT_EQ(closed(CloseReason::kStatus), 1);
  EXPECT_EQ(sums().sla_met, 0) << "no verdict is due any more";
}

TEST_F(ConversationBookTest, DeletionOfAnotherMessageStopsNoClock) {
  accept(question(0));
  ConversationMessage more = question(5);
  accept(more);
  accept(deletion(more, 20));
  decide(241);
  EXPECT_EQ(sums().sla_breached, 1);
  EXPECT_EQ(book_->open_count(), 1U);
}

}  // namespace
}  // namespace kaiku::conversation
