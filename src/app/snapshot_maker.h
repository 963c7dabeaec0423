// SnapshotMaker turns what the workers show of themselves into the snapshot that the page, the API
// and the gauges are made of.
//
// Threads: confined to its user, one thread.
// Owns:    the rates and the series of the last minutes.
// Cost:    proportional to the cells, once a second.
// Fails:   never.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "kaiku/base/clock.h"
#include "kaiku/runtime/worker_view.h"
#include "kaiku/serve/snapshot.h"
#include "kaiku/shard/plan.h"

#include "app/figure_views.h"

namespace kaiku::app {

class SnapshotMaker {
 public:
  using Views = std::vector<std::shared_ptr<const runtime::WorkerView>>;

  SnapshotMaker(std::shared_ptr<const shard::Plan> plan, const base::Clock& clock);

  [[nodiscard]] std::shared_ptr<const serve::Snapshot> make(const Views& views, bool draining);

 private:
  void add_sources(const Views& views, serve::Snapshot& snapshot);
  void add_voice(const Views& views,
                 size_t number,
                 int64_t now_us,
                 serve::SourceView& source) const;
  void add_ledger(const shard::Ledger& ledger, serve::Snapshot& snapshot) const;
  void add_levels(const Views& views, serve::Snapshot& snapshot) const;
  void add_cells(const Views& views, serve::Snapshot& snapshot) const;
  void add_state(const Views& views, bool draining, serve::Snapshot& snapshot) const;
  void add_problems(const Views& views, serve::Snapshot& snapshot) const;
  void add_rates(serve::Snapshot& snapshot);

  std::shared_ptr<const shard::Plan> plan_;
  const base::Clock& clock_;
  int64_t started_us_;
  int64_t last_us_ = 0;
  uint64_t last_records_ = 0;
  uint64_t last_items_ = 0;
  std::vector<uint64_t> last_source_records_;
  bool has_last_ = false;
  std::deque<serve::SeriesPoint> series_;
  FigureViews figures_;
};

}  // namespace kaiku::app
