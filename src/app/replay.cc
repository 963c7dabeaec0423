#include "app/replay.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "app/collector.h"
#include "app/memory_run.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Result;
using base::Status;

constexpr size_t kBatchBytes = 4U << 20;
constexpr int32_t kMaxPartitions = 4'096;

// Appends the records of one input to its source's topic.
class Loader {
 public:
  Loader(MemoryRun& run, size_t source)
      : run_(run), source_(source), place_(run.plan().sources[source], run.partitions(source)) {}

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
        record.partition =
            split_ ? place_.of(record.has_key ? std::optional<std::string_view>(record.key)
                                              : std::nullopt,
                               record.value)
                   : partition;
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
    Status status = run_.append(source_, records);
    batch_.clear();
    bytes_ = 0;
    return status;
  }

  MemoryRun& run_;
  size_t source_;
  RecordPlace place_;
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
  return sources;
}

Status load_inputs(MemoryRun& run,
                   const ReplayOptions& options,
                   const std::vector<SourceInputs>& sources,
                   uint64_t& records) {
  for (size_t i = 0; i < sources.size(); ++i) {
    Loader loader(run, i);
    if (!sources[i].envelopes &&
        (options.partitions > 0 || run.plan().sources[i].routing == shard::Routing::kDirect)) {
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

Status write_results(MemoryRun& run, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return Status::stop(Exit::kCantCreate, directory + ": cannot be made: " + error.message());
  }
  auto reader = run.reader();
  if (!reader.has_value()) {
    return reader.error();
  }
  auto outputs = collect_outputs(run.plan(), *reader.value());
  if (!outputs.has_value()) {
    return outputs.error();
  }
  for (const Output& output : outputs.value()) {
    if (Status status = write_file(directory + "/" + output.name + ".jsonl", output.lines);
        !status.is_ok()) {
      return status;
    }
  }
  return write_file(directory + "/ledger.json", run.ledger_json() + "\n");
}

}  // namespace

Result<ReplayResult> replay(const shard::Plan& plan, const ReplayOptions& options) {
  auto sources = sort_inputs(plan, options);
  if (!sources.has_value()) {
    return sources.error();
  }
  std::vector<SourceShape> shapes;
  for (const SourceInputs& source : sources.value()) {
    shapes.push_back({source.partitions, source.envelopes});
  }
  const base::SystemClock clock;
  const int64_t started = clock.monotonic_us();
  auto run = MemoryRun::make(plan, std::move(shapes), clock);
  if (!run.has_value()) {
    return run.error();
  }
  ReplayResult result;
  if (Status status = load_inputs(*run.value(), options, sources.value(), result.records);
      !status.is_ok()) {
    return status;
  }
  if (Status status = run.value()->run(); !status.is_ok()) {
    return status;
  }
  result.ledger = run.value()->ledger();
  result.elapsed_us = clock.monotonic_us() - started;
  if (!options.output.empty()) {
    if (Status status = write_results(*run.value(), options.output); !status.is_ok()) {
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
