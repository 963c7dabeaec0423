#include "config/zones.h"

#include "kaiku/base/event_time.h"
#include "kaiku/window/window_spec.h"

namespace kaiku::config {

std::string zone_problem(const std::string& zone) {
  if (zone.empty()) {
    return "a time zone is empty";
  }
  const auto day = window::WindowSpec::make("day", base::kDay, 0, zone, 0, base::kDay);
  return day.has_value() ? "" : "no time zone is called \"" + zone + "\"";
}

}  // namespace kaiku::config
