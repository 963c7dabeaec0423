#include <gmock/gmock.h>

#include "foreign_transaction.h"
#include "world.h"

namespace kaiku::kafka::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class KafkaReading : public KafkaTest {};

// What a worker would have seen of one partition.
struct Reader {
  std::vector<std::string> values;
  std::vector<log::End> ends;

  void operator()(const log::Event& event) {
    if (const auto* records = std::get_if<log::Records>(&event)) {
      for (const log::Record& each : records->records) {
        values.emplace_back(each.value);
      }
    } else if (const auto* end = std::get_if<log::End>(&event)) {
      ends.push_back(*end);
    }
  }

  void poll(log::Log& log, int64_t wait_us) {
    for (const log::Event& event : log.poll({.wait_us = wait_us})) {
      (*this)(event);
    }
  }

  // True when `done` holds within 20 s.
  bool until(log::Log& log, const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done() && std::chrono::steady_clock::now() < end) {
      poll(log, 20'000);
    }
    return done();
  }

  [[nodiscard]] bool at_log_end() const { return !ends.empty() && ends.back().at_log_end; }
};

std::unique_ptr<log::Log> open_at(World& world, int64_t offset) {
  auto log = world.open(world.options());
  EXPECT_TRUE(wait_for<log::Assigned>(*log));
  EXPECT_TRUE(log->start({{.at = {world.in, 0}, .offset = offset}}).is_ok());
  return log;
}

TEST_F(KafkaReading, RecordsComeInOrderFromTheGivenOffset) {
  World world;
  world.write(0, {"a", "b", "c", "d"});
  const auto log = open_at(world, 1);
  Reader reader;
  ASSERT_TRUE(reader.until(*log, [&] { return reader.at_log_end(); }));
  EXPECT_THAT(reader.values, ElementsAre("b", "c", "d"));
  EXPECT_EQ(reader.ends.back().offset, 4);
}

TEST_F(KafkaReading, NothingIsReadBeforeStartAndAfterAnEmptyStart) {
  World world;
  world.write(0, {"a"});
  const auto log = world.open(world.options());
  ASSERT_TRUE(wait_for<log::Assigned>(*log));
  Reader reader;
  reader.poll(*log, 500'000);
  EXPECT_THAT(reader.values, IsEmpty());
  ASSERT_TRUE(log->start({{.at = {world.in, 0}, .offset = 0}}).is_ok());
  ASSERT_TRUE(reader.until(*log, [&] { return !reader.values.empty(); }));
  ASSERT_TRUE(log->start({}).is_ok());
  world.write(0, {"b"});
  reader.poll(*log, 500'000);
  EXPECT_THAT(reader.values, ElementsAre("a"));
  // Start again from where it was, and from before it: assign, seek and pause in one.
  ASSERT_TRUE(log->start({{.at = {world.in, 0}, .offset = 1}}).is_ok());
  ASSERT_TRUE(reader.until(*log, [&] { return reader.values.size() == 2; }));
  ASSERT_TRUE(log->start({{.at = {world.in, 0}, .offset = 0}}).is_ok());
  ASSERT_TRUE(reader.until(*log, [&] { return reader.values.size() == 4; }));
  EXPECT_THAT(reader.values, ElementsAre("a", "b", "a", "b"));
}

TEST_F(KafkaReading, BudgetLimitsTheRecordsOfOnePoll) {
  World world;
  std::vector<std::string> values;
  for (int i = 0; i < 1'000; ++i) {
    values.push_back(std::to_string(i));
  }
  world.write(0, values);
  const auto log = open_at(world, 0);
  std::vector<std::string> got;
  while (got.size() < values.size()) {
    for (const log::Event& event : log->poll({.wait_us = 1'000'000, .records = 64})) {
      if (const auto* records = std::get_if<log::Records>(&event)) {
        EXPECT_LE(records->records.size(), 64U);
        for (const log::Record& each : records->records) {
          got.emplace_back(each.value);
        }
      }
    }
  }
  EXPECT_EQ(got, values);
}

TEST_F(KafkaReading, OpenTransactionHidesWhatFollowsAndIsNotTheEnd) {
  World world;
  world.write(0, {"before"});
  const std::string& topic = world.table.at(world.in).name;
  ForeignTransaction foreign(Broker::instance().address(), world.prefix() + "-foreign");
  foreign.write(topic, 0, "open");
  world.write(0, {"after"});

  const auto log = open_at(world, 0);
  Reader reader;
  ASSERT_TRUE(reader.until(*log, [&] { return !reader.ends.empty(); }));
  reader.poll(*log, 600'000);
  reader.poll(*log, 600'000);
  EXPECT_THAT(reader.values, ElementsAre("before"));
  EXPECT_EQ(reader.ends.back().offset, 1);
  EXPECT_FALSE(reader.at_log_end());
  EXPECT_EQ(log->ends({world.in, 0}, log::Isolation::kCommitted).value().high, 1);
  EXPECT_EQ(log->ends({world.in, 0}, log::Isolation::kUncommitted).value().high, 3);

  foreign.abort();
  ASSERT_TRUE(reader.until(*log, [&] { return reader.at_log_end(); }));
  EXPECT_THAT(reader.values, ElementsAre("before", "after"));
  EXPECT_EQ(reader.ends.back().offset, 4) << "behind the marker";
}

TEST_F(KafkaReading, TransactionOpenedAtTheEndIsNoticedAndSoIsItsCommit) {
  World world;
  world.write(0, {"a"});
  const auto log = open_at(world, 0);
  Reader reader;
  ASSERT_TRUE(reader.until(*log, [&] { return reader.at_log_end(); }));
  ForeignTransaction foreign(Broker::instance().address(), world.prefix() + "-foreign");
  foreign.write(world.table.at(world.in).name, 0, "b");
  ASSERT_TRUE(reader.until(*log, [&] { return !reader.at_log_end(); }));
  foreign.commit();
  ASSERT_TRUE(reader.until(*log, [&] { return reader.at_log_end(); }));
  EXPECT_THAT(reader.values, ElementsAre("a", "b"));
}

TEST_F(KafkaReading, ReadGoesToTheEndAtTheTimeOfTheCall) {
  World world;
  world.write(0, {"a", "b", "c"});
  {
    ForeignTransaction foreign(Broker::instance().address(), world.prefix() + "-foreign");
    foreign.write(world.table.at(world.in).name, 0, "aborted");
    foreign.abort();
  }
  const auto log = world.open(world.options());
  EXPECT_THAT(read_all(*log, {world.in, 0}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(read_all(*log, {world.in, 0}, 2), ElementsAre("c"));
  EXPECT_THAT(read_all(*log, {world.in, 0}, 5), IsEmpty());
  EXPECT_THAT(read_all(*log, {world.in, 0}, 100), IsEmpty());
  EXPECT_THAT(read_all(*log, {world.out, 0}), IsEmpty());
  Collector two(2);
  EXPECT_TRUE(log->read({world.in, 0}, 0, two).is_ok());
  EXPECT_THAT(two.values(), ElementsAre("a", "b"));
}

TEST_F(KafkaReading, ReadWaitsForAnUndecidedTransaction) {
  World world;
  world.write(0, {"a"});
  ForeignTransaction foreign(Broker::instance().address(), world.prefix() + "-foreign");
  foreign.write(world.table.at(world.in).name, 0, "b");
  KafkaOptions options = world.options();
  options.read_stall_ms = 800;
  const auto impatient = world.open(options);
  Collector collector;
  const base::Status status = impatient->read({world.in, 0}, 0, collector);
  EXPECT_EQ(status.next(), base::Next::kRetry) << status.message();
  EXPECT_THAT(collector.values(), ElementsAre("a"));

  const auto patient = world.open(world.options("two"));
  std::thread decide([&foreign] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    foreign.commit();
  });
  EXPECT_THAT(read_all(*patient, {world.in, 0}), ElementsAre("a", "b"));
  decide.join();
}

TEST_F(KafkaReading, OffsetThatIsGoneStopsInsteadOfJumping) {
  World world;
  world.write(0, {"a"});
  const auto log = open_at(world, 1'000);
  const auto failed = wait_for<log::Failed>(*log);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->status.next(), base::Next::kStop);
  EXPECT_EQ(failed->status.exit_code(), base::Exit::kNoInput);
  EXPECT_THAT(failed->status.message(), testing::HasSubstr(world.table.at(world.in).name + "/0"));
  EXPECT_THAT(failed->status.message(), testing::HasSubstr("1000"));
}

TEST_F(KafkaReading, StartOfForeignPartitionIsRefused) {
  World world;
  const auto log = world.open(world.options());
  ASSERT_TRUE(wait_for<log::Assigned>(*log));
  EXPECT_EQ(log->start({{.at = {world.out, 0}, .offset = 0}}).next(), base::Next::kBug);
  EXPECT_EQ(log->start({{.at = {world.in, 0}, .offset = -1}}).next(), base::Next::kBug);
}

}  // namespace
}  // namespace kaiku::kafka::test
