// Sample builds the records of the oracle's own tests: one minute of one brand, unless a test says
// more.
//
// Threads: pure functions.
// Owns:    what it returns.
// Cost:    a JSON document.
// Fails:   never.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "oracle/oracle.h"
#include "oracle/times.h"

namespace kaiku::oracle {

using Json = nlohmann::json;

inline const Micros kNoon = *parse_time("2026-03-02T12:00:00Z");

inline OraclePlan sample_plan() {
  OraclePlan plan;
  plan.sources.resize(2);
  plan.sources[0].name = "posts";
  plan.sources[1].name = "shop";
  plan.brands = {{"kirkas", {"kirkas", "#kirkashetki", "kirkas sparkling"}, {"kirkas yö"}, {}},
                 {"sade", {"sade"}, {}, {}}};
  plan.channels = {{"x", {"x", "twitter"}}, {"other", {"*"}}};
  return plan;
}

inline Json post(const std::string& id, Micros occurred_at) {
  return {{"event_id", "e-" + id},
          {"type", "mention"},
          {"brand_id", "kirkas"},
          {"channel", "x"},
          {"native_id", id},
          {"occurred_at", time_text(occurred_at)}};
}

inline Json order(const std::string& id, const std::string& kind, const std::string& amount) {
  return {{"event_id", "b-" + id},
          {"type", "business_event"},
          {"brand_id", "kirkas"},
          {"channel", "web"},
          {"kind", kind},
          {"business_id", id},
          {"amount", amount},
          {"currency", "EUR"},
          {"occurred_at", time_text(kNoon)}};
}

// Appends a record to the end of a partition.
class Tape {
 public:
  Tape& add(const Json& item,
            Micros timestamp,
            const std::string& source = "posts",
            int32_t partition = 0) {
    records.push_back(
        {source, partition, static_cast<int64_t>(records.size()), timestamp, item.dump()});
    return *this;
  }

  std::vector<Record> records;
};

inline const Figures& minute_cell(const Expected& expected,
                                  Micros time,
                                  const std::string& brand = "kirkas",
                                  const std::string& channel = "x",
                                  const std::string& type = "mention") {
  return expected.cell({"minute", window_start(time, kMinute), brand, channel, type});
}

inline int64_t of(const std::map<std::string, int64_t>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? 0 : found->second;
}

}  // namespace kaiku::oracle
