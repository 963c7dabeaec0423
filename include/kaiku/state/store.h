// Store: the port of an ordered, durable key-value map with atomic batches. One shard, one Store.
//
// Threads: confined to the shard's worker. Tools open a second, read-only one.
// Owns:    its directory. Views handed to a scan die when the call returns.
// Cost:    get and put cost microseconds on disk: never one per record.
// Fails:   kRestore when content cannot be trusted, kStop (kDiskFull, kCantCreate, kFenced)
//          otherwise.
// Format:  the caller's bytes, ordered bytewise by key.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/status.h"

namespace kaiku::state {

class WriteBatch {
 public:
  struct Entry {
    enum class Kind : unsigned char { kPut, kErase, kEraseRange } kind;
    std::string key;
    std::string value;  // kEraseRange: the end, excluded
  };

  void put(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    entries_.push_back({Entry::Kind::kPut, std::move(key), std::move(value)});
  }

  void erase(std::string key) { entries_.push_back({Entry::Kind::kErase, std::move(key), {}}); }

  // Erases [begin, end).
  void erase_range(std::string begin, std::string end) {
    entries_.push_back({Entry::Kind::kEraseRange, std::move(begin), std::move(end)});
  }

  void clear() {
    entries_.clear();
    bytes_ = 0;
  }

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  [[nodiscard]] size_t bytes() const { return bytes_; }

  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  std::vector<Entry> entries_;
  size_t bytes_ = 0;
};

class Store {
 public:
  // False stops the scan.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;

  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  [[nodiscard]] virtual base::Result<std::optional<std::string>> get(
      std::string_view key) const = 0;
  // Keys in [begin, end) in order; an empty `end` means to the last key.
  [[nodiscard]] virtual base::Status scan(std::string_view begin,
                                          std::string_view end,
                                          const Visit& visit) const = 0;
  // All of it or nothing. `sync`: with everything before it, it survives power loss. Without, a
  // crash takes a number of the last batches, or none.
  [[nodiscard]] virtual base::Status write(const WriteBatch& batch, bool sync) = 0;
  // Throws everything away, identity included.
  [[nodiscard]] virtual base::Status wipe() = 0;
};

}  // namespace kaiku::state
