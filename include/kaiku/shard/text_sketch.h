// TextSketcher: what is told of a text to where it is compared with others: a MinHash of its plain
// words. The text itself stays where it was read.
//
// Threads: confined to its user.
// Owns:    its buffers.
// Cost:    that of PlainWords and sketch::min_hash: some 8 us for 200 characters.
// Fails:   never. A text of less than kSketchedCharacters, spaces between words included, is too
//          short to say that another one says the same, and has none.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/model/opening_message.h"
#include "kaiku/shard/plain_words.h"

namespace kaiku::shard {

inline constexpr size_t kSketchedCharacters = 24;

class TextSketcher {
 public:
  // Under the key of the pipeline: who reads a sketch cannot try texts on it.
  explicit TextSketcher(const base::HashKey& key) : seed_(key.hash64("text sketch")) {}

  [[nodiscard]] std::optional<model::TextSketch> of(std::string_view title, std::string_view text);

 private:
  uint64_t seed_;
  PlainWords words_;
};

}  // namespace kaiku::shard
