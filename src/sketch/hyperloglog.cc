#include "kaiku/sketch/hyperloglog.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <utility>

#include "sketch/sorted_tail.h"
#include "sketch/tail_writer.h"

namespace kaiku::sketch {
namespace {

constexpr unsigned kRankBits = 6;
constexpr uint32_t kRankMask = (1U << kRankBits) - 1;
// Bits of a hash that are left after the index; a rank is 1 to kHashBits + 1.
constexpr unsigned kHashBits = 64 - HyperLogLog::kPrecision;
constexpr unsigned kMaxRank = kHashBits + 1;
// The same of the finer registers, and by how many bits their index is longer.
constexpr unsigned kSparseHashBits = 64 - HyperLogLog::kSparsePrecision;
constexpr unsigned kSparseMaxRank = kSparseHashBits + 1;
constexpr unsigned kFinerBits = HyperLogLog::kSparsePrecision - HyperLogLog::kPrecision;
constexpr uint32_t kFinerMask = (1U << kFinerBits) - 1;
// Appended entries wait for one sort until there are this many of them.
constexpr size_t kAppended = 32;
constexpr size_t kDenseBytes = HyperLogLog::kRegisters * kRankBits / 8;

enum Form : uint8_t { kEmpty, kSparse, kDense };

// Zeros at the front of `rest`, of which `bits` count, and one.
unsigned rank_of(uint64_t rest, unsigned bits) {
  const unsigned zeros = rest == 0 ? bits : static_cast<unsigned>(std::countl_zero(rest));
  return std::min(zeros, bits) + 1;
}

// The rank is needed where all bits that the dense index does not have are zero.
bool needs_rank(uint32_t index) {
  return (index & kFinerMask) == 0;
}

uint32_t sparse_entry(uint64_t hash) {
  const auto index = static_cast<uint32_t>(hash >> kSparseHashBits);
  const uint64_t rest = hash << HyperLogLog::kSparsePrecision;
  return index << kRankBits | (needs_rank(index) ? rank_of(rest, kSparseHashBits) : 0);
}

void raise(uint8_t& rank, unsigned to) {
  rank = std::max(rank, static_cast<uint8_t>(to));
}

void raise_by_hash(std::vector<uint8_t>& dense, uint64_t hash) {
  raise(dense[hash >> kHashBits], rank_of(hash << HyperLogLog::kPrecision, kHashBits));
}

void raise_by_entry(std::vector<uint8_t>& dense, uint32_t entry) {
  const uint32_t index = entry >> kRankBits;
  const uint32_t finer = index & kFinerMask;
  const unsigned rank =
      needs_rank(index) ? kFinerBits + (entry & kRankMask)
                        : rank_of(static_cast<uint64_t>(finer) << (64 - kFinerBits), kFinerBits);
  raise(dense[index >> kFinerBits], rank);
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
  constexpr uint64_t kEnd = uint64_t{1} << HyperLogLog::kSparsePrecision;
  const uint64_t count = in.count();
  if (count == 0 || count > HyperLogLog::kSparseMax) {
    return false;
  }
  entries.reserve(static_cast<size_t>(count));
  uint64_t index = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t step = in.varint();
    if (in.failed() || step >= kEnd || (i > 0 && step == 0)) {
      return false;
    }
    index += step;
    if (index >= kEnd) {
      return false;
    }
    const auto finer = static_cast<uint32_t>(index);
    const uint32_t rank = needs_rank(finer) ? in.u8() : 0;
    if (in.failed() || rank > kSparseMaxRank || (needs_rank(finer) && rank == 0)) {
      return false;
    }
    entries.push_back(finer << kRankBits | rank);
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
  if (in_use == 0) {
    return false;  // this content has a form of its own
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
    append(sparse_entry(hash));
  } else {
    raise_by_hash(dense_, hash);
  }
}

void HyperLogLog::merge(const HyperLogLog& other) {
  if (&other == this) {
    return;
  }
  other.compact();
  compact();
  if (dense_.empty() && other.dense_.empty()) {
    unite(merge_sorted(sparse_, other.sparse_, std::less<>()));
    return;
  }
  if (dense_.empty()) {
    densify();
  }
  if (other.dense_.empty()) {
    for (const uint32_t entry : other.sparse_) {
      raise_by_entry(dense_, entry);
    }
    return;
  }
  uint8_t* const mine = dense_.data();
  const uint8_t* const theirs = other.dense_.data();
  for (size_t i = 0; i < kRegisters; ++i) {
    mine[i] = std::max(mine[i], theirs[i]);
  }
}

void HyperLogLog::compact() const {
  if (sorted_ == sparse_.size()) {
    return;
  }
  sort_tail(sparse_, sorted_, std::less<>());
  unite(0);
}

// Keeps the last rank of each index, which is the highest; `kept` entries at the front are known to
// differ.
void HyperLogLog::unite(size_t kept) const {
  size_t to = kept == 0 ? 0 : kept - 1;
  for (size_t i = to; i < sparse_.size(); ++i) {
    const bool last_of_index =
        i + 1 == sparse_.size() || sparse_[i] >> kRankBits != sparse_[i + 1] >> kRankBits;
    if (last_of_index) {
      sparse_[to++] = sparse_[i];
    }
  }
  sparse_.resize(to);
  sorted_ = to;
  if (to > kSparseMax) {
    densify();
  }
}

void HyperLogLog::densify() const {
  dense_.assign(kRegisters, 0);
  for (const uint32_t entry : sparse_) {
    raise_by_entry(dense_, entry);
  }
  sparse_ = {};
  sorted_ = 0;
}

uint64_t HyperLogLog::estimate() const {
  compact();
  if (dense_.empty()) {
    return sparse_.size();
  }
  // Four counts of each rank, so that equal ranks in a row do not wait for each other.
  std::array<std::array<uint32_t, 4>, kRankMask + 1> counts{};
  for (size_t i = 0; i < kRegisters; i += 4) {
    ++counts[dense_[i]][0];
    ++counts[dense_[i + 1]][1];
    ++counts[dense_[i + 2]][2];
    ++counts[dense_[i + 3]][3];
  }
  const auto registers_of = [&](unsigned rank) {
    const auto& four = counts[rank];
    return four[0] + four[1] + four[2] + four[3];
  };
  constexpr auto kM = static_cast<double>(kRegisters);
  double z = kM * tau(1 - registers_of(kMaxRank) / kM);
  for (unsigned rank = kHashBits; rank >= 1; --rank) {
    z = 0.5 * (z + registers_of(rank));
  }
  z += kM * sigma(registers_of(0) / kM);
  constexpr double kAlpha = 0.721347520444481703680;  // 1 / (2 ln 2)
  const double estimate = kAlpha * kM * kM / z + 0.5;
  // Every register at its end: more than 2^64 keys would be needed.
  return estimate < 1.8e19 ? static_cast<uint64_t>(estimate) : std::numeric_limits<uint64_t>::max();
}

uint64_t HyperLogLog::at_least() const {
  compact();
  if (dense_.empty()) {
    return sparse_.size();
  }
  return kRegisters - static_cast<uint64_t>(std::count(dense_.begin(), dense_.end(), 0));
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
    encode_dense(out);
    return;
  }
  if (sparse_.empty()) {
    out.u8(kEmpty);
    return;
  }
  TailWriter tail(out.out(), 1 + TailWriter::kVarintMax + 6 * sparse_.size());
  tail.u8(kSparse);
  tail.varint(sparse_.size());
  uint32_t before = 0;
  for (const uint32_t entry : sparse_) {
    const uint32_t index = entry >> kRankBits;
    tail.varint(index - before);
    if (needs_rank(index)) {
      tail.u8(static_cast<uint8_t>(entry & kRankMask));
    }
    before = index;
  }
}

void HyperLogLog::encode_dense(base::ByteWriter& out) const {
  out.u8(kDense);
  std::array<char, kDenseBytes + 2> packed;  // 8 ranks fill 6 bytes; 8 are written each time
  for (size_t i = 0, at = 0; i < kRegisters; i += 8, at += 6) {
    uint64_t ranks = 0;
    std::memcpy(&ranks, dense_.data() + i, sizeof(ranks));
    // Pairs of ranks, then pairs of pairs, then both halves move together.
    ranks = (ranks & 0x003f003f003f003fULL) | (ranks & 0x3f003f003f003f00ULL) >> 2;
    ranks = (ranks & 0x00000fff00000fffULL) | (ranks & 0x0fff00000fff0000ULL) >> 4;
    ranks = (ranks & 0x0000000000ffffffULL) | (ranks & 0x00ffffff00000000ULL) >> 8;
    std::memcpy(packed.data() + at, &ranks, sizeof(ranks));
  }
  out.raw({packed.data(), kDenseBytes});
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
