#include "kaiku/base/clock.h"

#include <ctime>

namespace kaiku::base {
namespace {

int64_t read(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

int64_t SystemClock::now_us() const {
  return read(CLOCK_REALTIME);
}

int64_t SystemClock::monotonic_us() const {
  return read(CLOCK_MONOTONIC);
}

}  // namespace kaiku::base
