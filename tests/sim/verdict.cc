#include "sim/verdict.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "kaiku/runtime/router_states.h"
#include "kaiku/shard/changelog.h"
#include "kaiku/shard/routed_source.h"
#include "kaiku/shard/shard.h"
#include "kaiku/state/memory_store.h"

#include "oracle/compare.h"
#include "sim/reference.h"
#include "sim/truth_check.h"

namespace kaiku::sim {
namespace {

constexpr size_t kDifferencesMax = 40;

// The value of a field of a flat JSON record, as it stands. The records are the engine's own, so
// the first occurrence is the field.
std::string_view field_of(std::string_view record, std::string_view name) {
  const std::string quoted = "\"" + std::string(name) + "\":";
  const size_t at = record.find(quoted);
  if (at == std::string_view::npos) {
    return {};
  }
  size_t begin = at + quoted.size();
  if (begin < record.size() && record[begin] == '"') {
    ++begin;
    return record.substr(begin, record.find('"', begin) - begin);
  }
  return record.substr(begin, record.find_first_of(",}", begin) - begin);
}

int64_t number_of(std::string_view record, std::string_view name) {
  const std::string_view text = field_of(record, name);
  int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// What was published of one key.
struct Story {
  std::optional<int64_t> final_total;
  int64_t revision = -1;
  std::string last;
};

class Judge {
 public:
  Judge(const SimPipeline& pipeline,
        const SimFeed& feed,
        const SimBroker& broker,
        const shard::Ledger& shown,
        const ActivitySums& counted)
      : pipeline_(pipeline),
        plan_(pipeline.plan),
        feed_(feed),
        broker_(broker),
        shown_(shown),
        counted_(counted) {}

  Verdict run() {
    expected_ = oracle::run(pipeline_.oracle, feed_.records());
    for (const std::string& violation : broker_.violations()) {
      add("violation: " + violation);
    }
    check_state();
    check_ledger();
    check_activity();
    check_kpis();
    add(check_truth(pipeline_, feed_.truth(), broker_));
    verdict_.known = feed_.truth().kpis.size() + feed_.truth().conversations.size();
    verdict_.bursts = feed_.truth().bursts.size();
    check_counted();
    check_ids();
    check_reference();
    if (verdict_.differences.size() > kDifferencesMax) {
      verdict_.differences.resize(kDifferencesMax);
    }
    return std::move(verdict_);
  }

 private:
  void add(std::string difference) { verdict_.differences.push_back(std::move(difference)); }

  void add(const std::vector<std::string>& differences) {
    verdict_.differences.insert(verdict_.differences.end(), differences.begin(), differences.end());
  }

  // Every shard as its changelog alone gives it back.
  void check_state();
  void check_shard(uint32_t number);
  void check_edges(uint32_t number, const shard::Shard& shard);
  void add_routers();
  void check_ledger();
  void check_side_topics();
  void check_activity();
  void check_kpis();
  void check_counted();
  void check_ids();
  void check_reference();
  // The last record of each key; says what is wrong with their order.
  std::map<std::string, Story> follow(log::TopicId topic, bool is_activity);

  const SimPipeline& pipeline_;
  const shard::Plan& plan_;
  const SimFeed& feed_;
  const SimBroker& broker_;
  const shard::Ledger& shown_;
  const ActivitySums& counted_;
  oracle::Expected expected_;
  shard::Ledger ledger_;
  std::deque<runtime::RouterStates> routers_;  // per changelog partition
  Verdict verdict_;
};

void Judge::check_state() {
  ledger_.resize(plan_.sources.size());
  for (uint32_t number = 0; number < plan_.shards; ++number) {
    check_shard(number);
  }
  add_routers();
}

void Judge::check_shard(uint32_t number) {
  const std::string name = "shard " + std::to_string(number);
  state::MemoryStore store;
  auto tables = state::open_tables(store, "verdict");
  if (!tables.has_value()) {
    add(name + ": " + tables.error().message());
    return;
  }
  shard::ChangelogReader shard_reader(*tables.value());
  runtime::RouterStates& reader = routers_.emplace_back(&shard_reader);
  const log::Partition changelog{plan_.changelog, static_cast<int32_t>(number)};
  int64_t offset = 0;
  for (const log::Append& append : broker_.committed_records(changelog)) {
    log::Record record;
    record.has_key = !append.key.empty();
    record.key = append.key;
    record.at = changelog;
    record.offset = offset++;
    record.has_value = append.has_value;
    record.value = append.value;
    if (!reader.on_record(record)) {
      break;
    }
  }
  if (!shard_reader.status().is_ok()) {
    add(name + ": " + shard_reader.status().message());
    return;
  }
  shard::Shard shard(plan_, pipeline_.topology, number, *tables.value());
  if (base::Status status = shard.load(); !status.is_ok()) {
    add(name + ": " + status.message());
    return;
  }
  const log::Partition exchange{plan_.exchange, static_cast<int32_t>(number)};
  const auto offset_of = broker_.group_offset(exchange);
  const auto epoch = offset_of ? shard::epoch_of_metadata(offset_of->metadata) : std::nullopt;
  if (epoch != shard.epoch() && (offset_of || !broker_.has_expired_offsets())) {
    add(name + ": the changelog ends with epoch " + std::to_string(shard.epoch()) +
        ", the group's offset names " + (epoch ? std::to_string(*epoch) : "none"));
  }
  for (const model::Level level :
       {model::Level::kItems, model::Level::kOrder, model::Level::kBoard}) {
    if (shard.level(level) != exchange::kEnded) {
      add(name + ": level " + std::to_string(static_cast<int>(level)) + " has not ended; held by " +
          shard.holder());
    }
  }
  shard::add(ledger_, shard.full_ledger());
  check_edges(number, shard);
}

// The sequences of every edge are 1, 2, 3 ... but for what was repeated, and the receiver has the
// last one.
void Judge::check_edges(uint32_t number, const shard::Shard& shard) {
  std::map<std::pair<std::string, uint32_t>, uint64_t> last;
  for (const log::Append& append :
       broker_.committed_records({plan_.exchange, static_cast<int32_t>(number)})) {
    exchange::EdgeHeader header;
    if (!exchange::decode_edge_header(append.value, header)) {
      add("an exchange record of shard " + std::to_string(number) + " does not decode");
      return;
    }
    const auto from = header.from_router
                          ? std::pair(header.source, header.partition)
                          : std::pair(std::string(), static_cast<uint32_t>(header.shard));
    uint64_t& sequence = last[from];
    if (header.sequence > sequence + 1) {
      add("torn edge: " + from.first + "/" + std::to_string(from.second) + " to " +
          std::to_string(number) + " sent " + std::to_string(header.sequence) + " after " +
          std::to_string(sequence));
    }
    sequence = std::max(sequence, header.sequence);
  }
  for (const auto& [from, sequence] : last) {
    uint64_t received = 0;
    if (from.first.empty()) {
      received = shard.received_sequence_of_shard(from.second);
    } else {
      for (size_t i = 0; i < plan_.sources.size(); ++i) {
        if (plan_.sources[i].name == from.first) {
          received = shard.received_of_router(i, static_cast<int32_t>(from.second)).first;
        }
      }
    }
    if (received != sequence) {
      add("edge " + from.first + "/" + std::to_string(from.second) + " to " +
          std::to_string(number) + ": sent " + std::to_string(sequence) + ", received " +
          std::to_string(received));
    }
  }
}

void Judge::add_routers() {
  for (size_t source = 0; source < plan_.sources.size(); ++source) {
    if (plan_.sources[source].routing != shard::Routing::kRouted) {
      continue;
    }
    for (int32_t number = 0; number < pipeline_.topology.partitions[source]; ++number) {
      const log::Partition at{plan_.sources[source].topic, number};
      const auto committed = broker_.group_offset(at);
      const auto recorded =
          routers_[static_cast<size_t>(runtime::router_home(plan_, number).number)].find(
              plan_.sources[source].name, number);
      if (committed && recorded != committed->metadata) {
        add(name_of(at) + ": the changelog's state of its router is not the group's");
      }
      if (!recorded) {
        continue;  // nothing was ever there
      }
      shard::RoutedSource routed(plan_, source, number);
      if (base::Status status = routed.restore(*recorded); !status.is_ok()) {
        add(name_of(at) + ": " + status.message());
        continue;
      }
      ledger_[source].add(routed.router().ledger());
    }
  }
}

void Judge::check_counted() {
  ActivitySums& there = verdict_.there;
  verdict_.counted = counted_;
  for (const auto& [key, figures] : expected_.cells) {
    if (key.window == "hour") {
      there.items += static_cast<uint64_t>(figures.count_total());
    }
  }
  for (const generate::ConversationOutcome& outcome : feed_.truth().conversations) {
    there.judged += outcome.sla_met ? 1 : 0;
    there.responses += outcome.first_brand_at != base::kNoTime ? 1 : 0;
  }
  if (!there.covers(counted_)) {
    const auto text = [](const ActivitySums& sums) {
      return std::to_string(sums.items) + " items, " + std::to_string(sums.judged) +
             " deadlines, " + std::to_string(sums.responses) + " responses";
    };
    add("the counters have " + text(counted_) + "; there were " + text(there));
  }
}

void Judge::check_ledger() {
  std::vector<std::string> names;
  for (const shard::SourcePlan& source : plan_.sources) {
    names.push_back(source.name);
  }
  const std::string in_log = shard::to_json(ledger_, names);
  if (!shard::balances(ledger_)) {
    add("the ledger does not balance: " + in_log);
  }
  if (const std::string shown = shard::to_json(shown_, names); shown != in_log) {
    add("the workers show the ledger " + shown + ", the log has " + in_log);
  }
  std::map<std::string, oracle::Outcomes> actual;
  for (size_t i = 0; i < ledger_.size(); ++i) {
    const shard::SourceLedger& from = ledger_[i];
    oracle::Outcomes& to = actual[plan_.sources[i].name];
    to.records = static_cast<int64_t>(from.records);
    to.items = static_cast<int64_t>(from.items);
    to.counted = static_cast<int64_t>(from.outcome(model::Outcome::kCounted));
    to.late = static_cast<int64_t>(from.outcome(model::Outcome::kLate));
    to.ignored = static_cast<int64_t>(from.outcome(model::Outcome::kIgnored));
    for (size_t kind = 0; kind < model::kDuplicateKinds; ++kind) {
      to.duplicate[std::string(model::name_of(static_cast<model::DuplicateKind>(kind)))] =
          static_cast<int64_t>(from.duplicates[kind]);
    }
    for (size_t error = 0; error < model::kErrorClasses; ++error) {
      to.dead_letter[std::string(model::name_of(static_cast<model::ErrorClass>(error)))] =
          static_cast<int64_t>(from.dead_letters[error]);
    }
    verdict_.items += from.items;
    verdict_.stragglers += from.stragglers;
  }
  add(oracle::compare_outcomes(expected_.outcomes, actual));
  check_side_topics();
}

// One late record per late item, one dead letter per dead letter.
void Judge::check_side_topics() {
  uint64_t late = 0;
  uint64_t dead = 0;
  for (const shard::SourceLedger& ledger : ledger_) {
    late += ledger.outcome(model::Outcome::kLate);
    dead += ledger.outcome(model::Outcome::kDeadLetter);
  }
  const uint64_t late_records = broker_.committed_count(plan_.outputs.late);
  const uint64_t dead_records = broker_.committed_count(plan_.outputs.dead_letters);
  if (late_records != late) {
    add("the late topic has " + std::to_string(late_records) + " records for " +
        std::to_string(late) + " late items");
  }
  if (dead_records != dead) {
    add("the dead-letter topic has " + std::to_string(dead_records) + " records for " +
        std::to_string(dead) + " dead letters");
  }
}

std::map<std::string, Story> Judge::follow(log::TopicId topic, bool is_activity) {
  std::map<std::string, Story> stories;
  for (log::Append& append : broker_.committed_records(topic)) {
    const std::string_view kind = field_of(append.value, "kind");
    if (kind.empty()) {
      continue;  // how far a window is closed
    }
    ++verdict_.published;
    Story& story = stories[append.key];
    const int64_t revision = number_of(append.value, "revision");
    const bool had_final = story.final_total.has_value();
    if (kind == "early" ? had_final : kind == "final" ? had_final : !had_final) {
      add(append.key + ": " + std::string(kind) +
          (had_final ? " after the final" : " before the final"));
    }
    if (kind == "revision" && revision != story.revision + 1) {
      add(append.key + ": revision " + std::to_string(revision) + " after " +
          std::to_string(story.revision));
    }
    if (kind == "final") {
      story.final_total = is_activity ? number_of(append.value, "count_total") : 0;
    }
    verdict_.revisions += kind == "revision" ? 1 : 0;
    story.revision = kind == "early" ? -1 : revision;
    story.last = std::move(append.value);
  }
  return stories;
}

void Judge::check_activity() {
  std::vector<std::string> published;
  for (const log::TopicId topic : plan_.outputs.activity) {
    for (auto& [key, story] : follow(topic, true)) {
      if (!story.final_total) {
        add(key + ": never final");
      } else if (field_of(key, "type") != "business_event" &&
                 field_of(story.last, "exact") == "true" &&
                 *story.final_total != number_of(story.last, "count_total")) {
        // What is accepted is in the final: only operations and stragglers revise it.
        add(key + ": the final counts " + std::to_string(*story.final_total) +
            ", the last record " + std::to_string(number_of(story.last, "count_total")));
      }
      published.push_back(std::move(story.last));
    }
  }
  oracle::CompareOptions options;
  options.windows = {"minute", "hour", "day"};  // of the others the reference knows
  options.authors_off = 4;
  add(oracle::compare_activity(expected_, published, options));
}

void Judge::check_kpis() {
  std::vector<std::string> published;
  for (auto& [key, story] : follow(plan_.outputs.kpi, false)) {
    if (!story.final_total) {
      add(key + ": never final");
    }
    published.push_back(std::move(story.last));
  }
  add(oracle::compare_kpis(oracle::money_kpis(pipeline_.oracle, expected_, {"hour", "day"}),
                           published));
}

// Whoever drops records by the id of their cloud event may not lose one.
void Judge::check_ids() {
  std::vector<log::TopicId> topics = plan_.outputs.activity;
  topics.insert(topics.end(), {plan_.outputs.kpi, plan_.outputs.late, plan_.outputs.dead_letters});
  for (const log::TopicId topic : topics) {
    std::set<std::string> ids;
    for (const log::Append& append : broker_.committed_records(topic)) {
      const auto id =
          std::find_if(append.headers.begin(), append.headers.end(), [](const log::Header& header) {
            return header.name == "ce_id";
          });
      if (id == append.headers.end() || !ids.insert(id->value).second) {
        add(plan_.topics.at(topic).name + " " + append.key + ": an id twice, or none");
      }
    }
  }
}

void Judge::check_reference() {
  const Reference reference = run_reference(pipeline_);
  if (!reference.problem.empty()) {
    add("reference: " + reference.problem);
    return;
  }
  add(compare_bodies(reference.bodies, last_bodies(plan_, broker_)));
}

}  // namespace

Verdict judge(const SimPipeline& pipeline,
              const SimFeed& feed,
              const SimBroker& broker,
              const shard::Ledger& shown,
              const ActivitySums& counted) {
  return Judge(pipeline, feed, broker, shown, counted).run();
}

uint64_t count_outputs(const SimPipeline& pipeline, const SimBroker& broker) {
  uint64_t count = 0;
  for (size_t i = 0; i < pipeline.plan.topics.size(); ++i) {
    const auto topic = static_cast<log::TopicId>(i);
    if (pipeline.plan.topics.at(topic).role == log::TopicRole::kOutput) {
      count += broker.committed_count(topic);
    }
  }
  return count;
}

uint64_t count_exchange(const SimPipeline& pipeline, const SimBroker& broker) {
  return broker.committed_count(pipeline.plan.exchange);
}

}  // namespace kaiku::sim
