// How the money of a business record travels on the exchange: amount, currency, and the period that
// it is for.
//
// Threads: pure.
// Owns:    nothing.
// Cost:    some 7 bytes, with a period some 16.
// Fails:   the reader is failed on anything but well-formed money.
// Format:  amount micros svarint; currency 3 bytes; with a period: from, as its distance from the
//          record's time, and length, svarint each. Whether there is one stands in the message's
//          flags.
#pragma once

#include "kaiku/base/bytes.h"
#include "kaiku/base/event_time.h"
#include "kaiku/model/item.h"

namespace kaiku::exchange {

struct EdgeMoney {
  int64_t micros = 0;
  model::Currency currency;
  model::Period period;
};

[[nodiscard]] EdgeMoney read_money(base::ByteReader& in,
                                   base::EventTime occurred_at,
                                   bool has_period);
void write_money(base::ByteWriter& out, const EdgeMoney& money, base::EventTime occurred_at);

}  // namespace kaiku::exchange
