#include "kaiku/dedup/item_table.h"

#include <algorithm>

#include "kaiku/base/bytes.h"
#include "kaiku/base/limits.h"

namespace kaiku::dedup {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Digest;
using model::Counters;
using model::ItemMessage;

constexpr uint8_t kLayout = 1;
// A packed value stays below one changelog record.
constexpr size_t kPackedEntries = 4'000;

constexpr std::array kCounterFields = {&Counters::likes,
                                       &Counters::replies,
                                       &Counters::reposts,
                                       &Counters::quotes,
                                       &Counters::bookmarks,
                                       &Counters::clicks,
                                       &Counters::views,
                                       &Counters::impressions};

bool any(const Counters& counters) {
  return std::any_of(kCounterFields.begin(), kCounterFields.end(), [&](auto field) {
    return counters.*field != model::kAbsent;
  });
}

// The digest of an operation on an item: mixed by two odd constants, so that an operation meets
// neither its item nor another operation but with the odds of the digest itself.
Digest operation_digest(const Digest& item, uint64_t kind, uint64_t tag) {
  uint64_t x = (tag + kind * 0x9e3779b97f4a7c15ULL) ^ (item.hi * 0xff51afd7ed558ccdULL);
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  return {item.lo ^ x, item.hi + (tag ^ (kind << 56)) * 0xc4ceb9fe1a85ec53ULL};
}

enum Operation : uint64_t { kOpDelivery = 1, kOpEdit = 2, kOpDelete = 3 };

std::string bucket_prefix(int32_t bucket) {
  const uint32_t flipped = static_cast<uint32_t>(bucket) ^ 0x80000000U;
  std::string key(4, '\0');
  for (int i = 0; i < 4; ++i) {
    key[static_cast<size_t>(i)] = static_cast<char>(flipped >> (24 - 8 * i));
  }
  return key;
}

void append_big_endian(std::string& key, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) {
    key += static_cast<char>(value >> (8 * i));
  }
}

bool precedes(int64_t version, uint64_t tag, int64_t other_version, uint64_t other_tag) {
  return version != other_version ? version < other_version : tag < other_tag;
}

// new - last per counter; counters of `seen` become the last ones.
Counters difference(Counters& last, const Counters& seen) {
  Counters result;
  for (const auto field : kCounterFields) {
    if (seen.*field == model::kAbsent) {
      continue;
    }
    const int64_t before = last.*field == model::kAbsent ? 0 : last.*field;
    if (seen.*field != before) {
      result.*field = seen.*field - before;
    }
    last.*field = seen.*field;
  }
  return result;
}

}  // namespace

Decision ItemTable::decide(const ItemMessage& message, base::EventTime bucket_time) {
  const auto bucket = static_cast<int32_t>(base::floor_div(bucket_time, kBucketWidth));
  switch (message.op) {
    case model::Op::kCreate:
      return create(message, bucket);
    case model::Op::kUpdate:
      return edit(message, bucket);
    case model::Op::kDelete:
      return remove(message, bucket);
    case model::Op::kMetrics:
      break;
  }
  const auto found = entries_.find(message.item);
  if (found == entries_.end() || (found->second.flags & kCreated) == 0) {
    return {.verdict = Verdict::kUnknownItem};
  }
  return observe(message, found->second);
}

ItemTable::Entry& ItemTable::entry_of(const Digest& item, int32_t bucket, bool& is_new) {
  const auto [at, inserted] = entries_.try_emplace(item);
  is_new = inserted;
  if (inserted) {
    at->second.bucket = bucket;
    at->second.version = base::kTimeBegin;
    buckets_[bucket].entries.push_back(item);
  }
  touch(item, at->second);
  return at->second;
}

void ItemTable::touch(const Digest& item, Entry& entry) {
  if ((entry.flags & kDirty) == 0) {
    entry.flags |= kDirty;
    dirty_[entry.bucket].entries.push_back(item);
  }
}

bool ItemTable::remember(const Digest& operation, int32_t bucket) {
  const auto [at, inserted] = operations_.try_emplace(operation, bucket);
  if (inserted) {
    buckets_[bucket].operations.push_back(operation);
    dirty_[bucket].operations.push_back(operation);
  }
  return inserted;
}

Decision ItemTable::create(const ItemMessage& message, int32_t bucket) {
  const auto found = entries_.find(message.item);
  if (found != entries_.end() && (found->second.flags & kCreated) != 0) {
    return copy(message, found->second);
  }
  bool is_new = false;
  Entry& entry = entry_of(message.item, bucket, is_new);
  entry.flags |= kCreated;
  entry.delivery = message.delivery;
  entry.minute = base::minute_of(message.occurred_at);
  entry.relation = message.relation;
  entry.placement = placement_of(message);
  if (precedes(entry.version, entry.version_tag, message.version, message.version_tag)) {
    entry.version = message.version;
    entry.version_tag = message.version_tag;
    entry.label = message.sentiment;
  }
  if (any(message.counters) || message.polled) {
    entry.flags |= kHasCounters;
    observations_[message.item] = {message.polled ? message.operation_at : base::kTimeBegin,
                                   message.counters};
  }
  Decision decision;
  decision.label = entry.label;
  decision.deletion_counts = (entry.flags & kDeleted) != 0;
  decision.placement = &placements_[entry.placement];
  decision.minute = entry.minute;
  return decision;
}

Decision ItemTable::copy(const ItemMessage& message, Entry& entry) {
  Decision decision;
  decision.placement = &placements_[entry.placement];
  decision.minute = entry.minute;
  decision.conflict = entry.minute != base::minute_of(message.occurred_at) ||
                      entry.relation != message.relation ||
                      entry.placement != placement_of(message);
  if (message.polled) {
    const auto seen = observations_.find(message.item);
    if (seen == observations_.end() || message.operation_at > seen->second.at) {
      Decision repoll = observe(message, entry);
      repoll.conflict = decision.conflict;
      if (entry.delivery != message.delivery) {
        (void)remember(operation_digest(message.item, kOpDelivery, message.delivery), entry.bucket);
      }
      return repoll;
    }
  }
  if (entry.delivery == message.delivery ||
      !remember(operation_digest(message.item, kOpDelivery, message.delivery), entry.bucket)) {
    decision.verdict = Verdict::kRedelivery;
  } else {
    decision.verdict = Verdict::kSameItem;
  }
  return decision;
}

Decision ItemTable::edit(const ItemMessage& message, int32_t bucket) {
  bool is_new = false;
  const auto found = entries_.find(message.item);
  const int32_t home = found == entries_.end() ? bucket : found->second.bucket;
  if (!remember(operation_digest(message.item, kOpEdit, message.version_tag), home)) {
    return {.verdict = Verdict::kRedelivery};
  }
  Entry& entry = entry_of(message.item, bucket, is_new);
  Decision decision{.verdict = Verdict::kEdit};
  if (precedes(entry.version, entry.version_tag, message.version, message.version_tag)) {
    decision.old_label = entry.label;
    decision.label = message.sentiment;
    decision.label_moved = (entry.flags & kCreated) != 0 && entry.label != message.sentiment;
    entry.version = message.version;
    entry.version_tag = message.version_tag;
    entry.label = message.sentiment;
  }
  if ((entry.flags & kCreated) != 0) {
    decision.placement = &placements_[entry.placement];
    decision.minute = entry.minute;
  }
  return decision;
}

Decision ItemTable::remove(const ItemMessage& message, int32_t bucket) {
  const auto found = entries_.find(message.item);
  const int32_t home = found == entries_.end() ? bucket : found->second.bucket;
  if (!remember(operation_digest(message.item, kOpDelete, 0), home)) {
    return {.verdict = Verdict::kRedelivery};
  }
  bool is_new = false;
  Entry& entry = entry_of(message.item, bucket, is_new);
  entry.flags |= kDeleted;
  Decision decision{.verdict = Verdict::kDeletion};
  if ((entry.flags & kCreated) != 0) {
    decision.deletion_counts = true;
    decision.placement = &placements_[entry.placement];
    decision.minute = entry.minute;
  }
  return decision;
}

Decision ItemTable::observe(const ItemMessage& message, Entry& entry) {
  Observation& last = observations_[message.item];
  Decision decision;
  decision.placement = &placements_[entry.placement];
  decision.minute = base::minute_of(message.operation_at);
  if (message.operation_at <= last.at) {
    decision.verdict = Verdict::kRedelivery;
    return decision;
  }
  last.at = message.operation_at;
  decision.verdict = Verdict::kRepoll;
  decision.difference = difference(last.counters, message.counters);
  entry.flags |= kHasCounters;
  touch(message.item, entry);
  return decision;
}

uint32_t ItemTable::placement_of(const ItemMessage& message) {
  placement_key_.clear();
  ByteWriter key(placement_key_);
  key.u8(static_cast<uint8_t>(message.type));
  key.bytes(message.channel);
  for (size_t i = 0; i < message.brand_count; ++i) {
    key.bytes(message.brands[i]);
  }
  const auto found = placement_index_.find(placement_key_);
  if (found != placement_index_.end()) {
    return found->second;
  }
  Placement placement;
  placement.type = message.type;
  placement.channel = std::string(message.channel);
  for (size_t i = 0; i < message.brand_count; ++i) {
    placement.brands.emplace_back(message.brands[i]);
  }
  const auto index = static_cast<uint32_t>(placements_.size());
  placements_.push_back(std::move(placement));
  placement_index_.emplace(placement_key_, index);
  return index;
}

void ItemTable::seal(uint64_t epoch) {
  for (auto& [bucket, dirty] : dirty_) {
    Dirty part;
    uint64_t number = 0;
    const auto flush = [&, b = bucket] {
      std::string key = bucket_prefix(b);
      append_big_endian(key, epoch, 8);
      append_big_endian(key, number++, 4);
      tables_.put(state::TableId::kDedup, std::move(key), pack(part));
      part.entries.clear();
      part.operations.clear();
    };
    for (const Digest& digest : dirty.entries) {
      const auto found = entries_.find(digest);
      if (found == entries_.end()) {
        continue;  // its bucket was dropped in this epoch
      }
      found->second.flags &= static_cast<uint8_t>(~kDirty);
      part.entries.push_back(digest);
      if (part.entries.size() == kPackedEntries) {
        flush();
      }
    }
    for (const Digest& digest : dirty.operations) {
      part.operations.push_back(digest);
      if (part.operations.size() == kPackedEntries * 4) {
        flush();
      }
    }
    if (!part.entries.empty() || !part.operations.empty()) {
      flush();
    }
  }
  dirty_.clear();
}

std::string ItemTable::pack(const Dirty& dirty) const {
  std::string value;
  ByteWriter out(value);
  out.u8(kLayout);
  // Placements by first use: no process-local number leaves.
  std::vector<uint32_t> used;
  base::FlatMap<uint32_t, uint32_t> index;
  std::string body;
  ByteWriter entries(body);
  entries.varint(dirty.entries.size());
  for (const Digest& digest : dirty.entries) {
    const Entry& entry = entries_.find(digest)->second;
    const bool created = (entry.flags & kCreated) != 0;
    entries.u64(digest.lo);
    entries.u64(digest.hi);
    entries.u8(entry.flags & static_cast<uint8_t>(~kDirty));
    entries.u8(static_cast<uint8_t>(static_cast<unsigned>(entry.label) |
                                    static_cast<unsigned>(entry.relation) << 4));
    entries.svarint(entry.minute);
    uint32_t local = 0;
    if (created) {
      const auto [at, inserted] =
          index.try_emplace(entry.placement, static_cast<uint32_t>(used.size()));
      if (inserted) {
        used.push_back(entry.placement);
      }
      local = at->second;
    }
    entries.varint(local);
    entries.u64(entry.delivery);
    entries.svarint(entry.version);
    entries.u64(entry.version_tag);
    if ((entry.flags & kHasCounters) != 0) {
      const Observation& last = observations_.find(digest)->second;
      entries.svarint(last.at);
      unsigned mask = 0;
      for (size_t i = 0; i < kCounterFields.size(); ++i) {
        mask |= static_cast<unsigned>(last.counters.*kCounterFields[i] != model::kAbsent) << i;
      }
      entries.u8(static_cast<uint8_t>(mask));
      for (const auto field : kCounterFields) {
        if (last.counters.*field != model::kAbsent) {
          entries.svarint(last.counters.*field);
        }
      }
    }
  }
  out.varint(used.size());
  for (const uint32_t number : used) {
    const Placement& placement = placements_[number];
    out.bytes(placement.channel);
    out.u8(static_cast<uint8_t>(placement.type));
    out.u8(static_cast<uint8_t>(placement.brands.size()));
    for (const std::string& brand : placement.brands) {
      out.bytes(brand);
    }
  }
  out.raw(body);
  out.varint(dirty.operations.size());
  for (const Digest& digest : dirty.operations) {
    out.u64(digest.lo);
    out.u64(digest.hi);
  }
  return value;
}

bool ItemTable::unpack(int32_t bucket, std::string_view value) {
  ByteReader in(value);
  if (in.u8() != kLayout) {
    return false;
  }
  std::vector<uint32_t> local;
  const uint64_t placements = in.count(3);
  for (uint64_t i = 0; i < placements; ++i) {
    ItemMessage message;
    message.channel = in.bytes();
    const uint8_t type = in.u8();
    message.brand_count = in.u8();
    if (type > 4 || message.brand_count > base::limits::kBrandsPerItem) {
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
  const uint64_t count = in.count(36);
  for (uint64_t i = 0; i < count; ++i) {
    Digest digest;
    digest.lo = in.u64();
    digest.hi = in.u64();
    Entry entry;
    entry.bucket = bucket;
    entry.flags = in.u8();
    const uint8_t label = in.u8();
    entry.minute = static_cast<int32_t>(in.svarint());
    const uint64_t placement = in.varint();
    entry.delivery = in.u64();
    entry.version = in.svarint();
    entry.version_tag = in.u64();
    if (in.failed() || (label & 15) > 3 || (label >> 4) >= model::kRelations ||
        ((entry.flags & kCreated) != 0 && placement >= local.size())) {
      return false;
    }
    entry.label = static_cast<model::Sentiment>(label & 15);
    entry.relation = static_cast<model::Relation>(label >> 4);
    entry.placement = (entry.flags & kCreated) != 0 ? local[static_cast<size_t>(placement)] : 0;
    if ((entry.flags & kHasCounters) != 0) {
      Observation last;
      last.at = in.svarint();
      const uint8_t mask = in.u8();
      for (size_t c = 0; c < kCounterFields.size(); ++c) {
        if ((mask >> c & 1) != 0) {
          last.counters.*kCounterFields[c] = in.svarint();
        }
      }
      observations_[digest] = last;
    }
    const auto [at, inserted] = entries_.insert_or_assign(digest, entry);
    (void)at;
    if (inserted) {
      buckets_[bucket].entries.push_back(digest);
    }
  }
  const uint64_t operations = in.count(16);
  for (uint64_t i = 0; i < operations; ++i) {
    Digest digest;
    digest.lo = in.u64();
    digest.hi = in.u64();
    if (operations_.try_emplace(digest, bucket).second) {
      buckets_[bucket].operations.push_back(digest);
    }
  }
  return !in.failed() && in.at_end();
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

void ItemTable::drop_bucket(int32_t number) {
  const auto found = buckets_.find(number);
  if (found == buckets_.end()) {
    return;
  }
  for (const Digest& digest : found->second.entries) {
    entries_.erase(digest);
    observations_.erase(digest);
  }
  for (const Digest& digest : found->second.operations) {
    operations_.erase(digest);
  }
  buckets_.erase(found);
  dirty_.erase(number);
  tables_.drop_bucket(state::TableId::kDedup, bucket_prefix(number));
}

void ItemTable::forget(base::EventTime before) {
  while (!buckets_.empty()) {
    const int32_t oldest = buckets_.begin()->first;
    if ((static_cast<int64_t>(oldest) + 1) * kBucketWidth > before) {
      return;
    }
    drop_bucket(oldest);
  }
}

bool ItemTable::shed_oldest() {
  if (buckets_.size() < 2) {
    return false;
  }
  drop_bucket(buckets_.begin()->first);
  return true;
}

size_t ItemTable::memory_bytes() const {
  constexpr size_t kEntryBytes = (sizeof(Digest) + sizeof(Entry)) * 5 / 4 + sizeof(Digest);
  constexpr size_t kOperationBytes = (sizeof(Digest) + 4) * 5 / 4 + sizeof(Digest);
  constexpr size_t kObservationBytes = (sizeof(Digest) + sizeof(Observation)) * 5 / 4;
  return entries_.size() * kEntryBytes + operations_.size() * kOperationBytes +
         observations_.size() * kObservationBytes;
}

}  // namespace kaiku::dedup
