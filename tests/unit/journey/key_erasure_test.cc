// A customer who is forgotten by keys.
#include <gtest/gtest.h>

#include "unit/journey/book_desk.h"

namespace kaiku::journey {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using model::EntryKind;
using model::KeyEntryMessage;
using model::KeyQuestionMessage;

const EventTime kMonday = base::days_from_civil(2026, 3, 2) * kDay;

KeyPlan plan() {
  KeyPlan plan;
  plan.look_back = 10 * kDay;
  plan.order_delay_max = 3 * kDay;
  plan.lateness = 10 * kMinute;
  plan.touches_per_day = 20;
  return plan;
}

KeyEntryMessage touch(uint64_t number,
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

KeyEntryMessage order(uint64_t number, EventTime at, uint64_t customer = 1) {
  KeyEntryMessage message = touch(number, at, "web", customer);
  message.kind = EntryKind::kOrder;
  return message;
}

KeyQuestionMessage question(uint64_t asker,
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

TEST(KeyBook, ACustomerWhoIsForgottenBeginsAnewAndNothingIsToldOfIt) {
  KeyDesk desk(plan());
  desk.accept(touch(1, kMonday));
  desk.accept(order(2, kMonday + kHour));
  desk.ask(question(1, kMonday + kHour));
  desk.accept(touch(3, kMonday + 5 * kHour));
  desk.accept(touch(4, kMonday, "x", 2));
  const EventTime at = kMonday + 3 * kHour;
  desk.advance(at + plan().lateness);
  const auto before = bytes_of(desk.sums);
  const auto answers = desk.answers;
  model::ErasureMessage request;
  request.request = id(9);
  request.at = at;
  request.has_customer = true;
  request.customer = id(1);
  model::ErasedCounts counts{};
  ASSERT_TRUE(desk.book().forget(request, counts).is_ok());
  EXPECT_EQ(counts[static_cast<size_t>(model::Erased::kTouches)], 2U);
  EXPECT_EQ(counts[static_cast<size_t>(model::Erased::kQuestions)], 1U);
  EXPECT_EQ(bytes_of(desk.sums), before);
  EXPECT_EQ(desk.answers, answers);
  desk.reopen();
  // The next order finds the touch that came after, and no order before it.
  desk.accept(order(5, kMonday + 8 * kHour));
  desk.ask(question(2, kMonday + 8 * kHour));
  desk.advance(kMonday + kDay);
  const HeardAnswer& heard = desk.answers.at({id(1), id(5'002), 1});
  ASSERT_EQ(heard.entries.size(), 1U);
  EXPECT_EQ(std::get<0>(heard.entries[0]), kMonday + 5 * kHour);
  EXPECT_FALSE(heard.earlier_order);
  ASSERT_TRUE(desk.book().forget(request, counts).is_ok());
  EXPECT_EQ(counts[static_cast<size_t>(model::Erased::kTouches)], 2U) << "once is enough";
}

}  // namespace
}  // namespace kaiku::journey
