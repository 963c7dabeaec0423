// ContentFingerprint: whether two posts say the same thing, though each channel has its own links,
// tags and addressees. A hash of the words that are left without those (plain_words.h).
//
// Threads: confined to its user.
// Owns:    its buffers.
// Cost:    that of PlainWords and a hash; linear.
// Fails:   never. No fingerprint of a text without a word of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/shard/plain_words.h"

namespace kaiku::shard {

class ContentFingerprint {
 public:
  [[nodiscard]] std::optional<uint64_t> of(const base::HashKey& key,
                                           std::string_view title,
                                           std::string_view text);

 private:
  PlainWords words_;
};

}  // namespace kaiku::shard
