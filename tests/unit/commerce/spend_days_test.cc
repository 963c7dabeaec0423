#include "commerce/spend_days.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/base/limits.h"
#include "kaiku/base/prng.h"

namespace kaiku::commerce {
namespace {

using testing::ElementsAre;

constexpr int64_t kEuro = 1'000'000;

base::EventTime at(const char* time) {
  return base::parse_rfc3339(time);
}

window::WindowSpec day_in(const char* zone) {
  auto day = window::WindowSpec::make("day", base::kDay, 0, zone, 0, base::kDay);
  EXPECT_TRUE(day.has_value());
  return std::move(day).value();
}

TEST(SpendDays, WholeDaysGetTheSame) {
  EXPECT_THAT(spend_days({at("2026-03-02T00:00:00Z"), at("2026-03-05T00:00:00Z")}, 300 * kEuro, {}),
              ElementsAre(SpendDay{at("2026-03-02T00:00:00Z"), 100 * kEuro},
                          SpendDay{at("2026-03-03T00:00:00Z"), 100 * kEuro},
                          SpendDay{at("2026-03-04T00:00:00Z"), 100 * kEuro}));
}

TEST(SpendDays, WhatIsLeftGoesToTheFirst) {
  EXPECT_THAT(
      spend_days({at("2026-03-02T00:00:00Z"), at("2026-03-05T00:00:00Z")}, -100 * kEuro, {}),
      ElementsAre(SpendDay{at("2026-03-02T00:00:00Z"), -33'333'334},
                  SpendDay{at("2026-03-03T00:00:00Z"), -33'333'333},
                  SpendDay{at("2026-03-04T00:00:00Z"), -33'333'333}));
}

TEST(SpendDays, ADayThatIsInItPartlyGetsItsPart) {
  EXPECT_THAT(spend_days({at("2026-03-02T18:00:00Z"), at("2026-03-04T06:00:00Z")}, 6 * kEuro, {}),
              ElementsAre(SpendDay{at("2026-03-02T18:00:00Z"), kEuro},
                          SpendDay{at("2026-03-03T00:00:00Z"), 4 * kEuro},
                          SpendDay{at("2026-03-04T00:00:00Z"), kEuro}));
}

TEST(SpendDays, DaysAreThoseOfTheZone) {
  // 28, 29 and 30 March in Helsinki; the 29th has 23 hours.
  EXPECT_THAT(spend_days({at("2026-03-27T22:00:00Z"), at("2026-03-30T21:00:00Z")},
                         300 * kEuro,
                         day_in("Europe/Helsinki")),
              ElementsAre(SpendDay{at("2026-03-27T22:00:00Z"), 100 * kEuro},
                          SpendDay{at("2026-03-28T22:00:00Z"), 100 * kEuro},
                          SpendDay{at("2026-03-29T21:00:00Z"), 100 * kEuro}));
}

TEST(SpendDays, AMomentIsNotLost) {
  const base::EventTime noon = at("2026-03-02T12:00:00Z");
  EXPECT_THAT(spend_days({noon, noon + 1}, 5, {}), ElementsAre(SpendDay{noon, 5}));
}

TEST(SpendDays, TheySumToTheAmount) {
  base::Prng prng(7);
  for (int round = 0; round < 500; ++round) {
    const base::EventTime from = at("2026-01-01T00:00:00Z") + prng.between(0, 60 * base::kDay);
    const model::Period period{from,
                               from + prng.between(1, base::limits::kPeriodDays * base::kDay)};
    const int64_t amount = prng.between(-1'000 * kEuro, 1'000 * kEuro);
    int64_t sum = 0;
    for (const SpendDay& day : spend_days(period, amount, day_in("America/New_York"))) {
      EXPECT_GE(day.at, period.from);
      EXPECT_LT(day.at, period.to);
      sum += day.micros;
    }
    EXPECT_EQ(sum, amount);
  }
}

}  // namespace
}  // namespace kaiku::commerce
