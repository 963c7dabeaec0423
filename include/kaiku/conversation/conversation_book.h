// ConversationBook: threads and tickets at H(conversation): who answered when, whether in time, and
// what came of it.
//
// Threads: confined to the shard's worker.
// Owns:    what was accepted since the last advance(), and an index in memory of about 120 bytes
//          per conversation (next timer, whether it waits for an answer, whether an alert is open);
//          the state is in `tables` (kConversations).
// Cost:    accept() is an insert in memory. advance() reads and writes each conversation once that
//          got something or is due, and looks at no other. load() scans the table once.
// Fails:   kRestore when an entry does not decode.
// Format:  table kConversations. Key: digest of the conversation, 16 bytes. Value: see
//          conversation_record.h. Records are JSON; their fields in outcome_record.h.
//
// Messages and timers of one conversation are applied in the order of (time, item), a timer before
// a message of its time, and only below C = effective - lateness: so every figure is a function of
// the set of messages. What arrives below a message or timer that was applied already is applied at
// once; the figures of that conversation are inexact from then on (kInexactStraggler), and so are
// those of one that had more than buffer_max messages waiting (kInexactOverflow).
//
// Opened by the first message of the customer's side (role customer, unknown or peer) whose type is
// an opening one; its channel, type and visibility are the conversation's, its brand is the first
// one named by then. Its author is the asker, every other author of that side a peer. Internal
// notes are no messages; automatic replies and bots are no answers. Answers: the first public one
// of a peer and of the brand; in a private conversation the brand's private one counts. Deadline:
// the SLA target from the opening on its clock, by channel, severity (the highest until the brand's
// answer) and type; a severity raised later may move it, never before the moment it was raised.
// Verdict once, in the minute of the deadline: met if the brand had answered by then (the deadline
// itself included), none if the conversation was closed by then, else breached, and unanswered if
// no peer had answered either. Closed by status, by an accepted answer (these two resolve it), when
// the last word is the brand's or a peer's and nothing follows for `inactivity`, or after `ttl`
// without anything. Reopened by status, or by a message of the asker within `ttl`; after that time
// the thread begins anew. Closings are counted once per conversation, resolution_final when it
// cannot be reopened any more. Strict deflection (M18): a peer's answer accepted, no word of the
// brand and no other contact of this customer in (accepted, accepted + wait]; decided in the minute
// in which the wait ends. A thread waits for its customer's answer before it begins anew. Contacts
// are all conversations opened by the customer, of whatever brand. A message that is taken back
// lowers `messages` in the minute of the deletion. It is not looked for in the buffer: whether it
// still lies there depends on when it arrived, not on the set. When the opening message is taken
// back the conversation ends there (reason deleted; counted among no closings), without a verdict
// if there was none yet: its link is gone, alerts of its deadline are withdrawn, no answer counts
// and nobody reopens it. The asker's next message in the thread opens another one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "kaiku/aggregate/conversation_figures.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/conversation/conversation_plan.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/model/conversation.h"
#include "kaiku/model/deadline_alert.h"
#include "kaiku/model/erasure.h"
#include "kaiku/model/key_message.h"
#include "kaiku/state/tables.h"

namespace kaiku::conversation {

// Numbers are part of the ids of records: never reuse one.
enum class Dataset : uint8_t { kOutcome, kAlert };

enum class RecordKind : uint8_t { kFinal, kRevision, kOpen, kResolved, kWithdrawn };

// sla_risk is timely: the deadline has passed and no answer is to be seen; sla_breach is exact. A
// conversation has at most one of them open.
enum class AlertKind : uint8_t { kSlaRisk, kSlaBreach };
inline constexpr size_t kAlertKinds = 2;
[[nodiscard]] std::string_view name_of(AlertKind kind);

// One record of an output topic. Outcomes are exact (kFinal, then kRevision); alerts (kOpen,
// kResolved) become records at H(brand), from what on_deadline() was told. (dataset, key, revision)
// names a record. kWithdrawn: its key has no value any more.
struct OutcomeRecord {
  Dataset dataset = Dataset::kOutcome;
  RecordKind kind = RecordKind::kFinal;
  uint32_t revision = 0;
  uint8_t inexact = 0;
  std::string key;    // canonical JSON
  std::string value;  // JSON, fields in fixed order
};

// Something of a conversation that is decided once, whatever is known later: the food of counters.
// Views live for the call.
struct Fact {
  enum class Kind : uint8_t {
    kAnsweredByBrand,  // who answered first
    kAnsweredByPeer,
    kAnsweredByBot,  // beside the other two: it ends no wait
    kResponded,      // the brand's first answer
    kSlaMet,
    kSlaBreached,
    kResolved,  // for the first time
    kDeflected,
  };

  Kind kind = Kind::kAnsweredByBrand;
  model::ItemType type = model::ItemType::kMention;
  model::Visibility visibility = model::Visibility::kPublic;
  std::string_view brand;
  std::string_view channel;
  int64_t waited_us = 0;  // since the opening; of kResponded and kResolved
};

// An alert that is open, as its record tells it. Views live for the call.
struct OpenAlert {
  AlertKind kind = AlertKind::kSlaRisk;
  base::Digest conversation;
  std::string_view brand;
  std::string_view channel;
  model::ItemType type = model::ItemType::kMention;
  model::Severity severity = model::Severity::kNone;
  base::EventTime opened_at = base::kNoTime;  // the deadline that passed
  base::EventTime asked_at = base::kNoTime;
  std::string_view sla_policy;
  int64_t sla_target_us = 0;
  std::string_view url;  // of http or https; "" if there is none
};

class ConversationSink {
 public:
  ConversationSink() = default;
  ConversationSink(const ConversationSink&) = delete;
  ConversationSink& operator=(const ConversationSink&) = delete;
  virtual ~ConversationSink() = default;
  // Views live for the call. A change of one cell's minute; goes to H(brand).
  virtual void on_delta(const exchange::DeltaKey& key,
                        const aggregate::ConversationFigures& figures,
                        uint8_t inexact) = 0;
  // A customer opened a contact; goes to H(key).
  virtual void on_entry(const model::KeyEntryMessage& entry) = 0;
  // Did the customer open another one? Goes to H(key); the answer comes back to answer().
  virtual void on_question(const model::KeyQuestionMessage& question) = 0;
  virtual void on_record(const OutcomeRecord& record) = 0;
  // An alert of a deadline, with its record; whether it is told is decided at H(brand).
  virtual void on_deadline(const model::DeadlineMessage& message) = 0;
  // Nothing of a conversation that touched a restricted channel: one more of something is about one
  // conversation.
  virtual void on_fact(const Fact& fact) = 0;
};

class ConversationBook {
 public:
  ConversationBook(std::shared_ptr<const ConversationPlan> plan, state::Tables& tables);
  ConversationBook(const ConversationBook&) = delete;
  ConversationBook& operator=(const ConversationBook&) = delete;
  ~ConversationBook();

  // Reads the table; call before anything else.
  [[nodiscard]] base::Status load();

  // Held in memory until the next advance(), which has to come before the epoch is sealed.
  [[nodiscard]] base::Status accept(const model::ConversationMessage& message);
  // Answers to another asker or number are answers to nobody.
  [[nodiscard]] base::Status answer(const model::KeyAnswerMessage& message);
  // Forgets the author and the customer of a request in everything that was applied, and withdraws
  // the records of the conversations they opened; counts what it found. Every figure goes on as if
  // somebody else had been there: an asker who comes back is a peer. Reads the whole table. To
  // forget what was said before a time and nothing else, advance() to it first.
  [[nodiscard]] base::Status forget(const model::ErasureMessage& request,
                                    ConversationSink& sink,
                                    model::ErasedCounts& counts);
  // The level's watermarks; a lower one than before moves nothing back.
  [[nodiscard]] base::Status advance(base::EventTime effective,
                                     base::EventTime data,
                                     ConversationSink& sink);

  // Something waits for advance(): messages, answers, or a time that is not after `effective`.
  [[nodiscard]] bool has_work(base::EventTime effective) const;

  using VisitUnanswered = std::function<void(std::string_view brand,
                                             std::string_view channel,
                                             model::ItemType type,
                                             uint64_t count,
                                             base::EventTime oldest_opened_at)>;
  // Open conversations without an answer of the brand, as seen now: what waits to be applied is
  // looked at too. In the order of (brand, channel, type).
  void open_unanswered(const VisitUnanswered& visit) const;
  using VisitAlerts = std::function<void(
      std::string_view brand, std::string_view channel, AlertKind kind, uint64_t count)>;
  // How many alerts are open, in the order of (brand, channel, kind).
  void open_alerts(const VisitAlerts& visit) const;
  // The open alerts whose deadlines passed last, the latest first; at most `limit`, each is read
  // from the table.
  [[nodiscard]] base::Status newest_alerts(
      size_t limit, const std::function<void(const OpenAlert&)>& visit) const;
  // Open conversations, answered or not, as seen now.
  [[nodiscard]] size_t open_count() const;
  // Messages that were applied early because too many waited, and those below what was applied.
  [[nodiscard]] uint64_t overflows() const;
  [[nodiscard]] uint64_t stragglers() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::conversation
