// Folding of text for matching: text::Normalizer's NFKC_Casefold, and what only matching wants:
// runs of white space become one blank, and trade mark signs stay signs.
//
// Threads: pure; a FoldBuffer is confined to its user.
// Owns:    the buffer owns the folded text until the next call.
// Cost:    one pass over most texts (SimpleFolds), the general way for the rest.
// Fails:   never.
#pragma once

#include <string>
#include <string_view>

#include "kaiku/text/normalize.h"

namespace kaiku::match {

struct FoldBuffer {
  text::Normalizer normalizer;
  std::string bytes;
  std::string room;
  std::string marks;
};

// Points into `buffer`.
[[nodiscard]] std::string_view fold(std::string_view text, FoldBuffer& buffer);

// Folded and trimmed: for keys and patterns.
[[nodiscard]] std::string fold_key(std::string_view text);

}  // namespace kaiku::match
