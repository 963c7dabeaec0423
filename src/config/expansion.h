// Expansion fills ${VAR}, ${VAR:-default}, ${VAR:?message}, ${file:path} and $$ into the values of
// a tree.
//
// Threads: confined to one load.
// Owns:    nothing.
// Cost:    one look at every value; a file read for each ${file:}.
// Fails:   an error at the value. Keys and the `tests` section stay as they are written.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/node.h"
#include "config/report.h"

namespace kaiku::config {

using Environment = std::function<std::optional<std::string>(std::string_view)>;

struct ExpansionScope {
  Environment env;
  std::string base_dir;
  // In `log` and `state` a missing variable or file is no error: the value is as good as not
  // written.
  bool broker_is_optional = false;
};

void expand(Node& root, const ExpansionScope& scope, Report& report);

}  // namespace kaiku::config
