#include "kaiku/dedup/item_table.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <gtest/gtest.h>

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

TEST_F(ItemTableTest, BooksTheDifferenceOfCountersOnce) {
  ItemMessage first = create(1, 1);
  first.counters.likes = 3;
  EXPECT_EQ(decide(first).verdict, Verdict::kNew);
  ItemMessage poll = create(1, 2);
  poll.op = Op::kMetrics;
  poll.operation_at = kNoon + base::kHour;
  poll.counters.likes = 10;
  poll.counters.reposts = 2;
  const Decision decision = decide(poll);
  EXPECT_EQ(decision.verdict, Verdict::kRepoll);
  EXPECT_EQ(decision.difference.likes, 7);
  EXPECT_EQ(decision.difference.reposts, 2);
  EXPECT_EQ(decision.difference.replies, model::kAbsent);
  EXPECT_EQ(decision.minute, base::minute_of(kNoon + base::kHour));
  EXPECT_EQ(decide(poll).verdict, Verdict::kRedelivery);
  poll.operation_at += base::kHour;
  poll.counters.likes = 4;
  EXPECT_EQ(decide(poll).difference.likes, -6);
  poll.item = {1, 1};
  EXPECT_EQ(decide(poll).verdict, Verdict::kUnknownItem);
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
  ItemMessage poll = create(1, 3);
  poll.op = Op::kMetrics;
  poll.operation_at = kNoon + base::kHour;
  poll.counters.likes = 6;
  EXPECT_EQ(decide(poll).difference.likes, 1);
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
    ASSERT_EQ(ours.difference.likes, theirs.difference.likes);
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
    tables_->put(state::TableId::kDedup, key, "\1" + value);
    ItemTable other(*tables_);
    const base::Status status = other.load();
    EXPECT_TRUE(status.is_ok() || status.next() == base::Next::kRestore);
  }
}

}  // namespace
}  // namespace kaiku::dedup
