// What every log::Log promises, as tests over a factory. An adapter instantiates LogContract with
// worlds of its own:
//
//   INSTANTIATE_TEST_SUITE_P(Local, LogContract, ::testing::Values(LogWorldFactory{...}),
//   log_name);
//
// Offsets need not be dense (a broker spends some on transaction markers) and nothing but the plain
// producer's records is there before a test begins.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/limits.h"
#include "kaiku/log/log.h"
#include "kaiku/log/murmur2.h"
#include "kaiku/log/topic_table.h"

#include "contract/log_world.h"

namespace kaiku::log {

class LogContract : public ::testing::TestWithParam<LogWorldFactory> {
 protected:
  static constexpr int32_t kShards = 4;
  static constexpr base::EventTime kTime = 1'700'000'000'000'000;

  void SetUp() override {
    TopicTable topics;
    const auto add = [&](const char* name, TopicRole role, int32_t partitions) {
      Topic topic;
      topic.name = name;
      topic.role = role;
      topic.partitions = partitions;
      return topics.add(std::move(topic));
    };
    in_ = add("in", TopicRole::kSource, kShards);
    side_ = add("side", TopicRole::kSource, kShards);
    exchange_ = add("exchange", TopicRole::kExchange, kShards);
    changelog_ = add("changelog", TopicRole::kChangelog, kShards);
    out_ = add("out", TopicRole::kOutput, 3);
    world_ = GetParam().make(topics);
    ASSERT_NE(world_, nullptr);
  }

  Reader connect(int number = 0) { return Reader(world_->connect(number)); }

  void produce(Partition to, const std::string& value) { world_->produce(to, "key", value, kTime); }

  Transaction transaction(const Reader& reader, int64_t next_offset, std::string metadata) const {
    Transaction result;
    result.term = reader.assigned ? reader.assigned->term : 0;
    result.offsets.push_back({{exchange_, 0}, next_offset, std::move(metadata)});
    return result;
  }

  static Append record(Partition to, std::string value) {
    Append append;
    append.to = to;
    append.key = "key";
    append.value = std::move(value);
    append.timestamp = kTime;
    return append;
  }

  static std::vector<std::string> read_all(Reader& reader, Partition at) {
    OwnedSink sink;
    const base::Status status = reader->read(at, 0, sink);
    EXPECT_TRUE(status.is_ok()) << status.message();
    return sink.values;
  }

  static int64_t low(Reader& reader, Partition at) {
    const auto ends = reader->ends(at, Isolation::kCommitted);
    EXPECT_TRUE(ends.has_value());
    return ends->low;
  }

  TopicId in_ = 0;
  TopicId side_ = 0;
  TopicId exchange_ = 0;
  TopicId changelog_ = 0;
  TopicId out_ = 0;
  std::unique_ptr<LogWorld> world_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LogContract);

TEST_P(LogContract, RecordsOfAPartitionComeInOrderFromThePositionOfStart) {
  std::vector<std::string> expected;
  for (int i = 0; i < 2'500; ++i) {
    expected.push_back(std::to_string(i));
    produce({in_, 1}, expected.back());
  }
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  const Partition at{in_, 1};
  ASSERT_TRUE(reader->start({{at, low(reader, at)}}).is_ok());
  ASSERT_TRUE(reader.poll_until([&] { return reader.records[at].size() >= expected.size(); }));
  EXPECT_EQ(reader.values(at), expected);
  for (size_t i = 1; i < expected.size(); ++i) {
    ASSERT_LT(reader.records[at][i - 1].offset, reader.records[at][i].offset);
  }
  const int64_t middle = reader.records[at][1'234].offset;
  reader.records.clear();
  ASSERT_TRUE(reader->start({{at, middle}}).is_ok());
  ASSERT_TRUE(reader.poll_until([&] { return reader.records[at].size() >= 2'500 - 1'234; }));
  EXPECT_EQ(reader.values(at).front(), "1234");
  EXPECT_EQ(reader.records[at].front().offset, middle);
}

TEST_P(LogContract, NothingIsReadBeforeStartAndNothingAfterAnEmptyOne) {
  produce({in_, 0}, "a");
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  reader.poll_some();
  EXPECT_TRUE(reader.records.empty());
  ASSERT_TRUE(reader->start({{{in_, 0}, low(reader, {in_, 0})}}).is_ok());
  ASSERT_TRUE(reader.poll_until([&] { return !reader.records.empty(); }));
  ASSERT_TRUE(reader->start({}).is_ok());
  reader.records.clear();
  produce({in_, 0}, "b");
  reader.poll_some();
  EXPECT_TRUE(reader.records.empty());
  EXPECT_EQ(reader.revocations, 0);
}

TEST_P(LogContract, StartReplacesTheReadingSet) {
  produce({in_, 0}, "a0");
  produce({in_, 1}, "b0");
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  const Partition a{in_, 0};
  const Partition b{in_, 1};
  ASSERT_TRUE(reader->start({{a, low(reader, a)}, {b, low(reader, b)}}).is_ok());
  ASSERT_TRUE(reader.poll_until(
      [&] { return reader.records[a].size() == 1 && reader.records[b].size() == 1; }));
  const int64_t seen = reader.records[b][0].offset;
  ASSERT_TRUE(reader->start({{b, seen + 1}}).is_ok());
  produce(a, "a1");
  produce(b, "b1");
  ASSERT_TRUE(reader.poll_until([&] { return reader.records[b].size() == 2; }));
  reader.poll_some();
  EXPECT_EQ(reader.values(a), (std::vector<std::string>{"a0"}));
  ASSERT_TRUE(reader->start({{b, seen}}).is_ok());
  ASSERT_TRUE(reader.poll_until([&] { return reader.records[b].size() == 4; }));
  EXPECT_EQ(reader.values(b), (std::vector<std::string>{"b0", "b1", "b0", "b1"}));
}

TEST_P(LogContract, KeysValuesAndTimesGoThroughUnchanged) {
  const std::string key("\0\xff key", 6);
  const std::string value = std::string("\0\n\xfe", 3) + std::string(300'000, 'v');
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  Transaction whole = transaction(reader, 1, "m");
  Append append = record({in_, 2}, value);
  append.key = key;
  append.timestamp = kTime + 123'000;
  append.headers = {{"ce_id", "1"}, {"empty", ""}};
  whole.appends.push_back(append);
  Append tombstone = record({in_, 2}, "");
  tombstone.has_value = false;
  whole.appends.push_back(tombstone);
  ASSERT_EQ(reader.commit(std::move(whole)), CommitResult::kCommitted);
  world_->produce({in_, 2}, "plain", "", kTime + 5'000);
  const Partition at{in_, 2};
  ASSERT_TRUE(reader->start({{at, low(reader, at)}}).is_ok());
  ASSERT_TRUE(reader.poll_until([&] { return reader.records[at].size() == 3; }));
  const std::vector<OwnedRecord>& got = reader.records[at];
  EXPECT_TRUE(got[0].has_key && got[0].has_value);
  EXPECT_EQ(got[0].key, key);
  EXPECT_EQ(got[0].value, value);
  EXPECT_EQ(got[0].timestamp, kTime + 123'000);
  EXPECT_FALSE(got[1].has_value);
  EXPECT_EQ(got[1].timestamp, kTime);
  EXPECT_TRUE(got[2].has_value);
  EXPECT_EQ(got[2].key, "plain");
  EXPECT_EQ(got[2].value, "");
  EXPECT_EQ(got[2].timestamp, kTime + 5'000);
}

TEST_P(LogContract, ViewsOfAnEventLiveUntilTheNextPoll) {
  const std::string value(1'000, 'v');
  produce({in_, 0}, value);
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  ASSERT_TRUE(reader->start({{{in_, 0}, low(reader, {in_, 0})}}).is_ok());
  bool seen = false;
  for (int i = 0; i < 1'500 && !seen; ++i) {
    const std::vector<Event> events = reader->poll({20'000, 10});
    ASSERT_TRUE(reader->start({}).is_ok());
    produce({in_, 0}, "other");
    for (const Event& event : events) {
      if (const auto* records = std::get_if<Records>(&event)) {
        EXPECT_EQ(records->records.at(0).value, value);
        seen = true;
      }
    }
    ASSERT_TRUE(reader->start({{{in_, 0}, low(reader, {in_, 0})}}).is_ok());
  }
  EXPECT_TRUE(seen);
}

TEST_P(LogContract, ATransactionBecomesVisibleAsAWhole) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  Transaction whole = transaction(reader, 7, "epoch 1");
  whole.offsets.push_back({{in_, 3}, 9, "epoch 1"});
  for (int32_t i = 0; i < kShards; ++i) {
    whole.appends.push_back(record({exchange_, i}, "edge"));
    whole.appends.push_back(record({changelog_, i}, "change " + std::to_string(i)));
  }
  for (int32_t i = 0; i < kShards; ++i) {
    EXPECT_TRUE(read_all(reader, {exchange_, i}).empty());
  }
  EXPECT_EQ(reader->committed({exchange_, 0})->next_offset, -1);
  ASSERT_EQ(reader.commit(whole), CommitResult::kCommitted);
  for (int32_t i = 0; i < kShards; ++i) {
    EXPECT_EQ(read_all(reader, {exchange_, i}), (std::vector<std::string>{"edge"}));
    EXPECT_EQ(read_all(reader, {changelog_, i}),
              (std::vector<std::string>{"change " + std::to_string(i)}));
  }
  EXPECT_EQ(reader->committed({exchange_, 0})->next_offset, 7);
  EXPECT_EQ(reader->committed({in_, 3})->next_offset, 9);
  EXPECT_EQ(reader->committed({in_, 3})->metadata, "epoch 1");
  EXPECT_EQ(reader->committed({in_, 2})->next_offset, -1);
}

TEST_P(LogContract, AnAnswerTellsWhereEachRecordIs) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  for (int64_t round = 1; round <= 3; ++round) {
    Transaction whole = transaction(reader, round, "m");
    whole.appends = {record({out_, 0}, "a"), record({out_, 1}, "b"), record({out_, 0}, "c")};
    ASSERT_EQ(reader.commit(std::move(whole)), CommitResult::kCommitted);
    const std::vector<int64_t> offsets = reader.answer->first_offsets;
    if (offsets.empty()) {
      continue;  // not known
    }
    ASSERT_EQ(offsets.size(), 3U);
    for (const auto& [at, offset, value] :
         std::vector<std::tuple<Partition, int64_t, std::string>>{{{out_, 0}, offsets[0], "a"},
                                                                  {{out_, 1}, offsets[1], "b"},
                                                                  {{out_, 0}, offsets[2], "c"}}) {
      OwnedSink sink(1);
      ASSERT_TRUE(reader->read(at, offset, sink).is_ok());
      ASSERT_EQ(sink.values, (std::vector<std::string>{value}));
      EXPECT_EQ(sink.offsets[0], offset);
    }
  }
}

TEST_P(LogContract, ATransactionOfOffsetsAloneCommits) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  ASSERT_EQ(reader.commit(transaction(reader, 3, "three")), CommitResult::kCommitted);
  ASSERT_EQ(reader.commit(transaction(reader, 4, "four")), CommitResult::kCommitted);
  EXPECT_EQ(reader->committed({exchange_, 0})->next_offset, 4);
  EXPECT_EQ(reader->committed({exchange_, 0})->metadata, "four");
}

TEST_P(LogContract, MetadataOfTheLargestSizeComesBack) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  std::string metadata;
  while (metadata.size() < base::limits::kOffsetMetadataBytes) {
    metadata += static_cast<char>(' ' + metadata.size() % 95);
  }
  ASSERT_EQ(reader.commit(transaction(reader, 3, metadata)), CommitResult::kCommitted);
  EXPECT_EQ(reader->committed({exchange_, 0})->metadata, metadata);
  ASSERT_EQ(reader.commit(transaction(reader, 4, "")), CommitResult::kCommitted);
  EXPECT_EQ(reader->committed({exchange_, 0})->metadata, "");
}

TEST_P(LogContract, AnotherTermIsFencedAndChangesNothing) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  ASSERT_EQ(reader.commit(transaction(reader, 1, "first")), CommitResult::kCommitted);
  for (const uint64_t term : {uint64_t{0}, reader.assigned->term - 1, reader.assigned->term + 1}) {
    Transaction stale = transaction(reader, 2, "stale");
    stale.term = term;
    stale.appends.push_back(record({out_, 0}, "stale"));
    EXPECT_EQ(reader.commit(std::move(stale)), CommitResult::kFenced);
  }
  EXPECT_EQ(reader->committed({exchange_, 0})->metadata, "first");
  EXPECT_TRUE(read_all(reader, {out_, 0}).empty());
  ASSERT_EQ(reader.commit(transaction(reader, 2, "second")), CommitResult::kCommitted);
  EXPECT_EQ(reader->committed({exchange_, 0})->metadata, "second");
}

TEST_P(LogContract, AMemberWithoutAnAssignmentIsFenced) {
  Reader reader = connect();
  Transaction early = transaction(reader, 2, "early");
  early.term = 1;
  early.appends.push_back(record({out_, 0}, "early"));
  EXPECT_EQ(reader.commit(std::move(early)), CommitResult::kFenced);
  EXPECT_TRUE(read_all(reader, {out_, 0}).empty());
}

TEST_P(LogContract, ResolveTellsWhatBecameOfATransaction) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  Transaction whole = transaction(reader, 5, "epoch 1");
  const OffsetCommit probe = whole.offsets[0];
  ASSERT_EQ(reader.commit(whole), CommitResult::kCommitted);
  const Ticket ticket = reader.answer->ticket;
  const auto resolve = [&](const OffsetCommit& of) {
    for (int i = 0; i < 100; ++i) {
      const auto result = reader->resolve(ticket, of);
      if (result.has_value()) {
        return *result;
      }
      EXPECT_EQ(result.error().next(), base::Next::kRetry) << result.error().message();
    }
    return CommitResult::kUnknown;
  };
  EXPECT_EQ(resolve(probe), CommitResult::kCommitted);
  EXPECT_EQ(resolve({{exchange_, 0}, 8, "epoch 2"}), CommitResult::kNotCommitted);
  EXPECT_EQ(resolve({{exchange_, 1}, 8, "epoch 2"}), CommitResult::kNotCommitted);
  EXPECT_EQ(reader->committed({exchange_, 0})->next_offset, 5);
  ASSERT_EQ(reader.commit(transaction(reader, 8, "epoch 2")), CommitResult::kCommitted);
  EXPECT_EQ(resolve({{exchange_, 0}, 8, "epoch 2"}), CommitResult::kCommitted);
}

TEST_P(LogContract, AnEndIsToldOnceAndAgainAfterNewRecords) {
  const Partition at{in_, 0};
  produce(at, "a");
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  ASSERT_TRUE(reader->start({{at, low(reader, at)}, {{in_, 1}, low(reader, {in_, 1})}}).is_ok());
  const auto at_end = [&](Partition of, size_t times) {
    return static_cast<size_t>(
               std::count_if(reader.ends[of].begin(), reader.ends[of].end(), [](const End& end) {
                 return end.at_log_end;
               })) >= times;
  };
  ASSERT_TRUE(reader.poll_until([&] { return at_end(at, 1) && at_end({in_, 1}, 1); }));
  ASSERT_EQ(reader.records[at].size(), 1U);
  EXPECT_GT(reader.ends[at].back().offset, reader.records[at][0].offset);
  const size_t told = reader.ends[at].size();
  reader.poll_some();
  EXPECT_EQ(reader.ends[at].size(), told);
  produce(at, "b");
  ASSERT_TRUE(reader.poll_until([&] { return at_end(at, 2); }));
  EXPECT_EQ(reader.values(at), (std::vector<std::string>{"a", "b"}));
  EXPECT_GT(reader.ends[at].back().offset, reader.records[at][1].offset);
  EXPECT_EQ((reader.ends[{in_, 1}].size()), 1U);
}

TEST_P(LogContract, AnEndIsToldAgainAfterAStart) {
  const Partition at{in_, 0};
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  for (int i = 0; i < 2; ++i) {
    reader.ends.clear();
    ASSERT_TRUE(reader->start({{at, low(reader, at)}}).is_ok());
    ASSERT_TRUE(reader.poll_until([&] { return !reader.ends[at].empty(); }));
    EXPECT_TRUE(reader.ends[at].back().at_log_end);
  }
}

TEST_P(LogContract, ReadGivesWhatIsThereAndStopsWhenTold) {
  const Partition at{changelog_, 1};
  for (const char* value : {"a", "b", "c"}) {
    produce(at, value);
  }
  Reader reader = connect();
  OwnedSink all;
  ASSERT_TRUE(reader->read(at, 0, all).is_ok());
  EXPECT_EQ(all.values, (std::vector<std::string>{"a", "b", "c"}));
  OwnedSink from_second;
  ASSERT_TRUE(reader->read(at, all.offsets[1], from_second).is_ok());
  EXPECT_EQ(from_second.values, (std::vector<std::string>{"b", "c"}));
  OwnedSink one(1);
  ASSERT_TRUE(reader->read(at, 0, one).is_ok());
  EXPECT_EQ(one.values.size(), 1U);
  OwnedSink none;
  ASSERT_TRUE(reader->read(at, all.offsets[2] + 1, none).is_ok());
  ASSERT_TRUE(reader->read({changelog_, 2}, 0, none).is_ok());
  EXPECT_TRUE(none.values.empty());
}

TEST_P(LogContract, EndsEncloseTheRecords) {
  const Partition at{out_, 1};
  Reader reader = connect();
  const auto before = reader->ends(at, Isolation::kCommitted);
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(before->low, before->high);
  produce(at, "a");
  produce(at, "b");
  OwnedSink sink;
  ASSERT_TRUE(reader->read(at, 0, sink).is_ok());
  for (const Isolation isolation : {Isolation::kCommitted, Isolation::kUncommitted}) {
    const auto after = reader->ends(at, isolation);
    ASSERT_TRUE(after.has_value());
    EXPECT_LE(after->low, sink.offsets.front());
    EXPECT_GT(after->high, sink.offsets.back());
  }
}

TEST_P(LogContract, ARecordWithoutAPartitionGoesWhereAJavaProducerWouldSendItsKey) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  Transaction whole = transaction(reader, 1, "m");
  std::map<int32_t, std::vector<std::string>> expected;
  for (int i = 0; i < 30; ++i) {
    Append append = record({out_, -1}, std::to_string(i));
    append.key = "key" + std::to_string(i);
    expected[partition_of(append.key, 3)].push_back(append.value);
    whole.appends.push_back(append);
  }
  ASSERT_EQ(reader.commit(std::move(whole)), CommitResult::kCommitted);
  for (int32_t number = 0; number < 3; ++number) {
    EXPECT_EQ(read_all(reader, {out_, number}), expected[number]);
  }
}

TEST_P(LogContract, KnowsThePartitionsOfATopic) {
  Reader reader = connect();
  EXPECT_EQ(*reader->partition_count(in_), kShards);
  EXPECT_EQ(*reader->partition_count(out_), 3);
}

TEST_P(LogContract, ARestartContinuesAtTheCommittedOffsets) {
  const Partition at{exchange_, 0};
  for (const char* value : {"a", "b", "c"}) {
    produce(at, value);
  }
  {
    Reader reader = connect();
    ASSERT_TRUE(reader.poll_until_assigned());
    ASSERT_TRUE(reader->start({{at, low(reader, at)}}).is_ok());
    ASSERT_TRUE(reader.poll_until([&] { return reader.records[at].size() == 3; }));
    Transaction whole = transaction(reader, reader.records[at][1].offset, "one read");
    whole.appends.push_back(record({changelog_, 0}, "epoch 1"));
    ASSERT_EQ(reader.commit(std::move(whole)), CommitResult::kCommitted);
    reader->close();
  }
  world_->restart();
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  EXPECT_GT(reader.assigned->term, 0U);
  const auto committed = reader->committed(at);
  ASSERT_TRUE(committed.has_value());
  EXPECT_EQ(committed->metadata, "one read");
  EXPECT_EQ(read_all(reader, {changelog_, 0}), (std::vector<std::string>{"epoch 1"}));
  ASSERT_TRUE(reader->start({{at, committed->next_offset}}).is_ok());
  ASSERT_TRUE(reader.poll_until([&] { return reader.records[at].size() == 2; }));
  EXPECT_EQ(reader.values(at), (std::vector<std::string>{"b", "c"}));
  ASSERT_EQ(reader.commit(transaction(reader, committed->next_offset + 1, "two read")),
            CommitResult::kCommitted);
}

// Polls two members in turn until both hold an assignment and together hold everything.
inline bool settle(Reader& a, Reader& b, size_t partitions) {
  for (int i = 0; i < 1'500; ++i) {
    a.poll(20'000);
    b.poll(20'000);
    if (a.assigned && b.assigned && !a.assigned->partitions.empty() &&
        !b.assigned->partitions.empty() &&
        a.assigned->partitions.size() + b.assigned->partitions.size() == partitions) {
      return true;
    }
  }
  return false;
}

TEST_P(LogContract, AMemberAloneIsAssignedAllSourcesAndTheExchange) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  std::set<Partition> expected;
  for (const TopicId topic : {in_, side_, exchange_}) {
    for (int32_t number = 0; number < kShards; ++number) {
      expected.insert({topic, number});
    }
  }
  const std::vector<Partition>& got = reader.assigned->partitions;
  EXPECT_EQ(std::set<Partition>(got.begin(), got.end()), expected);
  EXPECT_EQ(got.size(), expected.size());
  EXPECT_GT(reader.assigned->term, 0U);
}

TEST_P(LogContract, TwoMembersShareEveryTopicAlongTheSamePartitions) {
  Reader a = connect(0);
  ASSERT_TRUE(a.poll_until_assigned());
  Reader b = connect(1);
  ASSERT_TRUE(settle(a, b, 3 * kShards));
  EXPECT_GE(a.revocations, 1);
  std::map<int32_t, std::set<int>> owners;
  std::set<Partition> all;
  for (const auto& [member, reader] : {std::pair<int, Reader*>{0, &a}, {1, &b}}) {
    for (const Partition& at : reader->assigned->partitions) {
      owners[at.number].insert(member);
      EXPECT_TRUE(all.insert(at).second) << "assigned twice";
    }
  }
  EXPECT_EQ(all.size(), 3U * kShards);
  for (const auto& [number, members] : owners) {
    EXPECT_EQ(members.size(), 1U) << "partition " << number << " is split";
  }
}

TEST_P(LogContract, ARevokedTermMayCommitOnceMoreAndIsFencedAfterwards) {
  Reader a = connect(0);
  ASSERT_TRUE(a.poll_until_assigned());
  const uint64_t term = a.assigned->term;
  Reader b = connect(1);
  // B has to join before A can be told, and A's Revoking has to be the last thing it hears.
  for (int i = 0; i < 1'500 && a.revocations == 0; ++i) {
    b.poll(10'000);
    a.poll(10'000);
  }
  ASSERT_EQ(a.revocations, 1);
  Transaction last = transaction(a, 4, "last words");
  last.term = term;
  a->submit(last);
  ASSERT_TRUE(settle(a, b, 3 * kShards));
  ASSERT_TRUE(a.answer.has_value());
  EXPECT_EQ(a.answer->result, CommitResult::kCommitted);
  EXPECT_EQ(b->committed({exchange_, 0})->metadata, "last words");
  EXPECT_NE(a.assigned->term, term);
  last.offsets[0] = {{exchange_, 0}, 5, "too late"};
  last.appends.push_back(record({out_, 0}, "too late"));
  EXPECT_EQ(a.commit(last), CommitResult::kFenced);
  EXPECT_EQ(b->committed({exchange_, 0})->metadata, "last words");
  EXPECT_TRUE(read_all(b, {out_, 0}).empty());
}

TEST_P(LogContract, WhatALeavingMemberHeldGoesToTheOther) {
  Reader a = connect(0);
  ASSERT_TRUE(a.poll_until_assigned());
  Reader b = connect(1);
  ASSERT_TRUE(settle(a, b, 3 * kShards));
  b->close();
  ASSERT_TRUE(
      a.poll_until([&] { return a.assigned && a.assigned->partitions.size() == 3U * kShards; }));
  EXPECT_EQ(a.commit(transaction(a, 1, "alone")), CommitResult::kCommitted);
}

TEST_P(LogContract, MembersSeeEachOthersTransactions) {
  Reader a = connect(0);
  ASSERT_TRUE(a.poll_until_assigned());
  Reader b = connect(1);
  ASSERT_TRUE(settle(a, b, 3 * kShards));
  const Partition at{exchange_, 3};
  ASSERT_TRUE(b->start({{at, low(b, at)}}).is_ok());
  ASSERT_TRUE(b.poll_until([&] { return !b.ends[at].empty(); }));
  Transaction whole = transaction(a, 1, "m");
  whole.appends.push_back(record(at, "from a"));
  ASSERT_EQ(a.commit(std::move(whole)), CommitResult::kCommitted);
  ASSERT_TRUE(b.poll_until([&] { return b.records[at].size() == 1; }));
  EXPECT_EQ(b.values(at), (std::vector<std::string>{"from a"}));
}

TEST_P(LogContract, NobodyReadsPastAnUndecidedTransaction) {
  const Partition at{in_, 0};
  for (const bool commits : {false, true}) {
    const LogWorld::Decide decide = world_->begin(at, "undecided");
    if (!decide) {
      return;  // this log has no open transactions
    }
    produce(at, "behind");
    Reader reader = connect();
    ASSERT_TRUE(reader.poll_until_assigned());
    const int64_t from = reader->ends(at, Isolation::kCommitted)->high;
    EXPECT_GT(reader->ends(at, Isolation::kUncommitted)->high, from);
    ASSERT_TRUE(reader->start({{at, from}}).is_ok());
    reader.poll_some();
    EXPECT_TRUE(reader.records[at].empty());
    for (const End& end : reader.ends[at]) {
      EXPECT_FALSE(end.at_log_end);
    }
    decide(commits);
    ASSERT_TRUE(reader.poll_until([&] {
      return !reader.records[at].empty() && reader.records[at].back().value == "behind";
    }));
    EXPECT_EQ(reader.values(at).front(), commits ? "undecided" : "behind");
    reader->close();
  }
}

}  // namespace kaiku::log
