// The gauges that are KPI records of the last closed window.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a look at each figure.
// Fails:   never. What has no value has no sample.
#pragma once

#include "kaiku/metrics/registry.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

void add_figure_metrics(const Snapshot& snapshot, metrics::Samples& samples);

}  // namespace kaiku::serve
