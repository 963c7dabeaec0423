// KPI records about a brand among the brands of its market: share of voice (M20), originals of the
// brand over originals of all, with its 95 % interval, and the same by unique authors.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record, and an estimate of authors per brand.
// Fails:   never; null while nobody said anything.
// Format:  see kpi_record.h. A brand that was not mentioned has the share 0.
#pragma once

#include <vector>

#include "board/kpi_record.h"

namespace kaiku::board {

// `brands`: figures of the market's brands, each in the place of a channel. The head's brand is
// left open.
[[nodiscard]] std::vector<HeadedDraft> draft_shares_of_voice(
    const KpiHead& head, const Market& market, const std::vector<ChannelFigures>& brands);

}  // namespace kaiku::board
