// Program: a mapping compiled for the walk: its paths as tries, its rules with the nodes they read.
//
// Threads: immutable.
// Owns:    the tries and rules; keeps the mapping alive, whose strings it points into.
// Cost:    built once per parser.
// Fails:   compile() with a message that names field and path.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/parse/mapping.h"

#include "field.h"
#include "path_trie.h"

namespace kaiku::parse {

// Where a path is read: a node of the element's trie, or of the record's.
struct Ref {
  uint32_t node = 0;
  bool of_record = false;
};

struct Check {
  const Condition* condition = nullptr;
  Ref path;
};

struct Step {
  const Extract* extract = nullptr;
  Ref path;
  Ref second;  // kMultiply: second factor; kSecondsNanos: nanos, and `path` is the seconds
  std::vector<Step> parts;
  std::vector<Check> checks;
};

struct Rule {
  FieldId field = FieldId::kEventId;
  const Field* to = nullptr;  // of `field`
  bool required = false;
  bool is_plain = false;  // one path of the element and nothing else
  uint32_t node = 0;      // of that path
  std::vector<Step> steps;
};

struct Program {
  std::shared_ptr<const Mapping> mapping;
  bool has_items = false;
  std::vector<uint32_t> items_nodes;  // in `record`
  PathTrie record;                    // of use only with has_items
  PathTrie element;
  std::vector<Rule> rules;         // in the order of FieldId, each field once
  uint64_t always = 0;             // bit i: rules[i] has to be evaluated whatever is there
  std::vector<uint64_t> rules_of;  // per node of `element`; bit i: rules[i] reads it
  std::vector<Check> checks;

  [[nodiscard]] bool is_items(uint32_t record_node) const {
    return std::find(items_nodes.begin(), items_nodes.end(), record_node) != items_nodes.end();
  }

  bool has_time = false;  // a rule names occurred_at
};

[[nodiscard]] base::Result<std::unique_ptr<const Program>> compile(
    std::shared_ptr<const Mapping> mapping);

}  // namespace kaiku::parse
