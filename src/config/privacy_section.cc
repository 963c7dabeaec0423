// The section `privacy`, and which channels are restricted.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "config/plan_builder.h"

namespace kaiku::config {
namespace {

// What counts beside the cells of brands would tell what is withheld of them.
void refuse_beside(Build& build, std::string_view section) {
  build.report.error_at(build.view.place(section, build.root),
                        "KA068",
                        std::string(section),
                        "with privacy.min_cell nothing is counted beside the cells of brands: it "
                        "would tell what is withheld of them",
                        "leave out " + std::string(section));
}

// From figures that overlap others could be computed.
void check_cells(Build& build, const View& view) {
  const board::BoardPlan& board = *build.plan.board;
  const Node& at = view.place("min_cell", build.root);
  if (board.windows.size() != 1 || board.windows.front().is_hopping()) {
    build.report.error_at(at,
                          "KA068",
                          view.path_of("min_cell"),
                          "with min_cell there is one window, and it does not hop: the difference "
                          "of two that overlap may be about one person",
                          "windows: {day: {size: 1d}}");
  }
  const shard::FacetPlan* const facets = build.plan.facets.get();
  const std::pair<std::string_view, bool> beside[] = {
      {"markets", !board.markets.empty()},
      {"campaigns", !board.campaigns.empty()},
      {"comparisons", !board.comparisons.empty()},
      {"topics", facets != nullptr && facets->topics != nullptr},
      {"feedback", facets != nullptr && facets->feedback},
      {"signals", build.view.section("signals").boolean("follow")}};
  for (const auto& [section, is_there] : beside) {
    if (is_there) {
      refuse_beside(build, section);
    }
  }
  if (build.plan.outputs.has_items) {
    build.report.warning_at(build.view.section("items").place("publish", build.root),
                            "KA069",
                            "items.publish",
                            "with privacy.min_cell every channel is restricted: no item leaves");
  }
}

}  // namespace

void build_privacy(Build& build) {
  const View view = build.view.section("privacy");
  shard::PrivacyPlan& privacy = build.plan.privacy;
  privacy.min_cell = build.plan.board->min_cell;
  privacy.erases = view.boolean("erase_subjects");
  for (const View::Named& channel : build.view.each("channels")) {
    if (channel.view.boolean("restricted")) {
      privacy.restricted.push_back(channel.view.text("id"));
    }
  }
  std::sort(privacy.restricted.begin(), privacy.restricted.end());
  if (privacy.min_cell > 0) {
    check_cells(build, view);
  }
}

}  // namespace kaiku::config
