// Tables: the state tables of one shard over a Store. Reads see the open epoch, then committed
// epochs; a commit is one packed put, and values are folded into single keys only when the packed
// epochs have grown (cells per commit, not events, are the price of a commit).
//
// Threads: confined to the shard's worker.
// Owns:    its overlay; `store` must outlive it.
// Cost:    put is a hash insert; commit one store write of the epoch's bytes; a fold writes each
// key
//          that changed since the last one once.
// Fails:   as Store; kRestore when a record does not decode.
// Format:  keys in the store: 0x00 identity; 0x01 epoch (u64 big-endian) sequence (u32 big-endian)
// ->
//          packed changes (see change.h); 0x02 table u8, key -> value; 0x03 -> Mark.
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

// Where the store stands, written in the same batch as what it describes.
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
  // limits::kChangelogRecordBytes: the store will hold these bytes too. Good until commit().
  [[nodiscard]] virtual const std::vector<std::string>& seal_packed() = 0;
  // What was sealed last has been committed: makes it durable with `mark`.
  [[nodiscard]] virtual base::Status commit(Mark mark) = 0;
  // Restore: changes of one committed epoch read from the changelog.
  [[nodiscard]] virtual base::Status apply(const std::vector<Change>& changes, Mark mark) = 0;
  [[nodiscard]] virtual Mark mark() const = 0;

  [[nodiscard]] virtual size_t memory_bytes() const = 0;
};

// Identity is compared with what the store holds: different -> kStop (kCantCreate); empty ->
// written.
[[nodiscard]] base::Result<std::unique_ptr<Tables>> open_tables(Store& store,
                                                                std::string_view identity,
                                                                size_t fold_bytes = 8U << 20);

}  // namespace kaiku::state
