// SimBroker: a whole Kafka in one thread: partitions, transactions with their fates, the group and
// its offsets, and a clock. What happens is a pure function of the seed and of the calls made.
//
// Threads: one.
// Owns:    everything; every SimLog borrows it and must die before it.
// Cost:    a step visits the open transactions.
// Fails:   never; what a correct client cannot do is noted in violations().
//
// A step is the unit of time: every poll() of a log is one. A transaction is appended when it is
// submitted and decided at a later step; until then no reader of committed records passes its first
// record. Fencing an instance (a new incarnation, resolve()) aborts its open transactions, unless
// they were decided and only the markers are missing: those are completed, as a transaction
// coordinator does.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/base/clock.h"
#include "kaiku/base/prng.h"
#include "kaiku/log/log.h"
#include "kaiku/log/topic_table.h"

#include "sim/sim_faults.h"
#include "sim/sim_group.h"
#include "sim/sim_partition.h"

namespace kaiku::sim {

// A transaction on its way.
struct SimFlight {
  uint64_t id = 0;
  std::string instance;  // "": an upstream producer's
  uint64_t incarnation = 0;
  uint64_t term = 0;
  std::vector<log::Partition> touched;
  std::vector<int64_t> first_offsets;  // per append
  std::vector<log::OffsetCommit> offsets;
  bool commit = true;     // what happens when it is due
  bool prepared = false;  // the coordinator has decided: fencing completes it
  uint64_t due = 0;
  std::optional<bool> decided;                              // true: committed
  std::deque<std::pair<log::Partition, uint64_t>> markers;  // still to be written, and when
  bool offsets_pending = false;  // decided as committed, offsets not visible yet

  std::optional<log::CommitResult> answer;  // fixed; else what was decided
  uint64_t answer_due = 0;
  bool with_offsets = true;
  bool wants_answer = true;

  [[nodiscard]] bool is_over() const { return decided && markers.empty() && !offsets_pending; }
};

// What became of the transactions so far, besides those that were simply committed.
struct SimFates {
  uint64_t aborted = 0;  // and the answer says so
  uint64_t lost = 0;     // answers, of committed and of aborted ones
  uint64_t late = 0;     // decided much later, or never
  uint64_t fenced = 0;   // thrown out meanwhile
};

class SimBroker {
 public:
  SimBroker(const log::TopicTable& topics,
            uint64_t seed,
            SimFaults faults = SimFaults::none(),
            int64_t now_us = 0);
  SimBroker(const SimBroker&) = delete;
  SimBroker& operator=(const SimBroker&) = delete;

  // For harnesses.
  int64_t produce(log::Append append);
  // An upstream transaction: invisible until it is ended; its records are void if it is aborted.
  uint64_t begin_upstream(const std::vector<log::Append>& appends);
  void end_upstream(uint64_t transaction, bool commit);
  void trim(log::Partition at, int64_t low);
  void add_partitions(log::TopicId topic, int32_t count);
  void rebalance();
  void expel(const std::string& instance);
  // As after offsets.retention.minutes.
  void expire_group_offsets();

  [[nodiscard]] bool has_expired_offsets() const { return has_expired_offsets_; }

  // One unit of time without a poll.
  void step();
  // Ends every open transaction as its fate has it and stops all faults: what a harness does before
  // it looks at the result.
  void calm();

  [[nodiscard]] std::vector<log::Append> committed_records(log::Partition at) const;
  [[nodiscard]] std::vector<log::Append> committed_records(log::TopicId topic) const;
  [[nodiscard]] uint64_t committed_count(log::TopicId topic) const;
  [[nodiscard]] std::optional<log::Committed> group_offset(log::Partition at) const;

  [[nodiscard]] const SimPartition& partition(log::Partition at) const {
    return partitions_.at(at);
  }

  [[nodiscard]] int32_t count_of(log::TopicId topic) const;

  [[nodiscard]] const log::TopicTable& topics() const { return topics_; }

  // What no correct client does: offsets that go back, reads of partitions of others, a second
  // transaction while the first is unresolved, ...
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  [[nodiscard]] const SimFates& fates() const { return fates_; }

  // The last 200 events, one a line.
  [[nodiscard]] std::string trace() const;

  [[nodiscard]] uint64_t now_step() const { return step_; }

  [[nodiscard]] base::ManualClock& clock() { return clock_; }

  [[nodiscard]] base::Prng& prng() { return prng_; }

  [[nodiscard]] SimFaults& faults() { return faults_; }

  [[nodiscard]] SimGroup& group() { return group_; }

  // True in `permille` of a thousand draws. Draws nothing at 0, so a fault that is off changes no
  // run.
  [[nodiscard]] bool chance(uint32_t permille) {
    return permille != 0 && prng_.chance(permille, 1000);
  }

  // For SimLog.
  [[nodiscard]] uint64_t incarnate(const std::string& instance);
  [[nodiscard]] bool is_current(const std::string& instance, uint64_t incarnation) const;
  uint64_t submit(const std::string& instance, uint64_t incarnation, log::Transaction transaction);
  [[nodiscard]] SimFlight* flight(uint64_t id);
  void forget(uint64_t id);
  void fence(const std::string& instance);
  void crash(const std::string& instance, uint64_t incarnation);
  // Waits, as a blocking call does, until nothing undecided touches the partition or its offset.
  void settle(log::Partition at);
  void violation(std::string text);
  void note(std::string text);

 private:
  void complete_earlier(const std::string& instance);
  void draw_fate(SimFlight& flight);
  void append_all(SimFlight& flight, const std::vector<log::Append>& appends);
  void check(const std::string& instance,
             uint64_t incarnation,
             const log::Transaction& transaction);
  void decide(SimFlight& flight, bool commit, bool at_once);
  void write_markers(SimFlight& flight, bool all);
  void take_offsets(SimFlight& flight);
  // The rest of the flight's life at once.
  void finish(SimFlight& flight, bool commit);
  void sweep();

  const log::TopicTable topics_;
  base::Prng prng_;
  SimFaults faults_;
  base::ManualClock clock_;
  uint64_t step_ = 0;
  std::map<log::Partition, SimPartition> partitions_;
  std::map<log::TopicId, int32_t> counts_;
  std::map<log::Partition, log::Committed> group_offsets_;
  bool has_expired_offsets_ = false;
  std::map<std::string, uint64_t> incarnations_;
  std::map<uint64_t, SimFlight> flights_;
  uint64_t next_flight_ = 1;
  SimGroup group_;
  std::vector<std::string> violations_;
  SimFates fates_;
  std::deque<std::string> trace_;
};

[[nodiscard]] std::string name_of(log::Partition at);

}  // namespace kaiku::sim
