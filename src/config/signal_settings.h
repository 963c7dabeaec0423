// The rows of the table of settings that belong to `signals`.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a few rows.
// Fails:   never.
#pragma once

#include <vector>

#include "config/settings.h"

namespace kaiku::config {

[[nodiscard]] std::vector<Setting> signal_settings();

}  // namespace kaiku::config
