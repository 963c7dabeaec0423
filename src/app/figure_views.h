// FigureViews turns the KPI records and funnels of the boards into those of a snapshot. What did
// not change since the last snapshot is passed on, not copied. Shards close a window one after the
// other, so that a set of the window before the last one is still shown; an older one is of a shard
// whose brands fell silent.
//
// Threads: confined to the maker of snapshots.
// Owns:    the sets of the last snapshot.
// Cost:    a lookup a set, and a copy of the sets that are new.
// Fails:   never.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "kaiku/board/kpi_set.h"
#include "kaiku/runtime/worker_view.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::app {

class FigureViews {
 public:
  void add(const std::vector<std::shared_ptr<const runtime::WorkerView>>& views,
           serve::Snapshot& snapshot);

 private:
  std::map<board::KpiSetPtr, std::shared_ptr<const serve::FigureSet>> sets_;
};

}  // namespace kaiku::app
