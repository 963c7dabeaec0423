// read_yaml turns one YAML document into a Node, or says why it cannot.
//
// Threads: pure.
// Owns:    what it returns.
// Cost:    about 1 us a node.
// Fails:   nothing, with at least one error in the report. Bounds: 4 MiB, 64 levels, 200,000 nodes
// with the
//          copies that aliases make.
//
// Stricter than YAML where YAML surprises: no tags, no merge keys, no second document, no duplicate
// keys, no tab in indentation, no key that is not plain text. Plain scalars stay text: what `010`,
// `on` or `1e3` mean is decided by the setting that reads them.
#pragma once

#include <optional>
#include <string_view>

#include "config/node.h"
#include "config/report.h"

namespace kaiku::config {

// `source` is the text's number in `report`.
[[nodiscard]] std::optional<Node> read_yaml(std::string_view text, uint32_t source, Report& report);

}  // namespace kaiku::config
