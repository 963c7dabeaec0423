// Sowing: what is planted, laid out in time: one entry for each post and repost to come.
//
// Threads: pure functions.
// Owns:    what they return.
// Cost:    that of a sort.
// Fails:   never.
#pragma once

#include <cstdint>
#include <vector>

#include "kaiku/generate/options.h"

namespace kaiku::generate {

struct Sown {
  base::EventTime at = 0;
  uint16_t planted = 0;  // its place in the options
  bool is_repost = false;
  uint32_t number = 0;
};

// By time.
[[nodiscard]] std::vector<Sown> sow(const Options& options);

// For each brand of the month: bursts, and what looks like one and is none.
[[nodiscard]] std::vector<Planted> plant_month(const Options& options);

}  // namespace kaiku::generate
