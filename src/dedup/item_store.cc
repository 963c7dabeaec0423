#include <cstring>

#include "kaiku/base/bytes.h"
#include "kaiku/base/limits.h"

#include "dedup/rows.h"

namespace kaiku::dedup {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Digest;
using model::Counters;
using model::ItemMessage;

constexpr uint8_t kLayout = 3;
// Older ones.
constexpr uint8_t kLastObservationOnly = 1;
constexpr uint8_t kWideNumbers = 2;

enum Bit : unsigned { kOfItem = 1, kMerged = 2, kSaidWithItem = 4 };

// Besides those of rows.h, where they are written down.
constexpr unsigned kHasVersionTag = 16;

// What lies near something known is written as its distance from there. Whatever the numbers are,
// wrapping around brings them back.
int64_t distance(int64_t value, int64_t from) {
  return static_cast<int64_t>(static_cast<uint64_t>(value) - static_cast<uint64_t>(from));
}

int64_t at_distance(int64_t distance, int64_t from) {
  return static_cast<int64_t>(static_cast<uint64_t>(distance) + static_cast<uint64_t>(from));
}

constexpr int64_t kMinutesPerBucket = ItemTable::kBucketWidth / base::kMinute;

int64_t first_minute(int32_t bucket) {
  return bucket * kMinutesPerBucket;
}

base::EventTime time_of(int32_t minute) {
  return minute * base::kMinute;
}

// Nobody tells of more (shard/item_stage.cc); differences of what is read stay in their type.
constexpr int64_t kCounterMax = int64_t{1} << 40;

// A packed value stays below one changelog record.
constexpr size_t kPackedEntries = 4'000;

void append_big_endian(std::string& key, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) {
    key += static_cast<char>(value >> (8 * i));
  }
}

// Which counters are written.
uint8_t mask_of(const Counters& counters) {
  unsigned mask = 0;
  for (size_t i = 0; i < kCounterFields.size(); ++i) {
    mask |= static_cast<unsigned>(counters.*kCounterFields[i] != model::kAbsent) << i;
  }
  return static_cast<uint8_t>(mask);
}

// Writes placements by their first use: no process-local number leaves.
class PlacementNumbers {
 public:
  uint32_t of(uint32_t placement) {
    if (placement == last_ && !used_.empty()) {
      return last_number_;
    }
    const auto [at, inserted] = index_.try_emplace(placement, static_cast<uint32_t>(used_.size()));
    if (inserted) {
      used_.push_back(placement);
    }
    last_ = placement;
    last_number_ = at->second;
    return last_number_;
  }

  void write(const std::vector<Placement>& placements, ByteWriter& out) const {
    out.varint(used_.size());
    for (const uint32_t number : used_) {
      const Placement& placement = placements[number];
      out.bytes(placement.channel);
      out.u8(static_cast<uint8_t>(placement.type));
      out.u8(static_cast<uint8_t>(placement.brands.size()));
      for (const std::string& brand : placement.brands) {
        out.bytes(brand);
      }
    }
  }

  void clear() {
    used_.clear();
    index_.clear();
  }

 private:
  std::vector<uint32_t> used_;
  base::FlatMap<uint32_t, uint32_t> index_;
  uint32_t last_ = 0;
  uint32_t last_number_ = 0;
};

}  // namespace

// The values of one bucket and epoch, of a bounded size each.
struct ItemTable::Parts {
  Parts(ItemTable& table_in, int32_t bucket_in, uint64_t epoch_in)
      : table(table_in), bucket(bucket_in), epoch(epoch_in) {}

  void add(Entry& entry);
  void add_observations(const Entry& entry);

  void add(const Digest& operation) {
    ByteWriter out(operation_body);
    out.digest(operation);
    if (++operations == 4 * kPackedEntries) {
      flush();
    }
  }

  void flush();

  ItemTable& table;
  int32_t bucket;
  uint64_t epoch;
  uint64_t number = 0;
  uint64_t entries = 0;
  uint64_t operations = 0;
  std::string entry_body;
  std::string operation_body;
  PlacementNumbers placements;
};

void ItemTable::seal(uint64_t epoch) {
  for (auto& [number, bucket] : buckets_) {
    if (!bucket->is_dirty()) {
      continue;
    }
    Parts parts(*this, number, epoch);
    bucket->entries.for_each(bucket->sealed_entries, [&](Entry& entry) { parts.add(entry); });
    for (Entry* entry : bucket->changed) {
      parts.add(*entry);
    }
    for (size_t i = bucket->sealed_operations; i < bucket->operations.size(); ++i) {
      parts.add(bucket->operations[i]);
    }
    parts.flush();
    bucket->changed.clear();
    bucket->sealed_entries = bucket->entries.size();
    bucket->sealed_operations = bucket->operations.size();
  }
}

void ItemTable::Parts::add(Entry& entry) {
  entry.flags &= static_cast<uint8_t>(~unsigned{kDirty});
  const bool created = (entry.flags & kCreated) != 0;
  // The longest one without its counters: put together in place, appended at once.
  char bytes[100];
  char* at = bytes;
  const auto fixed = [&at](const auto& value) {
    std::memcpy(at, &value, sizeof(value));
    at += sizeof(value);
  };
  const auto varint = [&at](uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      *at++ = static_cast<char>(value | 0x80);
    }
    *at++ = static_cast<char>(value);
  };
  const auto svarint = [&](int64_t value) {
    varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  };
  const bool has_tag = entry.version_tag != 0;
  fixed(entry.item.lo);
  fixed(entry.item.hi);
  fixed(static_cast<uint8_t>(entry.flags | (has_tag ? kHasVersionTag : 0U)));
  fixed(static_cast<uint8_t>(static_cast<unsigned>(entry.label) |
                             static_cast<unsigned>(entry.relation) << 4));
  svarint(distance(entry.minute, first_minute(bucket)));
  if (created) {
    varint(placements.of(entry.placement));
  }
  fixed(entry.delivery);
  svarint(distance(entry.version, time_of(entry.minute)));
  if (has_tag) {
    fixed(entry.version_tag);
  }
  entry_body.append(bytes, static_cast<size_t>(at - bytes));
  if ((entry.flags & kHasCounters) != 0) {
    add_observations(entry);
  }
  if (++entries == kPackedEntries) {
    flush();
  }
}

void ItemTable::Parts::add_observations(const Entry& entry) {
  std::array<const Observation*, kObservationsKept + 1> line;
  size_t count = 0;
  for (const Observation* at = entry.last; at != nullptr; at = at->before) {
    line[count++] = at;
  }
  ByteWriter out(entry_body);
  out.varint(count);
  while (count > 0) {
    const Observation& one = *line[--count];
    const bool with_item = one.at == base::kTimeBegin;
    out.u8(static_cast<uint8_t>((one.of_item ? kOfItem : 0U) | (one.is_merged ? kMerged : 0U) |
                                (with_item ? kSaidWithItem : 0U)));
    if (!with_item) {
      out.svarint(distance(one.at, time_of(entry.minute)));
    }
    out.u8(mask_of(one.counters));
    for (const auto field : kCounterFields) {
      if (one.counters.*field != model::kAbsent) {
        out.svarint(one.counters.*field);
      }
    }
  }
}

void ItemTable::Parts::flush() {
  if (entries == 0 && operations == 0) {
    return;
  }
  std::string value;
  value.reserve(entry_body.size() + operation_body.size() + 4'096);
  ByteWriter out(value);
  out.u8(kLayout);
  placements.write(table.placements_, out);
  out.varint(entries);
  out.raw(entry_body);
  out.varint(operations);
  out.raw(operation_body);
  std::string key = bucket_prefix(bucket);
  append_big_endian(key, epoch, 8);
  append_big_endian(key, number++, 4);
  table.tables_.put(state::TableId::kDedup, std::move(key), std::move(value));
  entries = operations = 0;
  entry_body.clear();
  operation_body.clear();
  placements.clear();
}

bool ItemTable::unpack(int32_t number, std::string_view value) {
  ByteReader in(value);
  const uint8_t layout = in.u8();
  if (layout < kLastObservationOnly || layout > kLayout) {
    return false;
  }
  std::vector<uint32_t> local;
  const uint64_t placements = in.count(3);
  for (uint64_t i = 0; i < placements; ++i) {
    ItemMessage message;
    message.channel = in.bytes();
    const uint8_t type = in.u8();
    message.brand_count = in.u8();
    if (type > 4 || message.brand_count > base::limits::kPlacesPerItem) {
      return false;
    }
    message.type = static_cast<model::ItemType>(type);
    for (size_t b = 0; b < message.brand_count; ++b) {
      message.brands[b] = in.bytes();
    }
    if (in.failed()) {
      return false;
    }
    local.push_back(placement_of(message));
  }
  const uint64_t count = in.count(28);
  for (uint64_t i = 0; i < count; ++i) {
    if (!unpack_entry(number, in, local, layout)) {
      return false;
    }
  }
  Bucket& bucket = bucket_of(number);
  const uint64_t operations = in.count(16);
  for (uint64_t i = 0; i < operations; ++i) {
    const base::Digest digest = in.digest();
    (void)remember(digest, number);
  }
  bucket.sealed_entries = bucket.entries.size();
  bucket.sealed_operations = bucket.operations.size();
  return !in.failed() && in.at_end();
}

bool ItemTable::unpack_entry(int32_t number,
                             ByteReader& in,
                             const std::vector<uint32_t>& local,
                             uint8_t layout) {
  const bool is_wide = layout <= kWideNumbers;
  const base::Digest digest = in.digest();
  const uint8_t flags = in.u8();
  const uint8_t label = in.u8();
  const int64_t minute = at_distance(in.svarint(), is_wide ? 0 : first_minute(number));
  const bool created = (flags & kCreated) != 0;
  const uint64_t placement = created || is_wide ? in.varint() : 0;
  if (in.failed() || (flags & ~(kStoredFlags | (is_wide ? 0U : kHasVersionTag))) != 0 ||
      (label & 15) > 3 || (label >> 4) >= model::kRelations ||
      minute != static_cast<int32_t>(minute) || (created && placement >= local.size())) {
    return false;
  }
  Entry& entry = entry_of(digest, number);
  entry.minute = static_cast<int32_t>(minute);
  entry.delivery = in.u64();
  entry.version = at_distance(in.svarint(), is_wide ? 0 : time_of(entry.minute));
  entry.version_tag = is_wide || (flags & kHasVersionTag) != 0 ? in.u64() : 0;
  entry.placement = created ? local[static_cast<size_t>(placement)] : 0;
  entry.label = static_cast<model::Sentiment>(label & 15);
  entry.relation = static_cast<model::Relation>(label >> 4);
  entry.flags = static_cast<uint8_t>(flags & kStoredFlags);
  drop_observations(entry);  // of an earlier epoch
  return (flags & kHasCounters) == 0 || unpack_observations(entry, in, layout);
}

bool ItemTable::unpack_observations(Entry& entry, ByteReader& in, uint8_t layout) {
  const uint64_t count = layout == kLastObservationOnly ? 1 : in.count(2);
  if (in.failed() || count == 0 || count > kObservationsKept) {
    return false;
  }
  for (uint64_t i = 0; i < count; ++i) {
    Observation one;
    unsigned bits = kOfItem | kMerged;
    if (layout <= kWideNumbers) {
      one.at = in.svarint();
      bits = layout == kLastObservationOnly ? bits : in.u8();
    } else {
      bits = in.u8();
      one.at = (bits & kSaidWithItem) != 0 ? base::kTimeBegin
                                           : at_distance(in.svarint(), time_of(entry.minute));
      bits &= ~unsigned{kSaidWithItem};
    }
    one.of_item = (bits & kOfItem) != 0;
    one.is_merged = (bits & kMerged) != 0;
    const uint8_t mask = in.u8();
    bool is_sound = bits <= (kOfItem | kMerged) && base::is_time(one.at) &&
                    (entry.last == nullptr || entry.last->at < one.at);
    for (size_t c = 0; c < kCounterFields.size(); ++c) {
      if ((mask >> c & 1) != 0) {
        const int64_t counter = in.svarint();
        is_sound = is_sound && counter >= 0 && counter <= kCounterMax;
        one.counters.*kCounterFields[c] = counter;
      }
    }
    if (in.failed() || !is_sound) {
      return false;
    }
    add_observation(entry, &entry.last, one);
  }
  return true;
}

base::Status ItemTable::load() {
  bool good = true;
  const base::Status scanned =
      tables_.scan(state::TableId::kDedup, [&](std::string_view key, std::string_view value) {
        if (key.size() != 16) {
          good = false;
          return;
        }
        uint32_t flipped = 0;
        for (size_t i = 0; i < 4; ++i) {
          flipped = flipped << 8 | static_cast<unsigned char>(key[i]);
        }
        good = good && unpack(static_cast<int32_t>(flipped ^ 0x80000000U), value);
      });
  if (!scanned.is_ok()) {
    return scanned;
  }
  if (!good) {
    return {base::Next::kRestore,
            "the dedup table holds a value that does not decode: the store is damaged; remove its "
            "directory and start again, it is rebuilt from the changelog"};
  }
  return base::Status::ok();
}

}  // namespace kaiku::dedup
