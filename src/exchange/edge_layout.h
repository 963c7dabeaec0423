// The number of the byte format of edge records: what is written is what is read.
//
// Threads: a constant.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>

namespace kaiku::exchange {

inline constexpr uint8_t kEdgeLayout = 4;

}  // namespace kaiku::exchange
