// The KPI records of one campaign: its funnel, and what a step cost.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record, two a step.
// Fails:   never; see aside_kpis.h, which has the formulas.
// Format:  see kpi_record.h. Key: campaign, step, span (`window`, or `campaign` for its whole
//          period, said in the window in which it ends).
#pragma once

#include <vector>

#include "board/aside_kpis.h"

namespace kaiku::board {

[[nodiscard]] std::vector<HeadedDraft> draft_campaign(const KpiHead& head,
                                                      const Campaign& campaign,
                                                      bool whole_period,
                                                      const std::vector<AsideCell>& cells,
                                                      const money::Rates& rates);

}  // namespace kaiku::board
