// KeyBook: what meets at a key (a customer, a click id, a coupon, a campaign) at H(key): entries
// come in, questions about them are answered when time has passed them, and journeys of customers
// that led to no order are closed.
//
// Threads: confined to the shard's worker.
// Owns:    an index in memory of the keys that wait for a time; the state is in `tables` (kKeys).
// Cost:    accept: one read and one put of the key's value, and a read per day of questions that an
//          entry below C changes. ask: one read of it and one put of the day's questions. advance:
//          one read per key that is due, nothing for the others. Some 90 bytes of memory per time
//          that a key waits for. load() scans the table once.
// Fails:   kRestore when a value does not decode.
// Format:  table kKeys. Key "w": layout u8 (1), decided through i64, data i64. Key of 16 bytes, the
//          digest: layout u8 (1), key kind u8, flags u8 (1: first order), [first order i64],
//          dictionary (count varint, strings bytes, sorted), entries (count varint; kind u8, id,
//          time svarint after the one before, brand, channel as dictionary index varint) by
//          (time, id, kind), days (count varint; day svarint, kind u8, shared u8, tags: count
//          varint, u32 each) by (day, kind), days of questions (count varint; day svarint),
//          ascending. Key of 20 bytes, the digest and a day u32: layout u8 (1), questions whose
//          spans end on it (count varint; asker kind u8, asker, kind u8, number varint, from i64,
//          to i64) by (asker kind, asker, kind).
//
// Everything told is a function of the set of entries and of C = effective - lateness: an answer of
// question.to <= C, a day that ended by C, a journey whose look-back ended by C. An entry that
// arrives below C, as business events may, changes what was told: answers are given again with the
// same number, figures as -old + new. Messages about one (kind, id) come from one sender in order;
// the last one holds. A later question of one asker replaces one that ends on the same day; one of
// another day goes on being answered, under its own number.
//
// A journey of a customer is its touches since the last order, none more than the look-back after
// the one before. It ends unconverted in the minute in which the look-back of its last touch ends;
// its path is the touches within one look-back of the last. A customer is active on a UTC day with
// a touch, and cross-channel if its touches of that day and the 27 before are on two channels.
//
// Entries are kept for order_delay_max plus twice the look-back (at least 29 days) of data time,
// questions for order_delay_max: what touches them comes no later. What is older is settled, and
// what arrives for it is counted as expired; a question about it is answered at once, for good, as
// of a key that was cut if entries of its span are gone. The time of the first order of a key is
// kept for good. Of one day and kind the first touches_per_day entries by (time, id) are kept; a
// day with more than kSharedPerDay is no customer's: its entries go, and questions that touch it
// are answered `shared`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "kaiku/aggregate/attribution_figures.h"
#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/model/erasure.h"
#include "kaiku/model/key_message.h"
#include "kaiku/state/tables.h"

namespace kaiku::journey {

// A key with more entries of one kind on one day is not one customer's.
inline constexpr size_t kSharedPerDay = 1'000;
// Questions of one key that end on one day, the first by (to, asker). Those beyond are answered as
// of a shared one that was cut, and counted.
inline constexpr size_t kQuestionsPerDay = 1'000;
// Entries of one answer, the latest; an answer fits an edge record many times over.
inline constexpr size_t kEntriesPerAnswer = 512;
inline constexpr int64_t kCrossChannelDays = 28;

struct KeyPlan {
  int64_t look_back = 30 * base::kDay;
  int64_t order_delay_max = 3 * base::kDay;
  int64_t lateness = 10 * base::kMinute;
  size_t touches_per_day = 20;        // of one key; at most kSharedPerDay
  std::vector<base::Digest> stopped;  // keys that are nobody's: "guest", "null", ...
};

class KeySink {
 public:
  KeySink() = default;
  KeySink(const KeySink&) = delete;
  KeySink& operator=(const KeySink&) = delete;
  virtual ~KeySink() = default;
  // Views live for the call. Goes to H(answer.asker).
  virtual void on_answer(const model::KeyAnswerMessage& answer) = 0;
  // A change of one cell's minute; goes to H(brand).
  virtual void on_figures(const exchange::DeltaKey& key,
                          const aggregate::AttributionFigures& figures) = 0;
};

// Since the book was made.
struct KeyCounts {
  uint64_t expired = 0;             // entries and questions that came later than order_delay_max
  uint64_t cut = 0;                 // entries beyond the bound of their day
  uint64_t stopped = 0;             // entries and questions of keys on the stop list
  uint64_t shared_days = 0;         // days of a key that became shared
  uint64_t questions_overflow = 0;  // beyond kQuestionsPerDay
};

class KeyBook {
 public:
  KeyBook(KeyPlan plan, state::Tables& tables);
  KeyBook(const KeyBook&) = delete;
  KeyBook& operator=(const KeyBook&) = delete;
  ~KeyBook();

  // Reads the table; call before anything else.
  [[nodiscard]] base::Status load();

  [[nodiscard]] base::Status accept(const model::KeyEntryMessage& message, KeySink& sink);
  [[nodiscard]] base::Status ask(const model::KeyQuestionMessage& message, KeySink& sink);
  // Forgets what the customer of a request did before its time, and what was asked about it; counts
  // what it found. What was told stays as it is. advance() to that time first.
  [[nodiscard]] base::Status forget(const model::ErasureMessage& request,
                                    model::ErasedCounts& counts);
  // The level's watermarks; a lower one than before changes nothing.
  [[nodiscard]] base::Status advance(base::EventTime effective,
                                     base::EventTime data,
                                     KeySink& sink);

  [[nodiscard]] const KeyCounts& counts() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::journey
