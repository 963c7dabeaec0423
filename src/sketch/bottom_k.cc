#include "kaiku/sketch/bottom_k.h"

#include <algorithm>
#include <limits>

#include "sketch/sorted_tail.h"
#include "sketch/tail_writer.h"

namespace kaiku::sketch {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr size_t kAppended = 32;

int64_t saturated(Wide value) {
  constexpr auto kMax = static_cast<Wide>(std::numeric_limits<int64_t>::max());
  return static_cast<int64_t>(std::min(value, kMax));
}

}  // namespace

void BottomK::add(uint64_t hash, int64_t weight) {
  // Beyond the k-th smallest nothing can matter any more; a repeated k-th may carry a larger
  // weight.
  if (sorted_ == kEntries && hash > entries_[kEntries - 1].hash) {
    return;
  }
  entries_.push_back({hash, std::max<int64_t>(weight, 0)});
  if (entries_.size() >= sorted_ * 2 + kAppended) {
    compact();
  }
}

void BottomK::merge(const BottomK& other) {
  if (&other == this) {
    return;
  }
  other.compact();
  compact();
  const size_t kept = merge_sorted(entries_, other.entries_, Entry::before);
  unite(kept);
}

void BottomK::compact() const {
  if (sorted_ == entries_.size()) {
    return;
  }
  sort_tail(entries_, sorted_, Entry::before);
  unite(0);
}

// Keeps the largest weight of each hash and the k smallest hashes; `kept` entries at the front are
// known to differ.
void BottomK::unite(size_t kept) const {
  const auto same = [](const Entry& a, const Entry& b) { return a.hash == b.hash; };
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(kept == 0 ? 0 : kept - 1);
  entries_.erase(std::unique(first, entries_.end(), same), entries_.end());
  if (entries_.size() > kEntries) {
    entries_.resize(kEntries);
  }
  sorted_ = entries_.size();
}

BottomK::Estimate BottomK::sum() const {
  compact();
  const bool exact = entries_.size() < kEntries;
  const size_t count = exact ? entries_.size() : kEntries - 1;
  Wide weights = 0;
  for (size_t i = 0; i < count; ++i) {
    weights += static_cast<Wide>(entries_[i].weight);
  }
  if (exact) {
    return {saturated(weights), true};
  }
  // Mean weight W / (k - 1) times distinct keys (k - 1) / (h / 2^64) is W * 2^64 / h: integers
  // only. 256 distinct hashes were seen, so h is not 0.
  const Wide largest = entries_[kEntries - 1].hash;
  if (weights >= Wide{1} << 63) {
    return {std::numeric_limits<int64_t>::max(), false};
  }
  return {saturated(((weights << 64) + largest / 2) / largest), false};
}

bool BottomK::is_empty() const {
  return entries_.empty();
}

void BottomK::clear() {
  entries_.clear();
  sorted_ = 0;
}

void BottomK::encode(base::ByteWriter& out) const {
  compact();
  constexpr size_t kMost = 8 + TailWriter::kVarintMax;
  TailWriter tail(out.out(), TailWriter::kVarintMax + kMost * entries_.size());
  tail.varint(entries_.size());
  for (const Entry& entry : entries_) {
    tail.u64(entry.hash);
    tail.svarint(entry.weight);
  }
}

bool BottomK::decode(base::ByteReader& in) {
  clear();
  const uint64_t count = in.count(9);
  if (in.failed() || count > kEntries) {
    return false;
  }
  entries_.reserve(static_cast<size_t>(count));
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t hash = in.u64();
    const int64_t weight = in.svarint();
    if (in.failed() || weight < 0 || (i > 0 && hash <= entries_.back().hash)) {
      return false;
    }
    entries_.push_back({hash, weight});
  }
  sorted_ = entries_.size();
  return true;
}

size_t BottomK::memory_bytes() const {
  return entries_.capacity() * sizeof(Entry);
}

}  // namespace kaiku::sketch
