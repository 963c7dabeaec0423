// SimFeed: what the world outside produces over simulated time: the records of a workload at their
// own times, late where the producer of a partition is down, some of them in transactions of which
// some are aborted.
//
// Threads: one.
// Owns:    its records; the broker is borrowed.
// Cost:    a look at every source partition per step.
// Fails:   never.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "kaiku/generate/truth.h"

#include "oracle/oracle.h"
#include "sim/pipeline.h"
#include "sim/sim_broker.h"

namespace kaiku::sim {

class SimFeed {
 public:
  SimFeed(const SimPipeline& pipeline, SimBroker& broker);

  // Appends what is due by the broker's clock. `with_upstream`: partly in transactions.
  void step(bool with_upstream);
  // The producer of one partition is down for a while; what it has comes later, with its own times.
  void stop_partition(base::Prng& prng, int64_t for_us);
  // Everything that is left, and the end of every open transaction.
  void finish();

  [[nodiscard]] bool is_done() const;

  [[nodiscard]] int64_t start_us() const { return start_us_; }

  // Of the records; empty if the pipeline is not one that it is for.
  [[nodiscard]] const generate::Truth& truth() const { return truth_; }

  // In the order of the workload; offsets count the records of their partition.
  [[nodiscard]] const std::vector<oracle::Record>& records() const { return records_; }

 private:
  // One source partition.
  struct Line {
    log::Partition at;
    std::deque<log::Append> waiting;
    int64_t down_until_us = 0;
    uint64_t open = 0;  // upstream transaction; 0: none
    uint64_t ends_at_step = 0;
    bool commits = true;
  };

  void produce(Line& line, bool with_upstream);
  void begin_upstream(Line& line, int64_t now_us);

  SimBroker& broker_;
  int64_t start_us_ = 0;
  std::vector<Line> lines_;
  std::vector<oracle::Record> records_;
  generate::Truth truth_;
};

}  // namespace kaiku::sim
