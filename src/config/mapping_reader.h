// read_mapping turns the `mapping` of a source into a parse::Mapping: a shipped one by name, a
// file, or the mapping itself.
//
// Threads: confined to one load.
// Owns:    nothing.
// Cost:    small.
// Fails:   nothing, with errors in the report: every field is looked at.
//
// In the tree a scalar that begins with / is a JSON Pointer, any other is a constant; a list is
// alternatives; a map with one of path, exists, prefix, multiply, join or constant is a rule; any
// other map nests names: `author: {id: /user/id}` is `author.id: /user/id`.
#pragma once

#include <memory>
#include <string>

#include "kaiku/parse/mapping.h"

#include "config/expansion.h"
#include "config/node.h"
#include "config/report.h"

namespace kaiku::config {

// `node` may be null: the canonical mapping. `name` is the source's.
[[nodiscard]] std::shared_ptr<const parse::Mapping> read_mapping(const Node* node,
                                                                 const std::string& path,
                                                                 const std::string& name,
                                                                 const ExpansionScope& scope,
                                                                 Report& report);

}  // namespace kaiku::config
