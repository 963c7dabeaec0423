// What a shard knows of conversations now, added to what its worker shows.
//
// Threads: confined to the worker.
// Owns:    nothing.
// Cost:    a look at each group of (brand, channel), and a read for each of the newest alerts.
// Fails:   never: an alert that cannot be read is not shown; the shard finds out by itself.
#pragma once

#include "kaiku/runtime/worker_view.h"
#include "kaiku/shard/shard.h"

namespace kaiku::runtime {

void add_conversations(const shard::Shard& shard, WorkerView& view);

}  // namespace kaiku::runtime
