// KPI records about what business records state besides orders, refunds and spend: revenue that was
// cancelled, opportunities, subscriptions. Only of kinds that the plan counts.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record.
// Fails:   never. Sums without a rate are left out of the value and listed.
// Format:  see kpi_record.h.
//          cancelled_revenue  amounts of the orders cancelled in the window; they are taken out of
//                             the revenue of the window of each order, so the two are never added
//          opportunity_value  amounts of the opportunities that began in the window; no revenue
//          subscription_net   amounts of subscriptions begun less those of subscriptions ended
#pragma once

#include <string_view>
#include <vector>

#include "board/kpi_record.h"

namespace kaiku::board {

// `business`: cells of one channel, or of all.
void draft_business(const KpiHead& head,
                    std::string_view channel,
                    const std::vector<const aggregate::Aggregate*>& business,
                    const Valuation& by,
                    std::vector<KpiDraft>& drafts);

}  // namespace kaiku::board
