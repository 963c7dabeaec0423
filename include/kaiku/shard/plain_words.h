// PlainWords: what a text says, without the links and addressees that each channel has of its own,
// and without the ASCII punctuation around words, in any case and spelling that NFKC_Casefold makes
// equal. Each word is followed by a space.
//
// Threads: confined to its user.
// Owns:    its buffers; the view it returns dies with the next call.
// Cost:    that of text::Normalizer; linear.
// Fails:   never. Nothing is left of a text without a word of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kaiku/text/normalize.h"

namespace kaiku::shard {

// Those of a post are for who looks for them; those of a question often are what it is about.
enum class Tags : uint8_t { kDropped, kAreWords };

class PlainWords {
 public:
  [[nodiscard]] std::string_view of(std::string_view title, std::string_view text, Tags tags);

 private:
  void add(std::string_view text, Tags tags);

  text::Normalizer normalizer_;
  std::string words_;
};

}  // namespace kaiku::shard
