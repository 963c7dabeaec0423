// The rows of the table of settings that belong to `conversations`.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a few rows.
// Fails:   never.
#pragma once

#include <vector>

#include "config/settings.h"

namespace kaiku::config {

[[nodiscard]] std::vector<Setting> conversation_settings();

}  // namespace kaiku::config
