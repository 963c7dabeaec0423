// KPI records about what activity means and is worth: sentiment, engagement, copies, and, by the
// price list, avoided cost, replacement cost and return on spend.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record.
// Fails:   never. What cannot be computed is null, not zero: no price, no spend, a currency without
//          a rate, too few labels.
// Format:  see kpi_record.h. Formulas by the ids of the metric catalogue:
//          M21 (positive - negative) / labelled, from 30 labels on, with coverage labelled/counted
//          M22 engagements / impressions
//          M30 suppressed copies / (suppressed + counted)
//          M25 impressions / 1000 x CPM; basis replacement_cost, never part of a return
//          M08 strict deflections x cost per contact; basis avoided
//          M09 max(0, baseline mails - mails from outside) x 64 s (Jackson et al. 2003), and x
//          wage;
//              windows of a day and longer; basis avoided
//          M19 channel's share of support contacts from outside, originals - its share before
//          M07 (net revenue x margin - spend) / spend: of the brand by booked revenue, of a channel
//              by what its last touches led to; where journeys are not followed, by what the
//              channel sold itself, and not at all if it sold nothing: what it led to is not known
//              then
#pragma once

#include <string_view>
#include <vector>

#include "board/kpi_record.h"

namespace kaiku::board {

inline constexpr int64_t kInterruptionSeconds = 64;
inline constexpr int64_t kLabelsMin = 30;

struct Sales {
  money::Int128 net_micros = 0;
  money::Int128 spend_micros = 0;
  bool has_spend = false;
  bool is_complete = true;  // every currency had a rate
  bool is_known = true;     // false: what the spend led to is not seen
  std::string_view method;
};

// Of one channel, or of all.
void draft_values(const KpiHead& head,
                  const ChannelFigures& figures,
                  const Sales& sales,
                  const Valuation& by,
                  std::vector<KpiDraft>& drafts);

// Of the channels that the price list has a baseline for, those without figures included.
void draft_baselines(const KpiHead& head,
                     const std::vector<ChannelFigures>& channels,
                     const ActivityTotals& all,
                     const Valuation& by,
                     std::vector<KpiDraft>& drafts);

}  // namespace kaiku::board
