#include "kaiku/shard/content_fingerprint.h"

namespace kaiku::shard {

std::optional<uint64_t> ContentFingerprint::of(const base::HashKey& key,
                                               std::string_view title,
                                               std::string_view text) {
  const std::string_view words = words_.of(title, text, Tags::kDropped);
  if (words.empty()) {
    return std::nullopt;
  }
  return key.digest({"content", words}).lo;
}

}  // namespace kaiku::shard
