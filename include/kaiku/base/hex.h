// Hexadecimal text of words and digests: lower case, all digits.
//
// Threads: pure.
// Owns:    nothing.
// Cost:    some nanoseconds and the text.
// Fails:   never.
// Format:  a word is 16 digits, a digest 32: its high half first.
#pragma once

#include <cstdint>
#include <string>

#include "kaiku/base/digest.h"

namespace kaiku::base {

[[nodiscard]] std::string hex(uint64_t word);
[[nodiscard]] std::string hex(const Digest& digest);

}  // namespace kaiku::base
