// Every bound on what comes from outside, with its reason. Reaching one is a counted outcome, never
// a surprise.
//
// Threads: constants.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kaiku::base::limits {

// A record larger than this is a dead letter without being parsed.
inline constexpr size_t kRecordBytes = 1 << 20;
// 64 KiB is what every CloudEvents intermediary has to forward.
inline constexpr size_t kItemBytes = 64 << 10;
inline constexpr size_t kTextBytes = 16 << 10;
inline constexpr size_t kIdBytes = 512;    // ids, handles, keys; URIs of federated platforms fit
inline constexpr size_t kNameBytes = 128;  // brand and channel ids, event ids
inline constexpr unsigned kJsonDepth = 64;
inline constexpr size_t kItemsPerRecord = 10'000;
inline constexpr size_t kBrandsPerItem =
    8;  // the first ones in catalogue order; the rest is counted
// Campaign, topics and feedback an item counts for beside its brands.
inline constexpr size_t kFacetsPerItem = 8;
inline constexpr size_t kPlacesPerItem = kBrandsPerItem + kFacetsPerItem;
inline constexpr size_t kDeadLetterBytes = 64 << 10;
// One edge record; brokers take 1 MB by default, so two of them and their framing fit.
inline constexpr size_t kEdgeRecordBytes = 512 << 10;
// Requests to forget somebody that wait at a shard: they wait as long as lateness.
inline constexpr size_t kErasuresWaiting = 65'536;
inline constexpr size_t kChangelogRecordBytes = 512 << 10;
// Ids of one digest key, source names, channels: what a dictionary of one edge record may hold.
inline constexpr size_t kEdgeStrings = 100'000;
// A routed source partition keeps one edge sequence per shard in its offset metadata: 256 of them
// fit.
inline constexpr unsigned kShards = 256;
inline constexpr size_t kOffsetMetadataBytes = 4'096;  // the broker's default limit
inline constexpr size_t kCellsPerWindow = 200'000;     // beyond it: channel kept, brand `_other`
inline constexpr size_t kCurrenciesPerCell = 256;      // (currency, rate date) pairs
// A spend's period: how long it may be, and how far from the time of its record.
inline constexpr int64_t kPeriodDays = 400;
inline constexpr int64_t kAmountMajorUnits = 1'000'000'000;  // a larger amount is a dead letter

static_assert(kItemBytes <= kRecordBytes);
static_assert(kTextBytes <= kItemBytes);
static_assert(2 * kEdgeRecordBytes <= (1 << 20));

}  // namespace kaiku::base::limits
