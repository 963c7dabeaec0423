// Word edges: may an occurrence of an alias begin or end here, seen from the characters beside it?
//
// Threads: pure.
// Owns:    nothing.
// Cost:    a table lookup of a character's category.
// Fails:   never; a byte that is no UTF-8 counts as no word character.
//
// Letters, digits, marks and `_` glue: "kirkas" is not in "kirkastaa" nor in "kirkas_24". Scripts
// that are written without blanks (Han, Hiragana, Thai, Lao, Khmer, Burmese) do not glue, and
// neither does a change between the rest, Katakana and Hangul: there a neighbour says nothing about
// where a word ends, as in the default word boundaries of UAX #29.
#pragma once

#include <cstdint>
#include <string_view>

namespace kaiku::match {

// How a character sticks to its neighbour.
enum class Glue : uint8_t { kNone, kSpaceless, kMark, kKatakana, kHangul, kOther };

[[nodiscard]] Glue glue_of(int32_t code_point);
// The first and the last code point of `text`; -1 if it is empty or not UTF-8 there.
[[nodiscard]] int32_t first_code_point(std::string_view text);
[[nodiscard]] int32_t last_code_point(std::string_view text);

// True if a letter, digit, mark or `_`.
[[nodiscard]] bool is_word(int32_t code_point);
[[nodiscard]] bool has_word_character(std::string_view text);

struct Edges {
  Glue first = Glue::kNone;
  Glue last = Glue::kNone;
  bool sigil = false;  // begins with '#', '@' or '$'
};

[[nodiscard]] Edges edges_of(std::string_view alias);

// May an occurrence with these edges stand between the end of `before` and the beginning of
// `after`?
[[nodiscard]] bool stands_free(const Edges& edges, std::string_view before, std::string_view after);

}  // namespace kaiku::match
