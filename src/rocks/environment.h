// RocksEnvironment::Shared: what all stores of a process share.
//
// Threads: immutable; what it points to is safe for all threads.
// Owns:    block cache, memtable budget and listener.
// Cost:    none.
// Fails:   never.
#pragma once

#include <memory>
#include <string>

#include <rocksdb/cache.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/write_buffer_manager.h>

#include "kaiku/base/status.h"
#include "kaiku/rocks/rocks_store.h"

namespace kaiku::rocks {

class RocksEnvironment::Shared {
 public:
  Shared(const RocksOptions& options, const SpaceProbe* probe);

  [[nodiscard]] rocksdb::Options rocks_options() const;
  // kDiskFull when `bytes` more would go into the reserve.
  [[nodiscard]] base::Status check_space(const std::string& directory, uint64_t bytes) const;

 private:
  RocksOptions options_;
  FileSystemProbe own_probe_;
  const SpaceProbe* probe_;
  std::shared_ptr<rocksdb::Cache> cache_;
  std::shared_ptr<rocksdb::WriteBufferManager> memtables_;
  std::shared_ptr<rocksdb::EventListener> listener_;
};

}  // namespace kaiku::rocks
