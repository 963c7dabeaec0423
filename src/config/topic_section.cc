#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "config/plan_builder.h"

namespace kaiku::config {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kVariable = "{window}";

std::string millis(int64_t microseconds) {
  return std::to_string(microseconds / base::kMillisecond);
}

class TopicBuilder {
 public:
  explicit TopicBuilder(Build& build)
      : build_(build),
        outputs_(build.view.section("outputs")),
        prefix_("kaiku." + build.plan.name + "."),
        partitions_(static_cast<int32_t>(outputs_.number("partitions", build.plan.shards))) {}

  void add_internal() {
    shard::Plan& plan = build_.plan;
    const auto shards = static_cast<int32_t>(plan.shards);
    // Long enough for a worker to be down over a long weekend; what was taken in is never read
    // again.
    const Settings exchange{{"cleanup.policy", "delete"}, {"retention.ms", millis(7 * base::kDay)}};
    plan.exchange = add({prefix_ + "exchange.v1", log::TopicRole::kExchange, shards, exchange},
                        build_.root,
                        "exchange");
    // Twice the longest life of an entry: what lives on is written again within one of them.
    const Settings changelog{{"cleanup.policy", "delete"},
                             {"retention.ms", millis(2 * longest_life())}};
    plan.changelog = add({prefix_ + "changelog.v1", log::TopicRole::kChangelog, shards, changelog},
                         build_.root,
                         "changelog");
  }

  void add_activity() {
    const View section = outputs_.section("aggregates");
    const Node& at = section.place("topic", build_.root);
    const std::string pattern = name_of(section, "activity.{window}.v1");
    if (pattern.find('{') != pattern.find(kVariable)) {
      return;  // told by the checker
    }
    const auto& windows = build_.plan.board->windows;
    if (windows.size() > 1 && pattern.find(kVariable) == std::string::npos) {
      build_.report.error_at(at,
                             "KA053",
                             section.path_of("topic"),
                             "with several windows the topic needs {window}: one topic for each",
                             "kaiku." + build_.plan.name + ".activity.{window}.v1");
      return;
    }
    for (const window::WindowSpec& window : windows) {
      std::string name = pattern;
      if (const size_t variable = name.find(kVariable); variable != std::string::npos) {
        name.replace(variable, kVariable.size(), window.name());
      }
      build_.plan.outputs.activity.push_back(
          add({name, log::TopicRole::kOutput, partitions_, table_settings()},
              at,
              section.path_of("topic")));
    }
    build_.plan.outputs.early_every_us = section.number("early_every");
  }

  void add_others() {
    shard::OutputPlan& outputs = build_.plan.outputs;
    outputs.kpi = add_output("kpis", "kpi.v1", table_settings());
    outputs.late = add_output("late", "late.v1", stream_settings());
    outputs.dead_letters = add_output("dead_letters", "dlq.v1", stream_settings());
    if (build_.plan.conversations != nullptr) {
      outputs.outcomes = add_output("outcomes", "outcomes.v1", table_settings());
    }
    if (build_.plan.conversations != nullptr || build_.plan.signals != nullptr) {
      outputs.alerts = add_output("alerts", "alerts.v1", table_settings());
    }
    if (build_.plan.privacy.erases) {
      outputs.erasures = add_output("erasures", "erasures.v1", table_settings());
    }
    outputs.dead_letter_budget_bytes =
        static_cast<size_t>(outputs_.section("dead_letters").number("budget"));
    if (outputs.has_items) {
      outputs.items = add_output("items", "items.v1", stream_settings());
    } else if (outputs_.has("items")) {
      build_.report.warning_at(outputs_.place("items", build_.root),
                               "KA057",
                               outputs_.path_of("items"),
                               "no items are published: this topic is never written",
                               "items: {publish: true}");
    }
  }

 private:
  [[nodiscard]] std::string name_of(const View& section, std::string_view usual) const {
    return section.has("topic") ? section.text("topic") : prefix_ + std::string(usual);
  }

  log::TopicId add_output(std::string_view key, std::string_view usual, Settings settings) {
    const View section = outputs_.section(key);
    return add({name_of(section, usual), log::TopicRole::kOutput, partitions_, std::move(settings)},
               section.place("topic", build_.root),
               section.path_of("topic"));
  }

  log::TopicId add(log::Topic topic, const Node& at, const std::string& path) {
    if (const auto taken = build_.plan.topics.find(topic.name); taken.has_value()) {
      const bool is_source = build_.plan.topics.at(*taken).role == log::TopicRole::kSource;
      build_.report.error_at(
          at,
          "KA053",
          path,
          "the topic \"" + topic.name + "\" " +
              (is_source ? "is a source too: the pipeline would read what it writes"
                         : "is written for two purposes"));
      return *taken;
    }
    return build_.plan.topics.add(std::move(topic));
  }

  // A key with a time in it never comes again: compaction alone would grow for ever.
  [[nodiscard]] Settings table_settings() const {
    int64_t final_after = 0;
    for (const window::WindowSpec& window : build_.plan.board->windows) {
      final_after = std::max(final_after, window.final_after_us());
    }
    return {{"cleanup.policy", "compact,delete"},
            {"retention.ms", millis(outputs_.number("retention"))},
            // Longer than a window is open after its end: readers see the revisions, not only the
            // last one.
            {"min.compaction.lag.ms", millis(final_after + base::kHour)}};
  }

  [[nodiscard]] Settings stream_settings() const {
    return {{"cleanup.policy", "delete"}, {"retention.ms", millis(outputs_.number("retention"))}};
  }

  [[nodiscard]] int64_t longest_life() const {
    int64_t life = std::max(build_.plan.dedup_horizon_us, build_.plan.items_retention_us);
    for (const window::WindowSpec& window : build_.plan.board->windows) {
      life = std::max(life, window.size_us() + window.retention_us());
    }
    if (build_.plan.journeys != nullptr) {
      const journey::KeyPlan& keys = build_.plan.journeys->keys;
      life = std::max(life, 2 * keys.look_back + keys.order_delay_max);
    }
    if (build_.plan.signals != nullptr) {
      // A term that was not used for so long has faded, or all but.
      life = std::max(life, 60 * base::kDay);
    }
    return life;
  }

  Build& build_;
  View outputs_;
  std::string prefix_;
  int32_t partitions_;
};

}  // namespace

void build_topics(Build& build) {
  TopicBuilder topics(build);
  topics.add_internal();
  topics.add_activity();
  topics.add_others();
}

}  // namespace kaiku::config
