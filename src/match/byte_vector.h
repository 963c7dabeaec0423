// Bytes: sixteen bytes of text looked at at once, in the compiler's own vectors (every target has
// them).
//
// Threads: pure.
// Owns:    nothing.
// Cost:    a few instructions.
// Fails:   never.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kaiku::match {

using Bytes = uint8_t __attribute__((vector_size(16)));

// 0xFF where white space is not a single blank, given the bytes that stand one to the left. Of use
// where all is ASCII: a control character has none of the bits 0x60.
inline Bytes odd_space(Bytes bytes, Bytes before) {
  const auto control = reinterpret_cast<Bytes>((bytes & 0x60) == 0);
  const auto doubled = reinterpret_cast<Bytes>((bytes == ' ') & (before == ' '));
  return control | doubled;
}

inline Bytes lower_case(Bytes bytes) {
  const auto upper = reinterpret_cast<Bytes>((bytes >= 'A') & (bytes <= 'Z'));
  return bytes + (upper & ('a' - 'A'));
}

inline std::array<uint64_t, 2> words(Bytes bytes) {
  std::array<uint64_t, 2> out;
  std::memcpy(out.data(), &bytes, sizeof(bytes));
  return out;
}

inline bool any(Bytes bytes) {
  const std::array<uint64_t, 2> both = words(bytes);
  return (both[0] | both[1]) != 0;
}

// The first byte that is not zero; 16 if all are. For bytes that are 0 or have their high bit set.
inline size_t first_set(Bytes bytes) {
  const std::array<uint64_t, 2> both = words(bytes);
  if (both[0] != 0) {
    return static_cast<size_t>(__builtin_ctzll(both[0])) / 8;
  }
  return both[1] != 0 ? 8 + static_cast<size_t>(__builtin_ctzll(both[1])) / 8 : sizeof(Bytes);
}

}  // namespace kaiku::match
