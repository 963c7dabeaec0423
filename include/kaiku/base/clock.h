// Clock: the only door to the time of day and to elapsed time. Event time never comes from it.
//
// Threads: implementations are safe to call from any thread.
// Owns:    nothing.
// Cost:    one system call at most.
// Fails:   never.
#pragma once

#include <cstdint>

namespace kaiku::base {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  // Wall clock, microseconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] virtual int64_t now_us() const = 0;
  // Never goes back, microseconds since some start.
  [[nodiscard]] virtual int64_t monotonic_us() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] int64_t now_us() const override;
  [[nodiscard]] int64_t monotonic_us() const override;
};

// A clock that moves when it is told to: tests, simulation and replay.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_us = 0) : now_us_(now_us) {}

  [[nodiscard]] int64_t now_us() const override { return now_us_; }

  [[nodiscard]] int64_t monotonic_us() const override { return now_us_; }

  void advance_us(int64_t by_us) { now_us_ += by_us; }

 private:
  int64_t now_us_;
};

}  // namespace kaiku::base
