// ConversationStep: the rules of one conversation: what a message or a timer changes, and what it
// makes known. It runs in event time; who calls it decides how far.
//
// Threads: confined to its user.
// Owns:    the figures of one minute, until flush().
// Cost:    some 100 ns a message; business hours a microsecond per day between.
// Fails:   never.
#pragma once

#include "kaiku/aggregate/conversation_figures.h"
#include "kaiku/conversation/conversation_book.h"

#include "conversation/conversation_record.h"
#include "conversation/outcome_record.h"

namespace kaiku::conversation {

// The sum of a time and a duration, at most kTimeEnd.
[[nodiscard]] base::EventTime after(base::EventTime time, int64_t duration);

[[nodiscard]] int64_t milliseconds_between(base::EventTime from, base::EventTime to);

// Of the question about the contacts after an acceptance; larger for a later one.
[[nodiscard]] uint64_t question_number(base::EventTime accepted_at);

class ConversationStep {
 public:
  // `sink` null: a preview, nothing is made known. `thread` must outlive the step.
  ConversationStep(const ConversationPlan& plan,
                   const base::Digest& conversation,
                   Thread& thread,
                   ConversationSink* sink)
      : plan_(plan), conversation_(conversation), thread_(thread), sink_(sink) {}

  // Of everything that is told from here on.
  void set_inexact(uint8_t inexact) { inexact_ = inexact; }

  // The next time at which something happens by itself; kTimeEnd if nothing does. A thread that
  // waits for its customer's answer is blocked at that time: fire() does nothing.
  [[nodiscard]] base::EventTime next_timer() const;
  [[nodiscard]] bool is_blocked() const;
  // What is due at next_timer().
  void fire();
  void apply(const HeldMessage& held);
  // What the customer's key answered to the question of `number`.
  void hear(uint64_t number, Heard heard);

  // What is kept about alerts: their numbers, and whether the timely one is open.
  void keep_alerts(uint32_t& revision, bool& risk_open) {
    alert_revision_ = &revision;
    risk_open_ = &risk_open;
  }

  // Opens or resolves the timely alert; nothing if that is how it stands.
  void tell_risk(bool is_at_risk, base::EventTime at);
  // The asker is somebody else from here on, and the records that named the conversation are
  // withdrawn. Answers how many of those that everybody sees at the same time.
  uint64_t forget_asker(uint64_t somebody);
  // Tells the figures that are still held. Call it before the step goes.
  void flush();

 private:
  [[nodiscard]] bool touches_restricted() const;
  [[nodiscard]] bool is_restricted() const;
  enum class Timer : uint8_t { kNone, kDeadline, kDeflection, kInactivity, kTtl, kExpiry };

  struct Due {
    base::EventTime at = base::kTimeEnd;
    Timer timer = Timer::kNone;
  };

  [[nodiscard]] Due next_due() const;
  [[nodiscard]] base::EventTime expiry() const;
  [[nodiscard]] base::EventTime wait_end() const;
  [[nodiscard]] aggregate::Speaker speaker_of(const HeldMessage& held) const;
  [[nodiscard]] bool can_open(const HeldMessage& held) const;
  [[nodiscard]] bool is_answer(const HeldMessage& held) const;

  // The figures of the minute of `at`; null in a preview.
  [[nodiscard]] aggregate::ConversationFigures* figures(base::EventTime at);

  // What is known from now on; nothing in a preview.
  void decide(Fact::Kind kind, int64_t waited_us = 0);

  void raise_severity(const HeldMessage& held);
  void set_deadline(base::EventTime not_before);
  void speak(const HeldMessage& held);
  void listen(const HeldMessage& held);  // before the opening
  void open(const HeldMessage& held);
  void count(const HeldMessage& held, aggregate::Speaker speaker);
  void hear_customer(const HeldMessage& held);
  void hear_peer(const HeldMessage& held);
  void hear_brand(const HeldMessage& held);
  void hear_bot(const HeldMessage& held);
  void take_back(const HeldMessage& held);
  void take_back_opening(base::EventTime at);
  [[nodiscard]] bool asks_anew(const HeldMessage& held) const;
  void ask_anew(const HeldMessage& held);
  void accept_answer(const HeldMessage& held);
  void rate(const HeldMessage& held);
  void follow_status(const HeldMessage& held);
  void close(base::EventTime at, aggregate::CloseReason reason);
  void reopen(base::EventTime at);
  void judge_deadline();
  void end_wait();
  void begin_anew(base::EventTime at);
  void tell_outcome();
  void resolve_breach(base::EventTime at);
  void withdraw_outcome();
  // All that may have been told of its deadline; how many of those that everybody sees at the same
  // time.
  uint64_t withdraw_alerts();
  void alert(AlertKind kind, bool resolved, base::EventTime at);
  // What the home of the brand is told of an alert, with the record `value`.
  void send_alert(AlertKind kind,
                  model::DeadlineState state,
                  uint32_t revision,
                  std::string_view value);

  const ConversationPlan& plan_;
  const base::Digest conversation_;
  Thread& thread_;
  ConversationSink* sink_;
  uint32_t* alert_revision_ = nullptr;
  bool* risk_open_ = nullptr;
  uint8_t inexact_ = 0;
  uint8_t held_inexact_ = 0;  // of the message that is being applied
  bool has_figures_ = false;
  int32_t minute_ = 0;
  uint8_t figures_inexact_ = 0;
  aggregate::ConversationFigures figures_;
};

}  // namespace kaiku::conversation
