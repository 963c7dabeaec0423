#include "match/word_edge.h"

#include <utf8proc.h>

namespace kaiku::match {
namespace {

struct Range {
  int32_t from;
  int32_t to;
};

constexpr Range kSpacelessRanges[] = {
    {0x0E00, 0x0EFF},    // Thai, Lao
    {0x1000, 0x109F},    // Myanmar
    {0x1780, 0x17FF},    // Khmer
    {0x3005, 0x3007},    // iteration mark, closing mark, zero
    {0x3041, 0x309F},    // Hiragana
    {0x3105, 0x312F},    // Bopomofo
    {0x3400, 0x4DBF},    // Han
    {0x4E00, 0x9FFF},    // Han
    {0xF900, 0xFAFF},    // Han, compatibility
    {0x20000, 0x3FFFF},  // Han, supplementary planes
};
constexpr Range kKatakanaRanges[] = {{0x30A0, 0x30FF}, {0x31F0, 0x31FF}};
constexpr Range kHangulRanges[] = {
    {0x1100, 0x11FF}, {0x3131, 0x318E}, {0xA960, 0xA97F}, {0xAC00, 0xD7FF}};

template <size_t N>
bool in_any(const Range (&ranges)[N], int32_t code_point) {
  for (const Range& range : ranges) {
    if (code_point >= range.from && code_point <= range.to) {
      return true;
    }
  }
  return false;
}

bool is_sigil(int32_t code_point) {
  return code_point == '#' || code_point == '@' || code_point == '$';
}

// `inside` is the alias's edge character, `outside` its neighbour.
bool glued(Glue inside, Glue outside) {
  if (outside == Glue::kNone || outside == Glue::kSpaceless || inside == Glue::kSpaceless) {
    return false;
  }
  if (inside == Glue::kNone || inside == Glue::kMark) {
    return true;
  }
  return inside == outside;
}

}  // namespace

Glue glue_of(int32_t code_point) {
  if (code_point < 0) {
    return Glue::kNone;
  }
  if (code_point < 0x80) {
    const bool word = (code_point >= 'a' && code_point <= 'z') ||
                      (code_point >= 'A' && code_point <= 'Z') ||
                      (code_point >= '0' && code_point <= '9') || code_point == '_';
    return word ? Glue::kOther : Glue::kNone;
  }
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return Glue::kMark;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      break;
    default:
      return Glue::kNone;
  }
  if (in_any(kSpacelessRanges, code_point)) {
    return Glue::kSpaceless;
  }
  if (in_any(kKatakanaRanges, code_point)) {
    return Glue::kKatakana;
  }
  return in_any(kHangulRanges, code_point) ? Glue::kHangul : Glue::kOther;
}

bool is_word(int32_t code_point) {
  return glue_of(code_point) != Glue::kNone;
}

bool has_word_character(std::string_view text) {
  while (!text.empty()) {
    utf8proc_int32_t code_point = -1;
    const utf8proc_ssize_t size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()),
                         &code_point);
    if (is_word(code_point)) {
      return true;
    }
    text.remove_prefix(size > 0 ? static_cast<size_t>(size) : 1);
  }
  return false;
}

int32_t first_code_point(std::string_view text) {
  if (text.empty()) {
    return -1;
  }
  utf8proc_int32_t code_point = -1;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()),
                   &code_point);
  return code_point;
}

int32_t last_code_point(std::string_view text) {
  size_t at = text.size();
  while (at > 0 && text.size() - at < 4) {
    --at;
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) {
      return first_code_point(text.substr(at));
    }
  }
  return -1;
}

Edges edges_of(std::string_view alias) {
  const int32_t first = first_code_point(alias);
  return {glue_of(first), glue_of(last_code_point(alias)), is_sigil(first)};
}

bool stands_free(const Edges& edges, std::string_view before, std::string_view after) {
  const Glue right = glue_of(first_code_point(after));
  // A mark belongs to the letter before it, so it changes the alias's last letter in every script.
  if (right == Glue::kMark || glued(edges.last, right)) {
    return false;
  }
  const int32_t previous = last_code_point(before);
  if (edges.sigil) {
    return !is_word(previous) && !is_sigil(previous);
  }
  // "kirkas" in "@kirkas" or "info@kirkas.fi" names an account or a host, not the brand.
  if (previous == '@') {
    return false;
  }
  const Glue left = glue_of(previous);
  return !glued(edges.first, left == Glue::kMark ? Glue::kOther : left);
}

}  // namespace kaiku::match
