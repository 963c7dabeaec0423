// What meets at a key (a customer, a click id, a coupon, a campaign): entries, questions about
// them, and answers. Entries and questions go to H(key), answers to H(asker).
//
// Threads: values, confined to their user.
// Owns:    nothing: views point into the edge record they were decoded from.
// Cost:    plain structs.
// Fails:   never.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

namespace kaiku::model {

enum class KeyKind : uint8_t { kCustomer, kClick, kCoupon, kCampaign };
inline constexpr size_t kKeyKinds = 4;

// What happened at a key.
enum class EntryKind : uint8_t {
  kTouch,    // a social item, a visit or a lead that carries the key
  kContact,  // a support contact opened: a ticket, a message to the brand
  kOrder,    // a purchase, so that the first one is known
};

enum class AskerKind : uint8_t { kOrder, kConversation };

// One entry, sent to every key it carries. Entries with one id are one entry.
struct KeyEntryMessage {
  base::Digest key;
  KeyKind key_kind = KeyKind::kCustomer;
  EntryKind kind = EntryKind::kTouch;
  base::Digest id;
  bool removed = false;  // deleted, or erased: forget it
  base::EventTime at = base::kNoTime;
  std::string_view source;
  std::string_view brand;
  std::string_view channel;
  std::string_view campaign;
};

// "Which entries of `kind` does this key have in [from, to]?" Answered when nothing older than `to`
// can be accepted any more. A later question of one asker replaces an earlier one.
struct KeyQuestionMessage {
  base::Digest key;
  KeyKind key_kind = KeyKind::kCustomer;
  EntryKind kind = EntryKind::kTouch;
  AskerKind asker_kind = AskerKind::kOrder;
  base::Digest asker;
  uint64_t number = 0;  // of the question, counted by the asker
  base::EventTime from = base::kNoTime;
  base::EventTime to = base::kNoTime;
  std::string_view brand;
};

struct KeyEntry {
  base::Digest id;
  base::EventTime at = base::kNoTime;
  std::string_view channel;
  std::string_view campaign;
};

struct KeyAnswerMessage {
  base::Digest asker;
  AskerKind asker_kind = AskerKind::kOrder;
  uint64_t number = 0;
  base::Digest key;
  KeyKind key_kind = KeyKind::kCustomer;
  EntryKind kind = EntryKind::kTouch;
  bool shared = false;                // not one customer's key ("guest"): no entries are told
  bool truncated = false;             // a bound of the key was reached in the span
  bool earlier_order = false;         // the key has an order before `to`
  std::span<const KeyEntry> entries;  // by (time, id)
};

}  // namespace kaiku::model
