#include "kaiku/local/broker.h"

#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "kaiku/base/clock.h"
#include "kaiku/base/prng.h"
#include "kaiku/log/murmur2.h"
#include "kaiku/state/memory_store.h"

#include "contract/log_world.h"
#include "local/store_layout.h"
#include "unit/state/faulty_store.h"

namespace kaiku::local {
namespace {

using base::Exit;
using base::Next;
using base::Status;
using log::Partition;
using log::Reader;

constexpr base::EventTime kNow = 1'700'000'000'000'000;

class BrokerTest : public ::testing::Test {
 protected:
  BrokerTest() {
    in_ = add("in", log::TopicRole::kSource);
    out_ = add("out", log::TopicRole::kOutput);
    open();
  }

  log::TopicId add(const char* name, log::TopicRole role) {
    log::Topic topic;
    topic.name = name;
    topic.role = role;
    topic.partitions = 2;
    return topics_.add(std::move(topic));
  }

  void open() {
    broker_.reset();
    auto broker = Broker::open(store_, clock_, options_);
    ASSERT_TRUE(broker.has_value()) << broker.error().message();
    broker_ = std::move(broker).value();
    ASSERT_TRUE(broker_->ensure_topic("in", in_options_).is_ok());
    ASSERT_TRUE(broker_->ensure_topic("out", out_options_).is_ok());
  }

  Reader connect(bool is_member = true) {
    auto log = broker_->connect(topics_, {is_member});
    EXPECT_TRUE(log.has_value());
    return Reader(std::move(log).value());
  }

  void append(const char* topic, int32_t partition, std::string_view value) {
    NewRecord record;
    record.partition = partition;
    record.value = value;
    const Status status = broker_->append(topic, record);
    ASSERT_TRUE(status.is_ok()) << status.message();
  }

  log::Transaction commit_of(const Reader& reader, int64_t next_offset) const {
    log::Transaction transaction;
    transaction.term = reader.assigned->term;
    transaction.offsets.push_back({{in_, 0}, next_offset, "m" + std::to_string(next_offset)});
    return transaction;
  }

  static log::Ends ends(Reader& reader, Partition at) {
    const auto found = reader->ends(at, log::Isolation::kCommitted);
    EXPECT_TRUE(found.has_value());
    return *found;
  }

  [[nodiscard]] size_t records() const {
    size_t count = 0;
    EXPECT_TRUE(store_
                    .scan(space_begin(Space::kRecords),
                          space_end(Space::kRecords),
                          [&](auto, auto) { return ++count > 0; })
                    .is_ok());
    return count;
  }

  log::TopicTable topics_;
  log::TopicId in_ = 0;
  log::TopicId out_ = 0;
  Status failure_;
  state::FaultyStore store_{std::make_unique<state::MemoryStore>(), failure_};
  base::ManualClock clock_{kNow};
  BrokerOptions options_;
  TopicOptions in_options_{.partitions = 2};
  TopicOptions out_options_{.partitions = 2};
  std::unique_ptr<Broker> broker_;
};

TEST_F(BrokerTest, TopicsAreThereAgainWhenItIsOpenedAgain) {
  append("in", 1, "value");
  open();
  const std::vector<TopicInfo> topics = broker_->list_topics();
  ASSERT_EQ(topics.size(), 2U);
  EXPECT_EQ(topics[0].name, "in");
  EXPECT_EQ(topics[0].partitions, 2);
  EXPECT_EQ(topics[0].records, 1U);
  EXPECT_GT(topics[0].bytes, 5U);
  EXPECT_EQ(topics[1].records, 0U);
}

TEST_F(BrokerTest, ANumberOfPartitionsIsFixed) {
  TopicOptions options;
  options.partitions = 3;
  const Status status = broker_->ensure_topic("in", options);
  EXPECT_EQ(status.exit_code(), Exit::kConfig);
  EXPECT_NE(status.message().find("2 partitions, not 3"), std::string::npos);
  for (const int32_t partitions : {0, -1, 1'000'000}) {
    options.partitions = partitions;
    EXPECT_EQ(broker_->ensure_topic("new", options).exit_code(), Exit::kConfig);
  }
  for (const std::string& name : {std::string(), std::string("a b"), std::string(250, 'a')}) {
    EXPECT_EQ(broker_->ensure_topic(name, {}).exit_code(), Exit::kConfig);
  }
  EXPECT_EQ(broker_->list_topics().size(), 2U);
}

TEST_F(BrokerTest, WhatIsNotThereIsNamed) {
  NewRecord record;
  record.value = "v";
  EXPECT_EQ(broker_->append("none", record).exit_code(), Exit::kUnavailable);
  EXPECT_EQ(broker_->trim("none", 0, 1).exit_code(), Exit::kUnavailable);
  record.partition = 2;
  EXPECT_EQ(broker_->append("in", record).exit_code(), Exit::kUnavailable);
  log::TopicTable topics = topics_;
  log::Topic none;
  none.name = "none";
  topics.add(none);
  const auto log = broker_->connect(topics);
  ASSERT_FALSE(log.has_value());
  EXPECT_NE(log.error().message().find("none"), std::string::npos);
  Reader reader = connect();
  EXPECT_EQ(reader->start({{{in_, 2}, 0}}).exit_code(), Exit::kUnavailable);
  EXPECT_EQ(reader->start({{{9, 0}, 0}}).exit_code(), Exit::kUnavailable);
  EXPECT_FALSE(reader->committed({in_, -1}).has_value());
  EXPECT_FALSE(reader->ends({9, 0}, log::Isolation::kCommitted).has_value());
  EXPECT_FALSE(reader->partition_count(9).has_value());
}

TEST_F(BrokerTest, ARecordThatIsTooLargeIsRefusedWithItsWholeBatch) {
  const std::string large((4U << 20) + 1, 'x');
  std::vector<NewRecord> records(2);
  records[0].value = "small";
  records[1].value = large;
  EXPECT_EQ(broker_->append_batch("in", records).next(), Next::kSkipRecord);
  EXPECT_EQ(broker_->list_topics()[0].records, 0U);
}

TEST_F(BrokerTest, ARecordWithoutPartitionGoesByKeyElseByValue) {
  std::vector<NewRecord> records(40);
  std::vector<std::string> texts;
  for (size_t i = 0; i < records.size(); ++i) {
    texts.push_back("text" + std::to_string(i));
  }
  for (size_t i = 0; i < records.size(); ++i) {
    records[i].value = texts[i];
    if (i % 2 == 0) {
      records[i].key = texts[i];
    }
  }
  ASSERT_TRUE(broker_->append_batch("in", records).is_ok());
  ASSERT_TRUE(broker_->append_batch("in", {}).is_ok());
  Reader reader = connect(false);
  size_t seen = 0;
  for (const int32_t number : {0, 1}) {
    ASSERT_TRUE(reader->start({{{in_, number}, 0}}).is_ok());
    reader.poll(0);
    for (const std::string& value : reader.values({in_, number})) {
      EXPECT_EQ(log::partition_of(value, 2), number);
      ++seen;
    }
    EXPECT_FALSE(reader.values({in_, number}).empty());
  }
  EXPECT_EQ(seen, records.size());
}

TEST_F(BrokerTest, ARecordWithoutTimeGetsTheClocks) {
  append("in", 0, "v");
  clock_.advance_us(5);
  append("in", 0, "w");
  Reader reader = connect(false);
  ASSERT_TRUE(reader->start({{{in_, 0}, 0}}).is_ok());
  reader.poll(0);
  EXPECT_EQ(reader.records[(Partition{in_, 0})].at(0).timestamp, kNow);
  EXPECT_EQ(reader.records[(Partition{in_, 0})].at(1).timestamp, kNow + 5);
}

TEST_F(BrokerTest, SyncsAsTheOptionsSay) {
  append("in", 0, "v");
  EXPECT_TRUE(store_.was_synced());
  options_.sync = false;
  open();
  append("in", 0, "v");
  EXPECT_FALSE(store_.was_synced());
}

TEST_F(BrokerTest, TermsGoOnAfterARestart) {
  uint64_t term = 0;
  for (int i = 0; i < 3; ++i) {
    Reader reader = connect();
    ASSERT_TRUE(reader.poll_until_assigned());
    EXPECT_GT(reader.assigned->term, term);
    term = reader.assigned->term;
    ASSERT_EQ(reader.commit(commit_of(reader, i)), log::CommitResult::kCommitted);
    reader->close();
    open();
  }
}

TEST_F(BrokerTest, AToolReadsAndIsFenced) {
  append("in", 0, "v");
  Reader member = connect();
  ASSERT_TRUE(member.poll_until_assigned());
  Reader tool = connect(false);
  ASSERT_TRUE(tool->start({{{in_, 0}, 0}}).is_ok());
  tool.poll(0);
  EXPECT_EQ(tool.values({in_, 0}).size(), 1U);
  EXPECT_EQ(tool.commit(commit_of(member, 1)), log::CommitResult::kFenced);
  member.poll(0);
  EXPECT_EQ(member.revocations, 0);
}

TEST_F(BrokerTest, ATransactionThatIsABugIsRefusedWhole) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  const log::Transaction good = commit_of(reader, 1);
  std::vector<log::Transaction> bad(6, good);
  bad[0].offsets.clear();
  bad[1].offsets[0].metadata = std::string(4'097, 'm');
  bad[2].offsets[0].metadata = "\xc3\xa4";
  bad[3].offsets[0].next_offset = -1;
  bad[4].offsets[0].at = {in_, 7};
  bad[5].appends.push_back({{out_, 2}, "k", "v", true, base::kNoTime, {}});
  for (log::Transaction& transaction : bad) {
    transaction.appends.push_back({{out_, 0}, "k", "v", true, base::kNoTime, {}});
    reader.failure = Status::ok();
    reader->submit(transaction);
    reader.poll(0);
    EXPECT_FALSE(reader.failure.is_ok());
    EXPECT_FALSE(reader.answer.has_value());
  }
  EXPECT_EQ(reader->committed({in_, 0})->next_offset, -1);
  EXPECT_EQ(broker_->list_topics()[1].records, 0U);
}

TEST_F(BrokerTest, AFullDiskCommitsNothingAndIsGotOver) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  failure_ = Status::stop(Exit::kDiskFull, "the disk is full");
  log::Transaction transaction = commit_of(reader, 1);
  transaction.appends.push_back({{out_, 0}, "k", "v", true, base::kNoTime, {}});
  EXPECT_EQ(reader.commit(transaction), log::CommitResult::kNotCommitted);
  NewRecord record;
  record.value = "v";
  EXPECT_EQ(broker_->append("in", record).exit_code(), Exit::kDiskFull);
  EXPECT_EQ(*reader->resolve(1, transaction.offsets[0]), log::CommitResult::kNotCommitted);
  failure_ = Status::ok();
  EXPECT_EQ(reader.commit(transaction), log::CommitResult::kCommitted);
  EXPECT_EQ(reader.answer->first_offsets, (std::vector<int64_t>{0}));
  EXPECT_EQ(*reader->resolve(2, transaction.offsets[0]), log::CommitResult::kCommitted);
}

TEST_F(BrokerTest, AnUnknownOutcomeStaysUnknownUntilItIsOpenedAgain) {
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  failure_ = {Next::kRestore, "input or output error"};
  const log::Transaction transaction = commit_of(reader, 1);
  EXPECT_EQ(reader.commit(transaction), log::CommitResult::kUnknown);
  failure_ = Status::ok();
  EXPECT_EQ(reader->resolve(1, transaction.offsets[0]).error().next(), Next::kRestore);
  EXPECT_EQ(reader.commit(transaction), log::CommitResult::kUnknown);
  NewRecord record;
  record.value = "v";
  EXPECT_EQ(broker_->append("in", record).next(), Next::kRestore);
  EXPECT_EQ(records(), 0U);
  reader->close();
  open();
  append("in", 0, "v");
}

TEST_F(BrokerTest, WhatIsTrimmedIsGoneForReadersAndFromTheStore) {
  for (int i = 0; i < 10; ++i) {
    append("out", 0, "value");
  }
  ASSERT_TRUE(broker_->trim("out", 0, 4).is_ok());
  Reader reader = connect(false);
  EXPECT_EQ(ends(reader, {out_, 0}).low, 4);
  EXPECT_EQ(ends(reader, {out_, 0}).high, 10);
  EXPECT_EQ(records(), 6U);
  const Status status = reader->start({{{out_, 0}, 3}});
  EXPECT_EQ(status.exit_code(), Exit::kNoInput);
  EXPECT_NE(status.message().find("4 to 10"), std::string::npos);
  EXPECT_EQ(reader->start({{{out_, 0}, 11}}).exit_code(), Exit::kNoInput);
  ASSERT_TRUE(broker_->trim("out", 0, 2).is_ok());
  ASSERT_TRUE(broker_->trim("out", 0, 1'000).is_ok());
  EXPECT_EQ(records(), 0U);
  reader->close();
  open();
  Reader again = connect(false);
  EXPECT_EQ(ends(again, {out_, 0}).low, 10);
  append("out", 0, "next");
  ASSERT_TRUE(again->start({{{out_, 0}, 10}}).is_ok());
  again.poll(0);
  EXPECT_EQ(again.values({out_, 0}), (std::vector<std::string>{"next"}));
}

TEST_F(BrokerTest, AReaderThatWasOvertakenByATrimIsTold) {
  append("out", 0, "a");
  append("out", 1, "b");
  Reader reader = connect(false);
  ASSERT_TRUE(reader->start({{{out_, 0}, 0}, {{out_, 1}, 0}}).is_ok());
  append("out", 0, "c");
  ASSERT_TRUE(broker_->trim("out", 0, 1).is_ok());
  reader.poll(0);
  EXPECT_EQ(reader.failure.exit_code(), Exit::kNoInput);
  EXPECT_EQ(reader.values({out_, 1}), (std::vector<std::string>{"b"}));
  EXPECT_TRUE(reader.values({out_, 0}).empty());
}

TEST_F(BrokerTest, TheExchangeForgetsWhatIsCommitted) {
  in_options_.trims_committed = true;
  open();
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  const std::string value(1U << 20, 'v');
  for (int64_t i = 1; i <= 20; ++i) {
    append("in", 0, value);
    ASSERT_EQ(reader.commit(commit_of(reader, i - 1)), log::CommitResult::kCommitted);
    EXPECT_EQ(ends(reader, {in_, 0}).low, i - 1);
  }
  EXPECT_LT(records(), 11U);
  EXPECT_EQ(broker_->backlog_bytes("in"), broker_->list_topics()[0].bytes);
  reader->close();
  open();
  Reader again = connect();
  ASSERT_TRUE(again.poll_until_assigned());
  const auto committed = again->committed({in_, 0});
  ASSERT_EQ(committed->next_offset, 19);
  ASSERT_TRUE(again->start({{{in_, 0}, 19}}).is_ok());
  again.poll(0);
  ASSERT_EQ(again.values({in_, 0}).size(), 1U);
  EXPECT_TRUE(again.values({in_, 0})[0] == value);
}

TEST_F(BrokerTest, RetentionDropsOldBatchesButNothingThatIsNotCommitted) {
  in_options_.retention_us = base::kHour;
  out_options_.retention_us = base::kHour;
  open();
  for (int i = 0; i < 5; ++i) {
    append("in", 0, "v");
    append("out", 0, "v");
    clock_.advance_us(30 * base::kMinute);
  }
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  ASSERT_EQ(reader.commit(commit_of(reader, 1)), log::CommitResult::kCommitted);
  ASSERT_TRUE(broker_->retain().is_ok());
  // Written 150, 120, 90, 60 and 30 minutes ago; 60 is not yet past.
  EXPECT_EQ(ends(reader, {out_, 0}).low, 3);
  EXPECT_EQ(ends(reader, {in_, 0}).low, 1);
  clock_.advance_us(base::kDay);
  ASSERT_TRUE(broker_->retain().is_ok());
  EXPECT_EQ(ends(reader, {out_, 0}).low, 5);
  EXPECT_EQ(records(), 4U);
}

TEST_F(BrokerTest, ASourceIsKeptForItsTimeOnceItIsCommitted) {
  in_options_.trims_committed = true;
  in_options_.retention_us = base::kHour;
  open();
  for (int i = 0; i < 4; ++i) {
    append("in", 0, "v");
    clock_.advance_us(30 * base::kMinute);
  }
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  ASSERT_TRUE(broker_->retain().is_ok());
  EXPECT_EQ(ends(reader, {in_, 0}).low, 0) << "nothing of it was read yet";
  ASSERT_EQ(reader.commit(commit_of(reader, 1)), log::CommitResult::kCommitted);
  EXPECT_EQ(ends(reader, {in_, 0}).low, 0) << "a commit drops nothing that is to be kept";
  ASSERT_TRUE(broker_->retain().is_ok());
  EXPECT_EQ(ends(reader, {in_, 0}).low, 1) << "two are past the hour, one of them is committed";
}

TEST_F(BrokerTest, ACommitKeepsNoMoreBytesOfASourceThanItMay) {
  in_options_.trims_committed = true;
  in_options_.retention_us = base::kHour;
  in_options_.retention_bytes = 100'000;
  open();
  Reader reader = connect();
  ASSERT_TRUE(reader.poll_until_assigned());
  const std::string value(1'000, 'v');
  for (int64_t i = 1; i <= 300; ++i) {
    append("in", 0, value);
    if (i % 50 == 0) {
      ASSERT_EQ(reader.commit(commit_of(reader, i / 2)), log::CommitResult::kCommitted);
      EXPECT_LE(ends(reader, {in_, 0}).low, i / 2) << "what is not committed stays";
    }
  }
  ASSERT_EQ(reader.commit(commit_of(reader, 300)), log::CommitResult::kCommitted);
  EXPECT_LE(broker_->list_topics()[0].bytes, 100'000U);
  EXPECT_GT(broker_->list_topics()[0].records, 90U);
}

TEST_F(BrokerTest, RetentionByBytesKeepsAboutThatMuch) {
  out_options_.retention_bytes = 100'000;
  open();
  const std::string value(1'000, 'v');
  for (int i = 0; i < 300; ++i) {
    append("out", 0, value);
    if (i % 50 == 49) {
      ASSERT_TRUE(broker_->retain().is_ok());
    }
  }
  EXPECT_LE(broker_->list_topics()[1].bytes, 100'000U);
  EXPECT_GT(broker_->list_topics()[1].records, 90U);
  EXPECT_LT(records(), 105U);
}

TEST_F(BrokerTest, ADamagedBatchStopsTheReaderAndIsNeverSkipped) {
  options_.tail_bytes = 0;
  for (int i = 0; i < 3; ++i) {
    append("in", 0, std::string(300'000, 'v'));
  }
  state::WriteBatch batch;
  batch.put(record_key(0, 0, 1), "not a batch");
  ASSERT_TRUE(store_.write(batch, true).is_ok());
  open();
  Reader reader = connect(false);
  ASSERT_TRUE(reader->start({{{in_, 0}, 0}}).is_ok());
  reader.poll(0);
  EXPECT_EQ(reader.failure.next(), Next::kStop);
  EXPECT_EQ(reader.failure.exit_code(), Exit::kBadData);
  EXPECT_LT(reader.values({in_, 0}).size(), 2U);
  log::OwnedSink sink;
  EXPECT_EQ(reader->read({in_, 0}, 0, sink).exit_code(), Exit::kBadData);
}

TEST_F(BrokerTest, AMissingBatchStopsTheReader) {
  for (int64_t gone = 0; gone < 3; ++gone) {
    ASSERT_TRUE(store_.wipe().is_ok());
    open();
    for (int i = 0; i < 3; ++i) {
      append("in", 0, "v");
    }
    state::WriteBatch batch;
    batch.erase(record_key(0, 0, gone));
    ASSERT_TRUE(store_.write(batch, true).is_ok());
    open();
    Reader reader = connect(false);
    log::OwnedSink sink;
    EXPECT_EQ(reader->read({in_, 0}, 0, sink).exit_code(), Exit::kBadData) << gone;
  }
}

TEST_F(BrokerTest, AStoreThatIsNotALogIsRefused) {
  const auto opening = [&](const std::string& key, const std::string& value) {
    state::MemoryStore store;
    EXPECT_TRUE(store_
                    .scan({},
                          {},
                          [&](auto k, auto v) {
                            state::WriteBatch copy;
                            copy.put(std::string(k), std::string(v));
                            return store.write(copy, false).is_ok();
                          })
                    .is_ok());
    state::WriteBatch batch;
    batch.put(key, value);
    EXPECT_TRUE(store.write(batch, true).is_ok());
    const auto broker = Broker::open(store, clock_);
    return broker.has_value() ? Exit::kOk : broker.error().exit_code();
  };
  append("in", 0, "v");
  EXPECT_EQ(opening(topic_key("in"), encode_topic({0, 2})), Exit::kOk);
  EXPECT_EQ(opening(std::string(1, '\0'), "shard 0 of 4"), Exit::kCantCreate);
  EXPECT_EQ(opening("text", "other"), Exit::kCantCreate);
  EXPECT_EQ(opening(topic_key("in"), "short"), Exit::kBadData);
  EXPECT_EQ(opening(topic_key("in"), encode_topic({0, 0})), Exit::kBadData);
  EXPECT_EQ(opening(topic_key("in"), encode_topic({0, 1'000'000'000})), Exit::kBadData);
  EXPECT_EQ(opening(topic_key("in"), encode_topic({1, 2})), Exit::kBadData);
  EXPECT_EQ(opening(topic_key("new"), encode_topic({7, 2})), Exit::kBadData);
  EXPECT_EQ(opening(topic_key("a b"), encode_topic({2, 2})), Exit::kBadData);
  EXPECT_EQ(opening(ends_key(0, 0), "short"), Exit::kBadData);
  EXPECT_EQ(opening(ends_key(0, 0), encode_ends({5, 4, 0})), Exit::kBadData);
  EXPECT_EQ(opening(ends_key(0, 9), encode_ends({0, 0, 0})), Exit::kBadData);
  EXPECT_EQ(opening(ends_key(9, 0), encode_ends({0, 0, 0})), Exit::kBadData);
  EXPECT_EQ(opening(offsets_key(0, 0), "short"), Exit::kBadData);
  EXPECT_EQ(opening(offsets_key(0, 0), encode_offsets({-1, ""})), Exit::kBadData);
  EXPECT_EQ(opening(term_key(), "short"), Exit::kBadData);
}

TEST_F(BrokerTest, APollThatWaitsIsWokenByAnAppend) {
  Reader reader = connect(false);
  ASSERT_TRUE(reader->start({{{in_, 0}, 0}}).is_ok());
  reader.poll(0);  // tells the end
  std::thread producer([&] { append("in", 0, "v"); });
  reader.poll(600 * base::kSecond);
  producer.join();
  EXPECT_EQ(reader.values({in_, 0}), (std::vector<std::string>{"v"}));
}

TEST_F(BrokerTest, ABudgetIsSharedSoThatNoPartitionStarves) {
  std::vector<NewRecord> records(1'000);
  for (size_t i = 0; i < records.size(); ++i) {
    records[i].partition = static_cast<int32_t>(i % 2);
    records[i].value = "v";
  }
  ASSERT_TRUE(broker_->append_batch("in", records).is_ok());
  Reader reader = connect(false);
  ASSERT_TRUE(reader->start({{{in_, 0}, 0}, {{in_, 1}, 0}}).is_ok());
  for (int i = 1; i <= 10; ++i) {
    size_t count = 0;
    for (const log::Event& event : reader->poll({0, 100})) {
      if (const auto* batch = std::get_if<log::Records>(&event)) {
        std::map<Partition, size_t> each;
        for (const log::Record& record : batch->records) {
          ++each[record.at];
        }
        count = batch->records.size();
        EXPECT_EQ(each.size(), 2U);
      }
    }
    EXPECT_EQ(count, 100U);
  }
}

}  // namespace
}  // namespace kaiku::local
