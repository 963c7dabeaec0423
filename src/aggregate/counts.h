// The algebra of counts that Aggregate and its parts share: signed sums with a presence mask, in
// the order in which for_each_count() of the struct visits them.
//
// Threads: any.
// Owns:    nothing.
// Cost:    an addition per count.
// Fails:   never: sums come from the wire and may be anything; wrapping keeps them defined and
// order-free.
// Format:  a bit per count in a mask, low first; svarint for each that is not zero.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kaiku/base/bytes.h"

namespace kaiku::aggregate {

[[nodiscard]] inline int64_t plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

[[nodiscard]] inline bool has(uint64_t mask, unsigned bit) {
  return (mask >> bit & 1) != 0;
}

template <typename Figures>
[[nodiscard]] uint64_t mask_of_counts(const Figures& figures) {
  uint64_t mask = 0;
  unsigned bit = 0;
  for_each_count(figures,
                 [&](int64_t count) { mask |= static_cast<uint64_t>(count != 0) << bit++; });
  return mask;
}

template <size_t kCounts, typename Figures>
void merge_counts(Figures& to, const Figures& from) {
  std::array<int64_t, kCounts> theirs;
  size_t at = 0;
  for_each_count(from, [&](int64_t count) { theirs[at++] = count; });
  at = 0;
  for_each_count(to, [&](int64_t& count) { count = plus(count, theirs[at++]); });
}

template <typename Figures>
void clear_counts(Figures& figures) {
  for_each_count(figures, [](int64_t& count) { count = 0; });
}

template <typename Figures>
void encode_counts(const Figures& figures, base::ByteWriter& out) {
  for_each_count(figures, [&](int64_t count) {
    if (count != 0) {
      out.svarint(count);
    }
  });
}

template <typename Figures>
void decode_counts(uint64_t mask, base::ByteReader& in, Figures& figures) {
  unsigned bit = 0;
  for_each_count(figures, [&](int64_t& count) {
    if (has(mask, bit++)) {
      count = in.svarint();
    }
  });
}

}  // namespace kaiku::aggregate
