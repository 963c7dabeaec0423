#include "kaiku/journey/opening_book.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

#include "unit/journey/book_desk.h"
#include "unit/journey/key_messages.h"

namespace kaiku::journey {
namespace {

// Sketches of one problem agree in half of their slots or more, those of two in none.
model::TextSketch sketch_of(uint16_t problem, size_t changed = 0) {
  model::TextSketch sketch{};
  for (size_t i = 0; i < sketch.size(); ++i) {
    sketch[i] = static_cast<uint16_t>(problem * 100 + i + (i < changed ? 50 : 0));
  }
  return sketch;
}

model::OpeningMessage opening(uint64_t number,
                              EventTime at,
                              std::string_view channel,
                              uint16_t problem = 1) {
  model::OpeningMessage message;
  message.customer = id(1);
  message.id = id(1'000 + number);
  message.at = at;
  message.brand = "kirkas";
  message.channel = channel;
  message.part = {id(2'000 + number), true, sketch_of(problem)};
  return message;
}

class OpeningDesk {
 public:
  OpeningDesk() { open(); }

  void accept(const model::OpeningMessage& message) {
    ASSERT_TRUE(book_->accept(message, sink()).is_ok());
  }

  void advance(EventTime to) { ASSERT_TRUE(book_->advance(to, to, sink()).is_ok()); }

  void reopen() {
    vault_.reopen();
    open();
  }

  [[nodiscard]] OpeningBook& book() { return *book_; }

  // "continued/openings" of a channel.
  [[nodiscard]] std::string share(const std::string& channel) const {
    aggregate::AttributionFigures all;
    for (const auto& [where, figures] : sums) {
      if (std::get<2>(where) == channel) {
        EXPECT_TRUE(all.merge(figures));
      }
    }
    return std::to_string(all.continued_elsewhere) + "/" + std::to_string(all.customer_openings);
  }

  [[nodiscard]] size_t rows() {
    size_t count = 0;
    EXPECT_TRUE(
        vault_.tables().scan(state::TableId::kOpenings, [&](auto, auto) { ++count; }).is_ok());
    return count;
  }

  Figures sums;

 private:
  OpeningBook::Sink sink() {
    return [this](const auto& key, const auto& figures) { add(sums, key, figures); };
  }

  void open() {
    book_ = std::make_unique<OpeningBook>(plan(), vault_.tables());
    ASSERT_TRUE(book_->load().is_ok());
  }

  Vault vault_;
  std::unique_ptr<OpeningBook> book_;
};

TEST(OpeningBook, TheSameProblemOnAnotherChannelWithinTwoDaysIsContinued) {
  OpeningDesk desk;
  desk.accept(opening(1, kMonday, "x"));
  desk.accept(opening(2, kMonday + 30 * kHour, "email"));
  desk.accept(opening(3, kMonday + 50 * kHour, "chat"));  // of the mail, not of the post
  desk.accept(opening(4, kMonday + 51 * kHour, "web", 2));
  desk.advance(kMonday + 30 * kHour + plan().lateness - 1);
  EXPECT_EQ(desk.share("email"), "0/0") << "somebody older may come";
  desk.advance(kMonday + 60 * kHour);
  EXPECT_EQ(desk.share("x"), "0/1");
  EXPECT_EQ(desk.share("email"), "1/1");
  EXPECT_EQ(desk.share("chat"), "1/1");
  EXPECT_EQ(desk.share("web"), "0/1");
  EXPECT_EQ(
      (desk.sums[{base::minute_of(kMonday + 50 * kHour), "kirkas", "chat"}].continued_elsewhere),
      1);
}

TEST(OpeningBook, WhatCountsHasItsBounds) {
  OpeningDesk desk;
  desk.accept(opening(1, kMonday, "x"));
  desk.accept(opening(2, kMonday + kContinuedWithin, "email"));         // just in time
  desk.accept(opening(3, kMonday + 2 * kContinuedWithin + 1, "chat"));  // too late
  desk.accept(opening(4, kMonday + 5 * kDay, "web", 2));
  desk.accept(opening(5, kMonday + 5 * kDay + kHour, "web", 2));  // no other channel
  model::OpeningMessage half = opening(6, kMonday + 5 * kDay + 2 * kHour, "forum", 2);
  half.part.sketch = sketch_of(2, model::kTextSketchSlots - kSameProblemSlots);
  desk.accept(half);
  model::OpeningMessage less = opening(7, kMonday + 5 * kDay + 90 * kMinute, "phone", 2);
  less.part.sketch = sketch_of(2, model::kTextSketchSlots - kSameProblemSlots + 1);
  desk.accept(less);
  model::OpeningMessage brief = opening(8, kMonday + 5 * kDay + 4 * kHour, "app", 2);
  brief.part.has_sketch = false;
  desk.accept(brief);
  model::OpeningMessage other = opening(9, kMonday + 5 * kDay + 5 * kHour, "blog", 2);
  other.customer = id(2);
  desk.accept(other);
  desk.advance(kMonday + 10 * kDay);
  EXPECT_EQ(desk.share("email"), "1/1");
  EXPECT_EQ(desk.share("chat"), "0/1");
  EXPECT_EQ(desk.share("web"), "0/2");
  EXPECT_EQ(desk.share("forum"), "1/1") << "half of it is the same";
  EXPECT_EQ(desk.share("phone"), "0/1");
  EXPECT_EQ(desk.share("app"), "0/1") << "too short to be compared";
  EXPECT_EQ(desk.share("blog"), "0/1") << "somebody else";
}

TEST(OpeningBook, AConversationIsOpenedOnce) {
  OpeningDesk desk;
  const auto again = [](uint64_t number, EventTime at) {
    model::OpeningMessage message = opening(number, at, "x");
    message.part.conversation = id(3'000);
    return message;
  };
  desk.accept(again(2, kMonday + 2 * kHour));
  desk.accept(again(1, kMonday + kHour));
  desk.accept(again(3, kMonday + kDay));
  desk.accept(again(1, kMonday + kHour));  // by another connector
  desk.advance(kMonday + 3 * kDay);
  EXPECT_EQ(desk.share("x"), "0/1");
  EXPECT_EQ(
      desk.sums.begin()->first,
      std::make_tuple(base::minute_of(kMonday + kHour), std::string("kirkas"), std::string("x")));
}

TEST(OpeningBook, ALateOneRevisesWhatWasTold) {
  OpeningDesk desk;
  desk.accept(opening(2, kMonday + kHour, "email"));
  desk.advance(kMonday + kDay);
  EXPECT_EQ(desk.share("email"), "0/1");
  desk.reopen();
  desk.accept(opening(1, kMonday, "x"));
  EXPECT_EQ(desk.share("email"), "1/1");
  EXPECT_EQ(desk.share("x"), "0/1");
  desk.advance(kMonday + 2 * kDay);
  EXPECT_EQ(desk.share("x"), "0/1") << "told once";
}

TEST(OpeningBook, ADayWithTooManyIsNobodys) {
  OpeningDesk desk;
  desk.accept(opening(99, kMonday - kHour, "x"));
  for (uint64_t i = 0; i < kOpeningsPerDay; ++i) {
    desk.accept(opening(i, kMonday + static_cast<int64_t>(i) * kMinute, "email"));
  }
  desk.advance(kMonday + kDay);
  EXPECT_EQ(desk.share("email"), "16/16");
  desk.accept(opening(50, kMonday + kHour, "email"));
  EXPECT_EQ(desk.share("email"), "0/0");
  EXPECT_EQ(desk.share("x"), "0/1") << "the day before is another one";
  desk.accept(opening(51, kMonday + 2 * kHour, "email"));
  EXPECT_EQ(desk.share("email"), "0/0");
  EXPECT_EQ(desk.book().counts().full_days, 1U);
}

// What a customer says after the request is the same whether it came before the request or later.
TEST(OpeningBook, AConversationGoesOnAfterItsBeginningIsForgotten) {
  for (const bool comes_later : {false, true}) {
    OpeningDesk desk;
    model::OpeningMessage first = opening(1, kMonday, "x");
    model::OpeningMessage next = opening(2, kMonday + 2 * kHour, "x");
    next.part.conversation = first.part.conversation;
    desk.accept(first);
    if (!comes_later) {
      desk.accept(next);
    }
    desk.advance(kMonday + kHour + plan().lateness);
    model::ErasureMessage request;
    request.at = kMonday + kHour;
    request.has_customer = true;
    request.customer = id(1);
    ASSERT_TRUE(desk.book().forget(request).is_ok());
    if (comes_later) {
      desk.accept(next);
    }
    desk.advance(kMonday + kDay);
    EXPECT_EQ(desk.share("x"), "0/2") << comes_later;
  }
}

TEST(OpeningBook, KeepsDaysAndForgetsWhoAsks) {
  OpeningDesk desk;
  desk.accept(opening(1, kMonday, "x"));
  desk.advance(kMonday + kHour + plan().lateness);
  model::ErasureMessage request;
  request.at = kMonday + kHour;
  request.has_customer = true;
  request.customer = id(1);
  const auto before = bytes_of(desk.sums);
  ASSERT_TRUE(desk.book().forget(request).is_ok());
  EXPECT_EQ(bytes_of(desk.sums), before);
  EXPECT_EQ(desk.rows(), 1U) << "the watermarks";
  desk.accept(opening(2, kMonday + 2 * kHour, "email"));
  desk.advance(kMonday + 2 * kDay);
  EXPECT_EQ(desk.share("email"), "0/1") << "nobody knows of the post any more";
  desk.reopen();
  desk.advance(kMonday + plan().order_delay_max + kContinuedWithin + 3 * kDay);
  EXPECT_EQ(desk.rows(), 1U);
  EXPECT_EQ(desk.book().counts().expired, 0U);
  desk.accept(opening(3, kMonday, "x"));
  EXPECT_EQ(desk.book().counts().expired, 1U);
}

// A naive count over the whole set, at once.
std::map<std::string, std::string> naive(const std::vector<model::OpeningMessage>& all) {
  std::map<std::string, std::pair<int, int>> shares;
  for (const model::OpeningMessage& one : all) {
    bool continued = false;
    for (const model::OpeningMessage& old : all) {
      continued = continued || (std::pair(old.at, old.id) < std::pair(one.at, one.id) &&
                                one.at - old.at <= 48 * kHour && old.channel != one.channel &&
                                old.part.sketch == one.part.sketch);
    }
    auto& [part, whole] = shares[std::string(one.channel)];
    part += continued ? 1 : 0;
    ++whole;
  }
  std::map<std::string, std::string> told;
  for (const auto& [channel, share] : shares) {
    told[channel] = std::to_string(share.first) + "/" + std::to_string(share.second);
  }
  return told;
}

TEST(OpeningBook, TellsTheSameWhateverCameFirst) {
  constexpr std::array<std::string_view, 3> kChannels = {"x", "email", "chat"};
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    base::Prng prng(seed);
    std::vector<model::OpeningMessage> all;
    for (uint64_t i = 0; i < 30; ++i) {
      all.push_back(opening(i,
                            kMonday + static_cast<int64_t>(prng.below(6 * 24 * 60)) * kMinute,
                            kChannels[prng.below(3)],
                            static_cast<uint16_t>(prng.below(4))));
    }
    OpeningDesk desk;
    for (size_t i = all.size(); i > 1; --i) {
      std::swap(all[i - 1], all[prng.below(i)]);
    }
    for (size_t i = 0; i < all.size(); ++i) {
      desk.accept(all[i]);
      if (prng.below(4) == 0) {
        // Time goes on, but nothing is forgotten that may still be told.
        desk.advance(kMonday + static_cast<int64_t>(prng.below(3 * 24)) * kHour);
      }
      if (prng.below(8) == 0) {
        desk.reopen();
      }
    }
    desk.advance(kMonday + 20 * kDay);
    for (const auto& [channel, share] : naive(all)) {
      EXPECT_EQ(desk.share(channel), share) << "seed " << seed << ", " << channel;
    }
    EXPECT_EQ(desk.book().counts().expired, 0U);
    EXPECT_EQ(desk.book().counts().full_days, 0U);
  }
}

}  // namespace
}  // namespace kaiku::journey
