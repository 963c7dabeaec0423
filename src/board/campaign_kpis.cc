#include "board/campaign_kpis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kaiku/base/json_writer.h"
#include "kaiku/effect/rates.h"
#include "kaiku/money/decimal.h"

namespace kaiku::board {
namespace {

using aggregate::Aggregate;
using base::JsonWriter;
using money::Flow;
using money::Rates;

constexpr std::array<std::string_view, kMeasures> kNames = {"posts",
                                                            "mentions",
                                                            "impressions",
                                                            "views",
                                                            "clicks",
                                                            "engagements",
                                                            "visits",
                                                            "leads",
                                                            "opportunities",
                                                            "orders",
                                                            "subscriptions"};

int64_t count_of(const Aggregate& figures, Measure measure) {
  const aggregate::BusinessFigures none;
  const aggregate::BusinessFigures* held = figures.business.get();
  const aggregate::BusinessFigures& business = held != nullptr ? *held : none;
  switch (measure) {
    case Measure::kPosts:
      return figures.count_original();
    case Measure::kMentions:
      return figures.count_total();
    case Measure::kImpressions:
      return figures.impressions;
    case Measure::kViews:
      return figures.views;
    case Measure::kClicks:
      return figures.clicks;
    case Measure::kEngagements:
      return figures.engagements();
    case Measure::kVisits:
      return business.visits;
    case Measure::kLeads:
      return business.leads;
    case Measure::kOpportunities:
      return business.opportunities;
    case Measure::kOrders:
      return figures.orders;
    case Measure::kSubscriptions:
      return business.subscription_starts;
  }
  return 0;
}

// Corrections may take back more than is there yet; then there is nothing.
int64_t count_of(const CampaignStep& step, const std::vector<AsideCell>& cells) {
  int64_t count = 0;
  for (const AsideCell& cell : cells) {
    if (step.channel.empty() || step.channel == cell.channel) {
      count += count_of(*cell.figures, step.of);
    }
  }
  return std::max<int64_t>(count, 0);
}

class Drafter {
 public:
  Drafter(const KpiHead& head,
          const Campaign& campaign,
          bool whole_period,
          const std::vector<AsideCell>& cells)
      : head_(head), campaign_(campaign), whole_period_(whole_period) {
    head_.brand = campaign.brand;
    for (const CampaignStep& step : campaign.steps) {
      counts_.push_back(count_of(step, cells));
    }
    steps_ = effect::funnel(counts_);
  }

  [[nodiscard]] HeadedDraft step(size_t i) const {
    HeadedDraft made{head_, draft(Kpi::kCampaignFunnel, i, true)};
    JsonWriter json(made.draft.back);
    json.begin_object();
    const int64_t from = counts_[i == 0 ? 0 : i - 1];
    write(json, "value", "lo95", "hi95", steps_[i].of_previous, from);
    json.field("unit", "ratio").field("numerator", counts_[i]).field("denominator", from);
    json.field("n", from);
    write(json, "of_first", "of_first_lo95", "of_first_hi95", steps_[i].of_first, counts_[0]);
    json.field("first", counts_[0]).field("of", name_of(campaign_.steps[i].of));
    json.field("step_number", static_cast<int64_t>(i + 1));
    json.key("days").ratio(days());
    json.key("per_day");
    if (days() > 0) {
      json.ratio(static_cast<double>(counts_[i]) / days());
    } else {
      json.null();
    }
    json.field("method", method_of(made.draft.kpi));
    json.end_object();
    return made;
  }

  [[nodiscard]] HeadedDraft cost(size_t i, const Rates::Total& spend, const Rates& rates) const {
    HeadedDraft made{head_, draft(Kpi::kCampaignCost, i, spend.micros != 0 || !spend.complete)};
    made.draft.incomplete = !spend.complete;
    JsonWriter json(made.draft.back);
    json.begin_object().key("value");
    if (counts_[i] > 0 && spend.complete) {
      json.string(money::format_micros(spend.micros / counts_[i]));
    } else {
      json.null();
    }
    json.field("unit", rates.base().view());
    json.field("spend", money::format_money(spend.micros, rates.base()));
    json.field("n", counts_[i]).field("of", name_of(campaign_.steps[i].of));
    json.field("rates_version", rates.version());
    write_unconverted(json, spend, Rates::Total());
    json.field("method", method_of(made.draft.kpi));
    json.end_object();
    return made;
  }

  [[nodiscard]] bool has_counts() const {
    return std::any_of(counts_.begin(), counts_.end(), [](int64_t count) { return count != 0; });
  }

 private:
  [[nodiscard]] KpiDraft draft(Kpi kpi, size_t i, bool has_figures) const {
    Subject subject{"campaign",
                    {{"campaign", std::string(campaign_.id())},
                     {"step", campaign_.steps[i].name},
                     {"span", whole_period_ ? "campaign" : "window"}}};
    return draft_of(head_, kpi, kAllChannels, has_figures && has_counts(), std::move(subject));
  }

  // Of the campaign, as far as the window goes.
  [[nodiscard]] double days() const {
    const bool has_period = campaign_.from != base::kNoTime;
    const base::EventTime from =
        whole_period_ ? campaign_.from
                      : std::max(head_.start, has_period ? campaign_.from : head_.start);
    const base::EventTime to =
        whole_period_ ? campaign_.to : std::min(head_.end, has_period ? campaign_.to : head_.end);
    return static_cast<double>(std::max<int64_t>(to - from, 0)) / static_cast<double>(base::kDay);
  }

  static void write(JsonWriter& json,
                    std::string_view value,
                    std::string_view low,
                    std::string_view high,
                    const effect::Estimate& estimate,
                    int64_t denominator) {
    json.key(value);
    if (denominator <= 0) {
      json.null();
      return;
    }
    json.ratio(estimate.value);
    // A step larger than the one before it is no proportion.
    if (std::isfinite(estimate.interval.high)) {
      json.key(low).ratio(estimate.interval.low);
      json.key(high).ratio(estimate.interval.high);
    }
  }

  KpiHead head_;
  const Campaign& campaign_;
  bool whole_period_;
  std::vector<int64_t> counts_;
  std::vector<effect::FunnelStep> steps_;
};

}  // namespace

MeasureCounts measures_of(const Aggregate& figures) {
  MeasureCounts counts{};
  for (size_t i = 0; i < counts.size(); ++i) {
    counts[i] = count_of(figures, static_cast<Measure>(i));
  }
  return counts;
}

std::string_view name_of(Measure measure) {
  return kNames[static_cast<size_t>(measure)];
}

bool parse_name(std::string_view name, Measure& measure) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  measure = found == kNames.end() ? measure : static_cast<Measure>(found - kNames.begin());
  return found != kNames.end();
}

std::vector<HeadedDraft> draft_campaign(const KpiHead& head,
                                        const Campaign& campaign,
                                        bool whole_period,
                                        const std::vector<AsideCell>& cells,
                                        const Rates& rates) {
  const Drafter draft(head, campaign, whole_period, cells);
  money::MoneySums spends;
  bool whole = true;
  for (const AsideCell& cell : cells) {
    whole = spends.merge(cell.figures->money) && whole;
  }
  Rates::Total spend = rates.convert(spends, Flow::kSpend);
  spend.complete = spend.complete && whole;
  std::vector<HeadedDraft> drafts;
  for (size_t i = 0; i < campaign.steps.size(); ++i) {
    drafts.push_back(draft.step(i));
    drafts.push_back(draft.cost(i, spend, rates));
  }
  return drafts;
}

}  // namespace kaiku::board
