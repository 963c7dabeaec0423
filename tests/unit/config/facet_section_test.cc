// What is counted beside brands and channels: off by default, and what is refused.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/exchange/delta_key.h"

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kCampaign = R"(campaigns:
  - id: fiesta
    brand: ford
    ids: [FM10, fiesta-movement]
    from: 2010-04-01
    to: 2010-04-07T00:00:00Z
    steps:
      - {name: views, of: views}
      - {name: cars, of: orders, channel: dealer}
)";

bool reads(const shard::Plan& plan, std::string_view name) {
  const auto& fields = parse::canonical_fields();
  const auto at =
      static_cast<size_t>(std::find(fields.begin(), fields.end(), name) - fields.begin());
  EXPECT_LT(at, fields.size()) << name;
  return ((plan.sources.at(0).mapping->fields_used >> at) & 1) == 1;
}

TEST(FacetSection, NothingIsCountedThatWasNotAskedFor) {
  const Loaded plain = load_with("");
  ASSERT_NE(plain.plan, nullptr);
  EXPECT_EQ(plain.plan->facets, nullptr);
  EXPECT_EQ(plain.plan->commerce.kinds, 0);
  EXPECT_FALSE(reads(*plain.plan, "campaign_id"));
  EXPECT_FALSE(reads(*plain.plan, "text"));
  EXPECT_FALSE(reads(*plain.plan, "aspect"));
  for (const char* more : {"campaigns: []\n", "content: {reuse: false}\n", "feedback: {}\n"}) {
    const Loaded loaded = load_with(more);
    ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
    EXPECT_EQ(loaded.plan->facets, nullptr);
    EXPECT_EQ(loaded.plan->fingerprint, plain.plan->fingerprint);
  }
}

TEST(FacetSection, ACampaignAsItIsWritten) {
  const Loaded loaded = load_with(kCampaign);
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  ASSERT_EQ(loaded.plan->board->campaigns.size(), 1U);
  const board::Campaign& campaign = loaded.plan->board->campaigns[0];
  EXPECT_EQ(campaign.id(), "fiesta");
  EXPECT_EQ(campaign.brand, "ford");
  EXPECT_EQ(campaign.to - campaign.from, 6 * base::kDay);
  EXPECT_TRUE(exchange::is_marked(campaign.cells, exchange::kCampaignMark));
  EXPECT_TRUE(exchange::is_marked(campaign.period, exchange::kPeriodMark));
  ASSERT_EQ(campaign.steps.size(), 2U);
  EXPECT_EQ(campaign.steps[1].of, board::Measure::kOrders);
  EXPECT_EQ(campaign.steps[1].channel, "dealer");
  EXPECT_EQ(loaded.plan->facets->campaigns.size(), 2U);
  EXPECT_EQ(loaded.plan->facets->campaigns.at("FM10"), campaign.cells);
  EXPECT_TRUE(reads(*loaded.plan, "touch.campaign_id"));
  EXPECT_NE(loaded.plan->fingerprint, load_with("").plan->fingerprint);
}

TEST(FacetSection, TheRestAsItIsWritten) {
  const Loaded loaded = load_with(R"(
topics: [{id: water, aliases: [clean water]}]
feedback: {products: [bottle], aspects: [price]}
content: {reuse: true}
business: {figures: [leads, subscriptions]}
comparisons: [{id: chat, brand: kone, of: leads, changed_at: 2026-03-05, before: 7d}]
)");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const shard::FacetPlan& facets = *loaded.plan->facets;
  EXPECT_TRUE(facets.content_reuse && facets.feedback);
  EXPECT_TRUE(facets.products.contains("bottle"));
  ASSERT_NE(facets.topics, nullptr);
  EXPECT_TRUE(reads(*loaded.plan, "text"));
  EXPECT_TRUE(reads(*loaded.plan, "product"));
  const commerce::CommercePlan& commerce = loaded.plan->commerce;
  EXPECT_TRUE(commerce.counts(model::BusinessKind::kLead));
  EXPECT_TRUE(commerce.counts(model::BusinessKind::kSubscriptionEnd));
  EXPECT_FALSE(commerce.counts(model::BusinessKind::kVisit));
  EXPECT_EQ(loaded.plan->board->kinds, commerce.kinds);
  const board::Comparison& comparison = loaded.plan->board->comparisons.at(0);
  EXPECT_EQ(comparison.before_us, 7 * base::kDay);
  EXPECT_EQ(comparison.after_us, 28 * base::kDay);
}

TEST(FacetSection, WhatCannotBeCountedIsRefused) {
  const auto refused = [](std::string_view more) { return codes(load_with(more)); };
  EXPECT_THAT(refused("business: {figures: [likes]}\n"), ElementsAre("KA065"));
  EXPECT_THAT(refused("campaigns: [{id: a, brand: b, from: 2026-03-01, steps: [{name: v, of: "
                      "views}]}]\n"),
              ElementsAre("KA065"));
  EXPECT_THAT(refused("campaigns: [{id: a, brand: b, from: 2026-03-02, to: 2026-03-01, steps: "
                      "[{name: v, of: views}]}]\n"),
              ElementsAre("KA065"));
  EXPECT_THAT(refused("campaigns: [{id: a, brand: b, steps: [{name: v, of: views}, {name: v, of: "
                      "clicks}]}]\n"),
              ElementsAre("KA065"));
  EXPECT_THAT(refused("campaigns:\n  - {id: a, brand: b, ids: [z], steps: [{name: v, of: views}]}\n"
                      "  - {id: c, brand: b, ids: [z], steps: [{name: v, of: views}]}\n"),
              ElementsAre("KA065"));
  EXPECT_THAT(refused("topics: [{id: w, aliases: ['!']}]\n"), ElementsAre("KA066"));
  EXPECT_THAT(refused("feedback: {products: [_other]}\n"), ElementsAre("KA066"));
  EXPECT_THAT(refused("comparisons: [{id: c, brand: b, of: visits, changed_at: 2026-03-05}]\n"),
              ElementsAre("KA067"));
  EXPECT_THAT(refused("comparisons: [{id: c, brand: b, of: orders, changed_at: monday}]\n"),
              ElementsAre("KA067"));
}

TEST(FacetSection, BrandsAndChannelsAreThoseOfTheCatalogues) {
  const Loaded loaded = load(R"(version: 1
name: small
sources:
  posts: {topic: posts.v1}
brands: [{id: ford, aliases: [ford]}]
channels: [{id: dealer}]
campaigns:
  - id: fiesta
    brand: frod
    steps: [{name: cars, of: orders, channel: deeler}]
)");
  EXPECT_THAT(codes(loaded), ElementsAre("KA065", "KA065"));
  EXPECT_THAT(errors(loaded),
              ElementsAre(HasSubstr("no brand has the id \"frod\""),
                          HasSubstr("no channel has the id \"deeler\"")));
}

// A rate that comes does not make another plan: the state goes on.
TEST(FacetSection, RatesAreNoPartOfThePlan) {
  const Loaded loaded = load_with("business: {rates_every: 5s}\n");
  ASSERT_NE(loaded.plan, nullptr);
  EXPECT_EQ(loaded.plan->fingerprint, load_with("").plan->fingerprint);
}

}  // namespace
}  // namespace kaiku::config
