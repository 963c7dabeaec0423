// Baseline: the past of a count in integers: a <- d a + x, b <- d b + 1 per window, in millionths,
// rounded down. Its next count is a Gamma-Poisson (effect/surprise.h).
//
// Threads: any.
// Owns:    its values.
// Cost:    some ns per window that passed; nothing once it has faded.
// Fails:   never: sums stop at a bound that no real count comes near.
//
// Time is the number of a window. What passed without a count fades step by step, as if each
// window had been looked at: so a baseline is a function of the counts, not of who looked when.
#pragma once

#include <cstdint>

namespace kaiku::signal {

inline constexpr int64_t kMillion = 1'000'000;

// d in millionths; 970,000 is half after 23 windows.
inline constexpr int64_t kDiscount = 970'000;

// What is left of `micros` after `windows` windows in which nothing was added.
[[nodiscard]] int64_t faded(int64_t micros, int64_t windows, int64_t discount);

// The number of windows seen until now, older ones counting less: b.
class Age {
 public:
  // All windows before `window`, from the first that was told on, are seen.
  void pass_to(int64_t window, int64_t discount);

  [[nodiscard]] int64_t micros() const { return micros_; }

  [[nodiscard]] int64_t at() const { return at_; }

  void restore(int64_t micros, int64_t at) {
    micros_ = micros;
    at_ = at;
  }

 private:
  int64_t micros_ = 0;
  int64_t at_ = INT64_MIN;  // the next window to be seen; INT64_MIN: none was told
};

// a, as of the window in which something was last added.
struct Shape {
  int64_t micros = 0;
  int64_t at = 0;

  // Before the count of `window` is known.
  [[nodiscard]] int64_t before(int64_t window, int64_t discount) const;
  void add(int64_t window, int64_t count, int64_t discount);
};

// The least a: half an event. So a term nobody ever used can surprise too.
inline constexpr int64_t kLeastShape = kMillion / 2;

// P(next >= count). a and b in millionths.
[[nodiscard]] double upper_tail(int64_t shape_micros, int64_t age_micros, int64_t count);
// a / b: the expected count.
[[nodiscard]] double expected(int64_t shape_micros, int64_t age_micros);

}  // namespace kaiku::signal
