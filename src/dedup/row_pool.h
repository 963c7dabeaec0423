// RowPool keeps rows in the order they were added, at addresses that stay: a new row costs no
// search, and rows of one epoch lie next to each other when they are written down.
//
// Threads: confined to its user.
// Owns:    its rows, in blocks that grow from 16 rows to 1,024.
// Cost:    an allocation per block.
// Fails:   never.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace kaiku::dedup {

template <typename Row>
class RowPool {
 public:
  Row& add() {
    if (blocks_.empty() || blocks_.back().size() == blocks_.back().capacity()) {
      const size_t rows = blocks_.empty() ? kFirst : std::min(kLast, 2 * blocks_.back().capacity());
      blocks_.emplace_back().reserve(rows);
    }
    ++size_;
    return blocks_.back().emplace_back();
  }

  // Takes the row that was added last away.
  void remove_last() {
    blocks_.back().pop_back();
    --size_;
    if (blocks_.back().empty()) {
      blocks_.pop_back();
    }
  }

  // Visits the rows behind the first `skipped` ones.
  template <typename Visit>
  void for_each(size_t skipped, const Visit& visit) {
    for (std::vector<Row>& block : blocks_) {
      if (skipped >= block.size()) {
        skipped -= block.size();
        continue;
      }
      for (size_t i = skipped; i < block.size(); ++i) {
        visit(block[i]);
      }
      skipped = 0;
    }
  }

  [[nodiscard]] size_t size() const { return size_; }

 private:
  static constexpr size_t kFirst = 16;
  static constexpr size_t kLast = 1'024;

  std::vector<std::vector<Row>> blocks_;  // a block never grows beyond what it reserved
  size_t size_ = 0;
};

}  // namespace kaiku::dedup
