// Expectation: what a test of a pipeline says must come out of an output, compared with what did.
//
// Threads: pure.
// Owns:    what it returns.
// Cost:    every field of the pattern for every record.
// Fails:   never: what is wrong is part of the verdict.
// Format:  a pattern is a JSON object: a record fits if it has these fields with these values;
//          objects fit by their fields, lists whole. In the place of a value may stand
//          {"about": 2700}: within 1 %, {"about": 2700, "within": 5}: within 5,
//          {"between": [1, 2]}: both bounds included.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "kaiku/config/pipeline_config.h"

namespace kaiku::app {

using Json = nlohmann::ordered_json;

// A field in which a record does not fit: "count_by_relation.reply".
struct Difference {
  std::string field;
  std::string expected;
  std::string found;  // "nothing" if the record has no such field
};

[[nodiscard]] std::vector<Difference> compare(const Json& pattern, const Json& record);

struct OutputRecord {
  std::string line;  // as it stands
  Json value;
};

struct Verdict {
  bool holds = false;
  std::string explanation;  // some lines for people; "" if it holds
};

// `known_fields` are all that a record of this output can have; none: not known.
[[nodiscard]] Verdict judge(const config::TestExpectation& expectation,
                            const std::vector<OutputRecord>& records,
                            const std::vector<std::string>& known_fields);

}  // namespace kaiku::app
