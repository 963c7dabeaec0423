#include "app/replay.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "app/collector.h"
#include "app/file_error.h"
#include "app/memory_run.h"
#include "app/replay_proof.h"

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

// One place in a topic is one record: in each partition offsets grow, over all files of a source.
class EnvelopePlaces {
 public:
  Status read(const std::string& path) {
    auto input = FileInput::open(path, Framing::kEnvelope);
    if (!input.has_value()) {
      return input.error();
    }
    while (true) {
      auto more = input.value()->next();
      if (!more.has_value()) {
        return more.error();
      }
      if (!more.value()) {
        return Status::ok();
      }
      if (Status status = add(*input.value()); !status.is_ok()) {
        return status;
      }
    }
  }

  [[nodiscard]] int32_t partitions() const { return static_cast<int32_t>(last_.size()); }

 private:
  Status add(const FileInput& input) {
    const parse::Envelope& record = input.record();
    if (record.partition >= kMaxPartitions) {
      return Status::stop(Exit::kBadData,
                          input.place() + ": partition " + std::to_string(record.partition) +
                              " is not below " + std::to_string(kMaxPartitions));
    }
    const auto number = static_cast<size_t>(record.partition);
    if (number >= last_.size()) {
      last_.resize(number + 1, -1);
    }
    if (record.offset <= last_[number]) {
      return Status::stop(Exit::kBadData,
                          input.place() + ": offset " + std::to_string(record.offset) +
                              " of partition " + std::to_string(record.partition) +
                              " comes after offset " + std::to_string(last_[number]) +
                              ": offsets have to grow");
    }
    last_[number] = record.offset;
    return Status::ok();
  }

  std::vector<int64_t> last_ = {-1};  // offset by partition
};

bool is_read_once(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  return path == "-" || std::filesystem::is_fifo(status) ||
         std::filesystem::is_character_file(status) || std::filesystem::is_socket(status);
}

struct SourceInputs {
  std::vector<std::string> paths;
  bool envelopes = false;
  int32_t partitions = 1;
  EnvelopePlaces places;
};

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
      if (is_read_once(input.path)) {
        return Status::stop(Exit::kUsage,
                            "--input " + input.source + "=" + input.path +
                                ": envelopes are read twice, so they come from a file");
      }
      inputs.envelopes = true;
      if (Status status = inputs.places.read(input.path); !status.is_ok()) {
        return status;
      }
      inputs.partitions = std::max(inputs.partitions, inputs.places.partitions());
    } else {
      inputs.partitions = std::max(
          inputs.partitions,
          options.partitions > 0 ? options.partitions : static_cast<int32_t>(inputs.paths.size()));
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

// Of an earlier run, whose pipeline may have written others; never what is not ours.
Status remove_results(const std::string& directory) {
  for (const std::string& name : result_files()) {
    std::error_code error;
    std::filesystem::remove(directory + "/" + name, error);
    if (error) {
      return Status::stop(exit_of(error, Exit::kCantCreate),
                          directory + "/" + name + ": cannot be replaced: " + error.message());
    }
  }
  return Status::ok();
}

Status write_results(MemoryRun& run, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return Status::stop(exit_of(error, Exit::kCantCreate),
                        directory + ": cannot be made: " + error.message());
  }
  auto reader = run.reader();
  if (!reader.has_value()) {
    return reader.error();
  }
  auto outputs = collect_outputs(run.plan(), *reader.value());
  if (!outputs.has_value()) {
    return outputs.error();
  }
  if (Status status = remove_results(directory); !status.is_ok()) {
    return status;
  }
  Status status;
  for (const Output& output : outputs.value()) {
    if (status.is_ok()) {
      status = write_file(directory + "/" + output.name + ".jsonl", output.lines);
    }
  }
  if (status.is_ok()) {
    status = write_file(directory + "/metrics.prom", run.metrics());
  }
  // Last: a directory with a ledger has all that belongs to it.
  if (status.is_ok()) {
    status =
        write_file(directory + "/ledger.json", prove(run.ledger_json(), outputs.value()) + "\n");
  }
  if (!status.is_ok()) {
    (void)remove_results(directory);
    return {status.next(), status.message() + "; no result was kept", status.exit_code()};
  }
  return Status::ok();
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
