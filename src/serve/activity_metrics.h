// The counters and histograms of activity since the start of the process: items, conversations,
// steps of campaigns, interruptions that were avoided.
//
// Threads: any; the snapshot is immutable.
// Owns:    nothing.
// Cost:    one pass over the snapshot's activity.
// Fails:   never; what has not happened yet is absent, or 0 beside its counterpart: of results and
//          of who answered all are there once one is, so that a share can be taken.
#pragma once

#include "kaiku/metrics/registry.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

void add_activity_metrics(const Snapshot& snapshot, metrics::Samples& samples);

}  // namespace kaiku::serve
