// SimFleet: the processes of a group with their workers, disks and stores, driven turn by turn, and
// what can befall them.
//
// Threads: one.
// Owns:    the processes; broker and pipeline are borrowed.
// Cost:    a turn is a turn of a worker.
// Fails:   problem() names the first thing that no fault excuses.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kaiku/runtime/worker.h"
#include "kaiku/runtime/worker_view.h"

#include "sim/activity_sums.h"
#include "sim/pipeline.h"
#include "sim/sim_broker.h"
#include "sim/sim_process.h"
#include "sim/sim_store.h"

namespace kaiku::sim {

struct FleetCounts {
  uint64_t commits = 0;
  uint64_t redone = 0;    // not committed
  uint64_t resolved = 0;  // answers that were lost
  uint64_t assignments = 0;
  uint64_t crashes = 0;
  uint64_t full_disks = 0;
  uint64_t restarts = 0;  // of a worker, after it had left
};

class SimFleet {
 public:
  SimFleet(const SimPipeline& pipeline, SimBroker& broker, const shard::Mutations& mutations);

  // Sources end where the log ends, from the next start of a worker on.
  void let_sources_end() { sources_end_ = true; }

  [[nodiscard]] size_t size() const { return seats_.size(); }

  // One turn of a worker drawn by the seed, if it is up and not slow; else time goes by.
  void turn_any();
  // One turn of every worker; those that are down are started.
  void turn_all();

  // Faults, each of a process or worker drawn by the seed.
  void crash();  // at one of the next calls to log or store
  void expel();
  void restart();
  void slow_down();
  void fill_disk();
  // Every process is killed, and comes back much later.
  void go_down(uint64_t steps);
  // Another one of the group's members reads no direct topic for a while: partitions of one shard
  // are assigned to different workers.
  void split_assignment();

  // Ends slowness, full disks and odd subscriptions; everyone is up again at the next turn.
  void heal();
  // Asks all workers to stop and turns until they have; false if they do not within `rounds`.
  [[nodiscard]] bool stop_all(size_t rounds);
  // All workers have read everything and are quiet.
  [[nodiscard]] bool is_quiet();

  // Finds shards that were left out.
  void look_at_all();

  [[nodiscard]] uint64_t progress() const;
  [[nodiscard]] FleetCounts counts() const;
  // Of the last views of the workers, as a process that ends tells it.
  [[nodiscard]] shard::Ledger ledger() const;

  // What all workers that ended have counted, in all their lives.
  [[nodiscard]] const ActivitySums& activity() const { return activity_; }

  // "" as long as nothing happened that no fault excuses.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Host {
    SimProcess process;
    std::vector<SimDisk> disks;  // per shard
    std::unique_ptr<runtime::StorePool> pool;
    bool has_full_disk = false;
    bool is_doomed = false;  // a crash is on its way
  };

  // The place of one worker.
  struct Seat {
    std::string instance;
    size_t host = 0;
    std::unique_ptr<runtime::Worker> worker;
    std::shared_ptr<const runtime::WorkerView> last_view;  // of the worker that ended last
    ActivitySums activity;                                 // as it was seen last, in this life
    uint64_t down_until = 0;                               // step
    uint64_t slow_until = 0;
    uint64_t odd_until = 0;  // subscribes to no direct topic
    bool is_odd = false;
    bool is_leaving = false;
  };

  void start(Seat& seat);
  void turn(Seat& seat);
  void end(Seat& seat);
  // The process is gone with everything in it.
  void bury(size_t host, uint64_t down_for);
  void look_at(Seat& seat);
  void look_at_activity(Seat& seat, const runtime::WorkerView& view);
  void fail(const Seat& seat, const std::string& text);
  [[nodiscard]] Seat& any_seat();

  const SimPipeline& pipeline_;
  SimBroker& broker_;
  shard::Mutations mutations_;
  base::Prng prng_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<Seat> seats_;
  bool sources_end_ = false;
  bool is_calm_ = false;
  FleetCounts counts_;
  ActivitySums activity_;
  std::string problem_;
};

}  // namespace kaiku::sim
