// Orders, refunds and spend: upserts by version.
#include <gtest/gtest.h>

#include "oracle/money.h"
#include "oracle/oracle.h"
#include "oracle/sample.h"

namespace kaiku::oracle {
namespace {

const CellKey kDayCell{"day", kNoon - 12 * kHour, "kirkas", "other", "business_event"};

Json version_of(Json item, int version) {
  item["native_version"] = std::to_string(version);
  item["event_id"] = "v" + std::to_string(version);
  return item;
}

TEST(OracleBusiness, TheHighestVersionIsInForceWhateverTheOrder) {
  std::vector<Json> versions = {version_of(order("1", "order", "10.00"), 1),
                                version_of(order("1", "order", "12.50"), 2),
                                version_of(order("1", "order", "11.00"), 10)};
  std::sort(versions.begin(), versions.end());
  do {
    Tape tape;
    for (const Json& version : versions) {
      tape.add(version, kNoon, "shop");
    }
    const Expected expected = run(sample_plan(), tape.records);
    const Figures& figures = expected.cell(kDayCell);
    EXPECT_EQ(figures.orders, 1);
    EXPECT_EQ(figures.count_total(), 0);
    EXPECT_EQ(base_text(sample_plan(), figures, "order"), "11.00");
  } while (std::next_permutation(versions.begin(), versions.end()));
}

TEST(OracleBusiness, SeenVersionsAreDuplicates) {
  Tape tape;
  tape.add(version_of(order("1", "order", "12.50"), 2), kNoon, "shop");
  tape.add(version_of(order("1", "order", "10.00"), 1), kNoon, "shop");
  tape.add(version_of(order("1", "order", "12.50"), 2), kNoon, "shop");
  tape.add(version_of(order("1", "order", "13.00"), 3), kNoon, "shop");
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(expected.outcomes.at("shop").counted, 3);
  EXPECT_EQ(expected.outcomes.at("shop").duplicate.at("business"), 1);
  EXPECT_EQ(of(expected.cell(kDayCell).suppressed, "business"), 1);
}

TEST(OracleBusiness, WithoutAVersionTheOperationTimeOrders) {
  Json update = order("1", "order", "20.00");
  update.update({{"op", "update"}, {"observed_at", time_text(kNoon + kHour)}});
  Tape tape;
  tape.add(update, kNoon + kHour, "shop").add(order("1", "order", "10.00"), kNoon + kHour, "shop");
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(base_text(sample_plan(), expected.cell(kDayCell), "order"), "20.00");
}

TEST(OracleBusiness, VersionsMayBeTimes) {
  Json newer = order("1", "order", "20.00");
  newer["native_version"] = "2026-03-02T13:00:00+02:00";
  Json newest = order("1", "order", "30.00");
  newest["native_version"] = "2026-03-02T11:30:00Z";
  Json same = newer;
  same["native_version"] = "2026-03-02T11:00:00Z";
  Tape tape;
  tape.add(newest, kNoon, "shop").add(newer, kNoon, "shop").add(same, kNoon, "shop");
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(base_text(sample_plan(), expected.cell(kDayCell), "order"), "30.00");
  EXPECT_EQ(expected.outcomes.at("shop").duplicate.at("business"), 1);
}

TEST(OracleBusiness, EqualMoneyOfTwoIdsIsTwoOrders) {
  Tape tape;
  tape.add(order("1", "order", "5.00"), kNoon, "shop")
      .add(order("2", "order", "5.00"), kNoon, "shop");
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(expected.cell(kDayCell).orders, 2);
  EXPECT_EQ(base_text(sample_plan(), expected.cell(kDayCell), "order"), "10.00");
}

TEST(OracleBusiness, BusinessEventsAreNeverLateOrTooOld) {
  Json old = order("2", "order", "5.00");
  old["occurred_at"] = time_text(kNoon - 400 * kDay);
  Tape tape;
  tape.add(order("1", "order", "5.00"), kNoon, "shop").add(old, kNoon, "shop");
  EXPECT_EQ(run(sample_plan(), tape.records).outcomes.at("shop").counted, 2);
}

TEST(OracleBusiness, ARefundIsAMagnitudeAtTheRateOfItsOrder) {
  OraclePlan plan = sample_plan();
  plan.rates = {{"USD", "2026-03-02", "0.50"}, {"USD", "2026-04-11", "0.75"}};
  const Micros later = kNoon + 40 * kDay;
  Json bought = order("1", "order", "10.00");
  bought["currency"] = "USD";
  Json refund = order("r1", "refund", "-4.00");
  refund.update({{"currency", "USD"}, {"occurred_at", time_text(later)}, {"relates_to", "1"}});
  refund.erase("brand_id");
  refund["channel"] = "web";
  for (const bool refund_first : {false, true}) {
    Tape tape;
    tape.add(refund_first ? refund : bought, later, "shop");
    tape.add(refund_first ? bought : refund, later, "shop");
    const Expected expected = run(plan, tape.records);
    const Figures& figures =
        expected.cell({"day", window_start(later, kDay), "kirkas", "other", "business_event"});
    EXPECT_EQ(figures.refunds, 1);
    EXPECT_EQ(base_text(plan, figures, "refund"), "2.00");
  }
  Tape alone;
  const Expected expected = run(plan, alone.add(refund, later, "shop").records);
  const Figures& figures =
      expected.cell({"day", window_start(later, kDay), "_other", "other", "business_event"});
  EXPECT_EQ(base_text(plan, figures, "refund"), "3.00");
}

TEST(OracleBusiness, TestOrdersAreIgnored) {
  Json item = order("1", "order", "10.00");
  item["test"] = true;
  Tape tape;
  const Expected expected = run(sample_plan(), tape.add(item, kNoon, "shop").records);
  EXPECT_EQ(expected.outcomes.at("shop").ignored, 1);
  EXPECT_TRUE(expected.cell(kDayCell).is_zero());
}

TEST(OracleBusiness, DeletedAndCancelledOrdersContributeNothing) {
  Json deletion = version_of(order("1", "order", "10.00"), 2);
  deletion["op"] = "delete";
  Json cancellation = order("c2", "cancellation", "0");
  cancellation["relates_to"] = "2";
  Tape tape;
  tape.add(version_of(order("1", "order", "10.00"), 1), kNoon, "shop").add(deletion, kNoon, "shop");
  tape.add(order("2", "order", "7.00"), kNoon, "shop").add(cancellation, kNoon, "shop");
  tape.add(order("3", "ad_spend", "3.00"), kNoon, "shop");
  const Expected expected = run(sample_plan(), tape.records);
  const Figures& figures = expected.cell(kDayCell);
  EXPECT_EQ(figures.orders, 0);
  EXPECT_EQ(figures.spends, 1);
  EXPECT_EQ(base_text(sample_plan(), figures, "spend"), "3.00");
  EXPECT_EQ(expected.outcomes.at("shop").counted, 5);
}

TEST(OracleBusiness, SpendOfAPeriodIsSharedByItsDays) {
  Json spend = order("1", "ad_spend", "0.000010");
  spend.update({{"period_start", time_text(kNoon)}, {"period_end", time_text(kNoon + 36 * kHour)}});
  Tape tape;
  const Expected expected = run(sample_plan(), tape.add(spend, kNoon, "shop").records);
  const auto of_day = [&](int day) {
    CellKey key = kDayCell;
    key.start += day * kDay;
    const Figures& figures = expected.cell(key);
    return std::pair(figures.spends,
                     figures.money.empty() ? Wide{0} : figures.money.begin()->second);
  };
  // 12 hours of 36, then 24: 3.3 and 6.7 micros.
  EXPECT_EQ(of_day(0), (std::pair<int64_t, Wide>(1, 3)));
  EXPECT_EQ(of_day(1), (std::pair<int64_t, Wide>(0, 7)));
}

}  // namespace
}  // namespace kaiku::oracle
