#include "match/fold.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

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

constexpr uint64_t all_bytes(unsigned char byte) {
  return 0x0101010101010101ULL * byte;
}

// The high bit of each byte of `word` that is zero.
uint64_t zero_bytes(uint64_t word) {
  return ~(((word & all_bytes(0x7F)) + all_bytes(0x7F)) | word | all_bytes(0x7F));
}

// One pass, eight bytes at a time: is there anything besides ASCII, or white space besides single
// blanks?
Shape shape_of(std::string_view text) {
  uint64_t high = 0;
  uint64_t spaced = 0;
  uint64_t last_blank = 0;  // in the low byte: did the last word end in a blank?
  for (size_t at = 0; at < text.size(); at += sizeof(uint64_t)) {
    uint64_t word = all_bytes('x');
    std::memcpy(&word, text.data() + at, std::min(sizeof(word), text.size() - at));
    const uint64_t blanks = zero_bytes(word ^ all_bytes(' '));
    high |= word;
    // A control character has none of the bits 0x60; where `high` is set nothing of this is used.
    spaced |= zero_bytes(word & all_bytes(0x60)) | (blanks & ((blanks << 8) | last_blank));
    last_blank = blanks >> 56;
  }
  if ((high & all_bytes(0x80)) != 0) {
    return Shape::kUnicode;
  }
  return spaced != 0 ? Shape::kSpaced : Shape::kPlain;
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
    if (simple.fold(marked, buffer.bytes)) {
      return buffer.bytes;
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
