// The section `privacy`: off by default, and what cannot go together.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using testing::HasSubstr;

constexpr const char* kOneWindow = "windows: {day: {size: 1d}}\n";

std::string with_day(const char* more) {
  return std::string(kOneWindow) + more;
}

TEST(PrivacySection, NothingIsWithheldThatWasNotAskedFor) {
  const Loaded loaded = load_with("privacy: {}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_EQ(loaded.plan->privacy.min_cell, 0U);
  EXPECT_EQ(loaded.plan->board->min_cell, 0U);
  EXPECT_FALSE(loaded.plan->privacy.erases);
  EXPECT_FALSE(loaded.plan->privacy.restricts());
  EXPECT_FALSE(loaded.plan->sources.at(0).hides_payload);
  EXPECT_EQ(loaded.plan->fingerprint, load_with("").plan->fingerprint);
}

TEST(PrivacySection, SmallCellsRestrictEveryChannel) {
  const Loaded loaded = load_with(with_day("privacy: {min_cell: 10}\n"));
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_EQ(loaded.plan->board->min_cell, 10U);
  EXPECT_TRUE(loaded.plan->privacy.is_restricted("x"));
  EXPECT_TRUE(loaded.plan->sources.at(0).hides_payload);
  EXPECT_NE(loaded.plan->fingerprint, load_with(kOneWindow).plan->fingerprint);
}

TEST(PrivacySection, WindowsThatOverlapWouldTell) {
  for (const char* windows : {"",
                              "windows: {hour: {size: 1h}, day: {size: 1d}}\n",
                              "windows: {trend: {size: 1h, advance: 5m}}\n"}) {
    const Loaded loaded = load_with(std::string(windows) + "privacy: {min_cell: 10}\n");
    EXPECT_EQ(loaded.plan, nullptr);
    EXPECT_THAT(render(loaded.diagnostics), HasSubstr("KA068"));
  }
}

TEST(PrivacySection, ACellOfOneIsNone) {
  EXPECT_EQ(load_with(with_day("privacy: {min_cell: 1}\n")).plan, nullptr);
}

TEST(PrivacySection, ARequestToEraseHasATopicOfReceipts) {
  const Loaded loaded = load_with("privacy: {erase_subjects: true}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_TRUE(loaded.plan->privacy.erases);
  EXPECT_THAT(loaded.plan->topics.at(loaded.plan->outputs.erasures).name,
              testing::EndsWith(".erasures.v1"));
  EXPECT_NE(loaded.plan->fingerprint, load_with("").plan->fingerprint);
}

TEST(PrivacySection, TargetsAndCalendarsHoldFromADate) {
  const Loaded loaded = load_with(
      "conversations:\n"
      "  follow: true\n"
      "  calendars: [{valid_from: 2026-12-01, open: [\"mon-fri 08:00-20:00\"]}]\n"
      "  targets:\n"
      "    - {name: before, within: 4h}\n"
      "    - {name: after, within: 1h, valid_from: 2026-12-01T06:00:00Z}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const auto& plan = *loaded.plan->conversations;
  ASSERT_EQ(plan.targets.size(), 2U);
  EXPECT_EQ(plan.targets[0].valid_from, base::kTimeBegin);
  EXPECT_EQ(base::format_seconds(plan.targets[1].valid_from), "2026-12-01T06:00:00Z");
  ASSERT_EQ(plan.calendars.size(), 1U);
  EXPECT_EQ(base::format_seconds(plan.calendars[0].valid_from), "2026-12-01T00:00:00Z");
  // They have dates: a shard compares them, no fingerprint does.
  const shard::Schedule& schedule = loaded.plan->schedule;
  ASSERT_EQ(schedule.size(), 3U);
  EXPECT_EQ(schedule[0].name + ": " + schedule[0].says, "*,*,*,*: before within 14400s");
  EXPECT_EQ(schedule[1].valid_from, plan.targets[1].valid_from);
  EXPECT_EQ(schedule[2].name + ": " + schedule[2].says, "*: mon-fri 08:00-20:00 UTC");
}

TEST(PrivacySection, ADateThatIsNoneIsTold) {
  const Loaded loaded = load_with(
      "conversations: {follow: true, targets: [{name: a, within: 1h, valid_from: soon}]}\n");
  EXPECT_EQ(loaded.plan, nullptr);
  EXPECT_THAT(render(loaded.diagnostics), HasSubstr("KA073"));
}

}  // namespace
}  // namespace kaiku::config
