// The commands of the program: each takes its options and answers the exit code.
//
// Threads: called from main.
// Owns:    nothing.
// Cost:    that of the command.
// Fails:   prints one message on standard error and answers the code of base::Exit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/base/status.h"

#include "app/replay.h"

namespace kaiku::app {

struct CommonOptions {
  std::string pipeline;          // -c
  std::vector<std::string> set;  // --set K=V
  bool json = false;             // --output json
};

struct RunOptions {
  CommonOptions common;
  bool until_idle = false;
  bool watch = false;                // a live table on standard output
  bool summary = false;              // print one at the end
  std::optional<uint64_t> generate;  // feed the sources from the generator: events; 0: without end
  uint64_t rate = 2'000;             // events a second; 0: as fast as they are taken
  uint64_t seed = 1;
};

struct GenerateOptions {
  std::string preset;  // "month", or "": a stream of so many events
  uint64_t events = 10'000;
  uint64_t seed = 1;
  std::string output;  // directory: one envelope file per source, and truth.json
  std::string start = "2026-03-02T08:00:00Z";
  uint64_t rate = 100;  // events per second of event time
  int32_t partitions = 3;
  CommonOptions common;  // with a pipeline on Kafka: produce into its topics
};

struct TailOptions {
  CommonOptions common;
  std::string topic;
  std::string from = "begin";
  uint64_t limit = 0;  // 0: to the end
  bool envelope = false;
};

[[nodiscard]] int run_command(const RunOptions& options);
[[nodiscard]] int replay_command(const CommonOptions& common, const ReplayOptions& options);
[[nodiscard]] int validate_command(const std::vector<std::string>& files,
                                   const CommonOptions& common,
                                   bool deny_warnings,
                                   bool connect);
[[nodiscard]] int generate_command(const GenerateOptions& options);
[[nodiscard]] int tail_command(const TailOptions& options);

struct TopicOptions {
  CommonOptions common;
  bool apply = false;
  int replication = 1;
  int32_t source_partitions = 0;  // > 0: missing source topics are made too
};

struct TestOptions {
  std::vector<std::string> files;
  std::vector<std::string> set;
  std::string filter;  // only tests whose name holds it
  std::string junit;   // file for the results; "": none
  bool show = false;   // print all that came out
};

[[nodiscard]] int test_command(const TestOptions& options);
[[nodiscard]] int topics_command(const TopicOptions& options);
[[nodiscard]] int verify_command(const CommonOptions& common, const std::string& replay_output);
// `data`: the inventory of its data instead of the plan.
[[nodiscard]] int explain_command(const std::string& what, const CommonOptions& common, bool data);
[[nodiscard]] int schema_command(const std::string& what);
// Reads a phrase from standard input and prints its line for `signals.confidential`.
[[nodiscard]] int phrase_command(const CommonOptions& common, const std::string& name);
[[nodiscard]] int version_command(bool json);

// Prints the message and answers the code.
[[nodiscard]] int report(const base::Status& status);

}  // namespace kaiku::app
