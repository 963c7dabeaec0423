// Hand-made conversations and journeys, with outcomes worked out on paper.
#include <algorithm>

#include <gtest/gtest.h>

#include "generate/conversation_truth.h"
#include "generate/journey_truth.h"
#include "generate/vocabulary.h"

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using base::kSecond;
using model::AuthorRole;
using model::ConversationStatus;
using model::ItemType;
using Kind = Delivery::Kind;

constexpr int64_t kEuro = 1'000'000;
constexpr uint32_t kAnn = 1;
constexpr uint32_t kBea = 2;
constexpr uint32_t kDesk = 9;

// Friday, 2026-03-06T14:30:00Z.
const EventTime kFriday = base::days_from_civil(2026, 3, 6) * kDay + 14 * kHour + 30 * kMinute;

std::string fields_of(const std::vector<KpiTruth>& rows,
                      std::string_view kpi,
                      std::string_view channel) {
  for (const KpiTruth& row : rows) {
    if (row.window == Window::kDay && row.kpi == kpi && row.channel == channel) {
      return row.fields;
    }
  }
  return "none";
}

class CareTruthTest : public testing::Test {
 protected:
  CareTruthTest() {
    care.targets = {{"mail", "email", "", "", 4 * kHour, true},
                    {"all", "", "", "", kHour, false},
                    {"bad", "", "critical", "", 10 * kMinute, false}};
    care.inactivity_us = 2 * kDay;
    care.ttl_us = 10 * kDay;
  }

  void say(EventTime at,
           uint32_t author,
           AuthorRole role,
           ConversationStatus status = ConversationStatus::kNone) {
    Post post = first;
    post.number = at == kFriday ? first.number : first.number + ++messages;
    post.occurred_at = at;
    post.author = author;
    post.role = role;
    post.status = status;
    post.customer = author == kAnn ? first.customer : kNobody;
    conversations.take(post, {});
  }

  void change(EventTime at, uint64_t number, AuthorRole role, const StateChange& what) {
    Post post = first;
    post.number = number;
    post.role = role;
    post.author = role == AuthorRole::kPeer ? kBea : kAnn;
    Delivery delivery;
    delivery.kind = Kind::kUpdate;
    delivery.observed_at = at;
    delivery.revision = 1;
    delivery.change = what;
    conversations.take(post, delivery);
  }

  ConversationTruth::Told tell() {
    KpiRows kpis;
    ConversationTruth::Told told = conversations.tell({"kirkas", "_other"}, kpis);
    rows = kpis.rows({"kirkas", "_other"}, "EUR", "currency,date,rate\n");
    return told;
  }

  static Post question(uint8_t channel) {
    Post post;
    post.number = 1'000;
    post.root = post.number;
    post.type = ItemType::kSupportMessage;
    post.channel = channel;
    post.brands[0] = 0;
    post.brand_count = 1;
    post.customer = 77;
    return post;
  }

  Care care;
  ConversationTruth conversations{care, 1};
  Post first = question(kEmail);
  uint64_t messages = 0;
  std::vector<KpiTruth> rows;
};

TEST(WorkingHours, StandStillOverTheWeekend) {
  const Care care;  // 8 to 16 UTC
  const WorkingHours hours(care);
  // An hour and a half on Friday, then Monday from eight.
  EXPECT_EQ(hours.add(kFriday, 90 * kMinute), kFriday + 90 * kMinute);
  EXPECT_EQ(hours.add(kFriday, 2 * kHour), kFriday + 2 * kDay + 18 * kHour);
  EXPECT_EQ(hours.between(kFriday, kFriday + 3 * kDay), 8 * kHour);
  EXPECT_EQ(hours.between(kFriday + 2 * kHour, kFriday + 2 * kDay), 0);
}

TEST_F(CareTruthTest, AMailOfFridayIsAnsweredOnMondayInTime) {
  say(kFriday, kAnn, AuthorRole::kCustomer, ConversationStatus::kOpen);
  const EventTime monday = kFriday + 3 * kDay - 5 * kHour;  // 09:30: three hours of work later
  say(monday, kDesk, AuthorRole::kStaff);
  say(monday + kMinute, kAnn, AuthorRole::kCustomer);
  say(monday + 2 * kMinute, kDesk, AuthorRole::kStaff, ConversationStatus::kSolved);
  const ConversationTruth::Told told = tell();
  ASSERT_EQ(told.outcomes.size(), 1U);
  const ConversationOutcome& out = told.outcomes[0];
  EXPECT_EQ(out.response_business_ms, 3 * kHour / base::kMillisecond);
  EXPECT_EQ(out.sla_policy, "mail");
  EXPECT_EQ(out.sla_met, true);
  EXPECT_EQ(out.answered_by, "brand");
  EXPECT_EQ(out.close_reason, "status");
  EXPECT_EQ(out.messages, (std::array<int64_t, 4>{2, 2, 0, 0}));
  EXPECT_TRUE(told.breaches.empty());
  EXPECT_EQ(fields_of(rows, "two_way_dialogue", "email"), R"("numerator":1,"denominator":1,"n":1)");
  EXPECT_EQ(fields_of(rows, "messages_per_conversation", "_all"),
            R"("numerator":4,"denominator":1,"n":1)");
}

TEST_F(CareTruthTest, AnAnswerAtTheDeadlineIsInTimeAndOneAfterItIsNot) {
  first.channel = kX;
  say(kFriday, kAnn, AuthorRole::kCustomer);
  say(kFriday + kHour, kDesk, AuthorRole::kBrand);
  first.root = first.number = 5'000;
  Post late = first;
  late.occurred_at = kFriday + kSecond;
  late.author = kAnn;
  conversations.take(late, {});
  say(kFriday + kSecond + kHour + 1, kDesk, AuthorRole::kBrand);
  const ConversationTruth::Told told = tell();
  EXPECT_EQ(fields_of(rows, "sla_attainment", "x"), R"("numerator":1,"denominator":2,"n":2)");
  ASSERT_EQ(told.breaches.size(), 1U);
  EXPECT_EQ(told.breaches[0].asked_at, kFriday + kSecond);
  EXPECT_EQ(told.breaches[0].ended_at, told.breaches[0].deadline + 1);
  EXPECT_EQ(told.outcomes[0].close_reason, "inactivity");
}

TEST_F(CareTruthTest, APeersAnswerDeflectsIfTheCustomerAsksNobodyElse) {
  first.channel = kForum;
  say(kFriday, kAnn, AuthorRole::kCustomer);
  say(kFriday + kMinute, kBea, AuthorRole::kPeer);
  change(
      kFriday + kHour, first.number + 1, AuthorRole::kPeer, {ConversationStatus::kNone, true, 0});
  ConversationTruth::Told told = tell();
  EXPECT_EQ(told.outcomes[0].deflected, true);
  EXPECT_EQ(told.outcomes[0].close_reason, "accepted");
  EXPECT_EQ(fields_of(rows, "strict_deflections", "forum"), R"("value":1,"n":1)");
  EXPECT_EQ(fields_of(rows, "peer_answer_share", "forum"),
            R"("numerator":1,"denominator":1,"n":1)");

  Post mail = question(kEmail);
  mail.root = mail.number = 9'000;
  mail.occurred_at = kFriday + kHour + Care::kDeflectionWait;  // the last moment of the wait
  mail.author = kAnn;
  conversations.take(mail, {});
  told = tell();
  EXPECT_EQ(told.outcomes[0].deflected, false);
  EXPECT_EQ(fields_of(rows, "strict_deflections", "forum"), "none");
}

TEST_F(CareTruthTest, WhoWritesAgainReopensAndAMachineIsNoAnswer) {
  say(kFriday, kAnn, AuthorRole::kCustomer);
  say(kFriday + kSecond, kDesk, AuthorRole::kBot);
  change(kFriday + kMinute,
         first.number,
         AuthorRole::kCustomer,
         {ConversationStatus::kClosed, false, 0});
  say(kFriday + kHour, kAnn, AuthorRole::kCustomer);
  const ConversationTruth::Told told = tell();
  ASSERT_EQ(told.outcomes.size(), 1U);
  EXPECT_EQ(told.outcomes[0].answered_by, "bot");
  EXPECT_EQ(told.outcomes[0].reopened, 1U);
  EXPECT_EQ(told.outcomes[0].close_reason, "ttl");  // the last word is the asker's
  EXPECT_EQ(told.outcomes[0].sla_met, false);
  EXPECT_EQ(fields_of(rows, "reopened_share", "email"), R"("numerator":1,"denominator":1,"n":1)");
  EXPECT_EQ(fields_of(rows, "never_answered_share", "email"),
            R"("numerator":1,"denominator":1,"n":1)");
}

TEST_F(CareTruthTest, JourneysAreDividedByEachRule) {
  const Attribution terms{7 * kDay, 2 * kDay};
  JourneyTruth journeys(terms, 1);
  Deal visit;
  visit.kind = model::BusinessKind::kVisit;
  visit.brand = 0;
  visit.customer = 5;
  visit.number = 1;
  visit.touch = kInstagram;
  visit.occurred_at = kFriday - 2 * kDay;  // one half-life before the last touch
  Deal old = visit;
  old.number = 2;
  old.touch = kNews;
  old.occurred_at = kFriday - 7 * kDay - 1;  // beyond the look-back
  Post post = question(kX);
  post.customer = 5;
  post.occurred_at = kFriday;
  journeys.take(post);
  Deal order;
  order.brand = 0;
  order.customer = 5;
  order.occurred_at = kFriday;
  order.currency = {{'E', 'U', 'R', 0}};
  KpiRows kpis;
  journeys.tell({visit, old}, {{order, 90 * kEuro}}, kpis);
  rows = kpis.rows({"kirkas", "_other"}, "EUR", "currency,date,rate\n");
  const auto share = [](const char* value, int millionths) {
    return std::string("\"value\":\"") + value + "\",\"numerator\":\"" + value +
           "\",\"denominator\":\"90.00\",\"n\":1,\"conversion_millionths\":" +
           std::to_string(millionths);
  };
  EXPECT_EQ(fields_of(rows, "attributed_revenue_last_touch", "x"), share("90.00", 1'000'000));
  EXPECT_EQ(fields_of(rows, "attributed_revenue_first_touch", "instagram"),
            share("90.00", 1'000'000));
  EXPECT_EQ(fields_of(rows, "attributed_revenue_linear", "x"), share("45.00", 500'000));
  EXPECT_EQ(fields_of(rows, "attributed_revenue_time_decay", "instagram"), share("30.00", 333'333));
  EXPECT_EQ(fields_of(rows, "attributed_revenue_equal_split", "_all"), share("90.00", 1'000'000));
  EXPECT_EQ(fields_of(rows, "new_customer_share", "web"), R"("numerator":1,"denominator":1,"n":1)");
  EXPECT_EQ(fields_of(rows, "cross_channel_customer_share", "x"),
            R"("numerator":1,"denominator":1,"n":1)");
  // An old touch ended without an order; the others became one.
  EXPECT_EQ(fields_of(rows, "attributed_order_share", "_all"),
            R"("numerator":1,"denominator":1,"n":1)");
}

}  // namespace
}  // namespace kaiku::generate
