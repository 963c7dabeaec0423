// Tables: the state tables of one shard over a Store. Reads see the open epoch, then committed
// epochs, then the store. An epoch's durable form is the changelog's; the store follows it by
// `fold_bytes` of changes at most, so a crash costs reading that much of the changelog again.
//
// Threads: confined to the shard's worker.
// Owns:    its overlay, `fold_bytes` of committed changes and the open epoch; `store` must outlive
//          it.
// Cost:    put is a hash insert; commit moves the epoch's changes in memory. Once in `fold_bytes`
//          each key that changed since the last time is written once.
// Fails:   as Store; kRestore when a record does not decode.
// Format:  keys in the store: 0x00 identity; 0x02 table u8, key -> value; 0x03 -> Mark.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/state/change.h"
#include "kaiku/state/store.h"

namespace kaiku::state {

// Up to where changes are held, written in the same batch as what it describes.
struct Mark {
  uint64_t epoch = 0;              // 0: empty
  int64_t changelog_position = 0;  // offset after the last record of that epoch
};

class Tables {
 public:
  virtual ~Tables() = default;

  // The value now, the open epoch included.
  [[nodiscard]] virtual base::Result<std::optional<std::string>> get(
      TableId table, std::string_view key) const = 0;
  virtual void put(TableId table, std::string key, std::string value) = 0;
  virtual void erase(TableId table, std::string key) = 0;
  // Drops every key that begins with `prefix`.
  virtual void drop_bucket(TableId table, std::string prefix) = 0;
  // Committed and open entries of a table in key order.
  [[nodiscard]] virtual base::Status scan(
      TableId table,
      const std::function<void(std::string_view key, std::string_view value)>& visit) const = 0;

  // Ends the open epoch: its changes in the order they were made. They stay visible to reads.
  [[nodiscard]] virtual std::vector<Change> seal() = 0;
  // The same, but answers what encode_changes makes of them, in records of at most
  // limits::kChangelogRecordBytes. Good until commit().
  [[nodiscard]] virtual const std::vector<std::string>& seal_packed() = 0;
  // What was sealed last is in the changelog for good, up to `mark`. After a failed write it is
  // still sealed, and commit() may be repeated.
  [[nodiscard]] virtual base::Status commit(Mark mark) = 0;
  // Restore: changes of one committed epoch read from the changelog.
  [[nodiscard]] virtual base::Status apply(const std::vector<Change>& changes, Mark mark) = 0;
  // Of what was committed or applied last.
  [[nodiscard]] virtual Mark mark() const = 0;
  // Brings the store up to mark(), power loss included: before it is given away, and before the
  // changelog forgets what it would have to read again.
  [[nodiscard]] virtual base::Status flush() = 0;

  [[nodiscard]] virtual size_t memory_bytes() const = 0;
};

// Some 0.3 s of reading the changelog after a crash; a cell that changes in each epoch is written
// once in hundreds of them.
inline constexpr size_t kFoldBytes = 32U << 20;

// Identity is compared with what the store holds: different -> kStop (kCantCreate); empty ->
// written.
[[nodiscard]] base::Result<std::unique_ptr<Tables>> open_tables(Store& store,
                                                                std::string_view identity,
                                                                size_t fold_bytes = kFoldBytes);

}  // namespace kaiku::state
