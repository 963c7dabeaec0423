// The broker against a simple model, and under threads.
#include <atomic>
#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "kaiku/base/clock.h"
#include "kaiku/base/prng.h"
#include "kaiku/local/broker.h"
#include "kaiku/state/memory_store.h"

#include "contract/log_world.h"

namespace kaiku::local {
namespace {

using log::Partition;
using log::Reader;

constexpr base::EventTime kNow = 1'700'000'000'000'000;

// Random work against vectors: appends, transactions, trims, restarts and readers at any place.
class BrokerModel : public ::testing::TestWithParam<std::tuple<uint64_t, size_t>> {};

TEST_P(BrokerModel, AgreesWithVectors) {
  base::Prng prng(std::get<0>(GetParam()));
  state::MemoryStore store;
  const base::ManualClock clock(kNow);
  log::TopicTable topics;
  log::Topic topic;
  topic.name = "t";
  topic.role = log::TopicRole::kSource;
  topics.add(topic);
  constexpr int32_t kPartitions = 3;
  std::vector<std::vector<std::string>> model(kPartitions);
  std::vector<int64_t> lows(kPartitions, 0);
  std::unique_ptr<Broker> broker;
  std::optional<Reader> reader;
  const auto open = [&] {
    reader.reset();
    broker.reset();
    BrokerOptions options;
    options.tail_bytes = std::get<1>(GetParam());
    broker = std::move(Broker::open(store, clock, options)).value();
    ASSERT_TRUE(broker->ensure_topic("t", {.partitions = kPartitions}).is_ok());
    reader.emplace(std::move(broker->connect(topics)).value());
    ASSERT_TRUE(reader->poll_until_assigned());
  };
  ASSERT_NO_FATAL_FAILURE(open());
  const auto value = [&] {
    return std::string(prng.chance(1, 10) ? prng.below(300'000) : prng.below(200),
                       static_cast<char>('a' + prng.below(26)));
  };
  for (int round = 0; round < 300; ++round) {
    log::Transaction transaction;
    transaction.term = reader->assigned->term;
    transaction.offsets.push_back({{0, 0}, round, ""});
    std::vector<int64_t> expected;
    for (uint64_t n = prng.below(8); n > 0; --n) {
      const auto at = static_cast<int32_t>(prng.below(kPartitions));
      log::Append append;
      append.to = {0, at};
      append.value = value();
      expected.push_back(static_cast<int64_t>(model[static_cast<size_t>(at)].size()));
      model[static_cast<size_t>(at)].push_back(append.value);
      transaction.appends.push_back(std::move(append));
    }
    ASSERT_EQ(reader->commit(std::move(transaction)), log::CommitResult::kCommitted);
    ASSERT_EQ(reader->answer->first_offsets, expected);
    const size_t at = prng.below(kPartitions);
    const auto number = static_cast<int32_t>(at);
    const auto high = static_cast<int64_t>(model[at].size());
    if (prng.chance(1, 10)) {
      lows[at] = prng.between(lows[at], high);
      ASSERT_TRUE(broker->trim("t", number, lows[at]).is_ok());
    }
    if (prng.chance(1, 20)) {
      ASSERT_NO_FATAL_FAILURE(open());
    }
    const auto found = (*reader)->ends({0, number}, log::Isolation::kCommitted);
    ASSERT_EQ(found->low, lows[at]);
    ASSERT_EQ(found->high, high);
    const int64_t from = prng.between(lows[at], high);
    const std::vector<std::string> rest(model[at].begin() + from, model[at].end());
    log::OwnedSink sink;
    ASSERT_TRUE((*reader)->read({0, number}, from, sink).is_ok());
    ASSERT_EQ(sink.values, rest);
    ASSERT_TRUE((*reader)->start({{{0, number}, from}}).is_ok());
    reader->records.clear();
    reader->ends.clear();
    while (reader->ends.empty()) {
      for (const log::Event& event : (*reader)->poll({0, 1 + prng.below(20)})) {
        if (const auto* batch = std::get_if<log::Records>(&event)) {
          for (const log::Record& record : batch->records) {
            reader->records[record.at].push_back(
                {record.offset, 0, false, true, "", std::string(record.value)});
          }
        } else if (const auto* end = std::get_if<log::End>(&event)) {
          reader->ends[end->at].push_back(*end);
        } else {
          FAIL() << "another event";
        }
      }
    }
    ASSERT_EQ(reader->values({0, number}), rest);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds,
                         BrokerModel,
                         ::testing::Combine(::testing::Values(1U, 2U, 3U),
                                            ::testing::Values(0U, 64U << 20)));

// Workers copy records from one topic to another, exactly once, while producers write and workers
// come and go.
TEST(BrokerThreads, EveryRecordIsCopiedOnceThroughRebalances) {
  const base::ManualClock clock(kNow);
  const auto broker = Broker::in_memory(clock);
  constexpr int32_t kPartitions = 8;
  constexpr int kProducers = 2;
  constexpr int kPerProducer = 2'000;
  log::TopicTable topics;
  for (const auto& [name, role] :
       {std::pair{"in", log::TopicRole::kSource}, std::pair{"out", log::TopicRole::kOutput}}) {
    log::Topic topic;
    topic.name = name;
    topic.role = role;
    topics.add(topic);
    ASSERT_TRUE(broker->ensure_topic(name, {.partitions = kPartitions}).is_ok());
  }
  std::atomic<size_t> copied{0};
  const auto work = [&](size_t limit) {
    const auto log = std::move(broker->connect(topics)).value();
    std::map<Partition, int64_t> next;
    uint64_t term = 0;
    size_t mine = 0;
    while (copied < kProducers * kPerProducer && mine < limit) {
      log::Transaction transaction;
      bool reassigned = false;
      for (log::Event& event : log->poll({1'000, 50})) {
        if (auto* assigned = std::get_if<log::Assigned>(&event)) {
          term = assigned->term;
          next.clear();
          std::vector<log::Position> positions;
          for (const Partition& at : assigned->partitions) {
            const int64_t from = std::max<int64_t>(log->committed(at)->next_offset, 0);
            positions.push_back({at, from});
          }
          ASSERT_TRUE(log->start(positions).is_ok());
          reassigned = true;
        } else if (const auto* records = std::get_if<log::Records>(&event)) {
          for (const log::Record& record : records->records) {
            log::Append append;
            append.to = {1, record.at.number};
            append.value = std::string(record.value);
            transaction.appends.push_back(std::move(append));
            next[record.at] = record.offset + 1;
          }
        } else if (const auto* answer = std::get_if<log::Answer>(&event)) {
          ASSERT_EQ(answer->result, log::CommitResult::kCommitted);
        }
      }
      if (!transaction.appends.empty() && !reassigned) {
        transaction.term = term;
        for (const auto& [at, offset] : next) {
          transaction.offsets.push_back({at, offset, ""});
        }
        copied += transaction.appends.size();
        mine += transaction.appends.size();
        log->submit(std::move(transaction));
      }
    }
  };
  std::vector<std::thread> threads;
  for (int producer = 0; producer < kProducers; ++producer) {
    threads.emplace_back([&, producer] {
      for (int i = 0; i < kPerProducer; ++i) {
        const std::string value = std::to_string(producer * kPerProducer + i);
        NewRecord record;
        record.value = value;
        ASSERT_TRUE(broker->append("in", record).is_ok());
      }
    });
  }
  for (const size_t limit : {SIZE_MAX, size_t{200}, size_t{500}}) {
    threads.emplace_back(work, limit);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const auto log = std::move(broker->connect(topics, {false})).value();
  std::map<std::string, int> seen;
  for (int32_t number = 0; number < kPartitions; ++number) {
    log::OwnedSink sink;
    ASSERT_TRUE(log->read({1, number}, 0, sink).is_ok());
    for (const std::string& value : sink.values) {
      ++seen[value];
    }
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kProducers * kPerProducer));
  for (const auto& [value, times] : seen) {
    ASSERT_EQ(times, 1) << value;
  }
}

}  // namespace
}  // namespace kaiku::local
