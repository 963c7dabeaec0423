// Whole schedules of the simulated log: a correct client copies every record exactly once through
// all of them, and each mistake of a client is found.
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "sim/sim_copier.h"

namespace kaiku::sim {
namespace {

constexpr int32_t kPartitions = 4;

log::TopicTable topics() {
  log::TopicTable table;
  table.add({"source", log::TopicRole::kSource, kPartitions, {}});
  table.add({"output", log::TopicRole::kOutput, 3, {}});
  table.add({"changelog", log::TopicRole::kChangelog, kPartitions, {}});
  return table;
}

// A group of copiers and everything that can befall it.
class World {
 public:
  World(uint64_t seed, SimFaults faults, Mistake mistake, bool with_crashes)
      : broker(topics(), seed, faults), with_crashes_(with_crashes), mistake_(mistake) {
    for (size_t i = 0; i < 1 + broker.prng().below(3); ++i) {
      hosts_.push_back(std::make_unique<Host>());
    }
  }

  void run(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      feed();
      Host& host = *hosts_[broker.prng().below(hosts_.size())];
      if (host.stalled_until > i) {
        broker.step();
        continue;
      }
      if (host.copier == nullptr) {
        start(host);
      }
      host.copier->turn();
      if (!host.process.is_alive()) {
        host.copier.reset();
      } else if (with_crashes_) {
        befall(host, i);
      }
    }
  }

  // Everything works from now on: true if all was copied in the end.
  [[nodiscard]] bool drain() {
    for (const uint64_t open : upstream_) {
      broker.end_upstream(open, true);
    }
    broker.calm();
    for (int i = 0; i < 3000 && !is_done(); ++i) {
      for (const auto& host : hosts_) {
        if (host->copier == nullptr || !host->process.is_alive()) {
          start(*host);
        }
        host->copier->turn();
      }
    }
    return is_done();
  }

  // "" if every record was copied once, in order, and counted.
  [[nodiscard]] std::string wrong() const {
    if (!broker.violations().empty()) {
      return broker.violations().front();
    }
    std::map<std::string, std::set<std::string>> copies;  // number of the partition -> values
    size_t count = 0;
    for (const log::Append& copy : broker.committed_records(kOutputTopic)) {
      copies[copy.value.substr(0, copy.value.find(':'))].insert(copy.value);
      ++count;
    }
    size_t distinct = 0;
    for (int32_t number = 0; number < kPartitions; ++number) {
      int64_t n = 0;
      std::set<std::string> wanted;
      const std::string name = std::to_string(number);
      for (const log::Append& record :
           broker.committed_records(log::Partition{kSourceTopic, number})) {
        wanted.insert(name + ":" + std::to_string(++n) + ":" + record.value);
      }
      distinct += wanted.size();
      if (copies[name] != wanted) {
        return "the copies of partition " + name + " differ from its records";
      }
      const auto counts = broker.committed_records(log::Partition{kChangelogTopic, number});
      if (!counts.empty() && counts.back().value != std::to_string(n)) {
        return "the count of partition " + name + " is " + counts.back().value;
      }
    }
    return count == distinct ? ""
                             : std::to_string(count) + " copies of " + std::to_string(distinct);
  }

  SimBroker broker;

 private:
  struct Host {
    SimProcess process;
    std::unique_ptr<SimCopier> copier;
    int stalled_until = 0;
  };

  void start(Host& host) {
    const auto at = std::find_if(
        hosts_.begin(), hosts_.end(), [&](const auto& one) { return one.get() == &host; });
    host.copier.reset();
    host.process.revive();
    host.copier = std::make_unique<SimCopier>(
        broker, host.process, "w" + std::to_string(at - hosts_.begin()), mistake_);
    if (with_crashes_ && broker.prng().chance(1, 3) && broker.faults().short_polls) {
      host.process.blow_after(1 + broker.prng().below(200));
    }
  }

  void feed() {
    base::Prng& prng = broker.prng();
    std::vector<log::Append> records;
    for (uint64_t i = prng.below(3); i > 0; --i) {
      log::Append record;
      record.to = {kSourceTopic, static_cast<int32_t>(prng.below(kPartitions))};
      record.value = "r" + std::to_string(next_++);
      records.push_back(std::move(record));
    }
    if (!records.empty() && prng.chance(1, 10)) {
      upstream_.push_back(broker.begin_upstream(records));
    } else {
      for (log::Append& record : records) {
        broker.produce(std::move(record));
      }
    }
    if (!upstream_.empty() && prng.chance(1, 5)) {
      broker.end_upstream(upstream_.front(), prng.chance(1, 2));
      upstream_.erase(upstream_.begin());
    }
  }

  void befall(Host& host, int round) {
    base::Prng& prng = broker.prng();
    switch (prng.below(120)) {
      case 0:
        host.copier.reset();  // kill -9
        break;
      case 1:
        host.stalled_until = round + static_cast<int>(prng.below(1200));
        break;
      case 2:
        host.copier->leave();
        host.copier.reset();
        break;
      case 3:
        broker.rebalance();
        break;
      case 4:
        broker.expel("w" + std::to_string(prng.below(hosts_.size())));
        break;
      default:
        break;
    }
  }

  [[nodiscard]] bool is_done() const {
    for (int32_t number = 0; number < kPartitions; ++number) {
      const log::Partition at{kSourceTopic, number};
      const auto offset = broker.group_offset(at);
      const SimPartition& partition = broker.partition(at);
      const int64_t from = offset ? offset->next_offset : 0;
      if (partition.next_readable(from) < partition.stable()) {
        return false;
      }
    }
    return true;
  }

  bool with_crashes_;
  Mistake mistake_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<uint64_t> upstream_;
  int next_ = 0;
};

TEST(SimSchedule, ACorrectClientCopiesOnceOnAQuietDay) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    World world(seed, SimFaults::none(), Mistake::kNone, false);
    world.run(300);
    EXPECT_TRUE(world.drain()) << "seed " << seed << "\n" << world.broker.trace();
    ASSERT_EQ(world.wrong(), "") << "seed " << seed << "\n" << world.broker.trace();
  }
}

TEST(SimSchedule, ACorrectClientCopiesOnceThroughEveryStorm) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    World world(seed, SimFaults::storm(), Mistake::kNone, true);
    world.run(800);
    ASSERT_TRUE(world.drain()) << "seed " << seed << "\n" << world.broker.trace();
    ASSERT_EQ(world.wrong(), "") << "seed " << seed << "\n" << world.broker.trace();
  }
}

TEST(SimSchedule, TheSameSeedGivesTheSameHistory) {
  const auto history = [](uint64_t seed) {
    World world(seed, SimFaults::storm(), Mistake::kNone, true);
    world.run(500);
    const std::string trace = world.broker.trace();
    EXPECT_TRUE(world.drain());
    std::string output;
    for (const log::Append& copy : world.broker.committed_records(kOutputTopic)) {
      output += copy.value + "\n";
    }
    return trace + output;
  };
  EXPECT_EQ(history(7), history(7));
  EXPECT_NE(history(7), history(8));
}

TEST(SimSchedule, AStormBringsEveryKindOfWeather) {
  std::set<std::string> missing = {"is revoked",
                                   "has lost everything",
                                   "not committed",
                                   "hears: ",
                                   "unknown",
                                   "fences",
                                   "thrown out meanwhile",
                                   "prepared",
                                   "answer lost",
                                   "its session expired",
                                   "crashes",
                                   "leaves",
                                   "has to be tried again",
                                   "someone waits",
                                   "is over"};
  for (uint64_t seed = 0; seed < 50 && !missing.empty(); ++seed) {
    World world(seed, SimFaults::storm(), Mistake::kNone, true);
    world.run(800);
    const std::string trace = world.broker.trace();
    for (auto phrase = missing.begin(); phrase != missing.end();) {
      phrase = trace.find(*phrase) == std::string::npos ? std::next(phrase) : missing.erase(phrase);
    }
  }
  EXPECT_TRUE(missing.empty()) << *missing.begin();
}

class SimMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(SimMistake, IsFound) {
  int found = 0;
  for (uint64_t seed = 0; seed < 100 && found == 0; ++seed) {
    World world(seed, SimFaults::storm(), GetParam(), true);
    world.run(600);
    found += !world.drain() || !world.wrong().empty() ? 1 : 0;
  }
  EXPECT_EQ(found, 1);
}

INSTANTIATE_TEST_SUITE_P(All,
                         SimMistake,
                         ::testing::Values(Mistake::kUnknownIsCommitted,
                                           Mistake::kUnknownIsNotCommitted,
                                           Mistake::kKeepsLostShards,
                                           Mistake::kForgetsToUndo,
                                           Mistake::kIgnoresChangelog,
                                           Mistake::kTrustsItsMemory,
                                           Mistake::kNoOffsets));

}  // namespace
}  // namespace kaiku::sim
