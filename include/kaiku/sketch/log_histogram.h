// LogHistogram counts non-negative integers in log-linear buckets (64 per power of two, so a
// quantile is within 0.8 % of a value in the data; the integer mapping of HdrHistogram): no
// logarithm is computed.
//
// Threads: confined to its user.
// Owns:    a sorted list of the buckets in use.
// Cost:    record about 20 ns.
// Fails:   decode() is false on bad bytes.
// Format:  count varint, then per bucket the difference to the one before (varint) and its count
//          (svarint). Buckets that cancelled out are not written.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "kaiku/base/bytes.h"

namespace kaiku::sketch {

class LogHistogram {
 public:
  static constexpr double kRelativeError = 0.008;

  void record(int64_t value, int64_t count = 1);
  void merge(const LogHistogram& other);
  [[nodiscard]] int64_t total() const;
  // The value at rank ceil(q * total) with q in per mille (500: the median); the middle of its
  // bucket, 0 if nothing was recorded.
  [[nodiscard]] int64_t quantile(unsigned per_mille) const;
  [[nodiscard]] bool is_empty() const;
  void clear();
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;

 private:
  void compact() const;
  void unite(size_t kept) const;

  mutable std::vector<std::pair<uint32_t, int64_t>> buckets_;
  mutable size_t sorted_ = 0;
};

}  // namespace kaiku::sketch
