#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "kaiku/base/logger.h"

#include "app/commands.h"

// jemalloc's: what one thread or phase gave back serves the next one, instead of lying in an arena
// of its own while the kernel zeroes new pages: half the page faults, a tenth of the CPU on Kafka.
// Thread caches keep the one arena's locks quiet. Other allocators do not read it.
extern "C" const char* malloc_conf;
const char* malloc_conf = "narenas:1";

namespace kaiku::app {
namespace {

constexpr const char* kExamples = R"(examples:
  kaiku run -c pipelines/consumer_brand.yaml --generate --watch
  kaiku replay -c pipelines/reddit.yaml --input posts=posts.jsonl --output out
  kaiku validate pipelines/*.yaml)";

constexpr const char* kExitCodes =
    "exit codes: 0 done (also after SIGTERM, SIGINT), 64 usage, 65 bad data, unbalanced ledger or "
    "failed tests, 66 input missing, 69 broker, topic or port, 70 bug, 73 state directory, 74 disk "
    "full, 75 fenced, 77 "
    "permission, "
    "78 configuration";

void add_pipeline(CLI::App& command, CommonOptions& common, bool required = true) {
  CLI::Option* file = command.add_option("-c,--config", common.pipeline, "the pipeline file");
  if (required) {
    file->required();
  }
  command.add_option("--set", common.set, "overrides a setting: KEY=VALUE, e.g. time.lateness=1m")
      ->take_all()
      ->allow_extra_args(false);
}

void add_json(CLI::App& command, CommonOptions& common) {
  command
      .add_option_function<std::string>(
          "--output",
          [&common](const std::string& value) { common.json = value == "json"; },
          "json: machine-readable")
      ->check(CLI::IsMember({"text", "json"}));
}

// "posts=path" or "posts=-".
bool parse_input(const std::string& text, ReplayInput& input) {
  const size_t at = text.find('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) {
    return false;
  }
  input = {text.substr(0, at), text.substr(at + 1)};
  return true;
}

class Program {
 public:
  Program()
      : app_("kaiku: what people say about brands, as figures a business can act on", "kaiku") {
    app_.footer(std::string(kExamples) + "\n\n" + kExitCodes);
    app_.require_subcommand(0, 1);
    app_.fallthrough();  // what concerns all commands may stand behind them too
    app_.add_option("--log.format", log_format_, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    app_.add_option("--log.level", log_level_, "debug, info, warn or error")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    add_run();
    add_replay();
    add_validate();
    add_test();
    add_generate();
    add_tail();
    add_topics();
    add_verify();
    add_small();
  }

  int run(int argc, char** argv) {
    if (argc == 1) {
      std::puts(app_.help().c_str());
      return 0;
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const int code = app_.exit(error);
      return code == 0 ? 0 : static_cast<int>(base::Exit::kUsage);
    }
    return exit_code_;
  }

 private:
  template <typename Run>
  void on(CLI::App& command, Run run) {
    command.callback([this, run] {
      const base::LogLevel level = log_level_ == "debug"   ? base::LogLevel::kDebug
                                   : log_level_ == "warn"  ? base::LogLevel::kWarn
                                   : log_level_ == "error" ? base::LogLevel::kError
                                                           : base::LogLevel::kInfo;
      base::log_setup(level,
                      log_format_ == "json" ? base::LogFormat::kJson : base::LogFormat::kText);
      exit_code_ = run();
    });
  }

  void add_run() {
    CLI::App& command = *app_.add_subcommand("run", "run a pipeline");
    add_pipeline(command, run_.common);
    command.add_flag("--until-idle", run_.until_idle, "stop when all inputs are read and quiet");
    command.add_flag("--watch", run_.watch, "a live table on standard output");
    command.add_flag("--summary", run_.summary, "print a summary at the end");
    command
        .add_option_function<uint64_t>(
            "--generate",
            [this](uint64_t events) { run_.generate = events; },
            "feed the sources from the generator: this many events, 0 without end")
        ->expected(0, 1)
        ->default_str("0");
    command.add_option(
        "--rate", run_.rate, "generated events a second; 0: as fast as they are taken");
    command.add_option("--seed", run_.seed, "seed of the generator");
    on(command, [this] { return run_command(run_); });
  }

  void add_replay() {
    CLI::App& command = *app_.add_subcommand("replay", "files through the same engine, no broker");
    add_pipeline(command, replay_common_);
    command
        .add_option(
            "--input", inputs_, "SOURCE=PATH, or SOURCE=- for standard input; may be repeated")
        ->take_all()
        ->allow_extra_args(false)
        ->required();
    command.add_option("--output", replay_.output, "directory for the results")->required();
    command
        .add_option(
            "--partitions", replay_.partitions, "split each source by key, else by item identity")
        ->check(CLI::Range(1, 4096));
    command.add_option("--framing", framing_, "lines, record or envelope; else by the file's name")
        ->check(CLI::IsMember({"lines", "record", "envelope"}));
    on(command, [this] {
      for (const std::string& text : inputs_) {
        ReplayInput input;
        if (!parse_input(text, input)) {
          return report(base::Status::stop(base::Exit::kUsage,
                                           "--input takes SOURCE=PATH, not '" + text + "'"));
        }
        replay_.inputs.push_back(std::move(input));
      }
      replay_.framing = parse_framing(framing_);
      return replay_command(replay_common_, replay_);
    });
  }

  void add_validate() {
    for (const char* name : {"validate", "lint"}) {
      CLI::App& command = *app_.add_subcommand(name, "check pipeline files, all errors at once");
      command.add_option("files", files_, "pipeline files")->required();
      command.add_option("--set", validate_common_.set, "overrides a setting")
          ->take_all()
          ->allow_extra_args(false);
      command.add_flag("--deny-warnings", deny_warnings_, "a warning is an error");
      command.add_flag("--connect", connect_, "also ask the broker for topics and partitions");
      add_json(command, validate_common_);
      on(command,
         [this] { return validate_command(files_, validate_common_, deny_warnings_, connect_); });
    }
  }

  void add_test() {
    CLI::App& command =
        *app_.add_subcommand("test", "run the tests written in pipeline files, without a broker");
    command.add_option("files", test_.files, "pipeline files")->required();
    command.add_option("--set", test_.set, "overrides a setting")
        ->take_all()
        ->allow_extra_args(false);
    command.add_option("--filter", test_.filter, "only tests whose name holds this text");
    command.add_option("--junit", test_.junit, "write the results to this file, as JUnit XML");
    command.add_flag("--show", test_.show, "print all records that came out of each test");
    on(command, [this] { return test_command(test_); });
  }

  void add_generate() {
    CLI::App& command =
        *app_.add_subcommand("generate", "a believable, seeded workload and its true results");
    command
        .add_option("--preset",
                    generate_.preset,
                    "month: thirty days of three brands, with conversations and journeys that end, "
                    "and bursts of terms; it says itself how many records, how fast and when")
        ->check(CLI::IsMember({"month"}));
    command.add_option("--events", generate_.events, "how many records");
    command.add_option("--seed", generate_.seed, "the same seed gives the same bytes");
    command.add_option("--rate", generate_.rate, "records per second of event time")
        ->check(CLI::PositiveNumber);
    command.add_option("--start", generate_.start, "event time of the first record, RFC 3339");
    command.add_option("--partitions", generate_.partitions, "partitions of each source")
        ->check(CLI::Range(1, 256));
    command.add_option(
        "--output", generate_.output, "directory: SOURCE.envelope.jsonl and truth.json");
    add_pipeline(command, generate_.common, false);
    on(command, [this] { return generate_command(generate_); });
  }

  void add_tail() {
    CLI::App& command = *app_.add_subcommand("tail", "print a topic as JSON lines");
    command.add_option("topic", tail_.topic, "its name")->required();
    add_pipeline(command, tail_.common);
    command.add_option("--from", tail_.from, "begin, end or a cursor of the API; Kafka: begin");
    command.add_option("--limit", tail_.limit, "at most so many records");
    command.add_flag("--envelope",
                     tail_.envelope,
                     "with partition, offset, timestamp and key: input for replay");
    on(command, [this] { return tail_command(tail_); });
  }

  void add_topics() {
    CLI::App& command =
        *app_.add_subcommand("topics", "internal and output topics with their settings");
    command.require_subcommand(1);
    for (const bool apply : {false, true}) {
      CLI::App& one = *command.add_subcommand(
          apply ? "apply" : "plan", apply ? "create what is missing" : "say what is missing");
      one.add_option("file", topics_.common.pipeline, "the pipeline file")->required();
      one.add_option("--set", topics_.common.set, "overrides a setting")
          ->take_all()
          ->allow_extra_args(false);
      one.add_option("--replication", topics_.replication, "replication factor");
      one.add_option("--source-partitions",
                     topics_.source_partitions,
                     "make missing source topics too, with so many partitions");
      on(one, [this, apply] {
        topics_.apply = apply;
        return topics_command(topics_);
      });
    }
  }

  void add_verify() {
    CLI::App& command = *app_.add_subcommand("verify", "prove that the ledger balances");
    add_pipeline(command, verify_, false);
    command.add_option("--replay", verify_output_, "the output directory of a replay");
    on(command, [this] { return verify_command(verify_, verify_output_); });
  }

  void add_small() {
    CLI::App& explain =
        *app_.add_subcommand("explain", "the plan of a file, or the story behind an error code");
    explain.add_option("what", what_, "FILE or KA0xx")->required();
    explain.add_flag("--data", explain_data_, "which data it reads, keeps and lets go");
    add_json(explain, explain_);
    on(explain, [this] { return explain_command(what_, explain_, explain_data_); });
    CLI::App& schema = *app_.add_subcommand("schema", "generated references: config, metrics");
    schema.add_option("what", what_, "config or metrics")->required();
    on(schema, [this] { return schema_command(what_); });
    CLI::App& phrase = *app_.add_subcommand(
        "phrase", "the hash of a confidential phrase, which is read from standard input");
    phrase.add_option("name", what_, "what alerts call it")->required();
    add_pipeline(phrase, phrase_);
    on(phrase, [this] { return phrase_command(phrase_, what_); });
    CLI::App& version =
        *app_.add_subcommand("version", "versions of kaiku and of what it is linked with");
    add_json(version, version_);
    on(version, [this] { return version_command(version_.json); });
    CLI::App& help = *app_.add_subcommand("help", "this text, or that of a command");
    help.add_option("command", help_of_, "e.g. replay, or topics apply");
    on(help, [this] { return help_command(); });
  }

  // Not app_.help(): that is the help of the command that was parsed.
  int help_command() {
    if (help_of_.empty()) {
      std::puts(app_.get_formatter()
                    ->make_help(&app_, app_.get_name(), CLI::AppFormatMode::Normal)
                    .c_str());
      return 0;
    }
    const CLI::App* command = &app_;
    std::string parents;
    for (const std::string& name : help_of_) {
      parents += (parents.empty() ? "" : " ") + command->get_name();
      const auto found = command->get_subcommands(
          [&name](const CLI::App* each) { return each->get_name() == name; });
      if (found.empty()) {
        return report(base::Status::stop(base::Exit::kUsage,
                                         "no command '" + name + "'; `kaiku help` names them all"));
      }
      command = found.front();
    }
    std::puts(command->help(parents).c_str());
    return 0;
  }

  CLI::App app_;
  std::string log_format_ = "text";
  std::string log_level_ = "info";
  RunOptions run_;
  CommonOptions replay_common_;
  ReplayOptions replay_;
  std::vector<std::string> inputs_;
  std::string framing_;
  std::vector<std::string> files_;
  CommonOptions validate_common_;
  bool deny_warnings_ = false;
  bool connect_ = false;
  TestOptions test_;
  GenerateOptions generate_;
  TailOptions tail_;
  TopicOptions topics_;
  CommonOptions verify_;
  std::string verify_output_;
  CommonOptions explain_;
  bool explain_data_ = false;
  CommonOptions version_;
  CommonOptions phrase_;
  std::string what_;
  std::vector<std::string> help_of_;
  int exit_code_ = 0;
};

}  // namespace
}  // namespace kaiku::app

int main(int argc, char** argv) {
  return kaiku::app::Program().run(argc, argv);
}
