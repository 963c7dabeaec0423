// The section `conversations`: what opens one, how fast it is to be answered, working hours.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/conversation/conversation_plan.h"

#include "config/plan_builder.h"

namespace kaiku::config {
namespace {

using window::BusinessHours;

constexpr std::array<std::string_view, BusinessHours::kDaysOfWeek> kDays = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::string_view kExample = "mon-fri 09:00-17:00";

std::optional<size_t> day_of_week(std::string_view name) {
  const auto found = std::find(kDays.begin(), kDays.end(), name);
  return found == kDays.end() ? std::nullopt
                              : std::optional(static_cast<size_t>(found - kDays.begin()));
}

// "09:30" to the minute of the day; 24:00 is its end.
std::optional<int32_t> minute_of_day(std::string_view text) {
  const auto digit = [&](size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int32_t hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int32_t minute = (text[3] - '0') * 10 + (text[4] - '0');
  const int32_t all = hour * 60 + minute;
  return minute > 59 || all > 24 * 60 ? std::nullopt : std::optional(all);
}

// Splits at the first `mark`; false if there is none.
bool split(std::string_view text, char mark, std::string_view& before, std::string_view& after) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return false;
  }
  before = text.substr(0, at);
  after = text.substr(at + 1);
  return true;
}

// "mon-fri 09:00-17:00" into the week; false if it is not of that form.
bool add_hours(std::string_view text, BusinessHours::Week& week) {
  std::string_view days;
  std::string_view hours;
  std::string_view begin;
  std::string_view end;
  if (!split(text, ' ', days, hours) || !split(hours, '-', begin, end)) {
    return false;
  }
  std::string_view first = days;
  std::string_view last = days;
  (void)split(days, '-', first, last);
  const auto from = day_of_week(first);
  const auto to = day_of_week(last);
  const auto opens = minute_of_day(begin);
  const auto closes = minute_of_day(end);
  if (!from || !to || *from > *to || !opens || !closes || *opens >= *closes) {
    return false;
  }
  for (size_t day = *from; day <= *to; ++day) {
    week[day].push_back({*opens, *closes});
  }
  return true;
}

std::shared_ptr<const BusinessHours> read_hours(Build& build, const View& view) {
  const std::vector<std::string> open = view.texts("open");
  if (open.empty()) {
    return nullptr;  // always
  }
  const Node& at = view.place("open", build.root);
  BusinessHours::Week week;
  for (const std::string& text : open) {
    if (!add_hours(text, week)) {
      build.report.error_at(at,
                            "KA058",
                            view.path_of("open"),
                            "\"" + text + "\" is no span of working hours",
                            std::string(kExample));
      return nullptr;
    }
  }
  std::vector<int32_t> holidays;
  for (const std::string& text : view.texts("holidays")) {
    const base::EventTime midnight = base::parse_rfc3339(text + "T00:00:00Z");
    if (midnight == base::kNoTime) {
      build.report.error_at(view.place("holidays", build.root),
                            "KA058",
                            view.path_of("holidays"),
                            "\"" + text + "\" is no date",
                            "2026-12-06");
      return nullptr;
    }
    holidays.push_back(base::day_of(midnight));
  }
  const std::string zone = view.text("timezone");
  auto hours = BusinessHours::make(zone == "UTC" ? "" : zone, std::move(week), std::move(holidays));
  if (!hours.has_value()) {
    build.report.error_at(at, "KA058", view.path(), hours.error().message());
    return nullptr;
  }
  return std::make_shared<const BusinessHours>(std::move(hours).value());
}

// A date, which begins at midnight UTC, or a time.
base::EventTime read_valid_from(Build& build, const View& view) {
  const std::string text = view.text("valid_from");
  if (text.empty()) {
    return base::kTimeBegin;
  }
  const base::EventTime date = base::parse_rfc3339(text + "T00:00:00Z");
  const base::EventTime time = date != base::kNoTime ? date : base::parse_rfc3339(text);
  if (time == base::kNoTime) {
    build.report.error_at(view.place("valid_from", build.root),
                          "KA073",
                          view.path_of("valid_from"),
                          "\"" + text + "\" is neither a date nor a time",
                          "2026-12-06, or 2026-12-06T08:00:00Z");
    return base::kTimeBegin;
  }
  return time;
}

std::string read_brand(Build& build, const View& view, const Node& at) {
  std::string brand = view.text("brand");
  if (brand.empty() || build.plan.brands == nullptr) {
    return brand;
  }
  const auto& brands = build.plan.brands->brands();
  const bool known =
      std::any_of(brands.begin(), brands.end(), [&](const auto& each) { return each.id == brand; });
  if (!known) {
    build.report.error_at(view.place("brand", at),
                          "KA073",
                          view.path_of("brand"),
                          "no brand has the id \"" + brand + "\"");
  }
  return brand;
}

conversation::SlaTarget read_target(Build& build, const View::Named& section) {
  const View& view = section.view;
  conversation::SlaTarget target;
  target.name = view.text("name");
  target.channel = view.text("channel");
  target.type = view.text("type");
  target.target_us = view.number("within", base::kHour);
  target.business_hours = view.boolean("business_hours");
  target.brand = read_brand(build, view, *section.key);
  target.valid_from = read_valid_from(build, view);
  (void)model::parse_name(view.text("severity"), target.severity);
  const auto& channels = build.plan.channels->channels();
  const bool known = target.channel.empty() ||
                     std::any_of(channels.begin(), channels.end(), [&](const auto& channel) {
                       return channel.id == target.channel;
                     });
  if (!known) {
    build.report.error_at(view.place("channel", *section.key),
                          "KA058",
                          view.path_of("channel"),
                          "no channel has the id \"" + target.channel + "\"");
  }
  return target;
}

}  // namespace

void build_conversations(Build& build) {
  const View view = build.view.section("conversations");
  if (!view.boolean("follow")) {
    return;
  }
  auto plan = std::make_shared<conversation::ConversationPlan>();
  if (const std::vector<std::string> types = view.texts("open_by"); !types.empty()) {
    plan->opening_types.clear();
    for (const std::string& name : types) {
      model::ItemType type = model::ItemType::kMention;
      if (!model::parse_name(name, type) ||
          (type != model::ItemType::kBugReport && type != model::ItemType::kSupportMessage)) {
        build.report.error_at(view.place("open_by", build.root),
                              "KA058",
                              view.path_of("open_by"),
                              "\"" + name + "\" opens no conversation",
                              "bug_report, support_message");
        continue;
      }
      plan->opening_types.push_back(type);
    }
  }
  plan->inactivity_us = view.number("inactivity");
  plan->ttl_us = view.number("ttl");
  plan->lateness_us = build.plan.time.lateness_us;
  plan->default_hours = read_hours(build, view.section("business_hours"));
  for (const View::Named& section : view.each("calendars")) {
    conversation::Calendar calendar;
    calendar.brand = read_brand(build, section.view, *section.key);
    calendar.valid_from = read_valid_from(build, section.view);
    calendar.hours = read_hours(build, section.view);
    plan->calendars.push_back(std::move(calendar));
  }
  for (const View::Named& target : view.each("targets")) {
    plan->targets.push_back(read_target(build, target));
  }
  plan->restricted = build.plan.privacy.restricted;
  plan->restricts_all = build.plan.privacy.min_cell > 0;
  build.plan.conversations = std::move(plan);
}

}  // namespace kaiku::config
