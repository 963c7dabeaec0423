#include "verification.h"

#include <algorithm>
#include <string_view>

#include "kaiku/base/limits.h"

namespace kaiku::parse {

using base::limits::kJsonDepth;
using simdjson::error_code;

bool Verification::has_good_escapes(const char* raw) {
  std::string_view plain;
  return !document_.has_backslash() || document_.unescape(raw, scratch_.data(), plain);
}

error_code Verification::value(unsigned depth) {
  Token token;
  if (!document_.classify(token)) {
    return simdjson::TAPE_ERROR;
  }
  if (token.kind == TokenKind::kObject) {
    return object(depth + 1);
  }
  if (token.kind == TokenKind::kArray) {
    return array(depth + 1);
  }
  document_.step();
  return token.kind != TokenKind::kQuoted || has_good_escapes(token.data) ? simdjson::SUCCESS
                                                                          : simdjson::STRING_ERROR;
}

error_code Verification::object(unsigned depth) {
  if (depth > kJsonDepth) {
    return simdjson::DEPTH_ERROR;
  }
  document_.step();
  if (document_.take_end('}')) {
    return simdjson::SUCCESS;
  }
  while (true) {
    const char* const key = document_.take_key();
    if (key == nullptr) {
      return simdjson::TAPE_ERROR;
    }
    if (!has_good_escapes(key)) {
      return simdjson::STRING_ERROR;
    }
    if (const error_code error = value(depth); error != simdjson::SUCCESS) {
      return error;
    }
    const Document::After after = document_.take_separator('}');
    if (after != Document::After::kMore) {
      return after == Document::After::kEnd ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
    }
  }
}

error_code Verification::array(unsigned depth) {
  if (depth > kJsonDepth) {
    return simdjson::DEPTH_ERROR;
  }
  document_.step();
  if (document_.take_end(']')) {
    return simdjson::SUCCESS;
  }
  while (true) {
    if (const error_code error = value(depth); error != simdjson::SUCCESS) {
      return error;
    }
    const Document::After after = document_.take_separator(']');
    if (after != Document::After::kMore) {
      return after == Document::After::kEnd ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
    }
  }
}

error_code Verification::verify() {
  has_trailing_ = false;
  document_.rewind();
  // One that does not end with its bracket is cut off or has rubbish behind it, whatever its depth.
  if (!document_.is_closed()) {
    return simdjson::TAPE_ERROR;
  }
  scratch_.resize(std::max(scratch_.size(), document_.size() + Document::kSlack));
  const error_code error = value(0);
  has_trailing_ = error == simdjson::SUCCESS && !document_.is_behind_end();
  return error;
}

}  // namespace kaiku::parse
