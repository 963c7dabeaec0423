#include "match/fold.h"

#include "match/simple_folds.h"

namespace kaiku::match {
namespace {

// U+2120 service mark and U+2122 trade mark are these two bytes and a third.
constexpr std::string_view kSignLead = "\xE2\x84";
constexpr std::string_view kRegistered = "\u00AE";  // SimpleFolds has them as this too

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
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

std::string_view fold(std::string_view text, FoldBuffer& buffer) {
  static const SimpleFolds& simple = SimpleFolds::instance();
  if (std::string_view folded; simple.fold(text, buffer.room, folded)) {
    return folded;
  }
  const bool has_marks = replace_marks(text, buffer.marks);
  buffer.bytes.assign(buffer.normalizer.normalize(has_marks ? buffer.marks : text));
  squeeze_spaces(buffer.bytes);
  return buffer.bytes;
}

std::string fold_key(std::string_view text) {
  FoldBuffer buffer;
  std::string key(fold(text, buffer));
  if (!key.empty() && is_space(key.back())) {
    key.pop_back();
  }
  if (!key.empty() && is_space(key.front())) {
    key.erase(0, 1);
  }
  return key;
}

}  // namespace kaiku::match
