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

#include "sim/care_plan.h"

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
  plan->outputs.outcomes = plan->topics.add({"outcomes", log::TopicRole::kOutput, 1, {}});
  plan->outputs.alerts = plan->topics.add({"alerts", log::TopicRole::kOutput, 1, {}});
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

  void follow_conversations(const generate::Options& options) {
    plan_->conversations = sim::care_plan(options.care, plan_->time.lateness_us);
  }

  [[nodiscard]] generate::Truth truth() const { return workload_.truth(); }

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
  uint64_t counted = 0;  // items of brands, as the counters of activity say
  uint64_t told = 0;     // and the records of the hours
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
  for (const auto& view : views) {
    for (const auto& items : view->activity.items) {
      result.counted += items.count;
    }
  }
  const log::TopicId hours = plan.outputs.activity[0];
  auto reader = scene.broker().connect(plan.topics, {.is_member = false});
  for (const log::TopicId topic : plan.outputs.activity) {
    LastValues last;
    for (int32_t partition = 0; partition < 2; ++partition) {
      EXPECT_TRUE(reader.value()->read({topic, partition}, 0, last).is_ok());
    }
    for (const auto& [key, value] : last.values) {
      result.activity[key] = comparable(value);
      const std::string_view name = "\"count_total\":";
      if (const size_t at = value.find(name); at != std::string::npos && topic == hours) {
        result.told += std::stoull(value.substr(at + name.size()));
      }
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
  EXPECT_GT(one.told, 1'000U);
  EXPECT_EQ(one.counted, one.told) << "a counter of activity is what the records add up to";
  EXPECT_EQ(three.counted, three.told) << "and it goes on where shards were given away";
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

using Place = std::pair<std::string, std::string>;  // brand, channel

// What counters of conversations have to come to, and what they did.
struct Conversations {
  uint64_t brand = 0;
  uint64_t peer = 0;
  std::map<model::ItemType, std::pair<uint64_t, uint64_t>> sla;
  model::WaitCounts first_response;

  friend bool operator==(const Conversations&, const Conversations&) = default;
};

std::map<Place, Conversations> known_to_the_generator(const generate::Truth& truth) {
  std::map<Place, Conversations> places;
  for (const generate::ConversationOutcome& outcome : truth.conversations) {
    const bool by_peer = outcome.answered_by == "peer";
    const bool by_brand = outcome.answered_by == "brand";
    if (!by_peer && !by_brand && !outcome.sla_met && outcome.answered_by == "none") {
      continue;  // nothing was decided about it
    }
    Conversations& place = places[{outcome.brand, outcome.channel}];
    place.brand += by_brand ? 1 : 0;
    place.peer += by_peer ? 1 : 0;
    if (outcome.sla_met) {
      auto& [met, breached] = place.sla[outcome.type];
      ++(*outcome.sla_met ? met : breached);
    }
    if (outcome.first_brand_at != base::kNoTime) {
      place.first_response.record(outcome.first_brand_at - outcome.opened_at);
    }
  }
  return places;
}

std::map<Place, Conversations> counted_by(
    const std::vector<std::shared_ptr<const runtime::WorkerView>>& views) {
  runtime::ActivityCounts all;
  for (const auto& view : views) {
    all.add(view->activity);
  }
  all.merge_equal();
  std::map<Place, Conversations> places;
  for (const auto& of : all.conversations) {
    Conversations& place = places[{of.brand, of.channel}];
    place.brand = of.counts.answered[static_cast<size_t>(aggregate::AnsweredBy::kBrand)];
    place.peer = of.counts.answered[static_cast<size_t>(aggregate::AnsweredBy::kPeer)];
    for (size_t type = 0; type < of.counts.sla.size(); ++type) {
      const auto& judged = of.counts.sla[type];
      if (judged.met + judged.breached > 0) {
        place.sla[static_cast<model::ItemType>(type)] = {judged.met, judged.breached};
      }
    }
    place.first_response = of.counts.first_response_public;
    place.first_response.add(of.counts.first_response_private);
  }
  return places;
}

TEST(EngineOnThreads, CountersOfConversationsAreWhatTheGeneratorKnows) {
  generate::Options options;
  options.events = 8'000;
  options.rate = 4;
  options.shares.conversations = 150'000;
  options.posts_partitions = options.support_partitions = options.orders_partitions = kPartitions;
  for (const uint32_t workers : {1U, 3U}) {
    Scene scene(3, options);
    scene.follow_conversations(options);
    scene.fill();
    runtime::EngineOptions engine_options;
    engine_options.workers = workers;
    engine_options.worker.poll_records = 200;
    const auto counted = counted_by(scene.run(engine_options, base::SystemClock()));
    const auto expected = known_to_the_generator(scene.truth());
    EXPECT_GT(expected.size(), 20U);
    Conversations all;
    for (const auto& [place, of] : expected) {
      const auto found = counted.find(place);
      ASSERT_NE(found, counted.end()) << place.first << " " << place.second;
      EXPECT_EQ(found->second, of) << place.first << " " << place.second;
      all.brand += of.brand;
      all.peer += of.peer;
      all.first_response.add(of.first_response);
    }
    EXPECT_EQ(counted.size(), expected.size());
    EXPECT_GT(all.brand, 100U);
    EXPECT_GT(all.peer, 10U);
    EXPECT_GT(all.first_response.buckets()[1], 10U);
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
