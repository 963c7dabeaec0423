// Token: where in the record the value of one path stands, and what it is.
//
// Threads: confined to their parser.
// Owns:    nothing: points into the padded copy of the record, or into the parser's arena.
// Cost:    16 bytes.
// Fails:   never.
#pragma once

#include <cstdint>
#include <string_view>

namespace kaiku::parse {

enum class TokenKind : uint8_t {
  kAbsent,
  kNull,
  kTrue,
  kFalse,
  kNumber,
  kQuoted,  // content of a string, escapes not yet undone
  kPlain,   // content of a string as it is
  kObject,
  kArray,
  kBroken,  // a string whose escapes are wrong
};

struct Token {
  const char* data = nullptr;
  uint32_t size = 0;
  TokenKind kind = TokenKind::kAbsent;

  [[nodiscard]] std::string_view text() const { return {data, size}; }

  [[nodiscard]] bool is_flag() const {
    return kind == TokenKind::kTrue || kind == TokenKind::kFalse;
  }

  // Not for objects, arrays and broken strings.
  [[nodiscard]] bool has_text() const { return kind < TokenKind::kObject; }

  [[nodiscard]] bool is_missing() const {
    return kind == TokenKind::kAbsent || kind == TokenKind::kNull;
  }
};

}  // namespace kaiku::parse
