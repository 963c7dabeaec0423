#include "kaiku/dedup/item_table.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <utility>

#include <gtest/gtest.h>

#include "kaiku/base/bytes.h"
#include "kaiku/base/prng.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::dedup {
namespace {

using model::ItemMessage;
using model::Op;
using model::Sentiment;

constexpr base::EventTime kNoon = 1'772'445'600 * base::kSecond;

ItemMessage create(uint64_t item, uint64_t delivery) {
  ItemMessage m;
  m.item = {item * 0x9e3779b97f4a7c15ULL, item};
  m.delivery = delivery;
  m.occurred_at = m.operation_at = m.version = kNoon;
  m.channel = "x";
  m.brand_count = 1;
  m.brands[0] = "kirkas";
  return m;
}

ItemMessage edit(uint64_t item, uint64_t version, Sentiment label) {
  ItemMessage m = create(item, 1'000 + version);
  m.op = Op::kUpdate;
  m.operation_at = m.version = kNoon + static_cast<int64_t>(version) * base::kSecond;
  m.version_tag = version * 31;
  m.sentiment = label;
  return m;
}

class ItemTableTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    auto opened = state::open_tables(store_, "test", 0);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    tables_ = std::move(opened).value();
    table_ = std::make_unique<ItemTable>(*tables_);
    ASSERT_TRUE(table_->load().is_ok());
  }

  void commit() {
    table_->seal(++epoch_);
    (void)tables_->seal();
    ASSERT_TRUE(tables_->commit({epoch_, static_cast<int64_t>(epoch_)}).is_ok());
  }

  Decision decide(const ItemMessage& message) {
    return table_->decide(message, message.occurred_at);
  }

  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  std::unique_ptr<ItemTable> table_;
  uint64_t epoch_ = 0;
};

TEST_F(ItemTableTest, TellsARedeliveryFromTheSameItemOfAnotherConnector) {
  EXPECT_EQ(decide(create(1, 10)).verdict, Verdict::kNew);
  EXPECT_EQ(decide(create(1, 10)).verdict, Verdict::kRedelivery);
  EXPECT_EQ(decide(create(1, 20)).verdict, Verdict::kSameItem);
  EXPECT_EQ(decide(create(1, 20)).verdict, Verdict::kRedelivery);
  EXPECT_EQ(decide(create(2, 10)).verdict, Verdict::kNew);
}

TEST_F(ItemTableTest, CountsCopiesTheSameWhateverTheirOrder) {
  const std::vector<uint64_t> deliveries = {1, 1, 1, 2, 2, 3};
  base::Prng random(11);
  for (uint64_t round = 0; round < 200; ++round) {
    std::vector<uint64_t> order = deliveries;
    for (size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[random.below(i)]);
    }
    std::map<Verdict, int> verdicts;
    for (const uint64_t delivery : order) {
      ++verdicts[decide(create(100 + round, delivery)).verdict];
    }
    EXPECT_EQ(verdicts[Verdict::kNew], 1);
    EXPECT_EQ(verdicts[Verdict::kRedelivery], 3);
    EXPECT_EQ(verdicts[Verdict::kSameItem], 2);
  }
}

TEST_F(ItemTableTest, LabelsAndDeletionsAreFunctionsOfTheSetOfOperations) {
  base::Prng random(5);
  for (uint64_t round = 0; round < 300; ++round) {
    const uint64_t item = 10'000 + round;
    ItemMessage first = create(item, 1);
    first.sentiment = Sentiment::kNeutral;
    ItemMessage remove = create(item, 9);
    remove.op = Op::kDelete;
    std::vector<ItemMessage> operations = {first,
                                           edit(item, 1, Sentiment::kNegative),
                                           edit(item, 2, Sentiment::kPositive),
                                           edit(item, 2, Sentiment::kPositive),
                                           remove,
                                           remove};
    for (size_t i = operations.size(); i > 1; --i) {
      std::swap(operations[i - 1], operations[random.below(i)]);
    }
    std::map<Sentiment, int> labels;
    int deletions = 0;
    int edits = 0;
    int redeliveries = 0;
    for (const ItemMessage& operation : operations) {
      const Decision decision = decide(operation);
      if (decision.verdict == Verdict::kNew) {
        ++labels[decision.label];
      }
      if (decision.label_moved) {
        --labels[decision.old_label];
        ++labels[decision.label];
      }
      deletions += decision.deletion_counts ? 1 : 0;
      edits += decision.verdict == Verdict::kEdit ? 1 : 0;
      redeliveries += decision.verdict == Verdict::kRedelivery ? 1 : 0;
    }
    EXPECT_EQ(labels[Sentiment::kPositive], 1);
    EXPECT_EQ(labels[Sentiment::kNeutral], 0);
    EXPECT_EQ(labels[Sentiment::kNegative], 0);
    EXPECT_EQ(deletions, 1);
    EXPECT_EQ(edits, 2);
    EXPECT_EQ(redeliveries, 2);
  }
}

ItemMessage poll(uint64_t item, int64_t hours, int64_t likes) {
  ItemMessage m = create(item, 5'000 + static_cast<uint64_t>(hours));
  m.op = Op::kMetrics;
  m.operation_at = kNoon + hours * base::kHour;
  m.counters.likes = likes;
  return m;
}

// What is booked of counters, by minute.
struct Told {
  int64_t likes = 0;
  int64_t reposts = 0;
  int64_t repolls = 0;

  friend bool operator==(const Told&, const Told&) = default;
};

int64_t stated(int64_t counter) {
  return counter == model::kAbsent ? 0 : counter;
}

using Tellings = std::map<int32_t, Told>;

void book(const ItemMessage& message, const Decision& decision, Tellings& sums) {
  if (decision.verdict == Verdict::kNew) {
    Told& told = sums[decision.minute];
    told.likes += stated(message.counters.likes);
    told.reposts += stated(message.counters.reposts);
  }
  for (const Booking& booking : decision.bookings) {
    Told& told = sums[booking.minute];
    told.likes += stated(booking.difference.likes);
    told.reposts += stated(booking.difference.reposts);
    told.repolls += booking.repolls;
  }
}

void drop_nothing(Tellings& sums) {
  std::erase_if(sums, [](const auto& one) { return one.second == Told(); });
}

TEST_F(ItemTableTest, BooksTheDifferenceOfCountersOnce) {
  ItemMessage first = create(1, 1);
  first.counters.likes = 3;
  EXPECT_EQ(decide(first).verdict, Verdict::kNew);
  ItemMessage second = poll(1, 1, 10);
  second.counters.reposts = 2;
  const Decision decision = decide(second);
  EXPECT_EQ(decision.verdict, Verdict::kRepoll);
  ASSERT_EQ(decision.bookings.size(), 1U);
  EXPECT_EQ(decision.bookings[0].difference.likes, 7);
  EXPECT_EQ(decision.bookings[0].difference.reposts, 2);
  EXPECT_EQ(decision.bookings[0].difference.replies, model::kAbsent);
  EXPECT_EQ(decision.bookings[0].repolls, 1);
  EXPECT_EQ(decision.bookings[0].minute, base::minute_of(kNoon + base::kHour));
  EXPECT_EQ(decide(second).verdict, Verdict::kRedelivery);
  EXPECT_TRUE(decide(second).bookings.empty());
  EXPECT_EQ(decide(poll(1, 2, 4)).bookings[0].difference.likes, -6);
}

TEST_F(ItemTableTest, CountersWaitForTheirItem) {
  const Decision early = decide(poll(1, 1, 10));
  EXPECT_EQ(early.verdict, Verdict::kRepoll);
  EXPECT_EQ(early.placement, nullptr);
  EXPECT_TRUE(early.bookings.empty());
  commit();
  open();
  ItemMessage item = create(1, 1);
  item.counters.likes = 3;
  Tellings sums;
  book(item, decide(item), sums);
  EXPECT_EQ(sums[base::minute_of(kNoon)], (Told{3, 0, 0}));
  EXPECT_EQ(sums[base::minute_of(kNoon + base::kHour)], (Told{7, 0, 1}));
}

TEST_F(ItemTableTest, AnObservationBetweenTwoOthersTakesItsPartFromTheYounger) {
  EXPECT_EQ(decide(create(1, 1)).verdict, Verdict::kNew);
  EXPECT_EQ(decide(poll(1, 5, 50)).bookings[0].difference.likes, 50);
  const Decision between = decide(poll(1, 3, 20));
  EXPECT_EQ(between.verdict, Verdict::kRepoll);
  Tellings sums;
  book(poll(1, 3, 20), between, sums);
  EXPECT_EQ(sums[base::minute_of(kNoon + 3 * base::kHour)], (Told{20, 0, 1}));
  EXPECT_EQ(sums[base::minute_of(kNoon + 5 * base::kHour)], (Told{-20, 0, 0}));
}

// Each of an item's copies and observations, sorted by time, gains over the one before.
Tellings naive_tellings(const std::vector<ItemMessage>& messages) {
  std::map<base::EventTime, std::pair<model::Counters, bool>> seen;  // and: with the item
  bool is_plain = false;
  for (const ItemMessage& m : messages) {
    is_plain = is_plain || (m.op == Op::kCreate && !m.polled);
    const bool of_item = m.op == Op::kCreate;
    auto& [counters, has_item] = seen[of_item && !m.polled ? base::kTimeBegin : m.operation_at];
    counters.likes = std::max(counters.likes, m.counters.likes);
    counters.reposts = std::max(counters.reposts, m.counters.reposts);
    has_item = has_item || of_item;
  }
  Tellings sums;
  model::Counters last;
  bool had_item = false;
  for (const auto& [at, one] : seen) {
    const auto& [counters, of_item] = one;
    const bool is_first = of_item && !had_item;
    had_item = had_item || of_item;
    Told& told = sums[base::minute_of(is_first ? kNoon : at)];
    if (counters.likes != model::kAbsent) {
      told.likes += counters.likes - stated(std::exchange(last.likes, counters.likes));
    }
    if (counters.reposts != model::kAbsent) {
      told.reposts += counters.reposts - stated(std::exchange(last.reposts, counters.reposts));
    }
    told.repolls += is_first ? 0 : 1;
  }
  drop_nothing(sums);
  return sums;
}

TEST_F(ItemTableTest, CountersAreAFunctionOfTheSetOfObservations) {
  base::Prng random(23);
  int most = 0;
  for (uint64_t round = 0; round < 1'500; ++round) {
    const uint64_t item = 20'000 + round;
    std::vector<ItemMessage> messages;
    const uint64_t copies = 1 + random.below(3);
    const bool mixed = random.chance(1, 2);
    for (uint64_t i = 0; i < copies + random.below(6); ++i) {
      const auto hour = static_cast<int64_t>(1 + random.below(8));
      ItemMessage m =
          poll(item,
               hour,
               random.chance(1, 4) ? model::kAbsent : static_cast<int64_t>(random.below(90)));
      m.counters.reposts =
          random.chance(1, 3) ? static_cast<int64_t>(random.below(9)) : model::kAbsent;
      if (i < copies) {
        m.op = Op::kCreate;
        m.delivery = 100 + i;
        m.polled = mixed && random.chance(1, 2);
        m.operation_at = m.polled ? m.operation_at + base::kMinute : kNoon;
      }
      messages.push_back(m);
    }
    const Tellings expected = naive_tellings(messages);
    for (size_t i = messages.size(); i > 1; --i) {
      std::swap(messages[i - 1], messages[random.below(i)]);
    }
    Tellings sums;
    int repolls = 0;
    for (const ItemMessage& m : messages) {
      const Decision decision = decide(m);
      book(m, decision, sums);
      repolls += decision.verdict == Verdict::kRepoll ? 1 : 0;
      EXPECT_FALSE(decision.counters_lost);
      if (random.chance(1, 10)) {
        commit();
        open();
      }
    }
    drop_nothing(sums);
    ASSERT_EQ(sums, expected) << round;
    int64_t told = 0;
    for (const auto& [minute, one] : sums) {
      told += one.repolls;
    }
    ASSERT_EQ(repolls, told) << round;
    most = std::max(most, repolls);
  }
  EXPECT_GT(most, 4);
}

TEST_F(ItemTableTest, KeepsAsOneWhatNothingComesBetween) {
  EXPECT_EQ(decide(create(1, 1)).verdict, Verdict::kNew);
  const size_t bytes = table_->memory_bytes();
  Tellings sums;
  for (int64_t hour = 1; hour <= 500; ++hour) {
    table_->settle(kNoon + (hour - 2) * base::kHour);
    const ItemMessage m = poll(1, hour, hour * 10);
    book(m, decide(m), sums);
  }
  EXPECT_LT(table_->memory_bytes(), bytes + 600);
  EXPECT_EQ(sums.size(), 500U);
  const Decision late = decide(poll(1, 3, 7));  // of a straggler
  EXPECT_TRUE(late.counters_lost);
  EXPECT_EQ(late.verdict, Verdict::kRedelivery);
  EXPECT_TRUE(late.bookings.empty());
  EXPECT_EQ(decide(poll(1, 501, 5'020)).bookings[0].difference.likes, 20);
}

TEST_F(ItemTableTest, KeepsNoMoreObservationsThanItMay) {
  for (int64_t hour = 1; hour <= 3 * static_cast<int64_t>(kObservationsKept); ++hour) {
    EXPECT_EQ(decide(poll(1, hour, hour)).verdict, Verdict::kRepoll);
  }
  commit();
  open();
  Tellings sums;
  const ItemMessage item = create(1, 1);
  book(item, decide(item), sums);
  Told sum;
  for (const auto& [minute, told] : sums) {
    sum.likes += told.likes;
    sum.repolls += told.repolls;
  }
  EXPECT_EQ(sum.likes, 3 * static_cast<int64_t>(kObservationsKept));
  EXPECT_LE(sum.repolls, static_cast<int64_t>(kObservationsKept));
  EXPECT_EQ(decide(poll(1, 200, 100)).bookings[0].difference.likes, 4);
}

TEST_F(ItemTableTest, SeesCopiesThatDisagree) {
  EXPECT_FALSE(decide(create(1, 1)).conflict);
  ItemMessage other = create(1, 2);
  other.brands[0] = "tuuli";
  EXPECT_TRUE(decide(other).conflict);
  EXPECT_FALSE(decide(create(1, 3)).conflict);
}

TEST_F(ItemTableTest, RemembersEverythingAcrossARestart) {
  ItemMessage counted = create(1, 1);
  counted.counters.likes = 5;
  counted.sentiment = Sentiment::kNegative;
  EXPECT_EQ(decide(counted).verdict, Verdict::kNew);
  EXPECT_EQ(decide(create(1, 2)).verdict, Verdict::kSameItem);
  EXPECT_EQ(decide(edit(2, 1, Sentiment::kPositive)).verdict, Verdict::kEdit);
  commit();
  EXPECT_EQ(decide(create(3, 1)).verdict, Verdict::kNew);
  commit();
  EXPECT_EQ(decide(create(4, 1)).verdict, Verdict::kNew);  // never committed
  open();
  EXPECT_EQ(decide(create(1, 1)).verdict, Verdict::kRedelivery);
  EXPECT_EQ(decide(create(1, 2)).verdict, Verdict::kRedelivery);
  EXPECT_EQ(decide(create(3, 1)).verdict, Verdict::kRedelivery);
  EXPECT_EQ(decide(create(4, 1)).verdict, Verdict::kNew);
  const Decision after = decide(create(2, 1));
  EXPECT_EQ(after.verdict, Verdict::kNew);
  EXPECT_EQ(after.label, Sentiment::kPositive);
  EXPECT_EQ(decide(poll(1, 1, 6)).bookings[0].difference.likes, 1);
  EXPECT_EQ(decide(edit(1, 9, Sentiment::kPositive)).old_label, Sentiment::kNegative);
}

TEST_F(ItemTableTest, ForgetsWholeBucketsAndNothingElse) {
  ItemMessage old = create(1, 1);
  EXPECT_EQ(decide(old).verdict, Verdict::kNew);
  ItemMessage young = create(2, 1);
  young.occurred_at += 3 * base::kHour;
  EXPECT_EQ(decide(young).verdict, Verdict::kNew);
  commit();
  table_->forget(kNoon + 59 * base::kMinute);
  EXPECT_EQ(decide(old).verdict, Verdict::kRedelivery);
  table_->forget(kNoon + base::kHour);
  commit();
  EXPECT_EQ(table_->entries(), 1U);
  open();
  EXPECT_EQ(table_->entries(), 1U);
  EXPECT_EQ(decide(young).verdict, Verdict::kRedelivery);
  EXPECT_EQ(decide(old).verdict, Verdict::kNew);
}

// One table lives through, the other one is read back from its store again and again; a set says
// what is new. Items come in many buckets, in any order, and whole buckets are forgotten.
TEST_F(ItemTableTest, ARestoredTableDecidesAsTheOneThatLivedThrough) {
  state::MemoryStore other_store;
  auto other_tables = state::open_tables(other_store, "other", 0);
  ASSERT_TRUE(other_tables.has_value());
  ItemTable lasting(**other_tables);
  base::Prng random(41);
  std::map<uint64_t, int64_t> counted;  // item -> its hour
  int64_t forgotten = 0;
  for (int step = 0; step < 20'000; ++step) {
    const uint64_t item = 1 + random.below(3'000);
    const auto hour = static_cast<int64_t>(item % 40);  // the time of an item belongs to its id
    if (hour < forgotten) {
      continue;
    }
    ItemMessage m = create(item, random.below(4));
    m.occurred_at = kNoon + hour * base::kHour;
    m.operation_at = m.version = m.occurred_at + static_cast<int64_t>(random.below(500));
    m.version_tag = random.below(5);
    m.op = static_cast<Op>(random.below(4));
    m.polled = random.chance(1, 8);
    m.sentiment = static_cast<Sentiment>(random.below(4));
    m.counters.likes =
        random.chance(1, 3) ? static_cast<int64_t>(random.below(50)) : model::kAbsent;
    m.brand_count = static_cast<uint8_t>(1 + random.below(2));
    m.brands[0] = random.chance(1, 20) ? "tuuli" : "kirkas";
    m.brands[1] = "lumi";
    const Decision ours = decide(m);
    const Decision theirs = lasting.decide(m, m.occurred_at);
    ASSERT_EQ(ours.verdict, theirs.verdict) << step;
    ASSERT_EQ(ours.verdict == Verdict::kNew,
              m.op == Op::kCreate && counted.emplace(item, hour).second);
    ASSERT_EQ(ours.label, theirs.label);
    ASSERT_EQ(ours.label_moved, theirs.label_moved);
    ASSERT_EQ(ours.deletion_counts, theirs.deletion_counts);
    ASSERT_EQ(ours.conflict, theirs.conflict);
    ASSERT_EQ(ours.minute, theirs.minute);
    ASSERT_EQ(ours.bookings.size(), theirs.bookings.size());
    for (size_t i = 0; i < ours.bookings.size(); ++i) {
      ASSERT_EQ(ours.bookings[i].minute, theirs.bookings[i].minute);
      ASSERT_EQ(ours.bookings[i].repolls, theirs.bookings[i].repolls);
      ASSERT_EQ(ours.bookings[i].difference.likes, theirs.bookings[i].difference.likes);
    }
    ASSERT_EQ(ours.placement == nullptr, theirs.placement == nullptr);
    if (ours.placement != nullptr) {
      ASSERT_EQ(*ours.placement, *theirs.placement);
    }
    ASSERT_EQ(table_->entries(), lasting.entries());
    ASSERT_EQ(table_->memory_bytes(), lasting.memory_bytes());
    if (random.chance(1, 2'000)) {
      ++forgotten;
      table_->forget(kNoon + forgotten * base::kHour);
      lasting.forget(kNoon + forgotten * base::kHour);
      std::erase_if(counted, [&](const auto& entry) { return entry.second < forgotten; });
    }
    if (random.chance(1, 300)) {
      commit();
      if (random.chance(1, 2)) {
        open();
      }
    }
  }
  EXPECT_GT(forgotten, 3);
}

// Layouts 1 and 2: what stores of earlier versions hold of an item and its counters.
class ItemTableLayoutTest : public ItemTableTest {
 protected:
  static constexpr base::EventTime kSeen = kNoon + base::kHour;

  // A table that has read `item`, which was read with 30 likes at kSeen.
  std::unique_ptr<ItemTable> read(uint8_t layout, const ItemMessage& item) {
    std::string value;
    base::ByteWriter out(value);
    out.u8(layout);
    out.varint(1);
    out.bytes("x");
    out.u8(static_cast<uint8_t>(item.type));
    out.u8(1);
    out.bytes("kirkas");
    out.varint(1);
    out.digest(item.item);
    out.u8(1 | 8);  // created, with counters
    out.u8(0);
    out.svarint(base::minute_of(kNoon));
    out.varint(0);
    out.u64(item.delivery);
    out.svarint(kNoon);
    out.u64(0);
    if (layout == 2) {
      out.varint(2);
      out.svarint(base::kTimeBegin);
      out.u8(1);  // of the item
      out.u8(1);
      out.svarint(25);
    }
    out.svarint(kSeen);
    if (layout == 2) {
      out.u8(0);
    }
    out.u8(1);
    out.svarint(30);
    out.varint(0);
    std::string key = "\x80";
    const auto bucket = static_cast<uint32_t>(kNoon / ItemTable::kBucketWidth);
    for (const unsigned shift : {16U, 8U, 0U}) {
      key += static_cast<char>(bucket >> shift);
    }
    tables_->put(state::TableId::kDedup, key + std::string(12, '\0'), value);
    auto table = std::make_unique<ItemTable>(*tables_);
    EXPECT_TRUE(table->load().is_ok());
    return table;
  }
};

TEST_F(ItemTableLayoutTest, ReadsTheLastObservationOnly) {
  const ItemMessage item = create(1, 1);
  const auto table = read(1, item);
  EXPECT_EQ(table->decide(item, kNoon).verdict, Verdict::kRedelivery);
  EXPECT_TRUE(table->decide(poll(1, 0, 20), kNoon).counters_lost);
  const Decision decision = table->decide(poll(1, 2, 35), kNoon);
  ASSERT_EQ(decision.bookings.size(), 1U);
  EXPECT_EQ(decision.bookings[0].difference.likes, 5);
  EXPECT_EQ(decision.bookings[0].repolls, 1);
}

TEST_F(ItemTableLayoutTest, ReadsObservationsWithWideNumbers) {
  const ItemMessage item = create(1, 1);
  const auto table = read(2, item);
  EXPECT_EQ(table->decide(item, kNoon).verdict, Verdict::kRedelivery);
  // Between the two that were kept: it takes its part from the younger one.
  const Decision between = table->decide(poll(1, 0, 27), kNoon);
  EXPECT_FALSE(between.counters_lost);
  ASSERT_EQ(between.bookings.size(), 2U);
  EXPECT_EQ(between.bookings[0].difference.likes + between.bookings[1].difference.likes, 0);
  EXPECT_EQ(std::abs(between.bookings[0].difference.likes), 2);
  const Decision after = table->decide(poll(1, 2, 35), kNoon);
  ASSERT_EQ(after.bookings.size(), 1U);
  EXPECT_EQ(after.bookings[0].difference.likes, 5);
}

// Times far from the bucket and far from each other come back as they were.
TEST_F(ItemTableTest, KeepsWhatLiesFarFromItsBucket) {
  ItemMessage item = create(1, 1);
  item.occurred_at = kNoon - 900 * base::kDay;  // its bucket is of the record's time
  item.operation_at = item.version = kNoon + 900 * base::kDay;
  item.polled = true;
  item.counters.likes = 7;
  ASSERT_EQ(table_->decide(item, kNoon).verdict, Verdict::kNew);
  ItemMessage counters = poll(2, 2, 9);  // its item is never read
  ASSERT_EQ(table_->decide(counters, kNoon).verdict, Verdict::kRepoll);
  commit();
  open();
  EXPECT_EQ(table_->decide(item, kNoon).verdict, Verdict::kRedelivery);
  EXPECT_EQ(table_->decide(counters, kNoon).verdict, Verdict::kRedelivery);
  item.operation_at = item.version += base::kMinute;
  item.counters.likes = 10;
  const Decision later = table_->decide(item, kNoon);
  ASSERT_EQ(later.bookings.size(), 1U);
  EXPECT_EQ(later.bookings[0].difference.likes, 3);
  EXPECT_EQ(later.minute, base::minute_of(kNoon - 900 * base::kDay));
  EXPECT_FALSE(later.conflict);
}

TEST_F(ItemTableTest, AnswersADamagedValueWithRestore) {
  EXPECT_EQ(decide(create(1, 1)).verdict, Verdict::kNew);
  commit();
  base::Prng random(3);
  for (int round = 0; round < 200; ++round) {
    std::string key(16, '\1');
    std::string value;
    const uint64_t size = random.below(80);
    for (uint64_t i = 0; i < size; ++i) {
      value += static_cast<char>(random.below(round % 2 == 0 ? 256 : 3));
    }
    tables_->put(
        state::TableId::kDedup, key, std::string(1, static_cast<char>(1 + round % 3)) + value);
    ItemTable other(*tables_);
    const base::Status status = other.load();
    EXPECT_TRUE(status.is_ok() || status.next() == base::Next::kRestore);
  }
}

}  // namespace
}  // namespace kaiku::dedup
