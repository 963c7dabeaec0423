// The rows of the table of settings that say what is counted beside brands and channels:
// `campaigns`, `topics`, `feedback`, `content`, `comparisons`.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a few rows.
// Fails:   never.
#pragma once

#include <vector>

#include "config/settings.h"

namespace kaiku::config {

[[nodiscard]] std::vector<Setting> facet_settings();

}  // namespace kaiku::config
