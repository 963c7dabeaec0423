// read_tests checks the `tests` of a pipeline file and turns their records into JSON.
//
// Threads: confined to one load.
// Owns:    what it returns.
// Cost:    small.
// Fails:   errors in the report; a case that is wrong is left out.
#pragma once

#include <string>
#include <vector>

#include "kaiku/config/pipeline_config.h"

#include "config/node.h"
#include "config/report.h"

namespace kaiku::config {

// `root` is the whole file: inputs name its sources.
[[nodiscard]] std::vector<TestCase> read_tests(const Node& root, Report& report);

// A value as JSON. Plain scalars follow YAML 1.2's core schema: true, false, null and numbers that
// are JSON numbers; everything else, and everything in quotes, is text.
[[nodiscard]] std::string to_json(const Node& node);

}  // namespace kaiku::config
