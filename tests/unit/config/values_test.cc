#include "config/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::config {
namespace {

using testing::HasSubstr;

std::string why_not_duration(std::string_view text) {
  std::string why;
  EXPECT_FALSE(read_duration(text, why).has_value()) << text;
  return why;
}

std::string why_not_integer(std::string_view text) {
  std::string why;
  EXPECT_FALSE(read_integer(text, why).has_value()) << text;
  return why;
}

TEST(Values, DurationsHaveUnits) {
  std::string why;
  EXPECT_EQ(read_duration("500ms", why), 500'000);
  EXPECT_EQ(read_duration("30s", why), 30'000'000);
  EXPECT_EQ(read_duration("10m", why), 600'000'000);
  EXPECT_EQ(read_duration("12h", why), 43'200'000'000);
  EXPECT_EQ(read_duration("7d", why), 604'800'000'000);
  EXPECT_EQ(read_duration("2w", why), 1'209'600'000'000);
  EXPECT_EQ(read_duration("1h30m", why), 5'400'000'000);
  EXPECT_EQ(read_duration("7us", why), 7);
  EXPECT_EQ(read_duration("0s", why), 0);
}

TEST(Values, WhatIsNoDurationIsRefusedWithARemedy) {
  EXPECT_THAT(why_not_duration("30"), HasSubstr("30s"));
  for (const char* text : {"",
                           "s",
                           "-1s",
                           "1.5h",
                           "1 h",
                           "30S",
                           "30m1h",
                           "1s1s",
                           "1h1m1s1ms1us",
                           "10min",
                           "1e3s",
                           "99999999999999999999s",
                           "9223372036854775807w",
                           "1h ",
                           "0x1s"}) {
    EXPECT_THAT(why_not_duration(text), HasSubstr("write a time")) << text;
  }
}

TEST(Values, SizesHaveUnits) {
  std::string why;
  EXPECT_EQ(read_size("1GiB", why), int64_t{1} << 30);
  EXPECT_EQ(read_size("64MiB", why), 64 << 20);
  EXPECT_EQ(read_size("64MB", why), 64'000'000);
  EXPECT_EQ(read_size("512B", why), 512);
  for (const char* text : {"", "1", "1G", "1gib", "-1B", "1GiB1MiB", "9999999999TiB"}) {
    EXPECT_FALSE(read_size(text, why).has_value()) << text;
  }
  EXPECT_FALSE(read_size("64", why).has_value());
  EXPECT_THAT(why, HasSubstr("64MiB"));
}

TEST(Values, OctalLookingNumbersAreRefused) {
  std::string why;
  EXPECT_EQ(read_integer("10", why), 10);
  EXPECT_EQ(read_integer("-3", why), -3);
  EXPECT_EQ(read_integer("0", why), 0);
  EXPECT_THAT(why_not_integer("010"), HasSubstr("write 10"));
  EXPECT_THAT(why_not_integer("000"), HasSubstr("write 0"));
  for (const char* text :
       {"", "-", "+1", "1.0", "1e3", "0x10", "1_000", "ten", "1 ", "99999999999999999999"}) {
    EXPECT_THAT(why_not_integer(text), HasSubstr("whole number")) << text;
  }
}

TEST(Values, OnlyTrueAndFalseAreTruth) {
  std::string why;
  EXPECT_EQ(read_boolean("true", why), true);
  EXPECT_EQ(read_boolean("false", why), false);
  for (const char* text : {"yes", "on", "Y", "TRUE", "1"}) {
    EXPECT_FALSE(read_boolean(text, why).has_value());
    EXPECT_EQ(why, "write true") << text;
  }
  for (const char* text : {"no", "Off", "n", "False", "0"}) {
    EXPECT_FALSE(read_boolean(text, why).has_value());
    EXPECT_EQ(why, "write false") << text;
  }
  EXPECT_FALSE(read_boolean("maybe", why).has_value());
  EXPECT_EQ(why, "write true or false");
}

TEST(Values, WrittenValuesReadBack) {
  std::string why;
  for (const int64_t value : {int64_t{0},
                              int64_t{1},
                              int64_t{1'000},
                              int64_t{61'000'000},
                              int64_t{5'400'000'000},
                              int64_t{31'622'400'000'000},
                              int64_t{1'500}}) {
    EXPECT_EQ(read_duration(write_duration(value), why), value) << write_duration(value);
  }
  EXPECT_EQ(write_duration(5'400'000'000), "1h30m");
  EXPECT_EQ(write_duration(0), "0s");
  EXPECT_EQ(write_size(64 << 20), "64MiB");
  EXPECT_EQ(write_size(int64_t{1} << 40), "1TiB");
}

}  // namespace
}  // namespace kaiku::config
