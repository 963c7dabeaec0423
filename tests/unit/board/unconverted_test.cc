// A rate that is missing, and then comes: what left it out is revised once.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const EventTime kNoon = at("2026-03-02T12:00:00Z");

std::shared_ptr<const money::Rates> rates_of(const std::string& rows) {
  auto rates = money::Rates::parse(currency_of("EUR"), "currency,date,rate\n" + rows, "rates.csv");
  EXPECT_TRUE(rates.has_value()) << rates.error().message();
  return std::make_shared<const money::Rates>(*rates);
}

Aggregate sold(const char* currency, int64_t micros) {
  Aggregate delta;
  delta.orders = 1;
  EXPECT_TRUE(
      delta.money.add(money::Flow::kOrder, currency_of(currency), base::day_of(kNoon), micros));
  return delta;
}

std::vector<std::string> revenue(const std::vector<Published>& all) {
  std::vector<std::string> lines;
  for (const Published& record : of(Dataset::kKpi, all)) {
    const JsonValue json = json_of(record);
    if (json.at("kpi") == "booked_revenue") {
      lines.push_back(json.at("brand") + "/" + json.at("channel") + " " + json.at("revision") +
                      ": " + json.at("value"));
    }
  }
  return lines;
}

class Unconverted : public testing::Test {
 protected:
  Unconverted() : desk(plan_of({window_of("hour", kHour)}, {"hour"})) {
    desk.merge(kNoon, "kirkas", "web", ItemType::kBusinessEvent, sold("EUR", 10'000'000));
    desk.merge(kNoon, "kirkas", "shop", ItemType::kBusinessEvent, sold("USD", 20'000'000));
    desk.merge(kNoon, "tuuli", "web", ItemType::kBusinessEvent, sold("EUR", 5'000'000));
    desk.advance(kNoon + 2 * kHour);
    first = revenue(desk.seal());
  }

  Desk desk;
  std::vector<std::string> first;
};

TEST_F(Unconverted, OneRevisionWhenTheRateComes) {
  EXPECT_THAT(first,
              ElementsAre("kirkas/shop 0: 0.00",
                          "kirkas/web 0: 10.00",
                          "kirkas/_all 0: 10.00",
                          "tuuli/web 0: 5.00",
                          "tuuli/_all 0: 5.00"));
  desk.board().adopt(rates_of("USD,2026-03-01,0.9\n"));
  EXPECT_TRUE(desk.board().has_work());
  // What was complete says nothing again.
  EXPECT_THAT(revenue(desk.seal()), ElementsAre("kirkas/shop 1: 18.00", "kirkas/_all 1: 28.00"));
  EXPECT_FALSE(desk.board().has_work());
  desk.board().adopt(rates_of("USD,2026-03-01,0.8\n"));
  EXPECT_FALSE(desk.board().has_work());
  EXPECT_THAT(desk.seal(), IsEmpty());
}

TEST_F(Unconverted, AnotherRateSaysNothing) {
  desk.board().adopt(rates_of("GBP,2026-03-01,1.2\n"));
  EXPECT_THAT(desk.seal(), IsEmpty());
  desk.board().adopt(rates_of("GBP,2026-03-01,1.2\nUSD,2026-03-02,0.9\n"));
  EXPECT_THAT(revenue(desk.seal()), ElementsAre("kirkas/shop 1: 18.00", "kirkas/_all 1: 28.00"));
}

TEST_F(Unconverted, SoAfterARestart) {
  desk.restart();
  EXPECT_THAT(desk.seal(), IsEmpty());  // the same table
  desk.restart();
  desk.board().adopt(rates_of("USD,2026-03-01,0.9\n"));
  EXPECT_THAT(revenue(desk.seal()), ElementsAre("kirkas/shop 1: 18.00", "kirkas/_all 1: 28.00"));
  desk.restart();
  desk.board().adopt(rates_of("USD,2026-03-01,0.9\n"));
  EXPECT_THAT(desk.seal(), IsEmpty());
}

TEST_F(Unconverted, ACorrectionIsConvertedByWhatIsThere) {
  desk.board().adopt(rates_of("USD,2026-03-01,0.9\n"));
  desk.merge(kNoon, "kirkas", "shop", ItemType::kBusinessEvent, sold("USD", 10'000'000));
  EXPECT_THAT(revenue(desk.seal()), ElementsAre("kirkas/shop 1: 27.00", "kirkas/_all 1: 37.00"));
}

TEST_F(Unconverted, APurgedWindowIsBookedNow) {
  Desk other(plan_of({window_of("hour", kHour, 0, "", 10 * kMinute, kHour)}, {"hour"}));
  other.advance(kNoon + 12 * kHour, kNoon + 12 * kHour);
  other.merge(kNoon, "kirkas", "web", ItemType::kBusinessEvent, sold("EUR", 10'000'000));
  EXPECT_EQ(other.board().counts().adjustments, 1U);
  other.advance(kNoon + 14 * kHour, kNoon + 12 * kHour);
  const auto out = of(Dataset::kKpi, other.seal());
  ASSERT_FALSE(out.empty());
  EXPECT_EQ(json_of(out.front()).at("prior_period_adjustments"), "1");
  EXPECT_EQ(json_of(out.front()).at("window_start"), "2026-03-03T00:00:00Z");
}

}  // namespace
}  // namespace kaiku::board
