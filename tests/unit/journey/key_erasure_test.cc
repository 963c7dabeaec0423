// A customer who is forgotten by keys.
#include <gtest/gtest.h>

#include "unit/journey/book_desk.h"
#include "unit/journey/key_messages.h"

namespace kaiku::journey {
namespace {

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
