// The versions of kaiku and of the libraries it is linked with.
//
// Threads: any.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include "kaiku/metrics/registry.h"

namespace kaiku::app {

[[nodiscard]] metrics::BuildInfo build_info();

}  // namespace kaiku::app
