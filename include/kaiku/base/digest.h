// Digest: 128 bits of SipHash-2-4 under the pipeline's key. It names items, authors and orders
// inside the engine: an outsider cannot aim two ids at one shard or one slot without the key.
//
// Threads: HashKey is immutable and may be shared.
// Owns:    its bytes.
// Cost:    about 20 ns for a 20-byte id.
// Fails:   never.
// Format:  16 bytes, little-endian `lo` then `hi`.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace kaiku::base {

struct Digest {
  uint64_t lo = 0;
  uint64_t hi = 0;

  friend auto operator<=>(const Digest&, const Digest&) = default;
};

// A digest is already uniform: its low half is a perfect hash table hash.
struct DigestHash {
  using is_avalanching = void;

  size_t operator()(const Digest& digest) const noexcept { return digest.lo; }
};

class HashKey {
 public:
  static constexpr size_t kBytes = 16;

  HashKey() = default;  // the zero key: tests only

  explicit HashKey(const std::array<unsigned char, kBytes>& bytes) : bytes_(bytes) {}

  // The key of a pipeline without a key file: derived from its name, so the same plan gives the
  // same figures.
  static HashKey derived_from(std::string_view name);

  [[nodiscard]] Digest digest(std::string_view bytes) const noexcept;

  // The digest of several fields; lengths are hashed too, so ("ab","c") and ("a","bc") differ.
  [[nodiscard]] Digest digest(std::initializer_list<std::string_view> fields) const;

  [[nodiscard]] uint64_t hash64(std::string_view bytes) const noexcept { return digest(bytes).lo; }

  // Identifies the key without giving it away: part of a store's identity.
  [[nodiscard]] uint64_t fingerprint() const noexcept;

 private:
  std::array<unsigned char, kBytes> bytes_{};
};

}  // namespace kaiku::base
