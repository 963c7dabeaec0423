#include "match/fold.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "kaiku/text/normalize.h"
#include "kaiku/text/utf8.h"

#include "match/simple_folds.h"

namespace kaiku::match {
namespace {

// Trade mark signs stay signs: the registered mark stands for them.
std::string generally(std::string_view text) {
  text::Normalizer normalizer;
  std::string marked(text);
  for (const std::string_view mark : {"\u2120", "\u2122"}) {
    for (size_t at = marked.find(mark); at != std::string::npos; at = marked.find(mark, at)) {
      marked.replace(at, mark.size(), "\u00AE");
    }
  }
  return std::string(normalizer.normalize(marked));
}

// Each run of white space as one blank.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space || out.empty() || out.back() != ' ') {
      out += space ? ' ' : c;
    }
  }
  return out;
}

TEST(Fold, CapitalsAreFoldedAtEveryPlace) {
  FoldBuffer buffer;
  for (size_t size = 0; size < 40; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = 'Q';
      std::string expected(size, 'x');
      expected[at] = 'q';
      ASSERT_EQ(fold(text, buffer), expected);
    }
  }
}

TEST(Fold, RunsOfWhiteSpaceBecomeOneBlank) {
  EXPECT_EQ(fold_key("a  b"), "a b");
  EXPECT_EQ(fold_key("1234567  890"), "1234567 890") << "across a word of eight";
  EXPECT_EQ(fold_key("a\r\n\t b"), "a b");
  EXPECT_EQ(fold_key("  a "), "a");
  EXPECT_EQ(fold_key("ä\u00A0 \u00A0b"), "ä b");
  EXPECT_EQ(fold_key(" "), "");
}

TEST(Fold, BlanksAreSeenAtEveryPlace) {
  FoldBuffer buffer;
  for (size_t size = 1; size < 40; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string once(size, 'x');
      once[at] = ' ';
      ASSERT_EQ(fold(once, buffer), once);
      std::string text = once;
      text.insert(at, 1, ' ');
      ASSERT_EQ(fold(text, buffer), once);
      text[at] = '\n';
      ASSERT_EQ(fold(text, buffer), once);
    }
  }
}

TEST(Fold, EverySingleCharacterFoldsAsInGeneral) {
  const SimpleFolds& simple = SimpleFolds::instance();
  size_t simple_ones = 0;
  for (uint32_t code_point = 0x80; code_point < 0x30000; ++code_point) {
    if (code_point >= 0xD800 && code_point <= 0xDFFF) {
      continue;
    }
    std::string text;
    text::append_utf8(text, code_point);
    std::string room;
    std::string_view folded;
    if (simple.fold(text, room, folded)) {
      ++simple_ones;
      ASSERT_EQ(folded, generally(text)) << std::hex << code_point;
    }
  }
  EXPECT_GT(simple_ones, 100'000U);
}

TEST(Fold, SequencesFoldAsInGeneralOrAreLeftToIt) {
  const SimpleFolds& simple = SimpleFolds::instance();
  const uint32_t kSets[] = {'a',     'A',    0xE4,   0xC4,    0x308,  0x301,  0x323,   0xDF,
                            0x3A3,   0x1100, 0x1161, 0x11A8,  0xAC00, 0x3042, 0x3099,  0x30AB,
                            0x1F600, 0xFE0F, 0x4E00, 0xFB01,  0xE01,  0xE31,  0x9C7,   0x9BE,
                            0x200D,  0x2026, 0x130,  0x1D15E, 0xFF76, 0xFF9E, 0x110A5, 0x110BA};
  std::mt19937_64 random(7);
  size_t simple_ones = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text;
    for (size_t n = 1 + random() % 4; n > 0; --n) {
      text::append_utf8(text, kSets[random() % std::size(kSets)]);
    }
    std::string room;
    std::string_view folded;
    if (simple.fold(text, room, folded)) {
      ++simple_ones;
      ASSERT_EQ(folded, generally(text)) << text;
    }
  }
  EXPECT_GT(simple_ones, 10'000U);
}

// Texts of some vectors' length, in which everything meets everything at every place.
TEST(Fold, LongTextsFoldAsInGeneral) {
  const char* const kParts[] = {"a",
                                "Z",
                                "m",
                                " ",
                                "  ",
                                "\t",
                                "\n ",
                                "x y",
                                "KIRKAS",
                                "word",
                                "\x7F",
                                "\x01",
                                "\u00C4",
                                "\u00A0",
                                "\U0001F600",
                                "\u2122",
                                "Q"};
  std::mt19937_64 random(11);
  FoldBuffer buffer;
  for (int i = 0; i < 100'000; ++i) {
    const bool ascii = i % 2 == 0;
    std::string text;
    for (size_t n = random() % 40; n > 0; --n) {
      const char* part = kParts[random() % std::size(kParts)];
      text += ascii && static_cast<unsigned char>(part[0]) >= 0x80 ? "b" : part;
    }
    ASSERT_EQ(fold(text, buffer), squeezed(generally(text))) << text;
  }
}

TEST(Fold, BytesThatAreNotUtf8AreLeftToTheGeneralWay) {
  const SimpleFolds& simple = SimpleFolds::instance();
  std::string room;
  std::string_view folded;
  for (const char* text : {"\xC3",
                           "\xC0\xAF",
                           "\xE0\x80\xAF",
                           "\xED\xA0\x80",
                           "\xF0\x80\x80\xAF",
                           "\xF4\x90\x80\x80",
                           "\xFF",
                           "a\x80",
                           "\xE2\x82",
                           "\xC3\xC3"}) {
    EXPECT_FALSE(simple.fold(text, room, folded)) << text;
  }
}

}  // namespace
}  // namespace kaiku::match
