#include "sim/truth_check.h"

#include <map>
#include <set>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/base/json_writer.h"

namespace kaiku::sim {
namespace {

constexpr size_t kDifferencesMax = 10;

using Last = std::map<std::string, std::string>;

Last last_of(const SimBroker& broker, log::TopicId topic) {
  Last last;
  for (log::Append& append : broker.committed_records(topic)) {
    last[append.key] = std::move(append.value);
  }
  return last;
}

std::string key_of(const generate::KpiTruth& row) {
  std::string key;
  base::JsonWriter json(key);
  json.begin_object()
      .field("kpi", row.kpi)
      .field("brand", row.brand)
      .field("channel", row.channel)
      .field("window", generate::name_of(row.window))
      .field("window_start", base::format_seconds(row.start))
      .end_object();
  return key;
}

bool has(const std::string& body, std::string_view field) {
  const std::string text = "," + std::string(field);
  return body.find(text + ",") != std::string::npos || body.find(text + "}") != std::string::npos;
}

std::string is_not(const std::string& body, const std::string& field) {
  return "truth: " + body + " is not " + field;
}

// The first field that the record says otherwise; "" if there is none. Estimates are not compared.
std::string_view wrong_field(std::string_view fields, const std::string& body) {
  while (!fields.empty()) {
    const std::string_view field = fields.substr(0, fields.find(','));
    fields.remove_prefix(std::min(field.size() + 1, fields.size()));
    const bool is_estimate = field.find("_ms\":") != std::string_view::npos ||
                             field.find("_millionths\":") != std::string_view::npos ||
                             field.find("\"value_") != std::string_view::npos;
    if (!is_estimate && !has(body, field)) {
      return field;
    }
  }
  return {};
}

void check_kpis(const generate::Truth& truth,
                const Last& published,
                std::vector<std::string>& differences) {
  std::set<std::string> known;
  std::set<std::string> names;
  for (const generate::KpiTruth& row : truth.kpis) {
    const std::string key = key_of(row);
    known.insert(key);
    names.insert("\"kpi\":\"" + row.kpi + "\"");
    const auto found = published.find(key);
    if (found == published.end()) {
      differences.push_back("truth: " + key + " was never told");
    } else if (const auto field = wrong_field(row.fields, found->second); !field.empty()) {
      differences.push_back("truth: " + found->second + " is not " + std::string(field));
    }
  }
  for (const auto& [key, body] : published) {
    const std::string name = key.substr(1, key.find(',') - 1);
    if (names.contains(name) && !known.contains(key) && !has(body, "\"n\":0")) {
      differences.push_back("truth: nothing is known of " + body);
    }
  }
}

void check_outcomes(const generate::Truth& truth,
                    const Last& published,
                    std::vector<std::string>& differences) {
  std::map<std::string, const std::string*> by_opening;
  for (const auto& [key, body] : published) {
    const size_t channel = body.find("\"channel_first\":\"");
    const std::string name = body.substr(channel, body.find(',', channel) - channel);
    by_opening[name + key.substr(key.find("\"opened_at\"")).substr(0, 41)] = &body;
  }
  for (const generate::ConversationOutcome& one : truth.conversations) {
    const std::string at = base::format_micros(one.opened_at);
    const auto found = by_opening.find("\"channel_first\":\"" + one.channel + "\"" +
                                       ("\"opened_at\":\"" + at + "\"").substr(0, 41));
    if (found == by_opening.end()) {
      differences.push_back("truth: no outcome of " + one.channel + " " + at);
      continue;
    }
    const std::string& body = *found->second;
    for (const std::string& field : {"\"brand\":\"" + one.brand + "\"",
                                     "\"answered_by\":\"" + one.answered_by + "\"",
                                     "\"close_reason\":\"" + one.close_reason + "\"",
                                     "\"reopen_count\":" + std::to_string(one.reopened),
                                     "\"messages_customer\":" + std::to_string(one.messages[0]),
                                     "\"sla_met\":" + std::string(!one.sla_met   ? "null"
                                                                  : *one.sla_met ? "true"
                                                                                 : "false")}) {
      if (!has(body, field)) {
        differences.push_back(is_not(body, field));
      }
    }
  }
  if (by_opening.size() != truth.conversations.size()) {
    differences.push_back("truth: " + std::to_string(by_opening.size()) + " outcomes of " +
                          std::to_string(truth.conversations.size()) + " conversations");
  }
}

// From `begin` up to `end`; "" if there is no such part.
std::string part_of(const std::string& body, std::string_view begin, std::string_view end) {
  const size_t at = body.find(begin);
  return at == std::string::npos ? "" : body.substr(at, body.find(end, at) - at);
}

// Whether an alert was over when time ended is a matter of the order, what was found is not. Tails
// are compared where they decide: by which alerts there are.
void check_bursts(const generate::Truth& truth,
                  const Last& published,
                  std::vector<std::string>& differences) {
  std::map<std::string, const std::string*> bursts;
  for (const auto& [key, body] : published) {
    if (has(body, "\"kind\":\"burst\"")) {
      bursts[part_of(body, "\"brand\":", ",\"window\"") +
             part_of(body, ",\"opened_at\":", ",\"updated_at\"")] = &body;
    }
  }
  for (const generate::TermBurst& one : truth.bursts) {
    const std::string name = "\"brand\":\"" + one.brand + "\",\"subject\":\"" + one.term +
                             "\",\"opened_at\":\"" + base::format_micros(one.opened_at) + "\"";
    const auto found = bursts.find(name);
    if (found == bursts.end()) {
      differences.push_back("truth: no burst of " + name);
      continue;
    }
    const std::string& body = *found->second;
    const auto number = [](const char* field, int64_t value) {
      return std::string(field).append(std::to_string(value));
    };
    for (const std::string& field :
         {"\"window_start\":\"" + base::format_seconds(one.window_start) + "\"",
          number("\"count\":", one.count),
          number("\"evidence\":{\"count\":", one.last_count),
          number("\"unique_authors\":", one.authors),
          std::string("\"more_authors\":").append(one.more_authors ? "true" : "false"),
          std::string("\"exact\":true")}) {
      if (!has(body, field)) {
        differences.push_back(is_not(body, field));
      }
    }
    bursts.erase(found);
  }
  for (const auto& [name, body] : bursts) {
    differences.push_back("truth: nothing is known of " + *body);
  }
}

}  // namespace

std::vector<std::string> check_truth(const SimPipeline& pipeline,
                                     const generate::Truth& truth,
                                     const SimBroker& broker) {
  std::vector<std::string> differences;
  if (!pipeline.workload.truth) {
    return differences;
  }
  check_kpis(truth, last_of(broker, pipeline.plan.outputs.kpi), differences);
  check_outcomes(truth, last_of(broker, pipeline.plan.outputs.outcomes), differences);
  check_bursts(truth, last_of(broker, pipeline.plan.outputs.alerts), differences);
  if (truth.conversations.empty()) {
    differences.emplace_back("truth: the workload has no conversation");
  }
  if (differences.size() > kDifferencesMax) {
    differences.resize(kDifferencesMax);
  }
  return differences;
}

}  // namespace kaiku::sim
