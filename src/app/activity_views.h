// ActivityViews: the part of a snapshot that says what happened since the start of the process.
//
// Threads: confined to the maker of snapshots.
// Owns:    nothing.
// Cost:    sorts the labels of all workers.
// Fails:   never.
#pragma once

#include <memory>
#include <vector>

#include "kaiku/runtime/worker_view.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::app {

void add_activity(const std::vector<std::shared_ptr<const runtime::WorkerView>>& views,
                  serve::Snapshot& snapshot);

}  // namespace kaiku::app
