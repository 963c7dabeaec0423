// What meets at a key (a customer, a click id, a coupon, a campaign): entries, questions about
// them, and answers. Entries and questions go to H(key), answers to H(asker).
//
// Threads: values, confined to their user.
// Owns:    nothing: views point into the edge record they were decoded from.
// Cost:    plain structs.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

namespace kaiku::model {

enum class KeyKind : uint8_t { kCustomer, kClick, kCoupon, kCampaign };
inline constexpr size_t kKeyKinds = 4;

// "customer", "click", "coupon", "campaign".
[[nodiscard]] std::string_view name_of(KeyKind kind);
// False if the name is unknown.
[[nodiscard]] bool parse_name(std::string_view name, KeyKind& kind);

// The keys an item carries, and the channel that led to it where the record names one.
struct KeyPart {
  std::array<base::Digest, kKeyKinds> keys{};  // by KeyKind; valid where `carried` says so
  uint8_t carried = 0;                         // a bit per KeyKind
  std::string_view touch_channel;              // id from the channel table; "" if it names none

  [[nodiscard]] bool has(KeyKind kind) const {
    return (carried >> static_cast<unsigned>(kind) & 1U) != 0;
  }

  [[nodiscard]] const base::Digest& at(KeyKind kind) const {
    return keys[static_cast<size_t>(kind)];
  }

  void add(KeyKind kind, const base::Digest& key) {
    keys[static_cast<size_t>(kind)] = key;
    carried = static_cast<uint8_t>(carried | 1U << static_cast<unsigned>(kind));
  }
};

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
  bool removed = false;  // it is none any more: forget it
  base::EventTime at = base::kNoTime;
  std::string_view brand;
  std::string_view channel;
};

// "Which entries of `kind` does this key have in [from, to]?" Answered when nothing older than `to`
// can be accepted any more, and again when that changes. The asker knows its last question by its
// number.
struct KeyQuestionMessage {
  base::Digest key;
  KeyKind key_kind = KeyKind::kCustomer;
  EntryKind kind = EntryKind::kTouch;
  AskerKind asker_kind = AskerKind::kOrder;
  base::Digest asker;
  uint64_t number = 0;  // of the question, counted by the asker
  base::EventTime from = base::kNoTime;
  base::EventTime to = base::kNoTime;
};

struct KeyEntry {
  base::Digest id;
  base::EventTime at = base::kNoTime;
  std::string_view channel;
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
