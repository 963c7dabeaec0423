// ShownKpis: what was published of the last closed window of one name that has KPI records, by
// brand or by what stands in the place of one.
//
// Threads: confined to the board.
// Owns:    its sets, together with the views they were given to.
// Cost:    a look-up in a tree.
// Fails:   never. A set for which there is no room is kept as an empty one that says how many
//          figures it had.
#pragma once

#include <cstddef>
#include <map>

#include "kaiku/board/kpi_set.h"

#include "board/names.h"

namespace kaiku::board {

class ShownKpis {
 public:
  // Takes the place of the brand's set; the first one of a later window, of all sets. Nothing for
  // one of an earlier window.
  void show(NameId brand, KpiSetPtr set);

  // Null: none.
  [[nodiscard]] KpiSetPtr find(base::EventTime window_start, NameId brand) const;

  // Of the window that begins then, a set found no room, and not for its own size alone.
  [[nodiscard]] bool is_full(base::EventTime window_start) const {
    return window_start == window_start_ && omitted_ != 0 && figures_ >= kFiguresShown / 2;
  }

  [[nodiscard]] size_t memory_bytes() const;

 private:
  std::map<NameId, KpiSetPtr> sets_;
  base::EventTime window_start_ = base::kTimeBegin;
  size_t figures_ = 0;
  size_t omitted_ = 0;
  size_t bytes_ = 0;  // of the sets
};

}  // namespace kaiku::board
