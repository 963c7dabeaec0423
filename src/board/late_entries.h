// Late entries: which KPI records say that an entry of a catalogue came after the time it was for.
//
// Threads: any.
// Owns:    nothing.
// Cost:    nothing where there is none; else a look at each entry per draft.
// Fails:   never.
#pragma once

#include <string_view>
#include <vector>

#include "kaiku/board/board.h"

#include "board/kpi_record.h"

namespace kaiku::board {

// Puts `exact: false` and the reason behind the figures of every draft that one of the entries
// touches. `cells`: what stands in the place of the brand in their cells, which names the market.
void mark_late(const std::vector<LateEntry>& entries,
               std::string_view cells,
               std::vector<HeadedDraft>& drafts);

}  // namespace kaiku::board
