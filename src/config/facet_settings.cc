#include "config/facet_settings.h"

#include "kaiku/base/event_time.h"

namespace kaiku::config {
namespace {

using base::kDay;

constexpr std::string_view kMeasures =
    "posts|mentions|impressions|views|clicks|engagements|visits|leads|opportunities|orders|"
    "subscriptions";
constexpr std::string_view kCompared = "mentions|bug_reports|support_contacts|orders|visits|leads";

Setting list(std::string_view path, std::string_view help, std::string_view otherwise) {
  return {.path = path, .type = Type::kList, .help = help, .fallback_help = otherwise};
}

Setting required(Type type, std::string_view path, std::string_view help) {
  return {.path = path, .type = type, .required = true, .help = help};
}

Setting optional(Type type, std::string_view path, std::string_view help) {
  return {.path = path, .type = type, .help = help};
}

Setting span(std::string_view path, std::string_view help) {
  return {.path = path,
          .type = Type::kDuration,
          .fallback = "28d",
          .least = kDay,
          .most = 366 * kDay,
          .help = help};
}

void add_campaigns(std::vector<Setting>& all) {
  all.push_back(list("campaigns",
                     "Campaigns: how many of those who saw one did the next step, and what a step "
                     "cost. An item belongs to a campaign by its `campaign_id` or "
                     "`touch.campaign_id`.",
                     "no campaign"));
  all.push_back(required(Type::kWord, "campaigns.*.id", "As it stands in records."));
  all.push_back(required(Type::kText, "campaigns.*.brand", "The brand it is for."));
  all.push_back({.path = "campaigns.*.ids",
                 .type = Type::kTextList,
                 .help = "What records call it, exactly.",
                 .fallback_help = "its id"});
  all.push_back(
      optional(Type::kText,
               "campaigns.*.from",
               "First day, or RFC 3339 time in whole minutes. With `to` there are figures "
               "of the whole campaign too, in the window in which it ends."));
  all.push_back(optional(Type::kText, "campaigns.*.to", "The day or time after its last one."));
  all.push_back({.path = "campaigns.*.steps",
                 .type = Type::kList,
                 .required = true,
                 .help = "The funnel, widest first."});
  all.push_back(required(Type::kWord, "campaigns.*.steps.*.name", "As it stands in records."));
  all.push_back({.path = "campaigns.*.steps.*.of",
                 .type = Type::kChoice,
                 .required = true,
                 .choices = kMeasures,
                 .help = "What the step counts."});
  all.push_back(optional(
      Type::kText, "campaigns.*.steps.*.channel", "Count only this channel; by default all."));
}

}  // namespace

std::vector<Setting> facet_settings() {
  std::vector<Setting> all;
  add_campaigns(all);
  all.push_back(list("topics",
                     "Themes that brands want to lead: share of voice among all mentions of a "
                     "topic. A topic is found in texts as a brand is.",
                     "no topic"));
  all.push_back(required(Type::kWord, "topics.*.id", "As it stands in records."));
  all.push_back({.path = "topics.*.aliases",
                 .type = Type::kTextList,
                 .required = true,
                 .help = "Words and phrases of the topic."});
  all.push_back(optional(
      Type::kTextList, "topics.*.exclude", "Phrases in which an alias does not mean the topic."));
  all.push_back(optional(Type::kSection,
                         "feedback",
                         "What people say of products and their aspects, by the labels `product`, "
                         "`aspect` and `sentiment.label` of the items."));
  all.push_back(optional(Type::kTextList,
                         "feedback.products",
                         "Labels that are counted by name; others are `_other`."));
  all.push_back(optional(Type::kTextList, "feedback.aspects", "Likewise."));
  all.push_back(optional(Type::kSection, "content", "What the brands themselves post."));
  all.push_back({.path = "content.reuse",
                 .type = Type::kBoolean,
                 .fallback = "false",
                 .help = "Say in how many channels a content was used: posts with the same words, "
                         "whatever their links, tags and addressees."});
  all.push_back(list("comparisons",
                     "Counts before and after a change whose day is declared: a channel that "
                     "opened, a community that was closed. Nothing is searched for, and that the "
                     "change caused anything is not said.",
                     "no comparison"));
  all.push_back(required(Type::kWord, "comparisons.*.id", "As it stands in records."));
  all.push_back(required(Type::kText, "comparisons.*.brand", "The brand it is about."));
  all.push_back({.path = "comparisons.*.of",
                 .type = Type::kChoice,
                 .required = true,
                 .choices = kCompared,
                 .help = "What is counted; `visits` and `leads` as `business.figures` says."});
  all.push_back(
      optional(Type::kText, "comparisons.*.channel", "Count only this channel; by default all."));
  all.push_back(
      required(Type::kText, "comparisons.*.changed_at", "Day, or RFC 3339 time in whole minutes."));
  all.push_back(span("comparisons.*.before", "How long before it is compared."));
  all.push_back(span("comparisons.*.after", "How long after it."));
  return all;
}

}  // namespace kaiku::config
