#include "kaiku/dedup/item_table.h"

#include <algorithm>

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

bool precedes(int64_t version, uint64_t tag, int64_t other_version, uint64_t other_tag) {
  return version != other_version ? version < other_version : tag < other_tag;
}

// With a copy of the item its counters are as old as the item, unless its source looks again.
Observation observation_of(const ItemMessage& message) {
  Observation seen;
  seen.of_item = message.op == model::Op::kCreate;
  seen.at = !seen.of_item || message.polled ? message.operation_at : base::kTimeBegin;
  seen.counters = message.counters;
  return seen;
}

const Observation& oldest_of(const Observation* at) {
  while (at->before != nullptr) {
    at = at->before;
  }
  return *at;
}

Counters negative(Counters counters) {
  for (const auto field : kCounterFields) {
    if (counters.*field != model::kAbsent) {
      counters.*field = -(counters.*field);
    }
  }
  return counters;
}

bool says(const Placement& placement, const ItemMessage& message) {
  return placement.type == message.type && placement.brands.size() == message.brand_count &&
         placement.channel == message.channel &&
         std::equal(placement.brands.begin(), placement.brands.end(), message.brands.begin());
}

}  // namespace

bool ItemTable::SlotEqual::operator()(const Slot& a, const Slot& b) const noexcept {
  return a.lo == b.lo && a.entry->item.hi == b.entry->item.hi;
}

bool ItemTable::SlotEqual::operator()(const Digest& digest, const Slot& slot) const noexcept {
  return digest.lo == slot.lo && digest.hi == slot.entry->item.hi;
}

bool ItemTable::SlotEqual::operator()(const Slot& slot, const Digest& digest) const noexcept {
  return digest.lo == slot.lo && digest.hi == slot.entry->item.hi;
}

ItemTable::ItemTable(state::Tables& tables) : tables_(tables) {}

ItemTable::~ItemTable() = default;

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
  return count(message, bucket);
}

ItemTable::Entry* ItemTable::find(const Digest& item) const {
  const auto found = index_.find(item);
  return found == index_.end() ? nullptr : found->entry;
}

ItemTable::Bucket& ItemTable::bucket_of(int32_t number) {
  if (last_bucket_ == nullptr || last_bucket_->number != number) {
    std::unique_ptr<Bucket>& bucket = buckets_[number];
    if (bucket == nullptr) {
      bucket = std::make_unique<Bucket>(number);
    }
    last_bucket_ = bucket.get();
  }
  return *last_bucket_;
}

ItemTable::Entry& ItemTable::entry_of(const Digest& item, int32_t bucket) {
  // Most items are new: the row is made first, so that one probe both looks and inserts.
  RowPool<Entry>& rows = bucket_of(bucket).entries;
  Entry& row = rows.add();
  row.item = item;
  row.bucket = bucket;
  row.flags = kDirty;
  const auto [at, inserted] = index_.insert(Slot{item.lo, &row});
  if (inserted) {
    return row;
  }
  Entry& entry = *at->entry;
  rows.remove_last();
  if (rows.size() == 0 && last_bucket_->operations.empty()) {
    buckets_.erase(bucket);
    last_bucket_ = nullptr;
  }
  return entry;
}

void ItemTable::touch(Entry& entry) {
  if ((entry.flags & kDirty) == 0) {
    entry.flags |= kDirty;
    bucket_of(entry.bucket).changed.push_back(&entry);
  }
}

bool ItemTable::remember(const Digest& operation, int32_t bucket) {
  const bool inserted = operations_.insert(operation).second;
  if (inserted) {
    bucket_of(bucket).operations.push_back(operation);
  }
  return inserted;
}

Decision ItemTable::create(const ItemMessage& message, int32_t bucket) {
  Entry& entry = entry_of(message.item, bucket);
  if ((entry.flags & kCreated) != 0) {
    return copy(message, entry);
  }
  touch(entry);
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
  bookings_.clear();
  const Observation seen = observation_of(message);
  if (entry.last != nullptr) {  // counters that came before it: told now
    bookings_.push_back({entry.minute, negative(message.counters), 0});
    (void)insert(entry, seen);
    tell(entry.last, entry.minute, 1, bookings_);
    sum_up(bookings_);
    merge_settled(entry);
  } else if (message.polled || any(message.counters)) {
    add_observation(entry, &entry.last, seen);
  }
  Decision decision;
  decision.label = entry.label;
  decision.deletion_counts = (entry.flags & kDeleted) != 0;
  decision.placement = &placements_[entry.placement];
  decision.minute = entry.minute;
  decision.bookings = bookings_;
  return decision;
}

Decision ItemTable::copy(const ItemMessage& message, Entry& entry) {
  Decision decision;
  decision.minute = entry.minute;
  decision.conflict = entry.minute != base::minute_of(message.occurred_at) ||
                      entry.relation != message.relation ||
                      !says(placements_[entry.placement], message);
  decision.placement = &placements_[entry.placement];
  bookings_.clear();
  Seen seen = Seen::kAgain;
  if (message.polled || entry.last != nullptr || any(message.counters)) {
    seen = observe(entry, observation_of(message));
    decision.bookings = bookings_;
    decision.counters_lost = seen == Seen::kTooLate;
  }
  const bool is_known =
      entry.delivery == message.delivery ||
      !remember(operation_digest(message.item, kOpDelivery, message.delivery), entry.bucket);
  decision.verdict = seen == Seen::kFirst ? Verdict::kRepoll
                     : is_known           ? Verdict::kRedelivery
                                          : Verdict::kSameItem;
  return decision;
}

Decision ItemTable::edit(const ItemMessage& message, int32_t bucket) {
  const Entry* const found = find(message.item);
  const int32_t home = found == nullptr ? bucket : found->bucket;
  if (!remember(operation_digest(message.item, kOpEdit, message.version_tag), home)) {
    return {.verdict = Verdict::kRedelivery};
  }
  Entry& entry = entry_of(message.item, bucket);
  touch(entry);
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
  const Entry* const found = find(message.item);
  const int32_t home = found == nullptr ? bucket : found->bucket;
  if (!remember(operation_digest(message.item, kOpDelete, 0), home)) {
    return {.verdict = Verdict::kRedelivery};
  }
  Entry& entry = entry_of(message.item, bucket);
  touch(entry);
  entry.flags |= kDeleted;
  Decision decision{.verdict = Verdict::kDeletion};
  if ((entry.flags & kCreated) != 0) {
    decision.deletion_counts = true;
    decision.placement = &placements_[entry.placement];
    decision.minute = entry.minute;
  }
  return decision;
}

void ItemTable::add_observation(Entry& entry, Observation** place, const Observation& seen) {
  Bucket& bucket = bucket_of(entry.bucket);
  Observation* row = bucket.spare;
  if (row != nullptr) {
    bucket.spare = row->before;
  } else {
    row = &bucket.observations.add();
  }
  *row = seen;
  row->before = *place;
  *place = row;
  entry.flags |= kHasCounters;
  ++bucket.observed;
  ++observed_;
}

void ItemTable::free_observation(Bucket& bucket, Observation* row) {
  row->before = bucket.spare;
  bucket.spare = row;
  --bucket.observed;
  --observed_;
}

void ItemTable::drop_observations(Entry& entry) {
  Bucket& bucket = bucket_of(entry.bucket);
  while (entry.last != nullptr) {
    Observation* const row = entry.last;
    entry.last = row->before;
    free_observation(bucket, row);
  }
}

// Keeps as one what nothing can come between any more, and what there is no room for.
void ItemTable::merge_settled(Entry& entry) {
  const bool is_told = (entry.flags & kCreated) != 0;
  size_t younger = 0;
  for (Observation* at = entry.last; at != nullptr && at->before != nullptr; at = at->before) {
    if ((is_told && at->at < settled_) || ++younger == kObservationsKept) {
      while (Observation* const older = at->before) {
        merge(*at, *older);
        free_observation(bucket_of(entry.bucket), older);
      }
    }
  }
}

ItemTable::Seen ItemTable::insert(Entry& entry, const Observation& seen) {
  Observation** const place = find_place(entry.last, seen.at);
  Observation* const older = *place;
  if (older != nullptr && older->at == seen.at) {
    if (!older->is_merged) {
      const bool is_raised = raise(older->counters, seen.counters);
      if (is_raised || (seen.of_item && !older->of_item)) {
        older->of_item = older->of_item || seen.of_item;
        touch(entry);
      }
    }
    return Seen::kAgain;
  }
  if (older == nullptr && entry.last != nullptr) {
    // What is kept as one is the oldest of all; only the item itself may be missing in it.
    const Observation& oldest = oldest_of(entry.last);
    if (oldest.is_merged && (oldest.of_item || !seen.of_item)) {
      return seen.at == base::kTimeBegin ? Seen::kAgain : Seen::kTooLate;
    }
  }
  add_observation(entry, place, seen);
  touch(entry);
  return Seen::kFirst;
}

ItemTable::Seen ItemTable::observe(Entry& entry, const Observation& seen) {
  bookings_.clear();
  const bool is_told = (entry.flags & kCreated) != 0;
  if (is_told && entry.last == nullptr) {  // the item came without counters
    Observation item;
    item.of_item = true;
    add_observation(entry, &entry.last, item);
  }
  if (is_told) {
    tell(entry.last, entry.minute, -1, bookings_);
  }
  const Seen result = insert(entry, seen);
  if (is_told) {
    tell(entry.last, entry.minute, 1, bookings_);
    sum_up(bookings_);
  }
  merge_settled(entry);
  return result;
}

// Counters of an item, which need not have come yet.
Decision ItemTable::count(const ItemMessage& message, int32_t bucket) {
  Entry& entry = entry_of(message.item, bucket);
  Decision decision;
  switch (observe(entry, observation_of(message))) {
    case Seen::kFirst:
      decision.verdict = Verdict::kRepoll;
      break;
    case Seen::kTooLate:
      decision.counters_lost = true;
      decision.verdict = Verdict::kRedelivery;
      break;
    case Seen::kAgain:
      decision.verdict = Verdict::kRedelivery;
      break;
  }
  if ((entry.flags & kCreated) != 0) {
    decision.placement = &placements_[entry.placement];
    decision.minute = entry.minute;
    decision.bookings = bookings_;
  }
  return decision;
}

size_t ItemTable::PlacementHash::operator()(const PlacementKey& key) const noexcept {
  uint64_t hash = 0;
  for (size_t i = 0; i < key.size(); i += 2) {
    const uint64_t word = static_cast<uint64_t>(key[i]) << 32 | key[i + 1];
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    hash ^= hash >> 32;
  }
  return hash;
}

uint32_t ItemTable::number_of(std::string_view name) {
  const auto found = name_numbers_.find(name);
  if (found != name_numbers_.end()) {
    return found->second;
  }
  const auto number = static_cast<uint32_t>(names_.size() + 1);  // 0: no name
  name_numbers_.emplace(names_.emplace_back(name), number);
  return number;
}

uint32_t ItemTable::placement_of(const ItemMessage& message) {
  uint64_t place = reinterpret_cast<uintptr_t>(message.brands[0].data());
  place = (place ^ static_cast<uint32_t>(message.type)) * 0x9e3779b97f4a7c15ULL;
  place = (place ^ reinterpret_cast<uintptr_t>(message.channel.data())) * 0xd6e8feb86659fd93ULL;
  uint32_t& guess = guesses_[place >> 51];
  if (guess >= placements_.size() || !says(placements_[guess], message)) {
    guess = find_placement(message);
  }
  return guess;
}

uint32_t ItemTable::find_placement(const ItemMessage& message) {
  PlacementKey key{static_cast<uint32_t>(message.type), number_of(message.channel)};
  for (size_t i = 0; i < message.brand_count; ++i) {
    key[i + 2] = number_of(message.brands[i]);
  }
  const auto [at, inserted] =
      placement_index_.try_emplace(key, static_cast<uint32_t>(placements_.size()));
  if (inserted) {
    Placement& placement = placements_.emplace_back();
    placement.type = message.type;
    placement.channel = std::string(message.channel);
    placement.brands.assign(message.brands.begin(), message.brands.begin() + message.brand_count);
  }
  return at->second;
}

void ItemTable::drop_bucket(int32_t number) {
  const auto found = buckets_.find(number);
  if (found == buckets_.end()) {
    return;
  }
  Bucket& bucket = *found->second;
  bucket.entries.for_each(0, [this](Entry& entry) { index_.erase(Slot{entry.item.lo, &entry}); });
  for (const Digest& digest : bucket.operations) {
    operations_.erase(digest);
  }
  observed_ -= bucket.observed;
  // What is looked up again and again from before all that is kept never gets as far.
  const bool is_stored = bucket.sealed_entries + bucket.sealed_operations != 0;
  last_bucket_ = nullptr;
  buckets_.erase(found);
  if (is_stored) {
    tables_.drop_bucket(state::TableId::kDedup, bucket_prefix(number));
  }
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
  constexpr size_t kEntryBytes = sizeof(Entry) + sizeof(Slot) * 3 / 2;
  constexpr size_t kOperationBytes = sizeof(Digest) * 5 / 2;
  return index_.size() * kEntryBytes + operations_.size() * kOperationBytes +
         observed_ * sizeof(Observation);
}

}  // namespace kaiku::dedup
