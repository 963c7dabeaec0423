#include "parse/record_time.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace kaiku::parse {
namespace {

constexpr base::EventTime kBad = base::kNoTime;

base::EventTime read(std::string_view text,
                     TimeFormat format,
                     std::string_view zone = "",
                     const ZoneResolver* zones = nullptr) {
  base::EventTime time = 0;
  const TimeVerdict verdict = parse_time(text, format, zone, zones, time);
  return verdict == TimeVerdict::kGood ? time : kBad;
}

// 2018-10-10T20:19:24Z
constexpr base::EventTime kSome = 1'539'202'764'000'000;

TEST(RecordTime, ReadsRfc3339AndItsRelatives) {
  for (const TimeFormat format : {TimeFormat::kAuto, TimeFormat::kRfc3339}) {
    EXPECT_EQ(read("2018-10-10T20:19:24Z", format), kSome);
    EXPECT_EQ(read("2018-10-10 20:19:24Z", format), kSome);
    EXPECT_EQ(read("2018-10-10t20:19:24z", format), kSome);
    EXPECT_EQ(read("2018-10-10T20:19:24.000+0000", format), kSome);
    EXPECT_EQ(read("2018-10-10T22:19:24+02:00", format), kSome);
    EXPECT_EQ(read("2018-10-10T15:19:24-0500", format), kSome);
    EXPECT_EQ(read("2018-10-10 20:19:24.000000000 +0000", format), kSome);
    EXPECT_EQ(read("2018-10-10T20:19:24.1Z", format), kSome + 100'000);
    EXPECT_EQ(read("2018-10-10T20:19:24.123456Z", format), kSome + 123'456);
    EXPECT_EQ(read("2018-10-10T20:19:24.123456789Z", format), kSome + 123'456);
    EXPECT_EQ(read(" 2018-10-10T20:19:24Z ", format), kSome);
  }
}

TEST(RecordTime, RefusesWhatIsNoTime) {
  for (const char* bad : {"",
                          "now",
                          "2018-10-10",
                          "2018-10-10T20:19:24",
                          "2018-13-10T20:19:24Z",
                          "2018-02-29T20:19:24Z",
                          "2018-10-10T24:19:24Z",
                          "2018-10-10T20:60:24Z",
                          "2018-10-10T20:19:24.Z",
                          "2018-10-10T20:19Z",
                          "2018-10-10T20:19:24+2",
                          "18-10-10T20:19:24Z",
                          "2018-10-10T20:19:24Zx",
                          "0000-10-10T20:19:24Z"}) {
    EXPECT_EQ(read(bad, TimeFormat::kAuto), kBad) << bad;
    EXPECT_EQ(read(bad, TimeFormat::kRfc3339), kBad) << bad;
  }
}

TEST(RecordTime, ReadsTheFormOfTwitter) {
  EXPECT_EQ(read("Wed Oct 10 20:19:24 +0000 2018", TimeFormat::kTwitter), kSome);
  EXPECT_EQ(read("Wed Oct 10 22:19:24 +0200 2018", TimeFormat::kTwitter), kSome);
  EXPECT_EQ(read("Wed Oct 10 20:19:24 +0000 2018", TimeFormat::kAuto), kSome);
  const char* months[] = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (unsigned i = 0; i < 12; ++i) {
    EXPECT_EQ(
        read(std::string("Xxx ") + months[i] + " 02 00:00:00 +0000 2018", TimeFormat::kTwitter),
        base::days_from_civil(2018, i + 1, 2) * base::kDay);
  }
  for (const char* bad : {"Wed Okt 10 20:19:24 +0000 2018",
                          "Wed anF 10 20:19:24 +0000 2018",
                          "Wed Oct 32 20:19:24 +0000 2018",
                          "Wed Oct 10 20:19:24 +000 2018",
                          "Wed Oct 10 20:19:24 +0000 20x8",
                          "2018-10-10T20:19:24Z"}) {
    EXPECT_EQ(read(bad, TimeFormat::kTwitter), kBad) << bad;
  }
}

TEST(RecordTime, ReadsEpochNumbersOfAllUnits) {
  EXPECT_EQ(read("1539202764", TimeFormat::kUnixSeconds), kSome);
  EXPECT_EQ(read("1539202764.0", TimeFormat::kUnixSeconds), kSome);
  EXPECT_EQ(read("1539202764.971779", TimeFormat::kUnixSeconds), kSome + 971'779);
  EXPECT_EQ(read("1.539202764e9", TimeFormat::kUnixSeconds), kSome);
  EXPECT_EQ(read("1539202764000", TimeFormat::kUnixMillis), kSome);
  EXPECT_EQ(read("1539202764000.5", TimeFormat::kUnixMillis), kSome + 500);
  EXPECT_EQ(read("1539202764000000", TimeFormat::kUnixMicros), kSome);
  EXPECT_EQ(read("0", TimeFormat::kUnixSeconds), 0);
  EXPECT_EQ(read("-1", TimeFormat::kUnixSeconds), -1'000'000);
}

TEST(RecordTime, EpochNumbersOutsideTheYears1To9999AreRefused) {
  EXPECT_EQ(read("253402300799", TimeFormat::kUnixSeconds), 253'402'300'799'000'000);
  EXPECT_EQ(read("253402300800", TimeFormat::kUnixSeconds), kBad);
  EXPECT_EQ(read("-62135596800", TimeFormat::kUnixSeconds), -62'135'596'800'000'000);
  EXPECT_EQ(read("-62135596801", TimeFormat::kUnixSeconds), kBad);
  EXPECT_EQ(read("1e300", TimeFormat::kUnixSeconds), kBad);
  EXPECT_EQ(read("9999-12-31T23:59:59-01:00", TimeFormat::kRfc3339), kBad);
  EXPECT_EQ(read("0001-01-01T00:30:00+01:00", TimeFormat::kRfc3339), kBad);
}

TEST(RecordTime, ANumberWithoutAUnitIsAVerdictOfItsOwn) {
  base::EventTime time = 0;
  for (const char* number : {"1539202764", "1539202764.5", "-1", "1e9"}) {
    EXPECT_EQ(parse_time(number, TimeFormat::kAuto, "", nullptr, time), TimeVerdict::kUnit)
        << number;
  }
  EXPECT_EQ(parse_time("soon", TimeFormat::kAuto, "", nullptr, time), TimeVerdict::kBad);
}

class TwoHoursEast final : public ZoneResolver {
 public:
  [[nodiscard]] base::EventTime to_utc(int64_t local_seconds,
                                       std::string_view zone) const override {
    return zone == "Test/East" ? (local_seconds - 7'200) * base::kSecond : base::kNoTime;
  }
};

TEST(RecordTime, LocalTimesGoThroughTheResolver) {
  const TwoHoursEast zones;
  EXPECT_EQ(read("2018-10-10 20:19:24", TimeFormat::kLocal, "UTC"), kSome);
  EXPECT_EQ(read("2018-10-10T20:19:24.25", TimeFormat::kLocal, "UTC"), kSome + 250'000);
  EXPECT_EQ(read("2018-10-10 22:19:24", TimeFormat::kLocal, "Test/East", &zones), kSome);
  EXPECT_EQ(read("2018-10-10 22:19:24.5", TimeFormat::kLocal, "Test/East", &zones),
            kSome + 500'000);
  EXPECT_EQ(read("2018-10-10 22:19", TimeFormat::kLocal, "Test/East", &zones),
            kSome - 24 * base::kSecond);
  EXPECT_EQ(read("2018-10-10", TimeFormat::kLocal, "Test/East", &zones),
            base::days_from_civil(2018, 10, 10) * base::kDay - 2 * base::kHour);
  EXPECT_EQ(read("2018-10-10", TimeFormat::kLocal, "No/Where", &zones), kBad);
  EXPECT_EQ(read("2018-10-10", TimeFormat::kLocal, "Test/East"), kBad);
  EXPECT_EQ(read("2018-10-10T20:19:24Z", TimeFormat::kLocal, "UTC"), kBad);
  EXPECT_EQ(read(std::string(1'000, '1'), TimeFormat::kLocal, "UTC"), kBad);
}

TEST(RecordTime, ReadsSecondsAndNanos) {
  base::EventTime time = 0;
  EXPECT_EQ(parse_seconds_nanos("1539202764", "971779123", time), TimeVerdict::kGood);
  EXPECT_EQ(time, kSome + 971'779);
  EXPECT_EQ(parse_seconds_nanos("1539202764", "", time), TimeVerdict::kGood);
  EXPECT_EQ(time, kSome);
  EXPECT_EQ(parse_seconds_nanos("1539202764", "1000000000", time), TimeVerdict::kBad);
  EXPECT_EQ(parse_seconds_nanos("1539202764", "-1", time), TimeVerdict::kBad);
  EXPECT_EQ(parse_seconds_nanos("1539202764.5", "0", time), TimeVerdict::kBad);
  EXPECT_EQ(parse_seconds_nanos("253402300800", "0", time), TimeVerdict::kBad);
  EXPECT_EQ(parse_seconds_nanos("x", "0", time), TimeVerdict::kBad);
}

// The quick way and the general one agree, on what is right and on what is a character off.
TEST(RecordTime, TimesThatProgramsWriteReadAsInGeneral) {
  std::mt19937_64 random(5);
  size_t good = 0;
  for (int i = 0; i < 200'000; ++i) {
    const auto time = static_cast<base::EventTime>(random() % 250'000'000'000'000'000ULL) -
                      62'000'000'000'000'000;
    std::string text = i % 3 == 0 ? base::format_seconds(time) : base::format_micros(time);
    if (i % 5 == 0 && text.size() > 20) {
      text.erase(20 + random() % 6, 1);
    }
    if (i % 2 == 0) {
      text[random() % text.size()] = "0123456789-:TZ. t\x7F/\xB0"[random() % 20];
    }
    base::EventTime read = base::kNoTime;
    const bool is_read =
        parse_time(text, TimeFormat::kRfc3339, "", nullptr, read) == TimeVerdict::kGood;
    good += is_read ? 1 : 0;
    ASSERT_EQ(is_read ? read : base::kNoTime, base::parse_rfc3339(text)) << text;
  }
  EXPECT_GT(good, 100'000U);
}

}  // namespace
}  // namespace kaiku::parse
