// What the markets, targets and calendars of a file say from when on, in words that do not change
// with the order of the file: a shard compares them with what it has taken.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/money/decimal.h"

#include "config/plan_builder.h"

namespace kaiku::config {
namespace {

using shard::Catalogue;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text.append(text.empty() ? "" : " ").append(word);
  }
  return text;
}

std::string any_or(std::string_view name) {
  return name.empty() ? "*" : std::string(name);
}

void add_markets(const std::vector<board::Market>& markets, shard::Schedule& schedule) {
  for (const board::Market& market : markets) {
    std::vector<std::string> brands = market.brands;
    std::sort(brands.begin(), brands.end());
    schedule.push_back(
        {Catalogue::kMarkets, std::string(market.id()), market.valid_from, joined(brands)});
  }
}

void add_targets(const std::vector<conversation::SlaTarget>& targets, shard::Schedule& schedule) {
  for (const conversation::SlaTarget& target : targets) {
    const bool any_severity = target.severity == model::Severity::kNone;
    const std::string about = any_or(target.brand) + "," + any_or(target.channel) + "," +
                              (any_severity ? "*" : std::string(model::name_of(target.severity))) +
                              "," + any_or(target.type);
    std::string says = target.name + " within " + money::format_micros(target.target_us) + "s";
    says += target.business_hours ? " of business hours" : "";
    schedule.push_back({Catalogue::kTargets, about, target.valid_from, std::move(says)});
  }
}

void add_calendars(const std::vector<conversation::Calendar>& calendars,
                   const View& section,
                   shard::Schedule& schedule) {
  const std::vector<View::Named> written = section.each("calendars");
  for (size_t i = 0; i < std::min(calendars.size(), written.size()); ++i) {
    const View& view = written[i].view;
    std::string says = joined(view.texts("open")) + " " + view.text("timezone");
    if (const std::string holidays = joined(view.texts("holidays")); !holidays.empty()) {
      says += " without " + holidays;
    }
    schedule.push_back({Catalogue::kCalendars,
                        any_or(calendars[i].brand),
                        calendars[i].valid_from,
                        std::move(says)});
  }
}

}  // namespace

shard::Schedule schedule_of(const Build& build) {
  shard::Schedule schedule;
  add_markets(build.plan.board->markets, schedule);
  if (build.plan.conversations != nullptr) {
    add_targets(build.plan.conversations->targets, schedule);
    add_calendars(
        build.plan.conversations->calendars, build.view.section("conversations"), schedule);
  }
  return schedule;
}

}  // namespace kaiku::config
