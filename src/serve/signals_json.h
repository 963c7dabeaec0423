// The open alerts of signals in the JSON of the business view.
//
// Threads: any; the snapshot is immutable.
// Owns:    nothing.
// Cost:    one pass over the counts and the alerts of the snapshot.
// Fails:   never.
// Format:  as snapshot_json.h; `evidence` is the object of the alert's records.
#pragma once

#include "kaiku/base/json_writer.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

// Writes the member `signals`.
void write_signals(base::JsonWriter& json, const Snapshot& snapshot);

}  // namespace kaiku::serve
