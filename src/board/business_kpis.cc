#include "board/business_kpis.h"

#include <array>

namespace kaiku::board {
namespace {

using aggregate::Aggregate;
using aggregate::BusinessFigures;
using model::BusinessKind;
using money::Flow;
using money::Rates;

using Field = std::pair<std::string_view, int64_t>;

struct Sums {
  money::MoneySums money;
  BusinessFigures counts;
  bool is_whole = true;  // the sums of all cells fit into one
};

Sums sums_of(const std::vector<const Aggregate*>& business) {
  Sums sums;
  for (const Aggregate* cell : business) {
    sums.is_whole = sums.money.merge(cell->money) && sums.is_whole;
    if (const BusinessFigures* counts = cell->business.get(); counts != nullptr) {
      sums.counts.merge(*counts);
    }
  }
  return sums;
}

// Converted and rounded once; where the cells' sums are more than one may hold, cell by cell.
Rates::Total total_of(const Sums& sums,
                      const std::vector<const Aggregate*>& business,
                      Flow flow,
                      const Rates& rates) {
  if (sums.is_whole) {
    return rates.convert(sums.money, flow);
  }
  Rates::Total total;
  for (const Aggregate* cell : business) {
    const Rates::Total one = rates.convert(cell->money, flow);
    total.micros += one.micros;
    total.complete = total.complete && one.complete;
    total.unconverted.insert(
        total.unconverted.end(), one.unconverted.begin(), one.unconverted.end());
  }
  return total;
}

bool counts(const Valuation& by, BusinessKind kind) {
  return (by.kinds >> static_cast<unsigned>(kind) & 1U) != 0;
}

}  // namespace

void draft_business(const KpiHead& head,
                    std::string_view channel,
                    const std::vector<const Aggregate*>& business,
                    const Valuation& by,
                    std::vector<KpiDraft>& drafts) {
  if (by.kinds == 0) {
    return;
  }
  const Sums sums = sums_of(business);
  const Rates::Total none;
  const auto total = [&](Flow flow) { return total_of(sums, business, flow, by.rates); };
  if (counts(by, BusinessKind::kCancellation)) {
    const int64_t n = sums.counts.cancellations;
    drafts.push_back(draft_of(head, Kpi::kCancelledRevenue, channel, n != 0));
    write_money(drafts.back(), by.rates, total(Flow::kCancelled), none, n);
  }
  if (counts(by, BusinessKind::kOpportunity)) {
    const int64_t n = sums.counts.opportunities;
    drafts.push_back(draft_of(head, Kpi::kOpportunityValue, channel, n != 0));
    write_money(drafts.back(), by.rates, total(Flow::kOpportunity), none, n);
  }
  if (counts(by, BusinessKind::kSubscriptionStart)) {
    const std::array fields = {Field{"started", sums.counts.subscription_starts},
                               Field{"ended", sums.counts.subscription_ends}};
    const int64_t n = fields[0].second + fields[1].second;
    drafts.push_back(draft_of(head, Kpi::kSubscriptionNet, channel, n != 0));
    write_money(drafts.back(),
                by.rates,
                total(Flow::kSubscriptionStart),
                total(Flow::kSubscriptionEnd),
                n,
                fields);
  }
}

}  // namespace kaiku::board
