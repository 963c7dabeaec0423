// PartitionLog: where one partition begins and ends, its newest batches, and what the group has
// committed for it.
//
// Threads: confined to the broker's mutex.
// Owns:    the batches in memory, together with readers that still look at them.
// Cost:    appending and trimming are constant a batch, finding one is a binary search.
// Fails:   never.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <vector>

#include "kaiku/log/log.h"

#include "batch.h"

namespace kaiku::local {

using BatchPointer = std::shared_ptr<const Batch>;

class PartitionLog {
 public:
  static constexpr size_t kKeepAll = std::numeric_limits<size_t>::max();

  PartitionLog(uint16_t topic, uint32_t number) : topic_(topic), number_(number) {}

  // What a store says about it; nothing of it is in memory yet.
  void restore(int64_t low, int64_t high, uint64_t bytes);
  // Continues at high().
  void append(BatchPointer batch, size_t keep_bytes);
  // `below` may lie anywhere.
  void trim(int64_t below);
  void keep_at_most(size_t bytes);
  // Batches from the one that holds `from` on, of about `bytes`. False: `from` is not in memory.
  [[nodiscard]] bool find(int64_t from, size_t bytes, std::vector<BatchPointer>& out) const;

  [[nodiscard]] uint16_t topic() const { return topic_; }

  [[nodiscard]] uint32_t number() const { return number_; }

  [[nodiscard]] int64_t low() const { return low_; }

  [[nodiscard]] int64_t high() const { return high_; }

  // About: what was trimmed is taken to be of average size.
  [[nodiscard]] uint64_t bytes() const { return bytes_; }

  [[nodiscard]] uint64_t bytes_from(int64_t offset) const;

  [[nodiscard]] const log::Committed& committed() const { return committed_; }

  void set_committed(log::Committed committed) { committed_ = std::move(committed); }

  // Trimmed, but still in the store.
  [[nodiscard]] uint64_t unreclaimed_bytes() const { return unreclaimed_bytes_; }

  [[nodiscard]] bool has_unreclaimed() const { return reclaimed_ < low_; }

  [[nodiscard]] int64_t reclaimed() const { return reclaimed_; }

  void set_reclaimed() {
    reclaimed_ = low_;
    unreclaimed_bytes_ = 0;
  }

 private:
  uint16_t topic_;
  uint32_t number_;
  int64_t low_ = 0;
  int64_t high_ = 0;
  int64_t reclaimed_ = 0;
  uint64_t bytes_ = 0;
  uint64_t unreclaimed_bytes_ = 0;
  log::Committed committed_;
  std::deque<BatchPointer> tail_;  // the last ones without a gap, up to high_
  size_t tail_bytes_ = 0;
};

}  // namespace kaiku::local
