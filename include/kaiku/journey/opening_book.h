// OpeningBook: which conversations a known customer opened, at H(customer), and which of them go on
// with what the customer had told on another channel before: the silos that a company has between
// its channels.
//
// Threads: confined to the shard's worker.
// Owns:    an index in memory of the customers that wait for a time; the state is in `tables`
//          (kOpenings).
// Cost:    accept: one read of the customer's value and one put. advance: one read per customer
//          who opened something since, nothing for the others. load() scans the table once.
// Fails:   kRestore when a value does not decode.
// Format:  table kOpenings. Key "w": layout u8 (1), decided through i64, data i64. Key of 16 bytes,
//          the customer: see opening_record.h.
//
// An opening is a message of the customer in a conversation in which the customer has said nothing
// before on that UTC day or the one before it. It continues what the customer told elsewhere, if
// another message is of another channel, at most kContinuedWithin older, and the texts resemble
// each other: at least half of their sketches agrees (sketch/min_hash.h). A text without a sketch,
// of less than 24 characters, continues nothing and is continued by none: "it does not work" is
// said of everything. It counts among the openings all the same. Brands do not matter: a customer's
// key is no brand's.
//
// Everything told is a function of the set of openings and of C = effective - lateness: of an
// opening at its time <= C. One that arrives below C changes what was told, as -old + new. They
// are taken for order_delay_max of data time, and kept for kContinuedWithin more; what comes later
// is counted as expired. A customer with more than kOpeningsPerDay conversations or kMessagesPerDay
// originals in them on a UTC day is no single one ("guest"): none of that day counts, and the day
// is counted once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "kaiku/aggregate/attribution_figures.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/model/erasure.h"
#include "kaiku/model/opening_message.h"
#include "kaiku/state/tables.h"

namespace kaiku::journey {

inline constexpr int64_t kContinuedWithin = 48 * base::kHour;
// Slots of two sketches that agree: resemblance of 0.5 or more.
inline constexpr size_t kSameProblemSlots = model::kTextSketchSlots / 2;
inline constexpr size_t kOpeningsPerDay = 16;
inline constexpr size_t kMessagesPerDay = 64;

// Since the book was made.
struct OpeningCounts {
  uint64_t expired = 0;
  uint64_t full_days = 0;  // of customers with more than is one customer's
};

class OpeningBook {
 public:
  // Receives the change of one cell's minute; views live for the call.
  using Sink = std::function<void(const exchange::DeltaKey&, const aggregate::AttributionFigures&)>;

  // Of the plan its stop list, lateness and order_delay_max.
  OpeningBook(const KeyPlan& plan, state::Tables& tables);
  OpeningBook(const OpeningBook&) = delete;
  OpeningBook& operator=(const OpeningBook&) = delete;
  ~OpeningBook();

  // Reads the table; call before anything else.
  [[nodiscard]] base::Status load();

  [[nodiscard]] base::Status accept(const model::OpeningMessage& message, const Sink& sink);
  // Forgets what the customer of a request opened before its time. Each opening is a touch of the
  // same item too, and counted there. advance() to that time first.
  [[nodiscard]] base::Status forget(const model::ErasureMessage& request);
  // The level's watermarks; a lower one than before changes nothing.
  [[nodiscard]] base::Status advance(base::EventTime effective,
                                     base::EventTime data,
                                     const Sink& sink);

  [[nodiscard]] const OpeningCounts& counts() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::journey
