// The public JSON suite, and what else arrives that is no JSON.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "unit/parse/collected.h"

namespace kaiku::parse {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<const Mapping> anything(std::string items) {
  auto mapping = std::make_shared<Mapping>();
  mapping->name = "anything";
  mapping->items = std::move(items);
  const auto constant = [](const char* text) {
    Extract extract;
    extract.kind = Extract::Kind::kConstant;
    extract.constant = text;
    return extract;
  };
  Extract id;
  id.path = "/a";
  mapping->rules = {
      {"event_id", {id}}, {"type", {constant("mention")}}, {"channel", {constant("x")}}};
  return mapping;
}

TEST(Conformance, EveryFileOfTheJsonSuiteEndsAsItShould) {
  const std::filesystem::path folder =
      KAIKU_SHARED_DATA "/parser-suites/JSONTestSuite/test_parsing";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "the sample data (parser-suites/JSONTestSuite) is not beside the project";
  }
  std::vector<std::shared_ptr<const Mapping>> mappings;
  for (const std::string_view name : shipped_mapping_names()) {
    mappings.push_back(shipped_mapping(name));
  }
  mappings.push_back(anything(""));
  mappings.push_back(anything("/a"));
  mappings.push_back(anything("/0"));
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    const std::string value = content(entry.path());
    ++files;
    for (const auto& mapping : mappings) {
      const auto got = parse_one(mapping, value);
      ASSERT_GE(got->calls(), 1U) << name;
      const bool refused = got->calls() == 1 && !got->rejects.empty() &&
                           got->rejects[0].error == model::ErrorClass::kParse;
      const bool parse_error =
          std::any_of(got->rejects.begin(), got->rejects.end(), [](const Reject& reject) {
            return reject.error == model::ErrorClass::kParse;
          });
      if (name[0] == 'n') {
        EXPECT_TRUE(refused) << name << " by " << mapping->name;
      } else if (name[0] == 'y') {
        EXPECT_FALSE(parse_error) << name << " by " << mapping->name;
      }
    }
  }
  EXPECT_EQ(files, 318U);
}

std::string_view code_of(const Collected& got) {
  return got.calls() == 1 && !got.rejects.empty() ? got.rejects[0].code : "no reject";
}

TEST(Conformance, WhatIsNoJsonHasOneReason) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "empty"},
      {" \n\t ", "empty"},
      {"\xEF\xBB\xBF", "empty"},
      {"\0"sv, "not_json"},
      {"\x1F\x8B\x08\0\0\0\0\0\0\x03"sv, "bad_utf8"},
      {"<html></html>", "not_json"},
      {"{\"a\":1}{\"b\":2}", "trailing_content"},
      {"{\"a\":1}\n{\"b\":2}\n", "trailing_content"},
      {"\"a\" \"b\"", "trailing_content"},
      {"1 2", "trailing_content"},
      {"[1] x", "not_json"},
      {"{\"a\":\"\xC3\x28\"}", "bad_utf8"},
      {"{\"a\":\"\xED\xA0\x80\"}", "bad_utf8"},
      {"{\"a\":\"\x01\"}", "not_json"},
      {"{\"a\":\"\\u12\"}", "not_json"},
      {"{\"a\\x\":1}", "not_json"},
      {"{\"a\":01}", "not_json"},
      {"{\"a\":\"b", "not_json"},
      {"{'a':1}", "not_json"},
      {"{\"a\":NaN}", "not_json"},
      {"{\"event_id\":\"1\"", "not_json"},
      {"[{\"event_id\":\"1\"}", "not_json"},
  };
  for (const auto& [value, code] : cases) {
    EXPECT_EQ(code_of(*parse_one(canonical(), value)), code) << value;
  }
}

TEST(Conformance, AByteOrderMarkInFrontIsSkipped) {
  const auto got = parse_one(anything(""), "\xEF\xBB\xBF{\"a\":\"1\"}");
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].event_id, "1");
}

TEST(Conformance, JsonThatIsNoObjectIsASchemaReject) {
  for (const char* value : {"1", "\"text\"", "true", "null", "-0", "1e999", " 1 "}) {
    const auto got = parse_one(canonical(), value);
    EXPECT_EQ(code_of(*got), "not_object") << value;
    EXPECT_EQ(got->rejects[0].error, model::ErrorClass::kSchema);
  }
  for (const char* value : {"[]", "[ ]", "\t[\n]\r"}) {
    const auto got = parse_one(canonical(), value);
    EXPECT_EQ(code_of(*got), "no_items") << value;
    EXPECT_EQ(got->rejects[0].error, model::ErrorClass::kSchema);
  }
  EXPECT_EQ(parse_one(canonical(), "[")->rejects.at(0).error, model::ErrorClass::kParse);
  EXPECT_EQ(code_of(*parse_one(canonical(), "{}")), "missing_field");
}

std::string nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(Conformance, DepthIsBoundedAndNeverRecursesFurther) {
  EXPECT_EQ(code_of(*parse_one(anything("/x"), nested(64))), "missing_items");
  EXPECT_EQ(code_of(*parse_one(anything("/x"), nested(65))), "depth");
  EXPECT_EQ(code_of(*parse_one(anything("/x"), nested(500'000))), "depth");
  EXPECT_EQ(code_of(*parse_one(anything("/x"), std::string(1'000'000, '['))), "not_json");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) {
    objects += "{\"a\":";
  }
  EXPECT_EQ(code_of(*parse_one(anything("/x"), objects)), "not_json");
}

TEST(Conformance, ARecordOfOneMebibyteIsTheLargest) {
  std::string text(1 << 20, ' ');
  text[0] = '{';
  text[1] = '}';
  EXPECT_EQ(code_of(*parse_one(anything("/x"), text)), "missing_items");
  text += ' ';
  const auto got = parse_one(anything("/x"), text);
  EXPECT_EQ(code_of(*got), "record_size");
  EXPECT_EQ(got->rejects[0].error, model::ErrorClass::kTooLarge);
}

TEST(Conformance, NumbersOfAnySizeAreJson) {
  for (const std::string& number : {std::string("1e999"),
                                    std::string("-0"),
                                    std::string("9007199254740993"),
                                    std::string("9223372036854775808"),
                                    std::string("18446744073709551616"),
                                    std::string(400, '7'),
                                    std::string("0.") + std::string(400, '1')}) {
    const auto got = parse_one(anything(""), "{\"a\":" + number + "}");
    ASSERT_EQ(got->items.size(), number.size() > 256 ? 0U : 1U) << number;
    if (number.size() <= 256) {
      EXPECT_EQ(got->items[0].event_id, number);  // digit by digit
    } else {
      EXPECT_EQ(code_of(*got), "too_long");
    }
  }
}

TEST(Conformance, BadPartsThatNobodyReadDoNotCostTheItem) {
  const auto got = parse_one(anything(""), "{\"a\":\"1\",\"z\":[01,tru,{\"x\":\"\\q\"}]}");
  EXPECT_EQ(got->items.size(), 1U);
  // but a record that fails for any reason is told apart: it is no JSON.
  EXPECT_EQ(code_of(*parse_one(anything(""), "{\"z\":[01,tru,{\"x\":\"\\q\"}]}")), "not_json");
}

TEST(Conformance, OneParserTakesGoodAndBadRecordsInTurn) {
  Parser parser(anything(""));
  Collected got;
  const std::string big = "{\"a\":\"" + std::string(50'000, 'x') + "\"}";
  for (int i = 0; i < 50; ++i) {
    parser.parse("{\"a\":\"good\"}", 0, got);
    parser.parse("{\"a\":", 0, got);
    parser.parse("", 0, got);
    parser.parse(big, 0, got);
    parser.parse("[{\"a\":1},{\"a\":2},3]", 0, got);
  }
  EXPECT_EQ(got.items.size(), 50U * 3);
  EXPECT_EQ(got.rejects.size(), 50U * 4);
}

}  // namespace
}  // namespace kaiku::parse
