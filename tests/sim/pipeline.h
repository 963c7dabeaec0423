// SimPipeline: the pipeline of one seed: a plan for the engine, the same plan for the oracle, and
// the workload both are given.
//
// Threads: a value.
// Owns:    all of it.
// Cost:    some hundred microseconds; the catalogue is compiled once per program.
// Fails:   never: what is drawn is valid.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kaiku/base/prng.h"
#include "kaiku/generate/options.h"
#include "kaiku/shard/plan.h"
#include "kaiku/shard/topology.h"

#include "oracle/oracle.h"

namespace kaiku::sim {

inline constexpr size_t kSimSources = 3;

struct SimPipeline {
  shard::Plan plan;
  shard::Topology topology;
  oracle::OraclePlan oracle;
  generate::Options workload;
  bool has_direct = false;
  // No record has a key: each is in any partition of its source, wherever its item was before.
  bool is_keyless = false;
};

// `events` records; `wants_direct`: one source is direct for sure, else by chance.
[[nodiscard]] SimPipeline make_pipeline(base::Prng& prng, uint64_t events, bool wants_direct);

}  // namespace kaiku::sim
