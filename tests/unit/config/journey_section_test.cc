// The section `journeys`: off by default, its terms, and what is nobody's key.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/shard/router.h"

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using model::KeyKind;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

bool reads(const shard::Plan& plan, std::string_view name) {
  const auto& fields = parse::canonical_fields();
  const auto at =
      static_cast<size_t>(std::find(fields.begin(), fields.end(), name) - fields.begin());
  EXPECT_LT(at, fields.size()) << name;
  return ((plan.sources.at(0).mapping->fields_used >> at) & 1) == 1;
}

bool is_nobody(const shard::Plan& plan, std::string_view text, KeyKind kind = KeyKind::kCustomer) {
  const std::vector<base::Digest>& stopped = plan.journeys->keys.stopped;
  return std::find(stopped.begin(), stopped.end(), shard::journey_key(plan.key, kind, text)) !=
         stopped.end();
}

TEST(JourneySection, NothingIsFollowedThatWasNotAskedFor) {
  for (const char* more : {"", "journeys: {}\n", "journeys: {look_back: 5d, stopped: [x]}\n"}) {
    const Loaded loaded = load_with(more);
    ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
    EXPECT_EQ(loaded.plan->journeys, nullptr);
    EXPECT_EQ(loaded.plan->fingerprint, load_with("").plan->fingerprint);
    EXPECT_FALSE(reads(*loaded.plan, "customer_key"));
    EXPECT_FALSE(reads(*loaded.plan, "touch.coupon"));
    EXPECT_EQ(loaded.plan->board->attribution.look_back_us, 0);
  }
}

TEST(JourneySection, HasItsDefaults) {
  const Loaded loaded = load_with("time: {lateness: 7m}\njourneys: {follow: true}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const shard::JourneyPlan& plan = *loaded.plan->journeys;
  EXPECT_EQ(plan.keys.look_back, 30 * base::kDay);
  EXPECT_EQ(plan.keys.order_delay_max, 3 * base::kDay);
  EXPECT_EQ(plan.keys.lateness, 7 * base::kMinute);
  EXPECT_EQ(plan.keys.touches_per_day, 20U);
  EXPECT_EQ(plan.verdicts.half_life, 7 * base::kDay);
  EXPECT_TRUE(plan.follows(KeyKind::kCustomer));
  EXPECT_TRUE(plan.follows(KeyKind::kClick));
  EXPECT_TRUE(plan.follows(KeyKind::kCoupon));
  EXPECT_FALSE(plan.follows(KeyKind::kCampaign)) << "many orders share one";
  for (const char* text : {"guest", "Guest", "GUEST", "null", "N/A", "0"}) {
    EXPECT_TRUE(is_nobody(*loaded.plan, text)) << text;
    EXPECT_TRUE(is_nobody(*loaded.plan, text, KeyKind::kCoupon)) << text;
  }
  EXPECT_FALSE(is_nobody(*loaded.plan, "ann"));
  for (const char* field : {"customer_key",
                            "campaign_id",
                            "touch.channel",
                            "touch.campaign_id",
                            "touch.click_id",
                            "touch.coupon"}) {
    EXPECT_TRUE(reads(*loaded.plan, field)) << field;
  }
  EXPECT_EQ(loaded.plan->board->attribution.look_back_us, 30 * base::kDay);
  EXPECT_EQ(loaded.plan->board->attribution.half_life_us, 7 * base::kDay);
}

TEST(JourneySection, EveryValueReachesThePlan) {
  const Loaded loaded = load_with(
      "journeys: {follow: true, keys: [customer, campaign], look_back: 5d, half_life: 12h, "
      "order_delay_max: 1d, touches_per_day: 7, stopped: [kiosk]}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const shard::JourneyPlan& plan = *loaded.plan->journeys;
  EXPECT_EQ(plan.keys.look_back, 5 * base::kDay);
  EXPECT_EQ(plan.keys.order_delay_max, base::kDay);
  EXPECT_EQ(plan.keys.touches_per_day, 7U);
  EXPECT_EQ(plan.verdicts.half_life, 12 * base::kHour);
  EXPECT_TRUE(plan.follows(KeyKind::kCampaign));
  EXPECT_FALSE(plan.follows(KeyKind::kCoupon));
  EXPECT_TRUE(is_nobody(*loaded.plan, "KIOSK"));
  EXPECT_FALSE(is_nobody(*loaded.plan, "guest")) << "the list is the user's";
}

TEST(JourneySection, WhatCannotBeFollowedIsSaidAtItsPlace) {
  EXPECT_THAT(errors(load_with("journeys: {follow: true, keys: [customer, cookie]}\n")),
              ElementsAre(AllOf(HasSubstr("6:43:"),
                                HasSubstr("\"cookie\" is no kind of key"),
                                HasSubstr("customer, click, coupon, campaign"))));
  EXPECT_THAT(errors(load_with("journeys: {follow: true, keys: []}\n")),
              ElementsAre(HasSubstr("without a key no touch meets an order")));
  EXPECT_THAT(
      errors(load_with("journeys: {follow: true, stopped: [" + std::string(513, 'x') + "]}\n")),
      ElementsAre(HasSubstr("a key has at most 512 bytes")));
  EXPECT_THAT(errors(load_with("journeys: {follow: true, stopped: [null]}\n")),
              ElementsAre(HasSubstr("put it in quotes")));
  EXPECT_THAT(errors(load_with("journeys: {follow: true, look_back: 1m}\n")),
              ElementsAre(HasSubstr("journeys.look_back")));
  EXPECT_THAT(errors(load_with("journeys: {follow: true, touches_per_day: 1001}\n")),
              ElementsAre(HasSubstr("journeys.touches_per_day")));
  EXPECT_THAT(codes(load_with("journeys: {follow: true, keys: [cookie]}\n")), ElementsAre("KA061"));
}

TEST(JourneySection, TheChangelogOutlivesWhatKeysRemember) {
  const auto retention = [](std::string_view more) {
    const Loaded loaded = load_with(more);
    const log::Topic& topic = loaded.plan->topics.at(loaded.plan->changelog);
    const auto found = std::find_if(topic.settings.begin(),
                                    topic.settings.end(),
                                    [](const auto& s) { return s.first == "retention.ms"; });
    return std::stoll(found->second) * base::kMillisecond;
  };
  EXPECT_GE(retention("journeys: {follow: true, look_back: 100d}\n"), 2 * 203 * base::kDay);
}

}  // namespace
}  // namespace kaiku::config
