// BusinessViews: the part of a snapshot that business people ask about: conversations, who waits
// for an answer, open alerts, and what things were worth.
//
// Threads: confined to the maker of snapshots.
// Owns:    nothing.
// Cost:    proportional to the cells and to the (brand, channel) pairs with conversations.
// Fails:   never.
#pragma once

#include <memory>
#include <vector>

#include "kaiku/runtime/worker_view.h"
#include "kaiku/serve/snapshot.h"
#include "kaiku/shard/plan.h"

namespace kaiku::app {

// After the snapshot's windows and cells.
void add_business(const std::vector<std::shared_ptr<const runtime::WorkerView>>& views,
                  const shard::Plan& plan,
                  serve::Snapshot& snapshot);

}  // namespace kaiku::app
