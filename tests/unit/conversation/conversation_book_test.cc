#include "kaiku/conversation/conversation_book.h"

#include <string>
#include <vector>

#include "unit/conversation/book_fixture.h"

namespace kaiku::conversation {
namespace {

TEST_F(ConversationBookTest, FirstAnswerOfTheBrandIsBookedInItsMinute) {
  accept(question(0));
  accept(message(12, AuthorRole::kStaff, kAgent));
  accept(message(15, AuthorRole::kStaff, kAgent));
  accept(message(20, AuthorRole::kCustomer, kAsker));
  decide(30);
  EXPECT_EQ(at_minute(0).opened, 1);
  EXPECT_EQ(at_minute(12).first_answer_by[static_cast<size_t>(AnsweredBy::kBrand)], 1);
  EXPECT_EQ(sums().first_response_public.total(), 1);
  EXPECT_NEAR(static_cast<double>(sums().first_response_public.quantile(500)), 720'000, 6'000);
  EXPECT_TRUE(sums().first_response_private.is_empty());
  EXPECT_EQ(spoken(Speaker::kCustomer), 2);
  EXPECT_EQ(spoken(Speaker::kBrand), 2);
  EXPECT_EQ(sums().members.estimate(), 2U);
  EXPECT_EQ(sums().sla_met, 0) << "the deadline has not come";
  decide(241);
  EXPECT_EQ(at_minute(240).sla_met, 1);
  EXPECT_EQ(heard_.inexact, 0);
}

TEST_F(ConversationBookTest, ArrivalInAnyOrderWithinLatenessIsTheSame) {
  accept(message(4, AuthorRole::kStaff, kAgent));
  advance(5);
  accept(question(0));
  decide(10);
  EXPECT_EQ(sums().opened, 1);
  EXPECT_EQ(at_minute(4).first_answer_by[static_cast<size_t>(AnsweredBy::kBrand)], 1);
  EXPECT_EQ(book_->stragglers(), 0U);
  EXPECT_EQ(heard_.inexact, 0);
}

TEST_F(ConversationBookTest, WhatArrivesBelowWhatWasAppliedIsInexact) {
  accept(question(0));
  accept(message(12, AuthorRole::kStaff, kAgent));
  decide(30);
  EXPECT_EQ(heard_.inexact, 0);
  accept(message(6, AuthorRole::kStaff, kAgent));
  decide(31);
  EXPECT_EQ(book_->stragglers(), 1U);
  EXPECT_EQ(heard_.inexact, model::kInexactStraggler);
  EXPECT_EQ(spoken(Speaker::kBrand), 2);
}

TEST_F(ConversationBookTest, MessagesBeforeTheOpeningCountWhenItOpens) {
  ConversationMessage post = message(0, AuthorRole::kBrand, kAgent);
  post.type = ItemType::kMention;
  post.brand = "_other";
  accept(post);
  ConversationMessage remark = message(1, AuthorRole::kCustomer, 55);
  remark.type = ItemType::kMention;
  accept(remark);
  decide(5);
  EXPECT_EQ(heard_.deltas, 0U);
  ConversationMessage asked = question(30);
  asked.brand = "other brand";
  accept(asked);
  decide(60);
  const auto opening = at_minute(30);
  EXPECT_EQ(opening.opened, 1);
  EXPECT_EQ(opening.messages[static_cast<size_t>(Speaker::kBrand)], 1);
  EXPECT_EQ(opening.messages[static_cast<size_t>(Speaker::kCustomer)], 2);
  EXPECT_EQ(opening.members.estimate(), 3U);
  // What the brand said before is no answer.
  EXPECT_EQ(answered_by(AnsweredBy::kBrand), 0);
}

TEST_F(ConversationBookTest, ThreadThatNobodyAsksInIsForgotten) {
  ConversationMessage post = message(0, AuthorRole::kBrand, kAgent);
  accept(post);
  decide(1);
  EXPECT_EQ(book_->open_count(), 0U);
  advance_to(kStart + 31 * kDay);
  advance_to(kStart + 32 * kDay);
  size_t kept = 0;
  ASSERT_TRUE(tables_
                  ->scan(state::TableId::kConversations,
                         [&kept](std::string_view, std::string_view) { ++kept; })
                  .is_ok());
  EXPECT_EQ(kept, 0U);
  EXPECT_EQ(heard_.deltas, 0U);
}

TEST_F(ConversationBookTest, NotesAndBotsAreNoAnswers) {
  accept(question(0));
  ConversationMessage robot = message(1, AuthorRole::kBrand, kAgent);
  robot.automatic = true;
  accept(robot);
  ConversationMessage note = message(2, AuthorRole::kStaff, kAgent);
  note.visibility = Visibility::kInternalNote;
  accept(note);
  accept(message(9, AuthorRole::kStaff, kAgent));
  accept(message(10, AuthorRole::kBot, 400));
  decide(30);
  EXPECT_EQ(answered_by(AnsweredBy::kBot), 1);
  EXPECT_EQ(answered_by(AnsweredBy::kBrand), 1);
  EXPECT_EQ(spoken(Speaker::kBot), 2);
  EXPECT_EQ(spoken(Speaker::kBrand), 1);
  EXPECT_NEAR(static_cast<double>(sums().first_response_public.quantile(500)), 540'000, 5'000);
}

TEST_F(ConversationBookTest, PeerBeforeTheBrandLeads) {
  accept(question(0));
  accept(message(3, AuthorRole::kUnknown, kFan));
  accept(message(13, AuthorRole::kBrand, kAgent));
  decide(20);
  EXPECT_EQ(answered_by(AnsweredBy::kPeer), 1);
  EXPECT_EQ(answered_by(AnsweredBy::kBrand), 0);
  EXPECT_EQ(at_minute(13).peer_before_brand, 1);
  EXPECT_NEAR(static_cast<double>(sums().peer_lead.quantile(500)), 600'000, 5'000);
  EXPECT_EQ(spoken(Speaker::kPeer), 1);
}

TEST_F(ConversationBookTest, PrivateAnswerCountsInAPrivateConversationOnly) {
  accept(question(0));
  ConversationMessage hidden = message(3, AuthorRole::kStaff, kAgent);
  hidden.visibility = Visibility::kPrivate;
  accept(hidden);
  ConversationMessage ticket = question(0);
  ticket.conversation = {31, 32};
  ticket.visibility = Visibility::kPrivate;
  accept(ticket);
  hidden.conversation = {31, 32};
  accept(hidden);
  decide(20);
  EXPECT_TRUE(sums().first_response_public.is_empty());
  EXPECT_EQ(sums().first_response_private.total(), 1);
  EXPECT_EQ(answered_by(AnsweredBy::kBrand), 1);
}

TEST_F(ConversationBookTest, ResolvedReopenedAndResolvedAgain) {
  accept(question(0));
  accept(message(10, AuthorRole::kStaff, kAgent));
  accept(update(20, ConversationStatus::kSolved));
  decide(25);
  EXPECT_EQ(at_minute(20).resolved, 1);
  EXPECT_EQ(closed(CloseReason::kStatus), 1);
  EXPECT_TRUE(outcome_has("\"time_to_resolution_seconds\":1200,\"reopen_count\":0"));
  accept(message(30, AuthorRole::kCustomer, kAsker));
  decide(35);
  EXPECT_EQ(at_minute(30).reopened, 1);
  EXPECT_EQ(book_->open_count(), 1U);
  accept(update(50, ConversationStatus::kClosed));
  decide(55);
  EXPECT_EQ(sums().resolved, 1);
  EXPECT_EQ(sums().closed_total(), 1) << "a conversation is counted once";
  EXPECT_TRUE(outcome_has("\"time_to_resolution_seconds\":3000,\"reopen_count\":1")) << outcome();
  ASSERT_EQ(heard_.records.size(), 2U);
  EXPECT_EQ(heard_.records[1].revision, 1U);
  EXPECT_EQ(heard_.records[1].kind, RecordKind::kRevision);
  EXPECT_EQ(sums().resolution.total(), 1);
  EXPECT_TRUE(sums().resolution_final.is_empty());
  advance_to(kStart + 31 * kDay);
  EXPECT_EQ(sums().resolution_final.total(), 1);
  EXPECT_NEAR(static_cast<double>(sums().resolution_final.quantile(500)), 3'000'000, 24'000);
}

TEST_F(ConversationBookTest, MessageAfterTheTimeToReopenBeginsAnew) {
  accept(question(0));
  accept(update(20, ConversationStatus::kSolved));
  advance_to(kStart + 40 * kDay);
  accept(question(41 * 24 * 60));
  advance_to(kStart + 42 * kDay);
  EXPECT_EQ(sums().opened, 2);
  EXPECT_EQ(sums().reopened, 0);
}

TEST_F(ConversationBookTest, InactivityClosesAfterTheBrandsWordAndTtlAfterTheCustomers) {
  accept(question(0));
  accept(message(10, AuthorRole::kStaff, kAgent));
  accept(message(15, AuthorRole::kCustomer, kAsker));
  accept(message(20, AuthorRole::kStaff, kAgent));
  ConversationMessage alone = question(0);
  alone.conversation = {31, 32};
  accept(alone);
  advance_to(kStart + 8 * kDay);
  EXPECT_EQ(closed(CloseReason::kInactivity), 1);
  EXPECT_EQ(sums().two_way, 1);
  EXPECT_EQ(sums().never_answered, 0);
  EXPECT_EQ(sums().messages_of_closed, 4);
  EXPECT_EQ(sums().resolved, 0);
  EXPECT_EQ(closed(CloseReason::kTtl), 0);
  advance_to(kStart + 31 * kDay);
  EXPECT_EQ(closed(CloseReason::kTtl), 1);
  EXPECT_EQ(sums().never_answered, 1);
  EXPECT_EQ(sums().two_way, 1);
}

TEST_F(ConversationBookTest, DeflectionIsAcceptedPeerAnswerWithoutBrandAndOtherContact) {
  accept(question(0));
  accept(message(3, AuthorRole::kUnknown, kFan));
  ConversationMessage accepted = message(3, AuthorRole::kUnknown, 0);
  accepted.item = message(3, AuthorRole::kUnknown, kFan).item;
  accepted.op = Op::kUpdate;
  accepted.at = kStart + 30 * kMinute;
  accepted.accepted_answer = true;
  accept(accepted);
  decide(40);
  ASSERT_EQ(heard_.entries.size(), 1U);
  EXPECT_EQ(heard_.entries[0].id, kThread);
  EXPECT_EQ(heard_.entries[0].key, kCustomer);
  EXPECT_EQ(heard_.entries[0].at, kStart);
  EXPECT_EQ(heard_.entries[0].brand, "acme");
  EXPECT_EQ(closed(CloseReason::kAccepted), 1);
  ASSERT_EQ(heard_.questions.size(), 1U);
  const model::KeyQuestionMessage asked = heard_.questions[0];
  EXPECT_EQ(asked.from, accepted.at + 1);
  EXPECT_EQ(asked.to, accepted.at + 7 * kDay);
  EXPECT_EQ(asked.key, kCustomer);
  EXPECT_TRUE(outcome_has("\"deflected\":null"));
  advance_to(kStart + 8 * kDay);
  EXPECT_EQ(sums().deflected, 0) << "the customer's key has not answered";
  reply(static_cast<EventTime>(asked.number), {{kThread, accepted.at, "forum"}});
  advance_to(kStart + 8 * kDay + kMinute);
  EXPECT_EQ(at_minute(30 + 7 * 24 * 60).deflected, 1);
  EXPECT_TRUE(outcome_has("\"deflected\":true")) << outcome();
  EXPECT_TRUE(outcome_has("\"value_basis\":\"avoided\""));
  // A contact that was accepted late: the answer is another one.
  reply(static_cast<EventTime>(asked.number), {{{5, 5}, accepted.at + kDay, "mail"}});
  advance_to(kStart + 8 * kDay + 2 * kMinute);
  EXPECT_EQ(sums().deflected, 0);
  EXPECT_TRUE(outcome_has("\"deflected\":false"));
}

TEST_F(ConversationBookTest, NoDeflectionWhenTheBrandRepliedOrTheCustomerIsNotKnown) {
  accept(question(0));
  ConversationMessage peer = message(3, AuthorRole::kPeer, kFan);
  peer.accepted_answer = true;
  accept(peer);
  accept(message(600, AuthorRole::kStaff, kAgent));
  ConversationMessage unknown = question(0);
  unknown.conversation = {31, 32};
  unknown.has_customer = false;
  accept(unknown);
  peer.conversation = {31, 32};
  accept(peer);
  advance_to(kStart + 8 * kDay);
  ASSERT_EQ(heard_.questions.size(), 1U);
  reply(static_cast<EventTime>(heard_.questions[0].number), {});
  advance_to(kStart + 9 * kDay);
  EXPECT_EQ(sums().deflected, 0);
  EXPECT_EQ(heard_.outcomes.size(), 2U);
  EXPECT_NE(heard_.outcomes.begin()->second.find("\"deflected\":false"), std::string::npos);
  EXPECT_NE(heard_.outcomes.rbegin()->second.find("\"deflected\":null"), std::string::npos);
}

TEST_F(ConversationBookTest, SharedKeyCannotTellOfDeflection) {
  accept(question(0));
  ConversationMessage peer = message(3, AuthorRole::kPeer, kFan);
  peer.accepted_answer = true;
  accept(peer);
  advance_to(kStart + 8 * kDay);
  reply(static_cast<EventTime>(heard_.questions.at(0).number), {}, true);
  advance_to(kStart + 9 * kDay);
  EXPECT_EQ(sums().deflected, 0);
  EXPECT_TRUE(outcome_has("\"deflected\":null"));
}

TEST_F(ConversationBookTest, DeletionLowersTheMessagesOnly) {
  accept(question(0));
  accept(message(5, AuthorRole::kStaff, kAgent));
  ConversationMessage gone = message(5, AuthorRole::kStaff, kAgent);
  gone.op = Op::kDelete;
  gone.at = kStart + 9 * kMinute;
  accept(gone);
  decide(20);
  EXPECT_EQ(spoken(Speaker::kBrand), 0);
  EXPECT_EQ(at_minute(9).messages[static_cast<size_t>(Speaker::kBrand)], -1);
  EXPECT_EQ(sums().first_response_public.total(), 1);
}

TEST_F(ConversationBookTest, LaterRatingReplacesAnEarlierOne) {
  accept(question(0));
  ConversationMessage rated = update(10, ConversationStatus::kSolved);
  rated.csat = 5;
  accept(rated);
  ConversationMessage again = update(20, ConversationStatus::kNone);
  again.csat = 2;
  accept(again);
  ConversationMessage hostile = update(25, ConversationStatus::kNone);
  hostile.csat = 255;
  accept(hostile);
  decide(30);
  EXPECT_EQ(sums().rated, 1);
  EXPECT_EQ(sums().rating_sum, 2);
  EXPECT_EQ(sums().rated_good, 0);
}

TEST_F(ConversationBookTest, TooManyWaitingAreAppliedEarlyAndSaidSo) {
  ConversationPlan plan = plan_of();
  plan.buffer_max = 4;
  start(plan);
  for (int64_t i = 0; i < 6; ++i) {
    accept(i == 0 ? question(0) : message(i, AuthorRole::kPeer, kFan + static_cast<uint64_t>(i)));
  }
  advance(6);
  EXPECT_EQ(book_->overflows(), 2U);
  EXPECT_EQ(sums().opened, 1);
  EXPECT_EQ(heard_.inexact, model::kInexactOverflow);
}

TEST_F(ConversationBookTest, BeyondTheBoundMessagesAreOnlyCounted) {
  ConversationPlan plan = plan_of();
  plan.max_messages = 3;
  start(plan);
  accept(question(0));
  accept(message(1, AuthorRole::kPeer, kFan));
  accept(message(2, AuthorRole::kPeer, kFan + 1));
  accept(message(3, AuthorRole::kStaff, kAgent));
  decide(10);
  EXPECT_EQ(spoken(Speaker::kBrand), 1);
  EXPECT_EQ(answered_by(AnsweredBy::kBrand), 0);
  EXPECT_EQ(sums().members.estimate(), 3U);
}

TEST_F(ConversationBookTest, OutcomeHasItsFieldsInOrder) {
  ConversationMessage asked = question(0);
  asked.severity = Severity::kMajor;
  accept(asked);
  ConversationMessage answer = message(2, AuthorRole::kStaff, kAgent);
  answer.at += 500 * base::kMillisecond;
  answer.channel = "mail";
  accept(answer);
  ConversationMessage solved = update(60, ConversationStatus::kSolved);
  solved.csat = 4;
  accept(solved);
  decide(61);
  ASSERT_EQ(heard_.records.size(), 1U);
  EXPECT_EQ(heard_.records[0].key,
            "{\"conversation_id\":\"000000000000000c000000000000000b\","
            "\"opened_at\":\"2026-03-02T10:00:00.000000Z\"}");
  EXPECT_EQ(
      outcome(),
      "{\"record_type\":\"conversation_outcome\","
      "\"conversation_id\":\"000000000000000c000000000000000b\",\"brand\":\"acme\","
      "\"channel_first\":\"forum\",\"channels\":[\"forum\",\"mail\"],\"type\":\"bug_report\","
      "\"visibility\":\"public\",\"severity\":\"major\","
      "\"opened_at\":\"2026-03-02T10:00:00.000000Z\",\"first_peer_at\":null,"
      "\"first_brand_at\":\"2026-03-02T10:02:00.500000Z\",\"first_response_seconds\":120.500,"
      "\"first_response_business_seconds\":120.500,"
      "\"resolved_at\":\"2026-03-02T11:00:00.000000Z\",\"time_to_resolution_seconds\":3600,"
      "\"reopen_count\":0,\"messages_total\":2,\"messages_customer\":1,\"messages_brand\":1,"
      "\"messages_peer\":0,\"answered_by\":\"brand\",\"deflected\":false,"
      "\"sla_policy\":\"all\",\"sla_target_seconds\":14400,\"sla_met\":true,"
      "\"close_reason\":\"status\",\"opening_deleted\":false,\"csat\":4,\"value_basis\":\"none\","
      "\"definition_version\":1}");
}

TEST_F(ConversationBookTest, HasWorkOnlyWhenSomethingIsDue) {
  EXPECT_FALSE(book_->has_work(base::kTimeEnd));
  accept(question(0));
  EXPECT_TRUE(book_->has_work(base::kTimeBegin));
  advance(0);
  EXPECT_FALSE(book_->has_work(kStart));
  EXPECT_TRUE(book_->has_work(kStart + kLateness + 1));
  decide(1);
  EXPECT_FALSE(book_->has_work(kStart + 100 * kMinute));
  EXPECT_TRUE(book_->has_work(kStart + 241 * kMinute));
  reload();
  EXPECT_FALSE(book_->has_work(kStart + 100 * kMinute));
  EXPECT_TRUE(book_->has_work(kStart + 241 * kMinute));
}

TEST_F(ConversationBookTest, EndOfInputClosesEverythingAndComesToRest) {
  accept(question(0));
  advance_to(base::kTimeEnd);
  advance_to(base::kTimeEnd);
  EXPECT_EQ(closed(CloseReason::kTtl), 1);
  EXPECT_FALSE(book_->has_work(base::kTimeEnd));
  EXPECT_EQ(book_->open_count(), 0U);
}

TEST_F(ConversationBookTest, HostileTimesAndNamesAreBounded) {
  ConversationMessage asked = question(0);
  const std::string long_name(100'000, 'x');
  asked.brand = long_name;
  asked.channel = long_name;
  asked.url = long_name;
  for (const EventTime at :
       {base::kNoTime, base::kTimeBegin, base::kTimeEnd, INT64_MAX, INT64_MIN + 1}) {
    asked.at = at;
    asked.item.lo = static_cast<uint64_t>(at);
    accept(asked);
  }
  advance(0);
  advance_to(base::kTimeEnd);
  EXPECT_EQ(sums().opened + spoken(Speaker::kCustomer) > 0, true);
  EXPECT_FALSE(book_->has_work(base::kTimeEnd));
}

TEST_F(ConversationBookTest, DamagedEntryIsRefused) {
  accept(question(0));
  accept(message(3, AuthorRole::kPeer, kFan));
  decide(2);
  std::string key;
  std::string value;
  ASSERT_TRUE(tables_
                  ->scan(state::TableId::kConversations,
                         [&](std::string_view k, std::string_view v) {
                           key = k;
                           value = v;
                         })
                  .is_ok());
  for (size_t cut = 0; cut < value.size(); ++cut) {
    tables_->put(
        state::TableId::kConversations, key, value.substr(0, cut) + (cut == 0 ? "\2" : ""));
    ConversationBook other(std::make_shared<const ConversationPlan>(plan_of()), *tables_);
    const base::Status status = other.load();
    EXPECT_EQ(status.next(), base::Next::kRestore) << cut;
  }
}

}  // namespace
}  // namespace kaiku::conversation
