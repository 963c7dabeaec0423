// Reference: the same workload through the same engine on a day without faults, with one shard and
// routed sources only. What a run with faults says last of each key has to be the same, byte for
// byte, whatever its shards, workers, routing and accidents were.
//
// Threads: pure functions.
// Owns:    what it returns.
// Cost:    a run without waiting: a few ten milliseconds.
// Fails:   `problem` says why there is no reference.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/pipeline.h"
#include "sim/sim_broker.h"

namespace kaiku::sim {

// Key of an activity or KPI record -> its last value without kind, revision and watermark.
using LastBodies = std::map<std::string, std::string>;

[[nodiscard]] LastBodies last_bodies(const shard::Plan& plan, const SimBroker& broker);

struct Reference {
  LastBodies bodies;
  std::string problem;
};

[[nodiscard]] Reference run_reference(const SimPipeline& pipeline);

// What differs; a key that only one side ever named is no difference if nothing is in it.
[[nodiscard]] std::vector<std::string> compare_bodies(const LastBodies& reference,
                                                      const LastBodies& actual);

}  // namespace kaiku::sim
