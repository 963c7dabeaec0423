// view_board shows the cells of the windows that matter now: the open ones and the last closed one
// of each name. Of a hopping window, whose windows overlap, it shows the last closed one and the
// one that closes next.
//
// Threads: confined to the board.
// Owns:    nothing.
// Cost:    about 2 us a cell.
// Fails:   never. A backfill holds thousands of open windows: the newest kOpenWindows are shown.
#pragma once

#include <vector>

#include "board/impl.h"

namespace kaiku::board {

inline constexpr size_t kOpenWindows = 64;

// The buckets of a window name that are shown, the closed one first.
[[nodiscard]] std::vector<const Bucket*> shown_buckets(const WindowState& window);

void view_board(Board::Impl& board, std::vector<CellView>& out);

}  // namespace kaiku::board
