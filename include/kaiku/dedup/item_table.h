// ItemTable is the exact set of items and of operations on them, with the little that later
// corrections need: where an item was counted, its label, its last counters.
//
// Threads: confined to the shard's worker.
// Owns:    its entries in memory, some 64 bytes an item; `tables` (kDedup) holds them durably, one
// packed
//          value per bucket and epoch.
// Cost:    one hash probe per item, also when it is new; about 60 ns.
// Fails:   load() with kRestore when an entry does not decode.
// Format:  table kDedup. Key: bucket i32 big-endian with its sign bit flipped, epoch u64
// big-endian, part
//          u32 big-endian. Value: layout u8 (1), placements: count varint, each channel bytes, type
//          u8, brand count u8, brands bytes; entries: count varint, each digest 16 bytes, flags u8,
//          label u8, minute svarint, placement varint, delivery u64, version svarint, version tag
//          u64, with counters: observed svarint, mask u8, values svarint; operations: count varint,
//          digests. A later epoch's entry of the same digest replaces an earlier one.
//
// Verdicts are functions of the set of accepted copies, not of their order, but for counters that
// are observed out of order. A copy whose (source, event id) was seen is a redelivery, any other
// copy of an item is the same item from somewhere else.
//
// An entry lives in the bucket of its time until forget() says that nothing acceptable can name it
// again.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/base/status.h"
#include "kaiku/model/message.h"
#include "kaiku/model/outcome.h"
#include "kaiku/state/tables.h"

namespace kaiku::dedup {

// Where an item was counted.
struct Placement {
  std::string channel;
  model::ItemType type = model::ItemType::kMention;
  std::vector<std::string> brands;

  friend bool operator==(const Placement&, const Placement&) = default;
};

enum class Verdict : uint8_t {
  kNew,  // count it
  kRedelivery,
  kSameItem,
  kRepoll,       // book `difference` at the operation's minute
  kEdit,         // count an edit
  kDeletion,     // first deletion of an item
  kUnknownItem,  // counters of an item that was never counted
};

struct Decision {
  Verdict verdict = Verdict::kNew;
  // kNew: the label in force, which an earlier-read edit may have set. Else: `label_moved` says
  // that the item's cell loses `old_label` and gains `label`.
  model::Sentiment label = model::Sentiment::kNone;
  model::Sentiment old_label = model::Sentiment::kNone;
  bool label_moved = false;
  // kNew: the item had been deleted before it was read. kDeletion: it is there and its cell gains
  // one.
  bool deletion_counts = false;
  // Copies disagree on what decides the cell.
  bool conflict = false;
  // Of the item, where something is booked in its cell; null otherwise. Valid until the next call.
  const Placement* placement = nullptr;
  int32_t minute = 0;
  model::Counters difference{};  // kAbsent: unchanged
};

class ItemTable {
 public:
  static constexpr int64_t kBucketWidth = base::kHour;

  explicit ItemTable(state::Tables& tables) : tables_(tables) {}

  [[nodiscard]] base::Status load();

  // `bucket_time`: the item's own time where it belongs to its id, else the record's Kafka time.
  [[nodiscard]] Decision decide(const model::ItemMessage& message, base::EventTime bucket_time);

  // Writes what changed into the tables as part of `epoch`.
  void seal(uint64_t epoch);

  // Drops the buckets that end at or before `before`.
  void forget(base::EventTime before);

  [[nodiscard]] size_t entries() const { return entries_.size() + operations_.size(); }

  [[nodiscard]] size_t memory_bytes() const;

  // Drops the oldest bucket to stay inside a memory bound; false if there is only one left.
  bool shed_oldest();

 private:
  enum Flag : uint8_t { kCreated = 1, kDeleted = 2, kDirty = 4, kHasCounters = 8 };

  struct Entry {
    uint64_t delivery = 0;
    int64_t version = 0;
    uint64_t version_tag = 0;
    int32_t bucket = 0;
    int32_t minute = 0;
    uint32_t placement = 0;
    model::Sentiment label = model::Sentiment::kNone;
    uint8_t flags = 0;
    model::Relation relation = model::Relation::kOriginal;
  };

  struct Observation {
    base::EventTime at = base::kTimeBegin;
    model::Counters counters;
  };

  struct Bucket {
    std::vector<base::Digest> entries;
    std::vector<base::Digest> operations;
  };

  struct Dirty {
    std::vector<base::Digest> entries;
    std::vector<base::Digest> operations;
  };

  Decision create(const model::ItemMessage& message, int32_t bucket);
  Decision copy(const model::ItemMessage& message, Entry& entry);
  Decision edit(const model::ItemMessage& message, int32_t bucket);
  Decision remove(const model::ItemMessage& message, int32_t bucket);
  Decision observe(const model::ItemMessage& message, Entry& entry);
  Entry& entry_of(const base::Digest& item, int32_t bucket, bool& is_new);
  void touch(const base::Digest& item, Entry& entry);
  // False if the operation was seen before.
  bool remember(const base::Digest& operation, int32_t bucket);
  uint32_t placement_of(const model::ItemMessage& message);
  void drop_bucket(int32_t bucket);
  [[nodiscard]] std::string pack(const Dirty& dirty) const;
  [[nodiscard]] bool unpack(int32_t bucket, std::string_view value);

  state::Tables& tables_;
  base::FlatMap<base::Digest, Entry, base::DigestHash> entries_;
  base::FlatMap<base::Digest, int32_t, base::DigestHash> operations_;
  base::FlatMap<base::Digest, Observation, base::DigestHash> observations_;
  std::map<int32_t, Bucket> buckets_;
  std::map<int32_t, Dirty> dirty_;
  std::vector<Placement> placements_;
  std::string placement_key_;
  base::FlatMap<std::string, uint32_t> placement_index_;
};

}  // namespace kaiku::dedup
