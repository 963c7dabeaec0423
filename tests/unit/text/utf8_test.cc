#include "kaiku/text/utf8.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace kaiku::text {
namespace {

std::string from_hex(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (std::isxdigit(static_cast<unsigned char>(c)) != 0) {
      digits.push_back(c);
    }
  }
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::vector<std::string> split(const std::string& line, char by) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == by) {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return fields;
}

std::string without_bad_bytes(std::string_view bytes) {
  std::string kept;
  while (!bytes.empty()) {
    const size_t valid = valid_utf8_prefix(bytes);
    kept += bytes.substr(0, valid);
    bytes.remove_prefix(std::min(valid + 1, bytes.size()));
  }
  return kept;
}

TEST(Utf8, EveryLineOfThePublicSuiteGetsItsVerdict) {
  std::ifstream file(KAIKU_SHARED_DATA "/parser-suites/utf8/utf8tests.txt");
  if (!file) {
    GTEST_SKIP() << "the sample data (parser-suites/utf8) is not beside the project";
  }
  size_t valid = 0;
  size_t invalid = 0;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') {
      continue;
    }
    std::vector<std::string> fields = split(line, ':');
    ASSERT_GE(fields.size(), 3U) << line;
    fields[1].erase(0, fields[1].find_first_not_of(' '));
    const bool hex = fields[1].ends_with("hex");
    const std::string bytes = hex ? from_hex(fields[2]) : fields[2];
    if (fields[1].starts_with("valid")) {
      ++valid;
      EXPECT_TRUE(is_utf8(bytes)) << line;
    } else {
      ++invalid;
      EXPECT_FALSE(is_utf8(bytes)) << line;
      ASSERT_GE(fields.size(), 4U) << line;
      // The suite names what is left when the bad bytes are taken out.
      const bool nothing = fields[3].find("nothing") != std::string::npos;
      EXPECT_EQ(without_bad_bytes(bytes), nothing ? "" : from_hex(fields[3])) << line;
    }
    // Where it stands in a longer text does not matter: words of eight bytes are read at once.
    for (size_t before = 0; before < 9; ++before) {
      const std::string moved = std::string(before, 'a') + bytes + "aaaaaaaaa";
      EXPECT_EQ(is_utf8(moved), fields[1].starts_with("valid")) << line << " at " << before;
    }
  }
  EXPECT_EQ(valid, 77U);
  EXPECT_EQ(invalid, 145U);
}

TEST(Utf8, AcceptsExactlyTheCodePointsOfUnicode) {
  for (uint32_t code_point = 0; code_point <= 0x110010; ++code_point) {
    std::string bytes;
    append_utf8(bytes, code_point);
    ASSERT_TRUE(is_utf8(bytes)) << code_point;
    const bool real = code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
    ASSERT_EQ(bytes != "\xEF\xBF\xBD", real && code_point != 0xFFFD) << code_point;
  }
}

TEST(Utf8, CutsOnlyBetweenCharacters) {
  const std::string text = "aä€😀b";
  const std::vector<size_t> expected = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11, 11};
  for (size_t limit = 0; limit < expected.size(); ++limit) {
    EXPECT_EQ(cut_utf8(text, limit).size(), expected[limit]) << limit;
  }
}

TEST(Utf8, CuttingBytesThatAreNotTextStaysInside) {
  const std::string garbage(100, '\x80');
  EXPECT_TRUE(cut_utf8(garbage, 50).empty());
  EXPECT_EQ(cut_utf8("", 0), "");
}

}  // namespace
}  // namespace kaiku::text
