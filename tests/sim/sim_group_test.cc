#include "sim/sim_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr log::TopicId kFour = 0;   // four partitions
constexpr log::TopicId kThree = 1;  // three

SimGroup make_group() {
  return SimGroup([](log::TopicId topic) { return topic == kFour ? 4 : 3; }, 100, 50);
}

std::vector<int32_t> numbers(const SimMember& member, log::TopicId topic) {
  std::vector<int32_t> result;
  for (const log::Partition& at : member.assignment) {
    if (at.topic == topic) {
      result.push_back(at.number);
    }
  }
  return result;
}

TEST(SimGroup, SharesOutRangesWhenTheLastOneHasJoined) {
  SimGroup group = make_group();
  SimMember& a = group.enter("a", 1, {kFour, kThree}, 0);
  SimMember& b = group.enter("b", 1, {kFour, kThree}, 0);
  group.join(b);
  EXPECT_TRUE(group.is_rebalancing());
  group.join(a);
  EXPECT_FALSE(group.is_rebalancing());
  EXPECT_THAT(numbers(a, kFour), ElementsAre(0, 1));
  EXPECT_THAT(numbers(b, kFour), ElementsAre(2, 3));
  EXPECT_THAT(numbers(a, kThree), ElementsAre(0, 1));
  EXPECT_THAT(numbers(b, kThree), ElementsAre(2));
  EXPECT_EQ(a.term, 1U);
}

TEST(SimGroup, ATopicGoesToThoseWhoSubscribedOnly) {
  SimGroup group = make_group();
  SimMember& a = group.enter("a", 1, {kFour, kThree}, 0);
  SimMember& b = group.enter("b", 1, {kFour}, 0);
  group.join(a);
  group.join(b);
  EXPECT_THAT(numbers(a, kThree), ElementsAre(0, 1, 2));
  EXPECT_THAT(numbers(b, kThree), IsEmpty());
}

TEST(SimGroup, ATermHoldsUntilItsMemberJoinsAgain) {
  SimGroup group = make_group();
  SimMember& a = group.enter("a", 1, {kFour}, 0);
  group.join(a);
  EXPECT_FALSE(group.holds("a", 1, 1));  // not delivered yet
  a.has_news = false;
  EXPECT_TRUE(group.holds("a", 1, 1));
  EXPECT_FALSE(group.holds("a", 1, 0));
  EXPECT_FALSE(group.holds("a", 2, 1));
  group.enter("b", 1, {kFour}, 1);
  EXPECT_TRUE(group.holds("a", 1, 1));  // still time to commit
  group.join(a);
  EXPECT_FALSE(group.holds("a", 1, 1));
}

TEST(SimGroup, AStaticIdComesBackWithoutARebalance) {
  SimGroup group = make_group();
  SimMember& a = group.enter("a", 1, {kFour}, 0);
  group.join(a);
  a.has_news = false;
  SimMember& again = group.enter("a", 2, {kFour}, 5);
  EXPECT_FALSE(group.is_rebalancing());
  EXPECT_TRUE(again.has_news);
  EXPECT_EQ(again.assignment.size(), 4U);
  EXPECT_EQ(group.find("a", 1), nullptr);
  EXPECT_FALSE(group.holds("a", 1, 1));
  group.enter("a", 3, {kFour, kThree}, 6);  // another plan
  EXPECT_TRUE(group.is_rebalancing());
}

TEST(SimGroup, TheSilentAndTheSlowAreThrownOut) {
  SimGroup group = make_group();
  SimMember& a = group.enter("a", 1, {kFour}, 0);
  group.join(a);
  SimMember& b = group.enter("b", 1, {kFour}, 10);
  group.join(b);
  a.seen = b.seen = 60;
  EXPECT_THAT(group.expire(60), IsEmpty());
  EXPECT_THAT(group.expire(61), ElementsAre("a"));  // did not join within 50
  EXPECT_EQ(numbers(b, kFour).size(), 4U);
  EXPECT_THAT(group.expire(160), IsEmpty());
  EXPECT_THAT(group.expire(161), ElementsAre("b"));
  EXPECT_EQ(group.size(), 0U);
}

}  // namespace
}  // namespace kaiku::sim
