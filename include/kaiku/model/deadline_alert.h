// DeadlineMessage: what a conversation says about an alert of its deadline, to the home of its
// brand: H(conversation) -> H(brand). There it is decided whether anybody is told.
//
// Threads: a value, confined to its user.
// Owns:    nothing: views point into the edge record it was decoded from.
// Cost:    a plain struct.
// Fails:   never.
#pragma once

#include <cstdint>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

namespace kaiku::model {

// Numbers on disk and wire: never reuse one.
enum class DeadlineKind : uint8_t { kRisk, kBreach };

enum class DeadlineState : uint8_t {
  kOpen,
  kResolved,
  kWithdrawn,  // its record is to have no value any more
  kEnded,      // of both kinds: the conversation is over, nothing follows
};

// (kind, conversation, asked_at) names an alert.
struct DeadlineMessage {
  DeadlineKind kind = DeadlineKind::kRisk;
  DeadlineState state = DeadlineState::kOpen;
  base::Digest conversation;
  base::EventTime asked_at = base::kNoTime;
  base::EventTime deadline = base::kNoTime;
  uint32_t revision = 0;
  std::string_view brand;
  std::string_view channel;
  std::string_view sla_policy;
  std::string_view url;    // "" if there is none
  std::string_view key;    // of the record, canonical JSON
  std::string_view value;  // the record; "" where it has none
};

}  // namespace kaiku::model
