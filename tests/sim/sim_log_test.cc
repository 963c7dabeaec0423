#include "sim/sim_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr log::TopicId kSource = 0;
constexpr log::TopicId kExchange = 1;
constexpr log::TopicId kOutput = 2;
constexpr log::Partition kIn{kSource, 0};
constexpr log::Partition kOut{kOutput, 0};

log::TopicTable topics() {
  log::TopicTable table;
  table.add({"source", log::TopicRole::kSource, 3, {}});
  table.add({"exchange", log::TopicRole::kExchange, 2, {}});
  table.add({"output", log::TopicRole::kOutput, 2, {}});
  return table;
}

log::Append record(log::Partition to, const std::string& value) {
  log::Append append;
  append.to = to;
  append.value = value;
  return append;
}

class Values final : public log::RecordSink {
 public:
  bool on_record(const log::Record& record) override {
    list.emplace_back(record.value);
    return true;
  }

  std::vector<std::string> list;
};

class SimLogTest : public ::testing::Test {
 protected:
  // Polls until the assignment comes.
  static log::Assigned join(SimLog& log) {
    for (int i = 0; i < 10; ++i) {
      for (const log::Event& event : log.poll({})) {
        if (const auto* assigned = std::get_if<log::Assigned>(&event)) {
          return *assigned;
        }
      }
    }
    ADD_FAILURE() << "no assignment";
    return {};
  }

  template <typename Kind>
  static std::optional<Kind> next(SimLog& log, int polls = 5) {
    for (int i = 0; i < polls; ++i) {
      for (log::Event& event : log.poll({})) {
        if (auto* wanted = std::get_if<Kind>(&event)) {
          return std::move(*wanted);
        }
      }
    }
    return std::nullopt;
  }

  static log::Transaction transaction(uint64_t term,
                                      int64_t next_offset,
                                      const std::string& value) {
    log::Transaction result;
    result.term = term;
    result.appends.push_back(record(kOut, value));
    result.offsets.push_back({kIn, next_offset, "after " + value});
    return result;
  }

  std::vector<std::string> output() const {
    std::vector<std::string> values;
    for (const log::Append& one : broker.committed_records(kOut)) {
      values.push_back(one.value);
    }
    return values;
  }

  SimBroker broker{topics(), 1};
  SimProcess process;
};

TEST_F(SimLogTest, AMemberAloneGetsEverythingItReads) {
  SimLog log(broker, process, "a");
  const log::Assigned assigned = join(log);
  EXPECT_THAT(assigned.partitions,
              ElementsAre(kIn,
                          log::Partition{kSource, 1},
                          log::Partition{kSource, 2},
                          log::Partition{kExchange, 0},
                          log::Partition{kExchange, 1}));
  EXPECT_GT(assigned.term, 0U);
}

TEST_F(SimLogTest, RecordsComeInOrderFromThePositionGivenAndThenTheEnd) {
  SimLog log(broker, process, "a");
  join(log);
  for (const char* value : {"0", "1", "2"}) {
    broker.produce(record(kIn, value));
  }
  ASSERT_TRUE(log.start({{kIn, 1}}).is_ok());
  const std::vector<log::Event> events = log.poll({});
  ASSERT_EQ(events.size(), 2U);
  const auto& records = std::get<log::Records>(events[0]).records;
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].offset, 1);
  EXPECT_EQ(records[0].value, "1");
  EXPECT_EQ(records[1].value, "2");
  const auto& end = std::get<log::End>(events[1]);
  EXPECT_EQ(end.offset, 3);
  EXPECT_TRUE(end.at_log_end);
  EXPECT_THAT(log.poll({}), IsEmpty());  // said once
  broker.produce(record(kIn, "3"));
  EXPECT_EQ(log.poll({}).size(), 2U);
}

TEST_F(SimLogTest, AnUndecidedTransactionHidesWhatFollows) {
  SimLog log(broker, process, "a");
  join(log);
  const uint64_t open = broker.begin_upstream({record(kIn, "open")});
  broker.produce(record(kIn, "behind"));
  ASSERT_TRUE(log.start({{kIn, 0}}).is_ok());
  const std::vector<log::Event> events = log.poll({});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_FALSE(std::get<log::End>(events[0]).at_log_end);
  EXPECT_EQ(log.ends(kIn, log::Isolation::kCommitted)->high, 0);
  EXPECT_EQ(log.ends(kIn, log::Isolation::kUncommitted)->high, 2);
  broker.end_upstream(open, false);
  const auto records = next<log::Records>(log);
  ASSERT_TRUE(records.has_value());
  ASSERT_EQ(records->records.size(), 1U);
  EXPECT_EQ(records->records[0].value, "behind");
}

TEST_F(SimLogTest, AppendsAndOffsetsBecomeVisibleTogether) {
  SimLog log(broker, process, "a");
  const uint64_t term = join(log).term;
  broker.produce(record(kIn, "x"));
  const log::Ticket ticket = log.submit(transaction(term, 1, "x"));
  const auto answer = next<log::Answer>(log);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->ticket, ticket);
  EXPECT_EQ(answer->result, log::CommitResult::kCommitted);
  EXPECT_THAT(answer->first_offsets, ElementsAre(0));
  EXPECT_THAT(output(), ElementsAre("x"));
  EXPECT_EQ(log.committed(kIn)->next_offset, 1);
  EXPECT_EQ(log.committed(kIn)->metadata, "after x");
  EXPECT_EQ(log.committed({kSource, 1})->next_offset, -1);
  Values values;
  ASSERT_TRUE(log.read(kOut, 0, values).is_ok());
  EXPECT_THAT(values.list, ElementsAre("x"));
}

TEST_F(SimLogTest, AppendsWithoutAPartitionGoByTheirKey) {
  SimLog log(broker, process, "a");
  const uint64_t term = join(log).term;
  log::Transaction keyed = transaction(term, 0, "");
  keyed.appends.clear();
  for (int i = 0; i < 20; ++i) {
    log::Append append = record({kOutput, -1}, "v");
    append.key = "key" + std::to_string(i);
    keyed.appends.push_back(append);
  }
  (void)log.submit(std::move(keyed));
  const size_t first = broker.committed_records(log::Partition{kOutput, 0}).size();
  const size_t second = broker.committed_records(log::Partition{kOutput, 1}).size();
  EXPECT_EQ(first + second, 20U);
  EXPECT_GT(first, 0U);
  EXPECT_GT(second, 0U);
}

TEST_F(SimLogTest, ATermThatIsOverIsFencedAndChangesNothing) {
  SimLog log(broker, process, "a");
  const uint64_t term = join(log).term;
  broker.produce(record(kIn, "x"));
  broker.expel("a");
  (void)log.submit(transaction(term, 1, "x"));
  const std::vector<log::Event> events = log.poll({});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<log::Answer>(events[0]).result, log::CommitResult::kFenced);
  EXPECT_TRUE(std::holds_alternative<log::Lost>(events[1]));
  EXPECT_THAT(output(), IsEmpty());
  const uint64_t next_term = join(log).term;
  EXPECT_GT(next_term, term);
  (void)log.submit(transaction(next_term, 1, "x"));
  EXPECT_EQ(next<log::Answer>(log)->result, log::CommitResult::kCommitted);
  EXPECT_THAT(broker.violations(), IsEmpty());
}

TEST_F(SimLogTest, ARebalanceGivesTimeToCommitOnce) {
  SimLog first(broker, process, "a");
  const uint64_t term = join(first).term;
  broker.produce(record(kIn, "x"));
  SimProcess other;
  SimLog second(broker, other, "b");
  EXPECT_THAT(second.poll({}), IsEmpty());  // waits for the first
  const std::vector<log::Event> events = first.poll({});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<log::Revoking>(events[0]));
  (void)first.submit(transaction(term, 1, "x"));
  const std::vector<log::Event> after = first.poll({});
  ASSERT_EQ(after.size(), 2U);
  EXPECT_EQ(std::get<log::Answer>(after[0]).result, log::CommitResult::kCommitted);
  EXPECT_THAT(std::get<log::Assigned>(after[1]).partitions,
              ElementsAre(kIn, log::Partition{kSource, 1}, log::Partition{kExchange, 0}));
  EXPECT_EQ(join(second).partitions.size(), 2U);
  EXPECT_EQ(second.committed(kIn)->next_offset, 1);
}

TEST_F(SimLogTest, LeavingGivesThePartitionsToTheOthers) {
  SimLog first(broker, process, "a");
  join(first);
  {
    SimLog second(broker, process, "b");
    (void)second.poll({});
    (void)first.poll({});  // revoking
    EXPECT_EQ(join(first).partitions.size(), 3U);
    join(second);
    second.close();
  }
  EXPECT_TRUE(next<log::Revoking>(first).has_value());
  EXPECT_EQ(join(first).partitions.size(), 5U);
}

TEST_F(SimLogTest, ARestartWithinTheSessionKeepsTheAssignment) {
  auto log = std::make_unique<SimLog>(broker, process, "a");
  const log::Assigned before = join(*log);
  log.reset();
  SimLog again(broker, process, "a");
  const log::Assigned after = join(again);
  EXPECT_EQ(after.partitions, before.partitions);
  EXPECT_EQ(after.term, before.term);
}

TEST_F(SimLogTest, ASecondProcessWithTheIdFencesTheFirst) {
  SimLog zombie(broker, process, "a");
  const uint64_t term = join(zombie).term;
  broker.produce(record(kIn, "x"));
  SimProcess other;
  SimLog owner(broker, other, "a");
  join(owner);
  (void)zombie.submit(transaction(term, 1, "zombie"));
  const std::vector<log::Event> events = zombie.poll({});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<log::Failed>(events[0]).status.exit_code(), base::Exit::kFenced);
  EXPECT_FALSE(zombie.committed(kIn).has_value());
  EXPECT_THAT(output(), IsEmpty());
  (void)owner.submit(transaction(term, 1, "owner"));
  EXPECT_THAT(output(), ElementsAre("owner"));
}

TEST_F(SimLogTest, ALostAnswerIsUnknownUntilItIsResolved) {
  for (const bool is_committed : {true, false}) {
    SimFaults faults;
    (is_committed ? faults.lost_committed : faults.lost_aborted) = 1000;
    SimBroker other(topics(), 1, faults);
    SimLog log(other, process, "a");
    const uint64_t term = join(log).term;
    other.produce(record(kIn, "x"));
    const log::Ticket ticket = log.submit(transaction(term, 1, "x"));
    EXPECT_EQ(next<log::Answer>(log)->result, log::CommitResult::kUnknown);
    EXPECT_EQ(log.resolve(ticket, {kIn, 1, "after x"}).value(),
              is_committed ? log::CommitResult::kCommitted : log::CommitResult::kNotCommitted);
    EXPECT_EQ(other.committed_records(kOut).size(), is_committed ? 1U : 0U);
    EXPECT_THAT(other.violations(), IsEmpty());
  }
}

TEST_F(SimLogTest, ResolvingFencesWhatIsStillOnItsWay) {
  SimFaults faults;
  faults.late_commit = 1000;
  SimBroker other(topics(), 1, faults);
  SimLog log(other, process, "a");
  const uint64_t term = join(log).term;
  other.produce(record(kIn, "x"));
  const log::Ticket ticket = log.submit(transaction(term, 1, "x"));
  EXPECT_EQ(next<log::Answer>(log)->result, log::CommitResult::kUnknown);
  EXPECT_EQ(log.resolve(ticket, {kIn, 1, "after x"}).value(), log::CommitResult::kNotCommitted);
  for (int i = 0; i < 1000; ++i) {
    other.step();
  }
  EXPECT_THAT(other.committed_records(kOut), IsEmpty());
}

TEST_F(SimLogTest, AnUnresolvedLateCommitHappensInTheEnd) {
  SimFaults faults;
  faults.late_commit = 1000;
  SimBroker other(topics(), 1, faults);
  SimLog log(other, process, "a");
  const uint64_t term = join(log).term;
  other.produce(record(kIn, "x"));
  (void)log.submit(transaction(term, 1, "x"));
  EXPECT_THAT(other.committed_records(kOut), IsEmpty());
  for (int i = 0; i < 301; ++i) {
    other.step();
  }
  EXPECT_EQ(other.committed_records(kOut).size(), 1U);
}

TEST_F(SimLogTest, APreparedTransactionSurvivesFencing) {
  SimFaults faults;
  faults.slow_markers = 1000;
  SimBroker other(topics(), 1, faults);
  auto log = std::make_unique<SimLog>(other, process, "a");
  const uint64_t term = join(*log).term;
  other.produce(record(kIn, "x"));
  (void)log->submit(transaction(term, 1, "x"));
  EXPECT_THAT(other.committed_records(kOut), IsEmpty());
  log.reset();
  SimLog again(other, process, "a");
  EXPECT_EQ(other.committed_records(kOut).size(), 1U);
  EXPECT_EQ(again.committed(kIn)->next_offset, 1);
}

TEST_F(SimLogTest, WhoAsksForAnOffsetWaitsForItsTransaction) {
  SimFaults faults;
  faults.late_commit = 1000;
  SimBroker other(topics(), 1, faults);
  SimLog log(other, process, "a");
  const uint64_t term = join(log).term;
  other.produce(record(kIn, "x"));
  (void)log.submit(transaction(term, 1, "x"));
  SimProcess elsewhere;
  SimLog reader(other, elsewhere, "b");
  EXPECT_EQ(reader.committed(kIn)->next_offset, 1);
  EXPECT_EQ(other.committed_records(kOut).size(), 1U);
}

TEST_F(SimLogTest, AProbeThatCannotTellIsAViolation) {
  SimFaults faults;
  faults.lost_aborted = 1000;
  SimBroker other(topics(), 1, faults);
  SimLog log(other, process, "a");
  const uint64_t term = join(log).term;
  other.faults().lost_aborted = 0;
  log::Transaction first = transaction(term, 0, "x");
  first.offsets.front().metadata = "same";
  log::Transaction second = first;
  (void)log.submit(std::move(first));
  EXPECT_EQ(next<log::Answer>(log)->result, log::CommitResult::kCommitted);
  other.faults().lost_aborted = 1000;
  const log::Ticket ticket = log.submit(std::move(second));
  EXPECT_EQ(next<log::Answer>(log)->result, log::CommitResult::kUnknown);
  (void)log.resolve(ticket, {kIn, 0, "same"});
  EXPECT_EQ(other.violations().size(), 1U);
}

TEST_F(SimLogTest, MistakesOfAClientAreViolations) {
  SimLog log(broker, process, "a");
  const uint64_t term = join(log).term;
  SimProcess other;
  SimLog second(broker, other, "b");
  (void)second.poll({});
  (void)log.poll({});
  const uint64_t now = join(log).term;
  EXPECT_NE(now, term);
  EXPECT_TRUE(log.start({{{kSource, 2}, 0}}).is_ok());  // b's
  EXPECT_EQ(broker.violations().size(), 1U);
  log::Transaction foreign = transaction(now, 0, "x");
  foreign.offsets.front().at = {kSource, 2};
  (void)log.submit(std::move(foreign));
  EXPECT_EQ(broker.violations().size(), 2U);
  (void)next<log::Answer>(log);
  (void)log.submit({now, {}, {}});
  EXPECT_EQ(broker.violations().size(), 3U);
  (void)log.submit(transaction(now, 0, "x"));  // the first is under way
  EXPECT_EQ(broker.violations().size(), 4U);
  (void)next<log::Answer>(log);
  (void)log.submit(transaction(now, 7, "x"));  // past the end
  EXPECT_EQ(broker.violations().size(), 5U);
  (void)next<log::Answer>(log);
  (void)log.submit(transaction(now, 3, "x"));  // past the end, and back
  EXPECT_EQ(broker.violations().size(), 7U);
}

TEST_F(SimLogTest, WhatRetentionTookIsAnError) {
  SimLog log(broker, process, "a");
  join(log);
  for (const char* value : {"0", "1", "2"}) {
    broker.produce(record(kIn, value));
  }
  ASSERT_TRUE(log.start({{kIn, 0}}).is_ok());
  broker.trim(kIn, 2);
  const auto failed = next<log::Failed>(log);
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->status.next(), base::Next::kStop);
  EXPECT_FALSE(log.start({{kIn, 1}}).is_ok());
  EXPECT_FALSE(log.start({{kIn, 4}}).is_ok());
  Values values;
  EXPECT_FALSE(log.read(kIn, 0, values).is_ok());
  ASSERT_TRUE(log.start({{kIn, 2}}).is_ok());
  EXPECT_EQ(next<log::Records>(log)->records.size(), 1U);
}

TEST_F(SimLogTest, ExpiredGroupOffsetsAreGone) {
  SimLog log(broker, process, "a");
  const uint64_t term = join(log).term;
  (void)log.submit(transaction(term, 0, "x"));
  broker.expire_group_offsets();
  EXPECT_EQ(log.committed(kIn)->next_offset, -1);
}

TEST_F(SimLogTest, NewPartitionsCauseARebalance) {
  SimLog log(broker, process, "a");
  join(log);
  broker.add_partitions(kSource, 5);
  EXPECT_TRUE(next<log::Revoking>(log).has_value());
  EXPECT_EQ(join(log).partitions.size(), 7U);
  EXPECT_EQ(log.partition_count(kSource).value(), 5);
}

TEST_F(SimLogTest, ADeadProcessHasNoEffect) {
  SimLog log(broker, process, "a");
  const uint64_t term = join(log).term;
  process.blow_after(1);
  EXPECT_EQ(log.submit(transaction(term, 0, "x")), 0U);
  EXPECT_THAT(log.poll({}), IsEmpty());
  EXPECT_FALSE(log.start({}).is_ok());
  EXPECT_FALSE(log.committed(kIn).has_value());
  EXPECT_THAT(output(), IsEmpty());
}

}  // namespace
}  // namespace kaiku::sim
