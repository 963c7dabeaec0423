#include "local/group.h"

#include <set>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::local {
namespace {

const std::vector<Subscription> kTopics = {{0, 4}, {1, 4}, {2, 3}};

log::Assigned take_assignment(Group& group, MemberId id) {
  auto event = group.next(id);
  EXPECT_TRUE(event && std::holds_alternative<log::Assigned>(*event));
  return event ? std::get<log::Assigned>(*event) : log::Assigned{};
}

bool is_told_to_revoke(Group& group, MemberId id) {
  const auto event = group.next(id);
  return event && std::holds_alternative<log::Revoking>(*event);
}

TEST(Group, AMemberAloneGetsEverythingOnce) {
  Group group(7);
  const MemberId a = group.join(kTopics);
  EXPECT_FALSE(group.is_active(a));
  EXPECT_TRUE(group.has_event(a));
  const log::Assigned assigned = take_assignment(group, a);
  EXPECT_EQ(assigned.term, 8U);
  EXPECT_EQ(assigned.partitions.size(), 11U);
  EXPECT_TRUE(group.is_current(a, 8));
  EXPECT_FALSE(group.is_current(a, 7));
  EXPECT_FALSE(group.has_event(a));
  EXPECT_FALSE(group.next(a).has_value());
}

TEST(Group, MembersThatJoinBeforeAnyPollsNeedNoRevocation) {
  Group group(0);
  const MemberId a = group.join(kTopics);
  const MemberId b = group.join(kTopics);
  const log::Assigned first = take_assignment(group, a);
  const log::Assigned second = take_assignment(group, b);
  EXPECT_EQ(first.term, 1U);
  EXPECT_EQ(second.term, 1U);
  EXPECT_EQ(first.partitions,
            (std::vector<log::Partition>{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 0}, {2, 1}}));
  EXPECT_EQ(second.partitions,
            (std::vector<log::Partition>{{0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 2}}));
}

TEST(Group, ANewcomerWaitsUntilTheOthersHaveLetGo) {
  Group group(0);
  const MemberId a = group.join(kTopics);
  (void)take_assignment(group, a);
  const MemberId b = group.join(kTopics);
  EXPECT_FALSE(group.next(b).has_value());
  EXPECT_TRUE(group.is_current(a, 1));
  EXPECT_FALSE(group.acknowledge(a)) << "it was not told yet";
  EXPECT_TRUE(is_told_to_revoke(group, a));
  EXPECT_TRUE(group.is_current(a, 1)) << "its last words still count";
  EXPECT_FALSE(group.next(b).has_value());
  EXPECT_TRUE(group.acknowledge(a));
  EXPECT_FALSE(group.is_current(a, 1));
  EXPECT_TRUE(group.has_event(b));
  EXPECT_EQ(take_assignment(group, b).term, 2U);
  EXPECT_EQ(take_assignment(group, a).term, 2U);
}

TEST(Group, AnAssignmentNobodyHasSeenIsReplacedSilently) {
  Group group(0);
  const MemberId a = group.join(kTopics);
  const MemberId b = group.join(kTopics);
  (void)take_assignment(group, a);
  const MemberId c = group.join(kTopics);
  EXPECT_FALSE(group.next(b).has_value()) << "never knew of its first one";
  EXPECT_TRUE(is_told_to_revoke(group, a));
  group.acknowledge(a);
  std::set<log::Partition> all;
  for (const MemberId id : {a, b, c}) {
    const log::Assigned assigned = take_assignment(group, id);
    EXPECT_EQ(assigned.term, 2U);
    all.insert(assigned.partitions.begin(), assigned.partitions.end());
  }
  EXPECT_EQ(all.size(), 11U);
}

TEST(Group, AMemberThatLeavesWhileOthersWaitForItFreesThem) {
  Group group(0);
  const MemberId a = group.join(kTopics);
  (void)take_assignment(group, a);
  const MemberId b = group.join(kTopics);
  EXPECT_FALSE(group.has_event(b));
  group.leave(a);
  EXPECT_TRUE(group.has_event(b));
  EXPECT_EQ(take_assignment(group, b).partitions.size(), 11U);
  EXPECT_FALSE(group.is_current(a, 1));
  EXPECT_FALSE(group.acknowledge(a));
  EXPECT_FALSE(group.next(a).has_value());
}

TEST(Group, MoreMembersThanPartitionsLeaveSomeWithNothing) {
  Group group(0);
  std::vector<MemberId> ids;
  for (int i = 0; i < 6; ++i) {
    ids.push_back(group.join(kTopics));
  }
  size_t empty = 0;
  for (const MemberId id : ids) {
    empty += static_cast<size_t>(take_assignment(group, id).partitions.empty());
  }
  EXPECT_EQ(empty, 2U);
}

TEST(Group, EveryPartitionHasOneOwnerWhateverComesAndGoes) {
  base::Prng prng(9);
  Group group(0);

  struct Seen {
    uint64_t term = 0;
    std::vector<log::Partition> partitions;
    bool told = false;
  };

  std::map<MemberId, Seen> members;
  uint64_t last_term = 0;
  for (int step = 0; step < 20'000; ++step) {
    const uint64_t what = prng.below(100);
    if (what < 2 && members.size() < 7) {
      members[group.join(kTopics)] = {};
      continue;
    }
    if (members.empty()) {
      continue;
    }
    auto at = members.begin();
    std::advance(at, static_cast<int>(prng.below(members.size())));
    if (what < 4) {
      group.leave(at->first);
      members.erase(at);
      continue;
    }
    Seen& seen = at->second;
    ASSERT_EQ(group.acknowledge(at->first), seen.told);
    if (seen.told) {
      seen = {};
    }
    if (auto event = group.next(at->first)) {
      if (auto* assigned = std::get_if<log::Assigned>(&*event)) {
        ASSERT_GE(assigned->term, last_term);
        last_term = assigned->term;
        seen = {assigned->term, assigned->partitions, false};
      } else {
        ASSERT_NE(seen.term, 0U);
        seen.told = true;
      }
    }
    // Whoever is current owns what it was given, alone.
    std::set<log::Partition> owned;
    for (const auto& [id, member] : members) {
      ASSERT_EQ(group.is_active(id), member.term != 0);
      if (member.term != 0) {
        ASSERT_TRUE(group.is_current(id, member.term));
        for (const log::Partition& partition : member.partitions) {
          ASSERT_TRUE(owned.insert(partition).second);
        }
      }
    }
  }
  EXPECT_GT(last_term, 100U);
}

}  // namespace
}  // namespace kaiku::local
