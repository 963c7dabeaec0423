// The KPIs of journeys: booked revenue by the channels that led to it, per model (M02 to M05 of the
// metric catalogue), and what is known of the customers behind it (M27, M34).
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record; Markov a linear system per channel.
// Fails:   never. What cannot be computed is null, not zero.
//
// The models divide the same booked euros, net of refunds: never add them to each other, nor to
// booked revenue. Of every model the channels sum to the orders that were attributed, those no
// touch led to under the channel _none; its removal effects divide what some touch led to.
#pragma once

#include <vector>

#include "kaiku/money/rates.h"

#include "board/kpi_record.h"

namespace kaiku::board {

// Nothing is drafted of a brand without attribution.
void draft_attribution(const KpiHead& head,
                       const std::vector<ChannelFigures>& channels,
                       const money::Rates& rates,
                       std::vector<KpiDraft>& drafts);

}  // namespace kaiku::board
