// ItemTable is the exact set of items and of operations on them, with the little that later
// corrections need: where an item was counted, its label, its last counters.
//
// Threads: confined to the shard's worker.
// Owns:    its entries in memory, some 90 bytes an item and 88 more for each observation of its
//          counters that is kept; `tables` (kDedup) holds them durably, one packed value per bucket
//          and epoch.
// Cost:    one hash probe per item, also when it is new; about 60 ns. seal() reads what is new in
//          the order it came, without looking anything up.
// Fails:   load() with kRestore when an entry does not decode.
// Format:  table kDedup. Key: bucket i32 big-endian with its sign bit flipped, epoch u64
// big-endian, part
//          u32 big-endian. Value: layout u8 (3), placements: count varint, each channel bytes, type
//          u8, brand count u8, brands bytes; entries: count varint, each digest 16 bytes, flags u8
//          (1 created, 2 deleted, 8 counters, 16 version tag), label and relation u8, minute
//          svarint from the bucket's first one, if created placement varint, delivery u64, version
//          svarint from the minute's beginning, version tag u64 if there is one, with counters:
//          observations, count varint, each from the oldest on: bits u8 (1 of the item, 2 merged, 4
//          said with the item), unless said with it at svarint from the minute's beginning, mask
//          u8, values svarint; operations: count varint, digests. A later epoch's entry of the same
//          digest replaces an earlier one. Read too: layout 2, with minutes and times from 1970, at
//          in front of the bits, always a placement and a tag; and layout 1, which had of that the
//          last observation only, without count and bits.
//
// Verdicts and what is booked are functions of the set of accepted copies, not of their order. A
// copy whose (source, event id) was seen is a redelivery, any other copy of an item is the same
// item from somewhere else. Counters are absolute: each observation, of whatever copy, gains over
// the one before it in time, and is a re-poll but for the item's first. One that arrives between
// two others changes what the younger one gained; those that arrive before their item are told when
// it comes. For that the observations which nothing acceptable precedes any more are kept as one,
// the others each, kObservationsKept at most; one that is older than what is kept as one cannot be
// told apart.
//
// An entry lives in the bucket of its time until forget() says that nothing acceptable can name it
// again.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/base/limits.h"
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
  kRepoll,    // counters seen at another time
  kEdit,      // count an edit
  kDeletion,  // first deletion of an item
};

inline constexpr size_t kObservationsKept = 32;

// What is to be booked in the item's cells of one minute.
struct Booking {
  int32_t minute = 0;
  model::Counters difference{};  // kAbsent: unchanged
  int32_t repolls = 0;
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
  // Counters and re-polls, whatever the verdict; of a new item besides its own counters. Valid
  // until the next call.
  std::span<const Booking> bookings{};
  // The counters are older than what is kept of them: they are told as if they had not been seen.
  bool counters_lost = false;
};

struct Observation;

class ItemTable {
 public:
  static constexpr int64_t kBucketWidth = base::kHour;

  explicit ItemTable(state::Tables& tables);
  ItemTable(const ItemTable&) = delete;
  ItemTable& operator=(const ItemTable&) = delete;
  ~ItemTable();

  [[nodiscard]] base::Status load();

  // `bucket_time`: the item's own time where it belongs to its id, else the record's Kafka time.
  [[nodiscard]] Decision decide(const model::ItemMessage& message, base::EventTime bucket_time);

  // Writes what changed into the tables as part of `epoch`.
  void seal(uint64_t epoch);

  // Nothing is accepted any more that was seen before `time`, but for stragglers.
  void settle(base::EventTime time) { settled_ = time; }

  // Drops the buckets that end at or before `before`.
  void forget(base::EventTime before);

  [[nodiscard]] size_t entries() const { return index_.size() + operations_.size(); }

  [[nodiscard]] size_t memory_bytes() const;

  // Drops the oldest bucket to stay inside a memory bound; false if there is only one left.
  bool shed_oldest();

 private:
  struct Entry;
  struct Bucket;
  struct Parts;

  // Its digest's low half is looked at before the entry is.
  struct Slot {
    uint64_t lo = 0;
    Entry* entry = nullptr;
  };

  struct SlotHash {
    using is_avalanching = void;
    using is_transparent = void;

    size_t operator()(const Slot& slot) const noexcept { return slot.lo; }

    size_t operator()(const base::Digest& digest) const noexcept { return digest.lo; }
  };

  struct SlotEqual {
    using is_transparent = void;

    bool operator()(const Slot& a, const Slot& b) const noexcept;
    bool operator()(const base::Digest& digest, const Slot& slot) const noexcept;
    bool operator()(const Slot& slot, const base::Digest& digest) const noexcept;
  };

  // Names as numbers, so that placements are found without reading their text.
  using PlacementKey = std::array<uint32_t, base::limits::kPlacesPerItem + 2>;

  struct PlacementHash {
    using is_avalanching = void;

    size_t operator()(const PlacementKey& key) const noexcept;
  };

  Decision create(const model::ItemMessage& message, int32_t bucket);
  Decision copy(const model::ItemMessage& message, Entry& entry);
  enum class Seen : uint8_t { kFirst, kAgain, kTooLate };
  // Takes in what was seen, and writes into bookings_ what that changes.
  Seen observe(Entry& entry, const Observation& seen);
  Seen insert(Entry& entry, const Observation& seen);
  void add_observation(Entry& entry, Observation** place, const Observation& seen);
  void drop_observations(Entry& entry);
  void merge_settled(Entry& entry);
  void free_observation(Bucket& bucket, Observation* row);
  Decision edit(const model::ItemMessage& message, int32_t bucket);
  Decision remove(const model::ItemMessage& message, int32_t bucket);
  Decision count(const model::ItemMessage& message, int32_t bucket);
  [[nodiscard]] Entry* find(const base::Digest& item) const;
  Bucket& bucket_of(int32_t number);
  // The entry of an item, made in `bucket` if there is none.
  Entry& entry_of(const base::Digest& item, int32_t bucket);
  void touch(Entry& entry);
  // False if the operation was seen before.
  bool remember(const base::Digest& operation, int32_t bucket);
  uint32_t number_of(std::string_view name);
  uint32_t placement_of(const model::ItemMessage& message);
  uint32_t find_placement(const model::ItemMessage& message);
  void drop_bucket(int32_t bucket);
  [[nodiscard]] bool unpack(int32_t bucket, std::string_view value);
  [[nodiscard]] bool unpack_entry(int32_t bucket,
                                  base::ByteReader& in,
                                  const std::vector<uint32_t>& placements,
                                  uint8_t layout);
  [[nodiscard]] bool unpack_observations(Entry& entry, base::ByteReader& in, uint8_t layout);

  state::Tables& tables_;
  boost::unordered_flat_set<Slot, SlotHash, SlotEqual> index_;
  base::FlatSet<base::Digest, base::DigestHash> operations_;
  std::map<int32_t, std::unique_ptr<Bucket>> buckets_;
  Bucket* last_bucket_ = nullptr;  // looked up last: items come in the order of time
  std::vector<Placement> placements_;
  base::FlatMap<PlacementKey, uint32_t, PlacementHash> placement_index_;
  // Placements by where the names of a message lie: a guess that is compared before it is believed.
  // Names of a catalogue stay where they are.
  std::array<uint32_t, 8'192> guesses_{};
  std::deque<std::string> names_;  // of channels and brands
  base::FlatMap<std::string_view, uint32_t> name_numbers_;
  size_t observed_ = 0;
  base::EventTime settled_ = base::kTimeBegin;
  std::vector<Booking> bookings_;
};

}  // namespace kaiku::dedup
