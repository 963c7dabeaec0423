#include "kaiku/shard/item_stage.h"

#include <limits>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/shard/router.h"
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

class Touches : public ItemStageTest {
 protected:
  // The touches an item makes.
  std::vector<model::KeyEntryMessage> of(model::ItemMessage message, const model::KeyPart& keys) {
    message.keys = &keys;
    std::vector<model::KeyEntryMessage> touches;
    (void)stage_->process(
        message,
        deltas_,
        ledger_,
        [](const model::OrderMessage&) {},
        {},
        [&](const model::KeyEntryMessage& touch) { touches.push_back(touch); });
    return touches;
  }
};

TEST_F(Touches, AnItemIsATouchAtEveryKeyItCarries) {
  model::KeyPart keys;
  keys.add(model::KeyKind::kCustomer, {1, 2});
  keys.add(model::KeyKind::kCampaign, {3, 4});
  const std::vector<model::KeyEntryMessage> touches = of(post(1), keys);
  ASSERT_EQ(touches.size(), 2U);
  EXPECT_EQ(touches[0].key, (base::Digest{1, 2}));
  EXPECT_EQ(touches[0].key_kind, model::KeyKind::kCustomer);
  EXPECT_EQ(touches[0].kind, model::EntryKind::kTouch);
  EXPECT_EQ(touches[0].id, post(1).item);
  EXPECT_EQ(touches[0].at, kNoon);
  EXPECT_EQ(touches[0].brand, "kirkas");
  EXPECT_EQ(touches[0].channel, "x");
  EXPECT_FALSE(touches[0].removed);
  EXPECT_EQ(touches[1].key, (base::Digest{3, 4}));
  EXPECT_EQ(touches[1].key_kind, model::KeyKind::kCampaign);
}

TEST_F(Touches, CopiesAreTouchesAndRedeliveriesEditsAndDeletionsAreNot) {
  model::KeyPart keys;
  keys.add(model::KeyKind::kCustomer, {1, 2});
  EXPECT_EQ(of(post(1), keys).size(), 1U);
  EXPECT_TRUE(of(post(1), keys).empty());
  model::ItemMessage copy = post(1);
  copy.delivery = 99;
  EXPECT_EQ(of(copy, keys).size(), 1U) << "it may know more of the customer";
  model::ItemMessage edit = post(1);
  edit.op = model::Op::kUpdate;
  edit.version_tag = 7;
  EXPECT_TRUE(of(edit, keys).empty());
  model::ItemMessage gone = post(1);
  gone.op = model::Op::kDelete;
  EXPECT_TRUE(of(gone, keys).empty());
}

TEST_F(Touches, WhatTheBrandSaysIsNoTouchOfItsCustomer) {
  model::KeyPart keys;
  keys.add(model::KeyKind::kCustomer, {1, 2});
  keys.add(model::KeyKind::kCoupon, {3, 4});
  uint64_t number = 10;
  for (const auto role :
       {model::AuthorRole::kBrand, model::AuthorRole::kStaff, model::AuthorRole::kBot}) {
    model::ItemMessage said = post(++number);
    said.author_role = role;
    const std::vector<model::KeyEntryMessage> touches = of(said, keys);
    ASSERT_EQ(touches.size(), 1U);
    EXPECT_EQ(touches[0].key_kind, model::KeyKind::kCoupon);
  }
  model::ItemMessage note = post(++number);
  note.visibility = model::Visibility::kInternalNote;
  EXPECT_TRUE(of(note, keys).empty());
}

TEST_F(ItemStageTest, OnlyPeopleOutsideOfTheBrandCountAsInbound) {
  uint64_t number = 0;
  const auto say = [&](model::AuthorRole role, const auto& change) {
    model::ItemMessage said = post(++number);
    said.author_role = role;
    change(said);
    process(said);
  };
  using enum model::AuthorRole;
  const auto as_it_is = [](model::ItemMessage&) {};
  for (const auto role : {kUnknown, kCustomer, kPeer, kBrand, kStaff, kBot}) {
    say(role, as_it_is);
  }
  say(kCustomer, [](model::ItemMessage& m) { m.relation = model::Relation::kReply; });
  say(kCustomer, [](model::ItemMessage& m) { m.visibility = model::Visibility::kInternalNote; });
  say(kCustomer, [](model::ItemMessage& m) { m.automatic = true; });
  EXPECT_EQ(cell().count_total(), 9);
  EXPECT_EQ(cell().inbound, 4);
  EXPECT_EQ(cell().inbound_original, 3);
}

TEST(JourneyKey, CouponsAreOneInWhateverCaseAndOtherKeysAreNot) {
  const base::HashKey key = base::HashKey::derived_from("test");
  using enum model::KeyKind;
  EXPECT_EQ(journey_key(key, kCoupon, "KIRKAS10"), journey_key(key, kCoupon, "kirkas10"));
  EXPECT_NE(journey_key(key, kCoupon, "KIRKAS10"), journey_key(key, kCoupon, "kirkas11"));
  EXPECT_NE(journey_key(key, kCustomer, "aB"), journey_key(key, kCustomer, "ab"));
  EXPECT_NE(journey_key(key, kCustomer, "ab"), journey_key(key, kClick, "ab"));
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
