// Engine runs the workers of one process, each on a thread of its own, until it is stopped or idle.
//
// Threads: run() blocks its caller; request_stop() and views() may be called from any thread.
// Owns:    the workers and their threads.
// Cost:    one thread a worker and the caller's.
// Fails:   run() with the first kStop of a worker; the others are stopped cleanly first.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "kaiku/runtime/worker.h"

namespace kaiku::runtime {

using LogFactory = std::function<base::Result<std::unique_ptr<log::Log>>(uint32_t worker)>;

struct EngineOptions {
  uint32_t workers = 1;
  bool until_idle = false;  // stop when all inputs are read and quiet
  // Partitions that nobody here reads may be those of a member that went away without leaving: its
  // group misses it after the session timeout, and gives them to us then. After so long without any
  // news they are somebody else's, who reads them himself.
  int64_t absent_after_us = 0;
  WorkerOptions worker;  // number and counters are set per worker
  // until_idle waits for it: more is still to come from outside. Null: nothing is.
  std::function<bool()> inputs_done;
  // A block of counters for one more worker; null: nobody counts.
  std::function<metrics::WorkerCounters&()> add_counters;
};

class Engine {
 public:
  Engine(std::shared_ptr<const shard::Plan> plan,
         shard::Topology topology,
         LogFactory logs,
         StorePool& stores,
         const base::Clock& clock,
         EngineOptions options);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  [[nodiscard]] base::Status run();
  void request_stop();

  // The newest view of each worker that has one.
  [[nodiscard]] std::vector<std::shared_ptr<const WorkerView>> views() const;

  // Monotonic time of the last turn of the slowest worker: /livez.
  [[nodiscard]] int64_t slowest_turn_us() const;

  // Every worker has an assignment and no shard waits or failed: /readyz.
  [[nodiscard]] bool is_ready() const;

 private:
  struct Member {
    std::unique_ptr<Worker> worker;
    std::atomic<uint64_t> round{0};  // the last question that was answered
    std::atomic<bool> quiet{false};
    std::atomic<uint64_t> progress{0};
    std::atomic<size_t> partitions{0};
    std::atomic<int64_t> last_turn_us{0};
    std::atomic<bool> ended{false};
    base::Status status;
    std::shared_ptr<const WorkerView> view;  // under mutex_
  };

  void drive(Member& member);
  void publish(Member& member);
  [[nodiscard]] bool all_ended() const;
  // True if every worker was quiet in two questions in a row with nothing done in between, and all
  // that is to be read is read here, or was nobody's for long enough.
  [[nodiscard]] bool is_idle();
  [[nodiscard]] size_t partitions_of_pipeline() const;

  std::shared_ptr<const shard::Plan> plan_;
  shard::Topology topology_;
  LogFactory logs_;
  StorePool& stores_;
  const base::Clock& clock_;
  EngineOptions options_;
  std::vector<std::unique_ptr<Member>> members_;
  std::atomic<uint64_t> round_{1};
  std::vector<uint64_t> quiet_progress_;
  int64_t quiet_since_us_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace kaiku::runtime
