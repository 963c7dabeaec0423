#include <algorithm>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "echo_worker.h"
#include "world.h"

namespace kaiku::kafka::test {
namespace {

class KafkaOutage : public KafkaTest {};

// Of thousands of values, what is wrong with them: where it begins, and whether it is the end.
void expect_same(const std::vector<std::string>& got, const std::vector<std::string>& expected) {
  EXPECT_EQ(got.size(), expected.size());
  const auto [is, should_be] =
      std::mismatch(got.begin(), got.end(), expected.begin(), expected.end());
  if (is != got.end()) {
    ADD_FAILURE() << "value " << is - got.begin() << " is " << *is << " instead of "
                  << (should_be == expected.end() ? "nothing" : *should_be);
  }
}

// The broker dies without warning in the middle of traffic, commits among it, and comes back, three
// times. What was answered "committed" is there, what was not is not, and nothing is there twice.
TEST_F(KafkaOutage, KilledBrokerLosesAndDoublesNothing) {
  constexpr int kKills = 3;
  World world(2);
  KafkaOptions options = world.options("one");
  options.instance_id = world.prefix();
  options.commit_budget_ms = 3'000;
  EchoWorker worker(world, options);
  std::thread thread([&worker] { worker.run(); });
  std::atomic<bool> writing{true};
  std::vector<std::string> expected[2];
  std::thread writer([&] {
    const auto producer = Producer::open(World::common(), {{"linger.ms", "1"}});
    ASSERT_TRUE(producer);
    for (int i = 0; writing; ++i) {
      const std::string value = std::to_string(i);
      expected[i % 2].push_back(value);
      ASSERT_TRUE(producer.value()
                      ->send(world.table.at(world.in).name,
                             {.partition = i % 2, .has_key = false, .key = {}, .value = value})
                      .is_ok());
      if (i % 20 == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
    const base::Status status = producer.value()->flush(60'000);
    ASSERT_TRUE(status.is_ok()) << status.message();
  });
  for (int kill = 0; kill < kKills; ++kill) {
    const uint64_t before = worker.copied;
    for (int i = 0; i < 600 && worker.copied < before + 200; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_GE(worker.copied, before + 200) << "nothing moves before kill " << kill;
    // At another point of the commit each time.
    std::this_thread::sleep_for(std::chrono::milliseconds(7 * kill));
    Broker::instance().kill();
    EXPECT_TRUE(Broker::instance().restart());
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));
  writing = false;
  writer.join();
  const uint64_t total = expected[0].size() + expected[1].size();
  for (int i = 0; i < 3'600 && worker.copied < total && worker.failure.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  worker.stop();
  thread.join();
  EXPECT_EQ(worker.failure, "");
  const auto log = world.open(world.options("judge"));
  expect_same(read_all(*log, {world.out, 0}), expected[0]);
  expect_same(read_all(*log, {world.out, 1}), expected[1]);
  RecordProperty("resolved", static_cast<int>(worker.resolved));
  RecordProperty("rebuilt", static_cast<int>(world.stats->txn_retries));
}

TEST_F(KafkaOutage, StartWithoutBrokerSaysSo) {
  World world;
  KafkaOptions options = world.options();
  options.common = {{"bootstrap.servers", "127.0.0.1:1"}};
  options.start_timeout_ms = 1'500;
  const auto log = make_kafka_log(options);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().exit_code(), base::Exit::kUnavailable);
  EXPECT_THAT(log.error().message(), testing::HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace kaiku::kafka::test
