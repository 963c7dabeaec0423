// ZoneResolver is the port through which a parser turns local times into UTC: the tz database is
// not its own.
//
// Threads: implementations are safe to call from any thread.
// Owns:    nothing here.
// Cost:    a table lookup; asked once for each local time.
// Fails:   kNoTime for a zone it does not know.
#pragma once

#include <cstdint>
#include <string_view>

#include "kaiku/base/event_time.h"

namespace kaiku::parse {

class ZoneResolver {
 public:
  ZoneResolver() = default;
  ZoneResolver(const ZoneResolver&) = delete;
  ZoneResolver& operator=(const ZoneResolver&) = delete;
  virtual ~ZoneResolver() = default;

  // `local_seconds` is the civil time counted as if it were UTC ("2010-12-01 08:26:00" is
  // 1291191960); the result is microseconds UTC. A time that exists twice (clocks go back) is the
  // earlier one, a time that does not exist (clocks go forward) is read with the offset before the
  // gap.
  [[nodiscard]] virtual base::EventTime to_utc(int64_t local_seconds,
                                               std::string_view zone) const = 0;
};

}  // namespace kaiku::parse
