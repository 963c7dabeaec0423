#include "generate/journey_truth.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "kaiku/money/split.h"

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kDay;
using base::kMinute;

__extension__ using Wide = unsigned __int128;

constexpr int64_t kWhole = 1'000'000;
constexpr int64_t kCrossDays = 28;
// Ids of visits and leads, beside those of posts.
constexpr uint64_t kDealIds = uint64_t{1} << 63;

// 2^(-age/half_life) x 2^40, rounded down: whole halvings by shifting, the rest as the power series
// of e^(-y) at y = rest x ln 2, in units of 2^-62.
uint64_t decay(int64_t age, int64_t half_life) {
  constexpr unsigned kBits = 62;
  constexpr uint64_t kLn2 = 3'196'577'161'300'663'915ULL;  // ln 2 x 2^62, rounded
  const auto positive = static_cast<uint64_t>(std::max<int64_t>(age, 0));
  const auto life = static_cast<uint64_t>(half_life);
  if (positive / life >= kBits) {
    return 0;
  }
  const auto y = static_cast<uint64_t>(static_cast<Wide>(positive % life) * kLn2 / life);
  uint64_t sum = uint64_t{1} << kBits;
  uint64_t term = sum;
  for (uint64_t n = 1; term != 0; ++n) {
    term = static_cast<uint64_t>((static_cast<Wide>(term) * y >> kBits) / n);
    sum = n % 2 == 1 ? sum - term : sum + term;
  }
  return sum >> (positive / life) >> (kBits - 40);
}

std::string name_of(uint8_t channel) {
  return channel == kChannels ? "_none" : std::string(channel_names()[channel]);
}

}  // namespace

void JourneyTruth::take(const Post& post) {
  if (post.note) {
    return;
  }
  const uint16_t brand = first_brand_of(post);
  const Touch touch{
      post.occurred_at, post.number, brand == kNoBrand ? other_ : brand, post.channel};
  if (post.customer != kNobody) {
    keys_[{KeyKind::kCustomer, post.customer}].push_back(touch);
    silos_.take(post, touch.brand);
  }
  if (post.coupon != 0) {
    keys_[{KeyKind::kCoupon, post.coupon}].push_back(touch);
  }
}

// Of all keys of the order, each touch once.
std::vector<JourneyTruth::Touch> JourneyTruth::touches_of(const Keys& keys,
                                                          const Deal& order) const {
  std::set<Touch> found;
  const auto look_at = [&](KeyKind kind, uint32_t number, uint32_t nothing) {
    const auto at = keys.find({kind, number});
    if (number == nothing || at == keys.end()) {
      return;
    }
    for (const Touch& touch : at->second) {
      if (touch.at <= order.occurred_at && touch.at >= order.occurred_at - terms_.look_back_us) {
        found.insert(touch);
      }
    }
  };
  look_at(KeyKind::kCustomer, order.customer, kGuest);
  look_at(KeyKind::kClick, order.click, 0);
  look_at(KeyKind::kCoupon, order.coupon, 0);
  std::vector<Touch> touches(found.begin(), found.end());
  if (order.touch != kChannels) {
    touches.push_back({order.occurred_at, 0, order.brand, order.touch});
  }
  return touches;
}

void JourneyTruth::attribute(const OrderFact& order,
                             const std::vector<Touch>& touches,
                             bool is_new,
                             KpiRows& kpis) const {
  const Deal& deal = order.deal;
  const uint16_t brand = deal.brand == kNoBrand ? other_ : deal.brand;
  const KpiRows::Place own{deal.occurred_at, brand, name_of(deal.channel)};
  const bool joined = !touches.empty();
  kpis.count(own, Share::kAttributedOrders, joined ? 1 : 0, 1);
  kpis.each(own, true, [](KpiCell& cell) { ++cell.orders; });
  if (deal.customer != kGuest && deal.customer != kNobody) {
    kpis.count(own, Share::kNewCustomers, is_new ? 1 : 0, 1);
  }
  if (joined) {
    std::vector<std::string> path;
    for (const Touch& touch : touches) {
      path.push_back(name_of(touch.channel));
    }
    kpis.in_all(own, [&](KpiCell& cell) {
      ++cell.wholes[static_cast<size_t>(Share::kUnconvertedJourneys)];
      cell.journeys.add(path, true);
    });
  }
  // Parts by the names of the channels.
  std::map<std::string, std::array<uint64_t, kModels>> weights;
  for (size_t i = 0; i < touches.size(); ++i) {
    std::array<uint64_t, kModels>& of = weights[name_of(touches[i].channel)];
    of[0] += i + 1 == touches.size() ? 1 : 0;
    of[1] += i == 0 ? 1 : 0;
    of[2] += 1;
    of[3] += decay(touches.back().at - touches[i].at, terms_.half_life_us);
    of[4] = 1;
  }
  for (const auto& [channel, of] : weights) {
    kpis.each({deal.occurred_at, brand, channel}, false, [](KpiCell& cell) {
      ++cell.wholes[static_cast<size_t>(Share::kUnconvertedJourneys)];
    });
  }
  if (!joined) {
    weights[name_of(kChannels)].fill(1);
  }
  for (size_t model = 0; model < kModels; ++model) {
    std::vector<uint64_t> parts;
    for (const auto& [channel, of] : weights) {
      parts.push_back(of[model]);
    }
    const std::vector<int64_t> micros = money::split(order.net_micros, parts);
    const std::vector<int64_t> conversions = money::split(kWhole, parts);
    size_t i = 0;
    for (const auto& [channel, of] : weights) {
      kpis.each({deal.occurred_at, brand, channel}, true, [&](KpiCell& cell) {
        cell.conversions[model] += conversions[i];
        (void)cell.revenue[model].add(
            money::Flow::kOrder, deal.currency, base::day_of(deal.occurred_at), micros[i]);
      });
      ++i;
    }
  }
}

// A customer is active on a day with a touch; of two channels if it met another one in 28 days.
void JourneyTruth::tell_days(const std::vector<Touch>& touches, KpiRows& kpis) const {
  for (size_t i = 0; i < touches.size(); ++i) {
    const int32_t day = base::day_of(touches[i].at);
    if (i + 1 < touches.size() && base::day_of(touches[i + 1].at) == day) {
      continue;
    }
    const bool crosses = std::any_of(
        touches.begin(), touches.begin() + static_cast<std::ptrdiff_t>(i), [&](const Touch& one) {
          return base::day_of(one.at) > day - kCrossDays && one.channel != touches[i].channel;
        });
    kpis.count({(day + 1) * kDay - 1, touches[i].brand, name_of(touches[i].channel)},
               Share::kCrossChannelCustomers,
               crosses ? 1 : 0,
               1);
  }
}

// Journeys that no order followed within the look-back of their last touch.
void JourneyTruth::tell_undecided(const std::vector<Touch>& touches,
                                  const std::vector<EventTime>& orders,
                                  KpiRows& kpis) const {
  const int64_t look_back = terms_.look_back_us;
  for (size_t i = 0; i < touches.size(); ++i) {
    const EventTime last = touches[i].at;
    const auto order = std::lower_bound(orders.begin(), orders.end(), last);
    if ((i + 1 < touches.size() && touches[i + 1].at - last <= look_back) ||
        (order != orders.end() && *order - last <= look_back)) {
      continue;
    }
    EventTime since = last - look_back;
    since = order == orders.begin() ? since : std::max(since, *(order - 1) + 1);
    const EventTime at = base::floor_div(last + look_back, kMinute) * kMinute;
    const auto count = [](KpiCell& cell) {
      ++cell.parts[static_cast<size_t>(Share::kUnconvertedJourneys)];
      ++cell.wholes[static_cast<size_t>(Share::kUnconvertedJourneys)];
    };
    std::vector<std::string> path;
    for (size_t j = 0; j <= i; ++j) {
      if (touches[j].at >= since) {
        path.push_back(name_of(touches[j].channel));
      }
    }
    for (const std::string& channel : std::set<std::string>(path.begin(), path.end())) {
      kpis.each({at, touches[i].brand, channel}, false, count);
    }
    kpis.in_all({at, touches[i].brand, ""}, [&](KpiCell& cell) {
      count(cell);
      cell.journeys.add(path, false);
    });
  }
}

void JourneyTruth::tell(const std::vector<Deal>& visits,
                        const std::vector<OrderFact>& orders,
                        KpiRows& kpis) const {
  silos_.tell(kpis);
  Keys keys = keys_;
  for (const Deal& visit : visits) {
    const Touch touch{visit.occurred_at,
                      kDealIds | visit.number,
                      visit.brand == kNoBrand ? other_ : visit.brand,
                      visit.touch == kChannels ? visit.channel : visit.touch};
    if (visit.customer != kNobody && visit.customer != kGuest) {
      keys[{KeyKind::kCustomer, visit.customer}].push_back(touch);
    }
    if (visit.click != 0) {
      keys[{KeyKind::kClick, visit.click}].push_back(touch);
    }
  }
  Orders times;
  for (const OrderFact& order : orders) {
    times[order.deal.customer].push_back(order.deal.occurred_at);
  }
  for (auto& [customer, of] : times) {
    std::sort(of.begin(), of.end());
  }
  for (const OrderFact& order : orders) {
    const bool is_new = times[order.deal.customer].front() >= order.deal.occurred_at;
    attribute(order, touches_of(keys, order.deal), is_new, kpis);
  }
  for (auto& [key, touches] : keys) {
    if (key.first != KeyKind::kCustomer) {
      continue;
    }
    std::sort(touches.begin(), touches.end());
    tell_days(touches, kpis);
    const auto own = times.find(key.second);
    tell_undecided(touches, own == times.end() ? std::vector<EventTime>() : own->second, kpis);
  }
}

}  // namespace kaiku::generate
