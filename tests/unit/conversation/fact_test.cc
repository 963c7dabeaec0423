// What is told once of a conversation, for counters: when it is decided, and never again.
#include <string>
#include <utility>
#include <vector>

#include "unit/conversation/book_fixture.h"

namespace kaiku::conversation {
namespace {

using Kind = Fact::Kind;

class FactTest : public ConversationBookTest {
 protected:
  [[nodiscard]] int64_t told(Kind kind) const { return heard_.fact(kind); }

  [[nodiscard]] int64_t told_in_all() const {
    int64_t all = 0;
    for (const auto& [kind, count] : heard_.facts) {
      all += count;
    }
    return all;
  }
};

TEST_F(FactTest, TheFirstResponseIsExactToTheMicrosecond) {
  accept(question(0));
  ConversationMessage answer = message(12, AuthorRole::kStaff, kAgent);
  answer.at += 1;
  accept(answer);
  accept(message(15, AuthorRole::kStaff, kAgent));
  decide(30);
  ASSERT_EQ(heard_.responses.size(), 1U);
  EXPECT_EQ(heard_.responses[0], std::pair(Visibility::kPublic, 12 * kMinute + 1));
  EXPECT_EQ(told(Kind::kAnsweredByBrand), 1);
  EXPECT_EQ(told_in_all(), 2);
}

TEST_F(FactTest, AResponseInAPrivateConversationIsPrivate) {
  ConversationMessage asked = question(0);
  asked.visibility = Visibility::kPrivate;
  accept(asked);
  ConversationMessage answer = message(3, AuthorRole::kStaff, kAgent);
  answer.visibility = Visibility::kPrivate;
  accept(answer);
  decide(30);
  ASSERT_EQ(heard_.responses.size(), 1U);
  EXPECT_EQ(heard_.responses[0], std::pair(Visibility::kPrivate, 3 * kMinute));
}

TEST_F(FactTest, PeerAndBotAnswerBeforeTheBrandResponds) {
  accept(question(0));
  accept(message(1, AuthorRole::kBot, 400));
  accept(message(3, AuthorRole::kUnknown, kFan));
  accept(message(13, AuthorRole::kBrand, kAgent));
  decide(20);
  EXPECT_EQ(told(Kind::kAnsweredByBot), 1);
  EXPECT_EQ(told(Kind::kAnsweredByPeer), 1);
  EXPECT_EQ(told(Kind::kAnsweredByBrand), 0);
  EXPECT_EQ(told(Kind::kResponded), 1);
}

TEST_F(FactTest, ABreachIsToldWhenTheDeadlineIsDecidedAndNotWhenItIsAtRisk) {
  accept(question(0));
  decide(0);
  advance(245);  // four hours and a bit: at risk, what is still on its way may answer in time
  EXPECT_EQ(told(Kind::kSlaBreached), 0);
  decide(241);
  EXPECT_EQ(told(Kind::kSlaBreached), 1);
  accept(message(300, AuthorRole::kStaff, kAgent));
  decide(301);
  EXPECT_EQ(told(Kind::kSlaBreached), 1);
  EXPECT_EQ(told(Kind::kSlaMet), 0) << "an answer after the deadline does not meet it";
  EXPECT_EQ(told(Kind::kResponded), 1);
}

TEST_F(FactTest, AnAnswerAtTheDeadlineMeetsIt) {
  accept(question(0));
  accept(message(240, AuthorRole::kStaff, kAgent));
  decide(242);
  EXPECT_EQ(told(Kind::kSlaMet), 1);
  EXPECT_EQ(told(Kind::kSlaBreached), 0);
}

TEST_F(FactTest, OfAConversationThatIsClosedBeforeItsDeadlineNothingIsJudged) {
  accept(question(0));
  accept(update(20, ConversationStatus::kSolved));
  decide(300);
  EXPECT_EQ(told(Kind::kSlaMet) + told(Kind::kSlaBreached), 0);
}

TEST_F(FactTest, OnlyTheFirstResolutionIsTold) {
  accept(question(0));
  accept(update(20, ConversationStatus::kSolved));
  decide(25);
  accept(message(30, AuthorRole::kCustomer, kAsker));
  accept(update(50, ConversationStatus::kClosed));
  decide(55);
  EXPECT_EQ(heard_.resolutions, (std::vector<int64_t>{20 * kMinute}));
}

TEST_F(FactTest, InactivityIsNoResolution) {
  accept(question(0));
  accept(message(5, AuthorRole::kStaff, kAgent));
  advance_to(kStart + 40 * kDay);
  EXPECT_EQ(closed(CloseReason::kInactivity), 1);
  EXPECT_TRUE(heard_.resolutions.empty());
}

TEST_F(FactTest, ADeflectionThatIsHeardOfThreeTimesIsToldOnce) {
  accept(question(0));
  ConversationMessage peer = message(3, AuthorRole::kPeer, kFan);
  peer.accepted_answer = true;
  accept(peer);
  advance_to(kStart + 8 * kDay);
  const auto number = static_cast<EventTime>(heard_.questions.at(0).number);
  EXPECT_EQ(told(Kind::kDeflected), 0) << "the customer's key has not answered";
  reply(number, {{kThread, peer.at, "forum"}});
  advance_to(kStart + 8 * kDay + kMinute);
  EXPECT_EQ(told(Kind::kDeflected), 1);
  reply(number, {{{5, 5}, peer.at + kDay, "mail"}});
  advance_to(kStart + 8 * kDay + 2 * kMinute);
  EXPECT_EQ(sums().deflected, 0) << "the figures take it back";
  EXPECT_EQ(told(Kind::kDeflected), 1) << "the counter does not";
  reload();
  reply(number, {{kThread, peer.at, "forum"}});
  advance_to(kStart + 8 * kDay + 3 * kMinute);
  EXPECT_EQ(sums().deflected, 1);
  EXPECT_EQ(told(Kind::kDeflected), 1) << "nor does it count the same conversation again";
}

TEST_F(FactTest, ARestartTellsNothingAgain) {
  accept(question(0));
  accept(message(12, AuthorRole::kStaff, kAgent));
  accept(update(20, ConversationStatus::kSolved));
  decide(30);
  const auto before = heard_.facts;
  reload();
  decide(31);
  decide(250);
  auto after = heard_.facts;
  EXPECT_EQ(after[Kind::kSlaMet], 1) << "what is decided later is told later";
  after.erase(Kind::kSlaMet);
  EXPECT_EQ(after, before);
}

TEST_F(FactTest, NothingIsToldOfAConversationThatTouchedARestrictedChannel) {
  ConversationPlan plan = plan_of();
  plan.restricted = {"chat"};
  start(plan);
  accept(question(0));
  ConversationMessage aside = message(1, AuthorRole::kCustomer, kAsker);
  aside.channel = "chat";
  accept(aside);
  accept(message(12, AuthorRole::kStaff, kAgent));
  accept(update(20, ConversationStatus::kSolved));
  decide(300);
  EXPECT_EQ(sums().resolved, 1) << "the figures count it";
  EXPECT_EQ(told_in_all(), 0);
}

TEST_F(FactTest, WithSmallCellsNothingIsTold) {
  ConversationPlan plan = plan_of();
  plan.restricts_all = true;
  start(plan);
  accept(question(0));
  accept(message(12, AuthorRole::kStaff, kAgent));
  decide(300);
  EXPECT_EQ(sums().sla_met, 1);
  EXPECT_EQ(told_in_all(), 0);
}

TEST_F(FactTest, AnAnswerFromBeforeTheQuestionDidNotWait) {
  accept(question(30));
  decide(31);
  accept(message(10, AuthorRole::kStaff, kAgent));  // far too late
  decide(32);
  ASSERT_EQ(heard_.responses.size(), 1U);
  EXPECT_EQ(heard_.responses[0].second, 0);
}

}  // namespace
}  // namespace kaiku::conversation
