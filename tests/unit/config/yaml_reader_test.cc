#include "config/yaml_reader.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/tests_reader.h"
#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Read {
  std::optional<Node> root;
  std::vector<Diagnostic> diagnostics;

  [[nodiscard]] std::string first() const {
    if (diagnostics.empty()) {
      return "";
    }
    const Diagnostic& each = diagnostics.front();
    return each.code + " " + std::to_string(each.line) + ":" + std::to_string(each.column) + " " +
           each.message + (each.suggestion.empty() ? "" : " (" + each.suggestion + ")");
  }
};

Read read(std::string_view text) {
  Report report;
  Read out;
  out.root = read_yaml(text, report.add_source("f.yaml", text), report);
  out.diagnostics = report.take();
  return out;
}

TEST(YamlReader, KeepsPlacesQuotesAndKinds) {
  const Read got = read("a: 1\nb: ['x', y]\nc: {d: null, e: }\n");
  ASSERT_TRUE(got.root.has_value()) << got.first();
  const Node& root = *got.root;
  EXPECT_EQ(root.find("a")->text, "1");
  EXPECT_EQ(root.find("a")->place.line, 1);
  EXPECT_EQ(root.find("a")->place.column, 4);
  const Node& list = *root.find("b");
  ASSERT_TRUE(list.is_list());
  EXPECT_TRUE(list.items[0].quoted);
  EXPECT_FALSE(list.items[1].quoted);
  EXPECT_EQ(list.items[1].place.column, 10);
  EXPECT_EQ(root.find("c")->find("d")->kind, Node::Kind::kNull);
  EXPECT_EQ(root.find("c")->find("e")->kind, Node::Kind::kNull);
  EXPECT_EQ(root.find("nothing"), nullptr);
}

TEST(YamlReader, ColumnsOfDiagnosticsCountCharacters) {
  EXPECT_EQ(read("ä: {é: 1, é: 2}\n").first(),
            "KA010 1:11 the key \"é\" is given twice (the first one is in line 1)");
}

TEST(YamlReader, AcceptsByteOrderMarkAndWindowsLineEnds) {
  const Read got = read(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n");
  ASSERT_TRUE(got.root.has_value()) << got.first();
  EXPECT_EQ(got.root->find("b")->text, "2");
}

TEST(YamlReader, RefusesDuplicateKeys) {
  EXPECT_EQ(read("a: 1\nb: 2\na: 3\n").first(),
            "KA010 3:1 the key \"a\" is given twice (the first one is in line 1)");
}

TEST(YamlReader, RefusesMergeKeysTagsAndSecondDocuments) {
  EXPECT_THAT(read("x: &x {a: 1}\ny: {<<: *x}\n").first(), HasSubstr("KA005 2:5 merge keys"));
  EXPECT_THAT(read("y: {\"<<\": 1}\n").diagnostics, IsEmpty()) << "in quotes it is a key";
  EXPECT_THAT(read("a: !!str 1\n").first(), HasSubstr("KA005"));
  EXPECT_THAT(read("a: !foo {}\n").first(), HasSubstr("KA005"));
  EXPECT_THAT(read("a: 1\n---\nb: 2\n").first(), HasSubstr("KA004 2:1 a second document"));
  EXPECT_THAT(read("").first(), HasSubstr("KA004"));
  EXPECT_THAT(read("# only a comment\n").first(), HasSubstr("KA004"));
  EXPECT_TRUE(read("%YAML 1.2\n---\na: 1\n...\n").root.has_value());
}

TEST(YamlReader, RefusesKeysThatAreNoWords) {
  EXPECT_THAT(read("? [a]\n: 1\n").first(),
              HasSubstr("KA011 1:3 a key has to be a word, not a list"));
  EXPECT_THAT(read("null: 1\n").first(), HasSubstr("not nothing"));
}

TEST(YamlReader, PointsAtTabs) {
  EXPECT_EQ(read("a:\n\tb: 1\n").first(),
            "KA002 2:1 a tab in the indentation (indent with blanks)");
  EXPECT_EQ(read("a:\n  b: 1\n \tc: 2\n").first(),
            "KA002 3:2 a tab in the indentation (indent with blanks)");
  EXPECT_THAT(read("a: |\n  text\n  \ttab in text\n").diagnostics, IsEmpty());
  EXPECT_THAT(read("a: b\tc # \t\n").diagnostics, IsEmpty());
}

TEST(YamlReader, SaysWhatStandsBehindAnErrorOfTheParser) {
  EXPECT_EQ(
      read("a: [@kirkas]\n").first(),
      "KA001 1:5 not valid YAML: unknown token (put the value in quotes: @ may not begin one)");
  EXPECT_EQ(
      read("a: [#kirkas, b]\nc: 1\n").first(),
      "KA001 1:4 this bracket is never closed (a # begins a comment: put the value in quotes)");
  EXPECT_THAT(read("a: {b: 1\n").first(), HasSubstr("KA001 1:4 this bracket is never closed"));
  EXPECT_THAT(read("a: b: c\n").first(), HasSubstr("in quotes"));
  EXPECT_EQ(read("a: 1\nb: \"open\nc: 2\n").first(), "KA001 2:4 this quote is never closed");
  EXPECT_EQ(read("a: 'it''s\n").first(), "KA001 1:4 this quote is never closed");
  EXPECT_THAT(read("a: \"say \\\"hi\\\"\"\n").diagnostics, IsEmpty());
}

TEST(YamlReader, RefusesBytesThatAreNoText) {
  EXPECT_THAT(read("a: 1\nb: \xFF\n").first(), HasSubstr("KA003 2:4 not UTF-8"));
  EXPECT_THAT(read(std::string("a: \0", 4)).first(), HasSubstr("KA003 1:4 a NUL byte"));
  EXPECT_THAT(read(std::string(5U << 20, ' ')).first(), HasSubstr("4 MiB"));
}

TEST(YamlReader, DepthAndSizeAreBounded) {
  EXPECT_THAT(read(std::string(200'000, '[')).first(), HasSubstr("64 levels"));
  EXPECT_THAT(read(std::string(200'000, '{')).first(), testing::StartsWith("KA0"));
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) {
    dashes += "- ";
  }
  EXPECT_THAT(read(dashes).first(), HasSubstr("64 levels"));
  std::string many = "a: [";
  for (int i = 0; i < 300'000; ++i) {
    many += "1,";
  }
  EXPECT_THAT(read(many + "]").first(), HasSubstr("200,000"));
}

TEST(YamlReader, AliasesCopyAndCannotExplode) {
  const Read got = read("a: &x [1, 2]\nb: *x\n");
  ASSERT_TRUE(got.root.has_value());
  EXPECT_EQ(got.root->find("b")->items[1].text, "2");
  std::string laughs = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) {
      laughs += below + ",";
    }
    laughs += "]\n";
  }
  EXPECT_THAT(read(laughs).first(), HasSubstr("expand to more than"));
  EXPECT_THAT(read("a: &x [1, *x]\n").first(), HasSubstr("stands inside what it names"));
}

TEST(YamlReader, ScalarsBecomeJsonAsYaml12MeansThem) {
  const Read got = read(
      "[1, -0.5, 1e3, 010, 1., .5, '1', true, \"true\", yes, on, null, ~, 1_000, 0x10, 12:30, NaN, "
      "text, {a: [b]}]\n");
  ASSERT_TRUE(got.root.has_value()) << got.first();
  EXPECT_EQ(
      to_json(*got.root),
      R"([1,-0.5,1e3,"010","1.",".5","1",true,"true","yes","on",null,null,"1_000","0x10","12:30","NaN","text",{"a":["b"]}])");
}

TEST(YamlReader, TheYamlTestSuiteNeverBreaksIt) {
  const std::filesystem::path folder = KAIKU_SHARED_DATA "/parser-suites/yaml-test-suite";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "the shared sample data is not there";
  }
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") {
      continue;
    }
    ++files;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    const std::string text = content.str();
    const Read got = read(text);
    EXPECT_NE(got.root.has_value() && got.diagnostics.empty(), !got.diagnostics.empty())
        << entry.path();
    // The cases are values of `yaml` keys: they are read as files of their own too, with their
    // marks undone.
    if (got.root.has_value() && got.root->is_list()) {
      for (const Node& test : got.root->items) {
        const Node* yaml = test.find("yaml");
        if (yaml == nullptr) {
          continue;
        }
        std::string inner;
        for (size_t i = 0; i < yaml->text.size(); ++i) {
          if (yaml->text.compare(i, 3, "\u2423") == 0) {
            inner += ' ';
            i += 2;
          } else if (yaml->text.compare(i, 3, "\u00BB") == 0 ||
                     yaml->text.compare(i, 2, "\u00BB") == 0) {
            inner += '\t';
            i += 1;
          } else if (yaml->text.compare(i, 3, "\u220E") == 0) {
            i += 2;
          } else {
            inner += yaml->text[i];
          }
        }
        const Read case_read = read(inner);
        EXPECT_TRUE(case_read.root.has_value() || !case_read.diagnostics.empty()) << entry.path();
        const Loaded loaded = load(inner);
        EXPECT_EQ(loaded.plan, nullptr);
        EXPECT_FALSE(codes(loaded).empty())
            << "no case of the suite is a pipeline: " << entry.path();
      }
    }
  }
  EXPECT_EQ(files, 351U);
}

}  // namespace
}  // namespace kaiku::config
