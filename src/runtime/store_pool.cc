#include "kaiku/runtime/store_pool.h"

namespace kaiku::runtime {

base::Result<state::Store*> StorePool::acquire(uint32_t shard) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[shard];
  if (entry.in_use) {
    return base::Status(base::Next::kRetry, "another worker still holds this shard's store");
  }
  if (entry.store == nullptr) {
    auto opened = opener_(shard);
    if (!opened.has_value()) {
      return opened.error();
    }
    entry.store = std::move(opened).value();
  }
  entry.in_use = true;
  return entry.store.get();
}

void StorePool::discard(uint32_t shard) {
  const std::lock_guard lock(mutex_);
  entries_[shard] = {};
}

void StorePool::release(uint32_t shard) {
  const std::lock_guard lock(mutex_);
  entries_[shard].in_use = false;
}

}  // namespace kaiku::runtime
