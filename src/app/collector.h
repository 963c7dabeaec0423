// Collector gathers what a pass over files or tests published: per output its last records as JSON
// lines, in the bytewise order of window, brand, channel, type, window_start.
//
// Threads: confined to its user.
// Owns:    what it read.
// Cost:    one pass over the output topics, a sort.
// Fails:   with the log's status; write_file() kCantCreate, kDiskFull, kNoPermission.
// Format:  aggregates, kpis: the published value as the only record of its key: kind "final",
//          revision 0, no watermark. late: the published value. outcomes, alerts, items: the last
//          value of each key, by key; only where the plan has them. dead_letters: the coordinates
//          and the reason, and the original bytes as "payload" or "payload_base64".
#pragma once

#include <string>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/log/log.h"
#include "kaiku/shard/plan.h"

namespace kaiku::app {

struct Output {
  std::string name;   // aggregates, kpis, late, dead_letters, outcomes, alerts, items
  std::string lines;  // each ends with a line feed
};

[[nodiscard]] base::Result<std::vector<Output>> collect_outputs(const shard::Plan& plan,
                                                                log::Log& log);

// What a replay may write into its directory.
[[nodiscard]] std::vector<std::string> result_files();

// Writes a whole file, or says why not.
[[nodiscard]] base::Status write_file(const std::string& path, const std::string& content);

}  // namespace kaiku::app
