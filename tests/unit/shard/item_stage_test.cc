#include "kaiku/shard/item_stage.h"

#include <limits>
#include <memory>

#include <gtest/gtest.h>

#include "kaiku/state/memory_store.h"

namespace kaiku::shard {
namespace {

constexpr base::EventTime kNoon = 1'772'445'600 * base::kSecond;
constexpr int64_t kMost = int64_t{1} << 36;

model::ItemMessage post(uint64_t item) {
  model::ItemMessage m;
  m.item = {item * 0x9e3779b97f4a7c15ULL, item};
  m.delivery = item;
  m.occurred_at = m.operation_at = m.version = kNoon;
  m.channel = "x";
  m.brand_count = 1;
  m.brands[0] = "kirkas";
  return m;
}

class ItemStageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = state::open_tables(store_, "test", 0);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    tables_ = std::move(opened).value();
    stage_ = std::make_unique<ItemStage>(plan_, *tables_);
  }

  void process(const model::ItemMessage& message) {
    (void)stage_->process(message, deltas_, ledger_, [](const model::OrderMessage&) {});
  }

  aggregate::Aggregate& cell(base::EventTime time = kNoon) {
    return deltas_.at({base::minute_of(time), model::ItemType::kMention, "kirkas", "x"});
  }

  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  Plan plan_;
  std::unique_ptr<ItemStage> stage_;
  DeltaTable deltas_;
  SourceLedger ledger_;
};

TEST_F(ItemStageTest, BooksCountersAsTheyAre) {
  model::ItemMessage message = post(1);
  message.counters.likes = 3;
  message.counters.views = kMost;
  process(message);
  EXPECT_EQ(cell().likes, 3);
  EXPECT_EQ(cell().views, kMost);
  EXPECT_EQ(cell().inexact, 0);
  EXPECT_EQ(ledger_.overflows, 0U);
}

TEST_F(ItemStageTest, CountersThatCannotBeAreBookedAtTheBoundAndMarked) {
  model::ItemMessage message = post(1);
  message.counters.likes = std::numeric_limits<int64_t>::max();
  message.counters.views = -5;
  message.followers = std::numeric_limits<int64_t>::max();
  process(message);
  EXPECT_EQ(cell().likes, kMost);
  EXPECT_EQ(cell().views, 0);
  EXPECT_EQ(cell().by_relation[0], 1);
  EXPECT_EQ(cell().inexact, model::kInexactOverflow);
  EXPECT_EQ(ledger_.overflows, 1U);

  model::ItemMessage poll = post(1);
  poll.op = model::Op::kMetrics;
  poll.operation_at = kNoon + base::kHour;
  poll.counters.likes = std::numeric_limits<int64_t>::min() + 1;
  process(poll);
  EXPECT_EQ(cell(kNoon + base::kHour).likes, -kMost) << "the difference between two bounded values";
}

TEST_F(ItemStageTest, TimesBeyondTheMinutesThereAreStayDefined) {
  EXPECT_EQ(base::minute_of(base::kTimeEnd), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(base::minute_of(base::kTimeBegin), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(base::minute_of(base::parse_rfc3339("6053-01-23T02:07:00Z")),
            std::numeric_limits<int32_t>::max());
  EXPECT_EQ(base::minute_of(base::parse_rfc3339("9999-12-31T23:59:59Z")),
            std::numeric_limits<int32_t>::max());
  EXPECT_EQ(base::minute_of(-1), -1);
}

}  // namespace
}  // namespace kaiku::shard
