#include "oracle/item.h"

#include <gtest/gtest.h>

#include "oracle/brands.h"
#include "oracle/money.h"
#include "oracle/sample.h"
#include "oracle/times.h"

namespace kaiku::oracle {
namespace {

std::string error_of(const Json& item) {
  const auto read = read_item(item.dump());
  const auto* dead = std::get_if<DeadLetter>(&read);
  return dead == nullptr ? "none" : dead->error;
}

TEST(OracleTimes, ReadsOffsetsFractionsAndLeapDays) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_time("2024-02-29T23:59:59.123456789Z"), 1709251199123456);
  EXPECT_EQ(parse_time("2008-01-10T11:00:00-05:00"), parse_time("2008-01-10T16:00:00Z"));
  EXPECT_EQ(parse_time("2008-01-10 18:00:00.5+0200"),
            *parse_time("2008-01-10T16:00:00Z") + 500'000);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59Z"), -1'000'000);
}

TEST(OracleTimes, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2023-02-29T00:00:00Z",
                           "2023-01-01T24:00:00Z",
                           "2023-01-01T00:00:00",
                           "2023-01-01",
                           "1699999999",
                           "2023-01-01T00:00:00.Z",
                           "0000-01-01T00:00:00Z",
                           "2023-01-01T00:00:00Zjunk"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(OracleTimes, WindowsBeginAtOrBeforeTheirTimes) {
  EXPECT_EQ(window_start(-1, kMinute), -kMinute);
  EXPECT_EQ(window_start(kDay, kDay), kDay);
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(time_text(window_start(kNoon + 61 * kSecond, kMinute)), "2026-03-02T12:01:00Z");
  EXPECT_EQ(time_text(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(OracleMoney, ReadsDecimalsDigitByDigit) {
  EXPECT_EQ(parse_decimal("409.94", 6), Wide{409'940'000});
  EXPECT_EQ(parse_decimal("-0.000001", 6), Wide{-1});
  EXPECT_EQ(parse_decimal("1.5000000000", 6), Wide{1'500'000});
  for (const char* text :
       {"", "-", ".", ".5", "1.", "1.0000001", "1e3", "1,5", "0x1", "1.2.3", "NaN"}) {
    EXPECT_FALSE(parse_decimal(text, 6)) << text;
  }
}

TEST(OracleMoney, RoundsHalfToEvenOnce) {
  EXPECT_EQ(decimal_text(Wide{1'005'000}, 6, 2), "1.00");
  EXPECT_EQ(decimal_text(Wide{1'015'000}, 6, 2), "1.02");
  EXPECT_EQ(decimal_text(Wide{1'005'001}, 6, 2), "1.01");
  EXPECT_EQ(decimal_text(Wide{-4'999}, 6, 2), "0.00");
  EXPECT_EQ(decimal_text(Wide{-500'000}, 6, 2), "-0.50");
  EXPECT_EQ(decimal_text(Wide{2'500'000}, 6, 0), "2");
  EXPECT_EQ(decimal_text(Wide{0}, 6, 2), "0.00");
}

TEST(OracleMoney, TakesTheRateOfTheDayOrOfTheWeekBefore) {
  OraclePlan plan;
  plan.rates = {
      {"USD", "2026-03-02", "0.5"}, {"USD", "2026-03-04", "0.75"}, {"GBP", "2026-03-02", "1.1"}};
  const int64_t second = *parse_date("2026-03-02");
  Figures figures;
  figures.money[{"order", "USD", second + 1}] = 10'000'000;  // 5.00
  figures.money[{"order", "USD", second + 2}] = 10'000'000;  // 7.50
  figures.money[{"order", "EUR", second}] = 1'000'000;
  figures.money[{"refund", "GBP", second + 7}] = 10'000'000;
  EXPECT_EQ(base_text(plan, figures, "order"), "13.50");
  EXPECT_EQ(base_text(plan, figures, "refund"), "11.00");
  EXPECT_TRUE(in_base(plan, figures, "order").complete);
  figures.money[{"order", "GBP", second + 8}] = 1'000'000;  // too long ago
  figures.money[{"order", "USD", second - 1}] = 1'000'000;  // not yet known
  EXPECT_FALSE(in_base(plan, figures, "order").complete);
  EXPECT_EQ(base_text(plan, figures, "order"), "13.50");
}

TEST(OracleBrands, FindsWholeWordsWithoutCase) {
  const OraclePlan plan = sample_plan();
  using Names = std::vector<std::string>;
  EXPECT_EQ(brands_in(plan, "I like KIRKAS."), Names{"kirkas"});
  EXPECT_EQ(brands_in(plan, "Sade, kirkas"), (Names{"kirkas", "sade"}));
  EXPECT_EQ(brands_in(plan, "kirkasta"), Names{});
  EXPECT_EQ(brands_in(plan, "sade\xc3\xa4"), Names{});
  EXPECT_EQ(brands_in(plan, "a #KirkasHetki!"), Names{"kirkas"});
  EXPECT_EQ(brands_in(plan, "KIRKAS Y\xc3\x96 oli"), Names{});
  EXPECT_EQ(brands_in(plan, "kirkas y\xc3\xb6 ja kirkas"), Names{"kirkas"});
  EXPECT_EQ(brands_in(plan, ""), Names{});
}

TEST(OracleBrands, FieldsAndChannelsFold) {
  const OraclePlan plan = sample_plan();
  EXPECT_EQ(brand_by_field(plan, "Kirkas Sparkling"), "kirkas");
  EXPECT_EQ(brand_by_field(plan, "nobody"), "");
  EXPECT_EQ(channel_of(plan, "Twitter"), "x");
  EXPECT_EQ(channel_of(plan, "myspace"), "other");
  EXPECT_EQ(channel_of(OraclePlan{}, "MySpace"), "myspace");
}

TEST(OracleItem, ReadsTheWholeSocialPart) {
  Json json = post("1", kNoon);
  json.update({{"op", "update"},
               {"native_version", 7},
               {"relation", "quote"},
               {"author", {{"id", "a1"}, {"followers", 812}}},
               {"sentiment", {{"label", "negative"}}},
               {"title", "Oh"},
               {"text", "no"},
               {"observed_at", time_text(kNoon + 1)},
               {"metrics", {{"likes", 3}, {"views", nullptr}}}});
  const Item item = std::get<Item>(read_item(json.dump()));
  EXPECT_EQ(item.op, "update");
  EXPECT_EQ(item.native_version, "7");
  EXPECT_EQ(item.relation, "quote");
  EXPECT_EQ(item.author, "a1");
  EXPECT_EQ(item.followers, 812);
  EXPECT_EQ(item.sentiment, "negative");
  EXPECT_EQ(item.text, "Oh\nno");
  EXPECT_EQ(item.observed_at, kNoon + 1);
  EXPECT_EQ(item.counters, (std::map<std::string, int64_t>{{"likes", 3}}));
}

TEST(OracleItem, ReadsMoneyInAllThreeForms) {
  Json json = order("1", "refund", "409.94");
  json["currency"] = "usd";
  EXPECT_EQ(std::get<Item>(read_item(json.dump())).amount, 409'940'000);
  EXPECT_EQ(std::get<Item>(read_item(json.dump())).currency, "USD");
  json.erase("amount");
  json["amount_minor"] = -250;
  EXPECT_EQ(std::get<Item>(read_item(json.dump())).amount, -2'500'000);
  json["currency"] = "JPY";
  EXPECT_EQ(std::get<Item>(read_item(json.dump())).amount, -250'000'000);
  json.erase("amount_minor");
  json["amount_micros"] = 5;
  EXPECT_EQ(std::get<Item>(read_item(json.dump())).amount, 5);
}

TEST(OracleItem, NamesTheClassOfWhatItCannotUse) {
  EXPECT_EQ(std::get<DeadLetter>(read_item("{\"a\":")).error, "parse");
  EXPECT_EQ(std::get<DeadLetter>(read_item("")).error, "parse");
  EXPECT_EQ(std::get<DeadLetter>(read_item("[]")).error, "schema");
  Json json = post("1", kNoon);
  EXPECT_EQ(error_of(json), "none");
  json["occurred_at"] = "yesterday";
  EXPECT_EQ(error_of(json), "schema");
  json.erase("occurred_at");
  EXPECT_EQ(error_of(json), "schema");
  json = post("1", kNoon);
  json["type"] = "gossip";
  EXPECT_EQ(error_of(json), "schema");
  json = post("1", kNoon);
  json.erase("channel");
  EXPECT_EQ(error_of(json), "schema");
  json = order("1", "order", "1000000000.01");
  EXPECT_EQ(error_of(json), "schema");
  json["amount"] = "1000000000";
  EXPECT_EQ(error_of(json), "none");
  json["amount_minor"] = 1;
  EXPECT_EQ(error_of(json), "schema");
  json.erase("amount_minor");
  json["currency"] = "EU";
  EXPECT_EQ(error_of(json), "currency");
  json.erase("currency");
  EXPECT_EQ(error_of(json), "schema");
  json["currency"] = "EUR";
  json["amount"] = "ten";
  EXPECT_EQ(error_of(json), "schema");
  json.erase("amount");
  EXPECT_EQ(error_of(json), "schema");
  json["kind"] = "lead";
  EXPECT_EQ(error_of(json), "none");
  json = post("1", kNoon);
  json["text"] = std::string(64 << 10, 'a');
  EXPECT_EQ(error_of(json), "too_large");
}

}  // namespace
}  // namespace kaiku::oracle
