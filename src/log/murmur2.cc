#include "kaiku/log/murmur2.h"

#include <cstring>

namespace kaiku::log {

uint32_t murmur2(std::string_view key) {
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  constexpr uint32_t kShift = 24;
  uint32_t hash = 0x9747b28cU ^ static_cast<uint32_t>(key.size());
  while (key.size() >= 4) {
    uint32_t word;
    std::memcpy(&word, key.data(), 4);
    word *= kMultiplier;
    word ^= word >> kShift;
    word *= kMultiplier;
    hash = (hash * kMultiplier) ^ word;
    key.remove_prefix(4);
  }
  uint32_t tail = 0;
  for (size_t i = key.size(); i-- > 0;) {
    tail = (tail << 8) | static_cast<unsigned char>(key[i]);
  }
  if (!key.empty()) {
    hash = (hash ^ tail) * kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return hash;
}

int32_t partition_of(std::string_view key, int32_t partitions) {
  return static_cast<int32_t>((murmur2(key) & 0x7fffffffU) % static_cast<uint32_t>(partitions));
}

}  // namespace kaiku::log
