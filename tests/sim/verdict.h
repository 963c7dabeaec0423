// Verdict: what is wrong with a run that came to rest: its outputs, ledger and state, as they stand
// in the log, against the oracle and against what publication promises.
//
// Threads: pure functions.
// Owns:    what it returns.
// Cost:    a JSON document per key and a scan of the outputs: some ten milliseconds.
// Fails:   never: what cannot be read is a difference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kaiku/shard/ledger.h"

#include "sim/activity_sums.h"
#include "sim/feed.h"
#include "sim/pipeline.h"
#include "sim/sim_broker.h"

namespace kaiku::sim {

struct Verdict {
  std::vector<std::string> differences;  // empty: all is right
  uint64_t items = 0;
  uint64_t published = 0;  // activity and KPI records
  uint64_t revisions = 0;
  uint64_t stragglers = 0;
  uint64_t known = 0;   // figures and conversations that the generator knows
  uint64_t bursts = 0;  // that it knows
  ActivitySums counted;
  ActivitySums there;  // to be counted
};

// `shown`: the ledger as the workers showed it when they stopped; the one in the log has to be the
// same. `counted`: what all workers counted in all their lives, which may be less, if a crash took
// the answer of a commit along, but not more than there was.
[[nodiscard]] Verdict judge(const SimPipeline& pipeline,
                            const SimFeed& feed,
                            const SimBroker& broker,
                            const shard::Ledger& shown,
                            const ActivitySums& counted);

// How many records the output topics and the exchange hold: what may not grow once all is said.
[[nodiscard]] uint64_t count_outputs(const SimPipeline& pipeline, const SimBroker& broker);
[[nodiscard]] uint64_t count_exchange(const SimPipeline& pipeline, const SimBroker& broker);

}  // namespace kaiku::sim
