#include "kaiku/match/brand_matcher.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::match {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::shared_ptr<const BrandMatcher> made(std::vector<Brand> brands) {
  auto built = BrandMatcher::build(std::move(brands));
  EXPECT_TRUE(built.has_value()) << (built.has_value() ? "" : built.error().message());
  return built.has_value() ? std::move(built).value() : nullptr;
}

std::vector<std::string> names(const BrandSet& set) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < set.count; ++i) {
    ids.emplace_back(set.ids[i]);
  }
  return ids;
}

std::vector<std::string> found_in(const BrandMatcher& matcher, std::string_view text) {
  const auto scratch = matcher.make_scratch();
  BrandSet found;
  matcher.match(text, *scratch, found);
  return names(found);
}

bool matches(const std::string& alias, std::string_view text) {
  const auto matcher = made({{"b", "", {alias}, {}, {}}});
  return matcher != nullptr && !found_in(*matcher, text).empty();
}

std::string refusal(std::vector<Brand> brands) {
  auto built = BrandMatcher::build(std::move(brands));
  return built.has_value() ? "" : built.error().message();
}

TEST(BrandMatcher, FindsAnAliasWhateverItsCase) {
  EXPECT_TRUE(matches("kirkas", "Kirkas on paras"));
  EXPECT_TRUE(matches("KIRKAS", "on kirkas"));
  EXPECT_TRUE(matches("Kirkas", "kirkas"));
  EXPECT_FALSE(matches("kirkas", "kirka"));
  EXPECT_FALSE(matches("kirkas", ""));
}

TEST(BrandMatcher, AliasMustStandFree) {
  EXPECT_FALSE(matches("kirkas", "kirkastaa"));
  EXPECT_FALSE(matches("kirkas", "ylikirkas"));
  EXPECT_FALSE(matches("kirkas", "kirkas24"));
  EXPECT_FALSE(matches("kirkas", "24kirkas"));
  EXPECT_FALSE(matches("kirkas", "kirkas_"));
  EXPECT_FALSE(matches("kirkas", "_kirkas"));
  EXPECT_FALSE(matches("kirkas", "kirkasä"));
  EXPECT_FALSE(matches("kirkas", "äkirkas"));
  EXPECT_FALSE(matches("kirkas", "kirkasж"));
  EXPECT_FALSE(matches("kirkas", "kirkas\u0301")) << "a combining accent changes the last letter";
  EXPECT_TRUE(matches("kirkas", "kirkastaa kirkas"));
}

TEST(BrandMatcher, PunctuationDoesNotGlue) {
  for (const char* text : {"kirkas's",
                           "kirkas’s",
                           "Kirkas-juoma",
                           "(kirkas)",
                           "\"kirkas\"",
                           "kirkas.fi",
                           "kirkas!",
                           "https://kirkas/",
                           "kirkas,tuuli",
                           "Kirkas™",
                           "Kirkas®",
                           "“kirkas”",
                           "kirkas℠",
                           "™kirkas™",
                           "kirkas🎉",
                           "🎉kirkas",
                           "kirkas\tx",
                           "\nkirkas\n",
                           "$kirkas"}) {
    EXPECT_TRUE(matches("kirkas", text)) << text;
  }
}

TEST(BrandMatcher, PlainAliasMatchesTheHashtagButNotTheAccount) {
  EXPECT_TRUE(matches("kirkas", "#kirkas"));
  EXPECT_FALSE(matches("kirkas", "@kirkas"));
  EXPECT_FALSE(matches("kirkas", "info@kirkas.fi"));
  EXPECT_FALSE(matches("kirkas", "#kirkashetki"));
}

TEST(BrandMatcher, SignsNeedAFreePlaceBefore) {
  EXPECT_TRUE(matches("@kirkas", "@kirkas"));
  EXPECT_TRUE(matches("@kirkas", "hei @Kirkas!"));
  EXPECT_TRUE(matches("@kirkas", ".@kirkas"));
  EXPECT_FALSE(matches("@kirkas", "a@kirkas.fi"));
  EXPECT_FALSE(matches("@kirkas", "ä@kirkas.fi"));
  EXPECT_FALSE(matches("@kirkas", "@@kirkas"));
  EXPECT_TRUE(matches("#kirkas", "(#kirkas)"));
  EXPECT_FALSE(matches("#kirkas", "x#kirkas"));
  EXPECT_FALSE(matches("#kirkas", "##kirkas"));
  EXPECT_FALSE(matches("#kirkas", "kirkas"));
  EXPECT_TRUE(matches("$AP", "buy $AP now"));
  EXPECT_FALSE(matches("$AP", "A$AP Rocky"));
  EXPECT_TRUE(matches("#kirkas", "＃kirkas")) << "full width sign";
}

TEST(BrandMatcher, AliasMayEndInPunctuation) {
  EXPECT_TRUE(matches("C++", "I like C++."));
  EXPECT_TRUE(matches("C++", "c++/rust"));
  EXPECT_FALSE(matches("C++", "C++11"));
  EXPECT_TRUE(matches("Yahoo!", "yahoo!"));
  EXPECT_FALSE(matches("Yahoo!", "yahoo"));
  EXPECT_TRUE(matches(".NET", "use .net here"));
}

TEST(BrandMatcher, FoldsUnicode) {
  EXPECT_TRUE(matches("lähde", "LÄHDE"));
  EXPECT_TRUE(matches("LÄHDE", "la\u0308hde")) << "decomposed text";
  EXPECT_FALSE(matches("lähde", "lahde"));
  EXPECT_TRUE(matches("kirkas", "ＫＩＲＫＡＳ")) << "full width letters";
  EXPECT_TRUE(matches("straße", "STRASSE"));
  EXPECT_TRUE(matches("ΣΊΣΥΦΟΣ", "σίσυφος")) << "final sigma";
  EXPECT_TRUE(matches("kirkas", "kir\u00ADkas")) << "soft hyphen";
  EXPECT_TRUE(matches("kirkas", "kirkas\uFE0F")) << "variation selector";
  EXPECT_TRUE(matches("МОСКВА", "москва"));
  EXPECT_FALSE(matches("é", "e"));
}

TEST(BrandMatcher, CaseOfNonAsciiBytesIsNeverMistaken) {
  // 0xC3 0xA4 against 0xE3 0x.. : a byte-wise Latin-1 fold would confuse them.
  EXPECT_FALSE(matches("\u00E4x", "\u00C5x"));
  EXPECT_FALSE(matches("\u0101x", "\u0141x"));
}

TEST(BrandMatcher, ScriptsWithoutBlanksDoNotGlue) {
  EXPECT_TRUE(matches("LINE", "昨日LINEで連絡"));
  EXPECT_TRUE(matches("LINE", "LINEスタンプ"));
  EXPECT_FALSE(matches("LINE", "ONLINEスタンプ"));
  EXPECT_TRUE(matches("任天堂", "私は任天堂が好き"));
  EXPECT_FALSE(matches("ライン", "オンライン"));
  EXPECT_TRUE(matches("ライン", "ラインで"));
  EXPECT_TRUE(matches("카카오", "카카오 뱅크"));
  EXPECT_FALSE(matches("카카오", "카카오뱅크"));
  EXPECT_TRUE(matches("kakao", "kakao에서"));
  EXPECT_FALSE(matches("#LINE", "昨日#LINE")) << "a sign still needs a free place";
}

TEST(BrandMatcher, WhiteSpaceInsideAnAliasIsOneBlank) {
  EXPECT_TRUE(matches("tuuli tonic", "Tuuli Tonic"));
  EXPECT_TRUE(matches("tuuli tonic", "tuuli\n  tonic"));
  EXPECT_TRUE(matches("tuuli tonic", "tuuli\u00A0tonic"));
  EXPECT_TRUE(matches(" tuuli \t tonic ", "tuuli tonic"));
  EXPECT_FALSE(matches("tuuli tonic", "tuulitonic"));
}

TEST(BrandMatcher, ExcludedPhraseCoversTheAlias) {
  const auto matcher = made({{"kirkas", "", {"kirkas"}, {"kirkas yö", "kirkas päivä"}, {}}});
  EXPECT_THAT(found_in(*matcher, "Kirkas yö!"), IsEmpty());
  EXPECT_THAT(found_in(*matcher, "kirkas  PÄIVÄ"), IsEmpty());
  EXPECT_THAT(found_in(*matcher, "kirkas yö ja Kirkas"), ElementsAre("kirkas"));
  EXPECT_THAT(found_in(*matcher, "kirkas yötön"), ElementsAre("kirkas"));
  EXPECT_THAT(found_in(*matcher, "kirkas yö kirkas päivä"), IsEmpty());
}

TEST(BrandMatcher, ExclusionBelongsToItsBrandOnly) {
  const auto matcher =
      made({{"a", "", {"apple"}, {"apple pie"}, {}}, {"b", "", {"apple", "pie"}, {}, {}}});
  EXPECT_THAT(found_in(*matcher, "apple pie"), ElementsAre("b"));
  EXPECT_THAT(found_in(*matcher, "apple"), ElementsAre("a", "b"));
}

TEST(BrandMatcher, PhraseThatOnlyOverlapsDoesNotExclude) {
  const auto matcher = made({{"a", "", {"big apple"}, {"apple pie"}, {}}});
  EXPECT_THAT(found_in(*matcher, "big apple pie"), ElementsAre("a"));
}

TEST(BrandMatcher, OverlappingAliasesOfSeveralBrandsAllCount) {
  const auto matcher = made({{"york", "", {"york"}, {}, {}},
                             {"times", "", {"new york times"}, {}, {}},
                             {"city", "", {"new york"}, {}, {}}});
  EXPECT_THAT(found_in(*matcher, "The New York Times"), ElementsAre("york", "times", "city"));
}

TEST(BrandMatcher, SharedAliasMatchesBothBrandsAndIsReported) {
  const auto matcher =
      made({{"a", "", {"Nova", "x1"}, {}, {}}, {"b", "", {"nova", "nova"}, {}, {}}});
  EXPECT_THAT(found_in(*matcher, "nova"), ElementsAre("a", "b"));
  const auto shared = matcher->shared_aliases();
  ASSERT_EQ(shared.size(), 1U);
  EXPECT_EQ(shared[0].alias, "nova");
  EXPECT_THAT(shared[0].brands, ElementsAre("a", "b"));
}

TEST(BrandMatcher, BrandsComeInCatalogueOrderOnceAndAreCutAtTheBound) {
  std::vector<Brand> brands;
  std::string text;
  for (int i = 0; i < 12; ++i) {
    const std::string id = "brand" + std::to_string(i);
    brands.push_back({id, "", {id}, {}, {}});
    text = id + " " + id + " " + text;  // the last one first
  }
  const auto matcher = made(brands);
  const auto scratch = matcher->make_scratch();
  BrandSet found;
  matcher->match("brand3 brand1 brand3", *scratch, found);
  EXPECT_THAT(names(found), ElementsAre("brand1", "brand3"));
  EXPECT_FALSE(found.truncated);
  matcher->match("brand2", *scratch, found);
  EXPECT_THAT(names(found), ElementsAre("brand1", "brand2", "brand3"));
  matcher->match(text, *scratch, found);
  EXPECT_THAT(
      names(found),
      ElementsAre("brand0", "brand1", "brand2", "brand3", "brand4", "brand5", "brand6", "brand7"));
  EXPECT_TRUE(found.truncated);
}

TEST(BrandMatcher, FieldIsMatchedExactlyThenFolded) {
  const auto matcher = made({{"Kirkas", "Kirkas Sparkling", {"kirkas oy", "tuuli"}, {}, {}},
                             {"kirkas", "", {}, {}, {}},
                             {"tuuli", "", {}, {}, {}},
                             {"lähde", "", {}, {}, {}}});
  EXPECT_EQ(matcher->by_field("Kirkas"), "Kirkas");
  EXPECT_EQ(matcher->by_field("kirkas"), "kirkas");
  EXPECT_EQ(matcher->by_field("KIRKAS"), "Kirkas") << "the first of the catalogue";
  EXPECT_EQ(matcher->by_field("KIRKAS  OY"), "Kirkas");
  EXPECT_EQ(matcher->by_field("kirkas sparkling"), "Kirkas");
  EXPECT_EQ(matcher->by_field("TUULI"), "tuuli") << "an alias never hides an id";
  EXPECT_EQ(matcher->by_field("LÄHDE"), "lähde");
  EXPECT_EQ(matcher->by_field(" LÄHDE "), "lähde");
  EXPECT_EQ(matcher->by_field("meri"), "");
  EXPECT_EQ(matcher->by_field(""), "");
  EXPECT_EQ(matcher->by_field(std::string(1'000'000, 'k')), "");
  EXPECT_EQ(matcher->by_field("\xFF\xFE"), "");
}

TEST(BrandMatcher, HandlesAreFoundWithAndWithoutTheSign) {
  const auto matcher = made({{"kirkas", "", {}, {}, {"@KirkasDrinks", "kirkas@mastodon.social"}}});
  EXPECT_EQ(matcher->by_handle("kirkasdrinks"), "kirkas");
  EXPECT_EQ(matcher->by_handle("@KIRKASDRINKS"), "kirkas");
  EXPECT_EQ(matcher->by_handle("@kirkas@mastodon.social"), "kirkas");
  EXPECT_EQ(matcher->by_handle("kirkas"), "");
  EXPECT_EQ(matcher->by_handle(""), "");
}

TEST(BrandMatcher, RefusesWhatCannotBeMeant) {
  EXPECT_THAT(refusal({{"kirkas", "", {""}, {}, {}}}), HasSubstr("\"kirkas\": an alias is empty"));
  EXPECT_THAT(refusal({{"kirkas", "", {" \t "}, {}, {}}}), HasSubstr("is empty"));
  EXPECT_THAT(refusal({{"kirkas", "", {"#!?"}, {}, {}}}), HasSubstr("\"#!?\" has no letter"));
  EXPECT_THAT(refusal({{"kirkas", "", {"ok"}, {"--"}, {}}}), HasSubstr("exclusion \"--\""));
  EXPECT_THAT(refusal({{"kirkas", "", {"a\xFF"}, {}, {}}}), HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal({{"kirkas", "", {std::string(257, 'a')}, {}, {}}}), HasSubstr("longer than"));
  EXPECT_THAT(refusal({{"", "", {"a"}, {}, {}}}), HasSubstr("no id"));
  EXPECT_THAT(refusal({{"_other", "", {"a"}, {}, {}}}), HasSubstr("kaiku's own"));
  EXPECT_THAT(refusal({{"a", "", {}, {}, {}}, {"a", "", {}, {}, {}}}), HasSubstr("used twice"));
  EXPECT_THAT(refusal({{std::string("a\0b", 3), "", {}, {}, {}}}), HasSubstr("without NUL"));
  EXPECT_THAT(refusal({{std::string(129, 'a'), "", {}, {}, {}}}), HasSubstr("at most 128 bytes"));
  EXPECT_THAT(refusal({{"a", "", {}, {}, {"@"}}}), HasSubstr("handle is empty"));
}

TEST(BrandMatcher, CatalogueWithoutAliasesMatchesNoText) {
  const auto matcher = made({{"kirkas", "", {}, {}, {}}});
  EXPECT_THAT(found_in(*matcher, "kirkas"), IsEmpty());
  EXPECT_EQ(matcher->by_field("kirkas"), "kirkas");
  const auto empty = made({});
  EXPECT_THAT(found_in(*empty, "kirkas"), IsEmpty());
}

TEST(BrandMatcher, FingerprintCoversTheWholeCatalogue) {
  const std::vector<Brand> base{{"a", "A", {"x", "y"}, {"z"}, {"h"}}};
  const uint64_t whole = made(base)->fingerprint();
  EXPECT_EQ(made(base)->fingerprint(), whole);
  std::vector<std::vector<Brand>> others(5, base);
  others[0][0].id = "b";
  others[1][0].name = "B";
  others[2][0].aliases = {"xy"};
  others[3][0].exclude = {};
  others[4][0].handles = {"i"};
  for (const auto& other : others) {
    EXPECT_NE(made(other)->fingerprint(), whole);
  }
}

// A naive oracle over a small alphabet where lower case is enough: looks at every position of every
// alias.
struct Oracle {
  std::vector<Brand> brands;

  static std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return out;
  }

  static bool word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == static_cast<char>(0xC3) || c == static_cast<char>(0xA4);
  }

  // Every [from, to) at which `phrase` stands free.
  static std::vector<std::pair<size_t, size_t>> places(const std::string& text,
                                                       const std::string& phrase) {
    std::vector<std::pair<size_t, size_t>> out;
    for (size_t at = text.find(phrase); at != std::string::npos; at = text.find(phrase, at + 1)) {
      const size_t end = at + phrase.size();
      const char before = at > 0 ? text[at - 1] : ' ';
      const char after = end < text.size() ? text[end] : ' ';
      const bool sign = phrase[0] == '#' || phrase[0] == '@' || phrase[0] == '$';
      const bool blocked = word(after) || word(before) || before == '@' ||
                           (sign && (before == '#' || before == '$'));
      if (!blocked) {
        out.emplace_back(at, end);
      }
    }
    return out;
  }

  [[nodiscard]] std::vector<std::string> find(std::string_view raw) const {
    const std::string text = lower(raw);
    std::vector<std::string> out;
    for (const Brand& brand : brands) {
      bool hit = false;
      for (const std::string& alias : brand.aliases) {
        for (const auto& [from, to] : places(text, lower(alias))) {
          bool covered = false;
          for (const std::string& phrase : brand.exclude) {
            for (const auto& [begin, end] : places(text, lower(phrase))) {
              covered = covered || (begin <= from && to <= end);
            }
          }
          hit = hit || !covered;
        }
      }
      if (hit && out.size() < base::limits::kBrandsPerItem) {
        out.push_back(brand.id);
      }
    }
    return out;
  }
};

std::string random_text(std::mt19937_64& random, size_t most, bool inner) {
  static const std::vector<std::string> kPieces{
      "a", "b", "A", "B", "1", "_", " a", "#", "@", "$", "-", ".", "ä", "€", "b a", " b "};
  std::string text;
  const size_t pieces = 1 + random() % most;
  for (size_t i = 0; i < pieces; ++i) {
    text += kPieces[random() % kPieces.size()];
  }
  // Runs of white space are one blank to the matcher; the oracle knows nothing of that.
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) {
      out += c;
    }
  }
  while (inner && !out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

TEST(BrandMatcher, AgreesWithANaiveOracleOnRandomCatalogues) {
  std::mt19937_64 random(20260302);
  for (int round = 0; round < 60; ++round) {
    Oracle oracle;
    for (size_t i = 0; i < 1 + random() % 6; ++i) {
      Brand brand{"brand" + std::to_string(i), "", {}, {}, {}};
      const auto add = [&random](std::vector<std::string>& to, size_t most) {
        const std::string phrase = random_text(random, most, true);
        if (phrase.find_first_of("abAB1") != std::string::npos) {
          to.push_back(phrase);
        }
      };
      for (size_t n = random() % 4; n > 0; --n) {
        add(brand.aliases, 3);
      }
      for (size_t n = random() % 3; n > 0; --n) {
        add(brand.exclude, 5);
      }
      oracle.brands.push_back(brand);
    }
    const auto matcher = made(oracle.brands);
    ASSERT_NE(matcher, nullptr);
    for (int i = 0; i < 500; ++i) {
      const std::string text = random_text(random, 24, false);
      ASSERT_EQ(found_in(*matcher, text), oracle.find(text)) << "text: " << text;
    }
  }
}

TEST(BrandMatcher, FindsEachOfFifteenHundredAliases) {
  std::vector<Brand> brands;
  for (int i = 0; i < 500; ++i) {
    const std::string id = "merkki" + std::to_string(i);
    brands.push_back({id, "", {id, "@" + id + "oy", "#" + id + "hetki"}, {}, {}});
  }
  const auto matcher = made(brands);
  const auto scratch = matcher->make_scratch();
  for (int i = 0; i < 500; ++i) {
    const std::string id = "merkki" + std::to_string(i);
    for (const std::string& alias : brands[static_cast<size_t>(i)].aliases) {
      BrandSet found;
      matcher->match("tänään " + alias + " oli hyvä", *scratch, found);
      ASSERT_THAT(names(found), ElementsAre(id)) << alias;
    }
  }
}

TEST(BrandMatcher, HostileTextsDoNotBreakIt) {
  const auto matcher = made({{"a", "", {"aa", "a a", "ä"}, {"a a a"}, {}}});
  const auto scratch = matcher->make_scratch();
  std::string blanks;
  for (int i = 0; i < 50'000; ++i) {
    blanks += "a ";
  }
  for (const std::string& text : {std::string(300'000, 'a'),
                                  blanks,
                                  std::string(100'000, '\xFF'),
                                  std::string("\xE2\x82"),
                                  std::string("aa\xC3"),
                                  std::string("\xC3"
                                              "aa"),
                                  std::string("\0aa\0", 4),
                                  std::string(3'000'000, ' ')}) {
    BrandSet found;
    matcher->match(text, *scratch, found);
    EXPECT_LE(found.count, 1);
  }
  BrandSet found;
  matcher->match("\xFF aa \xFE", *scratch, found);
  EXPECT_THAT(names(found), ElementsAre("a")) << "bytes that are no UTF-8 do not hide the rest";
  std::string marks = "aa";
  for (int i = 0; i < 400'000; ++i) {
    marks += i % 2 == 0 ? "\u0301" : "\u0323";
  }
  matcher->match(marks, *scratch, found);
  BrandSet again;
  matcher->match(std::string("\0aa\0", 4), *scratch, again);
  EXPECT_THAT(names(again), ElementsAre("a"));
}

TEST(BrandMatcher, NaughtyStringsWorkAsTextAndAsIds) {
  std::ifstream file(KAIKU_SHARED_DATA "/parser-suites/naughty-strings/blns.txt", std::ios::binary);
  if (!file) {
    GTEST_SKIP() << "the shared sample data is not there";
  }
  std::vector<Brand> brands;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
    const bool is_new = std::none_of(
        brands.begin(), brands.end(), [&line](const Brand& brand) { return brand.id == line; });
    if (!line.empty() && line.size() <= base::limits::kNameBytes && line[0] != '_' && is_new) {
      brands.push_back({line, "", {}, {}, {}});
    }
  }
  ASSERT_GT(lines.size(), 500U);
  brands.push_back({"plain", "", {"kirkas"}, {}, {}});
  std::erase_if(brands, [](const Brand& brand) {
    return !BrandMatcher::build({brand}).has_value();  // bytes that are no UTF-8
  });
  const auto matcher = made(brands);
  const auto scratch = matcher->make_scratch();
  for (const std::string& line : lines) {
    BrandSet found;
    matcher->match(line + " kirkas " + line, *scratch, found);
    EXPECT_THAT(names(found), ElementsAre("plain")) << line;
  }
  for (const Brand& brand : brands) {
    EXPECT_EQ(matcher->by_field(brand.id), brand.id);
  }
}

}  // namespace
}  // namespace kaiku::match
