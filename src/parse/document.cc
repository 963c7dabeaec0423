#include "document.h"

#include <cstring>

#include "number.h"

namespace kaiku::parse {
namespace {

using simdjson::error_code;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

void Document::pad(std::string_view value) {
  if (value.starts_with("\xEF\xBB\xBF")) {
    value.remove_prefix(3);
  }
  size_ = value.size();
  if (buffer_.size() < size_ + simdjson::SIMDJSON_PADDING) {
    buffer_.resize(size_ + size_ / 2 + simdjson::SIMDJSON_PADDING);
  }
  if (size_ > 0) {
    std::memcpy(buffer_.data(), value.data(), size_);
  }
  has_backslash_ = size_ > 0 && std::memchr(buffer_.data(), '\\', size_) != nullptr;
  std::memset(buffer_.data() + size_, 0, simdjson::SIMDJSON_PADDING);
}

error_code Document::open(std::string_view value) {
  pad(value);
  const error_code error = structure_.index(buffer_.data(), size_);
  text_ = buffer_.data();
  places_ = structure_.places();
  count_ = structure_.count();
  next_ = 0;
  return error;
}

bool Document::is_closed() const {
  const char first = text_[places_[0]];
  const char last = count_ > 0 ? text_[places_[count_ - 1]] : '\0';
  return (first != '{' || last == '}') && (first != '[' || last == ']');
}

bool Document::classify(Token& token) const {
  const char* const begin = at();
  // A place reaches to the next one.
  const char* end = text_ + places_[next_ + (next_ < count_ ? 1 : 0)];
  switch (*begin) {
    case '{':
      token = {begin, 1, TokenKind::kObject};
      return true;
    case '[':
      token = {begin, 1, TokenKind::kArray};
      return true;
    default:
      break;
  }
  while (end > begin && is_space(end[-1])) {
    --end;
  }
  const auto length = static_cast<uint32_t>(end - begin);
  const std::string_view raw(begin, length);
  switch (*begin) {
    case '"':
      token = {begin + 1, length - 2, has_backslash_ ? TokenKind::kQuoted : TokenKind::kPlain};
      return length >= 2 && end[-1] == '"';
    case 't':
      token = {begin, length, TokenKind::kTrue};
      return raw == "true";
    case 'f':
      token = {begin, length, TokenKind::kFalse};
      return raw == "false";
    case 'n':
      token = {begin, length, TokenKind::kNull};
      return raw == "null";
    default:
      token = {begin, length, TokenKind::kNumber};
      return is_json_number(raw);
  }
}

error_code Document::skip_value() {
  const char first = here();
  if (first != '{' && first != '[') {
    if (first == ',' || first == ':' || first == '}' || first == ']' || is_behind_end()) {
      return simdjson::TAPE_ERROR;
    }
    step();
    return simdjson::SUCCESS;
  }
  for (int32_t depth = 0; next_ < count_;) {
    const char c = text_[places_[next_++]];
    depth +=
        static_cast<int32_t>(c == '{' || c == '[') - static_cast<int32_t>(c == '}' || c == ']');
    if (depth == 0) {
      return simdjson::SUCCESS;
    }
  }
  return simdjson::TAPE_ERROR;
}

}  // namespace kaiku::parse
