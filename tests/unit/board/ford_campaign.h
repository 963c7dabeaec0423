// The campaign of the Ford case: six days of views, requests and cars that dealers sold, and what
// it counts.
//
// Threads: confined to its test.
// Owns:    nothing.
// Cost:    of no concern.
// Fails:   a sum that is not taken fails the test.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {

inline const EventTime kMonday = at("2026-03-02T00:00:00Z");
inline const std::string kFiesta = std::string(1, exchange::kCampaignMark) + "fiesta";
inline const std::string kWholeFiesta = std::string(1, exchange::kPeriodMark) + "fiesta";

inline BoardPlan daily_with_fiesta() {
  BoardPlan plan = plan_of({window_of("minute", kMinute), window_of("day", kDay)}, {"day"});
  Campaign campaign;
  campaign.cells = kFiesta;
  campaign.period = kWholeFiesta;
  campaign.brand = "ford";
  campaign.from = kMonday;
  campaign.to = kMonday + 6 * kDay;
  campaign.steps = {{"views", Measure::kViews, ""},
                    {"requests", Measure::kLeads, ""},
                    {"cars", Measure::kOrders, "dealer"}};
  plan.campaigns.push_back(campaign);
  return plan;
}

inline Aggregate views(int64_t count) {
  Aggregate delta;
  delta.views = count;
  return delta;
}

inline Aggregate leads(int64_t count) {
  Aggregate delta;
  delta.business.make().leads = count;
  return delta;
}

inline Aggregate orders(int64_t count) {
  Aggregate delta;
  delta.orders = count;
  return delta;
}

inline Aggregate spend(const char* currency, int64_t micros) {
  Aggregate delta;
  delta.spends = 1;
  EXPECT_TRUE(
      delta.money.add(money::Flow::kSpend, currency_of(currency), base::day_of(kMonday), micros));
  return delta;
}

inline void merge_fords(Desk& desk) {
  // What is counted of the whole campaign lies in its last minute.
  const EventTime last = kMonday + 6 * kDay - kMinute;
  desk.merge(last, kWholeFiesta, "youtube", ItemType::kMention, views(6'500'000));
  desk.merge(last, kWholeFiesta, "web", ItemType::kBusinessEvent, leads(50'000));
  desk.merge(last, kWholeFiesta, "dealer", ItemType::kBusinessEvent, orders(10'000));
  desk.merge(last, kWholeFiesta, "web", ItemType::kBusinessEvent, orders(7));  // not at a dealer
  desk.merge(last, kWholeFiesta, "web", ItemType::kBusinessEvent, spend("EUR", 325'000'000'000));
}

}  // namespace kaiku::board
