#include "kaiku/base/json_writer.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace kaiku::base {
namespace {

std::string json_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWriter, WritesFieldsInTheirOrderWithoutBlanks) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("a", 1).field("b", "x").key("c").begin_array();
  json.number(uint64_t{2}).boolean(true).null().ratio(0.5).string("y").end_array();
  json.field("d", false).key("e").begin_object().end_object().end_object();
  EXPECT_EQ(out, R"({"a":1,"b":"x","c":[2,true,null,0.5,"y"],"d":false,"e":{}})");
}

TEST(JsonWriter, WritesTheWidestNumbers) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.number(std::numeric_limits<int64_t>::min()).number(std::numeric_limits<int64_t>::max());
  json.number(std::numeric_limits<uint64_t>::max()).end_array();
  EXPECT_EQ(out, "[-9223372036854775808,9223372036854775807,18446744073709551615]");
}

TEST(JsonWriter, EscapesWhatHasToBeEscapedWhereverItStands) {
  EXPECT_EQ(json_of(""), R"("")");
  EXPECT_EQ(json_of("\"a\\b\""), R"("\"a\\b\"")");
  EXPECT_EQ(json_of(std::string_view("\0\x1f\n\t\r\b\f", 7)), R"("\u0000\u001f\n\t\r\b\f")");
  EXPECT_EQ(json_of("\x7f"), "\"\x7f\"");
}

// Long and short texts take different ways: both give the same text.
TEST(JsonWriter, EveryLengthAndPlaceGivesTheSameText) {
  for (size_t length = 1; length < 140; ++length) {
    const std::string plain(length, 'p');
    EXPECT_EQ(json_of(plain), '"' + plain + '"');
    for (const size_t at : {size_t{0}, length / 2, length - 1}) {
      std::string text = plain;
      text[at] = '"';
      EXPECT_EQ(json_of(text), '"' + plain.substr(0, at) + "\\\"" + plain.substr(at + 1) + '"');
      std::string key;
      JsonWriter(key).key(text);
      EXPECT_EQ(key, json_of(text) + ':');
      text.replace(at, 1, "\xc3\xa4");
      EXPECT_EQ(json_of(text), '"' + text + '"');
    }
  }
}

TEST(JsonWriter, EveryBadByteBecomesAReplacement) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(json_of("a\xff"), "\"a" + bad + '"');
  EXPECT_EQ(json_of("\xc3"), '"' + bad + '"');                                // cut off
  EXPECT_EQ(json_of("\xc0\xaf"), '"' + bad + bad + '"');                      // overlong
  EXPECT_EQ(json_of("\xed\xa0\x80z"), '"' + bad + bad + bad + "z\"");         // a surrogate
  EXPECT_EQ(json_of("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"");             // U+1F600
  EXPECT_EQ(json_of("\xf4\x90\x80\x80"), '"' + bad + bad + bad + bad + '"');  // beyond U+10FFFF
}

TEST(JsonWriter, RatiosHaveSixDigitsAndNoMinusZero) {
  std::string out;
  JsonWriter json(out);
  json.begin_array().ratio(-0.0).ratio(1.0 / 3).ratio(std::numeric_limits<double>::infinity());
  json.end_array();
  EXPECT_EQ(out, "[0,0.333333,null]");
}

}  // namespace
}  // namespace kaiku::base
