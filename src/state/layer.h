// Layer: changes of one or several epochs with an index to the last value of each key.
//
// Threads: confined to its user.
// Owns:    its changes; an address of one stays good until clear(), its value until the next put of
//          the same key.
// Cost:    put, find and drop are hash look-ups; a dropped bucket is not walked.
// Fails:   never.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/state/change.h"

namespace kaiku::state {

// A key of a table with its hash: taken once, looked up in every layer.
struct LayerKey {
  uint64_t hash = 0;
  TableId table = TableId::kMeta;
  std::string_view key;

  friend bool operator==(const LayerKey& a, const LayerKey& b) {
    return a.table == b.table && a.key == b.key;
  }
};

struct LayerKeyHash {
  using is_avalanching = void;

  size_t operator()(const LayerKey& key) const noexcept { return key.hash; }
};

// Keys may come from outside (brands of an open catalogue): their hash is keyed.
class LayerHasher {
 public:
  explicit LayerHasher(const base::HashKey& key) : key_(key) {}

  [[nodiscard]] LayerKey operator()(TableId table, std::string_view key) const {
    constexpr uint64_t kSpread = 0x9e3779b97f4a7c15ULL;
    return {key_.hash64(key) + static_cast<uint64_t>(table) * kSpread, table, key};
  }

 private:
  base::HashKey key_;
};

class Layer {
 public:
  enum class Found : uint8_t { kNothing, kValue, kErased };

  // `hash` of the change's key, see LayerHasher. An empty value erases.
  void put(uint64_t hash, Change change);
  void drop(TableId table, std::string prefix);
  // kValue: `value` points to it.
  [[nodiscard]] Found find(const LayerKey& key, const std::string*& value) const;

  // The changes in an order that gives the same result as the one they were made in, without those
  // that a later one has undone.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (size_t i = 0; i < changes_.size(); ++i) {
      const Change& change = changes_[i];
      if (change.op == Change::Op::kDropBucket || is_last(i)) {
        visit(change);
      }
    }
  }

  // Puts what `newer` holds on top, and clears it.
  void take(Layer& newer);
  void clear();

  [[nodiscard]] bool empty() const { return changes_.empty(); }

  [[nodiscard]] size_t content_bytes() const { return content_bytes_; }

  // Content and bookkeeping, about.
  [[nodiscard]] size_t memory_bytes() const;

 private:
  // Prefixes of one length of one table, each with one past the index of its last drop.
  struct Drops {
    TableId table = TableId::kMeta;
    size_t length = 0;
    base::FlatMap<std::string, size_t> last;
  };

  [[nodiscard]] size_t dropped_at(TableId table, std::string_view key) const;
  [[nodiscard]] bool is_last(size_t index) const;

  std::deque<Change> changes_;
  std::vector<uint64_t> hashes_;                         // of the keys of changes_
  base::FlatMap<LayerKey, size_t, LayerKeyHash> index_;  // keys are views into changes_
  std::vector<Drops> drops_;
  size_t content_bytes_ = 0;
};

}  // namespace kaiku::state
