// Loading a pipeline for a command: diagnostics go to standard error.
//
// Threads: called from main.
// Owns:    nothing.
// Cost:    reads a file.
// Fails:   answers null after printing what is wrong.
#pragma once

#include <memory>

#include "kaiku/config/pipeline_config.h"

#include "app/commands.h"

namespace kaiku::app {

[[nodiscard]] std::shared_ptr<const shard::Plan> load_plan(const CommonOptions& options,
                                                           config::Purpose purpose);

}  // namespace kaiku::app
