// Collector writes what a replay published as files: one JSON-lines file per output, the last
// record of each key, in the bytewise order of window, brand, channel, type, window_start.
//
// Threads: confined to its user.
// Owns:    what it read.
// Cost:    one pass over the output topics, a sort.
// Fails:   kCantCreate when a file cannot be written.
// Format:  aggregates.jsonl, kpis.jsonl: the published value as the only record of its key: kind
// "final",
//          revision 0, no watermark. late.jsonl: the published value. dead_letters.jsonl: the
//          coordinates and the reason, and the original bytes as "payload" or "payload_base64".
#pragma once

#include <string>

#include "kaiku/base/status.h"
#include "kaiku/log/log.h"
#include "kaiku/shard/plan.h"

namespace kaiku::app {

[[nodiscard]] base::Status collect_outputs(const shard::Plan& plan,
                                           log::Log& log,
                                           const std::string& directory);

// Writes a whole file, or says why not.
[[nodiscard]] base::Status write_file(const std::string& path, const std::string& content);

}  // namespace kaiku::app
