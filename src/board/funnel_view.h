// view_funnels shows what campaigns have led to so far in the windows that are open. Nothing of it
// is published: records are of closed windows.
//
// Threads: confined to the board.
// Owns:    nothing.
// Cost:    nothing without campaigns; else about 5 us a step, and a sort of new keys.
// Fails:   never. Of a window name the newest kOpenFunnels are shown.
#pragma once

#include <vector>

#include "kaiku/board/funnel.h"

#include "board/impl.h"

namespace kaiku::board {

inline constexpr size_t kOpenFunnels = 60;

void view_funnels(Board::Impl& board, std::vector<Funnel>& out);

}  // namespace kaiku::board
