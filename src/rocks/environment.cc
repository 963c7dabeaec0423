#include "environment.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include "kaiku/base/logger.h"

namespace kaiku::rocks {
namespace {

// One memtable; the write-ahead log holds two of them at most.
constexpr size_t kMemtableBytes = 16U << 20;

class ErrorListener final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* error) override {
    base::log_error("rocks", "a store cannot write in the background: " + error->ToString());
  }
};

}  // namespace

RocksEnvironment::RocksEnvironment(RocksOptions options)
    : shared_(std::make_shared<const Shared>(options, nullptr)) {}

RocksEnvironment::RocksEnvironment(RocksOptions options, const SpaceProbe& probe)
    : shared_(std::make_shared<const Shared>(options, &probe)) {}

RocksEnvironment::~RocksEnvironment() = default;

RocksEnvironment::Shared::Shared(const RocksOptions& options, const SpaceProbe* probe)
    : options_(options),
      probe_(probe != nullptr ? probe : &own_probe_),
      cache_(rocksdb::NewLRUCache(options.memory_bytes)),
      memtables_(std::make_shared<rocksdb::WriteBufferManager>(options.memory_bytes / 3, cache_)),
      listener_(std::make_shared<ErrorListener>()) {}

rocksdb::Options RocksEnvironment::Shared::rocks_options() const {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.write_buffer_size = kMemtableBytes;
  options.max_total_wal_size = kMemtableBytes;
  options.write_buffer_manager = memtables_;
  options.max_background_jobs = 2;  // one flush: RocksDB before 8.7 mixes up parallel ones
  options.max_open_files = 256;
  // A flush holds mostly digests, which do not compress, and is soon merged into the levels below.
  options.compression_per_level = {rocksdb::kNoCompression, rocksdb::kLZ4Compression};
  options.level_compaction_dynamic_level_bytes = true;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.max_log_file_size = 1U << 20;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.listeners.push_back(listener_);
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache_;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

base::Status RocksEnvironment::Shared::check_space(const std::string& directory,
                                                   uint64_t bytes) const {
  const auto free = probe_->free_bytes(directory);
  if (!free || *free >= options_.reserve_bytes + bytes) {
    return base::Status::ok();  // a file system that cannot be asked is not known to be full
  }
  constexpr uint64_t kMiB = 1U << 20;
  return base::Status::stop(base::Exit::kDiskFull,
                            "the disk of " + directory +
                                " is full: " + std::to_string(*free / kMiB) + " MiB are free, " +
                                std::to_string((options_.reserve_bytes + bytes) / kMiB) +
                                " MiB are needed; nothing was written, free some space");
}

}  // namespace kaiku::rocks
