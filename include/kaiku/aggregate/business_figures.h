// BusinessFigures: business records in force besides orders, refunds and spend, by kind. A part of
// Aggregate with the same algebra; their amounts are in Aggregate::money.
//
// Threads: confined to its user.
// Owns:    its counts.
// Cost:    a merge is seven additions.
// Fails:   decode() is false on anything but a well-formed value. Counts wrap at 64 bits, which
//          stays order-free.
// Format:  presence mask varint (a bit per count, in the order of this struct), then the counts
//          that are not zero as svarint.
//
// Every record counts in the minute in which it happened: an order that is cancelled later leaves
// the orders of its own minute and is a cancellation in the minute of the cancellation.
#pragma once

#include <cstdint>

#include "kaiku/base/bytes.h"
#include "kaiku/model/item.h"

namespace kaiku::aggregate {

struct BusinessFigures {
  int64_t cancellations = 0;
  int64_t leads = 0;
  int64_t opportunities = 0;
  int64_t subscription_starts = 0;
  int64_t subscription_ends = 0;
  int64_t visits = 0;
  int64_t promotions = 0;

  // The count of a kind; null for those that Aggregate holds, or nobody counts.
  [[nodiscard]] int64_t* count_of(model::BusinessKind kind);

  [[nodiscard]] bool is_empty() const;
  void merge(const BusinessFigures& other);
  void clear();
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;

  friend bool operator==(const BusinessFigures&, const BusinessFigures&) = default;
};

}  // namespace kaiku::aggregate
