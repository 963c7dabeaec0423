#include "app/replay.h"

#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "kaiku/base/json_writer.h"
#include "kaiku/local/broker.h"
#include "kaiku/log/murmur2.h"
#include "kaiku/runtime/engine.h"
#include "kaiku/state/memory_store.h"

#include "app/collector.h"
#include "app/zones.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Result;
using base::Status;

constexpr size_t kBatchBytes = 4U << 20;
constexpr int32_t kMaxPartitions = 4'096;

// The identity of the first item of a record, as text: what --partitions splits by without a key.
class FirstIdentity final : private parse::ItemSink {
 public:
  explicit FirstIdentity(const shard::SourcePlan& source)
      : parser_(source.mapping, system_zones()) {}

  const std::string& of(std::string_view value) {
    identity_.clear();
    parser_.parse(value, base::kNoTime, *this);
    return identity_;
  }

 private:
  void on_item(const model::Item& item) override {
    if (identity_.empty()) {
      identity_ = std::string(item.business_id.empty()
                                  ? (item.native_id.empty() ? item.event_id : item.native_id)
                                  : item.business_id);
    }
  }

  void on_reject(const parse::Reject&) override {}

  void on_ignored() override {}

  parse::Parser parser_;
  std::string identity_;
};

// Appends the records of one input to its source's topic.
class Loader {
 public:
  Loader(local::Broker& broker, const shard::Plan& plan, size_t source, int32_t partitions)
      : broker_(broker),
        topic_(plan.topics.at(plan.sources[source].topic).name),
        partitions_(partitions),
        identity_(plan.sources[source]) {}

  Status load(FileInput& input, int32_t partition, uint64_t& records) {
    while (true) {
      auto more = input.next();
      if (!more.has_value()) {
        return more.error();
      }
      if (!more.value()) {
        return flush();
      }
      parse::Envelope& record = input.record();
      if (input.framing() != Framing::kEnvelope) {
        record.timestamp = 0;  // a bounded source's record has no time of its own
        record.partition = split_ ? place(record) : partition;
      }
      ++records;
      bytes_ += record.value.size() + record.key.size();
      batch_.push_back(std::move(record));
      record = {};
      if (bytes_ >= kBatchBytes) {
        if (Status status = flush(); !status.is_ok()) {
          return status;
        }
      }
    }
  }

  void split() { split_ = true; }

 private:
  int32_t place(const parse::Envelope& record) {
    if (record.has_key) {
      return log::partition_of(record.key, partitions_);
    }
    return log::partition_of(identity_.of(record.value), partitions_);
  }

  Status flush() {
    std::vector<local::NewRecord> records;
    records.reserve(batch_.size());
    for (const parse::Envelope& record : batch_) {
      local::NewRecord one;
      one.partition = record.partition;
      one.timestamp = record.timestamp;
      if (record.has_key) {
        one.key = record.key;
      }
      if (record.has_value) {
        one.value = record.value;
      }
      records.push_back(std::move(one));
    }
    Status status = records.empty() ? Status::ok() : broker_.append_batch(topic_, records);
    batch_.clear();
    bytes_ = 0;
    return status;
  }

  local::Broker& broker_;
  std::string topic_;
  int32_t partitions_;
  FirstIdentity identity_;
  bool split_ = false;
  std::vector<parse::Envelope> batch_;
  size_t bytes_ = 0;
};

struct SourceInputs {
  std::vector<std::string> paths;
  bool envelopes = false;
  int32_t partitions = 1;
};

// How many partitions the envelopes of a file use.
Result<int32_t> count_partitions(const std::string& path) {
  auto input = FileInput::open(path, Framing::kEnvelope);
  if (!input.has_value()) {
    return input.error();
  }
  int32_t count = 1;
  while (true) {
    auto more = input.value()->next();
    if (!more.has_value()) {
      return more.error();
    }
    if (!more.value()) {
      return count;
    }
    if (input.value()->record().partition >= kMaxPartitions) {
      return Status::stop(Exit::kBadData,
                          path + ": partition " +
                              std::to_string(input.value()->record().partition) + " is above " +
                              std::to_string(kMaxPartitions));
    }
    count = std::max(count, input.value()->record().partition + 1);
  }
}

Result<std::vector<SourceInputs>> sort_inputs(const shard::Plan& plan,
                                              const ReplayOptions& options) {
  std::vector<SourceInputs> sources(plan.sources.size());
  for (const ReplayInput& input : options.inputs) {
    size_t source = 0;
    while (source < plan.sources.size() && plan.sources[source].name != input.source) {
      ++source;
    }
    if (source == plan.sources.size()) {
      std::string names;
      for (const shard::SourcePlan& known : plan.sources) {
        names += (names.empty() ? "" : ", ") + known.name;
      }
      return Status::stop(
          Exit::kUsage,
          "--input names the source '" + input.source + "'; the pipeline has: " + names);
    }
    SourceInputs& inputs = sources[source];
    inputs.paths.push_back(input.path);
    if (options.framing.value_or(framing_of(input.path)) == Framing::kEnvelope) {
      inputs.envelopes = true;
      auto count = count_partitions(input.path);
      if (!count.has_value()) {
        return count.error();
      }
      inputs.partitions = std::max(inputs.partitions, count.value());
    } else {
      inputs.partitions =
          options.partitions > 0 ? options.partitions : static_cast<int32_t>(inputs.paths.size());
    }
  }
  for (size_t i = 0; i < sources.size(); ++i) {
    if (plan.sources[i].routing == shard::Routing::kDirect) {
      sources[i].partitions = static_cast<int32_t>(plan.shards);
    }
  }
  return sources;
}

Status make_topics(local::Broker& broker,
                   const shard::Plan& plan,
                   const std::vector<SourceInputs>& sources) {
  std::map<std::string, int32_t> source_partitions;
  for (size_t i = 0; i < plan.sources.size(); ++i) {
    source_partitions[plan.topics.at(plan.sources[i].topic).name] = sources[i].partitions;
  }
  for (size_t id = 0; id < plan.topics.size(); ++id) {
    const log::Topic& topic = plan.topics.at(static_cast<log::TopicId>(id));
    local::TopicOptions topic_options;
    topic_options.partitions = std::max(1, topic.partitions);
    if (const auto found = source_partitions.find(topic.name); found != source_partitions.end()) {
      topic_options.partitions = found->second;
      topic_options.trims_committed = true;
    }
    topic_options.trims_committed =
        topic_options.trims_committed || topic.role == log::TopicRole::kExchange;
    if (Status status = broker.ensure_topic(topic.name, topic_options); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

Status load_inputs(local::Broker& broker,
                   const shard::Plan& plan,
                   const ReplayOptions& options,
                   const std::vector<SourceInputs>& sources,
                   uint64_t& records) {
  for (size_t i = 0; i < sources.size(); ++i) {
    Loader loader(broker, plan, i, sources[i].partitions);
    if (!sources[i].envelopes &&
        (options.partitions > 0 || plan.sources[i].routing == shard::Routing::kDirect)) {
      loader.split();
    }
    for (size_t k = 0; k < sources[i].paths.size(); ++k) {
      const std::string& path = sources[i].paths[k];
      auto input = FileInput::open(path, options.framing.value_or(framing_of(path)));
      if (!input.has_value()) {
        return input.error();
      }
      if (Status status = loader.load(*input.value(), static_cast<int32_t>(k), records);
          !status.is_ok()) {
        return status;
      }
    }
  }
  return Status::ok();
}

Status write_results(const shard::Plan& plan,
                     local::Broker& broker,
                     const shard::Ledger& ledger,
                     const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return Status::stop(Exit::kCantCreate, directory + ": cannot be made: " + error.message());
  }
  auto reader = broker.connect(plan.topics, {.is_member = false});
  if (!reader.has_value()) {
    return reader.error();
  }
  if (Status status = collect_outputs(plan, *reader.value(), directory); !status.is_ok()) {
    return status;
  }
  std::vector<std::string> names;
  for (const shard::SourcePlan& source : plan.sources) {
    names.push_back(source.name);
  }
  return write_file(directory + "/ledger.json", shard::to_json(ledger, names) + "\n");
}

}  // namespace

Result<ReplayResult> replay(const shard::Plan& original, const ReplayOptions& options) {
  auto sources = sort_inputs(original, options);
  if (!sources.has_value()) {
    return sources.error();
  }
  auto plan = std::make_shared<shard::Plan>(original);
  shard::Topology topology;
  for (size_t i = 0; i < plan->sources.size(); ++i) {
    plan->sources[i].bounded = !sources.value()[i].envelopes;
    topology.partitions.push_back(sources.value()[i].partitions);
  }
  const base::SystemClock clock;
  const int64_t started = clock.monotonic_us();
  const auto broker = local::Broker::in_memory(clock);
  ReplayResult result;
  if (Status status = make_topics(*broker, *plan, sources.value()); !status.is_ok()) {
    return status;
  }
  if (Status status = load_inputs(*broker, *plan, options, sources.value(), result.records);
      !status.is_ok()) {
    return status;
  }
  runtime::StorePool stores([](uint32_t) -> Result<std::unique_ptr<state::Store>> {
    return std::unique_ptr<state::Store>(std::make_unique<state::MemoryStore>());
  });
  runtime::EngineOptions engine_options;
  engine_options.until_idle = true;
  engine_options.worker.sources_end = true;
  engine_options.worker.publish_early = false;
  engine_options.worker.zones = system_zones();
  runtime::Engine engine(
      plan,
      topology,
      [&](uint32_t) { return broker->connect(plan->topics); },
      stores,
      clock,
      engine_options);
  if (Status status = engine.run(); !status.is_ok()) {
    return status;
  }
  for (const auto& view : engine.views()) {
    if (!view->problem.empty()) {
      return Status::stop(Exit::kBadData, view->problem);
    }
  }
  result.ledger = runtime::total_ledger(engine.views(), plan->sources.size());
  result.elapsed_us = clock.monotonic_us() - started;
  if (!options.output.empty()) {
    if (Status status = write_results(*plan, *broker, result.ledger, options.output);
        !status.is_ok()) {
      return status;
    }
  }
  if (!shard::balances(result.ledger)) {
    return Status::stop(
        Exit::kBadData,
        "the ledger does not balance: items were lost or counted twice; please report "
        "this with ledger.json");
  }
  return result;
}

}  // namespace kaiku::app
