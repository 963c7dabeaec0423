// check_tree holds a tree against the table of settings: keys, types, ranges, choices, what is
// missing.
//
// Threads: confined to one load.
// Owns:    nothing.
// Cost:    small.
// Fails:   errors in the report, all of them. What it lets pass, View reads without looking back.
#pragma once

#include "config/node.h"
#include "config/report.h"

namespace kaiku::config {

void check_tree(const Node& root, Report& report);

// The name of a pipeline: small letters, digits and hyphens, a letter or digit first, at most 63.
[[nodiscard]] bool is_plain_name(std::string_view name);
// The name of a source, a window or a channel: underscores too.
[[nodiscard]] bool is_user_name(std::string_view name);
// What Kafka takes for a topic: letters, digits, '.', '_' and '-', at most 249 of them.
[[nodiscard]] bool is_topic_name(std::string_view name);

}  // namespace kaiku::config
