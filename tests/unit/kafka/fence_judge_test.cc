#include "kafka/fence_judge.h"

#include <gtest/gtest.h>

namespace kaiku::kafka {
namespace {

TEST(FenceJudge, FenceSoonAfterOpeningIsOfThePredecessor) {
  FenceJudge judge(0);
  EXPECT_TRUE(judge.is_own(1'000));
}

TEST(FenceJudge, FenceOutOfTheBlueIsOfARival) {
  FenceJudge judge(0);
  EXPECT_FALSE(judge.is_own(FenceJudge::kGhostMs));
}

TEST(FenceJudge, ARivalThatComesBackIsNoGhost) {
  FenceJudge judge(0);
  EXPECT_TRUE(judge.is_own(1'000));
  EXPECT_FALSE(judge.is_own(2'000));
}

TEST(FenceJudge, EveryBrokenConnectionMayLeaveOneGhost) {
  FenceJudge judge(0);
  judge.on_disconnect(100'000);
  EXPECT_TRUE(judge.is_own(130'000));
  EXPECT_FALSE(judge.is_own(131'000));
  judge.on_disconnect(140'000);
  EXPECT_TRUE(judge.is_own(141'000));
}

TEST(FenceJudge, FencesAreBoundedHoweverOftenConnectionsBreak) {
  FenceJudge judge(0);
  int64_t now = 0;
  for (size_t i = 0; i < FenceJudge::kMost; ++i) {
    judge.on_disconnect(now += 1'000);
    EXPECT_TRUE(judge.is_own(now));
  }
  judge.on_disconnect(now += 1'000);
  EXPECT_FALSE(judge.is_own(now));
  judge.on_disconnect(now += FenceJudge::kPeriodMs);
  EXPECT_TRUE(judge.is_own(now)) << "the old ones are forgotten";
}

}  // namespace
}  // namespace kaiku::kafka
