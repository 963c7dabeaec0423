// World: topics, names and logs of one test; everything is fresh, since figures of a topic that an
// earlier run has written to mean nothing.
//
// Threads: confined, but options() may be called from several.
// Owns:    the topic table.
// Cost:    one request to create its topics.
// Fails:   by gtest assertions.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/kafka/kafka_log.h"
#include "kaiku/kafka/producer.h"
#include "kaiku/kafka/topic_admin.h"

#include "broker.h"

namespace kaiku::kafka::test {

struct Seen {
  log::Partition at;
  int64_t offset = 0;
  base::EventTime timestamp = base::kNoTime;
  std::optional<std::string> key = {};
  std::optional<std::string> value = {};
};

inline Seen seen(const log::Record& record) {
  Seen result{.at = record.at, .offset = record.offset, .timestamp = record.timestamp};
  if (record.has_key) {
    result.key = std::string(record.key);
  }
  if (record.has_value) {
    result.value = std::string(record.value);
  }
  return result;
}

class Collector final : public log::RecordSink {
 public:
  explicit Collector(size_t at_most = SIZE_MAX) : at_most_(at_most) {}

  bool on_record(const log::Record& record) override {
    records.push_back(seen(record));
    return records.size() < at_most_;
  }

  [[nodiscard]] std::vector<std::string> values() const {
    std::vector<std::string> result;
    for (const Seen& each : records) {
      result.push_back(each.value.value_or("<tombstone>"));
    }
    return result;
  }

  std::vector<Seen> records;

 private:
  size_t at_most_;
};

class World {
 public:
  explicit World(int32_t partitions = 1)
      : prefix_("it-" +
                std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "-" +
                std::to_string(counter_++)) {
    in = table.add({.name = prefix_ + "-in",
                    .role = log::TopicRole::kSource,
                    .partitions = partitions,
                    .settings = {}});
    out = table.add({.name = prefix_ + "-out",
                     .role = log::TopicRole::kOutput,
                     .partitions = partitions,
                     .settings = {}});
    small = table.add({.name = prefix_ + "-small",
                       .role = log::TopicRole::kOutput,
                       .partitions = 1,
                       .settings = {{"max.message.bytes", "1000"}}});
    create({table.at(in), table.at(out), table.at(small)});
  }

  // A broker that came back just now, or a starved one, takes a while to be trusted with topics.
  // Retention goes by the time of the record: without -1 those of the past vanish during a test.
  static void create(std::vector<log::Topic> topics) {
    for (log::Topic& each : topics) {
      each.settings.emplace_back("retention.ms", "-1");
    }
    base::Status status = create_topics(common(), topics, 1, 20'000);
    for (int i = 0; i < 20 && !status.is_ok(); ++i) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      status = create_topics(common(), topics, 1, 20'000);
    }
    EXPECT_TRUE(status.is_ok()) << status.message();
  }

  [[nodiscard]] static Properties common() {
    return {{"bootstrap.servers", Broker::instance().address()}};
  }

  [[nodiscard]] KafkaOptions options(const std::string& instance = "one", uint32_t worker = 0) {
    KafkaOptions options;
    options.common = common();
    options.topics = &table;
    options.subscribe = {in};
    options.group_id = prefix_ + "-group";
    options.worker = worker;
    options.transactional_id = prefix_ + "." + instance + "." + std::to_string(worker);
    options.stats = stats;
    options.consumer = {{"heartbeat.interval.ms", "300"}};  // hear of a rebalance soon
    return options;
  }

  [[nodiscard]] std::unique_ptr<log::Log> open(KafkaOptions options) const {
    base::Result<std::unique_ptr<log::Log>> log = make_kafka_log(std::move(options));
    if (!log) {
      ADD_FAILURE() << log.error().message();
      return nullptr;
    }
    return std::move(log).value();
  }

  void write(int32_t partition, const std::vector<std::string>& values) const {
    auto producer = Producer::open(common(), {});
    ASSERT_TRUE(producer) << producer.error().message();
    for (const std::string& value : values) {
      const base::Status status = producer.value()->send(
          table.at(in).name, {.partition = partition, .has_key = false, .key = {}, .value = value});
      ASSERT_TRUE(status.is_ok()) << status.message();
    }
    const base::Status status = producer.value()->flush();
    ASSERT_TRUE(status.is_ok()) << status.message();
  }

  [[nodiscard]] const std::string& prefix() const { return prefix_; }

  log::TopicTable table;
  log::TopicId in = 0;
  log::TopicId out = 0;
  log::TopicId small = 0;
  std::shared_ptr<Stats> stats = std::make_shared<Stats>();

 private:
  inline static std::atomic<int> counter_{0};
  std::string prefix_;
};

// Polls until an event of the kind comes; others of `log` are handed to `meanwhile`.
template <typename Kind>
std::optional<Kind> wait_for(log::Log& log,
                             const std::function<void(const log::Event&)>& meanwhile = nullptr,
                             int64_t timeout_ms = 30'000) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  std::optional<Kind> found;
  while (!found && std::chrono::steady_clock::now() < end) {
    for (const log::Event& event : log.poll({.wait_us = 50'000})) {
      if (const Kind* kind = std::get_if<Kind>(&event); kind != nullptr && !found) {
        found = *kind;
      } else if (meanwhile) {
        meanwhile(event);
      }
    }
  }
  EXPECT_TRUE(found) << "no event of this kind came";
  return found;
}

// Submits and takes the answer; a Failed that comes with it goes to `failed`.
inline log::CommitResult commit(log::Log& log,
                                log::Transaction transaction,
                                std::optional<base::Status>* failed = nullptr) {
  const log::Ticket ticket = log.submit(std::move(transaction));
  const auto answer = wait_for<log::Answer>(log, [failed](const log::Event& event) {
    if (const auto* each = std::get_if<log::Failed>(&event); each != nullptr && failed != nullptr) {
      *failed = each->status;
    }
  });
  EXPECT_EQ(answer ? answer->ticket : 0, ticket);
  return answer ? answer->result : log::CommitResult::kUnknown;
}

inline std::vector<std::string> read_all(log::Log& log, log::Partition at, int64_t from = 0) {
  Collector collector;
  const base::Status status = log.read(at, from, collector);
  EXPECT_TRUE(status.is_ok()) << status.message();
  return collector.values();
}

class KafkaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Broker::instance().running()) {
      GTEST_SKIP() << "no broker is running";
    }
  }
};

}  // namespace kaiku::kafka::test
