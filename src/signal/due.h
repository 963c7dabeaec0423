// Due: a window of a brand that is to be looked at, once, when it is closed. In the order of their
// ends; of those with one end the minute before the hour before the day.
//
// Threads: a value.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>
#include <tuple>

#include "kaiku/base/event_time.h"
#include "kaiku/signal/alert_kind.h"

namespace kaiku::signal {

struct Due {
  enum class Size : uint8_t { kMinute, kHour, kDay };

  base::EventTime end = 0;
  Size size = Size::kMinute;
  int64_t number = 0;

  friend bool operator<(const Due& a, const Due& b) {
    return std::tie(a.end, a.size) < std::tie(b.end, b.size);
  }
};

constexpr int64_t size_of(Due::Size size) {
  return size == Due::Size::kMinute ? base::kMinute
         : size == Due::Size::kHour ? base::kHour
                                    : base::kDay;
}

constexpr Due due_of(Due::Size size, int64_t number) {
  return {(number + 1) * size_of(size), size, number};
}

// Which windows are looked at for a kind.
constexpr Due::Size size_of_kind(AlertKind kind) {
  switch (kind) {
    case AlertKind::kWeakSignal:
      return Due::Size::kDay;
    case AlertKind::kBurst:
    case AlertKind::kVolumeSpike:
    case AlertKind::kSentimentDrop:
      return Due::Size::kHour;
    default:
      return Due::Size::kMinute;
  }
}

}  // namespace kaiku::signal
