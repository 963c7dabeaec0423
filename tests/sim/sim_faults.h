// SimFaults: how often the simulated log does what a real one does on a bad day.
//
// Threads: a value.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>

#include "kaiku/base/event_time.h"

namespace kaiku::sim {

// Rates are per thousand draws. All zero: the log keeps its contract and answers at the next poll.
struct SimFaults {
  bool short_polls = false;         // small random batches, interleaved across partitions
  uint32_t batch_records_max = 16;  // of short polls
  uint32_t empty_poll = 0;          // a poll that brings no records though there are some

  // A transaction is decided up to so many steps after it was submitted; its answer comes up to so
  // many steps after that.
  uint32_t decide_steps_max = 0;
  uint32_t answer_steps_max = 0;

  uint32_t not_committed = 0;      // aborted, and the answer says so
  uint32_t lost_committed = 0;     // committed, answer unknown
  uint32_t lost_aborted = 0;       // aborted, answer unknown
  uint32_t late_commit = 0;        // answer unknown; commits much later unless it is fenced before
  uint32_t hanging = 0;            // answer unknown; open until it is fenced or times out
  uint32_t slow_markers = 0;       // decided as committed, but not visible for a while
  uint32_t fenced = 0;             // the member is thrown out while it commits
  uint32_t no_offsets = 0;         // committed, but the answer does not say where
  uint32_t retry_call = 0;         // committed(), ends(), read() and resolve() answer kRetry
  bool staggered_markers = false;  // partitions of one transaction become visible one after another

  uint32_t session_steps = 400;      // unseen for longer: out of the group
  uint32_t rebalance_steps = 200;    // not joined again for longer: out of the group
  uint32_t transaction_steps = 300;  // an open transaction is aborted
  int64_t step_us = 20 * base::kMillisecond;

  [[nodiscard]] static SimFaults none() { return {}; }

  [[nodiscard]] static SimFaults storm() {
    SimFaults faults;
    faults.short_polls = true;
    faults.empty_poll = 100;
    faults.decide_steps_max = 6;
    faults.answer_steps_max = 6;
    faults.not_committed = 60;
    faults.lost_committed = 60;
    faults.lost_aborted = 60;
    faults.late_commit = 40;
    faults.hanging = 20;
    faults.slow_markers = 60;
    faults.fenced = 20;
    faults.no_offsets = 100;
    faults.retry_call = 30;
    faults.staggered_markers = true;
    return faults;
  }
};

}  // namespace kaiku::sim
