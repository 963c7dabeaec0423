// Topology: how many partitions each source of a plan has. Together with N it names every sender
// whose watermark a shard has to wait for.
//
// Threads: immutable once a worker runs.
// Owns:    its counts.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kaiku/shard/plan.h"

namespace kaiku::shard {

struct Topology {
  std::vector<int32_t> partitions;  // per source of the plan
};

// The number of the first routed sender of each source; the last entry is the count of all of them.
[[nodiscard]] inline std::vector<size_t> routed_senders(const Plan& plan,
                                                        const Topology& topology) {
  std::vector<size_t> first;
  size_t count = 0;
  for (size_t i = 0; i < plan.sources.size(); ++i) {
    first.push_back(count);
    if (plan.sources[i].routing == Routing::kRouted) {
      count += static_cast<size_t>(topology.partitions.at(i));
    }
  }
  first.push_back(count);
  return first;
}

[[nodiscard]] inline bool has_direct_source(const Plan& plan) {
  for (const SourcePlan& source : plan.sources) {
    if (source.routing == Routing::kDirect) {
      return true;
    }
  }
  return false;
}

}  // namespace kaiku::shard
