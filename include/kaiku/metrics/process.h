// The process_* metrics every Prometheus user knows, read from the proc file system.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a handful of small reads and a listing of the open descriptors: about 50 us.
// Fails:   never; what cannot be read is absent.
#pragma once

#include <string>

#include "kaiku/metrics/registry.h"

namespace kaiku::metrics {

// `proc` is the mount point, so that a test can bring its own.
[[nodiscard]] Collector process_collector(std::string proc = "/proc");

}  // namespace kaiku::metrics
