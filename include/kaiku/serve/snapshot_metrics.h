// The gauges that are a view of the snapshot: freshness, lag, state, and the business figures of
// the last closed windows.
//
// Threads: any; the snapshot is immutable.
// Owns:    nothing.
// Cost:    one pass over the snapshot.
// Fails:   never; what the snapshot does not know is absent.
#pragma once

#include "kaiku/metrics/registry.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

void add_snapshot_metrics(const Snapshot& snapshot, metrics::Samples& samples);

// The same as a collector. `source` must outlive the registry, or the collector be removed first.
[[nodiscard]] metrics::Collector snapshot_collector(const SnapshotSource& source);

}  // namespace kaiku::serve
