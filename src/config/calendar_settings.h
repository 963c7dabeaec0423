// The rows of the table of settings under `conversations.calendars`.
//
// Threads: any.
// Owns:    nothing.
// Cost:    of no concern.
// Fails:   never.
#pragma once

#include <vector>

#include "config/settings.h"

namespace kaiku::config {

[[nodiscard]] std::vector<Setting> calendar_settings();

}  // namespace kaiku::config
