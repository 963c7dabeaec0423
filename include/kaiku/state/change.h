// Change: one entry of an epoch's delta, as it goes to the changelog and into the store.
//
// Threads: a value.
// Owns:    key and value.
// Cost:    two strings.
// Fails:   decode_changes is false on anything but a well-formed list.
// Format:  a packed list: layout u8 (1), count varint, then per change: table u8, op u8 (0 put,
//          1 merge, 2 drop bucket), key bytes, value bytes (put and merge only). No process-local
//          ids.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::state {

// Numeric ids on disk and wire: never reuse one.
enum class TableId : uint8_t {
  kMeta = 1,           // kept: the header of the last epoch
  kDedup = 2,          // bucketed: ids, one packed value per bucket and epoch
  kCells = 3,          // bucketed: one cell per window, brand, channel, type
  kOrders = 4,         // kept: one order with its versions
  kClosed = 5,         // kept: closed_through per brand and window
  kConversations = 6,  // kept: one conversation with what waits for it
  kKeys = 7,           // kept: one customer, click id, coupon or campaign with its entries
  kVerdicts = 8,       // kept: what an order was attributed to, with the questions it waits for
  kErasures = 9,       // kept: requests to forget somebody, until they are done, and that they are
  kThreads = 10,       // kept: roots and replies by item, and who waits to hear of one
  kSignals = 12,       // kept: windows of a brand that are not closed, its past, its open alerts
  kSchedule = 14,      // kept: the entries of catalogues with dates that were taken
  kOpenings = 15,      // kept: what one customer asked within days, as sketches
  kAlerts = 16,        // kept: budgets of alerts, digests of hours, alerts of deadlines
};
// A change of a later one is damaged.
inline constexpr TableId kLastTable = TableId::kAlerts;

struct Change {
  enum class Op : uint8_t { kPut = 0, kMerge = 1, kDropBucket = 2 };

  TableId table = TableId::kMeta;
  Op op = Op::kPut;
  // kPut with an empty value erases. kDropBucket: a key prefix; every key with it goes.
  std::string key;
  std::string value;
};

// Appends records of at most `bytes_max` each (one change may be larger) to `out`.
void encode_changes(std::span<const Change> changes,
                    size_t bytes_max,
                    std::vector<std::string>& out);
[[nodiscard]] bool decode_changes(std::string_view record, std::vector<Change>& out);

}  // namespace kaiku::state
