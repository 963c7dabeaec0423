// KpiRows collects true key figures per brand, channel and window: counts, durations and sums of
// money by the minute in which they were decided.
//
// Threads: confined to its user.
// Owns:    its cells.
// Cost:    a map access per figure and window.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/generate/truth.h"
#include "kaiku/money/money_sums.h"
#include "kaiku/money/rates.h"

#include "generate/markov_truth.h"

namespace kaiku::generate {

// The key figures of conversations that are a part of a whole.
enum class Share : uint8_t {
  kSlaAttainment,
  kPeerAnswer,
  kTwoWay,
  kReopened,
  kDepth,
  kNeverAnswered,
  kDeflections,
  kAttributedOrders,
  kNewCustomers,
  kUnconvertedJourneys,
  kCrossChannelCustomers,
  kContinuedElsewhere,
};
inline constexpr size_t kShares = 12;

enum class Duration : uint8_t {
  kPublic,
  kPrivate,
  kBusiness,
  kPeerLead,
  kResolution,
  kFinalResolution,
};
inline constexpr size_t kDurations = 6;

inline constexpr size_t kModels = 5;  // last touch, first touch, linear, time decay, equal split

struct KpiCell {
  std::array<int64_t, kShares> parts{};
  std::array<int64_t, kShares> wholes{};
  std::array<std::vector<int64_t>, kDurations> milliseconds;
  std::array<int64_t, kModels> conversions{};  // millionths
  std::array<money::MoneySums, kModels> revenue;
  int64_t orders = 0;    // that were attributed
  MarkovTruth journeys;  // of all channels
};

class KpiRows {
 public:
  struct Place {
    base::EventTime at = 0;
    uint16_t brand = 0;
    std::string channel;
  };

  // `change` is applied to the cell of the hour and to that of the day; and, if `in_all`, to those
  // of all channels.
  template <typename Change>
  void each(const Place& place, bool in_all, const Change& change) {
    for (const Window window : {Window::kHour, Window::kDay}) {
      const int64_t size = size_of(window);
      const base::EventTime start = base::floor_div(place.at, size) * size;
      change(cells_[{window, place.brand, place.channel, start}]);
      if (in_all) {
        change(cells_[{window, place.brand, "_all", start}]);
      }
    }
  }

  // Of all channels only.
  template <typename Change>
  void in_all(const Place& place, const Change& change) {
    Place all = place;
    all.channel = "_all";
    each(all, false, change);
  }

  void count(const Place& place, Share share, int64_t part, int64_t whole);
  void last(const Place& place, Duration duration, int64_t milliseconds);

  // Those that have figures. `rates` converts the money.
  [[nodiscard]] std::vector<KpiTruth> rows(const std::vector<std::string>& brand_ids,
                                           std::string_view base_currency,
                                           const std::string& rates_csv) const;

 private:
  using Key = std::tuple<Window, uint16_t, std::string, base::EventTime>;
  using Add = std::function<void(std::string_view kpi, std::string channel, std::string fields)>;

  void tell_removal_effects(const Key& key,
                            const KpiCell& all,
                            const money::Rates& rates,
                            const Add& add) const;

  std::map<Key, KpiCell> cells_;
};

}  // namespace kaiku::generate
