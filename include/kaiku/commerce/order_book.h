// OrderBook: business records as upserts. The highest version of (kind, business id) is in force
// whatever the order of arrival; its contribution is replaced by -old + new, also across windows.
//
// Threads: confined to the shard's worker.
// Owns:    nothing; the state is in `tables` (kOrders, kept).
// Cost:    one read of the order's entry, one put; the entry is rewritten whole.
// Fails:   kRestore when an entry does not decode.
// Format:  table kOrders. Key: order digest, 16 bytes. Value: layout u8 (2), number of the last
//          question varint, count varint, per record in the order of their digests: business
//          digest, kind u8, flags u8 (1 removed, 2 has keys, 4 has a campaign, 8 its customer was
//          forgotten, 16 has a period, 32 has older versions), version i64, version tag u64,
//          occurred_at i64, amount micros i64, currency 3 bytes, brand bytes, channel bytes, with
//          keys: carried u8, digests of those carried, touch channel bytes; with a campaign: its
//          facet bytes; with a period: from and to i64; with older versions: count varint, of each
//          version i64 and tag u64.
//
// Orders, refunds and ad spend move money, and the sum of all deltas is a function of the set of
// messages: a larger (version, version tag) replaces a smaller one, a removed record contributes
// nothing, and neither does an order while a cancellation of it is in force. Orders and spend keep
// their sign, a refund is a magnitude. Other kinds are held, so that their copies are known; those
// the plan names are counted, with their amounts as magnitudes: leads, visits, promotions,
// opportunities, subscriptions, and cancellations, whose amount is that of their order. What names
// a campaign counts for its cells too, whatever kind it is; a refund or cancellation that names
// none belongs to its order's.
//
// What is a copy is a matter of the set of messages, too: the versions of a record that came are
// remembered, the kVersionsKept newest of them beside the one in force (of an order and what names
// it kVersionsPerOrder), so that a version counts once whatever came before it. One that is older
// than all of those is taken for a copy.
//
// A refund is held with the order it names and takes the order's rate date (the UTC day of its
// occurred_at); without its order it is booked with its own and corrected when the order comes.
// Brand and channel of a refund are its own, else the order's. All versions of a record have to
// name the same order. A record that finds kRecordsPerOrder others at its order is held alone: it
// counts once all the same, but by its own date, and its delta says so (kInexactOverflow).
//
// Spend with a period is divided over its days (spend_days.h): each has its own minute and rate
// date, the record is counted on the first.
//
// Journeys are told of orders, visits and leads: what is in force of one before and after a change.
// An order's net is its amount less its refunds of the same currency; those of another one are
// booked, and so is one that is held alone, but they lower no attribution.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/base/status.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/model/erasure.h"
#include "kaiku/model/key_message.h"
#include "kaiku/model/message.h"
#include "kaiku/state/tables.h"
#include "kaiku/window/window_spec.h"

namespace kaiku::commerce {

// Receives the change of one cell's minute; views live for the call.
using DeltaSink = std::function<void(const exchange::DeltaKey&, const aggregate::Aggregate&)>;

enum class Applied : unsigned char {
  kInForce,    // first or newer version
  kOlder,      // an older version than the one in force, for the first time: no figure changes
  kSeen,       // a version that came before
  kForgotten,  // older than the versions that are remembered: it may have come before
};

// Beside the order itself; an order is refunded in a few parts.
inline constexpr size_t kRecordsPerOrder = 256;
// Of a record, beside the one in force, and of an order with all that names it.
inline constexpr size_t kVersionsKept = 128;
inline constexpr size_t kVersionsPerOrder = 4096;

// An order, a visit or a lead as it is in force; views live for the call.
struct InForce {
  base::Digest business;
  model::BusinessKind kind = model::BusinessKind::kNone;
  bool counts = false;  // false: there is none yet, it was removed, or cancelled
  base::EventTime at = base::kNoTime;
  std::string_view brand;
  std::string_view channel;
  model::KeyPart keys;
  // Of an order.
  int64_t net_micros = 0;
  model::Currency currency;
  int32_t rate_day = 0;
  // Of the question its keys are to be asked: larger whenever keys or time are others than they
  // were asked with. 0: never asked.
  uint64_t number = 0;
};

class JourneySink {
 public:
  JourneySink() = default;
  JourneySink(const JourneySink&) = delete;
  JourneySink& operator=(const JourneySink&) = delete;
  virtual ~JourneySink() = default;
  [[nodiscard]] virtual base::Status on_change(const InForce& before, const InForce& now) = 0;
};

// Which kinds besides orders, refunds and spend the cells of brands count: a bit each.
struct CommercePlan {
  uint16_t kinds = 0;
  // The days that spend with a period is divided over; nothing: those of UTC.
  std::optional<window::WindowSpec> days = std::nullopt;

  [[nodiscard]] bool counts(model::BusinessKind kind) const {
    return (kinds >> static_cast<unsigned>(kind) & 1U) != 0;
  }
};

class OrderBook {
 public:
  explicit OrderBook(state::Tables& tables, CommercePlan plan = {});
  OrderBook(const OrderBook&) = delete;
  OrderBook& operator=(const OrderBook&) = delete;
  ~OrderBook();

  // `journeys` null: nobody follows them.
  [[nodiscard]] base::Result<Applied> apply(const model::OrderMessage& message,
                                            const DeltaSink& sink,
                                            JourneySink* journeys = nullptr);

  // Puts somebody in the place of the customer of a request, in every record from before its time;
  // counts orders. Reads the whole table.
  [[nodiscard]] base::Status forget(const model::ErasureMessage& request,
                                    model::ErasedCounts& counts);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::commerce
