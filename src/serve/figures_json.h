// The KPI records of the last closed windows as JSON: what `/api/v1/kpis` answers.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 1 us a record.
// Fails:   never.
// Format:  as snapshot_json.h; a record has the fields of its topic from `value` on, as they were
//          published.
#pragma once

#include <cstddef>
#include <string>

#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

// Records beyond these are left out, and counted, as are those that a board had no room for.
inline constexpr size_t kFiguresPerAnswer = 5'000;

// Empty: any.
struct FigureFilter {
  std::string window;
  std::string brand;
  std::string channel;
  std::string kpi;
};

[[nodiscard]] std::string figures_json(const Snapshot& snapshot, const FigureFilter& filter);

}  // namespace kaiku::serve
