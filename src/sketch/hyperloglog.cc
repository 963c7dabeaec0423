#include "kaiku/sketch/hyperloglog.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "sketch/sorted_tail.h"

namespace kaiku::sketch {
namespace {

constexpr unsigned kRankBits = 6;
constexpr uint32_t kRankMask = (1U << kRankBits) - 1;
// Bits of a hash that are left after the index; a rank is 1 to kHashBits + 1.
constexpr unsigned kHashBits = 64 - HyperLogLog::kPrecision;
constexpr unsigned kMaxRank = kHashBits + 1;
// Appended entries wait for one sort until there are this many of them.
constexpr size_t kAppended = 32;
constexpr size_t kDenseBytes = HyperLogLog::kRegisters * kRankBits / 8;

enum Form : uint8_t { kEmpty, kSparse, kDense };

uint32_t entry_of(uint64_t hash) {
  const auto index = static_cast<uint32_t>(hash >> kHashBits);
  const uint64_t rest = hash << HyperLogLog::kPrecision;
  const unsigned zeros = rest == 0 ? kHashBits : static_cast<unsigned>(std::countl_zero(rest));
  return index << kRankBits | (std::min(zeros, kHashBits) + 1);
}

void raise(std::vector<uint8_t>& dense, uint32_t entry) {
  uint8_t& rank = dense[entry >> kRankBits];
  rank = std::max(rank, static_cast<uint8_t>(entry & kRankMask));
}

// sum over k of x^(2^k) * 2^(k-1), plus x (Ertl 2017, algorithm 6). The iteration ends when a term
// no longer changes the sum, which for IEEE doubles is the same step on every machine.
double sigma(double x) {
  if (x == 1.0) {
    return std::numeric_limits<double>::infinity();
  }
  double y = 1;
  double z = x;
  double before = -1;
  while (z != before) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

// (1 - x - sum over k of (1 - x^(2^-k))^2 * 2^-k) / 3 (Ertl 2017, algorithm 6).
double tau(double x) {
  if (x == 0.0 || x == 1.0) {
    return 0;
  }
  double y = 1;
  double z = 1 - x;
  double before = -1;
  while (z != before) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

bool decode_sparse(base::ByteReader& in, std::vector<uint32_t>& entries) {
  constexpr uint64_t kEnd = HyperLogLog::kRegisters << kRankBits;
  const uint64_t count = in.count();
  if (count == 0 || count > HyperLogLog::kSparseMax) {
    return false;
  }
  entries.reserve(static_cast<size_t>(count));
  uint64_t entry = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t before = entry;
    const uint64_t step = in.varint();
    if (in.failed() || step >= kEnd) {
      return false;
    }
    entry += step;
    const uint64_t rank = entry & kRankMask;
    const bool same_index = i > 0 && entry >> kRankBits == before >> kRankBits;
    if (entry >= kEnd || rank == 0 || rank > kMaxRank || same_index) {
      return false;
    }
    entries.push_back(static_cast<uint32_t>(entry));
  }
  return true;
}

bool decode_dense(base::ByteReader& in, std::vector<uint8_t>& dense) {
  const std::string_view bytes = in.raw(kDenseBytes);
  if (in.failed()) {
    return false;
  }
  const auto byte = [&](size_t at) {
    return static_cast<uint32_t>(static_cast<uint8_t>(bytes[at]));
  };
  std::vector<uint8_t> ranks(HyperLogLog::kRegisters);
  size_t in_use = 0;
  for (size_t i = 0, at = 0; i < ranks.size(); i += 4, at += 3) {
    const uint32_t bits = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16;
    for (unsigned k = 0; k < 4; ++k) {
      const auto rank = static_cast<uint8_t>(bits >> (k * kRankBits) & kRankMask);
      if (rank > kMaxRank) {
        return false;
      }
      ranks[i + k] = rank;
      in_use += rank != 0 ? 1U : 0U;
    }
  }
  if (in_use <= HyperLogLog::kSparseMax) {
    return false;  // this content has the sparse form
  }
  dense = std::move(ranks);
  return true;
}

}  // namespace

void HyperLogLog::append(uint32_t entry) {
  sparse_.push_back(entry);
  if (sparse_.size() >= sorted_ * 2 + kAppended) {
    compact();
  }
}

void HyperLogLog::add(uint64_t hash) {
  if (dense_.empty()) {
    append(entry_of(hash));
  } else {
    raise(dense_, entry_of(hash));
  }
}

void HyperLogLog::merge(const HyperLogLog& other) {
  if (&other == this) {
    return;
  }
  if (!other.dense_.empty()) {
    compact();
    if (dense_.empty()) {
      densify();
    }
    for (size_t i = 0; i < kRegisters; ++i) {
      dense_[i] = std::max(dense_[i], other.dense_[i]);
    }
    return;
  }
  for (const uint32_t entry : other.sparse_) {
    if (dense_.empty()) {
      append(entry);
    } else {
      raise(dense_, entry);
    }
  }
}

void HyperLogLog::compact() const {
  if (sorted_ == sparse_.size()) {
    return;
  }
  sort_tail(sparse_, sorted_, std::less<>());
  size_t kept = 0;
  for (size_t i = 0; i < sparse_.size(); ++i) {
    const bool last_of_index =
        i + 1 == sparse_.size() || sparse_[i] >> kRankBits != sparse_[i + 1] >> kRankBits;
    if (last_of_index) {  // ranks ascend within an index
      sparse_[kept++] = sparse_[i];
    }
  }
  sparse_.resize(kept);
  sorted_ = kept;
  if (kept > kSparseMax) {
    densify();
  }
}

void HyperLogLog::densify() const {
  dense_.assign(kRegisters, 0);
  for (const uint32_t entry : sparse_) {
    raise(dense_, entry);
  }
  sparse_ = {};
  sorted_ = 0;
}

uint64_t HyperLogLog::estimate() const {
  compact();
  std::array<uint32_t, kMaxRank + 1> registers_of_rank{};
  if (dense_.empty()) {
    registers_of_rank[0] = static_cast<uint32_t>(kRegisters - sparse_.size());
    for (const uint32_t entry : sparse_) {
      ++registers_of_rank[entry & kRankMask];
    }
  } else {
    for (const uint8_t rank : dense_) {
      ++registers_of_rank[rank];
    }
  }
  constexpr auto kM = static_cast<double>(kRegisters);
  double z = kM * tau(1 - registers_of_rank[kMaxRank] / kM);
  for (unsigned rank = kHashBits; rank >= 1; --rank) {
    z = 0.5 * (z + registers_of_rank[rank]);
  }
  z += kM * sigma(registers_of_rank[0] / kM);
  constexpr double kAlpha = 0.721347520444481703680;  // 1 / (2 ln 2)
  const double estimate = kAlpha * kM * kM / z + 0.5;
  // Every register at its end: more than 2^64 keys would be needed.
  return estimate < 1.8e19 ? static_cast<uint64_t>(estimate) : std::numeric_limits<uint64_t>::max();
}

bool HyperLogLog::is_empty() const {
  return sparse_.empty() && dense_.empty();
}

void HyperLogLog::clear() {
  sparse_.clear();
  sorted_ = 0;
  dense_ = {};
}

void HyperLogLog::encode(base::ByteWriter& out) const {
  compact();
  if (!dense_.empty()) {
    out.u8(kDense);
    std::array<char, kDenseBytes> packed;
    for (size_t i = 0, at = 0; i < kRegisters; i += 4, at += 3) {  // 4 ranks fill 3 bytes
      const uint32_t bits =
          static_cast<uint32_t>(dense_[i]) | static_cast<uint32_t>(dense_[i + 1]) << 6 |
          static_cast<uint32_t>(dense_[i + 2]) << 12 | static_cast<uint32_t>(dense_[i + 3]) << 18;
      packed[at] = static_cast<char>(bits);
      packed[at + 1] = static_cast<char>(bits >> 8);
      packed[at + 2] = static_cast<char>(bits >> 16);
    }
    out.raw({packed.data(), packed.size()});
    return;
  }
  if (sparse_.empty()) {
    out.u8(kEmpty);
    return;
  }
  out.u8(kSparse);
  out.varint(sparse_.size());
  uint32_t before = 0;
  for (const uint32_t entry : sparse_) {
    out.varint(entry - before);
    before = entry;
  }
}

bool HyperLogLog::decode(base::ByteReader& in) {
  clear();
  const uint8_t form = in.u8();
  if (in.failed()) {
    return false;
  }
  switch (form) {
    case kEmpty:
      return true;
    case kSparse:
      if (!decode_sparse(in, sparse_)) {
        clear();
        return false;
      }
      sorted_ = sparse_.size();
      return true;
    case kDense:
      return decode_dense(in, dense_);
    default:
      return false;
  }
}

size_t HyperLogLog::memory_bytes() const {
  return sparse_.capacity() * sizeof(uint32_t) + dense_.capacity();
}

}  // namespace kaiku::sketch
