// ContentFingerprint: whether two posts say the same thing, though each channel has its own links,
// tags and addressees. A hash of the words that are left without those and without the ASCII
// punctuation around them, in any case and spelling that NFKC_Casefold makes equal.
//
// Threads: confined to its user.
// Owns:    its buffers.
// Cost:    that of text::Normalizer and a hash; linear.
// Fails:   never. No fingerprint of a text without a word of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/text/normalize.h"

namespace kaiku::shard {

class ContentFingerprint {
 public:
  [[nodiscard]] std::optional<uint64_t> of(const base::HashKey& key,
                                           std::string_view title,
                                           std::string_view text);

 private:
  void add_words(std::string_view text);

  text::Normalizer normalizer_;
  std::string words_;
};

}  // namespace kaiku::shard
