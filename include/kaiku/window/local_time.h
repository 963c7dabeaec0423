// Local times to UTC by the system's time zone database.
//
// Threads: any.
// Owns:    nothing; zones found once are remembered by the database.
// Cost:    a lookup by name and a search in the zone's transitions.
// Fails:   kNoTime for a zone that is not in the database.
#pragma once

#include <cstdint>
#include <string_view>

#include "kaiku/base/event_time.h"

namespace kaiku::window {

// `local_seconds` is the civil time counted as if it were UTC. A time that exists twice (clocks go
// back) is the earlier one; a time that does not exist (clocks go forward) is read with the offset
// before the gap.
[[nodiscard]] base::EventTime local_to_utc(int64_t local_seconds, std::string_view zone);

// The database knows this zone.
[[nodiscard]] bool is_zone(std::string_view zone);

}  // namespace kaiku::window
