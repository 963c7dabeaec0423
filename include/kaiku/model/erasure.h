// Erasure: what a request to forget a subject says to every shard, and what a shard says of it.
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

// Router -> every shard, since nobody knows which ones know the subject.
struct ErasureMessage {
  base::Digest request;                // of the channel and its id: equal for redeliveries
  base::EventTime at = base::kNoTime;  // what was said before is forgotten; no watermark is past it
  base::EventTime requested_at = base::kNoTime;
  bool has_author = false;
  bool has_customer = false;
  uint64_t author = 0;
  base::Digest customer;
  std::string_view id;  // of the request, for its receipt
};

// What a shard forgot, by kind.
enum class Erased : uint8_t {
  kConversations,   // opened by the subject: who it was, and the link
  kParticipations,  // of the subject in conversations of others
  kTouches,         // entries of the customer's key
  kQuestions,       // about them
  kOrders,          // whose customer is somebody now
  kAttributions,    // likewise
  kRecords,         // outcomes and alerts that were withdrawn
};
inline constexpr size_t kErasedKinds = 7;

using ErasedCounts = std::array<uint64_t, kErasedKinds>;

// "conversations", "participations", ...
[[nodiscard]] std::string_view name_of(Erased kind);

// In the place of an id of the subject, at one place only: what held it goes on as it was, and no
// two places tell of one subject.
[[nodiscard]] base::Digest somebody(const base::Digest& request, const base::Digest& place);

// A shard has done it; to H(request), which waits for all of them.
struct ErasureDoneMessage {
  base::Digest request;
  base::EventTime at = base::kNoTime;
  base::EventTime requested_at = base::kNoTime;
  uint32_t shard = 0;
  ErasedCounts counts{};
  std::string_view id;
};

}  // namespace kaiku::model
