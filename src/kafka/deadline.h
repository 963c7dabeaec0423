// Deadline: how much of a time budget is left, in the client library's milliseconds.
//
// Threads: a value.
// Owns:    nothing.
// Cost:    one reading of the monotonic clock.
// Fails:   never.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace kaiku::kafka {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Deadline(int64_t budget_ms)
      : start_(Clock::now()), end_(start_ + std::chrono::milliseconds(budget_ms)) {}

  // Never 0 and never negative: 0 means "do not wait" and -1 "for ever" to the client library.
  [[nodiscard]] int left_ms() const { return left_ms(int64_t{1} << 30); }

  [[nodiscard]] int left_ms(int64_t at_most) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now());
    return static_cast<int>(std::clamp<int64_t>(left.count(), 1, std::max<int64_t>(at_most, 1)));
  }

  [[nodiscard]] bool over() const { return Clock::now() >= end_; }

  [[nodiscard]] int64_t elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_).count();
  }

 private:
  Clock::time_point start_;
  Clock::time_point end_;
};

}  // namespace kaiku::kafka
