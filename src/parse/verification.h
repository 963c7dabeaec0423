// Verification reads a record from end to end: is it JSON at all? The walk that collects skips what
// nobody reads; a record that failed for any reason is told apart here.
//
// Threads: confined to its collector.
// Owns:    room for the longest string.
// Cost:    some 2 ns a byte; only for records that are rejected.
// Fails:   with simdjson's error codes; never recurses deeper than limits::kJsonDepth.
#pragma once

#include <cstdint>
#include <vector>

#include <simdjson.h>

#include "document.h"

namespace kaiku::parse {

class Verification {
 public:
  explicit Verification(Document& document) : document_(document) {}

  // Of the first value in the document.
  [[nodiscard]] simdjson::error_code verify();

  // Something follows that value.
  [[nodiscard]] bool has_trailing() const { return has_trailing_; }

 private:
  // Step over what they are called at.
  simdjson::error_code value(unsigned depth);
  simdjson::error_code object(unsigned depth);
  simdjson::error_code array(unsigned depth);
  // What stands behind a member or element: a comma, and more is true, or the end.
  simdjson::error_code separator(char bracket, bool& more);
  bool has_good_escapes(const char* raw);

  Document& document_;
  Document::Place next_ = nullptr;
  std::vector<uint8_t> scratch_;
  bool has_trailing_ = false;
};

}  // namespace kaiku::parse
