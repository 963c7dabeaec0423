// Attribution: the parts of one order that go to the channels of its touches, by model.
//
// Threads: any.
// Owns:    its channels and parts.
// Cost:    some 100 ns per touch and model.
// Fails:   never; half_life is at least a second.
//
// last touch and first touch: the whole to one channel. linear: every touch the same. time decay:
// 2^(-age/h), h the half-life, age from the touch to the newest one (a common factor changes no
// share). equal split: every distinct channel the same, which is the Shapley value on observed sets
// (Zhao, Mahboobi, Bagheri 2018). Weights are integers (2^-x as a product of square roots of 1/2 in
// fixed point), and the parts are cut by the largest remainder, ties by channel: so they sum to the
// whole to the micro, and are the same on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/aggregate/attribution_figures.h"
#include "kaiku/base/event_time.h"

namespace kaiku::journey {

struct Touch {
  base::EventTime at = base::kNoTime;
  std::string_view channel;
};

// One channel of a journey and what goes to it, by model.
struct Part {
  std::string_view channel;
  std::array<int64_t, aggregate::kAttributionModels> micros{};
  std::array<int64_t, aggregate::kAttributionModels> conversion_millionths{};
};

// `touches` by time. Parts by channel; without a touch one part of kNoChannel takes everything.
[[nodiscard]] std::vector<Part> attribute(std::span<const Touch> touches,
                                          int64_t micros,
                                          int64_t half_life);

// 2^(-age/half_life) x 2^40, rounded down.
[[nodiscard]] uint64_t decay_weight(int64_t age, int64_t half_life);

}  // namespace kaiku::journey
