// StorePool lends the workers of one process the stores of their shards. A store has one user at a
// time; it stays open when a shard is given back, so that a shard that returns needs no reopening.
//
// Threads: safe for all workers of a process.
// Owns:    the open stores.
// Cost:    a mutex; opening a store where it is not open yet.
// Fails:   kRetry while another worker still holds the store; else as the opener.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "kaiku/base/status.h"
#include "kaiku/state/store.h"

namespace kaiku::runtime {

class StorePool {
 public:
  using Opener = std::function<base::Result<std::unique_ptr<state::Store>>(uint32_t shard)>;

  explicit StorePool(Opener opener) : opener_(std::move(opener)) {}

  [[nodiscard]] base::Result<state::Store*> acquire(uint32_t shard);
  void release(uint32_t shard);
  // Releases it and closes the store: it could not be written, and is opened anew by who comes
  // next.
  void discard(uint32_t shard);

 private:
  struct Entry {
    std::unique_ptr<state::Store> store;
    bool in_use = false;
  };

  Opener opener_;
  std::mutex mutex_;
  std::map<uint32_t, Entry> entries_;
};

}  // namespace kaiku::runtime
