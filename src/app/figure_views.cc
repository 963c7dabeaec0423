#include "app/figure_views.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "kaiku/board/funnel.h"

namespace kaiku::app {
namespace {

using Views = std::vector<std::shared_ptr<const runtime::WorkerView>>;

serve::ShareView share_of(int64_t part, int64_t whole, const board::FunnelRate& rate) {
  return {part, whole, rate.value, rate.lower, rate.upper};
}

serve::CampaignView to_view(const board::Funnel& funnel) {
  serve::CampaignView view;
  view.campaign = funnel.campaign;
  view.brand = funnel.brand;
  view.window = funnel.window;
  view.window_start = funnel.window_start;
  view.window_end = funnel.window_end;
  view.is_closed = funnel.is_closed;
  view.is_whole = funnel.is_whole;
  view.days = funnel.days;
  view.basis = funnel.value_basis;
  view.currency = funnel.currency;
  view.spend_micros = funnel.spend_micros;
  const int64_t first = funnel.steps.front().count;
  int64_t previous = first;
  for (const board::FunnelStep& step : funnel.steps) {
    view.steps.push_back({step.name,
                          step.of,
                          share_of(step.count, previous, step.of_previous),
                          share_of(step.count, first, step.of_first),
                          step.cost_micros});
    previous = step.count;
  }
  return view;
}

std::shared_ptr<const serve::FigureSet> to_view(const board::KpiSet& from) {
  auto set = std::make_shared<serve::FigureSet>();
  set->window = from.window;
  set->window_start = from.window_start;
  set->window_end = from.window_end;
  set->brand = from.brand;
  set->omitted = from.omitted;
  set->figures.reserve(from.figures.size());
  for (const board::KpiFigure& figure : from.figures) {
    set->figures.push_back({std::string(figure.name),
                            std::string(figure.stage),
                            std::string(figure.value_basis),
                            figure.brand,
                            figure.channel,
                            figure.subject,
                            std::string(figure.unit()),
                            figure.value(),
                            figure.number("lo95"),
                            figure.number("hi95"),
                            figure.body,
                            std::string(figure.text("market"))});
  }
  if (const std::optional<board::Funnel> funnel = board::funnel_of(from); funnel) {
    set->campaign = to_view(*funnel);
  }
  return set;
}

// Its first figure tells a set from others of the same brand, as that of a market or a campaign.
auto place_of(const serve::FigureSet& set) {
  static const serve::FigureView kNone;
  const serve::FigureView& first = set.figures.empty() ? kNone : set.figures.front();
  return std::tie(set.window,
                  set.figures.empty() ? set.brand : first.brand,
                  set.window_start,
                  first.kpi,
                  first.channel,
                  first.subject,
                  set.omitted);
}

// The start of the last window, by name.
std::map<std::string_view, base::EventTime> last_windows(const Views& views) {
  std::map<std::string_view, base::EventTime> last;
  for (const auto& view : views) {
    for (const board::KpiSetPtr& set : view->kpis) {
      const auto [at, is_new] = last.try_emplace(set->window, set->window_start);
      at->second = std::max(at->second, set->window_start);
    }
  }
  return last;
}

}  // namespace

void FigureViews::add(const Views& views, serve::Snapshot& snapshot) {
  decltype(sets_) now;
  const auto last = last_windows(views);
  for (const auto& view : views) {
    for (const board::KpiSetPtr& set : view->kpis) {
      if (set->window_end < last.at(set->window)) {
        continue;
      }
      const auto known = sets_.find(set);
      now.try_emplace(set, known == sets_.end() ? to_view(*set) : known->second);
    }
    for (const board::Funnel& funnel : view->funnels) {
      snapshot.open_campaigns.push_back(to_view(funnel));
    }
  }
  sets_ = std::move(now);
  for (const board::KpiDefinition& one : board::kpi_definitions()) {
    snapshot.bases.push_back({one.name, one.value_basis, one.stage});
  }
  for (const auto& [from, set] : sets_) {
    snapshot.figures.push_back(set);
  }
  std::sort(snapshot.figures.begin(), snapshot.figures.end(), [](const auto& a, const auto& b) {
    return place_of(*a) < place_of(*b);
  });
}

}  // namespace kaiku::app
