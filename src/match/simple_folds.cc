#include "match/simple_folds.h"

#include <algorithm>
#include <cstring>

#include <utf8proc.h>

#include "match/byte_vector.h"

namespace kaiku::match {
namespace {

constexpr uint32_t kRegisteredMark = 0xAE;  // folds to itself, and has no spelling
constexpr uint32_t kServiceMark = 0x2120;
constexpr uint32_t kTradeMark = 0x2122;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

uint32_t bits(char c) {
  return static_cast<unsigned char>(c) & 0x3FU;
}

struct Decoded {
  uint32_t code_point = 0;
  size_t size = 0;  // 0: not UTF-8, or above U+3FFFF
};

// `text` begins with a byte that is not ASCII.
Decoded decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (text.size() >= 2 && lead >= 0xC2 && lead < 0xE0 && is_continuation(text[1])) {
    return {((lead & 0x1FU) << 6) | bits(text[1]), 2};
  }
  if (text.size() >= 3 && (lead & 0xF0) == 0xE0 && is_continuation(text[1]) &&
      is_continuation(text[2])) {
    const uint32_t value = ((lead & 0x0FU) << 12) | (bits(text[1]) << 6) | bits(text[2]);
    return {value, value >= 0x800 ? 3U : 0U};
  }
  if (text.size() >= 4 && lead == 0xF0 && is_continuation(text[1]) && is_continuation(text[2]) &&
      is_continuation(text[3])) {
    const uint32_t value = (bits(text[1]) << 12) | (bits(text[2]) << 6) | bits(text[3]);
    return {value, value >= 0x10000 ? 4U : 0U};
  }
  return {};
}

// A starter that does not join with the character before it.
bool is_inert(utf8proc_int32_t code_point) {
  constexpr unsigned kNoComposition = 0xFFFF;
  constexpr unsigned kComposesBackwards = 0x8000;
  const utf8proc_property_t* property = utf8proc_get_property(code_point);
  if (property->combining_class != 0) {
    return false;
  }
  if (property->comb_index != kNoComposition && property->comb_index >= kComposesBackwards) {
    return false;
  }
  return code_point < 0x1100 || code_point > 0x11FF;  // Hangul jamo compose by arithmetic
}

// The last bytes of a text, less than a vector of them, and NUL behind them.
Bytes load_end(std::string_view text, size_t count) {
  __extension__ unsigned __int128 wide = 0;
  if (text.size() >= sizeof(Bytes)) {
    std::memcpy(&wide, text.data() + text.size() - sizeof(Bytes), sizeof(Bytes));
    wide >>= 8 * (sizeof(Bytes) - count);
  } else {
    std::memcpy(&wide, text.data() + text.size() - count, count);
  }
  Bytes bytes;
  std::memcpy(&bytes, &wide, sizeof(bytes));
  return bytes;
}

// Lower case from `at` on, up to the first byte that takes more: not ASCII, or white space that is
// not a single blank. `before` is what was written last. Gives how many bytes that was.
size_t fold_ascii(std::string_view text, size_t at, char before, char* to) {
  const size_t first = at;
  bool behind_blank = before == ' ';
  while (at < text.size()) {
    Bytes bytes;
    if (const size_t left = text.size() - at; left >= sizeof(Bytes)) {
      std::memcpy(&bytes, text.data() + at, sizeof(Bytes));
    } else {
      bytes = load_end(text, left);  // its NUL is a control character: here it ends
    }
    const Bytes lower = lower_case(bytes);
    std::memcpy(to, &lower, sizeof(Bytes));
    const size_t good = (not_ascii(bytes) | odd_space(bytes, behind_blank)).first();
    at += good;
    to += good;
    if (good != sizeof(Bytes)) {
      break;
    }
  }
  return at - first;
}

// One character; white space as a blank, and none beside another.
char* put_ascii(char c, const char* begin, char* to) {
  *to = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  if (c == ' ' || (c >= '\t' && c <= '\r')) {
    *to = ' ';
    to -= static_cast<ptrdiff_t>(to != begin && to[-1] == ' ');
  }
  return to + 1;
}

}  // namespace

const SimpleFolds& SimpleFolds::instance() {
  static const SimpleFolds folds;
  return folds;
}

SimpleFolds::SimpleFolds() : entries_(kEnd) {
  for (uint32_t code_point = 0; code_point < kEnd; ++code_point) {
    entries_[code_point] = entry_of(code_point);
  }
  // Spelled out, "Kirkas\u2122" would become the word "kirkastm".
  entries_[kServiceMark] = entries_[kTradeMark] = entries_[kRegisteredMark];
}

SimpleFolds::Entry SimpleFolds::entry_of(uint32_t code_point) {
  constexpr auto kOptions = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  Entry entry;
  if (code_point >= 0xD800 && code_point <= 0xDFFF) {
    return entry;
  }
  std::array<utf8proc_int32_t, 20> parts{};
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code_point),
                              parts.data(),
                              static_cast<utf8proc_ssize_t>(parts.size() - 1),
                              kOptions,
                              &boundary);
  if (count < 0 || count >= static_cast<utf8proc_ssize_t>(parts.size())) {
    return entry;
  }
  // Composed again ("ä" is "a" and a mark in between), then every character of it must be inert.
  const utf8proc_ssize_t composed = utf8proc_normalize_utf32(parts.data(), count, kOptions);
  std::array<utf8proc_uint8_t, 4> utf8{};
  std::string folded;
  for (utf8proc_ssize_t i = 0; i < composed; ++i) {
    const utf8proc_int32_t part = parts[static_cast<size_t>(i)];
    if (!is_inert(part)) {
      return entry;
    }
    folded.append(reinterpret_cast<const char*>(utf8.data()),
                  static_cast<size_t>(utf8proc_encode_char(part, utf8.data())));
  }
  if (composed >= 0 && folded.size() <= entry.bytes.size()) {
    std::copy(folded.begin(), folded.end(), entry.bytes.begin());
    entry.size = static_cast<uint8_t>(folded.size());
  }
  return entry;
}

bool SimpleFolds::fold(std::string_view text, std::string& room, std::string_view& folded) const {
  // An entry is at most 7 bytes and comes from at least 2; vectors are written whole.
  if (const size_t most = text.size() * 4 + sizeof(Bytes); room.size() < most) {
    room.resize(most);
  }
  char* const begin = room.data();
  char* to = begin;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      const size_t plain = fold_ascii(text, at, to == begin ? 'x' : to[-1], to);
      at += plain;
      to += plain;
      if (plain == 0) {
        to = put_ascii(c, begin, to);
        ++at;
      }
      continue;
    }
    const Decoded decoded = decode(text.substr(at));
    if (decoded.size == 0 || decoded.code_point >= kEnd) {
      return false;
    }
    const Entry& entry = entries_[decoded.code_point];
    if (entry.size == kNotSimple) {
      return false;
    }
    std::memcpy(to, entry.bytes.data(), entry.bytes.size());
    to += entry.size;
    if (entry.size == 1 && to[-1] == ' ' && to - 1 != begin && to[-2] == ' ') {
      --to;  // a no-break space beside a blank
    }
    at += decoded.size;
  }
  folded = {begin, static_cast<size_t>(to - begin)};
  return true;
}

}  // namespace kaiku::match
