// DeltaKey: which cells a delta changes: one minute of one brand, channel and type; and what may
// stand in the place of a brand.
//
// Threads: a value.
// Owns:    nothing; views borrow.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>
#include <string_view>

#include "kaiku/model/item.h"

namespace kaiku::exchange {

// First character of what stands in the place of a brand where the cells of a market are meant: it
// has one per brand, which stands in the place of the channel. Marks and separator are bytes that
// no UTF-8 text holds, so no brand begins with one, whatever records say.
inline constexpr char kMarketMark = '\xf8';

// Facets: what an item counts for beside its brands. Some name both places: what stands behind the
// first separator is in the place of the channel.
//   campaign  mark, id                              channels are those of its items
//   topic     mark, id, separator, brand
//   feedback  mark, brand, separator, product, separator, aspect
// The cells of a campaign's whole period and of a comparison are made at the shard of the item.
inline constexpr char kCampaignMark = '\xf9';
inline constexpr char kPeriodMark = '\xfa';
inline constexpr char kTopicMark = '\xfb';
inline constexpr char kFeedbackMark = '\xfc';
inline constexpr char kComparisonMark = '\xfd';
inline constexpr char kPlaceSeparator = '\xfe';

// Anything but a brand: nothing is said of its cells but KPIs.
[[nodiscard]] constexpr bool is_aside(std::string_view brand) {
  const auto first = brand.empty() ? uint8_t{0} : static_cast<uint8_t>(brand.front());
  return first >= static_cast<uint8_t>(kMarketMark) &&
         first <= static_cast<uint8_t>(kComparisonMark);
}

[[nodiscard]] constexpr bool is_marked(std::string_view brand, char mark) {
  return !brand.empty() && brand.front() == mark;
}

[[nodiscard]] constexpr bool is_market(std::string_view brand) {
  return !brand.empty() && brand.front() == kMarketMark;
}

struct DeltaKey {
  int32_t minute = 0;
  model::ItemType type = model::ItemType::kMention;
  std::string_view brand;
  std::string_view channel;
};

}  // namespace kaiku::exchange
