#include "kaiku/runtime/activity_counts.h"

#include <gtest/gtest.h>

namespace kaiku::runtime {
namespace {

using conversation::Fact;

Fact responded(std::string_view brand, int64_t seconds) {
  Fact fact;
  fact.kind = Fact::Kind::kResponded;
  fact.brand = brand;
  fact.channel = "forum";
  fact.waited_us = seconds * base::kSecond;
  return fact;
}

TEST(ActivityCounts, EqualLabelsBecomeOneNumberBucketByBucket) {
  board::Campaign spring;
  spring.cells = std::string(1, exchange::kCampaignMark) + "spring";
  spring.brand = "kirkas";
  spring.steps = {{"orders", board::Measure::kOrders, ""}};
  const std::vector<board::Campaign> campaigns = {spring};
  shard::ActivityBook first(campaigns);
  shard::ActivityBook second(campaigns);
  const exchange::DeltaKey key{1, model::ItemType::kMention, "kirkas", "forum"};
  first.count_items(1, key, {3, 0, 1, 0, 0});
  second.count_items(1, key, {4, 0, 0, 0, 0});
  first.count(responded("kirkas", 30));
  first.count(responded("lumi", 30));
  second.count(responded("kirkas", 60));
  second.count(responded("kirkas", 61));
  board::MeasureCounts orders{};
  orders[static_cast<size_t>(board::Measure::kOrders)] = 2;
  second.change_steps(spring.cells, "web", {}, orders);
  second.settle();
  first.count(board::SavedTime{"kirkas", "email", 5});
  second.count(board::SavedTime{"kirkas", "email", 6});
  ActivityCounts all;
  for (shard::ActivityBook* book : {&first, &second}) {
    book->seal();
    book->commit();
    ActivityCounts one;
    one.add(*book, campaigns);
    all.add(one);
  }
  all.merge_equal();
  ASSERT_EQ(all.items.size(), 2U) << "originals and reposts";
  EXPECT_EQ(all.items[0].count, 7U);
  EXPECT_EQ(all.items[1].relation, model::Relation::kRepost);
  ASSERT_EQ(all.conversations.size(), 2U);
  EXPECT_EQ(all.conversations[0].brand, "kirkas");
  EXPECT_EQ(all.conversations[0].counts.first_response_public.buckets()[0], 2U);
  EXPECT_EQ(all.conversations[0].counts.first_response_public.buckets()[1], 1U);
  EXPECT_EQ(all.conversations[0].counts.first_response_public.sum_us(), 151'000'000U);
  ASSERT_EQ(all.steps.size(), 1U);
  EXPECT_EQ(all.steps[0].campaign, "spring");
  EXPECT_EQ(all.steps[0].count, 2U);
  ASSERT_EQ(all.saved.size(), 1U);
  EXPECT_EQ(all.saved[0].us, 11U);
}

}  // namespace
}  // namespace kaiku::runtime
