#include "document.h"

#include <cstring>

#include "number.h"

namespace kaiku::parse {

using simdjson::error_code;

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
  end_ = places_ + structure_.count();
  string_kind_ = has_backslash_ ? TokenKind::kQuoted : TokenKind::kPlain;
  return error;
}

bool Document::is_closed() const {
  const char first = at(places_);
  const char last = end_ != places_ ? at(end_ - 1) : '\0';
  return (first != '{' || last == '}') && (first != '[' || last == ']');
}

bool Document::classify_other(Place place, Token& token) const {
  const char* const begin = text_ + *place;
  // A place reaches to the next one.
  const char* end = text_ + place[place < end_ ? 1 : 0];
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

Document::Place Document::skip_other(Place place) const {
  const char first = at(place);
  if (first != '{' && first != '[') {
    return first == ',' || first == ':' || first == '}' || first == ']' || place >= end_
               ? nullptr
               : place + 1;
  }
  for (int32_t depth = 0; place < end_;) {
    const char c = at(place++);
    depth +=
        static_cast<int32_t>(c == '{' || c == '[') - static_cast<int32_t>(c == '}' || c == ']');
    if (depth == 0) {
      return place;
    }
  }
  return nullptr;
}

}  // namespace kaiku::parse
