// engine_sim: the simulation as a program: seeds from --first on, each a whole run of the engine
// with its own pipeline, workload and faults. The last lines say what was run; a failure prints the
// command that replays it.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "kaiku/base/logger.h"

#include "sim/harness.h"

namespace kaiku::sim {
namespace {

struct Mutant {
  std::string_view name;
  bool shard::Mutations::*flag;
};

constexpr std::array kMutants = {
    Mutant{"no_edge_headers", &shard::Mutations::no_edge_headers},
    Mutant{"own_watermark_only", &shard::Mutations::own_watermark_only},
    Mutant{"ignore_sequence", &shard::Mutations::ignore_sequence},
    Mutant{"eager_headers", &shard::Mutations::eager_headers},
    Mutant{"start_incomplete", &shard::Mutations::start_incomplete},
    Mutant{"late_after_route", &shard::Mutations::late_after_route},
};

struct Options {
  uint64_t seeds = 500;
  uint64_t first = 1;
  uint64_t events = 1'030;
  std::string_view mutant;  // "" none, "all" each in turn
  bool with_faults = true;
  bool is_verbose = false;
};

constexpr std::string_view kUsage =
    "engine_sim [--seeds N] [--first S] [--events N] [--no-faults] [--verbose]\n"
    "           [--mutant NAME|all]   take a rule away; the run has to fail\n";

std::optional<Options> parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "--no-faults") {
      options.with_faults = false;
      continue;
    }
    if (name == "--verbose") {
      options.is_verbose = true;
      continue;
    }
    if (i + 1 == count) {
      return std::nullopt;
    }
    const std::string_view value = arguments[++i];
    if (name == "--mutant") {
      options.mutant = value;
      continue;
    }
    uint64_t* const number = name == "--seeds"    ? &options.seeds
                             : name == "--first"  ? &options.first
                             : name == "--events" ? &options.events
                                                  : nullptr;
    if (number == nullptr ||
        std::from_chars(value.data(), value.data() + value.size(), *number).ec != std::errc()) {
      return std::nullopt;
    }
  }
  return options;
}

struct Totals {
  uint64_t seeds = 0;
  uint64_t failed = 0;
  uint64_t least_items = ~uint64_t{0};
  uint64_t least_faults = ~uint64_t{0};
  Report sum;

  void add(const Report& report) {
    ++seeds;
    failed += report.differences.empty() ? 0 : 1;
    least_items = std::min(least_items, report.items);
    least_faults = std::min(least_faults, report.fault_count());
    sum.items += report.items;
    sum.published += report.published;
    sum.revisions += report.revisions;
    sum.stragglers += report.stragglers;
    sum.known += report.known;
    sum.bursts += report.bursts;
    sum.counted.add(report.counted);
    sum.there.add(report.there);
    sum.steps += report.steps;
    sum.commits += report.commits;
    sum.redone += report.redone;
    sum.resolved += report.resolved;
    sum.assignments += report.assignments;
    for (size_t i = 0; i < kFaults; ++i) {
      sum.faults[i] += report.faults[i];
    }
  }

  void print() const {
    std::printf(
        "seeds %lu, failed %lu; items %lu (at least %lu a seed), faults %lu (at least %lu a "
        "seed)\n",
        seeds,
        failed,
        sum.items,
        least_items,
        sum.fault_count(),
        least_faults);
    std::printf("commits %lu, redone %lu, resolved %lu, assignments %lu, steps %lu\n",
                sum.commits,
                sum.redone,
                sum.resolved,
                sum.assignments,
                sum.steps);
    std::printf(
        "records published %lu, revisions %lu, stragglers %lu, equal to the generator's truth "
        "%lu, bursts %lu",
        sum.published,
        sum.revisions,
        sum.stragglers,
        sum.known,
        sum.bursts);
    std::printf(
        "\nactivity counted: items %lu of %lu, deadlines %lu of %lu, responses %lu of %lu\nfaults:",
        sum.counted.items,
        sum.there.items,
        sum.counted.judged,
        sum.there.judged,
        sum.counted.responses,
        sum.there.responses);
    for (size_t i = 0; i < kFaults; ++i) {
      const std::string_view name = name_of(static_cast<Fault>(i));
      std::printf("%s %.*s %lu",
                  i == 0 ? "" : ",",
                  static_cast<int>(name.size()),
                  name.data(),
                  sum.faults[i]);
    }
    std::printf("\n");
  }
};

// Workers that die take the answer of a commit along, and it is counted by nobody. That is rare;
// without faults nothing is lost.
bool counted_enough(const Totals& totals, bool with_faults) {
  const ActivitySums& counted = totals.sum.counted;
  ActivitySums enough = totals.sum.there;
  if (with_faults) {
    enough.items /= 2;
    enough.judged /= 2;
    enough.responses /= 2;
  }
  return counted.covers(enough);
}

void print_failure(const Report& report, const Options& options) {
  std::printf("seed %lu (%s) FAILED\n", report.seed, report.shape.c_str());
  for (const std::string& difference : report.differences) {
    std::printf("  %s\n", difference.c_str());
  }
  std::printf("the last events:\n%s", report.trace.c_str());
  std::printf("replay: engine_sim --first %lu --seeds 1 --events %lu%s\n",
              report.seed,
              options.events,
              options.with_faults ? "" : " --no-faults");
}

RunOptions run_options(const Options& options, uint64_t seed) {
  RunOptions run;
  run.seed = seed;
  run.events = options.events;
  run.with_faults = options.with_faults;
  return run;
}

int run_seeds(const Options& options) {
  Totals totals;
  const auto began = std::chrono::steady_clock::now();
  for (uint64_t seed = options.first; seed < options.first + options.seeds; ++seed) {
    const Report report = run_seed(run_options(options, seed));
    totals.add(report);
    if (!report.differences.empty()) {
      print_failure(report, options);
    } else if (options.is_verbose) {
      std::printf("seed %lu: %s, items %lu, faults %lu, steps %lu, commits %lu, published %lu\n",
                  seed,
                  report.shape.c_str(),
                  report.items,
                  report.fault_count(),
                  report.steps,
                  report.commits,
                  report.published);
    }
    if (totals.failed == 5) {
      break;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  totals.print();
  std::printf("%.1f s\n", took.count());
  const bool has_counted = counted_enough(totals, options.with_faults);
  if (!has_counted) {
    std::printf("FAILED: the counters of activity have too little of what there was\n");
  }
  return totals.failed == 0 && has_counted ? 0 : 1;
}

// 0 if a run without the rule was found wrong, and the same run with it is right.
int run_mutant(const Options& options, const Mutant& mutant) {
  const auto name = std::string(mutant.name);
  for (uint64_t seed = options.first; seed < options.first + options.seeds; ++seed) {
    RunOptions run = run_options(options, seed);
    run.with_split = mutant.flag == &shard::Mutations::start_incomplete;
    const Report control = run_seed(run);
    if (!control.differences.empty()) {
      std::printf("%-20s seed %lu is wrong with the rule in place\n", name.c_str(), seed);
      print_failure(control, options);
      return 1;
    }
    run.mutations.*mutant.flag = true;
    const Report report = run_seed(run);
    if (report.differences.empty()) {
      continue;
    }
    std::printf(
        "%-20s caught by seed %lu: %s\n", name.c_str(), seed, report.differences.front().c_str());
    if (options.is_verbose) {
      print_failure(report, options);
    }
    return 0;
  }
  std::printf("%-20s SURVIVED %lu seeds\n", name.c_str(), options.seeds);
  return 1;
}

int run_mutants(const Options& options) {
  int failed = 0;
  bool is_known = false;
  for (const Mutant& mutant : kMutants) {
    if (options.mutant == "all" || options.mutant == mutant.name) {
      is_known = true;
      failed |= run_mutant(options, mutant);
    }
  }
  if (!is_known) {
    std::fprintf(stderr, "no such mutant\n%.*s", static_cast<int>(kUsage.size()), kUsage.data());
    return 64;
  }
  return failed;
}

}  // namespace
}  // namespace kaiku::sim

int main(int count, char** arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const auto options = kaiku::sim::parse(count, arguments);
  if (!options) {
    std::fprintf(
        stderr, "%.*s", static_cast<int>(kaiku::sim::kUsage.size()), kaiku::sim::kUsage.data());
    return 64;
  }
  // What the workers say of faults is expected here.
  kaiku::base::log_setup(kaiku::base::LogLevel::kError, kaiku::base::LogFormat::kText);
  return options->mutant.empty() ? kaiku::sim::run_seeds(*options)
                                 : kaiku::sim::run_mutants(*options);
}
