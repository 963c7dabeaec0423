// ConversationRecord: the value of one conversation in kConversations: what was applied, and the
// messages that wait.
//
// Threads: a value.
// Owns:    its strings.
// Cost:    some 150 bytes in the store, and 60 per message that waits.
// Fails:   decode() is false on anything but a well-formed value.
// Format:  layout u8 (3; 2 did not know the opening message, and is read still), applied time i64,
//          applied item 16 bytes, inexact u8, flags u8 (1: risk alert open), alert revision varint,
//          phase u8, then if the phase is not blank the thread (see write_thread), then the waiting
//          messages: count varint, each as write_held writes it. Times of a thread are varint: 0
//          none, else 1 + zigzag of the distance to the applied time.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/aggregate/conversation_figures.h"
#include "kaiku/base/bytes.h"
#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/model/conversation.h"

namespace kaiku::conversation {

// A message that waits for its turn.
struct HeldMessage {
  base::EventTime at = 0;
  base::Digest item;
  model::ItemType type = model::ItemType::kMention;
  model::Op op = model::Op::kCreate;
  model::Visibility visibility = model::Visibility::kPublic;
  model::AuthorRole author_role = model::AuthorRole::kUnknown;
  model::Severity severity = model::Severity::kNone;
  model::ConversationStatus status = model::ConversationStatus::kNone;
  bool has_author = false;
  bool has_customer = false;
  bool accepted_answer = false;
  bool automatic = false;
  bool root_unknown = false;
  bool straggler = false;
  uint8_t csat = 0;
  uint64_t author = 0;
  base::Digest customer;
  std::string brand;
  std::string channel;
  std::string url;  // of public bug reports only

  // All of it: two messages that compare equal are interchangeable.
  friend auto operator<=>(const HeldMessage&, const HeldMessage&) = default;
};

[[nodiscard]] HeldMessage held_of(const model::ConversationMessage& message);
// As it was said in `conversation`; views point into `held`.
[[nodiscard]] model::ConversationMessage message_of(const HeldMessage& held,
                                                    const base::Digest& conversation);
void write_held(base::ByteWriter& out, const HeldMessage& held);
// What is not well-formed fails the reader.
void read_held(base::ByteReader& in, HeldMessage& held);

enum class Phase : uint8_t { kBlank, kThread, kOpen, kClosed };

enum class Verdict : uint8_t { kNone, kMet, kBreached, kDropped };

enum class FirstBy : uint8_t { kNobody, kBrand, kPeer };

enum class LastWord : uint8_t { kNobody, kCustomer, kAnswerer };

enum class DeflectionStage : uint8_t {
  kNone,
  kAsked,    // the wait has not ended
  kWaiting,  // it has, and all rests with the customer's answer
  kDecided,
};

enum class Heard : uint8_t { kNothing, kNoContact, kContact, kUnknown };

struct Deflection {
  DeflectionStage stage = DeflectionStage::kNone;
  Heard heard = Heard::kNothing;
  bool by_answer = false;  // decided by what was heard, not by the brand's own reply
  base::EventTime accepted_at = base::kNoTime;
  bool was_told = false;  // counters have it, whatever was heard since

  [[nodiscard]] bool is_deflected() const {
    return stage == DeflectionStage::kDecided && by_answer && heard == Heard::kNoContact;
  }
};

// From the first message to the end of the time in which it can be reopened.
struct Thread {
  static constexpr size_t kChannels = 8;
  static constexpr size_t kEarlyAuthors = 8;  // before the opening; more are not among the members
  static constexpr size_t kPeerAnswers = 8;   // that an acceptance without an author can name

  Phase phase = Phase::kBlank;
  model::ItemType type = model::ItemType::kMention;
  model::Visibility visibility = model::Visibility::kPublic;
  model::Severity severity = model::Severity::kNone;
  aggregate::CloseReason close_reason = aggregate::CloseReason::kStatus;
  FirstBy first_by = FirstBy::kNobody;
  LastWord last_word = LastWord::kNobody;
  Verdict verdict = Verdict::kNone;
  uint8_t csat = 0;
  bool has_asker = false;
  bool has_customer = false;
  bool root_unknown = false;
  bool brand_spoke = false;
  bool two_way = false;
  bool bot_answered = false;
  bool counted_closed = false;
  bool breach_open = false;      // the alert
  bool peer_accepted = false;    // an answer of a peer was accepted
  bool deflection_void = false;  // the status says that it was not solved after all
  bool is_erased = false;        // the asker was forgotten: no record names it any more
  bool is_taken_back = false;    // the opening message was deleted: nobody waits for an answer
  bool ended_by_deletion = false;
  std::string brand;  // "" until one is named
  std::string channel;
  std::string url;
  std::vector<std::string> channels;  // sorted
  uint64_t asker = 0;
  base::Digest customer;
  base::Digest opening;  // the item
  base::EventTime last_at = base::kNoTime;
  base::EventTime opened_at = base::kNoTime;
  base::EventTime first_peer_at = base::kNoTime;
  base::EventTime first_brand_at = base::kNoTime;
  base::EventTime first_resolved_at = base::kNoTime;
  base::EventTime resolved_at = base::kNoTime;  // none while it is open
  base::EventTime closed_at = base::kNoTime;
  base::EventTime deadline = base::kNoTime;
  int64_t response_business_ms = 0;
  std::string sla_name;
  int64_t sla_target_us = 0;
  uint64_t seen = 0;  // messages applied, those taken back included
  std::array<int64_t, aggregate::kSpeakers> messages{};
  uint32_t reopen_count = 0;
  uint32_t revision = 0;  // of the next outcome record
  std::vector<uint64_t> early_authors;
  std::vector<uint64_t> peer_answers;  // low halves of their items
  Deflection deflection;

  [[nodiscard]] bool was_opened() const { return phase == Phase::kOpen || phase == Phase::kClosed; }

  [[nodiscard]] int64_t messages_total() const;
};

struct ConversationRecord {
  base::EventTime applied_at = base::kTimeBegin;
  base::Digest applied_item;
  uint8_t inexact = 0;     // mask of model::Inexact, of everything from here on
  bool risk_open = false;  // the alert
  uint32_t alert_revision = 0;
  Thread thread;
  std::vector<HeldMessage> waiting;  // sorted

  [[nodiscard]] std::string encode() const;
  [[nodiscard]] bool decode(std::string_view value);
};

}  // namespace kaiku::conversation
