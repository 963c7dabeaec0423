// MoneySums: exact sums of money kept per flow, currency and rate date, so that conversion happens
// once, at publication, with the rate of the day the money moved.
//
// Threads: confined to its user.
// Owns:    a small sorted vector.
// Cost:    a binary search per add.
// Fails:   add() is false when limits::kCurrenciesPerCell entries are there already; decode() on
//          bad bytes. A sum stays at the limit of 128 bits instead of wrapping (that takes 10^23
//          amounts of the largest size).
// Format:  count varint, then per entry: flow u8, currency 3 bytes, rate day svarint, sum as 128
//          bits of two's complement, low byte first. Zero sums are not written.
#pragma once

#include <cstdint>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/model/item.h"

namespace kaiku::money {

__extension__ using Int128 = __int128;

// Numbers on disk. The last ones say what business records state, not what was booked.
enum class Flow : uint8_t {
  kOrder = 0,
  kRefund = 1,
  kSpend = 2,
  kCancelled = 3,
  kOpportunity = 4,
  kSubscriptionStart = 5,
  kSubscriptionEnd = 6,
  kPromotion = 7,
};

class MoneySums {
 public:
  struct Entry {
    Flow flow = Flow::kOrder;
    model::Currency currency;
    int32_t rate_day = 0;  // days since 1970-01-01 UTC
    Int128 sum_micros = 0;
  };

  [[nodiscard]] bool add(Flow flow, model::Currency currency, int32_t rate_day, Int128 micros);
  // False if entries had to be left out (the bound).
  [[nodiscard]] bool merge(const MoneySums& other);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  [[nodiscard]] bool is_empty() const;

  void clear() { entries_.clear(); }

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);

 private:
  std::vector<Entry> entries_;  // sorted by (flow, currency, rate_day)
};

}  // namespace kaiku::money
