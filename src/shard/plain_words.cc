#include "kaiku/shard/plain_words.h"

#include <algorithm>

namespace kaiku::shard {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_of_channel(std::string_view word, Tags tags) {
  return (word.front() == '#' && tags == Tags::kDropped) || word.front() == '@' ||
         word.starts_with("http://") || word.starts_with("https://") || word.starts_with("www.");
}

bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

// What stands around a word says nothing else than the word.
std::string_view bare(std::string_view word) {
  while (!word.empty() && is_punctuation(word.front())) {
    word.remove_prefix(1);
  }
  while (!word.empty() && is_punctuation(word.back())) {
    word.remove_suffix(1);
  }
  return word;
}

}  // namespace

void PlainWords::add(std::string_view text, Tags tags) {
  const std::string_view folded = normalizer_.normalize(text);
  const auto* at = folded.begin();
  while (at != folded.end()) {
    at = std::find_if_not(at, folded.end(), is_space);
    const auto* const end = std::find_if(at, folded.end(), is_space);
    const std::string_view word(at, static_cast<size_t>(end - at));
    if (!word.empty() && !is_of_channel(word, tags) && !bare(word).empty()) {
      words_.append(bare(word)).push_back(' ');
    }
    at = end;
  }
}

std::string_view PlainWords::of(std::string_view title, std::string_view text, Tags tags) {
  words_.clear();
  add(title, tags);
  add(text, tags);
  return words_;
}

}  // namespace kaiku::shard
