// Funnels with figures that can be checked by hand: the Ford campaign as an hour of kirkas, and one
// in which steps are not computable.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kaiku/serve/snapshot.h"

namespace kaiku::tests {

struct StepFigures {
  std::string name;
  std::string of;
  int64_t count = 0;
  std::optional<int64_t> cost_micros;
};

// With its 95 % interval by Wilson; none where it is no proportion.
inline serve::ShareView example_rate(int64_t part, int64_t whole) {
  serve::ShareView share{part, whole, {}, {}, {}};
  if (whole <= 0) {
    return share;
  }
  const auto n = static_cast<double>(whole);
  const double p = static_cast<double>(part) / n;
  share.value = p;
  if (part <= whole) {
    constexpr double kZ = 1.959964;
    const double middle = p + kZ * kZ / (2 * n);
    const double margin = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
    share.lower = std::max(0.0, (middle - margin) / (1 + kZ * kZ / n));
    share.upper = std::min(1.0, (middle + margin) / (1 + kZ * kZ / n));
  }
  return share;
}

inline serve::CampaignView example_campaign(const std::string& campaign,
                                            const std::string& brand,
                                            const std::vector<StepFigures>& steps) {
  serve::CampaignView view;
  view.campaign = campaign;
  view.brand = brand;
  view.days = 1.0 / 24;
  int64_t previous = steps.empty() ? 0 : steps.front().count;
  for (const StepFigures& step : steps) {
    view.steps.push_back({step.name,
                          step.of,
                          example_rate(step.count, previous),
                          example_rate(step.count, steps.front().count),
                          step.cost_micros});
    previous = step.count;
  }
  return view;
}

inline void add_campaign(serve::Snapshot& snapshot,
                         base::EventTime hour,
                         serve::CampaignView campaign) {
  serve::FigureSet set;
  set.window = "hour";
  set.window_start = hour;
  set.window_end = hour + base::kHour;
  campaign.window = set.window;
  campaign.window_start = set.window_start;
  campaign.window_end = set.window_end;
  set.campaign = std::move(campaign);
  snapshot.figures.push_back(std::make_shared<const serve::FigureSet>(std::move(set)));
}

// `hour` is the last closed one.
inline void add_example_campaigns(serve::Snapshot& snapshot, base::EventTime hour) {
  snapshot.campaigns = {{"spring", "kirkas"}, {"launch", "aurinko"}, {"loyalty", "kirkas"}};
  serve::CampaignView spring = example_campaign("spring",
                                                "kirkas",
                                                {{"views", "views", 6'500'000, 50'000},
                                                 {"requests", "leads", 50'000, 6'500'000},
                                                 {"cars", "orders", 10'000, 32'500'000}});
  spring.basis = "none";
  spring.currency = "EUR";
  spring.spend_micros = 325'000'000'000;
  add_campaign(snapshot, hour, spring);
  spring.is_whole = true;
  spring.days = 6;
  add_campaign(snapshot, hour, spring);
  // Nobody asked, and some bought.
  add_campaign(snapshot,
               hour,
               example_campaign("launch",
                                "aurinko",
                                {{"clicks", "clicks", 4, {}},
                                 {"requests", "leads", 0, {}},
                                 {"bottles", "orders", 12, {}}}));
  // The open hour has a hundredth of it so far; what it cost is not told yet.
  serve::CampaignView early = example_campaign("spring",
                                               "kirkas",
                                               {{"views", "views", 65'000, {}},
                                                {"requests", "leads", 500, {}},
                                                {"cars", "orders", 100, {}}});
  early.window = "hour";
  early.window_start = hour + base::kHour;
  early.window_end = hour + 2 * base::kHour;
  early.is_closed = false;
  snapshot.open_campaigns.push_back(early);
}

}  // namespace kaiku::tests
