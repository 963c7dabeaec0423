// Zones: the parser's port to time zones, over the tz database of module window.
//
// Threads: safe for all workers.
// Owns:    nothing.
// Cost:    a zone lookup a call.
// Fails:   kNoTime for a zone that is not in the database.
#pragma once

#include <memory>

#include "kaiku/parse/zone_resolver.h"

namespace kaiku::app {

[[nodiscard]] std::shared_ptr<const parse::ZoneResolver> system_zones();

}  // namespace kaiku::app
