#include "app/pipeline.h"

#include <cstdio>

namespace kaiku::app {

std::shared_ptr<const shard::Plan> load_plan(const CommonOptions& options,
                                             config::Purpose purpose) {
  config::LoadOptions load;
  load.purpose = purpose;
  load.overrides = options.set;
  const config::Loaded loaded = config::load_pipeline(options.pipeline, load);
  if (loaded.plan == nullptr) {
    std::fputs(config::render(loaded.diagnostics).c_str(), stderr);
  }
  return loaded.plan;
}

}  // namespace kaiku::app
