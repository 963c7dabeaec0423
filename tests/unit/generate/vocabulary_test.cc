#include "generate/vocabulary.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace kaiku::generate {
namespace {

bool is_word_byte(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || c == '_' ||
         std::isalnum(static_cast<int>(c)) != 0;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
    return c < 0x80 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
  });
  return result;
}

// True if `word` stands free in `text`.
bool names(const std::string& text, const std::string& word) {
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool free_before = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(word.front());
    const bool free_after = end == text.size() || !is_word_byte(text[end]);
    if (free_before && free_after) {
      return true;
    }
  }
  return false;
}

std::string without(std::string text, const std::string& phrase) {
  for (size_t at = text.find(phrase); at != std::string::npos; at = text.find(phrase)) {
    text.erase(at, phrase.size());
  }
  return text;
}

// Every sentence that can be written around a brand or without one.
std::vector<std::string> all_sentences() {
  std::vector<std::string> all;
  const auto add = [&all](std::span<const std::string_view> some) {
    for (const std::string_view text : some) {
      all.push_back(lower(text));
    }
  };
  for (size_t l = 0; l < kLanguages; ++l) {
    const auto language = static_cast<Language>(l);
    for (size_t m = 0; m < kMoods; ++m) {
      add(phrases(language, static_cast<Mood>(m)));
    }
    add(comparisons(language));
    add(small_talk(language));
    add(afterthoughts(language));
    add(answers(language));
    add(thanks(language));
  }
  add(hashtags());
  add(emoji());
  return all;
}

TEST(Vocabulary, NoSentenceNamesABrandByItself) {
  const std::vector<Brand> brands = make_brands(400);
  for (const std::string& sentence : all_sentences()) {
    for (const Brand& brand : brands) {
      std::string left = sentence;
      for (const std::string& phrase : brand.exclude) {
        left = without(left, phrase);
      }
      for (const std::string& alias : brand.aliases) {
        EXPECT_FALSE(names(left, alias)) << sentence << " names " << alias;
      }
    }
  }
}

TEST(Vocabulary, SomeSentencesSetTraps) {
  const std::vector<std::string> all = all_sentences();
  const auto any = [&all](const auto& is) { return std::any_of(all.begin(), all.end(), is); };
  EXPECT_TRUE(any([](const std::string& s) { return names(s, "kirkas yö"); }));
  EXPECT_TRUE(any([](const std::string& s) {
    return s.find("kirkas") != std::string::npos && !names(s, "kirkas");
  }));
}

TEST(Vocabulary, PhrasesAboutABrandNameItOnce) {
  for (size_t l = 0; l < kLanguages; ++l) {
    const auto language = static_cast<Language>(l);
    for (size_t m = 0; m < kMoods; ++m) {
      ASSERT_FALSE(phrases(language, static_cast<Mood>(m)).empty());
      for (const std::string_view text : phrases(language, static_cast<Mood>(m))) {
        EXPECT_EQ(std::count(text.begin(), text.end(), '%'), 1) << text;
      }
    }
    for (const std::string_view text : comparisons(language)) {
      EXPECT_EQ(std::count(text.begin(), text.end(), '%'), 1) << text;
    }
    for (const std::string_view text : small_talk(language)) {
      EXPECT_EQ(text.find('%'), std::string_view::npos) << text;
    }
  }
}

TEST(Vocabulary, BrandsDifferAndTheirAliasesToo) {
  std::set<std::string> ids;
  std::set<std::string> aliases;
  for (const Brand& brand : make_brands(10'000)) {
    EXPECT_TRUE(ids.insert(brand.id).second) << brand.id;
    EXPECT_GE(brand.aliases.size(), 3U);
    // A name begins with an ASCII letter, which a text may write as a capital.
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(brand.aliases.front().front())) != 0);
    for (const std::string& alias : brand.aliases) {
      EXPECT_TRUE(aliases.insert(alias).second) << alias;
    }
    const std::string name = lower(brand.name);
    EXPECT_TRUE(std::any_of(brand.aliases.begin(), brand.aliases.end(), [&](const auto& alias) {
      return names(name, alias);
    })) << name;
  }
}

TEST(Vocabulary, HasAChannelForEveryNumber) {
  EXPECT_EQ(channel_names().size(), static_cast<size_t>(kChannels));
  EXPECT_EQ(channel_names()[kGooglePlay], "google_play");
  EXPECT_EQ(channel_names()[kWeb], "web");
}

}  // namespace
}  // namespace kaiku::generate
