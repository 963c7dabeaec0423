// UTF-8: is it valid, how far is it valid, and where may it be cut.
//
// Threads: any.
// Owns:    nothing; views point into the argument.
// Cost:    about 0.15 ns a byte of ASCII, 1 ns a byte of the rest. No allocation.
// Fails:   never.
// Source:  The Unicode Standard, table 3-7 (well-formed byte sequences): no overlong forms, no
//          surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kaiku::text {

// The length of the longest prefix that is well-formed UTF-8.
[[nodiscard]] size_t valid_utf8_prefix(std::string_view bytes);

[[nodiscard]] inline bool is_utf8(std::string_view bytes) {
  return valid_utf8_prefix(bytes) == bytes.size();
}

// At most `limit` bytes of valid UTF-8, never ending inside a character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, size_t limit);

// Appends a code point; surrogates and numbers above U+10FFFF become U+FFFD.
void append_utf8(std::string& out, uint32_t code_point);

}  // namespace kaiku::text
