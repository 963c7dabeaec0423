#include "kaiku/window/local_time.h"

#include <exception>

#include <date/tz.h>

namespace kaiku::window {

base::EventTime local_to_utc(int64_t local_seconds, std::string_view zone) {
  try {
    const date::time_zone* const found = date::locate_zone(std::string(zone));
    const date::local_seconds local{std::chrono::seconds(local_seconds)};
    const date::local_info info = found->get_info(local);
    // `first` is the only offset, the earlier one of two, or the one before a gap.
    return (local_seconds - info.first.offset.count()) * base::kSecond;
  } catch (const std::exception&) {
    return base::kNoTime;
  }
}

bool is_zone(std::string_view zone) {
  try {
    return date::locate_zone(std::string(zone)) != nullptr;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace kaiku::window
