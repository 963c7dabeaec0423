#include "oracle/compare.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "oracle/money.h"
#include "oracle/times.h"

namespace kaiku::oracle {
namespace {

using Json = nlohmann::json;

std::string words(const CellKey& key) {
  return key.window + " " + time_text(key.start) + " " + key.brand + "/" + key.channel + "/" +
         key.type;
}

std::string words(const KpiKey& key) {
  return key.kpi + " " + key.window + " " + time_text(key.start) + " " + key.brand + "/" +
         key.channel;
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A whole number; absent and null are 0, an object stands for its `count`.
int64_t number_of(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end()) {
    return 0;
  }
  if (found->is_object()) {
    return number_of(*found, "count");
  }
  return found->is_number() ? found->get<int64_t>() : 0;
}

const Json& object_of(const Json& object, const char* name) {
  static const Json empty = Json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : empty;
}

// The parsed record, or nothing with a difference.
std::optional<Json> parsed(const std::string& record, std::vector<std::string>& differences) {
  Json json = Json::parse(record, nullptr, false);
  if (!json.is_object() || !parse_time(text_of(json, "window_start"))) {
    differences.push_back("not a record with window_start: " + record.substr(0, 200));
    return std::nullopt;
  }
  return json;
}

CellKey cell_key(const Json& json) {
  return {text_of(json, "window"),
          *parse_time(text_of(json, "window_start")),
          text_of(json, "brand"),
          text_of(json, "channel"),
          text_of(json, "type")};
}

// Collects what differs in one cell.
class CellDifferences {
 public:
  explicit CellDifferences(const CellKey& key) : key_(key) {}

  void number(const std::string& name, int64_t expected, int64_t actual) {
    if (expected != actual) {
      list_.push_back(words(key_) + ": " + name + " is " + std::to_string(actual) + ", expected " +
                      std::to_string(expected));
    }
  }

  // Every name of either side.
  void numbers(const std::string& name,
               const std::map<std::string, int64_t>& expected,
               const Json& actual) {
    std::set<std::string> keys;
    for (const auto& [key, value] : expected) {
      keys.insert(key);
    }
    for (const auto& [key, value] : actual.items()) {
      keys.insert(key);
    }
    for (const std::string& key : keys) {
      const auto found = expected.find(key);
      number(name + "." + key, found == expected.end() ? 0 : found->second, number_of(actual, key));
    }
  }

  void estimate(const std::string& name, int64_t expected, int64_t actual, int64_t tolerance) {
    if (std::abs(expected - actual) > tolerance) {
      number(name, expected, actual);
    }
  }

  [[nodiscard]] const std::vector<std::string>& list() const { return list_; }

 private:
  const CellKey& key_;
  std::vector<std::string> list_;
};

// views and impressions may stand beside the components or not be published at all.
void compare_components(const Figures& expected, const Json& json, CellDifferences& differences) {
  const Json& actual = object_of(json, "engagement_components");
  std::map<std::string, int64_t> components = expected.components;
  for (const char* name : {"views", "impressions"}) {
    if (!actual.contains(name)) {
      if (json.contains(name)) {
        differences.number(name, components[name], number_of(json, name));
      }
      components.erase(name);
    }
  }
  differences.numbers("engagement_components", components, actual);
}

void compare_reach(const Figures& expected, const Json& json, CellDifferences& differences) {
  if (!json.contains("potential_reach") || json["potential_reach"].is_null()) {
    return;
  }
  const auto exact = json.find("potential_reach_exact");
  const bool is_exact = exact == json.end() || !exact->is_boolean() || exact->get<bool>();
  differences.estimate("potential_reach",
                       expected.reach(),
                       number_of(json, "potential_reach"),
                       is_exact ? 0 : expected.reach() * 15 / 100);
}

std::vector<std::string> compare_cell(const CellKey& key,
                                      const Figures& expected,
                                      const Json& json,
                                      const CompareOptions& options) {
  CellDifferences differences(key);
  const auto original = expected.by_relation.find("original");
  const auto label = [&](const char* name) {
    const auto found = expected.sentiment.find(name);
    return found == expected.sentiment.end() ? 0 : found->second;
  };
  const auto authors = static_cast<int64_t>(expected.authors.size());
  differences.number("count_total", expected.count_total(), number_of(json, "count_total"));
  differences.number("count_original",
                     original == expected.by_relation.end() ? 0 : original->second,
                     number_of(json, "count_original"));
  differences.numbers(
      "count_by_relation", expected.by_relation, object_of(json, "count_by_relation"));
  differences.number("count_inbound", expected.inbound, number_of(json, "count_inbound"));
  differences.number("count_inbound_original",
                     expected.inbound_original,
                     number_of(json, "count_inbound_original"));
  differences.estimate(
      "unique_authors",
      authors,
      number_of(json, "unique_authors"),
      std::max<int64_t>({authors < 10 ? 1 : 2, authors * 3 / 100, options.authors_off}));
  differences.number("engagements", expected.engagements(), number_of(json, "engagements"));
  compare_components(expected, json, differences);
  differences.numbers("suppressed", expected.suppressed, object_of(json, "suppressed"));
  differences.number("edits", expected.edits, number_of(json, "edits"));
  differences.number("deletions", expected.deletions, number_of(json, "deletions"));
  for (const char* name : {"negative", "neutral", "positive"}) {
    const std::string field = std::string("sentiment_") + name;
    differences.number(field, label(name), number_of(json, field));
  }
  compare_reach(expected, json, differences);
  differences.number("orders", expected.orders, number_of(json, "orders"));
  differences.number("refunds", expected.refunds, number_of(json, "refunds"));
  differences.number("spends", expected.spends, number_of(json, "spends"));
  return differences.list();
}

bool is_wanted(const std::string& window, const CompareOptions& options) {
  return options.windows.empty() ||
         std::find(options.windows.begin(), options.windows.end(), window) != options.windows.end();
}

void cut(std::vector<std::string>& differences, size_t most) {
  if (differences.size() > most) {
    const size_t more = differences.size() - most;
    differences.resize(most);
    differences.push_back("and " + std::to_string(more) + " more");
  }
}

std::string words(const Outcomes& outcomes) {
  std::string text = "records " + std::to_string(outcomes.records) + ", items " +
                     std::to_string(outcomes.items) + ", counted " +
                     std::to_string(outcomes.counted) + ", late " + std::to_string(outcomes.late) +
                     ", ignored " + std::to_string(outcomes.ignored);
  for (const auto& [kind, count] : outcomes.duplicate) {
    text += count == 0 ? "" : ", duplicate " + kind + " " + std::to_string(count);
  }
  for (const auto& [error, count] : outcomes.dead_letter) {
    text += count == 0 ? "" : ", dead_letter " + error + " " + std::to_string(count);
  }
  return text;
}

}  // namespace

std::vector<std::string> compare_activity(const Expected& expected,
                                          const std::vector<std::string>& published,
                                          const CompareOptions& options) {
  std::vector<std::string> differences;
  std::map<CellKey, Json> last;
  for (const std::string& record : published) {
    if (std::optional<Json> json = parsed(record, differences)) {
      const CellKey key = cell_key(*json);
      last[key] = std::move(*json);
    }
  }
  for (const auto& [key, json] : last) {
    if (is_wanted(key.window, options)) {
      const std::vector<std::string> more = compare_cell(key, expected.cell(key), json, options);
      differences.insert(differences.end(), more.begin(), more.end());
    }
  }
  for (const auto& [key, figures] : expected.cells) {
    if (is_wanted(key.window, options) && !options.allow_missing && !figures.is_zero() &&
        last.count(key) == 0) {
      differences.push_back(words(key) + ": never published");
    }
  }
  cut(differences, options.differences_max);
  return differences;
}

std::vector<std::string> check_publication(const std::vector<std::string>& published,
                                           bool all_final) {
  struct Seen {
    bool is_final = false;
    int64_t revision = -1;
  };

  std::vector<std::string> differences;
  std::map<CellKey, Seen> keys;
  for (const std::string& record : published) {
    const std::optional<Json> json = parsed(record, differences);
    if (!json) {
      continue;
    }
    const CellKey key = cell_key(*json);
    const std::string kind = text_of(*json, "kind");
    const int64_t revision = number_of(*json, "revision");
    Seen& seen = keys[key];
    if (kind == "final" && seen.is_final) {
      differences.push_back(words(key) + ": a second final");
    }
    if (kind == "early" && seen.is_final) {
      differences.push_back(words(key) + ": early after the final");
    }
    if (kind == "revision" && !seen.is_final) {
      differences.push_back(words(key) + ": a revision without a final");
    }
    if (kind == "revision" && revision <= seen.revision) {
      differences.push_back(words(key) + ": revision " + std::to_string(revision) + " after " +
                            std::to_string(seen.revision));
    }
    if (kind != "early" && kind != "final" && kind != "revision") {
      differences.push_back(words(key) + ": unknown kind '" + kind + "'");
    }
    seen.is_final = seen.is_final || kind == "final";
    seen.revision = std::max(seen.revision, revision);
  }
  for (const auto& [key, seen] : keys) {
    if (all_final && !seen.is_final) {
      differences.push_back(words(key) + ": no final");
    }
  }
  return differences;
}

std::vector<std::string> compare_outcomes(const std::map<std::string, Outcomes>& expected,
                                          const std::map<std::string, Outcomes>& actual) {
  std::set<std::string> sources;
  for (const auto& [source, outcomes] : expected) {
    sources.insert(source);
  }
  for (const auto& [source, outcomes] : actual) {
    sources.insert(source);
  }
  std::vector<std::string> differences;
  for (const std::string& source : sources) {
    const auto wanted = expected.find(source);
    const auto found = actual.find(source);
    const std::string wanted_words = words(wanted == expected.end() ? Outcomes{} : wanted->second);
    const std::string found_words = words(found == actual.end() ? Outcomes{} : found->second);
    if (wanted_words != found_words) {
      differences.push_back(source + ": " + found_words + "; expected " + wanted_words);
    }
  }
  return differences;
}

std::map<KpiKey, std::string> money_kpis(const OraclePlan& plan,
                                         const Expected& expected,
                                         const std::vector<std::string>& windows,
                                         const KpiNames& names) {
  std::map<KpiKey, Figures> sums;  // kpi empty
  for (const auto& [cell, figures] : expected.cells) {
    if (std::find(windows.begin(), windows.end(), cell.window) == windows.end()) {
      continue;
    }
    for (const auto& [money, micros] : figures.money) {
      for (const std::string& channel : {cell.channel, names.all_channels}) {
        sums[{"", cell.window, cell.start, cell.brand, channel}].money[money] += micros;
      }
    }
  }
  std::map<KpiKey, std::string> kpis;
  for (const auto& [where, figures] : sums) {
    const Wide orders = in_base(plan, figures, "order").scaled;
    const Wide refunds = in_base(plan, figures, "refund").scaled;
    const Wide spends = in_base(plan, figures, "spend").scaled;
    // Net is the difference of the two published figures, so that a reader who subtracts gets the
    // same.
    for (const auto& [name, scaled] :
         {std::pair(names.orders, orders),
          std::pair(names.refunds, refunds),
          std::pair(names.net, rounded_in_base(plan, orders) - rounded_in_base(plan, refunds)),
          std::pair(names.spend, spends)}) {
      if (!name.empty()) {
        KpiKey key = where;
        key.kpi = name;
        kpis[key] = text_in_base(plan, scaled);
      }
    }
  }
  return kpis;
}

std::vector<std::string> compare_kpis(const std::map<KpiKey, std::string>& expected,
                                      const std::vector<std::string>& published) {
  std::vector<std::string> differences;
  std::set<std::string> wanted;
  for (const auto& [key, value] : expected) {
    wanted.insert(key.kpi);
  }
  std::map<KpiKey, std::string> last;
  for (const std::string& record : published) {
    const std::optional<Json> json = parsed(record, differences);
    if (!json || wanted.count(text_of(*json, "kpi")) == 0) {
      continue;
    }
    const auto value = json->find("value");
    const bool is_text = value != json->end() && value->is_string();
    last[{text_of(*json, "kpi"),
          text_of(*json, "window"),
          *parse_time(text_of(*json, "window_start")),
          text_of(*json, "brand"),
          text_of(*json, "channel")}] = is_text                ? value->get<std::string>()
                                        : value != json->end() ? value->dump()
                                                               : "absent";
  }
  constexpr int kDecimals = 6;
  for (const auto& [key, value] : expected) {
    const auto found = last.find(key);
    const std::string actual = found == last.end() ? "never published" : found->second;
    const bool is_absent = found == last.end() && parse_decimal(value, kDecimals) == Wide{0};
    if (!is_absent && parse_decimal(actual, kDecimals) != parse_decimal(value, kDecimals)) {
      differences.push_back(words(key) + ": " + actual + ", expected " + value);
    }
  }
  for (const auto& [key, value] : last) {
    if (expected.count(key) == 0 && parse_decimal(value, kDecimals) != Wide{0}) {
      differences.push_back(words(key) + ": " + value + ", expected none");
    }
  }
  return differences;
}

std::string joined(const std::vector<std::string>& differences) {
  std::string text;
  for (const std::string& difference : differences) {
    text += difference + "\n";
  }
  return text;
}

}  // namespace kaiku::oracle
