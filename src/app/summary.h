// Summary: what a pipeline's output topics say, as a table for people.
//
// Threads: confined to its user.
// Owns:    what it read.
// Cost:    reads the activity and KPI topics once.
// Fails:   as the log.
#pragma once

#include <string>

#include "kaiku/base/status.h"
#include "kaiku/log/log.h"
#include "kaiku/serve/snapshot.h"
#include "kaiku/shard/ledger.h"
#include "kaiku/shard/plan.h"

namespace kaiku::app {

// Items by outcome, figures per brand and channel over all days, booked money, the ledger's
// balance.
[[nodiscard]] base::Result<std::string> summarise(const shard::Plan& plan,
                                                  log::Log& log,
                                                  const shard::Ledger& ledger,
                                                  int64_t elapsed_us);

// The live table of `run --watch`.
[[nodiscard]] std::string live_table(const serve::Snapshot& snapshot);

}  // namespace kaiku::app
