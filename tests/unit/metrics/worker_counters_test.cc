#include "kaiku/metrics/worker_counters.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "kaiku/model/outcome.h"

namespace kaiku::metrics {
namespace {

std::shared_ptr<const CounterLayout> layout_of(std::vector<std::string> sources,
                                               std::vector<std::string> windows) {
  return std::make_shared<const CounterLayout>(std::move(sources), std::move(windows));
}

TEST(WorkerCounters, EveryCounterHasSlotsOfItsOwn) {
  const auto layout = layout_of({"posts", "orders", "forum"}, {"hour", "day"});
  WorkerCounters counters(layout);
  uint64_t next = 1;
  const auto each = [&](auto visit) {
    for (size_t i = 0; i < kCounters; ++i) {
      const auto counter = static_cast<Counter>(i);
      for (size_t first = 0; first < layout->place(counter).first; ++first) {
        for (size_t second = 0; second < layout->place(counter).second; ++second) {
          visit(counter, first, second);
        }
      }
    }
  };
  each([&](Counter counter, size_t first, size_t second) {
    counters.add(counter, first, second, next++);
  });
  uint64_t expected = 1;
  each([&](Counter counter, size_t first, size_t second) {
    EXPECT_EQ(counters.value(counter, first, second), expected++);
  });
  EXPECT_GT(expected, 60U);
}

TEST(WorkerCounters, LabelsSayWhatAnIndexStandsFor) {
  const auto layout = layout_of({"posts", "orders"}, {"hour"});
  EXPECT_EQ(layout->first_label(Counter::kItems, 1), "orders");
  EXPECT_EQ(layout->second_label(Counter::kItems, static_cast<size_t>(model::Outcome::kDeadLetter)),
            "dead_letter");
  EXPECT_EQ(layout->first_label(Counter::kResults, 0), "hour");
  EXPECT_EQ(layout->second_label(Counter::kResults, static_cast<size_t>(ResultKind::kRevision)),
            "revision");
  EXPECT_EQ(layout->first_label(Counter::kCommits, static_cast<size_t>(CommitResult::kFenced)),
            "fenced");
  EXPECT_EQ(layout->first_label(Counter::kEdgeRecords, 0), "");
}

TEST(WorkerCounters, EveryLabelValueHasADistinctName) {
  const auto layout = layout_of({"posts"}, {"hour"});
  for (size_t i = 0; i < kCounters; ++i) {
    const auto counter = static_cast<Counter>(i);
    std::set<std::string_view> names;
    for (size_t second = 0; second < layout->place(counter).second; ++second) {
      EXPECT_TRUE(names.insert(layout->second_label(counter, second)).second) << i;
    }
    names.clear();
    for (size_t first = 0; first < layout->place(counter).first; ++first) {
      EXPECT_TRUE(names.insert(layout->first_label(counter, first)).second) << i;
    }
  }
}

TEST(WorkerCounters, AnObservationFallsIntoTheBucketThatIncludesItsBound) {
  const auto layout = layout_of({}, {});
  const auto& place = layout->place(Histogram::kEpochCells);
  WorkerCounters counters(layout);
  counters.observe(Histogram::kEpochCells, 1);
  counters.observe(Histogram::kEpochCells, 2);
  counters.observe(Histogram::kEpochCells, 10);
  counters.observe(Histogram::kEpochCells, 100'001);
  std::vector<uint64_t> sums(layout->slots());
  counters.add_to(sums);
  EXPECT_EQ(sums[place.base], 1U);
  EXPECT_EQ(sums[place.base + 1], 2U);
  EXPECT_EQ(sums[place.base + place.bounds.size()], 1U) << "above every bound";
  EXPECT_EQ(sums[place.base + place.bounds.size() + 1], 100'014U) << "the sum";
}

TEST(WorkerCounters, AReaderSeesTheWriterWithoutWaiting) {
  const auto layout = layout_of({"posts"}, {});
  WorkerCounters counters(layout);
  constexpr uint64_t kAdds = 100'000;
  std::thread writer([&] {
    for (uint64_t i = 0; i < kAdds; ++i) {
      counters.add(Counter::kRecords, 0, 1);
    }
  });
  uint64_t last = 0;
  while (last < kAdds) {
    const uint64_t now = counters.value(Counter::kRecords, 0);
    ASSERT_GE(now, last);
    last = now;
  }
  writer.join();
  EXPECT_EQ(counters.value(Counter::kRecords, 0), kAdds);
}

TEST(WorkerCountersDeathTest, ALabelIndexOutOfRangeStopsTheProcess) {
  WorkerCounters counters(layout_of({"posts"}, {}));
  EXPECT_DEATH(counters.add(Counter::kRecords, 1, 1), "label index");
  EXPECT_DEATH(counters.add(Counter::kItems, 0, model::kOutcomes, 1), "label index");
  EXPECT_DEATH(counters.observe(Histogram::kResultDelayMicroseconds, 0, 1), "label index");
}

}  // namespace
}  // namespace kaiku::metrics
