// KPI records about the items themselves: how many were worth reading, and in how many channels a
// content of the brand was used.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record and an estimate per channel.
// Fails:   never. Nothing is said where no item carries a verdict, or nothing was posted.
// Format:  see kpi_record.h. Formulas by the ids of the metric catalogue:
//          M29 1 - (noise + off topic) / judged, by the verdicts that items carry; coverage is
//              judged / counted
//          M36 (content, channel) pairs / contents of what the brand itself posted: one content
//              that stands in five channels is 5
#pragma once

#include <vector>

#include "board/kpi_record.h"

namespace kaiku::board {

// Of one channel, or of all.
void draft_content(const KpiHead& head,
                   const ChannelFigures& figures,
                   std::vector<KpiDraft>& drafts);

void draft_content_reuse(const KpiHead& head,
                         const std::vector<ChannelFigures>& channels,
                         std::vector<KpiDraft>& drafts);

}  // namespace kaiku::board
