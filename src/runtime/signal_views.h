// What a worker shows of the signals of its shards.
//
// Threads: the worker's.
// Owns:    nothing.
// Cost:    a look at each open alert, and a copy of the newest.
// Fails:   never.
#pragma once

#include "kaiku/runtime/worker_view.h"
#include "kaiku/shard/shard.h"

namespace kaiku::runtime {

void add_signals(const shard::Shard& shard, WorkerView& view);

}  // namespace kaiku::runtime
