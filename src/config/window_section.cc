#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kaiku/board/board.h"

#include "config/plan_builder.h"
#include "config/values.h"
#include "config/zones.h"

namespace kaiku::config {

[[nodiscard]] std::shared_ptr<const money::Rates> build_rates(Build& build);
[[nodiscard]] std::shared_ptr<const money::Prices> build_prices(Build& build);
[[nodiscard]] std::vector<board::Market> build_markets(Build& build);

namespace {

using base::kDay;
using base::kHour;
using base::kMinute;

constexpr size_t kWindows = 16;

struct Wanted {
  std::string name;
  int64_t size_us = 0;
  int64_t advance_us = 0;
  std::string zone = "UTC";
  int64_t final_after_us = 0;
  int64_t retention_us = 0;
};

int64_t usual_retention(const Build& build, int64_t size_us) {
  return std::max(build.plan.items_retention_us, size_us) + kHour;
}

// Which of the keys is at fault; the section if it is none of them.
const Node& blamed(const View& view, const Wanted& wanted, const Node& fallback) {
  if (wanted.size_us % kMinute != 0) {
    return view.place("size", fallback);
  }
  if (wanted.advance_us != 0 &&
      (wanted.advance_us % kMinute != 0 || wanted.advance_us > wanted.size_us ||
       wanted.size_us % wanted.advance_us != 0)) {
    return view.place("advance", fallback);
  }
  if (view.has("timezone") && wanted.zone != "UTC") {
    return view.place("timezone", fallback);
  }
  if (wanted.retention_us < wanted.final_after_us) {
    return view.place(view.has("retention") ? "retention" : "final_after", fallback);
  }
  return fallback;
}

void add_window(
    Build& build, board::BoardPlan& board, const Wanted& wanted, const View& view, const Node& at) {
  if (board.windows.size() == kWindows) {
    build.report.error_at(
        at, "KA052", view.path(), "more than " + std::to_string(kWindows) + " windows");
    return;
  }
  if (const std::string why = zone_problem(wanted.zone); !why.empty()) {
    build.report.error_at(view.place("timezone", at), "KA052", view.path_of("timezone"), why);
    return;
  }
  auto made = window::WindowSpec::make(wanted.name,
                                       wanted.size_us,
                                       wanted.advance_us,
                                       wanted.zone == "UTC" ? "" : wanted.zone,
                                       wanted.final_after_us,
                                       wanted.retention_us);
  if (!made.has_value()) {
    build.report.error_at(blamed(view, wanted, at), "KA052", view.path(), made.error().message());
    return;
  }
  board.windows.push_back(std::move(made).value());
  build.zones.push_back(wanted.zone);
}

void add_usual(Build& build, board::BoardPlan& board) {
  const View nothing(nullptr, "windows.*", "windows");
  const std::pair<const char*, int64_t> usual[] = {
      {"minute", kMinute}, {"hour", kHour}, {"day", kDay}};
  for (const auto& [name, size] : usual) {
    add_window(build,
               board,
               {name, size, 0, "UTC", build.plan.time.lateness_us, usual_retention(build, size)},
               nothing,
               build.root);
  }
}

void choose_kpi_windows(Build& build, board::BoardPlan& board) {
  const View kpis = build.view.section("outputs").section("kpis");
  const Node* names = kpis.find("windows");
  if (names == nullptr || !names->is_list()) {
    for (const window::WindowSpec& spec : board.windows) {
      if (spec.size_us() >= kHour && !spec.is_hopping()) {
        board.kpi_windows.push_back(spec.name());
      }
    }
    return;
  }
  for (const Node& name : names->items) {
    const bool known = std::any_of(
        board.windows.begin(), board.windows.end(), [&name](const window::WindowSpec& spec) {
          return spec.name() == name.text;
        });
    if (!known && name.is_scalar()) {
      build.report.error_at(
          name, "KA052", "outputs.kpis.windows", "no window is called \"" + name.written + "\"");
    }
    board.kpi_windows.push_back(name.text);
  }
}

}  // namespace

void build_windows(Build& build) {
  board::BoardPlan board;
  board.pipeline = build.plan.name;
  board.rates = build_rates(build);
  board.prices = build_prices(build);
  board.markets = build_markets(build);
  build.plan.commerce.kinds = board.kinds = read_figures(build);
  build_facets(build, board);
  board.replacement_cost = build.view.section("business").boolean("replacement_cost");
  board.min_cell = static_cast<uint32_t>(build.view.section("privacy").number("min_cell", 0));
  const std::vector<View::Named> sections = build.view.each("windows");
  if (sections.empty()) {
    add_usual(build, board);
  }
  for (const View::Named& section : sections) {
    Wanted wanted;
    wanted.name = section.name;
    wanted.size_us = section.view.number("size", 0);
    if (wanted.size_us == 0) {
      continue;  // the checker has said why
    }
    wanted.advance_us = section.view.number("advance", 0);
    wanted.zone = section.view.text("timezone");
    wanted.final_after_us = section.view.number("final_after", build.plan.time.lateness_us);
    wanted.retention_us = section.view.number(
        "retention",
        std::max(usual_retention(build, wanted.size_us), wanted.final_after_us + kHour));
    add_window(build, board, wanted, section.view, *section.key);
  }
  const auto days = std::find_if(board.windows.begin(), board.windows.end(), [](const auto& spec) {
    return spec.size_us() == base::kDay && !spec.is_hopping();
  });
  if (days != board.windows.end()) {
    build.plan.commerce.days = *days;
  }
  choose_kpi_windows(build, board);
  if (const View journeys = build.view.section("journeys"); journeys.boolean("follow")) {
    board.attribution = {journeys.number("look_back"), journeys.number("half_life")};
  }
  build.plan.board = std::make_shared<const board::BoardPlan>(std::move(board));
}

}  // namespace kaiku::config
