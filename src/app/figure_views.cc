#include "app/figure_views.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace kaiku::app {
namespace {

std::shared_ptr<const serve::FigureSet> to_view(const board::KpiSet& from) {
  auto set = std::make_shared<serve::FigureSet>();
  set->window = from.window;
  set->window_start = from.window_start;
  set->window_end = from.window_end;
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
                            figure.body});
  }
  return set;
}

auto place_of(const serve::FigureSet& set) {
  const bool has_brand = !set.figures.empty();
  return std::tuple(std::string_view(set.window),
                    has_brand ? std::string_view(set.figures.front().brand) : std::string_view(),
                    set.window_start);
}

}  // namespace

void FigureViews::add(const std::vector<std::shared_ptr<const runtime::WorkerView>>& views,
                      serve::Snapshot& snapshot) {
  decltype(sets_) now;
  for (const auto& view : views) {
    for (const board::KpiSetPtr& set : view->kpis) {
      const auto known = sets_.find(set);
      now.try_emplace(set, known == sets_.end() ? to_view(*set) : known->second);
    }
  }
  sets_ = std::move(now);
  for (const auto& [from, set] : sets_) {
    snapshot.figures.push_back(set);
  }
  std::sort(snapshot.figures.begin(), snapshot.figures.end(), [](const auto& a, const auto& b) {
    return place_of(*a) < place_of(*b);
  });
}

}  // namespace kaiku::app
