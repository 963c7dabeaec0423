#include "kaiku/money/rates.h"

#include <gtest/gtest.h>

#include "kaiku/base/event_time.h"
#include "kaiku/money/decimal.h"

#include "money/wide.h"

namespace kaiku::money {
namespace {

const model::Currency kEur = *parse_currency("EUR");
const model::Currency kUsd = *parse_currency("USD");
const model::Currency kJpy = *parse_currency("JPY");
const auto kMarchSecond = static_cast<int32_t>(base::days_from_civil(2026, 3, 2));

Rates rates_of(std::string_view rows, model::Currency base = kEur) {
  auto parsed = Rates::parse(base, "currency,date,rate\n" + std::string(rows), "rates.csv");
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().message());
  return std::move(parsed).value();
}

std::string error_of(std::string_view csv) {
  const auto parsed = Rates::parse(kEur, csv, "rates.csv");
  EXPECT_FALSE(parsed.has_value()) << csv;
  return parsed ? "" : parsed.error().message();
}

Int128 converted(const Rates& rates, model::Currency currency, int32_t day, Int128 micros) {
  MoneySums sums;
  EXPECT_TRUE(sums.add(Flow::kOrder, currency, day, micros));
  const Rates::Total total = rates.convert(sums, Flow::kOrder);
  EXPECT_TRUE(total.complete);
  return total.micros;
}

TEST(Rates, ConvertsWithTheRateOfTheDay) {
  const Rates rates = rates_of("USD,2026-03-02,0.923456789012\nUSD,2026-03-03,0.5\n");
  // 409.94 x 0.923456789012 = 378.561876...
  EXPECT_EQ(format_micros(converted(rates, kUsd, kMarchSecond, 409'940'000)), "378.56");
  EXPECT_EQ(format_micros(converted(rates, kUsd, kMarchSecond + 1, 409'940'000)), "204.97");
}

TEST(Rates, LooksAtMostSevenDaysBack) {
  const Rates rates = rates_of("USD,2026-03-02,0.5\nGBP,2026-03-01,2\n");
  EXPECT_EQ(format_micros(converted(rates, kUsd, kMarchSecond + 7, 2'000'000)), "1");
  for (const int32_t day : {kMarchSecond + 8, kMarchSecond - 1}) {
    MoneySums sums;
    ASSERT_TRUE(sums.add(Flow::kOrder, kUsd, day, 2'000'000));
    const Rates::Total total = rates.convert(sums, Flow::kOrder);
    EXPECT_FALSE(total.complete);
    EXPECT_EQ(total.unconverted.size(), 1U);
    EXPECT_TRUE(total.micros == 0);
  }
}

TEST(Rates, TheBaseCurrencyConvertsToItself) {
  const Rates none(kEur);
  EXPECT_EQ(format_micros(converted(none, kEur, 0, 1'230'000)), "1.23");
  EXPECT_EQ(none.version(), "none");
}

TEST(Rates, RoundsTheWholeSumOnce) {
  // Two halves of a cent make a cent; rounded one by one they would make none.
  const Rates rates = rates_of("USD,2026-03-02,0.5\nUSD,2026-03-03,0.5\n");
  MoneySums sums;
  ASSERT_TRUE(sums.add(Flow::kOrder, kUsd, kMarchSecond, 10'000));
  ASSERT_TRUE(sums.add(Flow::kOrder, kUsd, kMarchSecond + 1, 10'000));
  ASSERT_TRUE(sums.add(Flow::kRefund, kUsd, kMarchSecond + 1, 70'000));
  EXPECT_EQ(format_micros(rates.convert(sums, Flow::kOrder).micros), "0.01");
  EXPECT_EQ(format_micros(rates.convert(sums, Flow::kRefund).micros), "0.04");  // 0.035
  EXPECT_TRUE(rates.convert(sums, Flow::kSpend).micros == 0);
  EXPECT_EQ(format_micros(converted(rates, kUsd, kMarchSecond, 50'000)), "0.02");  // 0.025
  EXPECT_EQ(format_micros(converted(rates, kUsd, kMarchSecond, -50'000)), "-0.02");
}

TEST(Rates, RoundsToTheExponentOfTheBaseCurrency) {
  const Rates yen = rates_of("EUR,2026-03-02,160.5\n", kJpy);
  EXPECT_EQ(format_micros(converted(yen, kEur, kMarchSecond, 1'000'000)), "160");
  EXPECT_EQ(format_micros(converted(yen, kEur, kMarchSecond, 3'000'000)), "482");  // 481.5
}

TEST(Rates, NeverWrapsNearTheLimits) {
  const Rates rates =
      rates_of("USD,2026-03-02,999999999.999999999999\nJPY,2026-03-02,0.000000000001\n");
  MoneySums sums;
  ASSERT_TRUE(sums.add(Flow::kOrder, kUsd, kMarchSecond, kInt128Max));
  ASSERT_TRUE(sums.add(Flow::kRefund, kUsd, kMarchSecond, kInt128Min));
  ASSERT_TRUE(sums.add(Flow::kSpend, kJpy, kMarchSecond, kInt128Max));
  EXPECT_FALSE(rates.convert(sums, Flow::kOrder).complete);
  EXPECT_TRUE(rates.convert(sums, Flow::kOrder).micros == kInt128Max);
  EXPECT_FALSE(rates.convert(sums, Flow::kRefund).complete);
  EXPECT_TRUE(rates.convert(sums, Flow::kRefund).micros == -kInt128Max);
  EXPECT_TRUE(rates.convert(sums, Flow::kSpend).complete);
  // 170141183460469231731687303715884.105727 x 10^-12.
  EXPECT_EQ(format_micros(rates.convert(sums, Flow::kSpend).micros), "170141183460469231731.69");
}

TEST(Rates, TakesCommentsBlankLinesAndCarriageReturns) {
  const auto parsed = Rates::parse(kEur,
                                   "\xEF\xBB\xBF# of the central bank\r\n\r\ncurrency,date,rate\r\n"
                                   "usd , 2026-03-02 , 0.5\r\n# no newline at the end\r\n"
                                   "EUR,2026-03-02,1.0",
                                   "rates.csv");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(format_micros(converted(*parsed, kUsd, kMarchSecond, 2'000'000)), "1");
}

TEST(Rates, TheVersionNamesTheContent) {
  const std::string version = rates_of("USD,2026-03-02,0.5\nGBP,2026-03-02,1.2\n").version();
  EXPECT_EQ(version.size(), 16U);
  EXPECT_EQ(rates_of("# note\nGBP,2026-03-02,1.20\nUSD,2026-03-02,0.50\n").version(), version);
  EXPECT_NE(rates_of("USD,2026-03-02,0.5\nGBP,2026-03-02,1.3\n").version(), version);
  EXPECT_NE(rates_of("USD,2026-03-02,0.5\nGBP,2026-03-02,1.2\n", kJpy).version(), version);
}

TEST(Rates, NamesFileLineAndReason) {
  const std::string header = "currency,date,rate\n";
  EXPECT_EQ(error_of(""),
            "rates.csv:1: the file is empty: it has to begin with `currency,date,rate`");
  EXPECT_EQ(error_of("# x\nUSD,2026-03-02,1\n"),
            "rates.csv:2: the first line has to be `currency,date,rate`");
  EXPECT_EQ(error_of(header + "US,2026-03-02,1\n"),
            "rates.csv:2: the currency has to be a code of ISO 4217, as in USD");
  for (const std::string_view date : {"2026-02-29",
                                      "2026-13-01",
                                      "2026-3-02",
                                      "02.03.2026",
                                      "",
                                      "2026-00-10",
                                      "2026-04-31",
                                      "+026-03-02",
                                      "2026-03-02T00"}) {
    EXPECT_EQ(error_of(header + "USD," + std::string(date) + ",1\n"),
              "rates.csv:2: the date has to be yyyy-mm-dd")
        << date;
  }
  for (const std::string_view rate : {"",
                                      "0",
                                      "0.000000000000",
                                      "-1",
                                      "+1",
                                      "1e3",
                                      "1.",
                                      ".5",
                                      "1,5",
                                      "1.1234567890123",
                                      "1000000000",
                                      "nan",
                                      "1 2"}) {
    EXPECT_EQ(
        error_of(header + "# c\nUSD,2026-03-02," + std::string(rate) + "\n"),
        "rates.csv:3: the rate has to be a positive decimal of at most 9 digits before and 12 "
        "after the point")
        << rate;
  }
  EXPECT_EQ(error_of(header + "EUR,2026-03-02,1.1\n"),
            "rates.csv:2: the base currency converts to itself: its rate is 1");
  EXPECT_EQ(error_of(header + "USD,2026-03-02,1\nGBP,2026-03-02,1\nUSD,2026-03-02,1\n"),
            "rates.csv:4: this currency and date stand in line 2 already");
}

}  // namespace
}  // namespace kaiku::money
