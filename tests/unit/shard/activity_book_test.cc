// What counters get to know: committed once, added up over minutes, never taken back.
#include "kaiku/shard/activity_book.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/limits.h"

#include "unit/shard/shard_world.h"

namespace kaiku::shard {
namespace {

using base::EventTime;
using base::kHour;
using base::kMinute;
using board::Measure;
using conversation::Fact;

std::vector<board::Campaign> campaigns() {
  board::Campaign spring;
  spring.cells = std::string(1, exchange::kCampaignMark) + "spring";
  spring.brand = "kirkas";
  spring.steps = {{"views", Measure::kViews, ""},
                  {"orders", Measure::kOrders, ""},
                  {"web orders", Measure::kOrders, "web"}};
  return {spring};
}

board::MeasureCounts counts(Measure measure, int64_t count) {
  board::MeasureCounts all{};
  all[static_cast<size_t>(measure)] = count;
  return all;
}

Fact fact(Fact::Kind kind, int64_t waited_us = 0) {
  Fact told;
  told.kind = kind;
  told.type = model::ItemType::kBugReport;
  told.brand = "kirkas";
  told.channel = "forum";
  told.waited_us = waited_us;
  return told;
}

TEST(ActivityBook, CountsWhenTheEpochIsCommittedAndNotBefore) {
  ActivityBook book;
  const exchange::DeltaKey key{7, model::ItemType::kMention, "kirkas", "x"};
  book.count_items(1, key, {2, 1, 0, 0, 0});
  book.count(fact(Fact::Kind::kSlaMet));
  book.seal();
  book.count(fact(Fact::Kind::kSlaBreached));  // of the next epoch, before the answer came
  EXPECT_EQ(book.items().at(0).by_relation[0], 0);
  EXPECT_EQ(book.conversations().at(0).counts.sla[1].met, 0U);
  book.commit();
  EXPECT_EQ(book.items().at(0).by_relation[0], 2);
  EXPECT_EQ(book.items().at(0).by_relation[1], 1);
  EXPECT_EQ(book.conversations().at(0).counts.sla[1].met, 1U);
  EXPECT_EQ(book.conversations().at(0).counts.sla[1].breached, 0U);
  book.seal();
  book.commit();
  book.commit();
  EXPECT_EQ(book.conversations().at(0).counts.sla[1].breached, 1U);
  EXPECT_EQ(book.items().at(0).by_relation[0], 2);
}

TEST(ActivityBook, EveryKindOfFactHasItsPlace) {
  ActivityBook book;
  Fact aside = fact(Fact::Kind::kResponded, 61 * base::kSecond);
  aside.visibility = model::Visibility::kPrivate;
  for (const Fact& told : {fact(Fact::Kind::kAnsweredByBrand),
                           fact(Fact::Kind::kAnsweredByPeer),
                           fact(Fact::Kind::kAnsweredByBot),
                           fact(Fact::Kind::kResponded, 60 * base::kSecond),
                           aside,
                           fact(Fact::Kind::kSlaBreached),
                           fact(Fact::Kind::kResolved, 259'200 * base::kSecond + 1),
                           fact(Fact::Kind::kDeflected)}) {
    book.count(told);
  }
  book.seal();
  book.commit();
  ASSERT_EQ(book.conversations().size(), 1U);
  const ConversationCounts& all = book.conversations()[0].counts;
  EXPECT_EQ(all.answered, (std::array<uint64_t, 3>{1, 1, 1}));
  EXPECT_EQ(all.deflected, 1U);
  EXPECT_EQ(all.sla[static_cast<size_t>(model::ItemType::kBugReport)].breached, 1U);
  EXPECT_EQ(all.first_response_public.buckets()[0], 1U);
  EXPECT_EQ(all.first_response_private.buckets()[1], 1U);
  EXPECT_EQ(all.resolution.buckets()[11], 1U) << "longer than the last bound";
  EXPECT_EQ(all.resolution.sum_us(), 259'200'000'001U);
}

TEST(ActivityBook, WhatARecordMovesIsNoGainAndWhatItTakesBackIsNoLoss) {
  const std::vector<board::Campaign> plan = campaigns();
  ActivityBook book(plan);
  const auto order = [&](const char* channel, int64_t by) {
    book.change_steps(plan[0].cells, channel, {}, counts(Measure::kOrders, by));
  };
  const auto told = [&] {
    book.settle();
    book.seal();
    book.commit();
    return book.steps().at(0);
  };
  using Steps = std::vector<uint64_t>;
  order("web", 1);
  EXPECT_EQ(told(), (Steps{0, 1, 1}));
  order("web", -1);  // another version of it: an hour later, in the shop
  order("shop", 1);
  EXPECT_EQ(told(), (Steps{0, 1, 1}));
  order("shop", -1);  // cancelled
  EXPECT_EQ(told(), (Steps{0, 1, 1}));
  order("web", 1);
  EXPECT_EQ(told(), (Steps{0, 2, 2}));
  book.change_steps(plan[0].cells, "x", counts(Measure::kViews, 70), counts(Measure::kViews, 100));
  EXPECT_EQ(told(), (Steps{30, 2, 2}));
  book.change_steps("\xf9other", "x", {}, counts(Measure::kViews, 100));
  EXPECT_EQ(told(), (Steps{30, 2, 2})) << "a campaign that the plan does not know";
}

TEST(ActivityBook, PlacesOfConversationsAreBounded) {
  ActivityBook book;
  const size_t most = base::limits::kCellsPerWindow;
  std::string name;
  for (size_t i = 0; i < most + 100; ++i) {
    name = "brand" + std::to_string(i);
    Fact told = fact(Fact::Kind::kSlaMet);
    told.brand = name;
    book.count(told);
  }
  book.seal();
  book.commit();
  ASSERT_EQ(book.conversations().size(), most + 1);
  EXPECT_EQ(book.conversations().back().brand, "_other");
  EXPECT_EQ(book.conversations().back().counts.sla[1].met, 100U);
}

TEST(ActivityBook, SavedTimeAddsUpOverDays) {
  ActivityBook book;
  book.count({"kirkas", "email", 576 * base::kSecond});
  book.count({"kirkas", "email", 64 * base::kSecond});
  book.count({"kirkas", "chat", 0});
  book.seal();
  book.commit();
  EXPECT_EQ(book.saved().at({"kirkas", "email"}), 640'000'000U);
  EXPECT_EQ(book.saved().at({"kirkas", "chat"}), 0U);
}

// Through whole shards, which lose what they had not committed and begin anew from the store or
// from the changelog.
class Lives {
 public:
  void keep(const ActivityBook& book) {
    for (const Activity& activity : book.items()) {
      for (const int64_t count : activity.by_relation) {
        items += count;
      }
    }
    for (const ConversationActivity& activity : book.conversations()) {
      counts.add(activity.counts);
    }
  }

  int64_t items = 0;
  ConversationCounts counts;
};

std::string talk(const std::string& id,
                 EventTime at,
                 const std::string& thread,
                 const std::string& role,
                 const std::string& more = "") {
  return "{\"event_id\":\"" + id + "\"" + field("native_id", id) + field("type", "bug_report") +
         field("occurred_at", base::format_micros(at)) + field("brand_id", "kirkas") +
         field("channel", "forum") + field("conversation_id", thread) + ",\"author\":{\"id\":\"" +
         role + "\"" + field("role", role) + "}" + more + "}";
}

Plan activity_plan(uint32_t shards) {
  Plan plan = world_plan(shards, {"people"}, true);
  auto talks = std::make_shared<conversation::ConversationPlan>();
  talks->targets = {{"all", "", model::Severity::kNone, "", kHour, false}};
  plan.conversations = talks;
  return plan;
}

TEST(ActivityBook, AShardThatLosesAnEpochOrItsDiskCountsNothingTwice) {
  // t1: answered after 20 minutes, solved after an hour. t2: never.
  const std::vector<std::string> said = {
      talk("1", kMonday, "t1", "customer"),
      talk("2", kMonday + 20 * kMinute, "t1", "brand"),
      talk("3", kMonday + kHour, "t1", "customer", R"(,"status":"solved")"),
      talk("4", kMonday, "t2", "customer")};
  for (const uint32_t shards : {1U, 2U, 5U}) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      World world(activity_plan(shards));
      Lives lives;
      world.before_it_goes([&](const Shard& shard) { lives.keep(shard.activity()); });
      base::Prng prng(seed);
      for (const std::string& record : said) {
        world.feed(0, record, kMonday);
        while (prng.chance(2, 3)) {
          world.stir(prng);
        }
      }
      world.end(0);
      while (prng.chance(19, 20)) {
        world.stir(prng);
      }
      world.settle();
      for (uint32_t i = 0; i < shards; ++i) {
        lives.keep(world.shard(i).activity());
      }
      const ConversationCounts& all = lives.counts;
      EXPECT_EQ(lives.items, 4) << seed;
      EXPECT_EQ(all.sla[1].met, 1U) << seed;
      EXPECT_EQ(all.sla[1].breached, 1U) << seed;
      EXPECT_EQ(all.answered, (std::array<uint64_t, 3>{1, 0, 0})) << seed;
      EXPECT_EQ(all.first_response_public.total(), 1U) << seed;
      EXPECT_EQ(all.first_response_public.sum_us(), 20U * kMinute) << seed;
      EXPECT_EQ(all.first_response_public.buckets()[3], 1U) << "20 minutes are within 20 minutes";
      EXPECT_EQ(all.resolution.total(), 1U) << seed;
      EXPECT_EQ(all.resolution.buckets()[5], 1U) << "an hour is within an hour";
    }
  }
}

}  // namespace
}  // namespace kaiku::shard
