// Catalogue: the catalogues whose entries hold from a time on.
//
// Threads: a value.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>

namespace kaiku::model {

// Numbers on disk: never reuse one.
enum class Catalogue : uint8_t { kPrices = 1, kMarkets = 2, kTargets = 3, kCalendars = 4 };

}  // namespace kaiku::model
