#include "kaiku/window/window_spec.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include <date/tz.h>

#include "kaiku/base/check.h"

namespace kaiku::window {
namespace {

using base::EventTime;
using base::floor_div;
using base::kDay;

// Bounds that keep every sum of a time and a duration far from the ends of int64.
constexpr int64_t kSizeMax = 366 * kDay;
constexpr int64_t kAfterMax = 36'600 * kDay;
// A day of minutes; a correction of one pane has to look at twice as many.
constexpr int64_t kPanesMax = 1'440;

bool is_utc(const std::string& zone) {
  return zone.empty() || zone == "UTC" || zone == "Etc/UTC" || zone == "Z";
}

}  // namespace

// The offsets of a zone as intervals: interval i holds from begins[i] (UTC) on, the first from the
// beginning of time.
struct WindowSpec::Zone {
  std::vector<EventTime> begins;
  std::vector<int64_t> offsets;
  // The interval that was asked for last. A hint only: a stale one costs a search.
  mutable std::atomic<size_t> last{0};

  [[nodiscard]] static base::Result<std::shared_ptr<const Zone>> read(const std::string& name);
  [[nodiscard]] int64_t offset_at(EventTime time) const;
  [[nodiscard]] EventTime midnight(int64_t day) const;
  [[nodiscard]] int64_t civil_day(EventTime time) const;
};

base::Result<std::shared_ptr<const WindowSpec::Zone>> WindowSpec::Zone::read(
    const std::string& name) {
  const auto refused = [&name](const char* why) {
    return base::Status::stop(base::Exit::kConfig,
                              "time zone '" + name + "' is not known to the system: " + why);
  };
  try {
    const date::time_zone* zone = date::locate_zone(name);
    auto made = std::make_shared<Zone>();
    const date::sys_seconds end = date::sys_days{date::year{2200} / 1 / 1};
    date::sys_seconds at = date::sys_days{date::year{1800} / 1 / 1};
    while (at < end) {
      const date::sys_info info = zone->get_info(at);
      made->begins.push_back(made->begins.empty() ? base::kTimeBegin
                                                  : at.time_since_epoch().count() * base::kSecond);
      made->offsets.push_back(info.offset.count() * base::kSecond);
      if (info.end <= at) {
        break;
      }
      at = info.end;
    }
    return std::shared_ptr<const Zone>(std::move(made));
  } catch (const std::exception& error) {
    return refused(error.what());
  } catch (...) {
    return refused("the time zone database cannot be read");
  }
}

int64_t WindowSpec::Zone::offset_at(EventTime time) const {
  size_t i = last.load(std::memory_order_relaxed);
  if (time < begins[i] || (i + 1 < begins.size() && time >= begins[i + 1])) {
    const auto after = std::upper_bound(begins.begin() + 1, begins.end(), time);
    i = static_cast<size_t>(after - begins.begin()) - 1;
    last.store(i, std::memory_order_relaxed);
  }
  return offsets[i];
}

// When a civil day begins: at its first 00:00, or when the clock jumps over 00:00, at the jump.
EventTime WindowSpec::Zone::midnight(int64_t day) const {
  const EventTime local = day * kDay;
  // Offsets are less than a day, so the one in force lies within a day of `local`.
  const auto from = std::upper_bound(begins.begin() + 1, begins.end(), local - kDay);
  for (auto i = static_cast<size_t>(from - begins.begin()) - 1;; ++i) {
    const EventTime utc = local - offsets[i];
    const bool is_last = i + 1 == begins.size();
    if (is_last || utc < begins[i + 1]) {
      return i == 0 ? utc : std::max(utc, begins[i]);
    }
  }
}

int64_t WindowSpec::Zone::civil_day(EventTime time) const {
  int64_t day = floor_div(time + offset_at(time), kDay);
  // A clock set back over midnight shows yesterday again; the day has begun all the same.
  while (midnight(day + 1) <= time) {
    ++day;
  }
  while (midnight(day) > time) {
    --day;
  }
  return day;
}

base::Result<WindowSpec> WindowSpec::make(std::string name,
                                          int64_t size_us,
                                          int64_t advance_us,
                                          std::string zone,
                                          int64_t final_after_us,
                                          int64_t retention_us) {
  const auto refuse = [&name](const std::string& why) {
    return base::Status::stop(base::Exit::kConfig, "window '" + name + "': " + why);
  };
  if (name.empty() || name.find('\0') != std::string::npos) {
    return base::Status::stop(base::Exit::kConfig, "a window needs a name");
  }
  if (size_us < base::kMinute || size_us > kSizeMax || size_us % base::kMinute != 0) {
    return refuse("its size must be whole minutes, from 1m to 366d");
  }
  if (advance_us < 0 || advance_us > size_us || advance_us % base::kMinute != 0 ||
      (advance_us != 0 && size_us % advance_us != 0)) {
    return refuse("its advance must be whole minutes that divide the size");
  }
  if (advance_us != 0 && size_us / advance_us > kPanesMax) {
    return refuse("its size is more than " + std::to_string(kPanesMax) + " times its advance");
  }
  if (final_after_us < 0 || final_after_us > kAfterMax) {
    return refuse("final_after must not be negative or above 36600d");
  }
  if (retention_us < final_after_us || retention_us > kAfterMax) {
    return refuse("its retention must be from final_after to 36600d");
  }
  WindowSpec spec;
  spec.name_ = std::move(name);
  spec.size_us_ = size_us;
  spec.advance_us_ = advance_us;
  spec.final_after_us_ = final_after_us;
  spec.retention_us_ = retention_us;
  if (!is_utc(zone)) {
    if (size_us % kDay != 0 || advance_us % kDay != 0) {
      return base::Status::stop(
          base::Exit::kConfig,
          "window '" + spec.name_ + "': a time zone (" + zone + ") is for windows of whole days");
    }
    auto read = Zone::read(zone);
    if (!read) {
      return base::Status::stop(base::Exit::kConfig,
                                "window '" + spec.name_ + "': " + read.error().message());
    }
    spec.zone_ = *read;
  }
  return spec;
}

EventTime WindowSpec::pane_start(EventTime time) const {
  const int64_t advance = advance_us();
  if (zone_ == nullptr) {
    return floor_div(time, advance) * advance;
  }
  const int64_t days = advance / kDay;
  return zone_->midnight(floor_div(zone_->civil_day(time), days) * days);
}

EventTime WindowSpec::pane_end(EventTime start) const {
  if (zone_ == nullptr) {
    return start + advance_us();
  }
  const int64_t days = advance_us() / kDay;
  return zone_->midnight((floor_div(zone_->civil_day(start), days) + 1) * days);
}

EventTime WindowSpec::window_end(EventTime start) const {
  if (zone_ == nullptr) {
    return start + size_us_;
  }
  return zone_->midnight(zone_->civil_day(start) + size_us_ / kDay);
}

}  // namespace kaiku::window
