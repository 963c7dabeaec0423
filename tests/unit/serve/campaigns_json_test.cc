// Campaigns in the JSON of the business view, and their gauges.
#include "serve/campaigns_json.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/metrics/registry.h"
#include "kaiku/serve/snapshot_metrics.h"

#include "unit/board/json_value.h"
#include "unit/serve/example_snapshot.h"

namespace kaiku::serve {
namespace {

using board::JsonValue;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

JsonValue campaigns_of(const Snapshot& snapshot, std::string_view window = "hour") {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object();
  write_campaigns(json, snapshot, window, tests::kExampleHour);
  json.end_object();
  const auto parsed = JsonValue::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  const JsonValue* found = parsed ? parsed->find("campaigns") : nullptr;
  return found == nullptr ? JsonValue() : *found;
}

std::vector<JsonValue> list(const JsonValue& of, std::string_view name) {
  const JsonValue* found = of.find(name);
  EXPECT_NE(found, nullptr) << name;
  return found == nullptr ? std::vector<JsonValue>() : found->items;
}

bool is_null(const JsonValue& of, std::string_view name) {
  const JsonValue* found = of.find(name);
  return found != nullptr && found->kind == JsonValue::Kind::kNull;
}

TEST(CampaignsJson, AFunnelHasItsStepsRatesCostsAndItsWindow) {
  const JsonValue all = campaigns_of(tests::example_snapshot());
  const auto funnels = list(all, "funnels");
  ASSERT_EQ(funnels.size(), 4U);
  std::vector<std::string> order;
  for (const JsonValue& funnel : funnels) {
    order.push_back(funnel.at("brand") + " " + funnel.at("campaign") + " " + funnel.at("kind") +
                    " " + funnel.at("span"));
  }
  EXPECT_THAT(order,
              ElementsAre("aurinko launch closed window",
                          "kirkas spring closed window",
                          "kirkas spring closed campaign",
                          "kirkas spring open window"));
  const JsonValue& spring = funnels[1];
  EXPECT_EQ(spring.at("window_start"), "2026-03-03T08:00:00Z");
  EXPECT_EQ(spring.at("window_end"), "2026-03-03T09:00:00Z");
  EXPECT_EQ(spring.at("value_basis"), "none");
  EXPECT_EQ(spring.at("currency"), "EUR");
  EXPECT_EQ(spring.at("spend"), "325000");
  const auto steps = list(spring, "steps");
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[1].at("step"), "requests");
  EXPECT_EQ(steps[1].at("of"), "leads");
  EXPECT_EQ(steps[1].at("count"), "50000");
  EXPECT_EQ(steps[1].find("of_previous")->at("value"), "0.00769231");
  EXPECT_EQ(steps[2].find("of_first")->at("denominator"), "6500000");
  EXPECT_EQ(steps[0].at("cost"), "0.05");
  EXPECT_EQ(steps[2].at("cost"), "32.5");
  EXPECT_EQ(funnels[2].at("days"), "6");
}

TEST(CampaignsJson, WhatIsNotComputableIsNull) {
  const JsonValue launch = list(campaigns_of(tests::example_snapshot()), "funnels").front();
  EXPECT_TRUE(is_null(launch, "value_basis"));
  EXPECT_TRUE(is_null(launch, "currency"));
  EXPECT_TRUE(is_null(launch, "spend"));
  const auto steps = list(launch, "steps");
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[1].find("of_previous")->at("value"), "0") << "nobody of four: that is known";
  EXPECT_TRUE(is_null(*steps[2].find("of_previous"), "value")) << "of nobody: that is not";
  EXPECT_EQ(steps[2].find("of_first")->at("value"), "3");
  EXPECT_TRUE(is_null(*steps[2].find("of_first"), "upper"));
  EXPECT_TRUE(is_null(steps[2], "cost"));
}

TEST(CampaignsJson, OfOpenWindowsTheOneThatIsShownAndWholeCampaigns) {
  Snapshot snapshot = tests::example_snapshot();
  CampaignView later = snapshot.open_campaigns.front();
  later.window_start += base::kHour;
  snapshot.open_campaigns.push_back(later);
  EXPECT_EQ(list(campaigns_of(snapshot), "funnels").size(), 4U) << "of another open hour";
  snapshot.open_campaigns.back().is_whole = true;
  const auto funnels = list(campaigns_of(snapshot), "funnels");
  ASSERT_EQ(funnels.size(), 5U) << "what ends later is open still";
  EXPECT_EQ(funnels[4].at("kind"), "open");
  EXPECT_EQ(funnels[4].at("span"), "campaign");
}

TEST(CampaignsJson, NamesAreThoseOfTheConfigurationWhateverTheWindow) {
  const JsonValue day = campaigns_of(tests::example_snapshot(), "day");
  EXPECT_TRUE(list(day, "funnels").empty());
  const auto names = list(day, "names");
  ASSERT_EQ(names.size(), 3U);
  EXPECT_EQ(names[2].at("campaign"), "loyalty");
  EXPECT_EQ(names[2].at("brand"), "kirkas");
  EXPECT_TRUE(list(campaigns_of(Snapshot()), "names").empty());
}

TEST(CampaignsJson, WhatIsBeyondTheBoundsIsCounted) {
  Snapshot snapshot = tests::example_snapshot();
  for (size_t i = 0; i < kFunnelSteps; ++i) {
    const std::string name = "c" + std::to_string(i);
    snapshot.campaigns.push_back({name, "zora"});
    tests::add_campaign(
        snapshot,
        tests::kExampleHour - base::kHour,
        tests::example_campaign(
            name, "zora", {{"visits", "visits", 3, {}}, {"orders", "orders", 1, {}}}));
  }
  const JsonValue all = campaigns_of(snapshot);
  const size_t shown = list(all, "funnels").size();
  EXPECT_EQ(shown, 4 + (kFunnelSteps - 9) / 2);
  EXPECT_EQ(static_cast<size_t>(all.find("funnels_omitted")->number("closed")),
            kFunnelSteps + 4 - shown);
  EXPECT_EQ(all.find("funnels_omitted")->at("open"), "0");
  EXPECT_EQ(list(all, "names").size(), kCampaignNames);
  EXPECT_EQ(static_cast<size_t>(all.number("names_omitted")), kFunnelSteps + 3 - kCampaignNames);
}

TEST(CampaignMetrics, StepsRatesAndCostsOfTheWindow) {
  const Snapshot snapshot = tests::example_snapshot();
  metrics::RegistryOptions options;
  options.sources = {"posts"};
  options.windows = {"hour"};
  metrics::Registry registry(options);
  registry.add_collector(
      [&](metrics::Samples& samples) { add_snapshot_metrics(snapshot, samples); });
  const std::string text = registry.scrape();
  const std::string spring = R"({brand="kirkas",campaign="spring",step=)";
  EXPECT_THAT(text,
              HasSubstr("kaiku_window_campaign_steps" + spring + R"("cars",window="hour"} 10000)"));
  EXPECT_THAT(text,
              HasSubstr("kaiku_campaign_step_ratio" + spring + R"("cars",window="hour"} 0.2)"));
  EXPECT_THAT(
      text, HasSubstr("kaiku_campaign_step_cost_euros" + spring + R"("cars",window="hour"} 32.5)"));
  EXPECT_THAT(text, Not(HasSubstr("kaiku_campaign_step_ratio" + spring + R"("views")")))
      << "the first step is a part of nothing";
  const std::string launch = R"({brand="aurinko",campaign="launch",step="bottles")";
  EXPECT_THAT(text, HasSubstr("kaiku_window_campaign_steps" + launch));
  EXPECT_THAT(text, Not(HasSubstr("kaiku_campaign_step_ratio" + launch))) << "not computable";
  EXPECT_THAT(text, Not(HasSubstr("kaiku_campaign_step_cost_euros" + launch)));
}

}  // namespace
}  // namespace kaiku::serve
