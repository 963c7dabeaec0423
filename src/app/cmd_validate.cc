#include <cstdio>

#include <fmt/format.h>

#include "kaiku/config/pipeline_config.h"
#include "kaiku/config/reference.h"
#include "kaiku/metrics/catalogue.h"

#include "app/commands.h"
#include "app/inventory.h"

namespace kaiku::app {

int validate_command(const std::vector<std::string>& files,
                     const CommonOptions& common,
                     bool deny_warnings,
                     bool connect) {
  bool good = true;
  std::vector<config::Diagnostic> all;
  for (const std::string& file : files) {
    config::LoadOptions load;
    load.purpose = config::Purpose::kValidate;
    load.overrides = common.set;
    config::Loaded loaded = config::load_pipeline(file, load);
    good = good && loaded.plan != nullptr;
    good = good && (!deny_warnings || loaded.diagnostics.empty());
    if (loaded.plan != nullptr && !common.json) {
      fmt::print("{}: valid ({} sources, {} shards)\n",
                 file,
                 loaded.plan->sources.size(),
                 loaded.plan->shards);
    }
    if (loaded.plan != nullptr && connect) {
      TopicOptions one;
      one.common = common;
      one.common.pipeline = file;
      good = topics_command(one) == 0 && good;
    }
    std::move(loaded.diagnostics.begin(), loaded.diagnostics.end(), std::back_inserter(all));
  }
  if (common.json) {
    fmt::print("{}\n", config::render_json(all));
  } else {
    std::fputs(config::render(all).c_str(), stderr);
  }
  return static_cast<int>(good ? base::Exit::kOk : base::Exit::kConfig);
}

int explain_command(const std::string& what, const CommonOptions& common, bool data) {
  if (const config::CodeHelp* help = config::find_code(what); help != nullptr) {
    fmt::print("{}: {}\n\n{}\n", help->code, help->title, help->help);
    return 0;
  }
  config::LoadOptions load;
  load.purpose = config::Purpose::kValidate;
  load.overrides = common.set;
  const config::Loaded loaded = config::load_pipeline(what, load);
  if (loaded.plan == nullptr) {
    std::fputs(config::render(loaded.diagnostics).c_str(), stderr);
    return static_cast<int>(base::Exit::kConfig);
  }
  const shard::Plan& plan = *loaded.plan;
  if (data) {
    fmt::print("{}", common.json ? inventory_json(plan) + "\n" : inventory_table(plan));
    return 0;
  }
  fmt::print("pipeline {} ({} shards, plan {:016x})\n{}\n",
             plan.name,
             plan.shards,
             plan.fingerprint,
             loaded.description);
  for (const shard::SourcePlan& source : plan.sources) {
    fmt::print("source {}: topic {}, mapping {}, {}\n",
               source.name,
               plan.topics.at(source.topic).name,
               source.mapping->canonical ? "canonical" : source.mapping->name,
               source.routing == shard::Routing::kDirect ? "direct" : "routed");
  }
  for (const window::WindowSpec& window : plan.board->windows) {
    fmt::print("window {}: {} s, final {} s after its end\n",
               window.name(),
               window.size_us() / base::kSecond,
               window.final_after_us() / base::kSecond);
  }
  for (size_t i = 0; i < plan.topics.size(); ++i) {
    const log::Topic& topic = plan.topics.at(static_cast<log::TopicId>(i));
    fmt::print("topic {} ({} partitions)\n",
               topic.name,
               topic.partitions == 0 ? "as it has" : std::to_string(topic.partitions));
  }
  return 0;
}

int schema_command(const std::string& what) {
  if (what == "config") {
    fmt::print("{}\n", config::config_schema_json());
    return 0;
  }
  if (what == "metrics") {
    fmt::print("{}\n", metrics::catalogue_markdown("euros"));
    return 0;
  }
  return report(base::Status::stop(base::Exit::kUsage,
                                   "schema knows: config, metrics (records: pipelines/schemas/)"));
}

}  // namespace kaiku::app
