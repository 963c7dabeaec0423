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
  if (!document_.classify(next_, token)) {
    return simdjson::TAPE_ERROR;
  }
  if (token.kind == TokenKind::kObject) {
    return object(depth + 1);
  }
  if (token.kind == TokenKind::kArray) {
    return array(depth + 1);
  }
  ++next_;
  return token.kind != TokenKind::kQuoted || has_good_escapes(token.data) ? simdjson::SUCCESS
                                                                          : simdjson::STRING_ERROR;
}

error_code Verification::separator(char bracket, bool& more) {
  const char c = document_.at(next_);
  more = c == ',';
  if (!more && c != bracket) {
    return simdjson::TAPE_ERROR;
  }
  ++next_;
  return simdjson::SUCCESS;
}

error_code Verification::object(unsigned depth) {
  if (depth > kJsonDepth) {
    return simdjson::DEPTH_ERROR;
  }
  ++next_;
  bool more = document_.at(next_) != '}';
  next_ += more ? 0 : 1;
  while (more) {
    const char* const key = document_.text() + *next_;
    if (*key != '"' || document_.at(next_ + 1) != ':') {
      return simdjson::TAPE_ERROR;
    }
    next_ += 2;
    if (!has_good_escapes(key + 1)) {
      return simdjson::STRING_ERROR;
    }
    if (const error_code error = value(depth); error != simdjson::SUCCESS) {
      return error;
    }
    if (const error_code error = separator('}', more); error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

error_code Verification::array(unsigned depth) {
  if (depth > kJsonDepth) {
    return simdjson::DEPTH_ERROR;
  }
  ++next_;
  bool more = document_.at(next_) != ']';
  next_ += more ? 0 : 1;
  while (more) {
    if (const error_code error = value(depth); error != simdjson::SUCCESS) {
      return error;
    }
    if (const error_code error = separator(']', more); error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

error_code Verification::verify() {
  has_trailing_ = false;
  next_ = document_.begin();
  // One that does not end with its bracket is cut off or has rubbish behind it, whatever its depth.
  if (!document_.is_closed()) {
    return simdjson::TAPE_ERROR;
  }
  scratch_.resize(std::max(scratch_.size(), document_.size() + Document::kSlack));
  const error_code error = value(0);
  has_trailing_ = error == simdjson::SUCCESS && next_ != document_.end();
  return error;
}

}  // namespace kaiku::parse
