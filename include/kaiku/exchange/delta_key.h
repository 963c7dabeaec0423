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
// has one per brand, which stands in the place of the channel. No brand's name begins with it.
inline constexpr char kMarketMark = '\x01';

// Facets: what an item counts for beside its brands. Some name both places: what stands behind the
// first separator is in the place of the channel.
//   campaign  mark, id                              channels are those of its items
//   topic     mark, id, separator, brand
//   feedback  mark, brand, separator, product, separator, aspect
// The cells of a campaign's whole period and of a comparison are made at the shard of the item.
inline constexpr char kCampaignMark = '\x02';
inline constexpr char kPeriodMark = '\x03';
inline constexpr char kTopicMark = '\x04';
inline constexpr char kFeedbackMark = '\x05';
inline constexpr char kComparisonMark = '\x06';
inline constexpr char kPlaceSeparator = '\x1f';

// Anything but a brand: nothing is said of its cells but KPIs.
[[nodiscard]] constexpr bool is_aside(std::string_view brand) {
  return !brand.empty() && brand.front() > 0 && brand.front() <= kComparisonMark;
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
