#include "kaiku/runtime/worker_view.h"

#include <map>
#include <utility>

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

}  // namespace kaiku::runtime
