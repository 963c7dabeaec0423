// Markets: which brands are compared with each other, and from when on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Loaded with_brands(std::string_view more) {
  std::string text(kMinimal);
  const std::string open = "brands: open";
  text.replace(text.find(open),
               open.size(),
               "brands: [{id: ford, aliases: [ford]}, {id: kone, aliases: [kone]}]");
  return load(text + std::string(more), options_with());
}

std::string problems_of(std::string_view more) {
  return render(with_brands(more).diagnostics);
}

TEST(MarketSection, ALaterListTakesThePlaceOfAnEarlierOne) {
  const Loaded loaded = with_brands(R"(markets:
  - {id: cars, brands: [ford]}
  - {id: cars, brands: [ford, kone], valid_from: 2026-07-01}
)");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const auto& markets = loaded.plan->board->markets;
  ASSERT_EQ(markets.size(), 2U);
  EXPECT_EQ(markets[0].valid_from, base::kTimeBegin);
  EXPECT_EQ(markets[1].valid_from, base::parse_rfc3339("2026-07-01T00:00:00Z"));
  EXPECT_THAT(loaded.plan->markets.at("kone"), ElementsAre(markets[1].cells));
  // A later list makes no other plan: a shard compares the lists.
  EXPECT_EQ(loaded.plan->fingerprint,
            with_brands("markets:\n  - {id: cars, brands: [ford]}\n").plan->fingerprint);
  ASSERT_EQ(loaded.plan->schedule.size(), 2U);
  EXPECT_EQ(loaded.plan->schedule[1].name, "cars");
  EXPECT_EQ(loaded.plan->schedule[1].says, "ford kone");
  EXPECT_EQ(loaded.plan->schedule[1].valid_from, markets[1].valid_from);
}

TEST(MarketSection, ABrandMayMoveButIsNeverInTwo) {
  EXPECT_NE(with_brands(R"(markets:
  - {id: cars, brands: [ford, kone]}
  - {id: cars, brands: [ford], valid_from: 2026-07-01}
  - {id: lifts, brands: [kone], valid_from: 2026-07-01}
)")
                .plan,
            nullptr);
  EXPECT_THAT(problems_of(R"(markets:
  - {id: cars, brands: [ford, kone]}
  - {id: lifts, brands: [kone], valid_from: 2026-07-01}
)"),
              HasSubstr("\"kone\" is in a market already"));
}

TEST(MarketSection, WhatCannotBeToldApartIsRefused) {
  EXPECT_THAT(problems_of("markets:\n  - {id: a, brands: [ford]}\n  - {id: a, brands: [kone]}\n"),
              HasSubstr("valid_from tells their lists apart"));
  EXPECT_THAT(problems_of("markets: [{id: a, brands: [ford, ford]}]\n"),
              HasSubstr("\"ford\" is in a market already"));
  EXPECT_THAT(problems_of("markets: [{id: a, brands: [nobody]}]\n"),
              HasSubstr("no brand has the id \"nobody\""));
  EXPECT_THAT(problems_of("markets: [{id: a, brands: [ford], valid_from: soon}]\n"),
              HasSubstr("it is a day, or a time in whole minutes"));
}

}  // namespace
}  // namespace kaiku::config
