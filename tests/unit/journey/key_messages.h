// What the tests of key books are told: touches and orders of a customer, and questions for them.
//
// Threads: any.
// Owns:    nothing.
// Cost:    of no concern.
// Fails:   never.
#pragma once

#include <cstdint>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/journey/key_book.h"

#include "unit/journey/book_desk.h"

namespace kaiku::journey {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using model::EntryKind;
using model::KeyEntryMessage;
using model::KeyQuestionMessage;

inline const EventTime kMonday = base::days_from_civil(2026, 3, 2) * kDay;

inline KeyPlan plan() {
  KeyPlan plan;
  plan.look_back = 10 * kDay;
  plan.order_delay_max = 3 * kDay;
  plan.lateness = 10 * kMinute;
  plan.touches_per_day = 20;
  return plan;
}

inline KeyEntryMessage touch(uint64_t number,
                             EventTime at,
                             std::string_view channel = "x",
                             uint64_t customer = 1) {
  KeyEntryMessage message;
  message.key = id(customer);
  message.id = id(1'000 + number);
  message.at = at;
  message.brand = "kirkas";
  message.channel = channel;
  return message;
}

inline KeyEntryMessage order(uint64_t number, EventTime at, uint64_t customer = 1) {
  KeyEntryMessage message = touch(number, at, "web", customer);
  message.kind = EntryKind::kOrder;
  return message;
}

inline KeyQuestionMessage question(uint64_t asker,
                                   EventTime to,
                                   uint64_t customer = 1,
                                   uint64_t number = 1) {
  KeyQuestionMessage message;
  message.key = id(customer);
  message.asker = id(5'000 + asker);
  message.number = number;
  message.from = to - plan().look_back;
  message.to = to;
  return message;
}

}  // namespace kaiku::journey
