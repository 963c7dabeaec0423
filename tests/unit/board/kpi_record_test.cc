#include "board/kpi_record.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using money::Flow;
using testing::ElementsAre;
using testing::IsEmpty;

const EventTime kTen = at("2026-03-02T10:00:00Z");

std::shared_ptr<const money::Rates> dollars() {
  auto rates =
      money::Rates::parse(currency_of("EUR"), "currency,date,rate\nUSD,2026-03-02,0.9\n", "r");
  EXPECT_TRUE(rates.has_value());
  return std::make_shared<const money::Rates>(std::move(*rates));
}

Aggregate sale(Flow flow, const char* currency, int64_t micros, EventTime time = kTen) {
  Aggregate delta;
  (flow == Flow::kOrder ? delta.orders : flow == Flow::kRefund ? delta.refunds : delta.spends) = 1;
  EXPECT_TRUE(delta.money.add(flow, currency_of(currency), base::day_of(time), micros));
  return delta;
}

BoardPlan hourly() {
  BoardPlan plan = plan_of({window_of("minute", kMinute), window_of("hour", kHour)}, {"hour"});
  plan.rates = dollars();
  return plan;
}

// "booked_revenue kirkas/web final 0: 12.30 EUR"
std::vector<std::string> kpis(const std::vector<Published>& all) {
  std::vector<std::string> lines;
  for (const Published& record : of(Dataset::kKpi, all)) {
    const JsonValue json = json_of(record);
    lines.push_back(json.at("kpi") + " " + json.at("brand") + "/" + json.at("channel") + " " +
                    json.at("kind") + " " + json.at("revision") + ": " + json.at("value") + " " +
                    json.at("unit"));
  }
  return lines;
}

TEST(KpiRecord, BookedFiguresComeByChannelAndOverAllChannels) {
  Desk desk(hourly());
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 100'500'000));
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "USD", 10'000'000));
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kRefund, "EUR", 20'000'000));
  desk.merge(
      kTen, "kirkas", "shop", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 1'000'000));
  desk.merge(kTen, "kirkas", "x", ItemType::kBusinessEvent, sale(Flow::kSpend, "EUR", 7'000'000));
  EXPECT_THAT(kpis(desk.seal()), IsEmpty());
  desk.advance(kTen + 2 * kHour);
  EXPECT_THAT(kpis(desk.seal()),
              ElementsAre("booked_revenue kirkas/shop final 0: 1.00 EUR",
                          "refunds kirkas/shop final 0: 0.00 EUR",
                          "booked_net_revenue kirkas/shop final 0: 1.00 EUR",
                          "booked_revenue kirkas/web final 0: 109.50 EUR",
                          "refunds kirkas/web final 0: 20.00 EUR",
                          "booked_net_revenue kirkas/web final 0: 89.50 EUR",
                          "ad_spend kirkas/x final 0: 7.00 EUR",
                          "booked_revenue kirkas/_all final 0: 110.50 EUR",
                          "refunds kirkas/_all final 0: 20.00 EUR",
                          "booked_net_revenue kirkas/_all final 0: 90.50 EUR",
                          "ad_spend kirkas/_all final 0: 7.00 EUR"));
}

TEST(KpiRecord, AMoneyRecordHasItsFieldsInOrder) {
  Desk desk(hourly());
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 12'345'678));
  desk.advance(kTen + 2 * kHour);
  const auto out = of(Dataset::kKpi, desk.seal());
  ASSERT_EQ(out.size(), 6U);
  EXPECT_EQ(
      out[0].value,
      R"({"schema":"kaiku.kpi.v1","pipeline":"drinks-eu","kpi":"booked_revenue","metric_id":"M01",)"
      R"("stage":"impact","value_basis":"booked","scope":"brand x channel","brand":"kirkas",)"
      R"("channel":"web","window":"hour","window_start":"2026-03-02T10:00:00Z",)"
      R"("window_end":"2026-03-02T11:00:00Z","kind":"final","revision":0,"definition_version":1,"value":"12.35",)"
      R"("unit":"EUR","n":1,"rates_version":")" +
          dollars()->version() + R"(","method":"sum.v1"})");
  EXPECT_EQ(out[0].key,
            R"({"kpi":"booked_revenue","brand":"kirkas","channel":"web","window":"hour",)"
            R"("window_start":"2026-03-02T10:00:00Z"})");
  EXPECT_EQ(out[0].kind, Kind::kFinal);
  EXPECT_EQ(json_of(out[3]).at("scope"), "brand");
}

TEST(KpiRecord, TheShareOfBugReportsHasItsInterval) {
  Desk desk(hourly());
  desk.merge(kTen, "scoop", "x", ItemType::kBugReport, mentions(30));
  desk.merge(kTen, "scoop", "mail", ItemType::kBugReport, mentions(60));
  Aggregate replies;
  replies.by_relation[1] = replies.inbound = 50;
  Aggregate by_the_brand;
  by_the_brand.by_relation[0] = 40;
  desk.merge(kTen, "scoop", "mail", ItemType::kBugReport, by_the_brand);
  desk.merge(kTen, "scoop", "x", ItemType::kBugReport, replies);
  desk.merge(kTen, "scoop", "forum", ItemType::kBugReport, replies);
  desk.merge(kTen, "scoop", "x", ItemType::kMention, mentions(500));
  desk.advance(kTen + 2 * kHour);
  const auto out = of(Dataset::kKpi, desk.seal());
  ASSERT_EQ(out.size(), 2U) << "a channel without originals has no share";
  EXPECT_EQ(
      out[1].value,
      R"({"schema":"kaiku.kpi.v1","pipeline":"drinks-eu","kpi":"bug_report_channel_share",)"
      R"("metric_id":"M14","stage":"outcome","value_basis":"none","scope":"brand x channel",)"
      R"("brand":"scoop","channel":"x","window":"hour","window_start":"2026-03-02T10:00:00Z",)"
      R"("window_end":"2026-03-02T11:00:00Z","kind":"final","revision":0,"definition_version":2,"value":0.333333,)"
      R"("unit":"ratio","numerator":30,"denominator":90,"n":90,"lo95":0.244535,"hi95":0.435777,)"
      R"("method":"wilson.v1"})");
  EXPECT_EQ(json_of(out[0]).at("channel"), "mail");
}

TEST(KpiRecord, OnlyWhatChangedIsRevised) {
  Desk desk(hourly());
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 10'000'000));
  desk.merge(
      kTen, "kirkas", "shop", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 1'000'000));
  desk.merge(kTen, "other", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 1'000'000));
  desk.advance(kTen + 2 * kHour);
  (void)desk.seal();
  desk.restart();
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kRefund, "EUR", 4'000'000));
  EXPECT_THAT(kpis(desk.seal()),
              ElementsAre("refunds kirkas/web revision 1: 4.00 EUR",
                          "booked_net_revenue kirkas/web revision 1: 6.00 EUR",
                          "refunds kirkas/_all revision 1: 4.00 EUR",
                          "booked_net_revenue kirkas/_all revision 1: 7.00 EUR"));
  desk.merge(kTen, "kirkas", "web", ItemType::kMention, mentions(1));
  Aggregate copy;
  copy.suppressed[4] = 1;
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, copy);
  EXPECT_THAT(kpis(desk.seal()), IsEmpty());
  Aggregate taken_back = sale(Flow::kRefund, "EUR", -4'000'000);
  taken_back.refunds = -1;
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, taken_back);
  EXPECT_THAT(kpis(desk.seal()),
              ElementsAre("refunds kirkas/web revision 2: 0.00 EUR",
                          "booked_net_revenue kirkas/web revision 2: 10.00 EUR",
                          "refunds kirkas/_all revision 2: 0.00 EUR",
                          "booked_net_revenue kirkas/_all revision 2: 11.00 EUR"));
}

TEST(KpiRecord, FiguresThatVanishAreCorrectedToZero) {
  Desk desk(hourly());
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 10'000'000));
  desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, mentions(1));
  desk.advance(kTen + 2 * kHour);
  (void)desk.seal();
  Aggregate taken_back = sale(Flow::kOrder, "EUR", -10'000'000);
  taken_back.orders = -1;
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, taken_back);
  desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, mentions(-1));
  const auto out = desk.seal();
  EXPECT_THAT(kpis(out),
              ElementsAre("booked_revenue kirkas/web revision 1: 0.00 EUR",
                          "booked_net_revenue kirkas/web revision 1: 0.00 EUR",
                          "bug_report_channel_share kirkas/x revision 1:  ratio",
                          "booked_revenue kirkas/_all revision 1: 0.00 EUR",
                          "booked_net_revenue kirkas/_all revision 1: 0.00 EUR"));
  const JsonValue share = json_of(of(Dataset::kKpi, out).at(2));
  EXPECT_EQ(share.find("value")->kind, JsonValue::Kind::kNull);
  EXPECT_EQ(share.find("lo95"), nullptr);
}

TEST(KpiRecord, ANewReportChangesTheShareOfEveryChannel) {
  Desk desk(hourly());
  desk.merge(kTen, "scoop", "x", ItemType::kBugReport, mentions(1));
  desk.merge(kTen, "scoop", "mail", ItemType::kBugReport, mentions(1));
  desk.advance(kTen + 2 * kHour);
  (void)desk.seal();
  desk.merge(kTen, "scoop", "web", ItemType::kBugReport, mentions(2));
  EXPECT_THAT(kpis(desk.seal()),
              ElementsAre("bug_report_channel_share scoop/mail revision 1: 0.25 ratio",
                          "bug_report_channel_share scoop/web final 0: 0.5 ratio",
                          "bug_report_channel_share scoop/x revision 1: 0.25 ratio"));
}

TEST(KpiRecord, SumsWithoutARateAreListed) {
  Desk desk(hourly());
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 5'000'000));
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "SEK", 90'500'000));
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kRefund, "SEK", 500'000));
  desk.merge(
      kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kRefund, "NOK", 1'250'000));
  desk.advance(kTen + 2 * kHour);
  const auto out = of(Dataset::kKpi, desk.seal());
  const auto unconverted = [&out](size_t i) {
    std::string text;
    const JsonValue json = json_of(out.at(i));
    for (const JsonValue& entry : json.find("unconverted")->items) {
      text += entry.at("currency") + " " + entry.at("amount") + " " + entry.at("rate_date") + ";";
    }
    return text;
  };
  EXPECT_EQ(json_of(out.at(0)).at("value"), "5.00");
  EXPECT_EQ(unconverted(0), "SEK 90.5 2026-03-02;");
  EXPECT_EQ(unconverted(1), "NOK 1.25 2026-03-02;SEK 0.5 2026-03-02;");
  EXPECT_EQ(unconverted(2), "NOK -1.25 2026-03-02;SEK 90 2026-03-02;");
}

TEST(KpiRecord, AllChannelsTogetherMayHoldMoreCurrenciesThanOneCell) {
  Desk desk(hourly());
  for (int channel = 0; channel < 3; ++channel) {
    for (int day = 0; day < 200; ++day) {
      desk.merge(kTen,
                 "kirkas",
                 "shop-" + std::to_string(channel),
                 ItemType::kBusinessEvent,
                 sale(Flow::kOrder, "EUR", 1'000'000, kTen - (200 * channel + day) * kDay));
    }
  }
  desk.advance(kTen + 2 * kHour);
  const auto lines = kpis(desk.seal());
  EXPECT_THAT(lines, testing::Contains("booked_revenue kirkas/shop-1 final 0: 200.00 EUR"));
  EXPECT_THAT(lines, testing::Contains("booked_revenue kirkas/_all final 0: 600.00 EUR"));
}

TEST(KpiRecord, OverlappingWindowsHaveTheirOwn) {
  BoardPlan plan = plan_of({window_of("trend", kHour, 30 * kMinute)}, {"trend"});
  Desk desk(std::move(plan));
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 1'000'000));
  desk.merge(kTen + 30 * kMinute,
             "kirkas",
             "web",
             ItemType::kBusinessEvent,
             sale(Flow::kOrder, "EUR", 2'000'000));
  desk.advance(base::kTimeEnd);
  std::vector<std::string> values;
  for (const Published& record : of(Dataset::kKpi, desk.seal())) {
    const JsonValue json = json_of(record);
    if (json.at("kpi") == "booked_revenue" && json.at("channel") == "web") {
      values.push_back(json.at("window_start").substr(11, 5) + " " + json.at("value"));
    }
  }
  EXPECT_THAT(values, ElementsAre("09:30 1.00", "10:00 3.00", "10:30 2.00"));
}

TEST(KpiRecord, WithoutRatesTheBaseIsEuros) {
  BoardPlan plan = plan_of({window_of("hour", kHour)}, {"hour"});
  plan.rates = nullptr;
  Desk desk(std::move(plan));
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sale(Flow::kOrder, "EUR", 1'000'000));
  desk.advance(base::kTimeEnd);
  EXPECT_THAT(kpis(desk.seal()), testing::Contains("booked_revenue kirkas/web final 0: 1.00 EUR"));
}

}  // namespace
}  // namespace kaiku::board
