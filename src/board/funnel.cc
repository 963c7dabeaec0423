#include "kaiku/board/funnel.h"

#include <algorithm>
#include <string_view>

#include "kaiku/money/decimal.h"

#include "board/kpi_record.h"

namespace kaiku::board {
namespace {

FunnelRate rate_of(const KpiFigure& figure,
                   std::string_view value,
                   std::string_view lower,
                   std::string_view upper) {
  return {figure.number(value), figure.number(lower), figure.number(upper)};
}

int64_t count_of(const KpiFigure& figure, std::string_view name) {
  const double count = figure.number(name).value_or(0);
  return static_cast<int64_t>(std::clamp(count, 0.0, 9e18));
}

std::optional<int64_t> micros_of(const KpiFigure& figure, std::string_view name) {
  const auto amount = money::parse_decimal(figure.text(name));
  return amount ? std::optional(amount->micros) : std::nullopt;
}

void add_step(const KpiFigure& figure, Funnel& funnel) {
  FunnelStep step;
  step.name = figure.about("step");
  step.of = figure.text("of");
  step.count = count_of(figure, "numerator");
  step.of_previous = rate_of(figure, "value", "lo95", "hi95");
  step.of_first = rate_of(figure, "of_first", "of_first_lo95", "of_first_hi95");
  funnel.days = figure.number("days");
  funnel.steps.push_back(std::move(step));
}

void add_cost(const KpiFigure& figure, Funnel& funnel) {
  const auto step =
      std::ranges::find(funnel.steps, figure.about("step"), [](const FunnelStep& each) {
        return std::string_view(each.name);
      });
  if (step == funnel.steps.end()) {
    return;
  }
  funnel.value_basis = figure.value_basis;
  funnel.currency = figure.unit();
  funnel.spend_micros = micros_of(figure, "spend");
  step->cost_micros = micros_of(figure, "value");
}

}  // namespace

std::optional<Funnel> funnel_of(const KpiSet& set) {
  Funnel funnel;
  for (const KpiFigure& figure : set.figures) {
    if (figure.name == name_of(Kpi::kCampaignFunnel)) {
      funnel.campaign = figure.about("campaign");
      funnel.brand = figure.brand;
      funnel.is_whole = figure.about("span") == "campaign";
      add_step(figure, funnel);  // in their order
    } else if (figure.name == name_of(Kpi::kCampaignCost)) {
      add_cost(figure, funnel);  // behind its step
    }
  }
  if (funnel.steps.empty()) {
    return std::nullopt;
  }
  funnel.window = set.window;
  funnel.window_start = set.window_start;
  funnel.window_end = set.window_end;
  return funnel;
}

}  // namespace kaiku::board
