// Zones: is this the name of a time zone?
//
// Threads: any.
// Owns:    nothing.
// Cost:    reading one zone.
// Fails:   with the reason.
#pragma once

#include <string>

namespace kaiku::config {

// "" if the zone is known.
[[nodiscard]] std::string zone_problem(const std::string& zone);

}  // namespace kaiku::config
