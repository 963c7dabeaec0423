// Code points of text that is UTF-8 but need not be.
//
// Threads: any.
// Owns:    nothing.
// Cost:    some ns a character.
// Fails:   never: a byte that begins no character is a code point of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kaiku::signal {

// The code point at `at`, which is moved behind it and must be inside `text`.
[[nodiscard]] inline uint32_t next_code_point(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at++);
  const unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  if (more == 0 || at + more > text.size()) {
    return first;
  }
  uint32_t c = first & (0x3fU >> more);
  for (unsigned i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xc0U) != 0x80U) {
      return first;
    }
    c = c << 6U | (byte(at + i) & 0x3fU);
  }
  at += more;
  return c;
}

// Letters, digits, marks and `_`, without a table of Unicode: what is not punctuation, sign, blank
// or picture. Runs of scripts without blanks are too long for a word and are none.
[[nodiscard]] constexpr bool is_word_code_point(uint32_t c) {
  if (c < 0x80) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  return c >= 0xc0 && c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c <= 0x2bff) &&
         !(c >= 0x3000 && c <= 0x303f) && !(c >= 0xfe00 && c <= 0xfe4f) &&
         !(c >= 0xff00 && c <= 0xff0f) && c < 0x1f000;
}

}  // namespace kaiku::signal
