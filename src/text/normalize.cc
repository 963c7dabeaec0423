#include "kaiku/text/normalize.h"

#include <array>
#include <cstring>

#include <utf8proc.h>

#include "kaiku/text/utf8.h"

namespace kaiku::text {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080ULL;
constexpr size_t kMarksInARow = 30;

constexpr auto kOptions = static_cast<utf8proc_option_t>(
    UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
// The longest decomposition of one character (U+FDFA).
constexpr size_t kLongest = 18;

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Adds 0x20 to the bytes 'A' to 'Z' of eight ASCII bytes at once.
uint64_t fold(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101ULL;
  const uint64_t from_a = word + kOnes * (0x80 - 'A');
  const uint64_t above_z = word + kOnes * (0x80 - 'Z' - 1);
  return word | (((from_a & ~above_z) & kHighBits) >> 2);
}

bool is_mark(int32_t code_point) {
  return utf8proc_get_property(code_point)->combining_class != 0;
}

}  // namespace

std::string_view Normalizer::normalize(std::string_view text) {
  if (ascii_.size() < text.size()) {
    ascii_.resize(text.size() + text.size() / 2 + 64);
  }
  char* out = ascii_.data();
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof(word));
    if ((word & kHighBits) != 0) {
      break;
    }
    word = fold(word);
    std::memcpy(out + at, &word, sizeof(word));
  }
  for (; at < text.size() && static_cast<unsigned char>(text[at]) < 0x80; ++at) {
    out[at] = fold(text[at]);
  }
  if (at == text.size()) {
    return {out, text.size()};
  }
  if (!is_utf8(text) || !decompose(text)) {
    return fold_bytes(text);
  }
  const utf8proc_ssize_t size =
      utf8proc_reencode(code_points_.data(), static_cast<utf8proc_ssize_t>(used_), kOptions);
  if (size < 0) {
    return fold_bytes(text);
  }
  return {reinterpret_cast<const char*>(code_points_.data()), static_cast<size_t>(size)};
}

std::string_view Normalizer::fold_bytes(std::string_view text) {
  char* out = ascii_.data();
  for (size_t i = 0; i < text.size(); ++i) {
    out[i] = fold(text[i]);
  }
  return {out, text.size()};
}

// Fills code_points_ with the decomposition in canonical order, marks past the 30th of a run left
// out.
bool Normalizer::decompose(std::string_view text) {
  used_ = 0;
  size_t run = 0;
  int last_boundary_class = 0;
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(at, left, &code_point);
    if (length <= 0) {
      return false;
    }
    at += length;
    left -= length;
    if (code_points_.size() < used_ + kLongest + 1) {
      code_points_.resize(code_points_.size() * 2 + text.size() + kLongest + 1);
    }
    if (code_point < 0x80) {
      code_points_[used_++] = fold(static_cast<char>(code_point));
      run = 0;
      continue;
    }
    std::array<utf8proc_int32_t, kLongest> parts{};
    const utf8proc_ssize_t count =
        utf8proc_decompose_char(code_point,
                                parts.data(),
                                static_cast<utf8proc_ssize_t>(parts.size()),
                                kOptions,
                                &last_boundary_class);
    if (count < 0 || count > static_cast<utf8proc_ssize_t>(parts.size())) {
      return false;
    }
    for (utf8proc_ssize_t i = 0; i < count; ++i) {
      const utf8proc_int32_t part = parts[static_cast<size_t>(i)];
      run = is_mark(part) ? run + 1 : 0;
      if (run > kMarksInARow) {
        continue;
      }
      code_points_[used_++] = part;
      // Canonical order within the run: insertion, at most 30 steps.
      for (size_t k = used_ - 1; run > 0 && k > 0; --k) {
        const auto here = utf8proc_get_property(code_points_[k])->combining_class;
        const auto before = utf8proc_get_property(code_points_[k - 1])->combining_class;
        if (here == 0 || before <= here) {
          break;
        }
        std::swap(code_points_[k], code_points_[k - 1]);
      }
    }
  }
  return true;
}

}  // namespace kaiku::text
