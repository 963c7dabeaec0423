// KPI records of the last closed windows: their JSON, and the gauges made of them.
#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/metrics/registry.h"
#include "kaiku/serve/snapshot.h"
#include "kaiku/serve/snapshot_metrics.h"

#include "serve/figures_json.h"
#include "unit/serve/example_snapshot.h"

namespace kaiku::serve {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::example_snapshot;
using tests::kExampleHour;

FigureView figure(const char* kpi, const char* channel, double value, const char* unit) {
  FigureView view;
  view.kpi = kpi;
  view.stage = "impact";
  view.basis = "booked";
  view.brand = "kirkas";
  view.channel = channel;
  view.unit = unit;
  view.value = value;
  view.body = R"({"value":"1.00","unit":")" + std::string(unit) + R"(","n":1})";
  return view;
}

Snapshot with_figures() {
  Snapshot snapshot = example_snapshot();
  FigureSet set;
  set.window = "hour";
  set.window_start = kExampleHour - base::kHour;
  set.window_end = kExampleHour;
  set.figures = {figure("attributed_revenue_linear", "x", 60, "EUR"),
                 figure("attributed_revenue_linear", "_all", 100, "EUR"),
                 figure("avoided_contact_cost", "forum", 12.5, "EUR"),
                 figure("return_on_spend", "_all", -0.25, "ratio"),
                 figure("share_of_voice", "_all", 0.4, "ratio")};
  set.figures.back().market = "waters";
  FigureView unknown = figure("engagement_rate", "x", 0, "ratio");
  unknown.value.reset();
  set.figures.push_back(unknown);
  FigureView topic = figure("share_of_voice", "_all", 0.9, "ratio");
  topic.subject = R"("topic":"water")";
  set.figures.push_back(topic);
  snapshot.bases = {{"attributed_revenue_linear", "booked", "impact"},
                    {"attributed_revenue_markov", "modelled", "impact"},
                    {"booked_revenue", "booked", "impact"},
                    {"ad_spend", "none", "inputs"}};
  snapshot.prices = {"5f3a", "2026-01-01"};
  snapshot.figures = {std::make_shared<const FigureSet>(std::move(set))};
  return snapshot;
}

std::string scraped(const Snapshot& snapshot) {
  metrics::RegistryOptions options;
  options.sources = {"posts"};
  options.windows = {"hour"};
  metrics::Registry registry(options);
  registry.add_collector(
      [&](metrics::Samples& samples) { add_snapshot_metrics(snapshot, samples); });
  return registry.scrape();
}

TEST(FiguresJson, RecordsAreAsPublished) {
  EXPECT_THAT(
      figures_json(with_figures(), {"hour", "kirkas", "x", "attributed_revenue_linear"}),
      HasSubstr(
          R"("kpis":[{"kpi":"attributed_revenue_linear","stage":"impact","value_basis":"booked",)"
          R"("brand":"kirkas","channel":"x","window":"hour","window_start":)"));
  EXPECT_THAT(figures_json(with_figures(), {"hour", "", "x", ""}),
              HasSubstr(R"(,"value":"1.00","unit":"EUR","n":1})"));
}

TEST(FiguresJson, WhatElseARecordIsAboutStandsBehindItsChannel) {
  EXPECT_THAT(figures_json(with_figures(), {"", "", "", "share_of_voice"}),
              HasSubstr(R"("channel":"_all","topic":"water","window":"hour")"));
}

TEST(FiguresJson, EveryFilterLeavesOutTheRest) {
  const Snapshot snapshot = with_figures();
  const std::string none = R"("kpis":[],"omitted":0)";
  EXPECT_THAT(figures_json(snapshot, {"day", "", "", ""}), HasSubstr(none));
  EXPECT_THAT(figures_json(snapshot, {"", "lumi", "", ""}), HasSubstr(none));
  EXPECT_THAT(figures_json(snapshot, {"", "", "fax", ""}), HasSubstr(none));
  EXPECT_THAT(figures_json(snapshot, {"", "", "", "luck"}), HasSubstr(none));
}

TEST(FigureMetrics, NetSentimentShowsItsInterval) {
  Snapshot snapshot = example_snapshot();
  FigureSet set;
  set.window = "hour";
  set.window_start = kExampleHour - base::kHour;
  set.window_end = kExampleHour;
  set.figures = {figure("net_sentiment", "x", 0.4, "ratio"),
                 figure("net_sentiment", "forum", 0.4, "ratio")};
  set.figures[0].lower = 0.125;
  set.figures[0].upper = 0.625;
  snapshot.figures = {std::make_shared<const FigureSet>(std::move(set))};
  const std::string text = scraped(snapshot);
  EXPECT_THAT(text,
              HasSubstr(R"(kaiku_window_net_sentiment_lower_ratio{brand="kirkas",channel="x",)"
                        R"(window="hour"} 0.125)"));
  EXPECT_THAT(text,
              HasSubstr(R"(kaiku_window_net_sentiment_upper_ratio{brand="kirkas",channel="x",)"
                        R"(window="hour"} 0.625)"));
  EXPECT_THAT(text, Not(HasSubstr(R"(_lower_ratio{brand="kirkas",channel="forum")")));
}

TEST(FiguresJson, WhatIsBeyondTheBoundIsCounted) {
  Snapshot snapshot = with_figures();
  FigureSet many = *snapshot.figures[0];
  many.figures.assign(kFiguresPerAnswer + 2, many.figures[0]);
  snapshot.figures = {std::make_shared<const FigureSet>(std::move(many))};
  EXPECT_THAT(figures_json(snapshot, {}), HasSubstr(R"("omitted":2)"));
}

TEST(FiguresJson, WhatAShardHadNoRoomForIsCountedWhereItMayFit) {
  Snapshot snapshot = with_figures();
  FigureSet big;
  big.window = "hour";
  big.brand = "lumi";
  big.omitted = 20'001;
  snapshot.figures.push_back(std::make_shared<const FigureSet>(big));
  big.brand.clear();  // of a market
  big.omitted = 3;
  snapshot.figures.push_back(std::make_shared<const FigureSet>(big));
  EXPECT_THAT(figures_json(snapshot, {}), HasSubstr(R"("omitted":20004)"));
  EXPECT_THAT(figures_json(snapshot, {"hour", "lumi", "", ""}),
              HasSubstr(R"("kpis":[],"omitted":20004)"));
  EXPECT_THAT(figures_json(snapshot, {"hour", "kirkas", "", ""}), HasSubstr(R"("omitted":3)"));
  EXPECT_THAT(figures_json(snapshot, {"day", "", "", ""}), HasSubstr(R"("omitted":0)"));
}

TEST(FigureMetrics, WhatAddsUpIsByChannelAndRatiosAreOfTheBrandToo) {
  const std::string text = scraped(with_figures());
  EXPECT_THAT(text,
              HasSubstr(R"(kaiku_attributed_revenue_euros{brand="kirkas",channel="x",)"
                        R"(model="linear",window="hour"} 60)"));
  EXPECT_THAT(text,
              Not(HasSubstr(R"(kaiku_attributed_revenue_euros{brand="kirkas",channel="_all")")));
  EXPECT_THAT(text,
              HasSubstr(R"(kaiku_avoided_cost_euros{brand="kirkas",channel="forum",)"
                        R"(by="contacts",window="hour"} 12.5)"));
  EXPECT_THAT(
      text,
      HasSubstr(
          R"(kaiku_return_on_spend_ratio{brand="kirkas",channel="_all",window="hour"} -0.25)"));
  EXPECT_THAT(
      text,
      HasSubstr(R"(kaiku_share_of_voice_ratio{brand="kirkas",market="waters",window="hour"} 0.4)"));
}

TEST(FigureMetrics, SayOnWhatTheyRest) {
  const std::string text = scraped(with_figures());
  const auto rests_on = [](const char* metric, const char* basis, const char* stage) {
    return HasSubstr("kaiku_metric_basis_info{metric=\"" + std::string(metric) +
                     "\",value_basis=\"" + basis + "\",stage=\"" + stage + "\"} 1\n");
  };
  EXPECT_THAT(text, rests_on("kaiku_attributed_revenue_euros", "booked", "impact"));
  EXPECT_THAT(text, rests_on("kaiku_attributed_revenue_euros", "modelled", "impact"));
  EXPECT_THAT(text, rests_on("kaiku_booked_revenue_euros", "booked", "impact"));
  EXPECT_THAT(text, rests_on("kaiku_spend_euros", "none", "inputs"));
  EXPECT_THAT(text,
              HasSubstr(R"(kaiku_price_list_info{version="5f3a",valid_from="2026-01-01"} 1)"));
}

TEST(FigureMetrics, WhatHasNoValueHasNoSample) {
  EXPECT_THAT(scraped(with_figures()), Not(HasSubstr("kaiku_engagement_rate_ratio{")));
}

}  // namespace
}  // namespace kaiku::serve
