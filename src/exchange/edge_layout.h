// The numbers of the byte format of edge records: what is written is what is read.
//
// Threads: constants.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>

namespace kaiku::exchange {

inline constexpr uint8_t kEdgeLayout = 4;
// Still read: it knew no level of threads, so the levels above it stand one place lower.
inline constexpr uint8_t kEdgeLayoutWithoutThreads = 3;
// In the mask of levels: a voice stands behind their progress.
inline constexpr unsigned kEdgeHasVoice = 0x80;

}  // namespace kaiku::exchange
