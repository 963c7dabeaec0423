#include "conversation/conversation_step.h"

#include <algorithm>

namespace kaiku::conversation {
namespace {

using aggregate::CloseReason;
using aggregate::ConversationFigures;
using base::EventTime;
using base::kNoTime;

}  // namespace

EventTime after(EventTime time, int64_t duration) {
  return std::min(time + std::clamp<int64_t>(duration, 0, base::kTimeEnd), base::kTimeEnd);
}

int64_t milliseconds_between(EventTime from, EventTime to) {
  return std::max<int64_t>(0, to - from) / base::kMillisecond;
}

uint64_t question_number(EventTime accepted_at) {
  return static_cast<uint64_t>(accepted_at) ^ (uint64_t{1} << 63);
}

ConversationFigures* ConversationStep::figures(EventTime at) {
  if (sink_ == nullptr) {
    return nullptr;
  }
  const int32_t minute = base::minute_of(at);
  const auto inexact = static_cast<uint8_t>(inexact_ | held_inexact_);
  if (has_figures_ && (minute != minute_ || inexact != figures_inexact_)) {
    flush();
  }
  has_figures_ = true;
  minute_ = minute;
  figures_inexact_ = inexact;
  return &figures_;
}

void ConversationStep::flush() {
  if (!has_figures_) {
    return;
  }
  has_figures_ = false;
  if (!figures_.is_empty()) {
    sink_->on_delta(
        {minute_, thread_.type, thread_.brand, thread_.channel}, figures_, figures_inexact_);
  }
  figures_.clear();
}

void ConversationStep::decide(Fact::Kind kind, int64_t waited_us) {
  if (sink_ != nullptr && !touches_restricted()) {
    sink_->on_fact({kind,
                    thread_.type,
                    thread_.visibility,
                    thread_.brand,
                    thread_.channel,
                    std::max<int64_t>(waited_us, 0)});
  }
}

EventTime ConversationStep::wait_end() const {
  return after(thread_.deflection.accepted_at, plan_.deflection_wait_us);
}

// When the thread begins anew: nothing of it may be undecided then.
EventTime ConversationStep::expiry() const {
  if (thread_.phase != Phase::kClosed) {
    return after(thread_.last_at, plan_.ttl_us);
  }
  EventTime end = after(thread_.closed_at, plan_.ttl_us);
  if (thread_.deadline != kNoTime && thread_.verdict == Verdict::kNone) {
    end = std::max(end, after(thread_.deadline, 1));
  }
  if (thread_.deflection.stage == DeflectionStage::kAsked) {
    end = std::max(end, after(wait_end(), 1));
  }
  return end;
}

ConversationStep::Due ConversationStep::next_due() const {
  Due due;
  const auto consider = [&due](EventTime at, Timer timer) {
    if (at < due.at) {
      due = {at, timer};
    }
  };
  if (thread_.phase == Phase::kBlank) {
    return due;
  }
  // An answer at the deadline is in time, so it is judged right after it.
  if (thread_.was_opened() && thread_.deadline != kNoTime && thread_.verdict == Verdict::kNone) {
    consider(after(thread_.deadline, 1), Timer::kDeadline);
  }
  if (thread_.deflection.stage == DeflectionStage::kAsked) {
    // What the brand says at its end is still within the wait.
    consider(after(wait_end(), 1), Timer::kDeflection);
  }
  if (thread_.phase == Phase::kOpen) {
    if (thread_.last_word == LastWord::kAnswerer) {
      consider(after(thread_.last_at, plan_.inactivity_us), Timer::kInactivity);
    }
    consider(after(thread_.last_at, plan_.ttl_us), Timer::kTtl);
  } else {
    consider(expiry(), Timer::kExpiry);
  }
  return due;
}

EventTime ConversationStep::next_timer() const {
  return next_due().at;
}

bool ConversationStep::is_blocked() const {
  return thread_.deflection.stage == DeflectionStage::kWaiting &&
         next_due().timer == Timer::kExpiry;
}

void ConversationStep::fire() {
  const Due due = next_due();
  switch (due.timer) {
    case Timer::kNone:
      break;
    case Timer::kDeadline:
      judge_deadline();
      break;
    case Timer::kDeflection:
      end_wait();
      break;
    case Timer::kInactivity:
      close(due.at, CloseReason::kInactivity);
      break;
    case Timer::kTtl:
      close(due.at, CloseReason::kTtl);
      break;
    case Timer::kExpiry:
      begin_anew(due.at);
      break;
  }
}

void ConversationStep::tell_risk(bool is_at_risk, EventTime at) {
  if (risk_open_ != nullptr && *risk_open_ != is_at_risk) {
    *risk_open_ = is_at_risk;
    alert(AlertKind::kSlaRisk, !is_at_risk, at);
  }
}

void ConversationStep::judge_deadline() {
  const EventTime at = thread_.deadline;
  tell_risk(false, at);
  if (thread_.first_brand_at != kNoTime && thread_.first_brand_at <= at) {
    thread_.verdict = Verdict::kMet;
    decide(Fact::Kind::kSlaMet);
    if (ConversationFigures* f = figures(at)) {
      ++f->sla_met;
    }
    return;
  }
  if (thread_.phase == Phase::kClosed) {
    thread_.verdict = Verdict::kDropped;
    return;
  }
  thread_.verdict = Verdict::kBreached;
  decide(Fact::Kind::kSlaBreached);
  if (ConversationFigures* f = figures(at)) {
    ++f->sla_breached;
    f->unanswered_at_deadline += thread_.first_by == FirstBy::kNobody ? 1 : 0;
  }
  if (thread_.first_brand_at == kNoTime) {
    thread_.breach_open = true;
    alert(AlertKind::kSlaBreach, false, at);
  }
}

// One channel that it touched is enough.
bool ConversationStep::touches_restricted() const {
  return std::any_of(thread_.channels.begin(),
                     thread_.channels.end(),
                     [this](const std::string& channel) { return plan_.restricts(channel); });
}

bool ConversationStep::is_restricted() const {
  return thread_.is_erased || touches_restricted();
}

void ConversationStep::alert(AlertKind kind, bool resolved, EventTime at) {
  if (sink_ == nullptr || is_restricted()) {
    return;
  }
  send_alert(kind,
             resolved ? model::DeadlineState::kResolved : model::DeadlineState::kOpen,
             alert_revision_ == nullptr ? 0 : (*alert_revision_)++,
             alert_value(kind, resolved, conversation_, thread_, at));
}

void ConversationStep::send_alert(AlertKind kind,
                                  model::DeadlineState state,
                                  uint32_t revision,
                                  std::string_view value) {
  const std::string key = alert_key(kind, conversation_, thread_);
  model::DeadlineMessage message;
  message.kind =
      kind == AlertKind::kSlaRisk ? model::DeadlineKind::kRisk : model::DeadlineKind::kBreach;
  message.state = state;
  message.conversation = conversation_;
  message.asked_at = thread_.opened_at;
  // There may be none by now: what ends an alert is about its opening.
  message.deadline = thread_.deadline != kNoTime ? thread_.deadline : thread_.opened_at;
  message.revision = revision;
  message.brand = thread_.brand;
  message.channel = thread_.channel;
  message.sla_policy = thread_.sla_name;
  message.key = key;
  // The record holds all that may be shown; what ends an alert shows nothing.
  if (!value.empty()) {
    message.url = thread_.url;
    message.value = value;
  }
  sink_->on_deadline(message);
}

void ConversationStep::withdraw_outcome() {
  OutcomeRecord record;
  record.dataset = Dataset::kOutcome;
  record.kind = RecordKind::kWithdrawn;
  record.revision = thread_.revision++;
  record.key = outcome_key(conversation_, thread_);
  sink_->on_record(record);
}

uint64_t ConversationStep::withdraw_alerts() {
  const uint32_t alerts = alert_revision_ == nullptr ? 0 : *alert_revision_;
  const bool was_breached = thread_.verdict == Verdict::kBreached;
  if (was_breached) {
    send_alert(AlertKind::kSlaBreach, model::DeadlineState::kWithdrawn, alerts, {});
  }
  // Timely ones come or not, as the run goes.
  if (alerts > 0) {
    send_alert(AlertKind::kSlaRisk, model::DeadlineState::kWithdrawn, alerts, {});
  }
  return was_breached ? 1 : 0;
}

// Nobody asks any more: no record leads to what was deleted, and no clock runs for it. What was
// counted by then stays counted.
void ConversationStep::take_back_opening(EventTime at) {
  thread_.is_taken_back = true;
  thread_.url.clear();
  if (sink_ != nullptr && !is_restricted()) {
    (void)withdraw_alerts();
  }
  thread_.breach_open = false;
  if (risk_open_ != nullptr) {
    *risk_open_ = false;
  }
  thread_.verdict = thread_.verdict == Verdict::kNone ? Verdict::kDropped : thread_.verdict;
  if (thread_.phase == Phase::kOpen) {
    thread_.phase = Phase::kClosed;
    thread_.closed_at = at;
    thread_.ended_by_deletion = true;
  }
  tell_outcome();
}

uint64_t ConversationStep::forget_asker(uint64_t somebody) {
  const Deflection& deflection = thread_.deflection;
  if (deflection.stage == DeflectionStage::kAsked ||
      deflection.stage == DeflectionStage::kWaiting) {
    hear(question_number(deflection.accepted_at), Heard::kUnknown);
  }
  uint64_t withdrawn = 0;
  if (sink_ != nullptr && !is_restricted()) {
    if (thread_.revision > 0) {
      withdraw_outcome();
      ++withdrawn;
    }
    withdrawn += withdraw_alerts();
  }
  thread_.is_erased = true;
  thread_.has_asker = true;
  thread_.asker = somebody;
  thread_.has_customer = false;
  thread_.customer = {};
  thread_.url.clear();
  return withdrawn;
}

void ConversationStep::resolve_breach(EventTime at) {
  if (thread_.breach_open) {
    thread_.breach_open = false;
    alert(AlertKind::kSlaBreach, true, at);
  }
}

void ConversationStep::tell_outcome() {
  const uint32_t revision = thread_.revision++;
  if (sink_ == nullptr || is_restricted()) {
    return;
  }
  OutcomeRecord record;
  record.kind = revision == 0 ? RecordKind::kFinal : RecordKind::kRevision;
  record.revision = revision;
  record.inexact = inexact_;
  record.key = outcome_key(conversation_, thread_);
  record.value = outcome_value(conversation_, thread_);
  sink_->on_record(record);
}

void ConversationStep::begin_anew(EventTime at) {
  if (is_blocked()) {
    return;
  }
  if (thread_.reopen_count > 0 && thread_.resolved_at != kNoTime) {
    if (ConversationFigures* f = figures(at)) {
      f->resolution_final.record(milliseconds_between(thread_.opened_at, thread_.resolved_at));
    }
  }
  flush();
  // The home of the brand keeps what it told of this conversation for as long as it may change.
  if (sink_ != nullptr && alert_revision_ != nullptr && *alert_revision_ > 0 &&
      thread_.was_opened()) {
    send_alert(AlertKind::kSlaBreach, model::DeadlineState::kEnded, 0, {});
  }
  thread_ = {};
}

// The wait is over. If the brand kept silent, the rest is in the hands of the customer's key.
void ConversationStep::end_wait() {
  Deflection& deflection = thread_.deflection;
  if (thread_.brand_spoke || thread_.deflection_void) {
    deflection.stage = DeflectionStage::kDecided;
    if (thread_.phase == Phase::kClosed) {
      tell_outcome();
    }
    return;
  }
  deflection.stage = DeflectionStage::kWaiting;
  if (deflection.heard != Heard::kNothing) {
    const Heard heard = deflection.heard;
    deflection.heard = Heard::kNothing;
    hear(question_number(deflection.accepted_at), heard);
  }
}

void ConversationStep::hear(uint64_t number, Heard heard) {
  Deflection& deflection = thread_.deflection;
  if (deflection.stage == DeflectionStage::kNone ||
      number != question_number(deflection.accepted_at) || deflection.heard == heard) {
    return;
  }
  const bool before = deflection.is_deflected();
  deflection.heard = heard;
  const bool is_first = deflection.stage == DeflectionStage::kWaiting;
  if (!is_first && !(deflection.stage == DeflectionStage::kDecided && deflection.by_answer)) {
    return;
  }
  deflection.stage = DeflectionStage::kDecided;
  deflection.by_answer = true;
  const int64_t change = (deflection.is_deflected() ? 1 : 0) - (before ? 1 : 0);
  if (change != 0) {
    if (ConversationFigures* f = figures(wait_end())) {
      f->deflected += change;
    }
  }
  if (change > 0 && !deflection.was_told) {
    deflection.was_told = true;
    decide(Fact::Kind::kDeflected);
  }
  if (thread_.phase == Phase::kClosed) {
    tell_outcome();
  }
}

void ConversationStep::close(EventTime at, CloseReason reason) {
  thread_.phase = Phase::kClosed;
  thread_.closed_at = at;
  thread_.close_reason = reason;
  if (reason == CloseReason::kStatus || reason == CloseReason::kAccepted) {
    thread_.resolved_at = at;
    if (thread_.first_resolved_at == kNoTime) {
      thread_.first_resolved_at = at;
      if (ConversationFigures* f = figures(at)) {
        ++f->resolved;
        f->resolution.record(milliseconds_between(thread_.opened_at, at));
      }
      decide(Fact::Kind::kResolved, at - thread_.opened_at);
    }
  }
  if (!thread_.counted_closed) {
    thread_.counted_closed = true;
    if (ConversationFigures* f = figures(at)) {
      ++f->closed[static_cast<size_t>(reason)];
      f->two_way += thread_.two_way ? 1 : 0;
      f->never_answered += thread_.first_by == FirstBy::kNobody ? 1 : 0;
      f->messages_of_closed += thread_.messages_total();
    }
  }
  resolve_breach(at);
  tell_outcome();
}

void ConversationStep::reopen(EventTime at) {
  thread_.phase = Phase::kOpen;
  thread_.closed_at = kNoTime;
  thread_.resolved_at = kNoTime;
  ++thread_.reopen_count;
  if (ConversationFigures* f = figures(at)) {
    ++f->reopened;
  }
}

}  // namespace kaiku::conversation
