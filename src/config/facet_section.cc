// The sections `campaigns`, `topics`, `feedback`, `content` and `comparisons`, and
// `business.figures`: what is counted beside brands and channels.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/base/limits.h"
#include "kaiku/exchange/delta_key.h"

#include "config/plan_builder.h"
#include "config/values.h"

namespace kaiku::config {
namespace {

using base::EventTime;
using model::BusinessKind;

// What a section is refused with.
struct Refusal {
  Build& build;
  const View& view;
  const Node& element;
  std::string_view code;

  void operator()(std::string_view key, const std::string& problem, const std::string& hint = "") {
    build.report.error_at(view.place(key, element), code, view.path_of(key), problem, hint);
  }
};

bool is_brand(const Build& build, const std::string& brand) {
  return build.plan.open_brands ||
         (build.plan.brands != nullptr && build.plan.brands->by_field(brand) == brand);
}

bool is_channel(const Build& build, const std::string& channel) {
  const auto& channels = build.plan.channels->channels();
  return channel.empty() || channels.empty() ||
         std::any_of(channels.begin(), channels.end(), [&](const match::Channel& each) {
           return each.id == channel;
         });
}

void check_place(Build& build, const View& view, std::string_view brand_key, Refusal& refuse) {
  if (const std::string brand = view.text(brand_key); !is_brand(build, brand)) {
    refuse(brand_key, "no brand has the id \"" + brand + "\"");
  }
}

void check_channel(Build& build, const View& view, Refusal& refuse) {
  if (const std::string channel = view.text("channel"); !is_channel(build, channel)) {
    refuse("channel", "no channel has the id \"" + channel + "\"");
  }
}

void read_steps(Build& build, const View& view, board::Campaign& campaign) {
  std::set<std::string> names;
  for (const View::Named& section : view.each("steps")) {
    Refusal refuse{build, section.view, *section.key, "KA065"};
    board::CampaignStep step;
    step.name = section.view.text("name");
    step.channel = section.view.text("channel");
    check_channel(build, section.view, refuse);
    if (!board::parse_name(section.view.text("of"), step.of)) {
      continue;  // the checker has said why
    }
    if (!names.insert(step.name).second) {
      refuse("name", "two steps have the name \"" + step.name + "\"");
    }
    campaign.steps.push_back(std::move(step));
  }
}

void read_period(const View& view, Refusal& refuse, board::Campaign& campaign) {
  if (!view.has("from") && !view.has("to")) {
    return;
  }
  if (!view.has("from") || !view.has("to")) {
    refuse(view.has("from") ? "from" : "to", "a period has both `from` and `to`");
    return;
  }
  const auto from = read_moment(view.text("from"));
  const auto to = read_moment(view.text("to"));
  if (!from || !to || *from >= *to) {
    refuse(!from ? "from" : "to",
           "a period begins and ends on a day, or at a time in whole minutes, and ends later",
           "from: 2026-03-02, to: 2026-03-08");
    return;
  }
  campaign.from = *from;
  campaign.to = *to;
  campaign.period = exchange::kPeriodMark + std::string(campaign.id());
}

std::vector<board::Campaign> build_campaigns(Build& build, shard::FacetPlan& facets) {
  std::vector<board::Campaign> campaigns;
  for (const View::Named& section : build.view.each("campaigns")) {
    const View& view = section.view;
    Refusal refuse{build, view, *section.key, "KA065"};
    board::Campaign campaign;
    campaign.cells = exchange::kCampaignMark + view.text("id");
    campaign.brand = view.text("brand");
    check_place(build, view, "brand", refuse);
    read_steps(build, view, campaign);
    if (campaign.steps.empty()) {
      refuse("steps", "a campaign has at least one step", "{name: views, of: views}");
    }
    read_period(view, refuse, campaign);
    const std::vector<std::string> ids =
        view.has("ids") ? view.texts("ids") : std::vector{std::string(campaign.id())};
    for (const std::string& id : ids) {
      if (id.empty() || id.size() > base::limits::kIdBytes) {
        refuse("ids", "an id has 1 to " + std::to_string(base::limits::kIdBytes) + " bytes");
      } else if (!facets.campaigns.emplace(id, campaign.cells).second) {
        refuse("ids", "two campaigns have the id \"" + id + "\"");
      }
    }
    const bool is_twice = std::any_of(campaigns.begin(), campaigns.end(), [&](const auto& each) {
      return each.cells == campaign.cells;
    });
    if (is_twice) {
      refuse("id", "two campaigns have the id \"" + view.text("id") + "\"");
      continue;
    }
    campaigns.push_back(std::move(campaign));
  }
  return campaigns;
}

std::vector<board::Comparison> build_comparisons(Build& build) {
  std::vector<board::Comparison> comparisons;
  for (const View::Named& section : build.view.each("comparisons")) {
    const View& view = section.view;
    Refusal refuse{build, view, *section.key, "KA067"};
    board::Comparison comparison;
    comparison.cells = exchange::kComparisonMark + view.text("id");
    comparison.brand = view.text("brand");
    comparison.channel = view.text("channel");
    check_place(build, view, "brand", refuse);
    check_channel(build, view, refuse);
    if (!board::parse_name(view.text("of"), comparison.of)) {
      continue;  // the checker has said why
    }
    const bool needs = (comparison.of == board::Compared::kVisits &&
                        !build.plan.commerce.counts(BusinessKind::kVisit)) ||
                       (comparison.of == board::Compared::kLeads &&
                        !build.plan.commerce.counts(BusinessKind::kLead));
    if (needs) {
      refuse("of", "nobody counts " + view.text("of"), "business: {figures: [visits, leads]}");
    }
    const auto changed_at = read_moment(view.text("changed_at"));
    if (!changed_at) {
      refuse("changed_at", "it is a day, or a time in whole minutes", "2026-03-02");
      continue;
    }
    comparison.changed_at = *changed_at;
    comparison.before_us = view.number("before");
    comparison.after_us = view.number("after");
    const bool is_twice =
        std::any_of(comparisons.begin(), comparisons.end(), [&](const auto& each) {
          return each.cells == comparison.cells;
        });
    if (is_twice) {
      refuse("id", "two comparisons have the id \"" + view.text("id") + "\"");
      continue;
    }
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

std::shared_ptr<const match::BrandMatcher> build_topics_matcher(Build& build) {
  std::vector<match::Brand> topics;
  const std::vector<View::Named> sections = build.view.each("topics");
  for (const View::Named& section : sections) {
    topics.push_back({section.view.text("id"),
                      "",
                      section.view.texts("aliases"),
                      section.view.texts("exclude"),
                      {}});
  }
  if (topics.empty()) {
    return nullptr;
  }
  auto matcher = match::BrandMatcher::build(std::move(topics));
  if (!matcher.has_value()) {
    build.report.error_at(*sections.front().key, "KA066", "topics", matcher.error().message());
    return nullptr;
  }
  return std::move(matcher).value();
}

void read_labels(Build& build,
                 const View& view,
                 std::string_view key,
                 std::set<std::string, std::less<>>& labels) {
  for (const std::string& label : view.texts(key)) {
    if (label.empty() || label.size() > base::limits::kNameBytes || label.front() == '_') {
      build.report.error_at(view.place(key, build.root),
                            "KA066",
                            view.path_of(key),
                            "a label has 1 to " + std::to_string(base::limits::kNameBytes) +
                                " bytes and does not begin with _");
      continue;
    }
    labels.insert(label);
  }
}

}  // namespace

void build_facets(Build& build, board::BoardPlan& board) {
  auto facets = std::make_shared<shard::FacetPlan>();
  board.campaigns = build_campaigns(build, *facets);
  board.comparisons = build_comparisons(build);
  facets->topics = build_topics_matcher(build);
  const View feedback = build.view.section("feedback");
  facets->feedback = feedback.has("products") || feedback.has("aspects");
  read_labels(build, feedback, "products", facets->products);
  read_labels(build, feedback, "aspects", facets->aspects);
  facets->content_reuse = build.view.section("content").boolean("reuse");
  if (!facets->campaigns.empty() || facets->topics != nullptr || facets->feedback ||
      facets->content_reuse) {
    build.plan.facets = std::move(facets);
  }
}

uint16_t read_figures(Build& build) {
  struct Group {
    std::string_view name;
    BusinessKind first;
    BusinessKind second;
  };

  static constexpr std::array<Group, 6> kGroups = {{
      {"cancellations", BusinessKind::kCancellation, BusinessKind::kCancellation},
      {"leads", BusinessKind::kLead, BusinessKind::kLead},
      {"opportunities", BusinessKind::kOpportunity, BusinessKind::kOpportunity},
      {"subscriptions", BusinessKind::kSubscriptionStart, BusinessKind::kSubscriptionEnd},
      {"visits", BusinessKind::kVisit, BusinessKind::kVisit},
      {"promotions", BusinessKind::kPromotion, BusinessKind::kPromotion},
  }};
  const View business = build.view.section("business");
  unsigned kinds = 0;
  for (const std::string& name : business.texts("figures")) {
    const auto group = std::find_if(
        kGroups.begin(), kGroups.end(), [&](const Group& each) { return each.name == name; });
    if (group == kGroups.end()) {
      build.report.error_at(
          business.place("figures", build.root),
          "KA065",
          "business.figures",
          "\"" + name + "\" is no figure of business records",
          "cancellations, leads, opportunities, subscriptions, visits, promotions");
      continue;
    }
    kinds |= 1U << static_cast<unsigned>(group->first);
    kinds |= 1U << static_cast<unsigned>(group->second);
  }
  return static_cast<uint16_t>(kinds);
}

}  // namespace kaiku::config
