// Harness: one run of the engine over the simulated log: a pipeline, a workload, a fleet of workers
// and the faults of one seed, until all is read and at rest, and the verdict.
//
// Threads: one; runs share nothing but the compiled catalogue.
// Owns:    all of a run.
// Cost:    some hundred milliseconds for a thousand records.
// Fails:   Report::differences says what went wrong.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/shard/shard.h"

#include "sim/activity_sums.h"

namespace kaiku::sim {

enum class Fault : uint8_t {
  kCrash,      // at any call to log or store; the disk may lose what was not synced, or all
  kRebalance,  // everybody has to join again
  kExpel,      // a member is thrown out of the group
  kRestart,    // a worker leaves and comes back
  kSlow,       // a worker does nothing for a while
  kFullDisk,
  kOutage,     // the producer of a source partition is down, its records come late
  kForgotten,  // all processes are gone so long that the group's offsets expire
  kRepeat,     // a record of the exchange comes twice
  kSplit,      // partitions of one shard are assigned to different workers
  kLost,       // answers of commits that were lost
  kAborted,    // commits that were not taken
  kLate,       // transactions that were decided much later, or never
  kFenced,     // members thrown out while they commit
};
inline constexpr size_t kFaults = 14;
[[nodiscard]] std::string_view name_of(Fault fault);

struct RunOptions {
  uint64_t seed = 1;
  uint64_t events = 1'030;
  bool with_faults = true;
  bool with_split = false;  // a direct source and a split assignment for sure, not by chance
  shard::Mutations mutations;
};

struct Report {
  uint64_t seed = 0;
  std::vector<std::string> differences;  // empty: all is right
  std::string trace;                     // the last events of a run that failed
  std::string shape;                     // of the pipeline and its fleet
  uint64_t items = 0;
  uint64_t published = 0;
  uint64_t revisions = 0;
  uint64_t stragglers = 0;
  uint64_t known = 0;   // figures and conversations that the generator knows
  uint64_t bursts = 0;  // that it knows
  ActivitySums counted;
  ActivitySums there;  // to be counted
  uint64_t steps = 0;
  uint64_t commits = 0;
  uint64_t redone = 0;
  uint64_t resolved = 0;
  uint64_t assignments = 0;
  std::array<uint64_t, kFaults> faults{};

  [[nodiscard]] uint64_t fault_count() const;
};

[[nodiscard]] Report run_seed(const RunOptions& options);

}  // namespace kaiku::sim
