#include "kaiku/conversation/conversation_book.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/exchange/edge.h"
#include "kaiku/model/outcome.h"

#include "conversation/conversation_index.h"
#include "conversation/conversation_record.h"
#include "conversation/conversation_step.h"

namespace kaiku::conversation {
namespace {

using base::Digest;
using base::EventTime;
using base::Status;
using state::TableId;

constexpr size_t kKeyBytes = 16;

Status damaged() {
  return {base::Next::kRestore,
          "a conversation in the store does not decode: the store is damaged; remove its directory "
          "and start again, it is rebuilt from the changelog"};
}

Heard heard_of(const model::KeyAnswerMessage& message, const Digest& own) {
  const bool other = std::any_of(message.entries.begin(),
                                 message.entries.end(),
                                 [&own](const auto& entry) { return entry.id != own; });
  // A key that is not one customer's, or that forgot some, cannot tell that there was none.
  if (message.shared || (message.truncated && !other)) {
    return Heard::kUnknown;
  }
  return other ? Heard::kContact : Heard::kNoContact;
}

// The last thing that was applied, and how many messages were.
struct Progress {
  size_t messages = 0;
  EventTime at = base::kTimeBegin;
  Digest item;

  void reach(EventTime time, const Digest& of) {
    if (std::pair(time, of) > std::pair(at, item)) {
      at = time;
      item = of;
    }
  }
};

// Applies timers through `timers` and messages below `messages`, in order.
Progress run(ConversationStep& step,
             std::span<const HeldMessage> waiting,
             EventTime timers,
             EventTime messages) {
  Progress progress;
  for (;;) {
    const EventTime timer = step.next_timer();
    const bool has_message = progress.messages < waiting.size();
    const EventTime next = has_message ? waiting[progress.messages].at : base::kTimeEnd;
    if (timer < base::kTimeEnd && timer <= timers && timer <= next) {
      if (step.is_blocked()) {
        return progress;
      }
      step.fire();
      progress.reach(timer, {});
    } else if (has_message && next < messages) {
      const HeldMessage& held = waiting[progress.messages++];
      step.apply(held);
      progress.reach(held.at, held.item);
    } else {
      return progress;
    }
  }
}

void advance_to(ConversationRecord& record, const Progress& progress) {
  Progress reached{0, record.applied_at, record.applied_item};
  reached.reach(progress.at, progress.item);
  record.applied_at = reached.at;
  record.applied_item = reached.item;
  record.waiting.erase(record.waiting.begin(),
                       record.waiting.begin() + static_cast<std::ptrdiff_t>(progress.messages));
}

}  // namespace

struct ConversationBook::Impl {
  struct Pending {
    std::vector<HeldMessage> messages;
    std::vector<std::pair<uint64_t, Heard>> answers;  // by the number of the question
  };

  Impl(std::shared_ptr<const ConversationPlan> of, state::Tables& state_tables)
      : plan(std::move(of)),
        tables(state_tables),
        lateness(std::clamp<int64_t>(plan->lateness_us, 0, 3'650 * base::kDay)),
        buffer_max(std::clamp<size_t>(plan->buffer_max, 1, 1 << 16)) {}

  // Every conversation of the table; `visit` must not change the table.
  [[nodiscard]] Status for_each(
      const std::function<void(const Digest&, ConversationRecord&)>& visit) const;
  [[nodiscard]] Status process(const Digest& conversation, Pending* got, ConversationSink& sink);
  void take_in(ConversationRecord& record, Pending& got, ConversationStep& step);
  void apply_due(ConversationRecord& record, ConversationStep& step);
  void apply_overflow(ConversationRecord& record, ConversationStep& step);
  [[nodiscard]] Thread seen_now(const Digest& conversation, ConversationRecord& record) const;
  void watch(const Digest& conversation,
             ConversationRecord& record,
             Thread& seen,
             ConversationSink& sink) const;
  void enter(const Digest& conversation, ConversationRecord& record, const Thread& seen);
  [[nodiscard]] Status forget(const Digest& conversation,
                              ConversationRecord record,
                              const model::ErasureMessage& request,
                              ConversationSink& sink,
                              model::ErasedCounts& counts);
  [[nodiscard]] static std::optional<AlertKind> open_alert_of(const ConversationRecord& record,
                                                              const Thread& seen);
  [[nodiscard]] Status show_alert(const Digest& conversation,
                                  const std::function<void(const OpenAlert&)>& visit) const;
  [[nodiscard]] EventTime wake_of(const Digest& conversation,
                                  ConversationRecord& record,
                                  const Thread& seen) const;

  std::shared_ptr<const ConversationPlan> plan;
  state::Tables& tables;
  const int64_t lateness;
  const size_t buffer_max;
  EventTime effective = base::kTimeBegin;
  EventTime data = base::kTimeBegin;
  base::FlatMap<Digest, Pending, base::DigestHash> pending;
  size_t pending_messages = 0;
  ConversationIndex index;
  uint64_t overflows = 0;
  uint64_t stragglers = 0;
};

Status ConversationBook::Impl::for_each(
    const std::function<void(const Digest&, ConversationRecord&)>& visit) const {
  Status outcome;
  Status status =
      tables.scan(TableId::kConversations, [&](std::string_view key, std::string_view value) {
        ConversationRecord record;
        if (key.size() != kKeyBytes || !record.decode(value)) {
          outcome = damaged();
          return;
        }
        base::ByteReader in(key);
        visit(in.digest(), record);
      });
  return status.is_ok() ? outcome : status;
}

// What lies below something that was applied comes too late for its place.
void ConversationBook::Impl::take_in(ConversationRecord& record,
                                     Pending& got,
                                     ConversationStep& step) {
  for (const auto& [number, heard] : got.answers) {
    step.hear(number, heard);
  }
  std::vector<HeldMessage> late;
  for (HeldMessage& held : got.messages) {
    const bool is_late =
        std::pair(held.at, held.item) < std::pair(record.applied_at, record.applied_item);
    (is_late ? late : record.waiting).push_back(std::move(held));
  }
  std::sort(record.waiting.begin(), record.waiting.end());
  if (late.empty()) {
    return;
  }
  std::sort(late.begin(), late.end());
  stragglers += late.size();
  record.inexact |= model::kInexactStraggler;
  step.set_inexact(record.inexact);
  for (const HeldMessage& held : late) {
    step.apply(held);
  }
}

void ConversationBook::Impl::apply_due(ConversationRecord& record, ConversationStep& step) {
  const EventTime decided = exchange::decided_by(effective, lateness);
  advance_to(record, run(step, record.waiting, decided, decided));
}

// Too many wait: the oldest ones are applied before their time.
void ConversationBook::Impl::apply_overflow(ConversationRecord& record, ConversationStep& step) {
  if (record.waiting.size() <= buffer_max) {
    return;
  }
  const size_t excess = record.waiting.size() - buffer_max;
  overflows += excess;
  record.inexact |= model::kInexactOverflow;
  step.set_inexact(record.inexact);
  const std::span<const HeldMessage> early(record.waiting.data(), excess);
  Progress progress = run(step, early, base::kTimeEnd, base::kTimeEnd);
  // A thread that waits for its customer's answer cannot begin anew yet: it goes on.
  for (; progress.messages < excess; ++progress.messages) {
    step.apply(early[progress.messages]);
    progress.reach(early[progress.messages].at, early[progress.messages].item);
  }
  advance_to(record, progress);
}

// The conversation with all that waits, as of the watermark: for what has to be known in time.
Thread ConversationBook::Impl::seen_now(const Digest& conversation,
                                        ConversationRecord& record) const {
  Thread seen = record.thread;
  ConversationStep preview(*plan, conversation, seen, nullptr);
  (void)run(preview, record.waiting, effective, base::kTimeEnd);
  return seen;
}

// The timely alert: the deadline has passed, and there is no answer to be seen.
void ConversationBook::Impl::watch(const Digest& conversation,
                                   ConversationRecord& record,
                                   Thread& seen,
                                   ConversationSink& sink) const {
  const bool is_at_risk = seen.breach_open && !record.thread.breach_open;
  if (is_at_risk == record.risk_open || !seen.was_opened()) {
    return;
  }
  EventTime at = seen.deadline;
  if (!is_at_risk) {
    at = seen.first_brand_at != base::kNoTime ? seen.first_brand_at
         : seen.closed_at != base::kNoTime    ? seen.closed_at
                                              : at;
  }
  ConversationStep step(*plan, conversation, seen, &sink);
  step.set_inexact(record.inexact);
  step.keep_alerts(record.alert_revision, record.risk_open);
  step.tell_risk(is_at_risk, at);
}

EventTime ConversationBook::Impl::wake_of(const Digest& conversation,
                                          ConversationRecord& record,
                                          const Thread& seen) const {
  const ConversationStep step(*plan, conversation, record.thread, nullptr);
  const EventTime timer = step.next_timer();
  EventTime decided = step.is_blocked() ? base::kTimeEnd : timer;
  if (!record.waiting.empty() && record.waiting.front().at < timer) {
    decided = record.waiting.front().at + 1;
  }
  EventTime wake = decided >= base::kTimeEnd
                       ? base::kTimeEnd
                       : std::min(after(decided, lateness), base::kTimeEnd - 1);
  const bool is_watched = seen.phase == Phase::kOpen && seen.verdict == Verdict::kNone &&
                          seen.deadline != base::kNoTime && seen.first_brand_at == base::kNoTime;
  if (is_watched) {
    wake = std::min(wake, after(seen.deadline, 1));
  }
  return wake;
}

std::optional<AlertKind> ConversationBook::Impl::open_alert_of(const ConversationRecord& record,
                                                               const Thread& seen) {
  if (record.thread.breach_open) {
    return AlertKind::kSlaBreach;
  }
  return record.risk_open && seen.was_opened() ? std::optional(AlertKind::kSlaRisk) : std::nullopt;
}

Status ConversationBook::Impl::show_alert(
    const Digest& conversation, const std::function<void(const OpenAlert&)>& visit) const {
  const auto value = tables.get(TableId::kConversations, key_of(conversation));
  if (!value.has_value()) {
    return value.error();
  }
  ConversationRecord record;
  if (!value.value().has_value() || !record.decode(*value.value())) {
    return damaged();
  }
  const Thread seen = seen_now(conversation, record);
  const auto kind = open_alert_of(record, seen);
  if (!kind) {
    return Status::ok();
  }
  const Thread& told = *kind == AlertKind::kSlaBreach ? record.thread : seen;
  if (plan->restricts(told.channel) || told.is_erased) {
    return Status::ok();
  }
  OpenAlert alert;
  alert.kind = *kind;
  alert.conversation = conversation;
  alert.brand = told.brand;
  alert.channel = told.channel;
  alert.type = told.type;
  alert.severity = told.severity;
  alert.opened_at = told.deadline;
  alert.asked_at = told.opened_at;
  alert.sla_policy = told.sla_name;
  alert.sla_target_us = told.sla_target_us;
  alert.url = told.url;
  visit(alert);
  return Status::ok();
}

void ConversationBook::Impl::enter(const Digest& conversation,
                                   ConversationRecord& record,
                                   const Thread& seen) {
  EventTime purge = base::kTimeEnd;
  if (record.thread.phase == Phase::kBlank && record.waiting.empty()) {
    purge = std::min(after(record.applied_at, lateness), base::kTimeEnd - 1);
  }
  index.put(
      conversation, wake_of(conversation, record, seen), purge, seen, open_alert_of(record, seen));
}

Status ConversationBook::Impl::process(const Digest& conversation,
                                       Pending* got,
                                       ConversationSink& sink) {
  std::string key = key_of(conversation);
  const auto value = tables.get(TableId::kConversations, key);
  if (!value.has_value()) {
    return value.error();
  }
  ConversationRecord record;
  if (value.value().has_value()) {
    if (!record.decode(*value.value())) {
      return damaged();
    }
  } else if (got == nullptr || got->messages.empty()) {
    index.erase(conversation);
    return Status::ok();
  }
  ConversationStep step(*plan, conversation, record.thread, &sink);
  step.set_inexact(record.inexact);
  step.keep_alerts(record.alert_revision, record.risk_open);
  if (got != nullptr) {
    take_in(record, *got, step);
  }
  apply_due(record, step);
  apply_overflow(record, step);
  step.flush();
  Thread seen = seen_now(conversation, record);
  watch(conversation, record, seen, sink);
  enter(conversation, record, seen);
  std::string changed = record.encode();
  if (!value.value().has_value() || *value.value() != changed) {
    tables.put(TableId::kConversations, std::move(key), std::move(changed));
  }
  return Status::ok();
}

namespace {

bool is_asker(const Thread& thread, const model::ErasureMessage& request) {
  return thread.was_opened() &&
         ((request.has_author && thread.has_asker && thread.asker == request.author) ||
          (request.has_customer && thread.has_customer && thread.customer == request.customer));
}

// As one of those who spoke before the conversation was opened.
bool forget_participant(Thread& thread, const model::ErasureMessage& request, uint64_t somebody) {
  const auto found =
      std::find(thread.early_authors.begin(), thread.early_authors.end(), request.author);
  if (!request.has_author || found == thread.early_authors.end()) {
    return false;
  }
  *found = somebody;
  return true;
}

}  // namespace

Status ConversationBook::Impl::forget(const Digest& conversation,
                                      ConversationRecord record,
                                      const model::ErasureMessage& request,
                                      ConversationSink& sink,
                                      model::ErasedCounts& counts) {
  const auto count = [&counts](model::Erased kind, uint64_t by) {
    counts[static_cast<size_t>(kind)] += by;
  };
  const uint64_t somebody = model::somebody(request.request, conversation).lo;
  const bool asked = is_asker(record.thread, request);
  const bool took_part = forget_participant(record.thread, request, somebody);
  if (!asked && !took_part) {
    return Status::ok();
  }
  count(model::Erased::kParticipations, took_part ? 1 : 0);
  if (asked) {
    ConversationStep step(*plan, conversation, record.thread, &sink);
    step.set_inexact(record.inexact);
    step.keep_alerts(record.alert_revision, record.risk_open);
    count(model::Erased::kConversations, 1);
    count(model::Erased::kRecords, step.forget_asker(somebody));
    step.flush();
  }
  enter(conversation, record, seen_now(conversation, record));
  tables.put(TableId::kConversations, key_of(conversation), record.encode());
  return Status::ok();
}

Status ConversationBook::forget(const model::ErasureMessage& request,
                                ConversationSink& sink,
                                model::ErasedCounts& counts) {
  std::vector<std::pair<Digest, ConversationRecord>> known;
  Status status = impl_->for_each([&](const Digest& conversation, ConversationRecord& record) {
    const auto& early = record.thread.early_authors;
    const bool took_part =
        request.has_author && std::find(early.begin(), early.end(), request.author) != early.end();
    if (took_part || is_asker(record.thread, request)) {
      known.emplace_back(conversation, std::move(record));
    }
  });
  if (!status.is_ok()) {
    return status;
  }
  for (auto& [conversation, record] : known) {
    if (status = impl_->forget(conversation, std::move(record), request, sink, counts);
        !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

ConversationBook::ConversationBook(std::shared_ptr<const ConversationPlan> plan,
                                   state::Tables& tables)
    : impl_(std::make_unique<Impl>(std::move(plan), tables)) {}

ConversationBook::~ConversationBook() = default;

Status ConversationBook::load() {
  return impl_->for_each([&](const Digest& conversation, ConversationRecord& record) {
    impl_->enter(conversation, record, impl_->seen_now(conversation, record));
  });
}

Status ConversationBook::accept(const model::ConversationMessage& message) {
  impl_->pending[message.conversation].messages.push_back(held_of(message));
  ++impl_->pending_messages;
  return Status::ok();
}

Status ConversationBook::answer(const model::KeyAnswerMessage& message) {
  if (message.asker_kind == model::AskerKind::kConversation &&
      message.kind == model::EntryKind::kContact) {
    impl_->pending[message.asker].answers.emplace_back(message.number,
                                                       heard_of(message, message.asker));
  }
  return Status::ok();
}

Status ConversationBook::advance(EventTime effective, EventTime data, ConversationSink& sink) {
  Impl& my = *impl_;
  my.effective = std::max(my.effective, std::min(effective, base::kTimeEnd));
  my.data = std::max(my.data, std::min(data, my.effective));
  std::vector<Digest> touched = my.index.take_due(my.effective);
  for (const auto& [conversation, got] : my.pending) {
    touched.push_back(conversation);
  }
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const Digest& conversation : touched) {
    const auto got = my.pending.find(conversation);
    Impl::Pending* const pending = got == my.pending.end() ? nullptr : &got->second;
    if (Status status = my.process(conversation, pending, sink); !status.is_ok()) {
      return status;
    }
  }
  my.pending.clear();
  my.pending_messages = 0;
  std::vector<Digest> purged = my.index.take_purged(my.data);
  std::sort(purged.begin(), purged.end());
  for (const Digest& conversation : purged) {
    my.index.erase(conversation);
    my.tables.erase(TableId::kConversations, key_of(conversation));
  }
  return Status::ok();
}

bool ConversationBook::has_work(EventTime effective) const {
  return !impl_->pending.empty() || impl_->index.is_due(effective);
}

void ConversationBook::open_unanswered(const VisitUnanswered& visit) const {
  impl_->index.visit_unanswered(visit);
}

void ConversationBook::open_alerts(const VisitAlerts& visit) const {
  impl_->index.visit_alerts(visit);
}

Status ConversationBook::newest_alerts(size_t limit,
                                       const std::function<void(const OpenAlert&)>& visit) const {
  for (const Digest& conversation : impl_->index.newest_alerts(limit)) {
    if (Status status = impl_->show_alert(conversation, visit); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

size_t ConversationBook::open_count() const {
  return impl_->index.open_count();
}

uint64_t ConversationBook::overflows() const {
  return impl_->overflows;
}

uint64_t ConversationBook::stragglers() const {
  return impl_->stragglers;
}

size_t ConversationBook::memory_bytes() const {
  constexpr size_t kPerMessage = sizeof(HeldMessage) + 64;
  return impl_->index.memory_bytes() + impl_->pending_messages * kPerMessage +
         impl_->pending.size() * sizeof(Impl::Pending);
}

}  // namespace kaiku::conversation
