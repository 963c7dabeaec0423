#include "kaiku/money/decimal.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "kaiku/base/prng.h"
#include "kaiku/money/money_sums.h"

#include "money/wide.h"

namespace kaiku::money {
namespace {

model::Currency currency(std::string_view code) {
  return parse_currency(code).value();
}

int64_t micros(std::string_view text) {
  return parse_decimal(text).value().micros;
}

TEST(Decimal, ReadsMoneyDigitByDigit) {
  EXPECT_EQ(micros("0"), 0);
  EXPECT_EQ(micros("409.94"), 409'940'000);
  EXPECT_EQ(micros("+1"), 1'000'000);
  EXPECT_EQ(micros("-0.000001"), -1);
  EXPECT_EQ(micros("-0"), 0);
  EXPECT_EQ(micros("0000000000000000000000007.10"), 7'100'000);
  // Not a double of 53 bits: 2^53 + 1 micros.
  EXPECT_EQ(micros("900719925.474099"), 900'719'925'474'099);
}

TEST(Decimal, CountsDecimalsWithoutTrailingZeros) {
  EXPECT_EQ(parse_decimal("10.00")->decimals, 0);
  EXPECT_EQ(parse_decimal("10.50")->decimals, 1);
  EXPECT_EQ(parse_decimal("10.005")->decimals, 3);
  EXPECT_EQ(parse_decimal("0.123456000000")->decimals, 6);
}

TEST(Decimal, RefusesWhatIsNotMoney) {
  for (const std::string_view text :
       {"",   "+",   "-",   ".",   ".5",  "5.",  "1e3",   "1E3",       "1,5",       "1.2.3", " 1",
        "1 ", "--1", "+-1", "0x1", "NaN", "inf", "1_000", "1.2345678", "0.0000001", "1.-5",  "٣"}) {
    EXPECT_FALSE(parse_decimal(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_decimal(std::string_view("1\0", 2)).has_value());
}

TEST(Decimal, StopsAtTheLargestAmount) {
  EXPECT_EQ(micros("1000000000"), 1'000'000'000'000'000);
  EXPECT_EQ(micros("-1000000000.000000"), -1'000'000'000'000'000);
  EXPECT_FALSE(parse_decimal("1000000000.000001").has_value());
  EXPECT_FALSE(parse_decimal("-1000000001").has_value());
  EXPECT_FALSE(parse_decimal(std::string(100'000, '9')).has_value());
  EXPECT_FALSE(parse_decimal("340282366920938463463374607431768211456").has_value());
  EXPECT_FALSE(parse_decimal("18446744073709551616").has_value());
}

TEST(Decimal, RoundTripsEveryAmount) {
  base::Prng prng(1);
  for (int i = 0; i < 20'000; ++i) {
    const int64_t bound = int64_t{1} << prng.below(50);
    const int64_t amount = std::clamp<int64_t>(
        prng.between(-bound, bound), -1'000'000'000'000'000, 1'000'000'000'000'000);
    EXPECT_EQ(micros(format_micros(amount)), amount);
  }
}

TEST(Decimal, MultipliesExactly) {
  EXPECT_EQ(multiply_decimals("6", "2.55")->micros, 15'300'000);
  EXPECT_EQ(multiply_decimals("6", "2.55")->decimals, 1);
  EXPECT_EQ(multiply_decimals("-1", "27.5")->micros, -27'500'000);
  EXPECT_EQ(multiply_decimals("0.001", "0.001")->micros, 1);
  EXPECT_EQ(multiply_decimals("0.0000001", "10000000")->micros, 1'000'000);
  EXPECT_EQ(multiply_decimals("1000000000", "1")->micros, 1'000'000'000'000'000);
  EXPECT_EQ(multiply_decimals("999999999999999999", "0")->micros, 0);
  EXPECT_FALSE(multiply_decimals("0.0001", "0.001").has_value());
  EXPECT_FALSE(multiply_decimals("1000000000", "1.000001").has_value());
  EXPECT_FALSE(multiply_decimals("999999999999999999", "999999999999999999").has_value());
  EXPECT_FALSE(multiply_decimals("9999999999999999999", "0").has_value());
  EXPECT_FALSE(multiply_decimals("x", "1").has_value());
  EXPECT_FALSE(multiply_decimals("1", "").has_value());
}

TEST(Decimal, KnowsTheExponentsOfIso4217) {
  EXPECT_EQ(exponent(currency("EUR")), 2);
  EXPECT_EQ(exponent(currency("AED")), 2);
  EXPECT_EQ(exponent(currency("ZWG")), 2);
  for (const std::string_view code : {"BIF",
                                      "CLP",
                                      "DJF",
                                      "GNF",
                                      "ISK",
                                      "JPY",
                                      "KMF",
                                      "KRW",
                                      "PYG",
                                      "RWF",
                                      "UGX",
                                      "UYI",
                                      "VND",
                                      "VUV",
                                      "XAF",
                                      "XOF",
                                      "XPF"}) {
    EXPECT_EQ(exponent(currency(code)), 0) << code;
  }
  for (const std::string_view code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) {
    EXPECT_EQ(exponent(currency(code)), 3) << code;
  }
  for (const std::string_view code : {"CLF", "UYW"}) {
    EXPECT_EQ(exponent(currency(code)), 4) << code;
  }
  EXPECT_EQ(exponent(currency("XAU")), 2);
  EXPECT_EQ(exponent(model::Currency{}), 2);
}

TEST(Decimal, TurnsMinorUnitsIntoMicros) {
  EXPECT_EQ(from_minor(40'994, currency("EUR")), 409'940'000);
  EXPECT_EQ(from_minor(-500, currency("JPY")), -500'000'000);
  EXPECT_EQ(from_minor(1, currency("KWD")), 1'000);
  EXPECT_EQ(from_minor(1, currency("CLF")), 100);
  EXPECT_EQ(from_minor(100'000'000'000, currency("EUR")), 1'000'000'000'000'000);
  EXPECT_FALSE(from_minor(100'000'000'001, currency("EUR")).has_value());
  EXPECT_FALSE(from_minor(std::numeric_limits<int64_t>::min(), currency("JPY")).has_value());
}

TEST(Decimal, FoldsCurrencyCodesAndRefusesOthers) {
  EXPECT_EQ(parse_currency("eur")->view(), "EUR");
  EXPECT_EQ(parse_currency("uSd")->view(), "USD");
  for (const std::string_view code : {"AED", "HRK", "SEK", "XCG", "XOF", "ZWG", "ZWL"}) {
    EXPECT_TRUE(parse_currency(code).has_value()) << code;
  }
  for (const std::string_view code :
       {"", "EU", "EURO", "E1R", "€", "E R", "ZZZ", "XTS", "BTC", "AAA"}) {
    EXPECT_FALSE(parse_currency(code).has_value()) << code;
  }
}

TEST(Decimal, RoundsHalfToEvenOnce) {
  const model::Currency eur = currency("EUR");
  EXPECT_EQ(format_money(micros("0.005"), eur), "0.00");
  EXPECT_EQ(format_money(micros("0.015"), eur), "0.02");
  EXPECT_EQ(format_money(micros("0.025"), eur), "0.02");
  EXPECT_EQ(format_money(micros("0.025001"), eur), "0.03");
  EXPECT_EQ(format_money(micros("-0.005"), eur), "0.00");
  EXPECT_EQ(format_money(micros("-0.015"), eur), "-0.02");
  EXPECT_EQ(format_money(micros("-0.5"), eur), "-0.50");
  EXPECT_EQ(format_money(micros("2.5"), currency("JPY")), "2");
  EXPECT_EQ(format_money(micros("3.5"), currency("JPY")), "4");
  EXPECT_EQ(format_money(micros("1.2345"), currency("KWD")), "1.234");
  EXPECT_EQ(format_money(micros("1.2345"), currency("CLF")), "1.2345");
}

TEST(Decimal, FormatsTheLimitsOf128Bits) {
  EXPECT_EQ(format_micros(kInt128Max), "170141183460469231731687303715884.105727");
  EXPECT_EQ(format_micros(kInt128Min), "-170141183460469231731687303715884.105728");
  EXPECT_EQ(format_money(kInt128Min, currency("EUR")), "-170141183460469231731687303715884.11");
  EXPECT_EQ(format_micros(0), "0");
  EXPECT_EQ(format_micros(-1), "-0.000001");
  EXPECT_EQ(format_micros(100'000'000), "100");
}

TEST(Decimal, AddsUpARealShopsLines) {
  std::ifstream lines(KAIKU_SHARED_DATA "/orders/retail_lines.jsonl");
  if (!lines) {
    GTEST_SKIP() << "orders/retail_lines.jsonl of the sample data is not there";
  }
  Int128 sales = 0;
  Int128 returns = 0;
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const nlohmann::json row = nlohmann::json::parse(line);
    const auto text = [&](const char* key) {
      return row[key].is_string() ? row[key].get<std::string>() : row[key].dump();
    };
    const auto product = multiply_decimals(text("quantity"), text("unit_price"));
    ASSERT_TRUE(product.has_value()) << line;
    (product->micros < 0 ? returns : sales) += product->micros;
  }
  EXPECT_EQ(count, 58'345U);
  EXPECT_EQ(format_micros(sales + returns), "1026556.3");
  EXPECT_EQ(format_money(sales, currency("GBP")), "1143524.31");
  EXPECT_EQ(format_money(returns, currency("GBP")), "-116968.01");
}

}  // namespace
}  // namespace kaiku::money
