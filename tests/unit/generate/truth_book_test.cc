// Hand-made facts, told in a hand-made order: every rule of the truth once, with figures worked out
// on paper.
#include "generate/truth_book.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "kaiku/money/decimal.h"

#include "generate/vocabulary.h"

namespace kaiku::generate {
namespace {

using base::kDay;
using base::kMinute;
using base::kSecond;
using model::BusinessKind;
using model::DuplicateKind;
using model::ErrorClass;
using model::ItemType;
using model::Relation;
using model::Sentiment;
using Kind = Delivery::Kind;

const base::EventTime kNoon = (base::days_from_civil(2026, 3, 2) * 24 + 12) * base::kHour;

template <typename Enum>
size_t index(Enum value) {
  return static_cast<size_t>(value);
}

class TruthBookTest : public testing::Test {
 protected:
  TruthBookTest() : brands(make_brands(2)), book(options, brands) {
    options.posts_partitions = 4;
    for (uint32_t slot = 0; slot < 8; ++slot) {
      book.open_slot(slot);
    }
  }

  static Post post(base::EventTime at) {
    Post p;
    p.number = 42;
    p.occurred_at = at;
    p.brands[0] = 0;
    p.brand_count = 1;
    p.author = 7;
    p.label = Sentiment::kPositive;
    return p;
  }

  static Delivery delivery(Kind kind, base::EventTime kafka_time, uint32_t slot = 0) {
    Delivery d;
    d.kind = kind;
    d.kafka_time = kafka_time;
    d.observed_at = kafka_time;
    d.slot = slot;
    return d;
  }

  void tell(const Post& p, Kind kind, base::EventTime kafka_time, uint32_t slot = 0) {
    book.take_post(p, delivery(kind, kafka_time, slot));
  }

  // Version `revision` of an edit, or number of a poll.
  void tell_again(const Post& p, Kind kind, base::EventTime kafka_time, uint8_t revision) {
    Delivery d = delivery(kind, kafka_time);
    d.revision = revision;
    book.take_post(p, d);
  }

  void tell_deal(const Deal& deal, base::EventTime kafka_time) {
    Delivery d = delivery(Kind::kDeal, kafka_time);
    d.source = Source::kOrders;
    book.take_deal(deal, d);
  }

  static Deal order(uint32_t business, std::string_view amount, std::string_view currency) {
    Deal deal;
    deal.business = business;
    deal.order = business;
    deal.brand = 0;
    deal.occurred_at = kNoon;
    deal.amount_micros = money::parse_decimal(amount)->micros;
    deal.currency = *money::parse_currency(currency);
    return deal;
  }

  Truth truth() const { return book.truth(rates); }

  // The figures of an hour; zeros if there are none.
  static Figures hour(const Truth& t,
                      std::string_view brand = "kirkas",
                      std::string_view channel = "x",
                      ItemType type = ItemType::kMention) {
    const Cell* cell = t.find(Window::kHour, kNoon, brand, channel, type);
    return cell == nullptr ? Figures{} : cell->figures;
  }

  Options options;
  std::vector<Brand> brands;
  TruthBook book;
  std::string rates = "currency,date,rate\nUSD,2026-03-02,0.5\nUSD,2026-03-03,0.9\n";
};

TEST_F(TruthBookTest, CopiesAreRedeliveriesOrTheSameItemWhateverTheirOrder) {
  const Post p = post(kNoon);
  constexpr std::array<uint8_t, 5> kConnectors = {1, 0, 1, 0, 0};
  for (const uint8_t connector : kConnectors) {
    Delivery d = delivery(Kind::kCreate, kNoon + kSecond);
    d.connector = connector;
    d.partition = connector;
    book.take_post(p, d);
  }
  const Truth t = truth();
  const Outcomes& posts = t.sources[0];
  EXPECT_EQ(posts.records, 5U);
  EXPECT_EQ(posts.counted, 1U);
  EXPECT_EQ(posts.duplicates[index(DuplicateKind::kRedelivery)], 3U);
  EXPECT_EQ(posts.duplicates[index(DuplicateKind::kSameItem)], 1U);
  EXPECT_EQ(hour(t).count_total(), 1);
  EXPECT_EQ(hour(t).suppressed[index(DuplicateKind::kRedelivery)], 3);
  EXPECT_EQ(hour(t).suppressed[index(DuplicateKind::kSameItem)], 1);
  EXPECT_EQ(hour(t).unique_authors, 1);
}

TEST_F(TruthBookTest, CountersAreBookedByTheirDifferenceWhenTheyWereSeen) {
  const Post p = post(kNoon);
  tell(p, Kind::kCreate, kNoon + kSecond);
  const base::EventTime later = kNoon + 70 * kMinute;
  tell_again(p, Kind::kMetrics, later, 1);
  tell_again(p, Kind::kMetrics, later + kMinute, 2);
  tell_again(p, Kind::kMetrics, later, 1);  // seen before
  const Truth t = truth();
  EXPECT_EQ(t.sources[0].duplicates[index(DuplicateKind::kRepoll)], 2U);
  EXPECT_EQ(t.sources[0].duplicates[index(DuplicateKind::kRedelivery)], 1U);
  const Cell* day =
      t.find(Window::kDay, kNoon - 12 * base::kHour, "kirkas", "x", ItemType::kMention);
  const Cell* next_hour =
      t.find(Window::kHour, kNoon + base::kHour, "kirkas", "x", ItemType::kMention);
  ASSERT_NE(day, nullptr);
  ASSERT_NE(next_hour, nullptr);
  EXPECT_EQ(next_hour->figures.count_total(), 0);
  EXPECT_EQ(next_hour->figures.suppressed[index(DuplicateKind::kRepoll)], 2);
  EXPECT_EQ(hour(t).suppressed[index(DuplicateKind::kRedelivery)], 1);
  // After all polls the day holds each counter as it was last known.
  for (size_t i = 0; i < kCounters; ++i) {
    int64_t last = 0;
    for (const uint32_t poll : {0U, 1U, 2U}) {
      const int64_t value = counters_of(p, poll)[i];
      last = value == model::kAbsent ? last : value;
    }
    EXPECT_EQ(day->figures.counters[i], last) << i;
    EXPECT_EQ(hour(t).counters[i] + next_hour->figures.counters[i], last) << i;
  }
}

TEST_F(TruthBookTest, CountersWaitForTheirPost) {
  const Post p = post(kNoon);
  tell_again(p, Kind::kMetrics, kNoon + kMinute, 1);
  book.take_unknown(delivery(Kind::kUnknownMetrics, kNoon));
  EXPECT_EQ(truth().sources[0].duplicates[index(DuplicateKind::kRepoll)], 2U);
  EXPECT_TRUE(truth().cells.empty());
  tell(p, Kind::kCreate, kNoon + kMinute);
  const Truth t = truth();
  EXPECT_EQ(hour(t).suppressed[index(DuplicateKind::kRepoll)], 1);
  for (size_t i = 0; i < kCounters; ++i) {
    const int64_t first = counters_of(p, 0)[i];
    const int64_t later = counters_of(p, 1)[i];
    EXPECT_EQ(hour(t).counters[i],
              later != model::kAbsent   ? later
              : first != model::kAbsent ? first
                                        : 0)
        << i;
  }
}

TEST_F(TruthBookTest, TheLatestEditHoldsWhateverTheOrder) {
  const Post p = post(kNoon);
  tell_again(p, Kind::kUpdate, kNoon + 2 * kMinute, 2);
  tell(p, Kind::kCreate, kNoon + 2 * kMinute);
  tell_again(p, Kind::kUpdate, kNoon + kMinute, 1);
  tell_again(p, Kind::kUpdate, kNoon + kMinute, 1);
  const Truth t = truth();
  EXPECT_EQ(t.sources[0].counted, 3U);
  EXPECT_EQ(t.sources[0].duplicates[index(DuplicateKind::kRedelivery)], 1U);
  EXPECT_EQ(hour(t).edits, 2);
  // Positive, edited twice: neutral comes after the negative one.
  EXPECT_EQ(label_of(p, 1), Sentiment::kNegative);
  EXPECT_EQ(label_of(p, 2), Sentiment::kNeutral);
  const std::array<int64_t, 4> one_neutral = {0, 0, 1, 0};
  EXPECT_EQ(hour(t).sentiment, one_neutral);
}

TEST_F(TruthBookTest, ADeletionIsCountedOnceAndThePostStays) {
  const Post p = post(kNoon);
  tell(p, Kind::kDelete, kNoon + kSecond);
  tell(p, Kind::kCreate, kNoon + 2 * kSecond);
  tell(p, Kind::kDelete, kNoon + 3 * kSecond);
  const Truth t = truth();
  EXPECT_EQ(t.sources[0].counted, 2U);
  EXPECT_EQ(hour(t).deletions, 1);
  EXPECT_EQ(hour(t).count_total(), 1);
  EXPECT_EQ(hour(t).suppressed[index(DuplicateKind::kRedelivery)], 1);
}

TEST_F(TruthBookTest, TwoBrandsCountInBothCellsAndNoneInOther) {
  Post two = post(kNoon);
  two.brands[1] = 1;
  two.brand_count = 2;
  two.relation = Relation::kQuote;
  Post none = post(kNoon);
  none.brand_count = 0;
  tell(two, Kind::kCreate, kNoon, 0);
  tell(none, Kind::kCreate, kNoon, 1);
  const Truth t = truth();
  EXPECT_EQ(t.sources[0].counted, 2U);
  for (const std::string_view brand : {"kirkas", "tuuli"}) {
    EXPECT_EQ(hour(t, brand).by_relation[index(Relation::kQuote)], 1);
    EXPECT_EQ(hour(t, brand).count_original(), 0);
  }
  EXPECT_EQ(hour(t, "_other").count_original(), 1);
}

TEST_F(TruthBookTest, LateIsWhatItsOwnPartitionHasLeftBehind) {
  const int64_t allowed = options.out_of_orderness_us + options.lateness_us;
  Post p = post(kNoon);
  tell(p, Kind::kCreate, kNoon, 0);
  p.occurred_at = kNoon - allowed;
  tell(p, Kind::kCreate, kNoon, 1);
  p.occurred_at = kNoon - allowed - 1;
  tell(p, Kind::kCreate, kNoon, 2);
  EXPECT_EQ(truth().sources[0].late, 1U);
  Delivery elsewhere = delivery(Kind::kCreate, kNoon, 3);
  elsewhere.partition = 1;
  book.take_post(p, elsewhere);
  EXPECT_EQ(truth().sources[0].late, 1U);
  EXPECT_EQ(truth().sources[0].counted, 3U);
  // A deletion never is: its observation is old, but nothing is lost by it.
  Delivery removal = delivery(Kind::kDelete, kNoon, 0);
  removal.observed_at = kNoon - 20 * kDay;
  book.take_post(p, removal);
  EXPECT_EQ(truth().sources[0].late, 1U);
  EXPECT_EQ(truth().sources[0].counted, 4U);
}

TEST_F(TruthBookTest, AClaimOfTheFutureMovesNothing) {
  Post p = post(kNoon + options.max_future_us + 1);
  tell(p, Kind::kCreate, kNoon, 0);
  EXPECT_EQ(truth().sources[0].dead_letters[index(ErrorClass::kFuture)], 1U);
  p.occurred_at = kNoon + options.max_future_us;
  tell(p, Kind::kCreate, kNoon, 1);
  p.occurred_at = kNoon - options.out_of_orderness_us - options.lateness_us;
  tell(p, Kind::kCreate, kNoon, 2);
  EXPECT_EQ(truth().sources[0].counted, 2U) << "the log's own time bounds what a claim can move";
}

TEST_F(TruthBookTest, TooOldIsADeadLetterBeforeItIsLate) {
  tell(post(kNoon - options.max_age_us), Kind::kCreate, kNoon, 0);
  EXPECT_EQ(truth().sources[0].counted, 1U);
  tell(post(kNoon), Kind::kCreate, kNoon, 1);
  tell(post(kNoon - options.max_age_us - 1), Kind::kCreate, kNoon, 2);
  EXPECT_EQ(truth().sources[0].dead_letters[index(ErrorClass::kTooOld)], 1U);
  EXPECT_EQ(truth().sources[0].late, 0U);
}

TEST_F(TruthBookTest, TheHighestVersionOfAnOrderIsBooked) {
  Deal first = order(0, "10.00", "USD");
  Deal second = order(0, "8.00", "EUR");
  second.version = 2;
  tell_deal(second, kNoon);
  tell_deal(first, kNoon);
  tell_deal(second, kNoon);
  const Truth t = truth();
  EXPECT_EQ(t.sources[2].counted, 2U);
  EXPECT_EQ(t.sources[2].duplicates[index(DuplicateKind::kBusiness)], 1U);
  const Figures figures = hour(t, "kirkas", "web", ItemType::kBusinessEvent);
  EXPECT_EQ(figures.orders, 1);
  EXPECT_EQ(figures.count_total(), 0);
  EXPECT_EQ(figures.suppressed[index(DuplicateKind::kBusiness)], 1);
  ASSERT_EQ(t.booked.size(), 1U);
  EXPECT_EQ(t.booked[0].orders, "8.00");
}

TEST_F(TruthBookTest, ARefundTakesTheRateAndTheBrandOfItsOrder) {
  Deal refund = order(1, "-3.00", "USD");
  refund.kind = BusinessKind::kRefund;
  refund.order = 0;
  refund.names_order = true;
  refund.brand = kNoBrand;
  refund.occurred_at = kNoon + kDay;
  tell_deal(refund, kNoon + kDay);
  ASSERT_EQ(truth().booked.size(), 1U);
  EXPECT_EQ(truth().booked[0].brand, "_other");
  EXPECT_EQ(truth().booked[0].refunds, "2.70");
  tell_deal(order(0, "10.00", "USD"), kNoon + kDay);
  const Truth t = truth();
  ASSERT_EQ(t.booked.size(), 2U);
  EXPECT_EQ(t.booked[0].orders, "5.00");
  EXPECT_EQ(t.booked[1].brand, "kirkas");
  EXPECT_EQ(t.booked[1].refunds, "1.50");
}

TEST_F(TruthBookTest, WhatIsCancelledDeletedOrATestIsNotBooked) {
  Deal cancellation = order(1, "0", "EUR");
  cancellation.kind = BusinessKind::kCancellation;
  cancellation.names_order = true;
  cancellation.order = 0;
  Deal removal = order(2, "5.00", "EUR");
  removal.version = 99;
  removal.removed = true;
  Deal test = order(3, "5.00", "EUR");
  test.test = true;
  Deal spend = order(4, "1.234567", "EUR");
  spend.kind = BusinessKind::kAdSpend;
  for (const Deal& deal :
       {cancellation, order(0, "9.00", "EUR"), order(2, "5.00", "EUR"), removal, test, spend}) {
    tell_deal(deal, kNoon);
  }
  const Truth t = truth();
  EXPECT_EQ(t.sources[2].counted, 5U);
  EXPECT_EQ(t.sources[2].ignored, 1U);
  const Figures figures = hour(t, "kirkas", "web", ItemType::kBusinessEvent);
  EXPECT_EQ(figures.orders, 0);
  EXPECT_EQ(figures.spends, 1);
  ASSERT_EQ(t.booked.size(), 1U);
  EXPECT_EQ(t.booked[0].orders, "0.00");
  EXPECT_EQ(t.booked[0].spend, "1.23");
}

TEST_F(TruthBookTest, BusinessEventsAreNeverLateOrTooOld) {
  tell_deal(order(0, "1.00", "EUR"), kNoon);
  Deal old = order(1, "2.00", "EUR");
  old.occurred_at = kNoon - 400 * kDay;
  tell_deal(old, kNoon);
  Deal future = order(2, "4.00", "EUR");
  future.occurred_at = kNoon + options.max_future_us + 1;
  tell_deal(future, kNoon);
  const Truth t = truth();
  EXPECT_EQ(t.sources[2].counted, 2U);
  EXPECT_EQ(t.sources[2].dead_letters[index(ErrorClass::kFuture)], 1U);
}

TEST_F(TruthBookTest, EveryKindOfBrokenRecordHasItsClass) {
  for (const Broken broken :
       {Broken::kTruncated, Broken::kNoTime, Broken::kOversized, Broken::kBadCurrency}) {
    Delivery d = delivery(Kind::kBroken, kNoon);
    d.broken = broken;
    book.take_broken(d);
  }
  const Outcomes posts = truth().sources[0];
  EXPECT_EQ(posts.dead_letters[index(ErrorClass::kParse)], 1U);
  EXPECT_EQ(posts.dead_letters[index(ErrorClass::kSchema)], 1U);
  EXPECT_EQ(posts.dead_letters[index(ErrorClass::kTooLarge)], 1U);
  EXPECT_EQ(posts.dead_letters[index(ErrorClass::kCurrency)], 1U);
  EXPECT_TRUE(truth().balances());
}

TEST_F(TruthBookTest, WritesItselfAsJson) {
  tell(post(kNoon), Kind::kCreate, kNoon);
  tell_deal(order(0, "10.00", "USD"), kNoon);
  const nlohmann::json json = nlohmann::json::parse(truth().to_json());
  EXPECT_EQ(json["balanced"], true);
  EXPECT_EQ(json["sources"][0]["source"], "posts");
  EXPECT_EQ(json["sources"][0]["counted"], 1);
  EXPECT_EQ(json["booked"][0]["booked_orders"], "5.00");
  ASSERT_EQ(json["cells"].size(), 6U);  // two of each window
  const nlohmann::json& day = json["cells"][0];
  EXPECT_EQ(day["window"], "day");
  EXPECT_EQ(day["window_start"], "2026-03-02T00:00:00Z");
  EXPECT_EQ(day["money"][0]["amount"], "10");
  EXPECT_EQ(json["cells"][1]["count_by_relation"]["original"], 1);
}

}  // namespace
}  // namespace kaiku::generate
