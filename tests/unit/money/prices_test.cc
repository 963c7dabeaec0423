#include "kaiku/money/prices.h"

#include <gtest/gtest.h>

#include "kaiku/base/event_time.h"

namespace kaiku::money {
namespace {

constexpr std::string_view kHeader = "price,brand,channel,valid_from,amount\n";

Prices prices_of(std::string_view rows) {
  auto parsed = Prices::parse(std::string(kHeader) + std::string(rows), "prices.csv");
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().message());
  return std::move(parsed).value();
}

std::string error_of(std::string_view rows) {
  const auto parsed = Prices::parse(std::string(kHeader) + std::string(rows), "prices.csv");
  EXPECT_FALSE(parsed.has_value()) << rows;
  return parsed ? "" : parsed.error().message();
}

base::EventTime at(std::string_view time) {
  return base::parse_rfc3339(time);
}

TEST(Prices, TheAmountOfTheDayIsTheLatestThatHoldsByThen) {
  const Prices prices = prices_of(
      "cost_per_contact,*,email,2026-03-02,8\n"
      "cost_per_contact,*,email,2026-01-01,7.50\n");
  const auto cost = [&](std::string_view time) {
    return prices.find(Price::kCostPerContact, "kirkas", "email", at(time));
  };
  EXPECT_EQ(cost("2025-12-31T23:59:59Z"), std::nullopt);
  EXPECT_EQ(cost("2026-01-01T00:00:00Z"), 7'500'000);
  EXPECT_EQ(cost("2026-03-01T23:59:59Z"), 7'500'000);
  EXPECT_EQ(cost("2026-03-02T00:00:00Z"), 8'000'000);
  EXPECT_EQ(prices.valid_from(at("2025-12-31T23:59:59Z")), std::nullopt);
  EXPECT_EQ(prices.valid_from(at("2026-03-01T23:59:59Z")),
            base::day_of(at("2026-01-01T00:00:00Z")));
  EXPECT_EQ(prices.valid_from(at("2027-01-01T00:00:00Z")),
            base::day_of(at("2026-03-02T00:00:00Z")));
}

TEST(Prices, TheRowThatNamesMoreGoesFirst) {
  const Prices prices = prices_of(
      "cpm,*,*,2026-01-01,1\n"
      "cpm,*,x,2026-01-01,2\n"
      "cpm,kirkas,*,2026-01-01,3\n"
      "cpm,kirkas,x,2026-06-01,4\n");
  const auto cpm = [&](std::string_view brand, std::string_view channel, std::string_view time) {
    return prices.find(Price::kCpm, brand, channel, at(time)).value_or(0) / 1'000'000;
  };
  EXPECT_EQ(cpm("tuuli", "web", "2026-07-01T00:00:00Z"), 1);
  EXPECT_EQ(cpm("tuuli", "x", "2026-07-01T00:00:00Z"), 2);
  EXPECT_EQ(cpm("kirkas", "web", "2026-07-01T00:00:00Z"), 3);
  EXPECT_EQ(cpm("kirkas", "x", "2026-07-01T00:00:00Z"), 4);
  // The closest row does not hold yet: the next one does.
  EXPECT_EQ(cpm("kirkas", "x", "2026-05-31T00:00:00Z"), 3);
  EXPECT_EQ(prices.find(Price::kMargin, "kirkas", "x", at("2026-07-01T00:00:00Z")), std::nullopt);
}

TEST(Prices, ChannelsAreThoseNamedForTheBrandOrForAny) {
  const Prices prices = prices_of(
      "mails_per_day,kirkas,email,2026-01-01,120\n"
      "mails_per_day,*,phone,2026-01-01,10\n"
      "mails_per_day,*,*,2026-01-01,10\n"
      "mails_per_day,tuuli,web,2026-01-01,10\n"
      "cpm,kirkas,x,2026-01-01,1\n");
  EXPECT_EQ(prices.channels(Price::kMailsPerDay, "kirkas"),
            (std::vector<std::string_view>{"email", "phone"}));
}

TEST(Prices, OrderAndCommentsAreNoOtherTable) {
  const Prices one = prices_of("cpm,*,x,2026-01-01,1\ncpm,*,y,2026-01-01,2\n");
  const Prices other = prices_of("# why\ncpm, * ,y,2026-01-01,2.0\r\ncpm,*,x,2026-01-01,1\n");
  EXPECT_EQ(one.version(), other.version());
  EXPECT_NE(one.version(), prices_of("cpm,*,x,2026-01-01,1\n").version());
  EXPECT_EQ(Prices().version(), "none");
}

TEST(Prices, ARowOfALaterDayIsNoOtherTableBefore) {
  const auto day = [](const char* time) { return base::parse_rfc3339(time); };
  const Prices one = prices_of("cpm,*,x,2026-01-01,1\n");
  const Prices more = prices_of("cpm,*,x,2026-01-01,1\ncpm,*,x,2026-03-01,2\n");
  EXPECT_EQ(more.version_at(day("2026-02-28T23:59:59Z")), one.version());
  EXPECT_EQ(more.version_at(day("2026-03-01T00:00:00Z")), more.version());
  EXPECT_EQ(one.version_at(day("2025-12-31T00:00:00Z")), "none");
  EXPECT_NE(one.version(), more.version());
}

TEST(Prices, ErrorsNameFileLineAndReason) {
  EXPECT_EQ(error_of("cpm,*,x,2026-01-01,1\n\nprice,*,x,2026-01-01,1\n"),
            "prices.csv:4: the price has to be one of cost_per_contact wage_per_hour cpm margin "
            "mails_per_day contact_share");
  EXPECT_EQ(error_of("cpm,*,x,2026-02-30,1\n"), "prices.csv:2: valid_from has to be yyyy-mm-dd");
  EXPECT_EQ(error_of("cpm,*,x,2026-01-01,-1\n"),
            "prices.csv:2: the amount has to be a decimal of at most 6 decimals, not negative");
  EXPECT_EQ(error_of("cpm,*,x,2026-01-01,1e3\n").find("prices.csv:2: the amount"), 0U);
  EXPECT_EQ(error_of("margin,*,x,2026-01-01,1.5\n"), "prices.csv:2: margin is a part: 0 to 1");
  EXPECT_EQ(error_of("cpm,,x,2026-01-01,1\n"),
            "prices.csv:2: brand and channel have to be an id, or * for any");
  EXPECT_EQ(error_of("cpm,*,x,2026-01-01,1,9\n"), "prices.csv:2: a row has five fields");
  EXPECT_EQ(error_of("cpm,*,x,2026-01-01,1\ncpm,*,x,2026-01-01,2\n"),
            "prices.csv:3: this price of this day stands in line 2 already");
  const auto headless = Prices::parse("cpm,*,x,2026-01-01,1\n", "prices.csv");
  ASSERT_FALSE(headless.has_value());
  EXPECT_EQ(headless.error().message(),
            "prices.csv:1: the first line has to be `price,brand,channel,valid_from,amount`");
}

}  // namespace
}  // namespace kaiku::money
