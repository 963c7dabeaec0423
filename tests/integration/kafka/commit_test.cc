#include <gmock/gmock.h>

#include "foreign_transaction.h"
#include "world.h"

namespace kaiku::kafka::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class KafkaCommit : public KafkaTest {};

log::Append append(log::TopicId topic, std::string value, int32_t partition = 0) {
  return {.to = {.topic = topic, .number = partition},
          .key = "k",
          .value = std::move(value),
          .headers = {}};
}

TEST_F(KafkaCommit, AppendsOffsetsAndMetadataBecomeVisibleTogether) {
  World world;
  const auto log = world.open(world.options());
  const auto assigned = wait_for<log::Assigned>(*log);
  ASSERT_TRUE(assigned);
  ASSERT_THAT(assigned->partitions, ElementsAre(log::Partition{world.in, 0}));
  const log::Partition in = assigned->partitions[0];
  EXPECT_EQ(log->committed(in).value().next_offset, -1);

  const log::Ticket ticket = log->submit(
      {.term = assigned->term,
       .appends = {append(world.out, "a"), append(world.small, "b"), append(world.out, "c")},
       .offsets = {{.at = in, .next_offset = 7, .metadata = "v1;e=1;p=abc"}}});
  const auto answer = wait_for<log::Answer>(*log);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->ticket, ticket);
  EXPECT_EQ(answer->result, log::CommitResult::kCommitted);
  EXPECT_THAT(answer->first_offsets, ElementsAre(0, 0, 1));
  EXPECT_EQ(log->committed(in).value().next_offset, 7);
  EXPECT_EQ(log->committed(in).value().metadata, "v1;e=1;p=abc");
  EXPECT_THAT(read_all(*log, {world.out, 0}), ElementsAre("a", "c"));
  EXPECT_THAT(read_all(*log, {world.small, 0}), ElementsAre("b"));
  EXPECT_EQ(world.stats->committed, 1U);
}

TEST_F(KafkaCommit, TransactionOfOffsetsAloneMovesThem) {
  World world;
  const auto log = world.open(world.options());
  const auto assigned = wait_for<log::Assigned>(*log);
  ASSERT_TRUE(assigned);
  for (int64_t offset = 1; offset <= 3; ++offset) {
    EXPECT_EQ(commit(*log,
                     {.term = assigned->term,
                      .appends = {},
                      .offsets = {{.at = {world.in, 0}, .next_offset = offset, .metadata = {}}}}),
              log::CommitResult::kCommitted);
  }
  EXPECT_EQ(log->committed({world.in, 0}).value().next_offset, 3);
  EXPECT_EQ(log->committed({world.in, 0}).value().metadata, "");
}

TEST_F(KafkaCommit, KeyTimestampAndTombstoneArriveUnchanged) {
  World world(8);
  const auto log = world.open(world.options());
  const auto assigned = wait_for<log::Assigned>(*log);
  ASSERT_TRUE(assigned);
  constexpr base::EventTime kTime = 1'700'000'000'123'000;
  const log::OffsetCommit fence{.at = assigned->partitions[0], .next_offset = 1, .metadata = {}};
  ASSERT_EQ(commit(*log,
                   {.term = assigned->term,
                    .appends = {{.to = {world.out, -1},
                                 .key = "21",
                                 .value = std::string("\0x", 2),
                                 .timestamp = kTime,
                                 .headers = {{"ce_id", "1"}}},
                                {.to = {world.out, 3},
                                 .key = "gone",
                                 .value = "",
                                 .has_value = false,
                                 .headers = {}},
                                {.to = {world.out, 3}, .key = "", .value = "", .headers = {}}},
                    .offsets = {fence}}),
            log::CommitResult::kCommitted);
  // murmur2("21") of a Java producer is -973932308: partition 4 of 8.
  Collector keyed;
  ASSERT_TRUE(log->read({world.out, 4}, 0, keyed).is_ok());
  ASSERT_EQ(keyed.records.size(), 1U);
  EXPECT_EQ(keyed.records[0].key, "21");
  EXPECT_EQ(keyed.records[0].value, std::string("\0x", 2));
  EXPECT_EQ(keyed.records[0].timestamp, kTime);
  Collector others;
  ASSERT_TRUE(log->read({world.out, 3}, 0, others).is_ok());
  ASSERT_EQ(others.records.size(), 2U);
  EXPECT_EQ(others.records[0].value, std::nullopt);
  EXPECT_EQ(others.records[1].key, std::nullopt);
  EXPECT_EQ(others.records[1].value, "");
}

TEST_F(KafkaCommit, RefusedRecordAbortsTheWholeTransaction) {
  World world;
  const auto log = world.open(world.options());
  const auto assigned = wait_for<log::Assigned>(*log);
  ASSERT_TRUE(assigned);
  const log::Partition in{world.in, 0};
  std::string noise;  // does not compress below the topic's limit
  uint32_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    noise.push_back(static_cast<char>(state >> 24));
  }
  std::optional<base::Status> failed;
  EXPECT_EQ(commit(*log,
                   {.term = assigned->term,
                    .appends = {append(world.out, "never seen"), append(world.small, noise)},
                    .offsets = {{.at = in, .next_offset = 5, .metadata = "e=1"}}},
                   &failed),
            log::CommitResult::kNotCommitted);
  EXPECT_EQ(log->committed(in).value().next_offset, -1);
  // Trying again cannot help, so an operator is asked.
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->exit_code(), base::Exit::kConfig);

  EXPECT_EQ(commit(*log,
                   {.term = assigned->term,
                    .appends = {append(world.out, "seen")},
                    .offsets = {{.at = in, .next_offset = 6, .metadata = "e=1"}}}),
            log::CommitResult::kCommitted);
  EXPECT_THAT(read_all(*log, {world.out, 0}), ElementsAre("seen"));
  EXPECT_EQ(world.stats->aborted, 1U);
}

TEST_F(KafkaCommit, RecordForPartitionThatDoesNotExistAborts) {
  World world;
  const auto log = world.open(world.options());
  const auto assigned = wait_for<log::Assigned>(*log);
  ASSERT_TRUE(assigned);
  EXPECT_EQ(commit(*log,
                   {.term = assigned->term,
                    .appends = {append(world.out, "a"), append(world.out, "b", 1)},
                    .offsets = {{.at = {world.in, 0}, .next_offset = 5, .metadata = {}}}}),
            log::CommitResult::kNotCommitted);
  EXPECT_THAT(read_all(*log, {world.out, 0}), IsEmpty());
}

TEST_F(KafkaCommit, WithoutValidTermIsFencedAndChangesNothing) {
  World world;
  const auto log = world.open(world.options());
  const log::Transaction early{
      .term = 0,
      .appends = {append(world.out, "a")},
      .offsets = {{.at = {world.in, 0}, .next_offset = 5, .metadata = {}}}};
  (void)log->submit(early);
  std::optional<log::Assigned> assigned;
  const auto answer = wait_for<log::Answer>(*log, [&assigned](const log::Event& event) {
    if (const auto* each = std::get_if<log::Assigned>(&event)) {
      assigned = *each;
    }
  });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result, log::CommitResult::kFenced);
  if (!assigned) {
    assigned = wait_for<log::Assigned>(*log);
  }
  ASSERT_TRUE(assigned);
  log::Transaction late = early;
  late.term = assigned->term + 1;
  EXPECT_EQ(commit(*log, late), log::CommitResult::kFenced);
  EXPECT_EQ(log->committed({world.in, 0}).value().next_offset, -1);
  EXPECT_EQ(log->ends({world.out, 0}, log::Isolation::kUncommitted).value().high, 0);
}

TEST_F(KafkaCommit, SecondProducerOfTheIdentityFencesTheFirst) {
  World world;
  const auto first = world.open(world.options());
  const auto assigned = wait_for<log::Assigned>(*first);
  ASSERT_TRUE(assigned);
  const log::Transaction one{
      .term = assigned->term,
      .appends = {append(world.out, "a")},
      .offsets = {{.at = {world.in, 0}, .next_offset = 1, .metadata = "e=1"}}};
  ASSERT_EQ(commit(*first, one), log::CommitResult::kCommitted);

  KafkaOptions options = world.options();
  options.group_id += "-other";  // the first keeps its partitions: only the producer is fenced
  const auto second = world.open(options);
  const auto other = wait_for<log::Assigned>(*second);
  ASSERT_TRUE(other);
  log::Transaction two = one;
  two.term = other->term;
  two.appends = {append(world.out, "b")};
  ASSERT_EQ(commit(*second, two), log::CommitResult::kCommitted);

  log::Transaction three = one;
  three.appends = {append(world.out, "c")};
  three.offsets[0].next_offset = 2;
  std::optional<base::Status> failed;
  EXPECT_EQ(commit(*first, three, &failed), log::CommitResult::kFenced);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->exit_code(), base::Exit::kFenced);
  EXPECT_EQ(commit(*first, three), log::CommitResult::kFenced) << "it must not fight back";
  EXPECT_THAT(read_all(*second, {world.out, 0}), ElementsAre("a", "b"));
  EXPECT_EQ(first->committed({world.in, 0}).value().next_offset, 1);
  two.offsets[0].next_offset = 2;
  EXPECT_EQ(commit(*second, two), log::CommitResult::kCommitted);
}

TEST_F(KafkaCommit, RestartOfTheIdentityAbortsWhatItLeftOpen) {
  World world;
  const log::Transaction whole{
      .term = 1,
      .appends = {append(world.out, "whole")},
      .offsets = {{.at = {world.in, 0}, .next_offset = 4, .metadata = "e=4"}}};
  log::Transaction open_one = whole;
  open_one.appends = {append(world.out, "left open")};
  open_one.offsets[0].next_offset = 9;
  KafkaOptions options = world.options();
  // A broker that was just thawed may not hear the first one leave: the group would wait for it for
  // as long as its session lasts.
  options.instance_id = world.prefix();
  options.commit_budget_ms = 2'000;
  auto first = world.open(options);
  ASSERT_TRUE(wait_for<log::Assigned>(*first));
  // A producer that has committed has its identity: else the frozen broker would meet one that is
  // still asking for it, and nothing would be left open.
  ASSERT_EQ(commit(*first, whole), log::CommitResult::kCommitted);
  Broker::instance().freeze();
  EXPECT_EQ(commit(*first, open_one), log::CommitResult::kUnknown);
  Broker::instance().thaw();
  first.reset();

  options.commit_budget_ms = KafkaOptions{}.commit_budget_ms;
  const auto second = world.open(options);
  ASSERT_TRUE(wait_for<log::Assigned>(*second));
  EXPECT_EQ(second->committed({world.in, 0}).value().next_offset, 4);
  EXPECT_THAT(read_all(*second, {world.out, 0}), ElementsAre("whole"));
}

TEST_F(KafkaCommit, ResolveTellsWhatBecameOfIt) {
  World world;
  KafkaOptions options = world.options();
  options.commit_budget_ms = 2'000;
  const auto log = world.open(options);
  const auto assigned = wait_for<log::Assigned>(*log);
  ASSERT_TRUE(assigned);
  log::Transaction transaction{
      .term = assigned->term,
      .appends = {append(world.out, "a")},
      .offsets = {{.at = {world.in, 0}, .next_offset = 1, .metadata = "e=1"}}};
  const log::Ticket done = log->submit(transaction);
  ASSERT_EQ(wait_for<log::Answer>(*log)->result, log::CommitResult::kCommitted);
  EXPECT_EQ(log->resolve(done, transaction.offsets[0]).value(), log::CommitResult::kCommitted);

  transaction.appends = {append(world.out, "b")};
  transaction.offsets[0] = {.at = {world.in, 0}, .next_offset = 2, .metadata = "e=2"};
  Broker::instance().freeze();
  const log::Ticket doubtful = log->submit(transaction);
  EXPECT_EQ(wait_for<log::Answer>(*log)->result, log::CommitResult::kUnknown);
  Broker::instance().thaw();
  const auto verdict = log->resolve(doubtful, transaction.offsets[0]);
  ASSERT_TRUE(verdict) << verdict.error().message();
  EXPECT_EQ(verdict.value(), log::CommitResult::kNotCommitted);
  EXPECT_EQ(commit(*log, transaction), log::CommitResult::kCommitted);
  EXPECT_THAT(read_all(*log, {world.out, 0}), ElementsAre("a", "b"));
  EXPECT_EQ(world.stats->unknown, 1U);
}

// Who waits for a transaction that nobody decides says so, instead of waiting quietly for ever.
TEST_F(KafkaCommit, OffsetThatIsHeldBackIsAskedForAgain) {
  World world;
  KafkaOptions options = world.options();
  options.request_timeout_ms = 2'000;
  const auto log = world.open(options);
  ASSERT_TRUE(wait_for<log::Assigned>(*log));
  ForeignTransaction foreign(Broker::instance().address(), world.prefix() + "-foreign");
  foreign.move(options.group_id, world.table.at(world.in).name, 0, 7);
  const auto held_back = log->committed({world.in, 0});
  ASSERT_FALSE(held_back);
  EXPECT_EQ(held_back.error().next(), base::Next::kRetry);
  EXPECT_THAT(held_back.error().message(), testing::HasSubstr("a transaction that is not decided"));
  foreign.commit();
  EXPECT_EQ(log->committed({world.in, 0}).value().next_offset, 7);
}

// A new epoch may reach the same offset, so the metadata decides too.
TEST_F(KafkaCommit, ResolveComparesTheMetadata) {
  World world;
  const auto log = world.open(world.options());
  const auto assigned = wait_for<log::Assigned>(*log);
  ASSERT_TRUE(assigned);
  const log::Ticket ticket =
      log->submit({.term = assigned->term,
                   .appends = {},
                   .offsets = {{.at = {world.in, 0}, .next_offset = 1, .metadata = "e=1"}}});
  EXPECT_EQ(
      log->resolve(ticket, {.at = {world.in, 0}, .next_offset = 1, .metadata = "e=2"}).value(),
      log::CommitResult::kNotCommitted);
}

}  // namespace
}  // namespace kaiku::kafka::test
