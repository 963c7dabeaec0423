// VerdictBook: what each order is attributed to, at H(order): the order in force as the order stage
// tells it, and the answers of the keys it asked.
//
// Threads: confined to the shard's worker.
// Owns:    nothing; the state is in `tables` (kVerdicts, kept).
// Cost:    one read of the order's entry, one put, and an attribution before and after the change.
// Fails:   kRestore when an entry does not decode.
// Format:  table kVerdicts. Key: order digest, 16 bytes. Value: layout u8 (1), flags u8 (1:
// counts),
//          number varint, time i64, net micros svarint, currency 3 bytes, rate day svarint, brand
//          bytes, channel bytes, touch channel bytes, keys (count varint; key digest, key kind u8,
//          flags u8 (1 answered, 2 shared, 4 truncated, 8 earlier order), touches: count varint;
//          id, time svarint before that of the order, channel bytes) by digest.
//
// An order is attributed once all its keys have answered the question of its number; until then,
// and when it does not count, it contributes nothing. Whatever changes the order or an answer
// replaces what it contributed by -old + new. The touches of all keys are united by id and sorted
// by (time, id); the touch the order itself names is the last one, at the order's time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "kaiku/aggregate/attribution_figures.h"
#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/model/erasure.h"
#include "kaiku/model/key_message.h"
#include "kaiku/state/tables.h"

namespace kaiku::journey {

// Customer, click id, coupon and campaign of an order; more are left out.
inline constexpr size_t kKeysPerOrder = 8;

struct VerdictPlan {
  int64_t half_life = 7 * base::kDay;  // of the time-decay model; at least a second
};

struct AskedKey {
  base::Digest key;
  model::KeyKind kind = model::KeyKind::kCustomer;
};

// The order in force, as the order stage knows it.
struct OrderInForce {
  base::Digest order;
  // Of the question its keys were asked; another one whenever keys or time are others.
  uint64_t number = 0;
  bool counts = true;      // false: removed, or cancelled
  int64_t net_micros = 0;  // what is left of the amount after refunds
  model::Currency currency;
  int32_t rate_day = 0;
  base::EventTime at = base::kNoTime;
  std::string_view brand;
  std::string_view channel;
  std::string_view touch_channel;  // the touch it names itself; "" if none
  std::span<const AskedKey> keys;  // asked with `number`
};

// Receives the change of one cell's minute; views live for the call.
using FiguresSink =
    std::function<void(const exchange::DeltaKey&, const aggregate::AttributionFigures&)>;

class VerdictBook {
 public:
  VerdictBook(const VerdictPlan& plan, state::Tables& tables);
  VerdictBook(const VerdictBook&) = delete;
  VerdictBook& operator=(const VerdictBook&) = delete;
  ~VerdictBook();

  // What the order stage holds now replaces what it told before.
  [[nodiscard]] base::Status tell(const OrderInForce& order, const FiguresSink& sink);
  // Answers to another number, or of a key that was not asked, are answers to an earlier question.
  [[nodiscard]] base::Status answer(const model::KeyAnswerMessage& message,
                                    const FiguresSink& sink);

  // Puts somebody in the place of the customer of a request, at every order from before its time;
  // what it is attributed to stays. Reads the whole table.
  [[nodiscard]] base::Status forget(const model::ErasureMessage& request,
                                    model::ErasedCounts& counts);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::journey
