// Bytes: sixteen bytes of text looked at at once, in the compiler's own vectors (every target has
// them).
//
// Threads: pure.
// Owns:    nothing.
// Cost:    a few instructions.
// Fails:   never.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kaiku::match {

using Bytes = uint8_t __attribute__((vector_size(16)));

// Sixteen bytes that are 0 or 0xFF, as two words: the first byte is the lowest one.
struct Mask {
  uint64_t low = 0;
  uint64_t high = 0;

  // The first byte that is set; 16 if none is.
  [[nodiscard]] size_t first() const {
    if (low != 0) {
      return static_cast<size_t>(__builtin_ctzll(low)) / 8;
    }
    return high != 0 ? 8 + static_cast<size_t>(__builtin_ctzll(high)) / 8 : 2 * sizeof(uint64_t);
  }

  friend Mask operator|(Mask a, Mask b) { return {a.low | b.low, a.high | b.high}; }
};

// Of any vector of comparisons.
template <typename Vector>
Mask mask_of(Vector vector) {
  static_assert(sizeof(Vector) == sizeof(Mask));
  using Words = uint64_t __attribute__((vector_size(16)));
  const auto words = reinterpret_cast<Words>(vector);
  return {words[0], words[1]};
}

inline Mask not_ascii(Bytes bytes) {
  return mask_of(bytes > 0x7F);
}

// Where white space is not a single blank. `behind_blank` says whether a blank stands in front of
// the first byte; after the call, whether the last byte is one. Of use where all is ASCII: a
// control character has none of the bits 0x60.
inline Mask odd_space(Bytes bytes, bool& behind_blank) {
  const Mask control = mask_of((bytes & 0x60) == 0);
  const Mask blank = mask_of(bytes == ' ');
  const Mask doubled{blank.low & (blank.low << 8 | (behind_blank ? 0xFFU : 0U)),
                     blank.high & (blank.high << 8 | blank.low >> 56)};
  behind_blank = blank.high >> 56 != 0;
  return control | doubled;
}

inline Bytes lower_case(Bytes bytes) {
  const auto upper = reinterpret_cast<Bytes>((bytes >= 'A') & (bytes <= 'Z'));
  return bytes + (upper & ('a' - 'A'));
}

}  // namespace kaiku::match
