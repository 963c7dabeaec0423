// crc32c: the Castagnoli checksum (RFC 3720 appendix B.4) that closes changelog and edge records.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 0.3 ns a byte with SSE4.2, 1.5 ns without.
// Fails:   never.
#pragma once

#include <cstdint>
#include <string_view>

namespace kaiku::base {

// The checksum of `bytes` appended to a text whose checksum is `seed` (0: none).
[[nodiscard]] uint32_t crc32c(std::string_view bytes, uint32_t seed = 0) noexcept;

}  // namespace kaiku::base
