// Document: one record made ready for walking: a padded copy, the places simdjson's stage 1 found
// in it, and the place a walk stands at.
//
// Threads: confined to its collector.
// Owns:    the padded copy; views and tokens made of it die with the next open().
// Cost:    a copy and stage 1 at open(); a step of a walk is an index and a character.
// Fails:   open() with simdjson's error. No step leaves the text: behind the last place stand two
//          that point at the NUL behind the text, which is no character of a step's.
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

  // Back to the first place.
  void rewind() { next_ = 0; }

  // The character at the place the walk stands at; NUL behind the last one.
  [[nodiscard]] char here() const { return text_[places_[next_]]; }

  // Where that is.
  [[nodiscard]] const char* at() const { return text_ + places_[next_]; }

  // Where the place before it is; there is one.
  [[nodiscard]] const char* before() const { return text_ + places_[next_ - 1]; }

  // Only over a character that was looked at: never from behind the last place.
  void step() { ++next_; }

  // The first bracket of an object or array is behind: steps over its end and is true if it is
  // empty.
  [[nodiscard]] bool take_end(char bracket) {
    if (here() != bracket) {
      return false;
    }
    step();
    return true;
  }

  // Steps over a key and its colon; null if there is none. Behind the quote.
  [[nodiscard]] const char* take_key() {
    const char* const key = at();
    if (*key != '"' || text_[places_[next_ + 1]] != ':') {
      return nullptr;
    }
    next_ += 2;
    return key + 1;
  }

  enum class After : uint8_t { kMore, kEnd, kWrong };

  // What stands behind a member or element; steps over a comma or the end.
  [[nodiscard]] After take_separator(char bracket) {
    const char c = here();
    if (c == bracket) {
      step();
      return After::kEnd;
    }
    if (c != ',') {
      return After::kWrong;
    }
    step();
    return After::kMore;
  }

  // All of the document has been read.
  [[nodiscard]] bool is_behind_end() const { return next_ == count_; }

  // Whether a record that begins with a bracket ends with its counterpart.
  [[nodiscard]] bool is_closed() const;

  // The value the walk stands at. False if it is a scalar that is none of JSON's, or no value at
  // all; objects and arrays are told by their first character.
  [[nodiscard]] bool classify(Token& token) const;
  // Over a value that nobody reads: brackets are counted, and that is all.
  [[nodiscard]] simdjson::error_code skip_value();

  // Undoes the escapes of a string that begins at `raw` (behind its quote) into `out`, which has
  // room for it and kSlack more. False if they are wrong.
  [[nodiscard]] bool unescape(const char* raw, uint8_t* out, std::string_view& text) {
    return structure_.unescape(raw, out, text);
  }

 private:
  void pad(std::string_view value);

  Structure structure_;
  std::vector<char> buffer_;
  const char* text_ = nullptr;
  size_t size_ = 0;
  bool has_backslash_ = false;
  const uint32_t* places_ = nullptr;
  uint32_t count_ = 0;
  uint32_t next_ = 0;
};

}  // namespace kaiku::parse
