// The gauges of conversations: of each brand's last closed window, and of now.
//
// Threads: any; the snapshot is immutable.
// Owns:    nothing.
// Cost:    one pass over the snapshot's conversations.
// Fails:   never; what the snapshot does not know is absent.
#pragma once

#include "kaiku/metrics/registry.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

void add_conversation_metrics(const Snapshot& snapshot, metrics::Samples& samples);

}  // namespace kaiku::serve
