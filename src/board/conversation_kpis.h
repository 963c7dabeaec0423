// The KPIs of conversations: how fast, in time or not, by whom, and whether people talked (M10 to
// M13, M15 to M18, M28 and M40 of the metric catalogue).
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record.
// Fails:   never. What cannot be computed is null, not zero.
#pragma once

#include <string_view>
#include <vector>

#include "kaiku/aggregate/conversation_figures.h"

#include "board/kpi_record.h"

namespace kaiku::board {

// Nothing is drafted of a channel without conversations.
void draft_conversations(const KpiHead& head,
                         std::string_view channel,
                         const aggregate::ConversationFigures& figures,
                         std::vector<KpiDraft>& drafts);

}  // namespace kaiku::board
