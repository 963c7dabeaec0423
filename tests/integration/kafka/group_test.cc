#include <algorithm>
#include <thread>

#include <gmock/gmock.h>

#include "echo_worker.h"
#include "world.h"

namespace kaiku::kafka::test {
namespace {

using testing::ElementsAre;

class KafkaGroup : public KafkaTest {};

// Polls both logs in turn until `done`.
bool poll_both(log::Log& a,
               log::Log& b,
               const std::function<void(int, const log::Event&)>& on,
               const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!done() && std::chrono::steady_clock::now() < end) {
    for (const log::Event& event : a.poll({.wait_us = 20'000})) {
      on(0, event);
    }
    for (const log::Event& event : b.poll({.wait_us = 20'000})) {
      on(1, event);
    }
  }
  return done();
}

TEST_F(KafkaGroup, RevokingLeavesOneCallToCommitIn) {
  World world(2);
  const auto first = world.open(world.options("one"));
  const auto assigned = wait_for<log::Assigned>(*first);
  ASSERT_TRUE(assigned);
  ASSERT_EQ(assigned->partitions.size(), 2U);

  const auto second = world.open(world.options("two"));
  std::optional<log::CommitResult> in_time;
  std::optional<log::CommitResult> too_late;
  std::vector<log::Partition> parts[2];
  const auto transaction = [&](int64_t offset) {
    return log::Transaction{
        .term = assigned->term,
        .appends = {},
        .offsets = {{.at = {world.in, 0}, .next_offset = offset, .metadata = {}},
                    {.at = {world.in, 1}, .next_offset = offset, .metadata = {}}}};
  };
  bool revoked = false;
  ASSERT_TRUE(poll_both(
      *first,
      *second,
      [&](int who, const log::Event& event) {
        if (std::holds_alternative<log::Revoking>(event) && who == 0 && !revoked) {
          revoked = true;
          (void)first->submit(transaction(11));
        } else if (const auto* answer = std::get_if<log::Answer>(&event)) {
          if (!in_time) {
            in_time = answer->result;
            (void)first->submit(transaction(12));  // this poll gave the partitions back
          } else {
            too_late = answer->result;
          }
        } else if (const auto* now = std::get_if<log::Assigned>(&event)) {
          parts[who] = now->partitions;
          EXPECT_TRUE(who == 1 || now->term > assigned->term);
        }
      },
      [&] { return too_late && parts[0].size() == 1 && parts[1].size() == 1; }));
  EXPECT_EQ(in_time, log::CommitResult::kCommitted);
  EXPECT_EQ(too_late, log::CommitResult::kFenced);
  EXPECT_NE(parts[0], parts[1]);
  EXPECT_EQ(second->committed({world.in, 0}).value().next_offset, 11);
  EXPECT_EQ(second->committed({world.in, 1}).value().next_offset, 11);
}

TEST_F(KafkaGroup, MemberThatWasPutOutIsFencedThoughItDoesNotKnow) {
  World world(1);
  KafkaOptions options = world.options("one");
  options.consumer = {{"session.timeout.ms", "6000"},
                      {"max.poll.interval.ms", "6000"},
                      {"heartbeat.interval.ms", "500"}};
  const auto first = world.open(options);
  const auto assigned = wait_for<log::Assigned>(*first);
  ASSERT_TRUE(assigned);
  options.transactional_id = world.options("two").transactional_id;
  const auto second = world.open(options);
  // The first does not poll: the group waits for it, then goes on without it.
  const auto other = wait_for<log::Assigned>(*second);
  ASSERT_TRUE(other);
  ASSERT_THAT(other->partitions, ElementsAre(log::Partition{world.in, 0}));
  const log::Ticket ticket = first->submit(
      {.term = assigned->term,
       .appends = {{.to = {world.out, 0}, .key = "k", .value = "zombie", .headers = {}}},
       .offsets = {{.at = {world.in, 0}, .next_offset = 99, .metadata = {}}}});
  std::optional<log::CommitResult> result;
  bool lost = false;
  ASSERT_TRUE(poll_both(
      *first,
      *second,
      [&](int who, const log::Event& event) {
        if (const auto* answer = std::get_if<log::Answer>(&event)) {
          EXPECT_EQ(answer->ticket, ticket);
          result = answer->result;
        }
        lost |= who == 0 && std::holds_alternative<log::Lost>(event);
      },
      [&] { return result && lost; }));
  EXPECT_EQ(result, log::CommitResult::kFenced);
  EXPECT_EQ(second->committed({world.in, 0}).value().next_offset, -1);
  EXPECT_THAT(read_all(*second, {world.out, 0}), testing::IsEmpty());
}

TEST_F(KafkaGroup, InstanceIdTakenBySomebodyElseStopsTheFirst) {
  World world;
  KafkaOptions options = world.options();
  options.instance_id = world.prefix();
  const auto first = world.open(options);
  ASSERT_TRUE(wait_for<log::Assigned>(*first));
  options.transactional_id += "-other";
  const auto second = world.open(options);
  std::optional<base::Status> failed;
  bool second_assigned = false;
  ASSERT_TRUE(poll_both(
      *first,
      *second,
      [&](int who, const log::Event& event) {
        if (const auto* each = std::get_if<log::Failed>(&event); each != nullptr && who == 0) {
          failed = each->status;
        }
        second_assigned |= who == 1 && std::holds_alternative<log::Assigned>(event);
      },
      [&] { return failed && second_assigned; }));
  EXPECT_EQ(failed->next(), base::Next::kStop);
  EXPECT_EQ(failed->exit_code(), base::Exit::kFenced);
  EXPECT_THAT(failed->message(), testing::HasSubstr("group.instance.id"));
}

TEST_F(KafkaGroup, StaticMemberComesBackWithoutWaiting) {
  World world;
  KafkaOptions options = world.options();
  options.instance_id = world.prefix();
  auto log = world.open(options);
  ASSERT_TRUE(wait_for<log::Assigned>(*log));
  log.reset();
  const auto begin = std::chrono::steady_clock::now();
  log = world.open(options);
  ASSERT_TRUE(wait_for<log::Assigned>(*log));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  log->close();
  log->close();
  EXPECT_TRUE(log->poll({.wait_us = 0}).empty());
  EXPECT_FALSE(log->committed({world.in, 0}));
  EXPECT_FALSE(log->start({}).is_ok());
}

TEST_F(KafkaGroup, RebalancesUnderLoadLoseAndDoubleNothing) {
  constexpr int kPartitions = 4;
  constexpr int kRounds = 60;
  World world(kPartitions);
  EchoWorker one(world, world.options("one"));
  EchoWorker two(world, world.options("two"));
  EchoWorker three(world, world.options("three"));
  std::thread first([&one] { one.run(); });
  std::thread second;
  std::thread third;
  std::vector<std::string> expected[kPartitions];
  const auto producer = Producer::open(World::common(), {});
  ASSERT_TRUE(producer);
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < 400; ++i) {
      const int32_t part = i % kPartitions;
      const std::string value = std::to_string(round) + "." + std::to_string(i);
      expected[part].push_back(value);
      ASSERT_TRUE(producer.value()
                      ->send(world.table.at(world.in).name,
                             {.partition = part, .has_key = false, .key = {}, .value = value})
                      .is_ok());
    }
    ASSERT_TRUE(producer.value()->flush().is_ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (round == 10) {
      second = std::thread([&two] { two.run(); });
    } else if (round == 25) {
      third = std::thread([&three] { three.run(); });
    } else if (round == 40) {
      one.stop();
    }
  }
  const uint64_t total = uint64_t{kRounds} * 400;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (one.copied + two.copied + three.copied < total && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  one.stop();
  two.stop();
  three.stop();
  first.join();
  second.join();
  third.join();
  EXPECT_EQ(one.failure + two.failure + three.failure, "");
  EXPECT_EQ(one.copied + two.copied + three.copied, total);
  EXPECT_GE(one.terms, 2);
  EXPECT_GE(two.terms, 2);
  const auto log = world.open(world.options("judge"));
  for (int32_t part = 0; part < kPartitions; ++part) {
    EXPECT_EQ(read_all(*log, {world.out, part}), expected[part]) << "partition " << part;
  }
}

}  // namespace
}  // namespace kaiku::kafka::test
