// Feeder sends the generator's workload into the sources of a running pipeline: to the embedded log
// or to Kafka. It stands in for the outside world in the demo.
//
// Threads: run() on a thread of its own; done() and stop() from any.
// Owns:    the generator.
// Cost:    some 3 us a record.
// Fails:   run() with the log's status; what was sent before stays.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "kaiku/base/clock.h"
#include "kaiku/base/status.h"
#include "kaiku/generate/workload.h"
#include "kaiku/shard/plan.h"

namespace kaiku::local {
class Broker;
}

namespace kaiku::app {

struct FeedOptions {
  uint64_t events = 0;  // 0: without end
  uint64_t rate = 0;    // a second; 0: as fast as they are taken
  uint64_t seed = 1;
  uint32_t event_rate = 0;  // records a second of event time; 0: the generator's own
  bool month = false;       // the generator's month, whatever the others say but the seed
};

class Feeder {
 public:
  // `broker` null: Kafka by the plan's properties.
  Feeder(std::shared_ptr<const shard::Plan> plan,
         local::Broker* broker,
         const base::Clock& clock,
         FeedOptions options);

  [[nodiscard]] base::Status run();

  void stop() { stop_.store(true); }

  [[nodiscard]] bool done() const { return done_.load(); }

 private:
  using Send = std::function<base::Status(std::vector<generate::Record>&)>;

  [[nodiscard]] base::Status feed(generate::Workload& workload, const Send& send);
  [[nodiscard]] base::Result<Send> open();
  [[nodiscard]] base::Status fit_partitions(generate::Options& workload);

  std::shared_ptr<const shard::Plan> plan_;
  local::Broker* broker_;
  const base::Clock& clock_;
  FeedOptions options_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> done_{false};
};

// The generator's options for a plan: its times, so that both agree on what is late.
[[nodiscard]] generate::Options workload_options(const shard::Plan& plan,
                                                 const FeedOptions& options);

}  // namespace kaiku::app
