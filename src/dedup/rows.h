// The rows of the item table, in memory: item_table.cc decides by them, item_store.cc writes them
// down.
//
// Threads: confined to the table.
// Owns:    entries and observations in the order they came.
// Cost:    64 bytes an item, 88 more for each time its counters were seen that is kept.
// Fails:   never.
#pragma once

#include <string>
#include <vector>

#include "kaiku/dedup/item_table.h"

#include "dedup/observations.h"
#include "dedup/row_pool.h"

namespace kaiku::dedup {

enum Flag : uint8_t { kCreated = 1, kDeleted = 2, kDirty = 4, kHasCounters = 8 };

constexpr unsigned kStoredFlags = kCreated | kDeleted | kHasCounters;

inline std::string bucket_prefix(int32_t bucket) {
  const uint32_t flipped = static_cast<uint32_t>(bucket) ^ 0x80000000U;
  std::string key(4, '\0');
  for (int i = 0; i < 4; ++i) {
    key[static_cast<size_t>(i)] = static_cast<char>(flipped >> (24 - 8 * i));
  }
  return key;
}

// One cache line.
struct ItemTable::Entry {
  base::Digest item;
  uint64_t delivery = 0;
  int64_t version = base::kTimeBegin;
  uint64_t version_tag = 0;
  Observation* last = nullptr;  // the newest; kHasCounters
  int32_t bucket = 0;
  int32_t minute = 0;
  uint32_t placement = 0;
  model::Sentiment label = model::Sentiment::kNone;
  uint8_t flags = 0;
  model::Relation relation = model::Relation::kOriginal;
};

// What is behind the sealed ones has come in the open epoch.
struct ItemTable::Bucket {
  explicit Bucket(int32_t number_in) : number(number_in) {}

  int32_t number;
  RowPool<Entry> entries;
  RowPool<Observation> observations;
  Observation* spare = nullptr;  // what was merged, by `before`
  size_t observed = 0;           // observations in use
  std::vector<base::Digest> operations;
  std::vector<Entry*> changed;  // sealed ones that changed since
  size_t sealed_entries = 0;
  size_t sealed_operations = 0;

  [[nodiscard]] bool is_dirty() const {
    return entries.size() > sealed_entries || operations.size() > sealed_operations ||
           !changed.empty();
  }
};

}  // namespace kaiku::dedup
