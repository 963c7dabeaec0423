// PlanRegistry: the labels and the build that the metrics of a pipeline begin with.
//
// Threads: any.
// Owns:    nothing.
// Cost:    of no concern.
// Fails:   never.
#pragma once

#include "kaiku/metrics/registry.h"
#include "kaiku/shard/plan.h"

namespace kaiku::app {

[[nodiscard]] metrics::RegistryOptions registry_options(const shard::Plan& plan);

}  // namespace kaiku::app
