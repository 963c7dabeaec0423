#include "parse/number.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace kaiku::parse {
namespace {

TEST(JsonNumber, FollowsTheGrammarOfRfc8259) {
  for (const char* good : {"0",
                           "-0",
                           "7",
                           "10",
                           "-12",
                           "0.5",
                           "1.25",
                           "1e3",
                           "1E+3",
                           "1e-3",
                           "-0.0e0",
                           "123456789012345678901234567890",
                           "1e999999999999"}) {
    EXPECT_TRUE(is_json_number(good)) << good;
  }
  for (const char* bad : {"",
                          "-",
                          "+1",
                          "01",
                          "-01",
                          ".5",
                          "1.",
                          "1.e3",
                          "1e",
                          "1e+",
                          "1x",
                          "0x1",
                          "1 ",
                          " 1",
                          "NaN",
                          "Infinity",
                          "1.2.3",
                          "1e2.5",
                          "--1"}) {
    EXPECT_FALSE(is_json_number(bad)) << bad;
  }
  EXPECT_FALSE(is_json_number(std::string_view("1\0", 2)));
}

struct Expected {
  const char* text;
  int scale;
  int64_t value;
  bool exact;
};

TEST(Scaled, ReadsByDigits) {
  const Expected all[] = {
      {"0", 0, 0, true},
      {"-7", 0, -7, true},
      {"3.0", 0, 3, true},
      {"1e3", 0, 1000, true},
      {"3.5", 0, 3, false},
      {"-3.5", 0, -3, false},
      {"1351527128.0", 6, 1'351'527'128'000'000, true},
      {"1652635099.971779", 6, 1'652'635'099'971'779, true},
      {"1.351527128e9", 6, 1'351'527'128'000'000, true},
      {"0.1", 6, 100'000, true},
      {"-0.333333333333333314829616256247", 6, -333'333, false},
      {"1e-7", 6, 0, false},
      {"9007199254740993", 0, 9'007'199'254'740'993, true},  // 2^53 + 1
      {"9223372036854775807", 0, std::numeric_limits<int64_t>::max(), true},
      {"-9223372036854775807", 0, -std::numeric_limits<int64_t>::max(), true},
      {"0.00000000000000000000000001e26", 0, 1, true},
      {"100000000000000000000000000e-26", 0, 1, true},
      {"0e999999999999999999", 6, 0, true},
      {"1e-999999999999999999", 6, 0, false},
      {"+5", 0, 5, true},
      {"007", 0, 7, true},
      {".5", 1, 5, true},
  };
  for (const Expected& one : all) {
    const auto scaled = parse_scaled(one.text, one.scale);
    ASSERT_TRUE(scaled.has_value()) << one.text;
    EXPECT_EQ(scaled->value, one.value) << one.text;
    EXPECT_EQ(scaled->exact, one.exact) << one.text;
  }
}

TEST(Scaled, RefusesWhatIsNoNumberOrDoesNotFit) {
  for (const char* bad : {"",
                          "-",
                          ".",
                          "abc",
                          "1x",
                          "1e",
                          "1e+",
                          "0x10",
                          "1,5",
                          "9223372036854775808",
                          "18446744073709551616",
                          "1e19",
                          "1e999",
                          "nan",
                          "inf",
                          "1 2"}) {
    EXPECT_FALSE(parse_scaled(bad, 0).has_value()) << bad;
  }
  EXPECT_FALSE(parse_scaled("9223372036855", 6).has_value());
  EXPECT_FALSE(parse_scaled(std::string(400, '9'), 0).has_value());
}

TEST(Scaled, ALongFractionCostsNoPrecisionBeforeThePoint) {
  const auto scaled = parse_scaled("12345678." + std::string(400, '9'), 6);
  ASSERT_TRUE(scaled.has_value());
  EXPECT_EQ(scaled->value, 12'345'678'999'999);
  EXPECT_FALSE(scaled->exact);
}

}  // namespace
}  // namespace kaiku::parse
