// KPI records of cells that are no brand's own: campaigns, topics, feedback on products, declared
// changes; markets are in market_kpis.h.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record.
// Fails:   never; null where there is nothing to divide by. Cells that the plan does not know (of
//          one before it) give nothing.
// Format:  see kpi_record.h; their keys have fields behind `channel`. Formulas by the ids of the
//          metric catalogue:
//          M26 count of a step / count of the step before it (`value`) and / the first step
//              (`of_first`); per day of the campaign that lies in the window; spend / count
//          M20 mentions of a brand on a topic / mentions on it, originals only
//          M35 items on a product and aspect, and how many of them are positive, neutral, negative
//          M42 (after / days) / (before / days) around a declared change, with its 95 % interval;
//              only the day of the change is declared, that it caused anything is not said
#pragma once

#include <string_view>
#include <vector>

#include "board/kpi_record.h"

namespace kaiku::board {

struct AsideCell {
  std::string_view channel;  // or what stands in its place
  model::ItemType type = model::ItemType::kMention;
  const aggregate::Aggregate* figures = nullptr;
};

// `cells`: of what stands in the place of the brand, sorted by channel and type. The head's brand
// is left open.
[[nodiscard]] std::vector<HeadedDraft> draft_asides(const KpiHead& head,
                                                    std::string_view name,
                                                    const std::vector<AsideCell>& cells,
                                                    const BoardPlan& plan,
                                                    const money::Rates& rates);

}  // namespace kaiku::board
