#include "kaiku/sketch/log_histogram.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "sketch/sorted_tail.h"
#include "sketch/tail_writer.h"

namespace kaiku::sketch {
namespace {

constexpr unsigned kSubBits = 6;  // 64 buckets per power of two
constexpr uint32_t kSubBuckets = 1U << kSubBits;
constexpr uint32_t kBuckets = (63 - kSubBits + 1) * kSubBuckets;  // for values up to 2^63 - 1
constexpr size_t kAppended = 32;

uint32_t bucket_of(int64_t value) {
  const auto v = static_cast<uint64_t>(std::max<int64_t>(value, 0));
  if (v < kSubBuckets) {
    return static_cast<uint32_t>(v);
  }
  const auto shift = static_cast<unsigned>(std::bit_width(v)) - 1 - kSubBits;
  return (shift + 1) * kSubBuckets + static_cast<uint32_t>((v >> shift) - kSubBuckets);
}

int64_t middle_of(uint32_t bucket) {
  if (bucket < kSubBuckets) {
    return bucket;
  }
  const unsigned shift = bucket / kSubBuckets - 1;
  const uint64_t lowest = static_cast<uint64_t>(kSubBuckets + bucket % kSubBuckets) << shift;
  return static_cast<int64_t>(lowest + (uint64_t{1} << shift) / 2);
}

constexpr auto kBefore = [](const auto& a, const auto& b) { return a.first < b.first; };

// Counts from outside may be anything; wrapping keeps the sum defined and order-free.
int64_t plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

}  // namespace

void LogHistogram::record(int64_t value, int64_t count) {
  buckets_.emplace_back(bucket_of(value), count);
  if (buckets_.size() >= sorted_ * 2 + kAppended) {
    compact();
  }
}

void LogHistogram::merge(const LogHistogram& other) {
  if (&other == this) {
    const LogHistogram copy = other;
    merge(copy);
    return;
  }
  other.compact();
  compact();
  unite(merge_sorted(buckets_, other.buckets_, kBefore));
}

void LogHistogram::compact() const {
  if (sorted_ == buckets_.size()) {
    return;
  }
  sort_tail(buckets_, sorted_, kBefore);
  unite(0);
}

// Adds up the counts of each bucket; `kept` of them at the front are known to differ.
void LogHistogram::unite(size_t kept) const {
  size_t to = kept == 0 ? 0 : kept - 1;
  for (size_t i = to; i < buckets_.size();) {
    auto sum = buckets_[i];
    for (++i; i < buckets_.size() && buckets_[i].first == sum.first; ++i) {
      sum.second = plus(sum.second, buckets_[i].second);
    }
    if (sum.second != 0) {
      buckets_[to++] = sum;
    }
  }
  buckets_.resize(to);
  sorted_ = to;
}

int64_t LogHistogram::total() const {
  int64_t total = 0;
  for (const auto& [bucket, count] : buckets_) {
    total = plus(total, count);
  }
  return total;
}

int64_t LogHistogram::quantile(unsigned per_mille) const {
  compact();
  const int64_t all = total();
  if (all <= 0) {
    return 0;
  }
  // ceil(q * total) without leaving 64 bits: total = 1000 a + b.
  const int64_t q = std::min(per_mille, 1000U);
  const int64_t rank = std::max<int64_t>(all / 1000 * q + (all % 1000 * q + 999) / 1000, 1);
  int64_t seen = 0;
  for (const auto& [bucket, count] : buckets_) {
    seen = plus(seen, count);
    if (seen >= rank) {
      return middle_of(bucket);
    }
  }
  return middle_of(buckets_.back().first);
}

bool LogHistogram::is_empty() const {
  compact();
  return buckets_.empty();
}

void LogHistogram::clear() {
  buckets_.clear();
  sorted_ = 0;
}

void LogHistogram::encode(base::ByteWriter& out) const {
  compact();
  TailWriter tail(out.out(), TailWriter::kVarintMax * (1 + 2 * buckets_.size()));
  tail.varint(buckets_.size());
  uint32_t before = 0;
  for (const auto& [bucket, count] : buckets_) {
    tail.varint(bucket - before);
    tail.svarint(count);
    before = bucket;
  }
}

bool LogHistogram::decode(base::ByteReader& in) {
  clear();
  const uint64_t count = in.count(2);
  if (in.failed() || count > kBuckets) {
    return false;
  }
  buckets_.reserve(static_cast<size_t>(count));
  uint64_t bucket = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t step = in.varint();
    const int64_t number = in.svarint();
    if (in.failed() || step >= kBuckets || number == 0 || (i > 0 && step == 0)) {
      return false;
    }
    bucket += step;
    if (bucket >= kBuckets) {
      return false;
    }
    buckets_.emplace_back(static_cast<uint32_t>(bucket), number);
  }
  sorted_ = buckets_.size();
  return true;
}

size_t LogHistogram::memory_bytes() const {
  return buckets_.capacity() * sizeof(buckets_[0]);
}

}  // namespace kaiku::sketch
