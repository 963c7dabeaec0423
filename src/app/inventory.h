// Inventory: which data a pipeline reads, keeps and lets go: topics, fields, retention and
// classification, worked out from the plan, so that a record of processing cannot drift from it.
//
// Threads: any.
// Owns:    what it returns.
// Cost:    of no concern.
// Fails:   never.
// Format:  a table in Markdown, or JSON: {"pipeline", "data": [{"place", "role", "holds", "class",
//          "persons", "retention_seconds", "withheld"}]}. Classes are those of the CloudEvents
//          extension for data classification: public, internal, confidential, restricted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kaiku/shard/plan.h"

namespace kaiku::app {

struct DataRow {
  static constexpr int64_t kUntilCommitted = -1;

  std::string place;  // a topic, or a table of the state
  std::string role;   // source, exchange, changelog, output, state
  std::string holds;  // in words or as field names
  std::string classification;
  std::string persons;       // none, counted, pseudonyms, as received
  int64_t retention_us = 0;  // 0: as the topic has it
  std::string withheld;      // what the plan keeps out of it; "" for nothing
};

[[nodiscard]] std::vector<DataRow> inventory_of(const shard::Plan& plan);
[[nodiscard]] std::string inventory_table(const shard::Plan& plan);
[[nodiscard]] std::string inventory_json(const shard::Plan& plan);

}  // namespace kaiku::app
