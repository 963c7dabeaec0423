#include "kaiku/config/diagnostic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/nearest.h"
#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Diagnostic, AtMostFiftyDiagnosticsAreShown) {
  std::string text(kMinimal);
  for (int i = 0; i < 200; ++i) {
    text += "zzz" + std::to_string(i) + ": 1\n";
  }
  const Loaded loaded = load(text);
  ASSERT_EQ(loaded.diagnostics.size(), 51U);
  EXPECT_EQ(loaded.diagnostics.back().code, "KA099");
  EXPECT_EQ(loaded.diagnostics.back().message, "and 150 more");
}

TEST(Diagnostic, RendersPlaceLineCaretAndSuggestion) {
  const Loaded loaded = load(
      "version: 1\nname: a\nsources: {p: {topic: t}}\nbrands: open\ntimé: {}\nitems: {retentoin: "
      "3d}\n");
  const std::string text = render(loaded.diagnostics);
  EXPECT_THAT(text,
              HasSubstr("p.yaml:6:9: error[KA014]: unknown key \"retentoin\" in items\n"
                        "    6 | items: {retentoin: 3d}\n"
                        "      |         ^^^^^^^^^ did you mean \"retention\"?\n"));
  EXPECT_THAT(text, HasSubstr("    5 | timé: {}\n      | ^^^^ did you mean \"time\"?\n"));
  EXPECT_THAT(text, testing::EndsWith("2 errors (kaiku explain KA014 for more)\n"));
  EXPECT_EQ(render({}), "");
}

TEST(Diagnostic, FilesCannotWriteToTheTerminal) {
  const Loaded loaded = load_with("\"evil\\e[31m\": 1 # \x1B[2J\n");
  EXPECT_THAT(codes(loaded), testing::SizeIs(1));
  EXPECT_THAT(render(loaded.diagnostics), testing::Not(HasSubstr("\x1B")));
}

TEST(Diagnostic, LongLinesAreCutAroundThePlace) {
  const Loaded loaded = load_with("description: \"" + std::string(300, 'a') + "\"\nx: {" +
                                  std::string(5'000, ' ') + "}\n");
  EXPECT_THAT(codes(loaded), ElementsAre("KA014"));
  Diagnostic far;
  far.line = 1;
  far.column = 300;
  far.width = 5;
  far.excerpt = std::string(299, '.') + "HERE!" + std::string(90, '.');
  EXPECT_THAT(render({far}),
              AllOf(HasSubstr("HERE!"), testing::Not(HasSubstr(std::string(200, '.')))));
}

TEST(Diagnostic, EveryCodeHasAStory) {
  for (const CodeHelp& help : diagnostic_codes()) {
    EXPECT_EQ(find_code(help.code), &help);
    EXPECT_FALSE(help.title.empty());
    EXPECT_FALSE(help.help.empty());
  }
  EXPECT_EQ(find_code("KA000"), nullptr);
}

TEST(Nearest, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string_view> words{"lateness", "retention", "id", "sources"};
  EXPECT_EQ(nearest("latenes", words), "lateness");
  EXPECT_EQ(nearest("laetness", words), "lateness") << "two letters that changed places";
  EXPECT_EQ(nearest("Retention", words), "retention");
  EXPECT_EQ(nearest("source", words), "sources");
  EXPECT_EQ(nearest("ad", words), "id");
  EXPECT_EQ(nearest("completely", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest(std::string(10'000, 'a'), words), "");
}

}  // namespace
}  // namespace kaiku::config
