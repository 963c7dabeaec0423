// ActivitySums: what counters of activity came to, in a few numbers that never go back in the life
// of a worker.
//
// Threads: a value.
// Owns:    nothing.
// Cost:    a pass over the labels of a view.
// Fails:   never.
#pragma once

#include <cstdint>

#include "kaiku/runtime/worker_view.h"

namespace kaiku::sim {

struct ActivitySums {
  uint64_t items = 0;
  uint64_t judged = 0;  // deadlines of conversations
  uint64_t responses = 0;

  [[nodiscard]] static ActivitySums of(const runtime::WorkerView& view) {
    ActivitySums sums;
    for (const auto& one : view.activity.items) {
      sums.items += one.count;
    }
    for (const auto& one : view.activity.conversations) {
      for (const auto& judged : one.counts.sla) {
        sums.judged += judged.met + judged.breached;
      }
      sums.responses +=
          one.counts.first_response_public.total() + one.counts.first_response_private.total();
    }
    return sums;
  }

  // None of them is less than in `other`.
  [[nodiscard]] bool covers(const ActivitySums& other) const {
    return items >= other.items && judged >= other.judged && responses >= other.responses;
  }

  void add(const ActivitySums& other) {
    items += other.items;
    judged += other.judged;
    responses += other.responses;
  }
};

}  // namespace kaiku::sim
