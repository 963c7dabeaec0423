// The KPI records of one brand in one window, from its cells: what a seal publishes of them and
// what a view shows after a restart come from here.
//
// Threads: confined to the board.
// Owns:    nothing.
// Cost:    a merge per cell and channel, then about 2 us a draft.
// Fails:   as the tables, where cells are not in memory.
#pragma once

#include <string_view>
#include <vector>

#include "kaiku/board/kpi_set.h"

#include "board/impl.h"
#include "board/kpi_record.h"

namespace kaiku::board {

// `brand` may be what stands in its place: a market, a campaign, a topic ... Heads point into the
// board and its plan.
[[nodiscard]] base::Result<std::vector<HeadedDraft>> draft_kpis_of(Board::Impl& board,
                                                                   WindowState& window,
                                                                   const Bucket& bucket,
                                                                   NameId brand);

// Of what was drafted, that which says something. `brand` as its name.
[[nodiscard]] KpiSetPtr kpi_set_of(const WindowState& window,
                                   const Bucket& bucket,
                                   std::string_view brand,
                                   const std::vector<HeadedDraft>& drafts);

// Of the last closed window of each name that has KPI records. What was not published since the
// board was loaded is made anew from the cells, in the order of its names until there is no room;
// with min_cell it is not shown.
void view_kpis(Board::Impl& board, std::vector<KpiSetPtr>& out);

}  // namespace kaiku::board
