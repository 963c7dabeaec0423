// Funnel: the steps of a campaign in a window, as its KPI records tell them, or would if it closed
// now: how many did each, how many of those before it, and what one cost.
//
// Threads: immutable once made.
// Owns:    its texts.
// Cost:    about 1 us a step.
// Fails:   never. What is not computable is empty, never 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/board/kpi_set.h"

namespace kaiku::board {

// No value: nothing to divide by. No interval: more than there were before, so no proportion.
struct FunnelRate {
  std::optional<double> value;
  std::optional<double> lower;  // 95 %
  std::optional<double> upper;
};

struct FunnelStep {
  std::string name;
  std::string of;  // what it counts: views, leads, orders ...
  int64_t count = 0;
  FunnelRate of_previous;  // of the first step: of itself
  FunnelRate of_first;
  // Spend / count, in micros. Nothing: nobody did it, or a rate of exchange is missing.
  std::optional<int64_t> cost_micros;
};

struct Funnel {
  std::string campaign;
  std::string brand;
  std::string window;
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  bool is_closed = true;
  bool is_whole = false;       // of the whole campaign, which ends in the window
  std::optional<double> days;  // of the campaign that lie in it
  std::string value_basis;     // of the costs
  std::string currency;        // of the costs; "": nothing was spent
  std::optional<int64_t> spend_micros;
  std::vector<FunnelStep> steps;
};

// Nothing if the set is not about a campaign.
[[nodiscard]] std::optional<Funnel> funnel_of(const KpiSet& set);

}  // namespace kaiku::board
