// load_board reads what the last epoch left in the tables: names, buckets, and the cells that have
// to be in memory, which are those of open windows and of the last closed one of each name.
//
// Threads: confined to the board.
// Owns:    nothing.
// Cost:    one scan of kClosed and kCells; cells of closed windows are not decoded.
// Fails:   kRestore when a row is not one of ours.
#pragma once

#include "board/impl.h"

namespace kaiku::board {

[[nodiscard]] base::Status load_board(Board::Impl& board);

}  // namespace kaiku::board
