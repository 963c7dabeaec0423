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

struct DeltaKey {
  int32_t minute = 0;
  model::ItemType type = model::ItemType::kMention;
  std::string_view brand;
  std::string_view channel;
};

}  // namespace kaiku::exchange
