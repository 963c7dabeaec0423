// read_rule turns the value of one field of a mapping into the ways it may be found.
//
// Threads: confined to one load.
// Owns:    nothing.
// Cost:    small.
// Fails:   what is wrong is in the report; the alternatives that are right come back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kaiku/parse/mapping.h"

#include "config/node.h"
#include "config/report.h"

namespace kaiku::config {

[[nodiscard]] std::vector<parse::Extract> read_rule(const Node& value,
                                                    const std::string& path,
                                                    Report& report);

// One condition or a list of them: {path: /a}, {path: /a, in: [x, y]}, not_in, exists: false.
[[nodiscard]] std::vector<parse::Condition> read_conditions(const Node& value,
                                                            const std::string& path,
                                                            Report& report);

}  // namespace kaiku::config
