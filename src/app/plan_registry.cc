#include "app/plan_registry.h"

#include <string>

#include "kaiku/base/hex.h"

#include "app/versions.h"

namespace kaiku::app {

metrics::RegistryOptions registry_options(const shard::Plan& plan) {
  metrics::RegistryOptions options;
  options.build = build_info();
  options.pipeline = plan.name;
  options.config_hash = base::hex(plan.fingerprint);
  for (const shard::SourcePlan& source : plan.sources) {
    options.sources.push_back(source.name);
  }
  for (const window::WindowSpec& window : plan.board->windows) {
    options.windows.push_back(window.name());
  }
  options.currency = std::string(plan.board->rates->base().view());
  return options;
}

}  // namespace kaiku::app
