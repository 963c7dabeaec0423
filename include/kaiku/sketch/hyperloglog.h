// HyperLogLog counts distinct 64-bit hashes with 2^12 registers (Flajolet et al. 2007), estimated
// by Ertl's improved raw estimator (2017, "New cardinality estimation algorithms for HyperLogLog
// sketches", algorithm 6): it needs no bias table and no logarithm, so every machine computes the
// same bits. Up to kSparseMax keys it holds a list of 2^25 finer registers instead (the sparse form
// of Heule et al. 2013, "HyperLogLog in practice"), and the estimate is their number: short of it
// by one once in 250 sets of 512 keys, and hardly ever in smaller ones.
//
// Threads: confined to its user.
// Owns:    nothing while empty, a short sorted list while sparse, 4,096 bytes when dense.
// Cost:    add about 10 ns.
// Fails:   decode() is false on bad bytes.
// Format:  form u8. 0: empty. 1, sparse: count varint, then per entry the difference of its 25-bit
//          index to the one before, as varint, and, if the low 13 bits of the index are zero, the
//          rank (u8) of the 39 bits behind them. 2, dense: 4,096 ranks of 6 bits, packed low bits
//          first (3,072 bytes). The form depends on the content only (sparse up to kSparseMax
//          indexes): equal content has equal bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "kaiku/base/bytes.h"

namespace kaiku::sketch {

class HyperLogLog {
 public:
  static constexpr unsigned kPrecision = 12;
  static constexpr unsigned kSparsePrecision = 25;
  static constexpr size_t kRegisters = size_t{1} << kPrecision;
  static constexpr size_t kSparseMax = 512;
  // 1.04 / sqrt(4096): one standard error of the dense form; the sparse one is far below it.
  static constexpr double kRelativeError = 0.01625;

  void add(uint64_t hash);
  void merge(const HyperLogLog& other);
  [[nodiscard]] uint64_t estimate() const;
  // So many were added for sure, and from one state to a later one so many new ones as this grew
  // by: registers that are not zero, of which one key sets one.
  [[nodiscard]] uint64_t at_least() const;
  [[nodiscard]] bool is_empty() const;
  void clear();
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;

 private:
  void append(uint32_t entry);
  void compact() const;
  void unite(size_t kept) const;
  void densify() const;
  void encode_dense(base::ByteWriter& out) const;

  // Sparse: index << 6 | rank, the rank 0 where the index alone tells it. Appended to unsorted;
  // compact() sorts them, keeps the highest rank of each index and turns to the dense form when
  // more than kSparseMax are left. A sketch that is read changes its form but not its content,
  // hence mutable.
  mutable std::vector<uint32_t> sparse_;
  mutable size_t sorted_ = 0;
  mutable std::vector<uint8_t> dense_;  // rank per index of kPrecision bits; empty while sparse
};

}  // namespace kaiku::sketch
