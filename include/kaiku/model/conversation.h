// What the items stage tells a conversation at H(conversation): one message of it, or one change of
// its state.
//
// Threads: a value, confined to its user.
// Owns:    nothing: views point into the edge record it was decoded from, or into the item.
// Cost:    a plain struct.
// Fails:   never.
#pragma once

#include <cstdint>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/model/item.h"

namespace kaiku::model {

enum class Severity : uint8_t { kNone, kTrivial, kMinor, kMajor, kCritical, kBlocker };
inline constexpr size_t kSeverities = 6;

// The states of tickets and bug reports, folded: new, confirmed and in_progress are open; fixed,
// wont_fix and duplicate are solved.
enum class ConversationStatus : uint8_t {
  kNone,  // the message says nothing about it
  kOpen,
  kPending,
  kOnHold,
  kSolved,
  kClosed,
  kReopened,
};

[[nodiscard]] std::string_view name_of(Severity severity);
// "" is kNone; false if the name is unknown.
[[nodiscard]] bool parse_name(std::string_view name, Severity& severity);
// Knows the names of tickets and those of bug reports.
[[nodiscard]] bool parse_name(std::string_view name, ConversationStatus& status);

struct ConversationMessage {
  base::Digest conversation;  // of platform and root; of the ticket
  base::Digest item;          // identity of the item that says it
  ItemType type = ItemType::kMention;
  Op op = Op::kCreate;  // kUpdate: a change of status, severity or acceptance; kDelete: taken back
  Relation relation = Relation::kOriginal;
  Visibility visibility = Visibility::kPublic;
  AuthorRole author_role = AuthorRole::kUnknown;
  Severity severity = Severity::kNone;
  ConversationStatus status = ConversationStatus::kNone;
  bool has_author = false;
  bool has_customer = false;
  bool accepted_answer = false;  // the platform or the asker marked this message as the answer
  bool automatic = false;        // an automatic reply, or a bot: no answer
  bool by_parent = false;        // `conversation` is the parent: the root has to be found first
  bool root_unknown = false;     // nobody knows what began the thread: it may be larger
  bool straggler = false;        // accepted below a watermark that an idle partition had moved
  uint8_t csat = 0;              // 1 to 5; 0: none
  base::EventTime at = base::kNoTime;  // subject time; of a change the operation time
  uint64_t author = 0;                 // keyed hash; valid if has_author
  base::Digest customer;               // keyed digest of the customer; valid if has_customer
  std::string_view brand;              // the item's first brand; `_other` if it names none
  std::string_view channel;
  std::string_view url;  // of public items, for the link of an alert; "" if unknown
};

}  // namespace kaiku::model
