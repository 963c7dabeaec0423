#include <string>
#include <vector>

#include "unit/conversation/book_fixture.h"

namespace kaiku::conversation {
namespace {

TEST_F(ConversationBookTest, AnswerAtTheDeadlineIsInTimeAndOneAfterItIsNot) {
  ConversationMessage in_time = message(240, AuthorRole::kStaff, kAgent);
  accept(question(0));
  accept(in_time);
  ConversationMessage asked = question(0);
  asked.conversation = {31, 32};
  accept(asked);
  ConversationMessage late = in_time;
  late.conversation = {31, 32};
  late.at += 1;
  accept(late);
  decide(300);
  EXPECT_EQ(at_minute(240).sla_met, 1);
  EXPECT_EQ(at_minute(240).sla_breached, 1);
  EXPECT_EQ(at_minute(240).unanswered_at_deadline, 1);
}

TEST_F(ConversationBookTest, MostSpecificTargetHolds) {
  ConversationMessage asked = question(0);
  asked.channel = "x";
  asked.severity = Severity::kCritical;
  accept(asked);
  decide(61);
  EXPECT_EQ(at_minute(20, "x").sla_breached, 0);
  EXPECT_EQ(at_minute(60, "x").sla_breached, 1) << "a channel counts more than a severity";
}

TEST_F(ConversationBookTest, RaisedSeverityMovesTheDeadlineNotBeforeItself) {
  accept(question(0));
  ConversationMessage raise = update(30, ConversationStatus::kNone);
  raise.severity = Severity::kCritical;
  accept(raise);
  decide(40);
  EXPECT_EQ(at_minute(30).sla_breached, 1);
  decide(300);
  EXPECT_EQ(sums().sla_breached, 1);
}

TEST_F(ConversationBookTest, ConversationClosedBeforeTheDeadlineHasNoVerdict) {
  accept(question(0));
  accept(update(30, ConversationStatus::kSolved));
  decide(300);
  EXPECT_EQ(sums().sla_met + sums().sla_breached, 0);
  EXPECT_TRUE(outcome_has("\"sla_met\":null"));
}

TEST_F(ConversationBookTest, RiskIsToldInTimeAndWithdrawnWhenAnAnswerShowsUp) {
  accept(question(0));
  advance(240);
  EXPECT_TRUE(heard_.alerts.empty());
  advance(241);
  ASSERT_EQ(heard_.alerts.size(), 1U);
  const std::string risk = heard_.alerts.begin()->second;
  EXPECT_NE(risk.find("\"kind\":\"sla_risk\",\"state\":\"open\""), std::string::npos) << risk;
  EXPECT_NE(risk.find("\"url\":\"https://forum.example/t/1\""), std::string::npos) << risk;
  reload();
  advance(242);
  EXPECT_EQ(heard_.records.size(), 1U) << "one open alert, also after a restart";
  accept(message(239, AuthorRole::kStaff, kAgent));
  advance(243);
  ASSERT_EQ(heard_.alerts.size(), 1U);
  EXPECT_NE(heard_.alerts.begin()->second.find("\"state\":\"resolved\""), std::string::npos);
  decide(241);
  EXPECT_EQ(sums().sla_met, 1);
  EXPECT_EQ(heard_.alerts.size(), 1U);
}

TEST_F(ConversationBookTest, BreachIsToldOnceDecidedAndResolvedByTheAnswer) {
  accept(question(0));
  advance(241);
  decide(241);
  ASSERT_EQ(heard_.alerts.size(), 2U);
  EXPECT_NE(heard_.alerts.begin()->second.find("sla_breach"), std::string::npos);
  EXPECT_NE(heard_.alerts.begin()->second.find("\"state\":\"open\""), std::string::npos);
  EXPECT_NE(heard_.alerts.rbegin()->second.find("\"state\":\"resolved\""), std::string::npos);
  accept(message(300, AuthorRole::kStaff, kAgent));
  decide(301);
  EXPECT_NE(heard_.alerts.begin()->second.find("\"state\":\"resolved\""), std::string::npos);
  EXPECT_EQ(heard_.records.size(), 4U);
  EXPECT_EQ(sums().unanswered_at_deadline, 1);
}

TEST_F(ConversationBookTest, TheHomeOfTheBrandHearsWhenNothingOfAnAlertCanChangeAnyMore) {
  accept(question(0));
  decide(241);
  accept(message(300, AuthorRole::kStaff, kAgent));
  accept(update(301, ConversationStatus::kSolved));
  decide(302);
  reload();
  decide(301 + 30 * 24 * 60 - 1);
  EXPECT_EQ(heard_.ended, 0);
  decide(302 + 30 * 24 * 60);
  EXPECT_EQ(heard_.ended, 1);
  ConversationMessage quiet = question(0);
  quiet.at = kStart + 40 * kDay;
  accept(quiet);
  ConversationMessage answer = message(1, AuthorRole::kStaff, kAgent);
  answer.at = quiet.at + kMinute;
  accept(answer);
  decide(41 * 24 * 60);
  EXPECT_EQ(heard_.ended, 1);
}

TEST_F(ConversationBookTest, AddressThatIsNotOfTheWebIsNotLinked) {
  ConversationMessage asked = question(0);
  asked.url = "javascript:alert(1)";
  accept(asked);
  advance(241);
  ASSERT_EQ(heard_.alerts.size(), 1U);
  EXPECT_NE(heard_.alerts.begin()->second.find("\"url\":null"), std::string::npos);
}

TEST_F(ConversationBookTest, BusinessHoursMoveDeadlineAndResponse) {
  window::BusinessHours::Week week;
  for (size_t day = 0; day < 5; ++day) {
    week[day] = {{9 * 60, 17 * 60}};
  }
  ConversationPlan plan = plan_of();
  plan.targets = {{"office", "", Severity::kNone, "", 4 * kHour, true}};
  plan.brand_hours["acme"] = std::make_shared<const window::BusinessHours>(
      window::BusinessHours::make("Europe/Helsinki", week, {}).value());
  start(plan);
  // Monday 10:00Z is 12:00 in Helsinki: five hours are left, four of them are 16:00 there. A
  // question at 14:30Z is half an hour before the end of the day; four hours on are 12:30 on
  // Tuesday.
  accept(question(270));
  accept(message(20 * 60, AuthorRole::kStaff, kAgent));  // Tuesday 06:00Z, 08:00 there: closed
  decide(25 * 60);
  EXPECT_EQ(at_minute(270 + 20 * 60).sla_met, 1);
  EXPECT_NEAR(static_cast<double>(sums().first_response_business.quantile(500)), 1'800'000, 15'000);
  EXPECT_NEAR(static_cast<double>(sums().first_response_public.quantile(500)), 55'800'000, 450'000);
}

TEST_F(ConversationBookTest, UnansweredAreKnownAtOnceAndLeaveWithTheAnswer) {
  accept(question(0));
  ConversationMessage second = question(5);
  second.conversation = {31, 32};
  accept(second);
  advance(1);
  std::vector<std::string> rows;
  const auto visit = [&rows](std::string_view brand,
                             std::string_view channel,
                             ItemType,
                             uint64_t count,
                             EventTime oldest) {
    rows.push_back(std::string(brand) + " " + std::string(channel) + " " + std::to_string(count) +
                   " " + std::to_string((oldest - kStart) / kMinute));
  };
  book_->open_unanswered(visit);
  EXPECT_EQ(rows, std::vector<std::string>{"acme forum 2 0"});
  accept(message(7, AuthorRole::kStaff, kAgent));
  advance(8);
  rows.clear();
  reload();
  book_->open_unanswered(visit);
  EXPECT_EQ(rows, std::vector<std::string>{"acme forum 1 5"});
  EXPECT_EQ(book_->open_count(), 2U);
}

}  // namespace
}  // namespace kaiku::conversation
