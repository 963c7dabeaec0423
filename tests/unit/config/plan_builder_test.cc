#include "config/plan_builder.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string setting_of(const log::Topic& topic, std::string_view name) {
  for (const auto& [key, value] : topic.settings) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

TEST(PlanBuilder, AMinimalFileIsAWholePlan) {
  const Loaded loaded = load(kMinimal);
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const shard::Plan& plan = *loaded.plan;
  EXPECT_EQ(plan.name, "small");
  EXPECT_EQ(plan.file, "p.yaml");
  EXPECT_EQ(plan.shards, 1U);
  EXPECT_EQ(plan.workers, 1U);
  EXPECT_TRUE(plan.is_local);
  EXPECT_TRUE(plan.key_is_derived);
  EXPECT_EQ(plan.key.fingerprint(), base::HashKey::derived_from("small").fingerprint());
  EXPECT_TRUE(plan.open_brands);
  EXPECT_EQ(plan.brands, nullptr);
  EXPECT_TRUE(plan.channels->channels().empty());
  EXPECT_EQ(plan.time.out_of_orderness_us, 30 * base::kSecond);
  EXPECT_EQ(plan.time.lateness_us, 10 * base::kMinute);
  EXPECT_EQ(plan.time.idle_after_us, base::kMinute);
  EXPECT_EQ(plan.items_retention_us, 3 * base::kDay);
  EXPECT_EQ(plan.dedup_horizon_us, 7 * base::kDay);
  EXPECT_EQ(plan.unmatched, shard::Unmatched::kCount);
  EXPECT_EQ(plan.state.dir, "./state");
  EXPECT_EQ(plan.state.memory_bytes, size_t{1} << 30);
  EXPECT_EQ(plan.state.commit_every_us, base::kSecond);
  EXPECT_EQ(plan.listen, "127.0.0.1:8080");
  EXPECT_EQ(plan.outputs.early_every_us, 5 * base::kSecond);
  EXPECT_FALSE(plan.outputs.has_items);
  EXPECT_NE(plan.fingerprint, 0U);
}

TEST(PlanBuilder, SourcesHaveTheirDefaults) {
  const Loaded loaded = load(kMinimal);
  ASSERT_NE(loaded.plan, nullptr);
  ASSERT_EQ(loaded.plan->sources.size(), 1U);
  const shard::SourcePlan& source = loaded.plan->sources[0];
  EXPECT_EQ(source.name, "posts");
  EXPECT_EQ(loaded.plan->topics.at(source.topic).name, "posts.v1");
  EXPECT_EQ(loaded.plan->topics.at(source.topic).partitions, 0);
  ASSERT_NE(source.mapping, nullptr);
  EXPECT_TRUE(source.mapping->canonical);
  EXPECT_EQ(source.routing, shard::Routing::kRouted);
  EXPECT_FALSE(source.bounded);
  EXPECT_FALSE(source.polled);
  EXPECT_TRUE(source.stable_time);
  EXPECT_EQ(source.max_future_us, 5 * base::kMinute);
  EXPECT_EQ(source.max_age_us, 30 * base::kDay);
}

TEST(PlanBuilder, WindowsAreMinuteHourAndDayIfNoneAreNamed) {
  const Loaded loaded = load(kMinimal);
  ASSERT_NE(loaded.plan, nullptr);
  const auto& windows = loaded.plan->board->windows;
  ASSERT_EQ(windows.size(), 3U);
  EXPECT_EQ(windows[0].name(), "minute");
  EXPECT_EQ(windows[1].name(), "hour");
  EXPECT_EQ(windows[2].name(), "day");
  for (const window::WindowSpec& window : windows) {
    EXPECT_EQ(window.final_after_us(), 10 * base::kMinute);
    EXPECT_EQ(window.retention_us(), 3 * base::kDay + base::kHour);
  }
  EXPECT_THAT(loaded.plan->board->kpi_windows, ElementsAre("hour", "day"));
}

TEST(PlanBuilder, TopicsHaveTheirNamesPartitionsAndSettings) {
  const Loaded loaded = load_with("shards: 4\n");
  ASSERT_NE(loaded.plan, nullptr);
  const shard::Plan& plan = *loaded.plan;
  const auto& exchange = plan.topics.at(plan.exchange);
  EXPECT_EQ(exchange.name, "kaiku.small.exchange.v1");
  EXPECT_EQ(exchange.role, log::TopicRole::kExchange);
  EXPECT_EQ(exchange.partitions, 4);
  EXPECT_EQ(setting_of(exchange, "cleanup.policy"), "delete");
  const auto& changelog = plan.topics.at(plan.changelog);
  EXPECT_EQ(changelog.name, "kaiku.small.changelog.v1");
  EXPECT_EQ(changelog.partitions, 4);
  EXPECT_EQ(setting_of(changelog, "retention.ms"), std::to_string(14 * 86'400'000LL));
  ASSERT_EQ(plan.outputs.activity.size(), 3U);
  const auto& hour = plan.topics.at(plan.outputs.activity[1]);
  EXPECT_EQ(hour.name, "kaiku.small.activity.hour.v1");
  EXPECT_EQ(hour.partitions, 4);
  EXPECT_EQ(setting_of(hour, "cleanup.policy"), "compact,delete");
  EXPECT_EQ(setting_of(hour, "retention.ms"), std::to_string(90 * 86'400'000LL));
  EXPECT_EQ(setting_of(hour, "min.compaction.lag.ms"), std::to_string(70 * 60'000));
  EXPECT_EQ(plan.topics.at(plan.outputs.kpi).name, "kaiku.small.kpi.v1");
  EXPECT_EQ(plan.topics.at(plan.outputs.late).name, "kaiku.small.late.v1");
  EXPECT_EQ(plan.topics.at(plan.outputs.dead_letters).name, "kaiku.small.dlq.v1");
  EXPECT_EQ(setting_of(plan.topics.at(plan.outputs.dead_letters), "cleanup.policy"), "delete");
}

TEST(PlanBuilder, ATopicForItemsThatNobodyPublishesIsTold) {
  const std::string items = "outputs: {items: {topic: clean}}\n";
  const Loaded silent = load_with(items);
  ASSERT_NE(silent.plan, nullptr) << render(silent.diagnostics);
  EXPECT_THAT(render(silent.diagnostics), testing::HasSubstr("KA057"));
  const Loaded told = load_with(items + "items: {publish: true}\n");
  EXPECT_THAT(render(told.diagnostics), testing::Not(testing::HasSubstr("KA057")));
}

TEST(PlanBuilder, EveryValueReachesThePlan) {
  const Loaded loaded = load(R"(version: 1
name: whole
shards: 8
workers: 3
log:
  kind: kafka
  keep_sources: 2h
  keep_source_bytes: 1MiB
  common: {bootstrap.servers: "b:9092"}
  consumer: {group.id: mine, fetch.min.bytes: 65536}
  producer: {compression.codec: lz4}
sources:
  posts:
    topic: t.posts
    routing: direct
    keyed_by: /id
    partitioner: consistent
    polled: true
    time: {stable: false}
    max_future: 1m
    brand: KIRKAS
  files: {topic: t.files, bounded: true, max_age: 2d}
time: {out_of_orderness: 1s, lateness: 2m, idle_after: 3s, max_future: 4m, max_age: 5d}
dedup: {horizon: 1d}
items: {retention: 6h, unmatched: dead_letter, publish: true}
brands:
  - {id: kirkas, name: Kirkas, aliases: [kirkas], exclude: [kirkas yö], handles: ["@kirkas"]}
channels:
  - {id: x, match: [twitter]}
  - {id: rest, match: ["*"], private: true}
windows:
  trend: {size: 1h, advance: 5m, final_after: 1m, retention: 2h}
  helsinki: {size: 1d, timezone: Europe/Helsinki}
outputs:
  partitions: 12
  retention: 10d
  aggregates: {topic: "out.{window}", early_every: 250ms}
  kpis: {topic: out.kpi, windows: [helsinki]}
  late: {topic: out.late}
  dead_letters: {topic: out.dlq, budget: 1MiB}
  items: {topic: out.items}
business: {currency: sek}
state: {dir: /var/lib/kaiku, memory: 512MiB, commit_every: 100ms}
server: {listen: "[::1]:0"}
)");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const shard::Plan& plan = *loaded.plan;
  EXPECT_EQ(plan.shards, 8U);
  EXPECT_EQ(plan.workers, 3U);
  EXPECT_FALSE(plan.is_local);
  EXPECT_EQ(plan.local.keep_sources_us, 2 * base::kHour);
  EXPECT_EQ(plan.local.keep_source_bytes, 1U << 20);
  EXPECT_THAT(plan.kafka.common, ElementsAre(Pair("bootstrap.servers", "b:9092")));
  EXPECT_THAT(plan.kafka.consumer,
              ElementsAre(Pair("group.id", "mine"), Pair("fetch.min.bytes", "65536")));
  EXPECT_THAT(plan.kafka.producer, ElementsAre(Pair("compression.codec", "lz4")));
  const shard::SourcePlan& posts = plan.sources[0];
  EXPECT_EQ(posts.routing, shard::Routing::kDirect);
  EXPECT_EQ(posts.keyed_by, "/id");
  EXPECT_EQ(posts.partitioner, "consistent");
  EXPECT_EQ(plan.topics.at(posts.topic).partitions, 8);
  EXPECT_TRUE(posts.polled);
  EXPECT_FALSE(posts.stable_time);
  EXPECT_EQ(posts.max_future_us, base::kMinute);
  EXPECT_EQ(posts.max_age_us, 5 * base::kDay);
  EXPECT_EQ(posts.brand_constant, "kirkas") << "as the catalogue spells it";
  EXPECT_TRUE(plan.sources[1].bounded);
  EXPECT_EQ(plan.sources[1].max_age_us, 2 * base::kDay);
  EXPECT_EQ(plan.sources[1].max_future_us, 4 * base::kMinute);
  EXPECT_EQ(plan.time.out_of_orderness_us, base::kSecond);
  EXPECT_EQ(plan.time.lateness_us, 2 * base::kMinute);
  EXPECT_EQ(plan.time.idle_after_us, 3 * base::kSecond);
  EXPECT_EQ(plan.dedup_horizon_us, base::kDay);
  EXPECT_EQ(plan.items_retention_us, 6 * base::kHour);
  EXPECT_EQ(plan.unmatched, shard::Unmatched::kDeadLetter);
  EXPECT_TRUE(plan.outputs.has_items);
  EXPECT_EQ(plan.topics.at(plan.outputs.items).name, "out.items");
  EXPECT_EQ(plan.brands->brands()[0].handles, std::vector<std::string>{"@kirkas"});
  EXPECT_EQ(plan.channels->id_of("whatever"), "rest");
  const auto& windows = plan.board->windows;
  EXPECT_EQ(windows[0].advance_us(), 5 * base::kMinute);
  EXPECT_EQ(windows[0].final_after_us(), base::kMinute);
  EXPECT_EQ(windows[0].retention_us(), 2 * base::kHour);
  // A day in Helsinki begins at 22:00 UTC in winter.
  EXPECT_EQ(windows[1].pane_start(base::parse_rfc3339("2026-01-15T12:00:00Z")),
            base::parse_rfc3339("2026-01-14T22:00:00Z"));
  EXPECT_EQ(windows[1].retention_us(), base::kDay + base::kHour);
  EXPECT_THAT(plan.board->kpi_windows, ElementsAre("helsinki"));
  EXPECT_EQ(plan.topics.at(plan.outputs.activity[1]).name, "out.helsinki");
  EXPECT_EQ(plan.topics.at(plan.outputs.activity[1]).partitions, 12);
  EXPECT_EQ(plan.outputs.early_every_us, 250 * base::kMillisecond);
  EXPECT_EQ(plan.outputs.dead_letter_budget_bytes, size_t{1} << 20);
  EXPECT_EQ(plan.board->rates->base().view(), "SEK");
  EXPECT_EQ(plan.state.dir, "/var/lib/kaiku");
  EXPECT_EQ(plan.state.memory_bytes, 512U << 20);
  EXPECT_EQ(plan.state.commit_every_us, 100 * base::kMillisecond);
  EXPECT_EQ(plan.listen, "[::1]:0");
}

TEST(PlanBuilder, FinalAfterStretchesTheRetention) {
  const Loaded loaded = load_with("windows: {w: {size: 1m, final_after: 10d}}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_EQ(loaded.plan->board->windows[0].retention_us(), 10 * base::kDay + base::kHour);
}

TEST(PlanBuilder, FingerprintFollowsWhatDecidesFigures) {
  const auto print = [](std::string_view more, std::vector<std::string> overrides = {}) {
    LoadOptions options = options_with();
    options.overrides = std::move(overrides);
    const Loaded loaded = load_with(more, options);
    EXPECT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
    return loaded.plan == nullptr ? 0 : loaded.plan->fingerprint;
  };
  const uint64_t base = print("");
  EXPECT_EQ(print(""), base);
  // Without influence.
  EXPECT_EQ(print("workers: 1\nserver: {listen: \"a:1\"}\nstate: {dir: /x, memory: 2GiB}\n"), base);
  EXPECT_EQ(print("outputs: {late: {topic: other}, aggregates: {early_every: 1s}}\n"), base);
  EXPECT_EQ(print("log: {kind: kafka, common: {bootstrap.servers: a}}\n"), base);
  EXPECT_EQ(print("description: words\n"), base);
  // With influence, each for itself.
  std::vector<uint64_t> prints{base};
  for (const char* more : {"shards: 2\n",
                           "time: {lateness: 11m}\n",
                           "time: {out_of_orderness: 1s}\n",
                           "time: {idle_after: 1s}\n",
                           "time: {max_age: 1d}\n",
                           "time: {max_future: 1m}\n",
                           "dedup: {horizon: 8d}\n",
                           "items: {retention: 4d}\n",
                           "items: {unmatched: ignore}\n",
                           "channels: [{id: x}]\n",
                           "channels: [{id: x, private: true}]\n",
                           "windows: {hour: {size: 1h}}\n",
                           "windows: {hour: {size: 1h, advance: 5m}}\n",
                           "windows: {hour: {size: 1h, final_after: 1m}}\n",
                           "windows: {hour: {size: 1h, retention: 5d}}\n",
                           "windows: {hour: {size: 1d}}\n",
                           "windows: {hour: {size: 1d, timezone: Europe/Helsinki}}\n",
                           "business: {currency: USD}\n",
                           "journeys: {follow: true}\n",
                           "journeys: {follow: true, keys: [customer]}\n",
                           "journeys: {follow: true, look_back: 31d}\n",
                           "journeys: {follow: true, half_life: 8d}\n",
                           "journeys: {follow: true, order_delay_max: 4d}\n",
                           "journeys: {follow: true, touches_per_day: 21}\n",
                           "journeys: {follow: true, stopped: [kiosk]}\n",
                           "outputs: {kpis: {windows: [day]}}\n"}) {
    prints.push_back(print(more));
  }
  for (const char* set : {"name=other",
                          "sources.posts.topic=t2",
                          "sources.posts.polled=true",
                          "sources.posts.bounded=true",
                          "sources.posts.time.stable=false",
                          "sources.posts.brand=b",
                          "sources.posts.mapping=x_v1",
                          "sources.posts.mapping=x_v2",
                          "brands=[{id: a}]",
                          "brands=[{id: b}]"}) {
    prints.push_back(print("", {set}));
  }
  std::sort(prints.begin(), prints.end());
  EXPECT_EQ(std::adjacent_find(prints.begin(), prints.end()), prints.end());
}

}  // namespace
}  // namespace kaiku::config
