#include "board/value_kpis.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using money::Flow;

const EventTime kTen = at("2026-03-02T10:00:00Z");

BoardPlan daily(std::string_view price_rows) {
  BoardPlan plan = plan_of({window_of("day", kDay)}, {"day"});
  auto prices = money::Prices::parse(
      "price,brand,channel,valid_from,amount\n" + std::string(price_rows), "prices.csv");
  EXPECT_TRUE(prices.has_value());
  plan.prices = std::make_shared<const money::Prices>(std::move(*prices));
  return plan;
}

Aggregate sale(Flow flow, int64_t euros, const char* currency = "EUR") {
  Aggregate delta;
  (flow == Flow::kOrder ? delta.orders : flow == Flow::kRefund ? delta.refunds : delta.spends) = 1;
  EXPECT_TRUE(delta.money.add(flow, currency_of(currency), base::day_of(kTen), euros * 1'000'000));
  return delta;
}

// The record of a KPI and channel in what is published; nothing if there is none.
std::map<std::string, JsonValue> by_name(const std::vector<Published>& all) {
  std::map<std::string, JsonValue> found;
  for (const Published& record : of(Dataset::kKpi, all)) {
    const JsonValue json = json_of(record);
    found[json.at("kpi") + "/" + json.at("channel")] = json;
  }
  return found;
}

std::map<std::string, JsonValue> closed(Desk& desk) {
  desk.advance(kTen + 3 * kDay);
  return by_name(desk.seal());
}

TEST(ValueKpis, AMailThatDidNotComeSavesSixtyFourSeconds) {
  // 8 hours with a mail every 300 s: 96 interruptions of 64 s, 6,144 s; 1,000 mails: 64,000 s, at
  // 40 euros an hour 711.11.
  Desk desk(
      daily("mails_per_day,kirkas,email,2026-01-01,96\n"
            "mails_per_day,tuuli,email,2026-01-01,1100\n"
            "wage_per_hour,*,*,2026-01-01,40\n"));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  desk.merge(kTen, "tuuli", "email", ItemType::kSupportMessage, mentions(100));
  const auto kpis = closed(desk);
  const JsonValue& day = kpis.at("interruption_time_avoided/email");
  EXPECT_EQ(day.at("brand"), "tuuli");  // the later of the two
  EXPECT_EQ(day.at("value"), "64000");
  EXPECT_EQ(day.at("n"), "100");
  EXPECT_EQ(day.at("baseline_mails"), "1100");
  EXPECT_EQ(day.at("value_basis"), "none");
  const JsonValue& cost = kpis.at("interruption_cost_avoided/email");
  EXPECT_EQ(cost.at("value"), "711.11");
  EXPECT_EQ(cost.at("unit"), "EUR");
  EXPECT_EQ(cost.at("value_basis"), "avoided");
}

TEST(ValueKpis, OnlyWhatCameFromOutsideInterruptsOrIsAContact) {
  // One mail, a customer's second one as a reply, four answers of the brand and two notes; forty
  // questions in the chat.
  Desk desk(
      daily("mails_per_day,*,email,2026-01-01,10\n"
            "contact_share,*,email,2026-01-01,0.5\n"));
  Aggregate mails;
  mails.by_relation = {7, 1, 0, 0, 0};
  mails.inbound = 2;
  mails.inbound_original = 1;
  desk.merge(kTen, "kirkas", "email", ItemType::kSupportMessage, mails);
  desk.merge(kTen, "kirkas", "chat", ItemType::kSupportMessage, mentions(40));
  const auto kpis = closed(desk);
  const JsonValue& time = kpis.at("interruption_time_avoided/email");
  EXPECT_EQ(time.at("n"), "2");
  EXPECT_EQ(time.at("value"), "512");  // 8 x 64 s
  const JsonValue& shift = kpis.at("channel_shift/email");
  EXPECT_EQ(shift.at("numerator"), "1");
  EXPECT_EQ(shift.at("denominator"), "41");
}

TEST(ValueKpis, AChannelWithoutAnyMailIsWhereMostIsAvoided) {
  Desk desk(daily("mails_per_day,kirkas,email,2026-01-01,96\n"));
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(1));
  const auto kpis = closed(desk);
  EXPECT_EQ(kpis.at("interruption_time_avoided/email").at("value"), "6144");
  EXPECT_EQ(kpis.count("interruption_cost_avoided/email"), 0U);  // no wage is known
}

TEST(ValueKpis, MoreMailsThanBeforeAvoidNothing) {
  Desk desk(daily("mails_per_day,*,email,2026-01-01,10\n"));
  desk.merge(kTen, "kirkas", "email", ItemType::kSupportMessage, mentions(11));
  EXPECT_EQ(closed(desk).at("interruption_time_avoided/email").at("value"), "0");
}

// What counters are told: the final of a day, once.
TEST(ValueKpis, ADayTellsItsSavedTimeOnceAndNeitherRevisionsNorARestartDoAgain) {
  BoardPlan plan = daily("mails_per_day,kirkas,email,2026-01-01,96\n");
  plan.windows = {
      window_of("week", 7 * kDay), window_of("trend", 7 * kDay, kDay), window_of("day", kDay)};
  plan.kpi_windows = {"week", "trend", "day"};
  Desk desk(plan);
  const auto told = [&desk] {
    std::vector<std::string> lines;
    for (const SavedTime& saved : desk.board().saved()) {
      lines.push_back(saved.brand + "/" + saved.channel + " " + std::to_string(saved.us));
    }
    return lines;
  };
  desk.merge(kTen, "kirkas", "email", ItemType::kSupportMessage, mentions(6));
  (void)desk.seal();
  EXPECT_TRUE(told().empty()) << "the day is open";
  desk.advance(kTen + kDay);
  (void)desk.seal();
  EXPECT_EQ(told(), std::vector<std::string>{"kirkas/email 5760000000"}) << "90 mails of 64 s";
  desk.merge(kTen, "kirkas", "email", ItemType::kSupportMessage, mentions(4));
  const auto revised = by_name(desk.seal());
  EXPECT_EQ(revised.at("interruption_time_avoided/email").at("kind"), "revision");
  EXPECT_TRUE(told().empty());
  desk.restart();
  EXPECT_TRUE(told().empty());
  desk.merge(kTen, "kirkas", "email", ItemType::kSupportMessage, mentions(1));
  (void)desk.seal();
  EXPECT_TRUE(told().empty()) << "it was final before the restart";
  desk.advance(kTen + 30 * kDay);
  std::set<std::string> windows;
  for (const Published& record : of(Dataset::kKpi, desk.seal())) {
    const JsonValue json = json_of(record);
    if (json.at("kpi") == "interruption_time_avoided") {
      windows.insert(json.at("window"));
    }
  }
  EXPECT_EQ(windows, (std::set<std::string>{"week", "trend"}));
  EXPECT_TRUE(told().empty()) << "the week has the same time again";
}

TEST(ValueKpis, SentimentNeedsThirtyLabels) {
  for (const int64_t neutral : {0, 1}) {
    Desk desk(plan_of({window_of("day", kDay)}, {"day"}));
    Aggregate delta = mentions(60);
    delta.sentiment_positive = 20;
    delta.sentiment_negative = 9;
    delta.sentiment_neutral = neutral;
    desk.merge(kTen, "kirkas", "x", ItemType::kMention, delta);
    const auto kpis = closed(desk);
    const JsonValue& net = kpis.at("net_sentiment/x");
    EXPECT_EQ(net.at("value"), neutral == 0 ? "" : "0.366667");
    EXPECT_EQ(net.at("numerator"), "11");
    EXPECT_EQ(net.at("denominator"), neutral == 0 ? "29" : "30");
    EXPECT_EQ(net.at("coverage"), neutral == 0 ? "0.483333" : "0.5");
    EXPECT_EQ(net.find("lo95") != nullptr, neutral != 0);
    EXPECT_EQ(kpis.at("net_sentiment/_all").at("numerator"), "11");
  }
}

TEST(ValueKpis, EngagementIsPerImpressionAndCopiesArePartOfAll) {
  Desk desk(plan_of({window_of("day", kDay)}, {"day"}));
  Aggregate delta = mentions(3);
  delta.impressions = 1'000;
  delta.likes = 20;
  delta.clicks = 5;
  delta.suppressed[0] = 1;
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, delta);
  desk.merge(kTen, "kirkas", "web", ItemType::kMention, mentions(4));
  const auto kpis = closed(desk);
  EXPECT_EQ(kpis.at("engagement_rate/x").at("value"), "0.025");
  EXPECT_EQ(kpis.at("engagement_rate/x").at("denominator_is"), "impressions");
  EXPECT_EQ(kpis.at("duplicate_share/x").at("value"), "0.25");
  EXPECT_EQ(kpis.at("duplicate_share/_all").at("value"), "0.125");
  EXPECT_EQ(kpis.count("engagement_rate/web"), 0U);
}

TEST(ValueKpis, ReplacementCostIsSaidOnlyWhenAskedFor) {
  for (const bool wanted : {false, true}) {
    BoardPlan plan = daily("cpm,*,x,2026-01-01,7.50\n");
    plan.replacement_cost = wanted;
    Desk desk(std::move(plan));
    Aggregate delta = mentions(1);
    delta.impressions = 10'000;
    desk.merge(kTen, "kirkas", "x", ItemType::kMention, delta);
    desk.merge(kTen, "kirkas", "x", ItemType::kBusinessEvent, sale(Flow::kSpend, 10));
    const auto kpis = closed(desk);
    ASSERT_EQ(kpis.count("replacement_cost/x"), wanted ? 1U : 0U);
    if (wanted) {
      EXPECT_EQ(kpis.at("replacement_cost/x").at("value"), "75.00");
      EXPECT_EQ(kpis.at("replacement_cost/x").at("value_basis"), "replacement_cost");
    }
    EXPECT_EQ(kpis.at("ad_spend/x").at("value"), "10.00");
  }
}

TEST(ValueKpis, AvoidedContactsHaveThePriceOfTheirChannel) {
  Desk desk(daily("cost_per_contact,*,*,2026-01-01,5\ncost_per_contact,*,forum,2026-03-02,8.40\n"));
  Aggregate delta = mentions(2);
  delta.conversations.make().opened = 3;
  delta.conversations.make().deflected = 3;
  desk.merge(kTen, "kirkas", "forum", ItemType::kSupportMessage, delta);
  const auto kpis = closed(desk);
  const JsonValue& avoided = kpis.at("avoided_contact_cost/forum");
  EXPECT_EQ(avoided.at("value"), "25.20");
  EXPECT_EQ(avoided.at("n"), "3");
  EXPECT_EQ(avoided.at("price_amount"), "8.4");
  EXPECT_EQ(avoided.at("value_basis"), "avoided");
}

TEST(ValueKpis, TheShiftOfAChannelIsAgainstItsFrozenShare) {
  Desk desk(
      daily("contact_share,*,email,2026-01-01,0.6\n"
            "contact_share,*,chat,2026-01-01,0.1\n"));
  desk.merge(kTen, "kirkas", "email", ItemType::kSupportMessage, mentions(30));
  desk.merge(kTen, "kirkas", "chat", ItemType::kSupportMessage, mentions(70));
  const auto kpis = closed(desk);
  EXPECT_EQ(kpis.at("channel_shift/email").at("value"), "-0.3");
  EXPECT_EQ(kpis.at("channel_shift/chat").at("value"), "0.6");
  EXPECT_EQ(kpis.at("channel_shift/chat").at("denominator"), "100");
}

TEST(ValueKpis, AReturnNeedsSpendAndEveryRate) {
  Desk desk(daily("margin,*,*,2026-01-01,0.4\n"));
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, 1'000));
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kRefund, 100));
  desk.merge(kTen, "kirkas", "x", ItemType::kBusinessEvent, sale(Flow::kSpend, 200));
  desk.merge(kTen, "tuuli", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, 5));
  desk.merge(kTen, "tuuli", "web", ItemType::kBusinessEvent, sale(Flow::kSpend, 5, "SEK"));
  desk.advance(kTen + 3 * kDay);
  std::map<std::string, JsonValue> found;
  for (const Published& record : of(Dataset::kKpi, desk.seal())) {
    const JsonValue json = json_of(record);
    if (json.at("kpi") == "return_on_spend") {
      found[json.at("brand") + "/" + json.at("channel")] = json;
    }
  }
  // (900 x 0.4 - 200) / 200
  EXPECT_EQ(found.at("kirkas/_all").at("value"), "0.8");
  EXPECT_EQ(found.at("kirkas/_all").at("method"), "booked_revenue.v1");
  EXPECT_EQ(found.at("kirkas/_all").at("margin"), "0.4");
  EXPECT_EQ(found.count("kirkas/web"), 0U);           // nothing was spent there
  EXPECT_EQ(found.at("tuuli/_all").at("value"), "");  // null: no rate for the krona
  EXPECT_EQ(found.count("kirkas/x"), 0U);             // what it led to nobody knows
  EXPECT_EQ(found.at("tuuli/web").at("method"), "booked_revenue.v1");
}

// What 100 euros at youtube led to: an order of 1,000 at the shop.
std::map<std::string, JsonValue> returns(int64_t joined) {
  BoardPlan plan = daily("margin,*,*,2026-01-01,0.4\n");
  plan.attribution = {30 * kDay, 7 * kDay};
  Desk desk(std::move(plan));
  Aggregate order = sale(Flow::kOrder, 1'000);
  order.attribution.make().orders_attributed = 1;
  order.attribution.make().joined_orders = joined;
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, order);
  desk.merge(kTen, "kirkas", "youtube", ItemType::kBusinessEvent, sale(Flow::kSpend, 100));
  desk.merge(kTen, "kirkas", "radio", ItemType::kBusinessEvent, sale(Flow::kSpend, 50));
  Aggregate credit;
  EXPECT_TRUE(credit.attribution.make().revenue[0].add(
      Flow::kOrder, currency_of("EUR"), base::day_of(kTen), 1'000'000'000));
  desk.merge(kTen, "kirkas", joined == 0 ? "_none" : "youtube", ItemType::kBusinessEvent, credit);
  desk.advance(kTen + 3 * kDay);
  std::map<std::string, JsonValue> found;
  for (const Published& record : of(Dataset::kKpi, desk.seal())) {
    const JsonValue json = json_of(record);
    if (json.at("kpi") == "return_on_spend") {
      found[json.at("channel")] = json;
    }
  }
  return found;
}

TEST(ValueKpis, TheReturnOfAChannelIsOfWhatItsLastTouchesLedTo) {
  const auto found = returns(1);
  // (1,000 x 0.4 - 100) / 100
  EXPECT_EQ(found.at("youtube").at("value"), "3");
  EXPECT_EQ(found.at("youtube").at("net_revenue"), "1000.00");
  EXPECT_EQ(found.at("youtube").at("spend"), "100.00");
  EXPECT_EQ(found.at("youtube").at("method"), "attributed_last_touch.v1");
  EXPECT_EQ(found.at("radio").at("value"), "-1");  // it led to nothing, and that is known
  EXPECT_EQ(found.at("_all").at("method"), "booked_revenue.v1");
  EXPECT_EQ(found.at("_all").at("net_revenue"), "1000.00");
  EXPECT_EQ(found.count("web"), 0U);
}

TEST(ValueKpis, WhereNoOrderIsJoinedNoChannelHasAReturn) {
  const auto found = returns(0);
  EXPECT_EQ(found.size(), 1U);
  EXPECT_EQ(found.count("_all"), 1U);
}

}  // namespace
}  // namespace kaiku::board
