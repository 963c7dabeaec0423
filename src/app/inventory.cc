#include "app/inventory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "kaiku/base/json_writer.h"
#include "kaiku/signal/deadline_desk.h"

namespace kaiku::app {
namespace {

using base::kDay;

// Beside what always leaves: sums, counts and sketches.
constexpr std::string_view kCounted = "counted";
constexpr std::string_view kPseudonyms = "pseudonyms";
constexpr std::string_view kAsReceived = "as received";
constexpr std::string_view kNobody = "none";

class Inventory {
 public:
  explicit Inventory(const shard::Plan& plan) : plan_(plan) {}

  std::vector<DataRow> rows() {
    for (const shard::SourcePlan& source : plan_.sources) {
      add_source(source);
    }
    add_internal();
    add_figures();
    add_singles();
    add_state();
    return std::move(rows_);
  }

 private:
  void add(std::string place,
           std::string_view role,
           std::string holds,
           std::string_view classification,
           std::string_view persons,
           int64_t retention_us,
           std::string withheld = "") {
    rows_.push_back({std::move(place),
                     std::string(role),
                     std::move(holds),
                     std::string(classification),
                     std::string(persons),
                     retention_us,
                     std::move(withheld)});
  }

  [[nodiscard]] const log::Topic& topic(log::TopicId id) const { return plan_.topics.at(id); }

  // Of the topic's own settings; 0 if it has none.
  [[nodiscard]] int64_t retention_of(const log::Topic& of) const {
    for (const auto& [name, value] : of.settings) {
      int64_t millis = 0;
      if (name == "retention.ms" &&
          std::from_chars(value.data(), value.data() + value.size(), millis).ec == std::errc()) {
        return millis * base::kMillisecond;
      }
    }
    return 0;
  }

  void add_topic(log::TopicId id,
                 std::string_view role,
                 std::string holds,
                 std::string_view classification,
                 std::string_view persons,
                 std::string withheld = "") {
    const log::Topic& of = topic(id);
    add(of.name,
        role,
        std::move(holds),
        classification,
        persons,
        retention_of(of),
        std::move(withheld));
  }

  // The fields that any figure of the plan needs: nothing else is read.
  static std::string fields_of(const parse::Mapping& mapping) {
    std::string fields;
    const auto& all = parse::canonical_fields();
    for (size_t i = 0; i < all.size(); ++i) {
      const bool is_named =
          mapping.canonical || std::any_of(mapping.rules.begin(),
                                           mapping.rules.end(),
                                           [&](const auto& rule) { return rule.field == all[i]; });
      if (is_named && (mapping.fields_used >> i & 1U) != 0) {
        fields += (fields.empty() ? "" : ", ") + std::string(all[i]);
      }
    }
    return fields;
  }

  [[nodiscard]] std::string_view source_class(const shard::SourcePlan& source) const {
    return source.hides_payload ? "restricted" : "confidential";
  }

  [[nodiscard]] std::string_view strictest() const {
    const bool is_restricted = std::any_of(plan_.sources.begin(),
                                           plan_.sources.end(),
                                           [](const auto& source) { return source.hides_payload; });
    return is_restricted ? "restricted" : "confidential";
  }

  void add_source(const shard::SourcePlan& source) {
    const int64_t of_embedded =
        plan_.local.keeps(source) ? plan_.local.keep_sources_us : DataRow::kUntilCommitted;
    const log::Topic& of = topic(source.topic);
    add(of.name,
        "source",
        "reads " + fields_of(*source.mapping),
        source_class(source),
        kAsReceived,
        plan_.is_local ? of_embedded : retention_of(of));
  }

  void add_internal() {
    add_topic(plan_.exchange,
              "exchange",
              "items without text, deltas, questions and answers between shards",
              strictest(),
              kPseudonyms);
    add_topic(
        plan_.changelog, "changelog", "the changes of every state table", strictest(), kPseudonyms);
  }

  [[nodiscard]] std::string small_cells() const {
    return plan_.privacy.min_cell == 0
               ? std::string()
               : fmt::format("figures about fewer than {} people, and what would tell of them",
                             plan_.privacy.min_cell);
  }

  // Which channels nothing about one person leaves.
  [[nodiscard]] std::string restricted() const {
    if (plan_.privacy.min_cell > 0) {
      return "all channels";
    }
    std::string names;
    for (const std::string& channel : plan_.privacy.restricted) {
      names += (names.empty() ? "channels " : ", ") + channel;
    }
    return names;
  }

  void add_figures() {
    for (size_t i = 0; i < plan_.outputs.activity.size(); ++i) {
      add_topic(plan_.outputs.activity[i],
                "output",
                "counts, sums and estimates per brand, channel, type and " +
                    plan_.board->windows[i].name(),
                "internal",
                kCounted,
                small_cells());
    }
    add_topic(plan_.outputs.kpi,
              "output",
              "key figures per brand and channel, and how far windows are closed",
              "internal",
              kCounted,
              small_cells());
  }

  void add_singles() {
    const shard::OutputPlan& outputs = plan_.outputs;
    if (plan_.conversations != nullptr) {
      add_topic(outputs.outcomes,
                "output",
                "conversation_id (a keyed hash), channels, times, counts, verdicts",
                "confidential",
                kPseudonyms,
                restricted());
      add_topic(outputs.alerts,
                "output",
                "the same of open conversations, and url of public reports",
                "confidential",
                kPseudonyms,
                restricted());
    }
    if (outputs.has_items) {
      add_topic(outputs.items,
                "output",
                "item and author as keyed hashes, brands, channel, relation, sentiment; no text",
                "confidential",
                kPseudonyms,
                restricted());
    }
    if (plan_.privacy.erases) {
      add_topic(outputs.erasures,
                "output",
                "request_id, and how much was forgotten",
                "confidential",
                kNobody);
    }
    const std::string hidden = restricted();
    add_topic(outputs.late,
              "output",
              "coordinates, event_id, native_id, type, channel, times of items that came too late",
              "confidential",
              kAsReceived,
              hidden.empty() ? "" : "ids of " + hidden + " (keyed hashes in their place)");
    std::string payloads;
    for (const shard::SourcePlan& source : plan_.sources) {
      if (source.hides_payload) {
        payloads += (payloads.empty() ? "bytes of source " : ", ") + source.name;
      }
    }
    add_topic(outputs.dead_letters,
              "output",
              "coordinates, reason, and the original bytes",
              strictest(),
              kAsReceived,
              std::move(payloads));
  }

  void add_state() {
    const std::string_view most = strictest();
    add("state dedup",
        "state",
        "identities of items and deliveries as keyed hashes, label, last counters",
        most,
        kPseudonyms,
        plan_.dedup_horizon_us);
    int64_t longest = 0;
    for (const window::WindowSpec& window : plan_.board->windows) {
      longest = std::max(longest, window.size_us() + window.retention_us());
    }
    add("state cells",
        "state",
        "figures; distinct people as sketches, the authors of a sample as keyed hashes",
        most,
        kPseudonyms,
        longest);
    add("state orders",
        "state",
        "business records by keyed hash: time, amount, brand, channel, keys of the customer",
        most,
        kPseudonyms,
        0);
    if (plan_.conversations != nullptr) {
      add("state conversations",
          "state",
          "who asked as a keyed hash, times, counts, url of public reports",
          most,
          kPseudonyms,
          plan_.conversations->ttl_us);
      // They go when their conversation is over, and then at the latest.
      add("state alerts",
          "state",
          "conversation_id of missed deadlines, times, url of public reports",
          most,
          kPseudonyms,
          signal::kTtlsKept * plan_.conversations->ttl_us);
    }
    if (plan_.signals != nullptr) {
      add("state signals",
          "state",
          "words of public texts with counts, some authors as keyed hashes, url of public posts",
          most,
          kPseudonyms,
          0);
    }
    if (plan_.journeys != nullptr) {
      const journey::KeyPlan& keys = plan_.journeys->keys;
      add("state keys",
          "state",
          "touches and orders per customer, click id, coupon or campaign as keyed hashes",
          most,
          kPseudonyms,
          std::max<int64_t>(keys.order_delay_max + 2 * keys.look_back, 29 * kDay));
      add("state verdicts",
          "state",
          "what each order was attributed to, with the touches it counts",
          most,
          kPseudonyms,
          0);
    }
    if (plan_.privacy.erases) {
      add("state erasures",
          "state",
          "requests until they are done; then that they are",
          most,
          kPseudonyms,
          plan_.dedup_horizon_us);
    }
  }

  const shard::Plan& plan_;
  std::vector<DataRow> rows_;
};

std::string days(int64_t retention_us, std::string_view role) {
  if (retention_us == 0) {
    return role == "state" ? "kept" : "as the topic has it";
  }
  if (retention_us == DataRow::kUntilCommitted) {
    return "until it is committed";
  }
  return fmt::format("{:.6g} d", static_cast<double>(retention_us) / static_cast<double>(kDay));
}

}  // namespace

std::vector<DataRow> inventory_of(const shard::Plan& plan) {
  return Inventory(plan).rows();
}

std::string inventory_table(const shard::Plan& plan) {
  std::string out =
      fmt::format("Data of pipeline {}. Subjects are {} on request; hashes are keyed ({}).\n\n",
                  plan.name,
                  plan.privacy.erases ? "forgotten" : "not forgotten",
                  plan.key_is_derived ? "the key follows from the name: set key_file" : "key_file");
  out += "| place | role | holds | class | persons | kept for | withheld |\n";
  out += "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const DataRow& row : inventory_of(plan)) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n",
                       row.place,
                       row.role,
                       row.holds,
                       row.classification,
                       row.persons,
                       days(row.retention_us, row.role),
                       row.withheld.empty() ? "-" : row.withheld);
  }
  return out;
}

std::string inventory_json(const shard::Plan& plan) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object();
  json.field("pipeline", plan.name);
  json.field("min_cell", plan.privacy.min_cell);
  json.field("erases_subjects", plan.privacy.erases);
  json.field("key_is_derived", plan.key_is_derived);
  json.key("data").begin_array();
  for (const DataRow& row : inventory_of(plan)) {
    json.begin_object();
    json.field("place", row.place);
    json.field("role", row.role);
    json.field("holds", row.holds);
    json.field("class", row.classification);
    json.field("persons", row.persons);
    json.key("retention_seconds");
    if (row.retention_us == 0) {
      json.null();
    } else {
      json.number(std::max<int64_t>(row.retention_us, 0) / base::kSecond);
    }
    json.field("withheld", row.withheld);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace kaiku::app
