// Stats: what the Kafka client side of one process counted, for the metrics.
//
// Threads: any; counters only.
// Owns:    a few words. Shared by the logs of all workers, so that figures survive a log.
// Cost:    one relaxed addition per event, none per record.
// Fails:   never.
#pragma once

#include <atomic>
#include <cstdint>

namespace kaiku::kafka {

struct Stats {
  std::atomic<uint64_t> rebalances{0};              // assignments received
  std::atomic<uint64_t> reconnects{0};              // connections to a broker that broke
  std::atomic<uint64_t> dropped_below_expected{0};  // records fetched twice by the client
  std::atomic<uint64_t> txn_retries{0};             // producers thrown away and made anew
  std::atomic<uint64_t> committed{0};
  std::atomic<uint64_t> aborted{0};  // cleanly: nothing of it is visible
  std::atomic<uint64_t> unknown{0};  // had to be resolved
  std::atomic<uint64_t> fenced{0};
};

}  // namespace kaiku::kafka
