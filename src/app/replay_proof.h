// ReplayProof: what the ledger.json of a replay says beside the ledger, and whether it still holds.
//
// Threads: any.
// Owns:    nothing.
// Cost:    one pass over the files.
// Fails:   check() with kNoInput when there is no ledger.json, kBadData naming everything that does
//          not add up and every file that is not as it was written.
// Format:  the ledger with "files":[{"file":"kpis.jsonl","lines":12,"crc32c":"0a1b2c3d"}, ...].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/status.h"

#include "app/collector.h"

namespace kaiku::app {

[[nodiscard]] std::string prove(std::string_view ledger, const std::vector<Output>& outputs);
// Of the results in a directory.
[[nodiscard]] base::Status check_proof(const std::string& directory);

}  // namespace kaiku::app
