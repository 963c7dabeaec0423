// TruthCheck: what a run said last of conversations, journeys and bursts against what the generator
// knows of them from the facts.
//
// Threads: pure functions.
// Owns:    what it returns.
// Cost:    a look-up per key figure.
// Fails:   never: what cannot be read is a difference.
#pragma once

#include <string>
#include <vector>

#include "kaiku/generate/truth.h"

#include "sim/pipeline.h"
#include "sim/sim_broker.h"

namespace kaiku::sim {

// The first differences; none if the pipeline is not one of those that the truth is for.
[[nodiscard]] std::vector<std::string> check_truth(const SimPipeline& pipeline,
                                                   const generate::Truth& truth,
                                                   const SimBroker& broker);

}  // namespace kaiku::sim
