// What an item that opens a conversation of a known customer says to the customer's key: where and
// when, and a sketch of what it says, so that the same problem told on another channel is known.
//
// Threads: values, confined to their user.
// Owns:    nothing: views point into the edge record they were decoded from, or into the item.
// Cost:    plain structs.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

namespace kaiku::model {

inline constexpr size_t kTextSketchSlots = 32;
// A MinHash (sketch/min_hash.h): what share of it is the same is what share of two texts is.
using TextSketch = std::array<uint16_t, kTextSketchSlots>;

// Of an item that opens a conversation, where its record names the customer.
struct OpeningPart {
  base::Digest conversation;  // of the channel and the root; of the item where none is named
  bool has_sketch = false;    // false: its text is too short to be compared
  TextSketch sketch{};
};

// The same to H(customer).
struct OpeningMessage {
  base::Digest customer;
  base::Digest id;  // of the item
  base::EventTime at = base::kNoTime;
  std::string_view brand;
  std::string_view channel;
  OpeningPart part;
};

}  // namespace kaiku::model
