#include "layer.h"

#include <algorithm>
#include <utility>

namespace kaiku::state {

void Layer::put(uint64_t hash, Change change) {
  const LayerKey key{hash, change.table, change.key};
  const auto found = index_.find(key);
  if (found != index_.end()) {
    Change& last = changes_[found->second];
    // Behind a drop of its bucket a key needs a change of its own; else the last one is replaced.
    if (dropped_at(key.table, key.key) <= found->second) {
      content_bytes_ += change.value.size();
      content_bytes_ -= last.value.size();
      last.value = std::move(change.value);
      return;
    }
  }
  content_bytes_ += change.key.size() + change.value.size();
  changes_.push_back(std::move(change));
  hashes_.push_back(hash);
  const size_t at = changes_.size() - 1;
  if (found != index_.end()) {
    found->second = at;
  } else {
    index_.emplace(LayerKey{hash, changes_.back().table, changes_.back().key}, at);
  }
}

void Layer::drop(TableId table, std::string prefix) {
  auto same = std::find_if(drops_.begin(), drops_.end(), [&](const Drops& drops) {
    return drops.table == table && drops.length == prefix.size();
  });
  if (same == drops_.end()) {
    drops_.push_back({table, prefix.size(), {}});
    same = drops_.end() - 1;
  }
  same->last[prefix] = changes_.size() + 1;
  content_bytes_ += 2 * prefix.size();
  changes_.push_back({table, Change::Op::kDropBucket, std::move(prefix), {}});
  hashes_.push_back(0);
}

// One past the index of the last drop that covers `key`; 0: none does.
size_t Layer::dropped_at(TableId table, std::string_view key) const {
  size_t last = 0;
  for (const Drops& drops : drops_) {
    if (drops.table != table || drops.length > key.size()) {
      continue;
    }
    const auto found = drops.last.find(std::string(key.substr(0, drops.length)));
    if (found != drops.last.end()) {
      last = std::max(last, found->second);
    }
  }
  return last;
}

Layer::Found Layer::find(const LayerKey& key, const std::string*& value) const {
  const auto found = index_.find(key);
  const size_t dropped = drops_.empty() ? 0 : dropped_at(key.table, key.key);
  if (found != index_.end() && found->second >= dropped) {
    const Change& change = changes_[found->second];
    value = &change.value;
    return change.value.empty() ? Found::kErased : Found::kValue;
  }
  return dropped > 0 ? Found::kErased : Found::kNothing;
}

bool Layer::is_last(size_t index) const {
  if (drops_.empty()) {
    return true;  // without a drop every put replaces the one before
  }
  const Change& change = changes_[index];
  const auto found = index_.find(LayerKey{hashes_[index], change.table, change.key});
  return found->second == index && dropped_at(change.table, change.key) <= index;
}

void Layer::take(Layer& newer) {
  if (newer.drops_.empty()) {
    newer.index_.clear();  // it looks at the keys that move now
    for (size_t i = 0; i < newer.changes_.size(); ++i) {
      put(newer.hashes_[i], std::move(newer.changes_[i]));
    }
    newer.clear();
    return;
  }
  for (size_t i = 0; i < newer.changes_.size(); ++i) {
    Change& change = newer.changes_[i];
    if (change.op == Change::Op::kDropBucket) {
      drop(change.table, change.key);
    } else if (newer.is_last(i)) {
      // The index of `newer` still looks at its keys: they are copied.
      put(newer.hashes_[i], {change.table, change.op, change.key, std::move(change.value)});
    }
  }
  newer.clear();
}

void Layer::clear() {
  index_.clear();
  changes_.clear();
  hashes_.clear();
  drops_.clear();
  content_bytes_ = 0;
}

size_t Layer::memory_bytes() const {
  constexpr size_t kIndexBytes = 2 * (sizeof(LayerKey) + sizeof(size_t));
  return content_bytes_ + changes_.size() * (sizeof(Change) + sizeof(uint64_t) + kIndexBytes);
}

}  // namespace kaiku::state
