// Overrides: `--set time.lateness=1m` changes one value of the tree before it is checked.
//
// Threads: confined to one load.
// Owns:    nothing.
// Cost:    small.
// Fails:   an error whose file is the option itself.
//
// Keys are separated by dots; elements of a list are numbers from 0. Below log.common, log.consumer
// and log.producer the rest is one librdkafka name. A value that begins with [, {, " or ' is YAML,
// everything else is text as it stands.
#pragma once

#include <string>
#include <vector>

#include "config/node.h"
#include "config/report.h"

namespace kaiku::config {

void apply_overrides(Node& root, const std::vector<std::string>& overrides, Report& report);

}  // namespace kaiku::config
