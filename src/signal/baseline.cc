#include "kaiku/signal/baseline.h"

#include <algorithm>

#include "kaiku/effect/surprise.h"

namespace kaiku::signal {
namespace {

// A billion events: the product with a discount stays inside 64 bits only with care, see step().
constexpr int64_t kMost = int64_t{1'000'000'000} * kMillion;

int64_t step(int64_t micros, int64_t discount) {
  const int64_t whole = micros / kMillion;
  const int64_t part = micros % kMillion;
  return whole * discount + part * discount / kMillion;
}

}  // namespace

int64_t faded(int64_t micros, int64_t windows, int64_t discount) {
  for (int64_t i = 0; i < windows && micros != 0; ++i) {
    const int64_t next = step(micros, discount);
    if (next == micros) {
      break;
    }
    micros = next;
  }
  return micros;
}

void Age::pass_to(int64_t window, int64_t discount) {
  if (at_ == INT64_MIN) {
    at_ = window;
  }
  for (; at_ < window; ++at_) {
    const int64_t next = std::min(step(micros_, discount) + kMillion, kMost);
    if (next == micros_) {
      at_ = window;
      return;
    }
    micros_ = next;
  }
}

int64_t Shape::before(int64_t window, int64_t discount) const {
  return window > at ? faded(micros, window - at - 1, discount) : micros;
}

void Shape::add(int64_t window, int64_t count, int64_t discount) {
  const int64_t events = std::clamp<int64_t>(count, 0, kMost / kMillion);
  const int64_t before_it = window > at ? before(window, discount) : micros;
  micros = std::min(step(before_it, discount) + events * kMillion, kMost);
  at = window;
}

double upper_tail(int64_t shape_micros, int64_t age_micros, int64_t count) {
  constexpr auto kUnit = static_cast<double>(kMillion);
  const effect::GammaPoisson past{static_cast<double>(std::max(shape_micros, kLeastShape)) / kUnit,
                                  static_cast<double>(age_micros) / kUnit};
  return past.upper_tail(count);
}

double expected(int64_t shape_micros, int64_t age_micros) {
  return age_micros > 0 ? static_cast<double>(shape_micros) / static_cast<double>(age_micros) : 0;
}

}  // namespace kaiku::signal
