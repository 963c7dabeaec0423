#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/mapping_reader.h"
#include "config/nearest.h"
#include "config/plan_builder.h"

namespace kaiku::config {
namespace {

void check_routing(Build& build,
                   const View& view,
                   const Node& at,
                   const shard::SourcePlan& source) {
  if (source.routing == shard::Routing::kDirect) {
    if (source.keyed_by.empty()) {
      build.report.error_at(view.place("routing", at),
                            "KA053",
                            view.path_of("keyed_by"),
                            "a direct source has to say what its producer keys by",
                            "keyed_by: /id; or routing: routed, which takes any key");
    } else if (source.keyed_by.front() != '/') {
      build.report.error_at(view.place("keyed_by", at),
                            "KA040",
                            view.path_of("keyed_by"),
                            "keyed_by has to be a JSON Pointer, such as /id");
    }
    return;
  }
  for (const std::string_view key : {"keyed_by", "partitioner"}) {
    if (view.has(key)) {
      build.report.warning_at(view.place(key, at),
                              "KA057",
                              view.path_of(key),
                              std::string(key) + " is for routing: direct only");
    }
  }
}

void check_brand(Build& build, const View& view, const Node& at, shard::SourcePlan& source) {
  if (source.brand_constant.empty() || build.plan.brands == nullptr) {
    return;
  }
  const std::string_view known = build.plan.brands->by_field(source.brand_constant);
  if (known.empty()) {
    std::vector<std::string_view> ids;
    for (const match::Brand& brand : build.plan.brands->brands()) {
      ids.emplace_back(brand.id);
    }
    const std::string_view near = nearest(source.brand_constant, ids);
    build.report.error_at(view.place("brand", at),
                          "KA050",
                          view.path_of("brand"),
                          "no brand has the id \"" + view.place("brand", at).written + "\"",
                          near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?");
    return;
  }
  source.brand_constant = known;
}

// Text is read only to look for brands in it; where the brand is known without, it is not even
// unescaped.
constexpr std::array<std::string_view, 2> kOfText = {"text", "title"};
// What no figure of this plan depends on.
constexpr std::array<std::string_view, 20> kUnused = {"text_truncated",
                                                      "lang",
                                                      "url",
                                                      "conversation_id",
                                                      "in_reply_to",
                                                      "sentiment.model",
                                                      "campaign_id",
                                                      "customer_key",
                                                      "product",
                                                      "aspect",
                                                      "severity",
                                                      "status",
                                                      "ticket_id",
                                                      "touch.channel",
                                                      "touch.campaign_id",
                                                      "touch.click_id",
                                                      "touch.coupon",
                                                      "accepted_answer",
                                                      "csat",
                                                      "is_first_purchase"};

// What journeys need of it.
constexpr std::array<std::string_view, 6> kOfJourneys = {"customer_key",
                                                         "campaign_id",
                                                         "touch.channel",
                                                         "touch.campaign_id",
                                                         "touch.click_id",
                                                         "touch.coupon"};

constexpr std::array<std::string_view, 2> kOfCampaigns = {"campaign_id", "touch.campaign_id"};
constexpr std::array<std::string_view, 2> kOfFeedback = {"product", "aspect"};
// Where alerts of signals point to.
constexpr std::array<std::string_view, 1> kOfSignals = {"url"};
// Whom it is about, where that matters.
constexpr std::array<std::string_view, 1> kOfPrivacy = {"customer_key"};

// What conversations need of it.
constexpr std::array<std::string_view, 8> kOfThreads = {"url",
                                                        "conversation_id",
                                                        "in_reply_to",
                                                        "severity",
                                                        "status",
                                                        "ticket_id",
                                                        "accepted_answer",
                                                        "csat"};

std::shared_ptr<const parse::Mapping> without(const std::shared_ptr<const parse::Mapping>& mapping,
                                              std::span<const std::string_view> unused) {
  parse::Mapping slim = *mapping;
  const auto& fields = parse::canonical_fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (std::find(unused.begin(), unused.end(), fields[i]) != unused.end()) {
      slim.fields_used &= ~(uint64_t{1} << i);
    }
  }
  return std::make_shared<const parse::Mapping>(std::move(slim));
}

// False where the mapping gives all items one channel that is not restricted.
bool may_be_restricted(const shard::Plan& plan, const shard::SourcePlan& source) {
  const shard::PrivacyPlan& privacy = plan.privacy;
  if (!privacy.restricts() || source.mapping == nullptr) {
    return false;
  }
  for (const parse::FieldRule& rule : source.mapping->rules) {
    if (rule.field == "channel" && rule.alternatives.size() == 1 &&
        rule.alternatives[0].kind == parse::Extract::Kind::kConstant) {
      return privacy.is_restricted(plan.channels->id_of(rule.alternatives[0].constant));
    }
  }
  return true;
}

shard::SourcePlan read_source(Build& build, const View::Named& section) {
  const View& view = section.view;
  const View time = build.view.section("time");
  shard::SourcePlan source;
  source.name = section.name;
  source.mapping = read_mapping(
      view.find("mapping"), view.path_of("mapping"), section.name, build.scope, build.report);
  source.routing =
      view.text("routing") == "direct" ? shard::Routing::kDirect : shard::Routing::kRouted;
  source.keyed_by = view.text("keyed_by");
  source.partitioner = view.text("partitioner");
  source.bounded =
      view.has("bounded") ? view.boolean("bounded") : build.purpose == Purpose::kReplay;
  source.polled = view.boolean("polled");
  source.stable_time = view.section("time").boolean("stable");
  source.brand_constant = view.text("brand");
  source.max_future_us = view.number("max_future", time.number("max_future"));
  source.max_age_us = view.number("max_age", time.number("max_age"));
  source.hides_payload = may_be_restricted(build.plan, source);
  const shard::FacetPlan* const facets = build.plan.facets.get();
  const bool of_facets = facets != nullptr && (facets->topics != nullptr || facets->content_reuse);
  const bool looks_into_text = of_facets || build.plan.signals != nullptr ||
                               (source.brand_constant.empty() && !build.plan.open_brands);
  if (source.mapping != nullptr && !looks_into_text && !build.plan.outputs.has_items) {
    source.mapping = without(source.mapping, kOfText);
  }
  if (source.mapping != nullptr && !build.plan.outputs.has_items) {
    std::vector<std::string_view> unused(kUnused.begin(), kUnused.end());
    const auto use = [&unused](std::span<const std::string_view> fields) {
      std::erase_if(unused, [fields](std::string_view field) {
        return std::find(fields.begin(), fields.end(), field) != fields.end();
      });
    };
    if (build.plan.conversations != nullptr) {
      use(kOfThreads);
    }
    if (build.plan.journeys != nullptr) {
      use(kOfJourneys);
    }
    if (facets != nullptr && !facets->campaigns.empty()) {
      use(kOfCampaigns);
    }
    if (facets != nullptr && facets->feedback) {
      use(kOfFeedback);
    }
    if (build.plan.signals != nullptr) {
      use(kOfSignals);
    }
    if (build.plan.privacy.min_cell > 0 || build.plan.privacy.erases) {
      use(kOfPrivacy);
    }
    source.mapping = without(source.mapping, unused);
  }
  check_routing(build, view, *section.key, source);
  check_brand(build, view, *section.key, source);
  return source;
}

}  // namespace

void build_sources(Build& build) {
  for (const View::Named& section : build.view.each("sources")) {
    shard::SourcePlan source = read_source(build, section);
    log::Topic topic;
    topic.name = section.view.has("topic") ? section.view.text("topic") : section.name;
    topic.role = log::TopicRole::kSource;
    topic.partitions =
        source.routing == shard::Routing::kDirect ? static_cast<int32_t>(build.plan.shards) : 0;
    if (const auto taken = build.plan.topics.find(topic.name); taken.has_value()) {
      build.report.error_at(section.view.place("topic", *section.key),
                            "KA053",
                            section.view.path_of("topic"),
                            "the topic \"" + topic.name +
                                "\" is read by two sources: its records would be counted twice",
                            "one source with a mapping that tells the records apart");
      continue;
    }
    source.topic = build.plan.topics.add(std::move(topic));
    build.plan.sources.push_back(std::move(source));
  }
}

}  // namespace kaiku::config
