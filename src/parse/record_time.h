// Times as records write them, to microseconds UTC.
//
// Threads: any.
// Owns:    nothing.
// Cost:    30 ns for RFC 3339, less for epoch numbers.
// Fails:   kBad for what is no time of the format or lies outside the years 1 to 9999; kUnit for a
//          number where the mapping does not say its unit.
#pragma once

#include <cstdint>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/parse/mapping.h"
#include "kaiku/parse/zone_resolver.h"

namespace kaiku::parse {

enum class TimeVerdict : uint8_t { kGood, kBad, kUnit };

// `text` is the content of a JSON string, or the token of a number. kSecondsNanos is not for here.
[[nodiscard]] TimeVerdict parse_time(std::string_view text,
                                     TimeFormat format,
                                     std::string_view zone,
                                     const ZoneResolver* zones,
                                     base::EventTime& time);
[[nodiscard]] TimeVerdict parse_seconds_nanos(std::string_view seconds,
                                              std::string_view nanos,
                                              base::EventTime& time);

}  // namespace kaiku::parse
