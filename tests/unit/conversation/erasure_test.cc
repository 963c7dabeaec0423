// Subjects that are forgotten by the conversations they were part of.
#include <string>

#include "unit/conversation/book_fixture.h"

namespace kaiku::conversation {
namespace {

class ErasureTest : public ConversationBookTest {
 protected:
  static model::ErasureMessage request_of(uint64_t author) {
    model::ErasureMessage request;
    request.request = {5, author};
    request.has_author = true;
    request.author = base::HashKey().hash64(std::to_string(author));
    return request;
  }

  void forget(const model::ErasureMessage& request) {
    counts_ = {};
    ASSERT_TRUE(book_->forget(request, heard_, counts_).is_ok());
  }

  [[nodiscard]] uint64_t counted(model::Erased kind) const {
    return counts_[static_cast<size_t>(kind)];
  }

  [[nodiscard]] size_t withdrawn(Dataset dataset) const {
    size_t count = 0;
    for (const OutcomeRecord& record : heard_.records) {
      count += record.dataset == dataset && record.kind == RecordKind::kWithdrawn ? 1 : 0;
    }
    return count;
  }

  model::ErasedCounts counts_{};
};

TEST_F(ErasureTest, AnAskerIsSomebodyElseAndFiguresGoOn) {
  accept(question(0));
  decide(1);
  forget(request_of(kAsker));
  EXPECT_EQ(counted(model::Erased::kConversations), 1U);
  EXPECT_EQ(counted(model::Erased::kRecords), 0U);
  // She comes back as a peer, the brand answers in time, and nothing names the conversation.
  accept(message(5, AuthorRole::kCustomer, kAsker));
  accept(message(10, AuthorRole::kStaff, kAgent));
  accept(update(20, ConversationStatus::kSolved));
  decide(60 * 24 * 60);
  EXPECT_EQ(sums().opened, 1);
  EXPECT_EQ(sums().sla_met, 1);
  EXPECT_EQ(sums().resolved, 1);
  EXPECT_EQ(spoken(Speaker::kPeer), 1);
  EXPECT_TRUE(heard_.outcomes.empty());
  forget(request_of(kAsker));
  EXPECT_EQ(counted(model::Erased::kConversations), 0U);
}

TEST_F(ErasureTest, WhatWasToldIsWithdrawn) {
  accept(question(0));
  decide(300);  // the deadline is at 240
  ASSERT_EQ(sums().sla_breached, 1);
  accept(update(310, ConversationStatus::kSolved));
  decide(320);
  ASSERT_EQ(heard_.outcomes.size(), 1U);
  forget(request_of(kAsker));
  EXPECT_EQ(counted(model::Erased::kRecords), 2U);
  EXPECT_EQ(withdrawn(Dataset::kOutcome), 1U);
  EXPECT_GE(withdrawn(Dataset::kAlert), 1U);
  EXPECT_EQ(outcome(), "") << "its key has no value any more";
  int shown = 0;
  ASSERT_TRUE(book_->newest_alerts(5, [&](const OpenAlert&) { ++shown; }).is_ok());
  EXPECT_EQ(shown, 0);
}

TEST_F(ErasureTest, OthersAndOtherConversationsStay) {
  accept(question(0));
  ConversationMessage other = message(0, AuthorRole::kCustomer, kFan);
  other.conversation = {31, 32};
  accept(other);
  decide(300);
  forget(request_of(kFan));
  EXPECT_EQ(counted(model::Erased::kConversations), 1U);
  int shown = 0;
  ASSERT_TRUE(book_
                  ->newest_alerts(5,
                                  [&](const OpenAlert& alert) {
                                    EXPECT_EQ(alert.conversation, kThread);
                                    EXPECT_EQ(alert.url, "https://forum.example/t/1");
                                    ++shown;
                                  })
                  .is_ok());
  EXPECT_EQ(shown, 1);
  forget(request_of(999));
  EXPECT_EQ(counted(model::Erased::kConversations), 0U);
}

TEST_F(ErasureTest, ByTheCustomerToo) {
  accept(question(0));
  decide(1);
  model::ErasureMessage request;
  request.request = {5, 5};
  request.has_customer = true;
  request.customer = kCustomer;
  forget(request);
  EXPECT_EQ(counted(model::Erased::kConversations), 1U);
}

TEST_F(ErasureTest, AnAcceptedAnswerOfSomebodyForgottenIsNoDeflection) {
  accept(question(0));
  ConversationMessage answer = message(10, AuthorRole::kPeer, kFan);
  answer.accepted_answer = true;
  accept(answer);
  decide(20);
  forget(request_of(kAsker));
  decide(9 * 24 * 60);  // nobody answers the question about her any more, and nothing waits for it
  EXPECT_EQ(sums().deflected, 0);
  EXPECT_FALSE(book_->has_work(kStart + 30 * kDay));
}

TEST_F(ErasureTest, WhoSpokeBeforeTheOpeningIsForgottenToo) {
  ConversationMessage remark = message(0, AuthorRole::kCustomer, kFan);
  remark.type = ItemType::kMention;
  accept(remark);
  decide(5);
  forget(request_of(kFan));
  EXPECT_EQ(counted(model::Erased::kParticipations), 1U);
  accept(question(30));
  decide(60);
  EXPECT_EQ(at_minute(30).members.estimate(), 2U);
}

TEST_F(ErasureTest, ARestrictedChannelTellsFiguresOnly) {
  ConversationPlan plan = plan_of();
  plan.restricted = {"forum"};
  start(plan);
  accept(question(0));
  decide(300);
  accept(update(310, ConversationStatus::kSolved));
  decide(320);
  EXPECT_EQ(sums().sla_breached, 1);
  EXPECT_EQ(sums().resolved, 1);
  EXPECT_TRUE(heard_.records.empty());
  int shown = 0;
  ASSERT_TRUE(book_->newest_alerts(5, [&](const OpenAlert&) { ++shown; }).is_ok());
  EXPECT_EQ(shown, 0);
}

TEST(ConversationPlanTest, TargetsAndCalendarsHoldFromATimeOn) {
  ConversationPlan plan;
  const auto holds = [](const char* name, const char* brand, const char* channel, EventTime from) {
    SlaTarget target;
    target.name = name;
    target.brand = brand;
    target.channel = channel;
    target.valid_from = from;
    return target;
  };
  plan.targets = {holds("all", "", "", base::kTimeBegin),
                  holds("all since", "", "", 100),
                  holds("mail", "", "email", base::kTimeBegin),
                  holds("kirkas", "kirkas", "", 200)};
  const auto name = [&](const char* brand, const char* channel, EventTime at) {
    const SlaTarget* found =
        plan.target_of(brand, channel, Severity::kNone, ItemType::kBugReport, at);
    return found == nullptr ? std::string() : found->name;
  };
  EXPECT_EQ(name("kirkas", "forum", 50), "all");
  EXPECT_EQ(name("kirkas", "forum", 100), "all since");
  EXPECT_EQ(name("kirkas", "email", 150), "mail");
  EXPECT_EQ(name("kirkas", "email", 200), "kirkas");
  EXPECT_EQ(name("havu", "email", 200), "mail");
  const auto hours = [](int32_t from) {
    window::BusinessHours::Week week;
    week[0] = {{from, from + 60}};
    return std::make_shared<const window::BusinessHours>(
        window::BusinessHours::make("", week, {}).value());
  };
  plan.default_hours = hours(0);
  plan.calendars = {{"", 100, hours(60)}, {"kirkas", 200, hours(120)}, {"kirkas", 300, nullptr}};
  EXPECT_EQ(plan.hours_of("kirkas", 50), plan.default_hours.get());
  EXPECT_EQ(plan.hours_of("kirkas", 150), plan.calendars[0].hours.get());
  EXPECT_EQ(plan.hours_of("kirkas", 250), plan.calendars[1].hours.get());
  EXPECT_EQ(plan.hours_of("kirkas", 300), nullptr);
  EXPECT_EQ(plan.hours_of("havu", 300), plan.calendars[0].hours.get());
}

}  // namespace
}  // namespace kaiku::conversation
