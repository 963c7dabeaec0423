// Stores on disk, one RocksDB directory each, within one memory budget of the process.
//
// Threads: an environment may be shared by all threads; a store is confined to one at a time.
// Owns:    the directory while it is open, against other processes too. Stores may outlive their
//          environment, not its probe.
// Cost:    a write is one insert into the memtable and, with a write-ahead log, one append to it;
//          `sync` is one fdatasync more, without such a log a flush of the memtable. Opening
//          replays the log, which is kept at about two memtables (16 MB each): some 0.3 s.
// Fails:   kStop: kCantCreate (cannot be made or written), kNoInput (read-only: nothing there),
//          kFenced (another process has it open), kDiskFull (before a byte is written: RocksDB of
//          Debian aborts the process when its log meets a full disk). kRestore: it is damaged.
// Format:  RocksDB's, of the caller's keys and values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kaiku/base/status.h"
#include "kaiku/rocks/space_probe.h"
#include "kaiku/state/store.h"

namespace kaiku::rocks {

struct RocksOptions {
  // Of all stores together: blocks, indexes and, within a third of it, memtables.
  size_t memory_bytes = 256U << 20;
  // Below this nothing is opened or written. Log, memtables and a compaction need room to finish.
  uint64_t reserve_bytes = 256U << 20;
};

// Without a write-ahead log a crash takes what came after the last flush: for state that another
// log can give again, at less than half the cost of a write. Closing flushes.
enum class WriteLog : bool { kOff, kOn };

class RocksEnvironment {
 public:
  explicit RocksEnvironment(RocksOptions options);
  // `probe` must outlive every store.
  RocksEnvironment(RocksOptions options, const SpaceProbe& probe);
  RocksEnvironment(const RocksEnvironment&) = delete;
  RocksEnvironment& operator=(const RocksEnvironment&) = delete;
  ~RocksEnvironment();

  class Shared;

  [[nodiscard]] const std::shared_ptr<const Shared>& shared() const { return shared_; }

 private:
  std::shared_ptr<const Shared> shared_;
};

// Makes the directory when it is missing.
[[nodiscard]] base::Result<std::unique_ptr<state::Store>> open_rocks_store(
    const std::string& directory, const RocksEnvironment& environment, WriteLog write_log);

// For tools while nobody has it open: what the last process left, unsynced writes included.
[[nodiscard]] base::Result<std::unique_ptr<state::Store>> open_rocks_store_read_only(
    const std::string& directory, const RocksEnvironment& environment);

}  // namespace kaiku::rocks
