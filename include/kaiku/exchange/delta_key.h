// DeltaKey: which cells a delta changes: one minute of one brand, channel and type.
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
