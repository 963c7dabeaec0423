// view_conversations shows what became of conversations in the windows that matter now, by brand
// and channel, and by brand: the same windows as view_board, of those that KPI records are made
// for.
//
// Threads: confined to the board.
// Owns:    nothing.
// Cost:    a look at each cell; about 3 us a brand and channel with conversations.
// Fails:   never.
#pragma once

#include <vector>

#include "board/impl.h"

namespace kaiku::board {

void view_conversations(Board::Impl& board, std::vector<ConversationView>& out);

}  // namespace kaiku::board
