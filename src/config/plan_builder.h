// build_plan turns a checked tree into a Plan: what single settings cannot know (topics that
// collide, brands that do not exist, windows that cannot be) is found here.
//
// Threads: confined to one load.
// Owns:    what it returns.
// Cost:    compiles the aliases and the mappings.
// Fails:   errors in the report; then the plan is not to be used.
#pragma once

#include <memory>
#include <string>

#include "kaiku/config/pipeline_config.h"
#include "kaiku/shard/plan.h"

#include "config/expansion.h"
#include "config/node.h"
#include "config/report.h"
#include "config/view.h"

namespace kaiku::config {

// What every part of the builder needs.
struct Build {
  const Node& root;
  View view;  // of the whole file
  ExpansionScope scope;
  Purpose purpose = Purpose::kRun;
  Report& report;
  shard::Plan plan;
  // Per window of the board: its zone, which WindowSpec does not give back.
  std::vector<std::string> zones;
};

[[nodiscard]] std::shared_ptr<const shard::Plan> build_plan(const Node& root,
                                                            const std::string& file,
                                                            const ExpansionScope& scope,
                                                            Purpose purpose,
                                                            Report& report);

// The parts, in the order they run; each fills its fields of the plan.
void build_catalogues(Build& build);
void build_windows(Build& build);
// Campaigns, topics and what else is counted beside brands, for the plan and its board.
void build_facets(Build& build, board::BoardPlan& board);
// Business kinds that are counted, a bit each.
[[nodiscard]] uint16_t read_figures(Build& build);
void build_privacy(Build& build);
void build_conversations(Build& build);
void build_journeys(Build& build);
void build_signals(Build& build);
void build_sources(Build& build);
void build_topics(Build& build);
// What of the plan has dates, besides prices.
[[nodiscard]] shard::Schedule schedule_of(const Build& build);
[[nodiscard]] uint64_t fingerprint_of(const Build& build);

}  // namespace kaiku::config
