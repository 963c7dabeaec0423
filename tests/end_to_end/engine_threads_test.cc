// The engine with several workers on threads of their own, over the embedded log in memory: the
// same figures as with one worker, and food for ThreadSanitizer.
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/generate/workload.h"
#include "kaiku/local/broker.h"
#include "kaiku/runtime/engine.h"
#include "kaiku/state/memory_store.h"

namespace kaiku {
namespace {

constexpr int32_t kPartitions = 3;

std::shared_ptr<shard::Plan> make_plan(uint32_t shards, const generate::Workload& workload) {
  auto plan = std::make_shared<shard::Plan>();
  plan->name = "threads";
  plan->shards = shards;
  plan->key = base::HashKey::derived_from("threads");
  plan->fingerprint = 42 + shards;
  auto mapping = std::make_shared<parse::Mapping>();
  mapping->name = "canonical";
  mapping->canonical = true;
  for (const std::string_view name : generate::kSourceNames) {
    shard::SourcePlan source;
    source.name = std::string(name);
    source.topic = plan->topics.add({source.name, log::TopicRole::kSource, kPartitions, {}});
    source.mapping = mapping;
    plan->sources.push_back(source);
  }
  std::vector<match::Brand> brands;
  for (const generate::Brand& brand : workload.brands()) {
    brands.push_back({brand.id, brand.name, brand.aliases, brand.exclude, {}});
  }
  auto matcher = match::BrandMatcher::build(brands);
  EXPECT_TRUE(matcher.has_value());
  plan->brands = matcher.value();
  plan->channels = std::make_shared<match::ChannelTable>(std::vector<match::Channel>{});
  const auto count = static_cast<int32_t>(shards);
  plan->exchange = plan->topics.add({"exchange", log::TopicRole::kExchange, count, {}});
  plan->changelog = plan->topics.add({"changelog", log::TopicRole::kChangelog, count, {}});
  auto board = std::make_shared<board::BoardPlan>();
  board->pipeline = plan->name;
  for (const auto& [name, size] : {std::pair{"hour", base::kHour}, std::pair{"day", base::kDay}}) {
    board->windows.push_back(
        window::WindowSpec::make(name, size, 0, "", base::kMinute, base::kDay).value());
    plan->outputs.activity.push_back(
        plan->topics.add({std::string("activity.") + name, log::TopicRole::kOutput, 2, {}}));
  }
  board->kpi_windows = {"day"};
  model::Currency euro{{'E', 'U', 'R', 0}};
  board->rates = std::make_shared<money::Rates>(
      money::Rates::parse(euro, workload.rates_csv(), "rates.csv").value());
  plan->board = board;
  plan->outputs.kpi = plan->topics.add({"kpi", log::TopicRole::kOutput, 2, {}});
  plan->outputs.late = plan->topics.add({"late", log::TopicRole::kOutput, 1, {}});
  plan->outputs.dead_letters = plan->topics.add({"dlq", log::TopicRole::kOutput, 1, {}});
  plan->outputs.early_every_us = 10 * base::kMillisecond;
  plan->state.commit_every_us = 5 * base::kMillisecond;
  return plan;
}

class LastValues final : public log::RecordSink {
 public:
  bool on_record(const log::Record& record) override {
    values[std::string(record.key)] = std::string(record.value);
    return true;
  }

  std::map<std::string, std::string> values;
};

// What varies with timing is cut out.
std::string comparable(const std::string& value) {
  std::string out = value;
  for (const char* field : {"\"kind\":\"", "\"revision\":", "\"watermark\":\""}) {
    const size_t at = out.find(field);
    if (at != std::string::npos) {
      out.erase(at, out.find(',', at) - at + 1);
    }
  }
  return out;
}

// A tenth of a second passes whenever somebody looks at it.
class HurryingClock final : public base::Clock {
 public:
  [[nodiscard]] int64_t now_us() const override { return monotonic_us(); }

  [[nodiscard]] int64_t monotonic_us() const override {
    return now_us_.fetch_add(base::kSecond / 10);
  }

 private:
  mutable std::atomic<int64_t> now_us_{0};
};

// A pipeline on a log in memory, with nothing in it yet.
class Scene {
 public:
  Scene(uint32_t shards, const generate::Options& options)
      : workload_(generate::Workload::make(options).value()),
        plan_(make_plan(shards, workload_)),
        broker_(local::Broker::in_memory(clock_)) {
    for (size_t id = 0; id < plan_->topics.size(); ++id) {
      const log::Topic& topic = plan_->topics.at(static_cast<log::TopicId>(id));
      EXPECT_TRUE(broker_->ensure_topic(topic.name, {topic.partitions, false, 0, 0}).is_ok());
    }
  }

  void fill() {
    generate::Record record;
    while (workload_.next(record)) {
      local::NewRecord one;
      one.partition = record.partition;
      one.timestamp = record.timestamp;
      one.value = record.value;
      EXPECT_TRUE(
          broker_->append(generate::kSourceNames[static_cast<size_t>(record.source)], one).is_ok());
    }
  }

  // Until it is idle. Answers what its workers showed in the end.
  std::vector<std::shared_ptr<const runtime::WorkerView>> run(
      runtime::EngineOptions options,
      const base::Clock& clock,
      int32_t order_partitions = kPartitions) {
    runtime::StorePool stores([](uint32_t) -> base::Result<std::unique_ptr<state::Store>> {
      return std::unique_ptr<state::Store>(std::make_unique<state::MemoryStore>());
    });
    options.until_idle = true;
    options.worker.sources_end = true;
    runtime::Engine engine(
        plan_,
        {{kPartitions, kPartitions, order_partitions}},
        [&](uint32_t) { return broker_->connect(plan_->topics); },
        stores,
        clock,
        options);
    const base::Status status = engine.run();
    EXPECT_TRUE(status.is_ok()) << status.message();
    return engine.views();
  }

  [[nodiscard]] const shard::Plan& plan() const { return *plan_; }

  [[nodiscard]] local::Broker& broker() { return *broker_; }

 private:
  base::SystemClock clock_;
  generate::Workload workload_;
  std::shared_ptr<shard::Plan> plan_;
  std::shared_ptr<local::Broker> broker_;
};

struct Result {
  shard::Ledger ledger;
  std::map<std::string, std::string> activity;
};

Result run(uint32_t shards, uint32_t workers) {
  generate::Options options;
  options.events = 6'000;
  options.rate = 4;
  options.posts_partitions = options.support_partitions = options.orders_partitions = kPartitions;
  Scene scene(shards, options);
  scene.fill();
  runtime::EngineOptions engine_options;
  engine_options.workers = workers;
  engine_options.worker.poll_records = 200;
  const auto views = scene.run(engine_options, base::SystemClock());
  Result result;
  for (const auto& view : views) {
    EXPECT_EQ(view->problem, "");
  }
  const shard::Plan& plan = scene.plan();
  result.ledger = runtime::total_ledger(views, plan.sources.size());
  auto reader = scene.broker().connect(plan.topics, {.is_member = false});
  for (const log::TopicId topic : plan.outputs.activity) {
    LastValues last;
    for (int32_t partition = 0; partition < 2; ++partition) {
      EXPECT_TRUE(reader.value()->read({topic, partition}, 0, last).is_ok());
    }
    for (const auto& [key, value] : last.values) {
      result.activity[key] = comparable(value);
    }
  }
  return result;
}

TEST(EngineOnThreads, GivesTheSameFiguresWithOneWorkerAndWithThree) {
  const Result one = run(3, 1);
  const Result three = run(3, 3);
  EXPECT_TRUE(shard::balances(one.ledger));
  EXPECT_TRUE(shard::balances(three.ledger));
  ASSERT_EQ(one.ledger.size(), three.ledger.size());
  for (size_t i = 0; i < one.ledger.size(); ++i) {
    EXPECT_EQ(one.ledger[i].outcomes, three.ledger[i].outcomes);
    EXPECT_EQ(one.ledger[i].duplicates, three.ledger[i].duplicates);
  }
  EXPECT_GT(one.activity.size(), 100U);
  // A cell that existed for a moment only may stand as zeros in one of them.
  for (const auto& [key, value] : one.activity) {
    const auto found = three.activity.find(key);
    if (found != three.activity.end()) {
      EXPECT_EQ(found->second, value) << key;
    } else {
      EXPECT_NE(value.find("\"count_total\":0"), std::string::npos) << value;
    }
  }
}

// How long the engine took to see that it is idle, if the pipeline had `absent` more partitions
// than its member reads.
int64_t time_to_idle(int32_t absent, int64_t absent_after_us) {
  generate::Options options;
  options.events = 100;
  Scene scene(2, options);
  runtime::EngineOptions engine_options;
  engine_options.absent_after_us = absent_after_us;
  const HurryingClock clock;
  (void)scene.run(engine_options, clock, kPartitions + absent);
  return clock.monotonic_us();
}

TEST(Engine, WhoReadsAllPartitionsIsDoneWhenTheyAreRead) {
  EXPECT_LT(time_to_idle(0, base::kDay), base::kDay);
}

TEST(Engine, WhoDoesNotWaitsForTheSessionOfAnAbsentMember) {
  EXPECT_GE(time_to_idle(1, 2 * base::kMinute), 2 * base::kMinute);
}

}  // namespace
}  // namespace kaiku
