// WaitCounts: how long people waited, counted exactly in fixed buckets: the food of the histograms
// of waiting times.
//
// Threads: a value.
// Owns:    its counts.
// Cost:    record() compares with eleven bounds.
// Fails:   never. The sum stops at its largest value.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "kaiku/base/event_time.h"

namespace kaiku::model {

// Upper bounds, included, in seconds: about what people expect of an answer, from the chat's minute
// to three days.
inline constexpr std::array<int64_t, 11> kWaitBounds = {
    60, 240, 360, 1'200, 1'320, 3'600, 7'200, 14'400, 28'800, 86'400, 259'200};

class WaitCounts {
 public:
  // What lies before its own beginning did not wait.
  void record(int64_t wait_us) {
    const int64_t wait = std::max<int64_t>(wait_us, 0);
    size_t bucket = 0;
    while (bucket < kWaitBounds.size() && wait > kWaitBounds[bucket] * base::kSecond) {
      ++bucket;
    }
    ++buckets_[bucket];
    add_to_sum(static_cast<uint64_t>(wait));
  }

  void add(const WaitCounts& other) {
    for (size_t i = 0; i < buckets_.size(); ++i) {
      buckets_[i] += other.buckets_[i];
    }
    add_to_sum(other.sum_us_);
  }

  // One per bound and one for what took longer; not cumulative.
  [[nodiscard]] std::span<const uint64_t, kWaitBounds.size() + 1> buckets() const {
    return buckets_;
  }

  [[nodiscard]] uint64_t sum_us() const { return sum_us_; }

  [[nodiscard]] uint64_t total() const {
    uint64_t total = 0;
    for (const uint64_t count : buckets_) {
      total += count;
    }
    return total;
  }

  friend bool operator==(const WaitCounts&, const WaitCounts&) = default;

 private:
  void add_to_sum(uint64_t us) {
    sum_us_ = us > std::numeric_limits<uint64_t>::max() - sum_us_
                  ? std::numeric_limits<uint64_t>::max()
                  : sum_us_ + us;
  }

  std::array<uint64_t, kWaitBounds.size() + 1> buckets_{};
  uint64_t sum_us_ = 0;
};

}  // namespace kaiku::model
