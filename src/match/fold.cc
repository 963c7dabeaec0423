#include "match/fold.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "match/byte_vector.h"
#include "match/simple_folds.h"

namespace kaiku::match {
namespace {

// U+2120 service mark and U+2122 trade mark are these two bytes and a third.
constexpr std::string_view kSignLead = "\xE2\x84";
constexpr std::string_view kRegistered = "\u00AE";

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

enum class Shape : uint8_t { kPlain, kSpaced, kUnicode };

// One pass, a vector at a time: is there anything besides ASCII, or white space besides single
// blanks?
Shape shape_of(std::string_view text) {
  if (text.empty()) {
    return Shape::kPlain;
  }
  Bytes high{};
  Bytes spaced{};
  // What stands before the text counts as a letter, and so does what stands behind it.
  Bytes padded = Bytes{} + static_cast<uint8_t>('x');
  size_t at = 0;
  Bytes before = padded;
  std::memcpy(
      reinterpret_cast<char*>(&before) + 1, text.data(), std::min(text.size(), sizeof(Bytes) - 1));
  for (; at + sizeof(Bytes) <= text.size(); at += sizeof(Bytes)) {
    Bytes bytes;
    std::memcpy(&bytes, text.data() + at, sizeof(Bytes));
    if (at != 0) {
      std::memcpy(&before, text.data() + at - 1, sizeof(Bytes));
    }
    high |= bytes;
    spaced |= odd_space(bytes, before);
  }
  if (at < text.size()) {
    Bytes bytes = padded;
    std::memcpy(&bytes, text.data() + at, text.size() - at);
    if (at != 0) {
      std::memcpy(&padded, text.data() + at - 1, text.size() - at);
      before = padded;
    }
    high |= bytes;
    spaced |= odd_space(bytes, before);
  }
  if (any(high & static_cast<uint8_t>(0x80))) {
    return Shape::kUnicode;
  }
  return any(spaced) ? Shape::kSpaced : Shape::kPlain;
}

void squeeze_spaces(std::string& text) {
  size_t out = 0;
  for (const char c : text) {
    const char written = is_space(c) ? ' ' : c;
    if (written == ' ' && out > 0 && text[out - 1] == ' ') {
      continue;
    }
    text[out++] = written;
  }
  text.resize(out);
}

// Compatibility folding would spell the marks out, and "Kirkas™" would become the word "kirkastm":
// the registered mark stands in for them, it has no spelling. False if there was none.
bool replace_marks(std::string_view text, std::string& out) {
  out.clear();
  size_t copied = 0;
  for (size_t at = text.find(kSignLead); at != std::string_view::npos;
       at = text.find(kSignLead, at + 1)) {
    const char third = at + 2 < text.size() ? text[at + 2] : '\0';
    if (third == '\xA0' || third == '\xA2') {
      out.append(text, copied, at - copied).append(kRegistered);
      copied = at + 3;
    }
  }
  if (copied == 0) {
    return false;
  }
  out.append(text, copied);
  return true;
}

}  // namespace

std::string_view fold_for_scan(std::string_view text, FoldBuffer& buffer) {
  const Shape shape = shape_of(text);
  if (shape == Shape::kPlain) {
    return text;
  }
  if (shape == Shape::kUnicode) {
    static const SimpleFolds& simple = SimpleFolds::instance();
    const bool has_marks = replace_marks(text, buffer.marks);
    const std::string_view marked = has_marks ? std::string_view(buffer.marks) : text;
    if (std::string_view folded; simple.fold(marked, buffer.room, folded)) {
      return folded;
    }
    text = buffer.normalizer.normalize(marked);
  }
  buffer.bytes.assign(text);
  squeeze_spaces(buffer.bytes);
  return buffer.bytes;
}

std::string fold_key(std::string_view text) {
  FoldBuffer buffer;
  std::string key(fold_for_scan(text, buffer));
  std::transform(key.begin(), key.end(), key.begin(), ascii_lower);
  if (!key.empty() && is_space(key.back())) {
    key.pop_back();
  }
  if (!key.empty() && is_space(key.front())) {
    key.erase(0, 1);
  }
  return key;
}

}  // namespace kaiku::match
