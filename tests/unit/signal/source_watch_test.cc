#include "kaiku/signal/source_watch.h"

#include <gtest/gtest.h>

namespace kaiku::signal {
namespace {

using base::kHour;
using base::kMinute;

constexpr base::EventTime kNow = 500'000 * kHour;
constexpr int64_t kDelay = 3 * kMinute;

SourceWatch watched(base::EventTime item, base::EventTime sign, base::EventTime known_to) {
  SourceWatch watch;
  watch.voice.item = item;
  watch.voice.sign = sign;
  watch.known_to = known_to;
  return watch;
}

SourceState state_of(const SourceWatch& watch) {
  return watch.state(kHour, kNow, kDelay);
}

TEST(SourceWatch, QuietIsNotSilent) {
  const base::EventTime known = kNow - kMinute;
  EXPECT_EQ(state_of(watched(known - kHour, known - kHour, known)), SourceState::kCaughtUp);
  EXPECT_EQ(state_of(watched(known - kHour - 1, known - kHour - 1, known)), SourceState::kSilent);
}

TEST(SourceWatch, OfASourceThatIsBehindNobodyCanSay) {
  EXPECT_EQ(state_of({}), SourceState::kBehind);
  EXPECT_EQ(state_of(watched(kNow - 9 * kHour, kNow - 9 * kHour, kNow - kDelay - 1)),
            SourceState::kBehind);
  EXPECT_EQ(state_of(watched(kNow - 9 * kHour, kNow - 9 * kHour, kNow - kDelay)),
            SourceState::kSilent);
}

TEST(SourceWatch, ASignOfLifeIsNoItemButTellsIdleFromDead) {
  const base::EventTime known = kNow - kMinute;
  SourceWatch watch = watched(known - 9 * kHour, known - kMinute, known);
  watch.voice.beat = known - kMinute;
  EXPECT_EQ(state_of(watch), SourceState::kIdle);
  EXPECT_FALSE(watch.is_silent(kHour));
  watch.voice.sign = watch.voice.beat = known - 2 * kHour;
  EXPECT_EQ(state_of(watch), SourceState::kSilent);
  EXPECT_TRUE(watch.used_to_beat(kHour));
  watch.voice.beat -= 2 * kHour;  // it had stopped doing so long before
  EXPECT_FALSE(watch.used_to_beat(kHour));
}

TEST(SourceWatch, BeforeAnyItemItCountsFromWhenItWasReadFirst) {
  SourceWatch watch;
  watch.voice.since = kNow - kHour - kMinute;
  watch.known_to = kNow - kMinute;
  EXPECT_EQ(state_of(watch), SourceState::kCaughtUp);
  watch.voice.since -= 1;
  EXPECT_EQ(state_of(watch), SourceState::kSilent);
}

TEST(SourceWatch, WhatHasEndedIsNotSilent) {
  const SourceWatch watch = watched(kNow - 9 * kHour, kNow - 9 * kHour, base::kTimeEnd);
  EXPECT_EQ(state_of(watch), SourceState::kCaughtUp);
  EXPECT_FALSE(watch.is_silent(kHour));
}

TEST(SourceWatch, VoicesOfPartitionsAreOneVoice) {
  exchange::Voice all{5, 6, 2, 1};
  all.add({4, 9, 3, 7});
  EXPECT_EQ(all, (exchange::Voice{5, 9, 3, 7}));
}

}  // namespace
}  // namespace kaiku::signal
