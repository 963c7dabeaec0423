#include "kaiku/shard/text_sketch.h"

#include <algorithm>

#include "kaiku/sketch/min_hash.h"

namespace kaiku::shard {

std::optional<model::TextSketch> TextSketcher::of(std::string_view title, std::string_view text) {
  std::string_view words = words_.of(title, text, Tags::kAreWords);
  if (!words.empty()) {
    words.remove_suffix(1);
  }
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  if (std::count_if(words.begin(), words.end(), begins) <
      static_cast<std::ptrdiff_t>(kSketchedCharacters)) {
    return std::nullopt;
  }
  return sketch::min_hash(words, seed_);
}

}  // namespace kaiku::shard
