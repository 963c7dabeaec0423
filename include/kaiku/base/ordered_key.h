// Numbers in the keys of a store, so that the order of the bytes is the order of the numbers.
//
// Threads: pure.
// Owns:    nothing.
// Cost:    some nanoseconds.
// Fails:   take_ordered() is false when there are not enough bytes.
// Format:  big-endian; of a signed number with its sign bit flipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kaiku::base {

void append_ordered(std::string& key, uint64_t number);
void append_ordered(std::string& key, int64_t number);
// From the front of `key`, which is shortened.
[[nodiscard]] bool take_ordered(std::string_view& key, uint64_t& number);
[[nodiscard]] bool take_ordered(std::string_view& key, int64_t& number);

}  // namespace kaiku::base
