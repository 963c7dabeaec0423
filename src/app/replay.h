// Replay runs a pipeline over files: the same engine as `run`, over the embedded log in memory.
//
// Threads: blocks its caller; one worker.
// Owns:    broker, store and engine for the time of the call.
// Cost:    the whole input is held in memory until it is read.
// Fails:   kNoInput, kBadData, kConfig; kBadData also when the ledger does not balance.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/shard/ledger.h"
#include "kaiku/shard/plan.h"

#include "app/file_input.h"

namespace kaiku::app {

struct ReplayInput {
  std::string source;
  std::string path;
};

struct ReplayOptions {
  std::vector<ReplayInput> inputs;  // the k-th of a source is its partition k
  std::string output;               // directory, made when missing; "" writes nothing
  int32_t partitions = 0;           // splits each source by key, else by item identity
  std::optional<Framing> framing;   // else by the file's name
};

struct ReplayResult {
  shard::Ledger ledger;
  uint64_t records = 0;
  int64_t elapsed_us = 0;
};

[[nodiscard]] base::Result<ReplayResult> replay(const shard::Plan& plan,
                                                const ReplayOptions& options);

}  // namespace kaiku::app
