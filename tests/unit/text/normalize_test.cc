#include "kaiku/text/normalize.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "kaiku/text/utf8.h"

namespace kaiku::text {
namespace {

std::string folded(std::string_view text) {
  Normalizer normalizer;
  return std::string(normalizer.normalize(text));
}

TEST(Normalizer, FoldsAsciiLettersAndNothingElse) {
  std::string all;
  std::string expected;
  for (int c = 0; c < 128; ++c) {
    all.push_back(static_cast<char>(c));
    expected.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
  }
  for (size_t start = 0; start < all.size(); ++start) {
    EXPECT_EQ(folded(all.substr(start)), expected.substr(start)) << start;
  }
  EXPECT_EQ(folded(""), "");
}

TEST(Normalizer, MakesFormsOfOneWordEqual) {
  EXPECT_EQ(folded("ＫＩＲＫＡＳ"), "kirkas");  // full width
  EXPECT_EQ(folded("kir\u00ADkas"), "kirkas");  // soft hyphen
  EXPECT_EQ(folded("kir\u200Bkas"), "kirkas");  // zero width space
  EXPECT_EQ(folded("Straße"), "strasse");
  EXPECT_EQ(folded("ﬁlm"), "film");                // ligature
  EXPECT_EQ(folded("A\u030A"), folded("\u212B"));  // A and ring, the angstrom sign
  EXPECT_EQ(folded("ÄÖÅ"), "äöå");
  EXPECT_EQ(folded("ΣΊΣΥΦΟΣ"), folded("σίσυφος"));
  EXPECT_EQ(folded("\u1100\u1161"), "\uAC00");                  // Hangul is composed
  EXPECT_EQ(folded("q\u0307\u0323"), folded("q\u0323\u0307"));  // order of marks
  EXPECT_EQ(folded("前田あゆみ"), "前田あゆみ");
}

TEST(Normalizer, IsIdempotentOverAllOfUnicode) {
  Normalizer normalizer;
  for (uint32_t start = 0x80; start < 0x30000; start += 64) {
    std::string text;
    for (uint32_t c = start; c < start + 64; ++c) {
      append_utf8(text, c);
      text += " ";
    }
    const std::string once(normalizer.normalize(text));
    ASSERT_TRUE(is_utf8(once)) << start;
    ASSERT_EQ(std::string(normalizer.normalize(once)), once) << start;
  }
}

TEST(Normalizer, KeepsBytesThatAreNotText) {
  EXPECT_EQ(folded("AB\xFF\xC0 Ä"), "ab\xFF\xC0 Ä");
}

TEST(Normalizer, StaysLinearOnManyMarksAndOnTheLongestExpansion) {
  std::string marks = "a";
  for (int i = 0; i < 4'000; ++i) {
    append_utf8(marks, 0x0301);  // class 230
    append_utf8(marks, 0x0323);  // class 220: out of order every time
  }
  EXPECT_LE(folded(marks).size(), 1U + 2U * 30U);
  std::string ligatures;
  for (int i = 0; i < 5'000; ++i) {
    append_utf8(ligatures, 0xFDFA);
  }
  const std::string expanded = folded(ligatures);
  EXPECT_GT(expanded.size(), 2 * ligatures.size());
  EXPECT_LE(expanded.size(), 18 * ligatures.size());
  EXPECT_TRUE(is_utf8(expanded));
}

TEST(Normalizer, ReusesItsBuffersAcrossTexts) {
  Normalizer normalizer;
  EXPECT_EQ(normalizer.normalize(std::string(5'000, 'A')), std::string(5'000, 'a'));
  EXPECT_EQ(normalizer.normalize("Ä"), "ä");
  EXPECT_EQ(normalizer.normalize("B"), "b");
}

}  // namespace
}  // namespace kaiku::text
