// Document: one record made ready for walking: a padded copy, the places simdjson's stage 1 found
// in it, and the place a walk stands at.
//
// Threads: confined to its collector.
// Owns:    the padded copy; views and tokens made of it die with the next open().
// Cost:    a copy and stage 1 at open(); a step of a walk is an index and a character.
// Fails:   open() with simdjson's error. No walk leaves the text: behind the last place stand two
//          more at the NUL behind the text, and who saw a character there steps over it at most
//          once.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "structure.h"
#include "token.h"

namespace kaiku::parse {

class Document {
 public:
  // simdjson writes unescaped text in whole vectors.
  static constexpr size_t kSlack = 64;
  static_assert(kSlack >= simdjson::SIMDJSON_PADDING);

  // A byte order mark in front is left out.
  [[nodiscard]] simdjson::error_code open(std::string_view value);

  [[nodiscard]] size_t size() const { return size_; }

  // Is there an escape anywhere in the record? In most there is none.
  [[nodiscard]] bool has_backslash() const { return has_backslash_; }

  // Where something stands: walks hold places by value, so that they stay in registers.
  using Place = const uint32_t*;

  [[nodiscard]] Place begin() const { return places_; }

  // Two more may be looked at: there is NUL.
  [[nodiscard]] Place end() const { return end_; }

  [[nodiscard]] const char* text() const { return text_; }

  [[nodiscard]] char at(Place place) const { return text_[*place]; }

  // Whether a record that begins with a bracket ends with its counterpart.
  [[nodiscard]] bool is_closed() const;

  // The value at a place. False if it is a scalar that is none of JSON's, or no value at all;
  // objects and arrays are told by their first character.
  [[nodiscard]] bool classify(Place place, Token& token) const {
    const char* const quote = text_ + *place;
    if (*quote != '"') {
      return classify_other(place, token);
    }
    // A place reaches to the next one, and stage 1 closed the string.
    const char* last = text_ + place[1] - 1;
    while (is_space(*last)) {
      --last;
    }
    token.data = quote + 1;
    token.size = static_cast<uint32_t>(last - quote) - 1;
    token.kind = string_kind_;
    return last > quote && *last == '"';
  }

  // Behind a value that nobody reads: brackets are counted, and that is all. Null if there is none.
  [[nodiscard]] Place skip(Place place) const {
    return at(place) == '"' ? place + 1 : skip_other(place);
  }

  // Undoes the escapes of a string that begins at `raw` (behind its quote) into `out`, which has
  // room for it and kSlack more. False if they are wrong.
  [[nodiscard]] bool unescape(const char* raw, uint8_t* out, std::string_view& text) {
    return structure_.unescape(raw, out, text);
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  void pad(std::string_view value);
  [[nodiscard]] bool classify_other(Place place, Token& token) const;
  [[nodiscard]] Place skip_other(Place place) const;

  Structure structure_;
  std::vector<char> buffer_;
  const char* text_ = nullptr;
  Place places_ = nullptr;
  Place end_ = nullptr;
  size_t size_ = 0;
  bool has_backslash_ = false;
  TokenKind string_kind_ = TokenKind::kPlain;
};

}  // namespace kaiku::parse
