// Vocabulary: the made-up brands and what people write about them in Finnish, Swedish and English.
//
// Threads: immutable, shared.
// Owns:    nothing; everything is a literal, but for the catalogue it makes.
// Cost:    none.
// Fails:   never.
//
// In a phrase `%` stands for the brand. No phrase holds an alias of a brand by itself, so that the
// brands of a text are the ones that were put into it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/generate/workload.h"

namespace kaiku::generate {

enum class Language : uint8_t { kFinnish, kSwedish, kEnglish };
inline constexpr size_t kLanguages = 3;

enum class Mood : uint8_t { kPraise, kComplaint, kNeutral, kQuestion, kBug };
inline constexpr size_t kMoods = 5;

// The channels, by their place in this list.
enum ChannelNumber : uint8_t {
  kX,
  kFacebook,
  kInstagram,
  kReddit,
  kForum,
  kMastodon,
  kYoutube,
  kGithub,
  kGooglePlay,
  kNews,
  kEmail,
  kChat,
  kWeb,
  kChannels,
};

[[nodiscard]] const std::vector<std::string_view>& channel_names();
[[nodiscard]] std::string_view code_of(Language language);

// Sentences about a brand.
[[nodiscard]] std::span<const std::string_view> phrases(Language language, Mood mood);
// Sentences that set a second brand beside the first.
[[nodiscard]] std::span<const std::string_view> comparisons(Language language);
// Sentences without a brand; some hold an alias inside another word or an excluded phrase.
[[nodiscard]] std::span<const std::string_view> small_talk(Language language);
// What follows a sentence about anything.
[[nodiscard]] std::span<const std::string_view> afterthoughts(Language language);
// What staff answer.
[[nodiscard]] std::span<const std::string_view> answers(Language language);
[[nodiscard]] std::span<const std::string_view> thanks(Language language);
[[nodiscard]] std::span<const std::string_view> hashtags();
// Words of these texts that say nothing by themselves, in lower case; all that are stop words of
// one of the languages are among them.
[[nodiscard]] std::span<const std::string_view> filler_words();
[[nodiscard]] std::span<const std::string_view> emoji();
[[nodiscard]] std::span<const std::string_view> first_names();
[[nodiscard]] std::span<const std::string_view> campaigns();

// The first twelve are named by hand, the rest are made of syllables.
[[nodiscard]] std::vector<Brand> make_brands(uint32_t count);

}  // namespace kaiku::generate
