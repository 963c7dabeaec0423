// DeltaTable: the change of each cell in the open epoch. Aggregates are reused from epoch to epoch,
// so the common path does not allocate.
//
// Threads: confined to the shard's worker.
// Owns:    its aggregates and the spelling of brands and channels it met.
// Cost:    one hash probe per (item, brand).
// Fails:   never. Names are bounded: past limits::kCellsPerWindow brands a new one becomes
// `_other`.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/shard/activity_book.h"

namespace kaiku::shard {

class DeltaTable {
 public:
  // `campaigns` have to outlive it.
  explicit DeltaTable(std::span<const board::Campaign> campaigns = {}) : activity_(campaigns) {}

  aggregate::Aggregate& at(const exchange::DeltaKey& key);

  // Asks the processor for a cell that at() is about to be asked for: there are more of them than
  // its caches hold. A hint without effect on anything but time.
  void prefetch(const exchange::DeltaKey& key) const;

  // Visits the changed cells in the order they were first touched, then forgets them.
  void drain(const std::function<void(const exchange::DeltaKey&, aggregate::Aggregate&)>& visit);

  // Knows of what was drained, and of what others tell it.
  [[nodiscard]] ActivityBook& activity() { return activity_; }

  [[nodiscard]] const ActivityBook& activity() const { return activity_; }

  [[nodiscard]] bool empty() const { return used_ == 0; }

  [[nodiscard]] size_t size() const { return used_; }

 private:
  struct Key {
    uint64_t place = 0;  // minute, type, channel
    uint32_t brand = 0;

    friend bool operator==(const Key&, const Key&) = default;
  };

  struct KeyHash {
    using is_avalanching = void;

    size_t operator()(const Key& key) const noexcept {
      uint64_t x = key.place ^ (static_cast<uint64_t>(key.brand) * 0x9e3779b97f4a7c15ULL);
      x *= 0xd6e8feb86659fd93ULL;
      return x ^ (x >> 32);
    }
  };

  struct NameHash {
    using is_transparent = void;

    size_t operator()(std::string_view text) const { return boost::hash<std::string_view>()(text); }
  };

  struct Slot {
    Key place;
    exchange::DeltaKey key;  // its names point into names_ or channels_
    aggregate::Aggregate delta;
  };

  // Of the guess for a key.
  static size_t place_of(const exchange::DeltaKey& key);
  void count_activity(const Slot& slot);
  aggregate::Aggregate& find(const exchange::DeltaKey& key, uint32_t& guess);

  using Names = boost::unordered_flat_map<std::string, uint32_t, NameHash, std::equal_to<>>;

  static uint32_t intern(Names& index,
                         std::vector<std::unique_ptr<std::string>>& names,
                         std::string_view name);

  Names brand_index_;
  Names channel_index_;
  std::vector<std::unique_ptr<std::string>> brands_;
  std::vector<std::unique_ptr<std::string>> channels_;
  base::FlatMap<Key, uint32_t, KeyHash> index_;
  std::vector<Slot> slots_;
  // Slots by where the names of their keys lie, plus one: a guess that is compared before it is
  // believed. Names of a catalogue stay where they are.
  std::array<uint32_t, 4'096> guesses_{};
  size_t used_ = 0;
  ActivityBook activity_;
};

}  // namespace kaiku::shard
