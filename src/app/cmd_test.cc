#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include <fmt/format.h>

#include "kaiku/config/pipeline_config.h"

#include "app/collector.h"
#include "app/commands.h"
#include "app/expectation.h"
#include "app/junit.h"
#include "app/memory_run.h"
#include "app/shipped.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Result;
using base::Status;
using config::TestCase;
using config::TestRecord;

using Outputs = std::map<std::string, std::vector<OutputRecord>>;

// The schema of the records of an output; "" if it has none.
std::string schema_of(const std::string& output) {
  static const std::map<std::string, std::string> kSchemas = {{"aggregates", "activity"},
                                                              {"kpis", "kpi"},
                                                              {"outcomes", "conversation_outcome"},
                                                              {"alerts", "alert"}};
  const auto found = kSchemas.find(output);
  return found == kSchemas.end() ? "" : "schemas/" + found->second + ".v1.schema.json";
}

std::vector<std::string> known_fields(const std::string& output) {
  std::set<std::string> names = {schema_of(output)};
  if (output == "alerts") {
    names.insert({"schemas/signal.v1.schema.json", "schemas/signal_digest.v2.schema.json"});
  }
  std::vector<std::string> fields;
  for (const ShippedFile& file : shipped_files()) {
    if (!names.contains(std::string(file.name))) {
      continue;
    }
    const Json schema = Json::parse(file.bytes, nullptr, false);
    if (schema.is_object() && schema.contains("properties")) {
      for (const auto& [field, definition] : schema["properties"].items()) {
        fields.push_back(field);
      }
    }
  }
  return fields;
}

size_t index_of(const shard::Plan& plan, const std::string& source) {
  const auto found = std::find_if(plan.sources.begin(), plan.sources.end(), [&](const auto& each) {
    return each.name == source;
  });
  return static_cast<size_t>(found - plan.sources.begin());
}

std::vector<SourceShape> shapes_of(const shard::Plan& plan, const TestCase& test) {
  std::vector<SourceShape> shapes(plan.sources.size());
  for (const TestRecord& record : test.input) {
    SourceShape& shape = shapes[index_of(plan, record.source)];
    shape.has_times = shape.has_times || record.at != base::kNoTime;
    shape.partitions = std::max(shape.partitions, record.partition.value_or(0) + 1);
  }
  return shapes;
}

Status feed(MemoryRun& run, const TestCase& test) {
  for (const TestRecord& record : test.input) {
    const size_t source = index_of(run.plan(), record.source);
    local::NewRecord one;
    one.value = record.json;
    if (record.key) {
      one.key = *record.key;
    }
    one.timestamp = record.at == base::kNoTime ? 0 : record.at;
    const int32_t partitions = run.partitions(source);
    if (record.partition) {
      one.partition = *record.partition;
    } else {
      one.partition = RecordPlace(run.plan().sources[source], partitions).of(one.key, *one.value);
    }
    if (one.partition >= partitions) {
      return Status::stop(
          Exit::kBadData,
          fmt::format(
              "line {}: a direct source has {} partitions, from 0", record.line, partitions));
    }
    if (Status status = run.append(source, {&one, 1}); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

void add_records(std::vector<OutputRecord>& records, std::string_view lines) {
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    OutputRecord record{std::string(lines.substr(0, end)), {}};
    lines.remove_prefix(std::min(end + 1, lines.size()));
    record.value = Json::parse(record.line, nullptr, false);
    if (record.value.is_object()) {
      records.push_back(std::move(record));
    }
  }
}

// A record per source, with the counts of outcomes as fields of their own.
std::vector<OutputRecord> ledger_records(const std::string& ledger) {
  std::vector<OutputRecord> records;
  const Json all = Json::parse(ledger, nullptr, false);
  for (Json source : all["sources"]) {
    const Json outcomes = source["outcomes"];
    source.erase("outcomes");
    source.update(outcomes);
    records.push_back({source.dump(), source});
  }
  return records;
}

Result<Outputs> outputs_of(const shard::Plan& plan, const TestCase& test) {
  const base::SystemClock clock;
  auto run = MemoryRun::make(plan, shapes_of(plan, test), clock);
  if (!run.has_value()) {
    return run.error();
  }
  if (Status status = feed(*run.value(), test); !status.is_ok()) {
    return status;
  }
  if (Status status = run.value()->run(); !status.is_ok()) {
    return status;
  }
  auto reader = run.value()->reader();
  if (!reader.has_value()) {
    return reader.error();
  }
  auto collected = collect_outputs(run.value()->plan(), *reader.value());
  if (!collected.has_value()) {
    return collected.error();
  }
  Outputs outputs;
  for (const Output& output : collected.value()) {
    add_records(outputs[output.name], output.lines);
  }
  outputs["ledger"] = ledger_records(run.value()->ledger_json());
  if (!shard::balances(run.value()->ledger())) {
    return Status::stop(Exit::kBadData, "the ledger does not balance");
  }
  return outputs;
}

// Outputs that the plan does not have are no empty outputs.
std::string missing_output(const std::string& output) {
  return output == "items" ? "the pipeline publishes no items: items.publish is false"
                           : "the pipeline has no " + output + ": conversations.follow is false";
}

class Tester {
 public:
  explicit Tester(const TestOptions& options) : options_(options) {}

  SuiteResult run(const std::string& file) {
    SuiteResult suite;
    suite.file = file;
    config::LoadOptions load;
    load.purpose = config::Purpose::kReplay;
    load.overrides = options_.set;
    const config::Loaded loaded = config::load_pipeline(file, load);
    if (loaded.plan == nullptr) {
      suite.error = config::render(loaded.diagnostics);
      fmt::print("{}: INVALID\n", file);
      std::fputs(suite.error.c_str(), stderr);
      return suite;
    }
    for (const TestCase& test : loaded.tests) {
      if (test.name.find(options_.filter) != std::string::npos) {
        suite.tests.push_back(run(*loaded.plan, file, test));
      }
    }
    print_summary(suite, loaded.tests.empty());
    return suite;
  }

 private:
  TestResult run(const shard::Plan& plan, const std::string& file, const TestCase& test) {
    TestResult result;
    result.name = test.name;
    result.line = test.line;
    const int64_t started = clock_.monotonic_us();
    auto outputs = outputs_of(plan, test);
    result.elapsed_us = clock_.monotonic_us() - started;
    if (!outputs.has_value()) {
      result.failure = fmt::format("{}:{}: {}\n", file, test.line, outputs.error().message());
    } else {
      for (const config::TestExpectation& expectation : test.expect) {
        result.failure += failure_of(outputs.value(), file, expectation);
      }
      show(outputs.value(), test);
    }
    if (!result.failure.empty()) {
      fmt::print("FAILED {}:{}: {}\n{}", file, test.line, test.name, result.failure);
    }
    return result;
  }

  static std::string failure_of(const Outputs& outputs,
                                const std::string& file,
                                const config::TestExpectation& expectation) {
    const std::string place = fmt::format("{}:{}:{}: ", file, expectation.line, expectation.column);
    const auto found = outputs.find(expectation.output);
    if (found == outputs.end()) {
      return place + missing_output(expectation.output) + "\n";
    }
    const Verdict verdict = judge(expectation, found->second, known_fields(expectation.output));
    return verdict.holds ? "" : place + verdict.explanation;
  }

  void show(const Outputs& outputs, const TestCase& test) const {
    if (!options_.show) {
      return;
    }
    fmt::print("# {}\n", test.name);
    for (const auto& [name, records] : outputs) {
      for (const OutputRecord& record : records) {
        fmt::print("{} {}\n", name, record.line);
      }
    }
  }

  static void print_summary(const SuiteResult& suite, bool has_none) {
    if (has_none) {
      fmt::print("{}: has no tests\n", suite.file);
      return;
    }
    const auto failed = static_cast<size_t>(
        std::count_if(suite.tests.begin(), suite.tests.end(), [](const TestResult& test) {
          return !test.failure.empty();
        }));
    fmt::print("{}: {} passed{}\n",
               suite.file,
               suite.tests.size() - failed,
               failed == 0 ? "" : fmt::format(", {} failed", failed));
  }

  const TestOptions& options_;
  const base::SystemClock clock_;
};

}  // namespace

int test_command(const TestOptions& options) {
  Tester tester(options);
  std::vector<SuiteResult> suites;
  size_t tests = 0;
  size_t failed = 0;
  size_t invalid = 0;
  int64_t elapsed_us = 0;
  for (const std::string& file : options.files) {
    suites.push_back(tester.run(file));
    invalid += suites.back().error.empty() ? 0 : 1;
    for (const TestResult& test : suites.back().tests) {
      ++tests;
      failed += test.failure.empty() ? 0 : 1;
      elapsed_us += test.elapsed_us;
    }
    std::fflush(stdout);
  }
  fmt::print("{} {}, {} {}: {} passed, {} failed{} ({:.1f} s)\n",
             suites.size(),
             suites.size() == 1 ? "file" : "files",
             tests,
             tests == 1 ? "test" : "tests",
             tests - failed,
             failed,
             invalid == 0 ? "" : fmt::format(", {} invalid", invalid),
             static_cast<double>(elapsed_us) / 1e6);
  if (!options.junit.empty()) {
    if (Status status = write_file(options.junit, junit_xml(suites)); !status.is_ok()) {
      return report(status);
    }
  }
  if (invalid != 0) {
    return static_cast<int>(Exit::kConfig);
  }
  return static_cast<int>(failed == 0 ? Exit::kOk : Exit::kBadData);
}

}  // namespace kaiku::app
