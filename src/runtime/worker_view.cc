#include "kaiku/runtime/worker_view.h"

#include <map>
#include <string>
#include <utility>

#include "kaiku/runtime/worker.h"

#include "runtime/conversation_views.h"
#include "runtime/signal_views.h"

namespace kaiku::runtime {

shard::Ledger total_ledger(const std::vector<std::shared_ptr<const WorkerView>>& views,
                           size_t sources) {
  std::map<uint32_t, const ShardView*> shards;
  std::map<std::pair<size_t, int32_t>, const PartitionView*> routers;
  for (const auto& view : views) {
    for (const ShardView& shard : view->shards) {
      const ShardView*& latest = shards[shard.number];
      latest = latest == nullptr || shard.epoch >= latest->epoch ? &shard : latest;
    }
    for (const PartitionView& partition : view->partitions) {
      if (partition.is_routed) {
        const PartitionView*& latest = routers[{partition.source, partition.partition}];
        latest =
            latest == nullptr || partition.next_offset >= latest->next_offset ? &partition : latest;
      }
    }
  }
  shard::Ledger sum(sources);
  for (const auto& [number, shard] : shards) {
    shard::add(sum, shard->ledger);
  }
  for (const auto& [at, router] : routers) {
    sum[at.first].add(router->ledger);
  }
  return sum;
}

WorkerView Worker::view() const {
  if (stopped_ && last_view_) {
    WorkerView view = *last_view_;
    view.activity = gone_;  // it may have held shards since, and lost them
    return view;
  }
  WorkerView view;
  view.worker = options_.number;
  view.state = !failed_.empty()    ? "failed"
               : is_full_          ? "disk full"
               : !to_open_.empty() ? "restoring"
                                   : std::string(name_of(cycle_.state()));
  for (const auto& [number, problem] : failed_) {
    view.problem += (view.problem.empty() ? "" : "; ") + problem;
  }
  view.activity = gone_;
  for (const auto& [number, held] : shards_) {
    const shard::Shard& shard = *held.shard;
    ShardView one;
    one.number = number;
    one.epoch = shard.epoch();
    one.items = shard.level(model::Level::kItems);
    one.board = shard.level(model::Level::kBoard);
    one.holder = shard.holder();
    one.dedup_entries = shard.items().entries();
    one.open_cells = shard.board().open_cells();
    one.memory_bytes = shard.memory_bytes();
    one.dedup_bytes = shard.items().memory_bytes();
    one.board_bytes = shard.board().memory_bytes();
    one.committed_at = held.committed_at;
    one.ledger = shard.full_ledger();
    view.shards.push_back(std::move(one));
    shard.board().view(view.cells);
    shard.board().view(view.kpis);
    shard.board().view(view.funnels);
    add_conversations(shard, view);
    add_signals(shard, view);
    keep_activity(shard, view.activity);
  }
  for (const auto& [key, reader] : readers_) {
    if (reader.is_exchange) {
      continue;
    }
    const shard::Router& router = reader.routed != nullptr
                                      ? reader.routed->router()
                                      : *reader.shard->direct_router(reader.source);
    PartitionView one;
    one.source = reader.source;
    one.partition = static_cast<int32_t>(key);
    one.next_offset = router.next_offset();
    one.last_timestamp = router.last_timestamp();
    one.progress = router.progress();
    one.at_end = reader.end >= 0;
    one.is_routed = reader.routed != nullptr;
    if (one.is_routed) {
      one.ledger = router.ledger();
    }
    view.partitions.push_back(one);
  }
  view.counts = counts_;
  view.prices = prices();
  return view;
}

}  // namespace kaiku::runtime
