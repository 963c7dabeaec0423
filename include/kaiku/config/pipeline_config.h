// load_pipeline reads one pipeline file into a Plan: strict, all errors at once, the same code for
// `validate` and for `run`, so that what is accepted will start.
//
// Threads: any; a load is confined to its caller.
// Owns:    what it returns.
// Cost:    some milliseconds, and one for every 50 aliases.
// Fails:   by diagnostics, at most 50 of them; the plan is null if one of them is an error. It
// never throws. Format:  YAML 1.2 without tags and merge keys; pipelines/README.md is the
// reference.
//
// Files named in the pipeline (mappings, rates, the key, ${file:...}) are read relative to the
// pipeline's own folder. Values may hold ${VAR}, ${VAR:-default}, ${VAR:?message}, ${file:path} and
// $$ for a dollar sign; they are filled in after the YAML was read, so a value can never become
// structure.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/config/diagnostic.h"
#include "kaiku/shard/plan.h"

namespace kaiku::config {

enum class Purpose : uint8_t {
  kRun,
  kValidate,
  // Files through the engine: sources are bounded unless they say otherwise, the log is local, and
  // what only a broker needs may be missing from the environment.
  kReplay,
};

struct LoadOptions {
  Purpose purpose = Purpose::kRun;
  std::vector<std::string> overrides;  // "time.lateness=1m", in order
  // Environment variables; empty: those of the process.
  std::function<std::optional<std::string>(std::string_view name)> env;
  // Folder of relative paths; "": the folder of the file.
  std::string base_dir;
};

// A test written in the pipeline file, for `kaiku test`. JSON is text.
struct TestRecord {
  std::string source;
  std::string json;
  std::optional<std::string> key;
  // When the log got it. All records of a source have one, or none: with times the source is judged
  // as a topic, without them as a file.
  base::EventTime at = base::kNoTime;
  std::optional<int32_t> partition;
  int line = 0;
};

struct TestExpectation {
  // aggregates | kpis | outcomes | alerts | late | dead_letters | items | ledger
  std::string output;
  std::string contains_json;     // fields that a record of this output must have; "{}" for any
  std::string text;              // that the record as it stands must hold; "" for any
  std::optional<int64_t> count;  // exactly so many such records; at least one if not said
  int line = 0;
  int column = 0;
};

struct TestCase {
  std::string name;
  int line = 0;
  std::vector<TestRecord> input;
  std::vector<TestExpectation> expect;
};

struct Loaded {
  std::shared_ptr<const shard::Plan> plan;  // null if there is an error
  std::vector<Diagnostic> diagnostics;      // by place
  std::vector<TestCase> tests;
  std::string description;
};

[[nodiscard]] Loaded load_pipeline(const std::string& path, const LoadOptions& options);
// `file` is the name in diagnostics.
[[nodiscard]] Loaded load_pipeline_text(std::string_view text,
                                        const std::string& file,
                                        const LoadOptions& options);

// The file of `business.prices` when it is read again: its brands and channels have to be the
// plan's.
[[nodiscard]] base::Result<money::Prices> parse_prices(const shard::Plan& plan,
                                                       std::string_view csv,
                                                       std::string_view file);

}  // namespace kaiku::config
