#include "partition_log.h"

#include <algorithm>
#include <utility>

namespace kaiku::local {

void PartitionLog::restore(int64_t low, int64_t high, uint64_t bytes) {
  low_ = low;
  high_ = high;
  reclaimed_ = low;
  bytes_ = bytes;
}

void PartitionLog::append(BatchPointer batch, size_t keep_bytes) {
  high_ = batch->last() + 1;
  bytes_ += batch->bytes().size();
  tail_bytes_ += batch->memory_bytes();
  tail_.push_back(std::move(batch));
  keep_at_most(keep_bytes);
}

void PartitionLog::keep_at_most(size_t bytes) {
  while (tail_bytes_ > bytes && !tail_.empty()) {
    tail_bytes_ -= tail_.front()->memory_bytes();
    tail_.pop_front();
  }
}

uint64_t PartitionLog::bytes_from(int64_t offset) const {
  if (offset >= high_ || low_ >= high_) {
    return 0;
  }
  const auto share =
      static_cast<double>(high_ - std::max(offset, low_)) / static_cast<double>(high_ - low_);
  return std::min(bytes_, static_cast<uint64_t>(static_cast<double>(bytes_) * share));
}

void PartitionLog::trim(int64_t below) {
  below = std::min(below, high_);
  if (below <= low_) {
    return;
  }
  const uint64_t left = bytes_from(below);
  unreclaimed_bytes_ += bytes_ - left;
  bytes_ = left;
  low_ = below;
  while (!tail_.empty() && tail_.front()->last() < low_) {
    tail_bytes_ -= tail_.front()->memory_bytes();
    tail_.pop_front();
  }
}

bool PartitionLog::find(int64_t from, size_t bytes, std::vector<BatchPointer>& out) const {
  if (tail_.empty() || from < tail_.front()->first()) {
    return false;
  }
  auto at = std::lower_bound(
      tail_.begin(), tail_.end(), from, [](const BatchPointer& batch, int64_t offset) {
        return batch->last() < offset;
      });
  for (size_t got = 0; at != tail_.end() && got < bytes; ++at) {
    got += (*at)->bytes().size();
    out.push_back(*at);
  }
  return true;
}

}  // namespace kaiku::local
