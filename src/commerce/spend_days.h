// spend_days: what was spent over a period, day by day: whole days get the same, a day that is in
// it partly gets its part, and the days sum to the amount exactly (largest remainder).
//
// Threads: any.
// Owns:    nothing.
// Cost:    some 100 ns a day; limits::kPeriodDays of them at most, and two that are cut.
// Fails:   never.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/model/item.h"
#include "kaiku/window/window_spec.h"

namespace kaiku::commerce {

struct SpendDay {
  base::EventTime at = 0;  // its beginning, or that of the period
  int64_t micros = 0;

  friend bool operator==(const SpendDay&, const SpendDay&) = default;
};

// `days` nothing: those of UTC.
[[nodiscard]] std::vector<SpendDay> spend_days(const model::Period& period,
                                               int64_t micros,
                                               const std::optional<window::WindowSpec>& days);

}  // namespace kaiku::commerce
