// Sources that should speak, through whole shards: what a router hears reaches the shard that
// watches its source, and outlives a disk.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>

#include "unit/shard/shard_world.h"

namespace kaiku::shard {
namespace {

using base::EventTime;
using base::kHour;
using base::kMinute;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr size_t kPosts = 0;
constexpr size_t kNever = 1;

Plan plan_of() {
  Plan plan = world_plan(3, {"posts", "never"}, false);
  auto signals = std::make_shared<signal::SignalPlan>();
  signals->expect_every = {{"posts", kHour}, {"never", kHour}};
  plan.signals = std::move(signals);
  return plan;
}

class SourceWatchTest : public testing::Test {
 protected:
  void say(EventTime at) {
    world_.feed(kPosts,
                R"({"event_id":"e)" + std::to_string(at) +
                    R"(","type":"mention","brand_id":"kirkas","channel":"x","occurred_at":")" +
                    base::format_micros(at) + "\"}",
                at);
  }

  void beat(size_t source, EventTime at) {
    world_.feed(source,
                R"({"event_id":"beat","type":"control","kind":"heartbeat","channel":"x",)"
                R"("occurred_at":")" +
                    base::format_micros(at) + "\"}",
                at);
  }

  // Both partitions are read to their ends, and it is `at`.
  void pass_to(EventTime at) {
    world_.tick(kPosts, at);
    world_.tick(kNever, at);
    world_.settle();
  }

  // The last record of the alert about the source.
  [[nodiscard]] std::string alert_of(const std::string& source) const {
    for (const auto& [key, value] : world_.last(world_.plan().outputs.alerts)) {
      if (value.find("\"subject\":\"" + source + '"') != std::string::npos) {
        return value;
      }
    }
    return "";
  }

  [[nodiscard]] signal::SourceWatch watch_of(size_t source) {
    signal::SourceWatch found;
    int watchers = 0;
    for (uint32_t i = 0; i < world_.plan().shards; ++i) {
      world_.shard(i).visit_watched([&](size_t which, const signal::SourceWatch& watch) {
        if (which == source) {
          found = watch;
          ++watchers;
        }
      });
    }
    EXPECT_EQ(watchers, 1);
    return found;
  }

  World world_{plan_of()};
};

TEST_F(SourceWatchTest, AFreshStartIsNoSilence) {
  pass_to(kMonday);
  EXPECT_THAT(alert_of("posts") + alert_of("never"), IsEmpty());
  say(kMonday + kMinute);
  pass_to(kMonday + kHour);
  EXPECT_THAT(alert_of("posts") + alert_of("never"), IsEmpty());
  EXPECT_EQ(watch_of(kNever).voice,
            (exchange::Voice{base::kTimeBegin, base::kTimeBegin, base::kTimeBegin, kMonday}));
  EXPECT_EQ(watch_of(kPosts).last_item(), kMonday + kMinute);
}

TEST_F(SourceWatchTest, SilenceCountsFromTheNewestItemOrFromTheFirstLook) {
  pass_to(kMonday);
  say(kMonday + 30 * kMinute);
  pass_to(kMonday + kHour + kMinute);
  EXPECT_THAT(alert_of("posts"), IsEmpty());
  EXPECT_THAT(alert_of("never"),
              AllOf(HasSubstr(R"("state":"open")"),
                    HasSubstr(R"("opened_at":"2026-03-02T01:00:00.000000Z")"),
                    HasSubstr(R"("watched_since":"2026-03-02T00:00:00.000000Z")"),
                    HasSubstr(R"("connector":"unknown")"),
                    Not(HasSubstr("last_item_at"))));
  pass_to(kMonday + 2 * kHour);
  EXPECT_THAT(alert_of("posts"),
              AllOf(HasSubstr(R"("state":"open")"),
                    HasSubstr(R"("opened_at":"2026-03-02T01:30:00.000000Z")"),
                    HasSubstr(R"("last_item_at":"2026-03-02T00:30:00.000000Z")")));
}

TEST_F(SourceWatchTest, WhatWasHeardOutlivesTheDisk) {
  pass_to(kMonday);
  say(kMonday + 30 * kMinute);
  pass_to(kMonday + 40 * kMinute);
  const signal::SourceWatch before = watch_of(kPosts);
  world_.rebuild_all();
  EXPECT_EQ(watch_of(kPosts).voice, before.voice);
  pass_to(kMonday + 2 * kHour);
  EXPECT_THAT(alert_of("posts"), HasSubstr(R"("opened_at":"2026-03-02T01:30:00.000000Z")"));
  world_.rebuild_all();
  world_.settle();
  EXPECT_THAT(alert_of("posts"), HasSubstr(R"("state":"open")"));
  say(kMonday + 2 * kHour + kMinute);
  pass_to(kMonday + 2 * kHour + 2 * kMinute);
  EXPECT_THAT(alert_of("posts"), HasSubstr(R"("state":"resolved")"));
}

TEST_F(SourceWatchTest, ASourceThatIsBehindIsNotSilent) {
  pass_to(kMonday);
  say(kMonday + kMinute);
  world_.tick(kNever, kMonday + 9 * kHour);  // of the other nothing is known
  world_.settle();
  EXPECT_THAT(alert_of("posts"), IsEmpty());
  EXPECT_EQ(watch_of(kPosts).state(kHour, kMonday + 9 * kHour, 3 * kMinute),
            signal::SourceState::kBehind);
}

TEST_F(SourceWatchTest, HeartbeatsTellIdleFromDead) {
  pass_to(kMonday);
  say(kMonday + kMinute);
  for (int minutes = 10; minutes <= 300; minutes += 10) {
    beat(kPosts, kMonday + minutes * kMinute);
    pass_to(kMonday + minutes * kMinute);
  }
  EXPECT_THAT(alert_of("posts"), IsEmpty());
  EXPECT_EQ(watch_of(kPosts).state(kHour, kMonday + 5 * kHour, 3 * kMinute),
            signal::SourceState::kIdle);
  pass_to(kMonday + 6 * kHour + kMinute);
  EXPECT_EQ(watch_of(kPosts).state(kHour, kMonday + 6 * kHour + kMinute, 3 * kMinute),
            signal::SourceState::kSilent);
  EXPECT_THAT(alert_of("posts"),
              AllOf(HasSubstr(R"("opened_at":"2026-03-02T06:00:00.000000Z")"),
                    HasSubstr(R"("source_state":"silent","connector":"dead")"),
                    HasSubstr(R"("last_item_at":"2026-03-02T00:01:00.000000Z")"),
                    HasSubstr(R"("last_sign_at":"2026-03-02T05:00:00.000000Z")")));
}

}  // namespace
}  // namespace kaiku::shard
