#include "kaiku/journey/key_book.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/base/flat_map.h"

#include "journey/key_events.h"
#include "journey/key_record.h"
#include "journey/revision.h"
#include "journey/schedule.h"
#include "journey/watermarks.h"

namespace kaiku::journey {
namespace {

using base::Digest;
using base::EventTime;
using base::Status;
using state::TableId;

constexpr size_t kDigestBytes = 16;

Status damaged() {
  return {base::Next::kRestore,
          "a key of customers in the store does not decode: the store is damaged; remove its "
          "directory and start again, it is rebuilt from the changelog"};
}

// One journey at every channel it had a touch at.
void tell_passed(const KeyEvent& event, int sign, KeySink& sink) {
  std::vector<std::string_view> channels = event.path;
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  aggregate::AttributionFigures passed;
  passed.unconverted_through = sign;
  for (const std::string_view channel : channels) {
    sink.on_figures({event.minute(), model::ItemType::kBusinessEvent, event.brand, channel},
                    passed);
  }
}

void tell(const KeyEvent& event, int sign, KeySink& sink) {
  aggregate::AttributionFigures figures;
  if (event.is_day) {
    figures.active_customers = sign;
    figures.cross_channel_customers = event.cross_channel ? sign : 0;
  } else {
    tell_passed(event, sign, sink);
    figures.unconverted_journeys = sign;
    // A path of one journey always fits.
    (void)figures.transitions.add_path(event.path, aggregate::kPathNull, sign);
  }
  sink.on_figures({event.minute(), model::ItemType::kBusinessEvent, event.brand, event.channel},
                  figures);
}

void tell(const Digest& key,
          model::KeyKind key_kind,
          const HeldQuestion& question,
          const Answer& answer,
          KeySink& sink) {
  model::KeyAnswerMessage message;
  message.asker = question.asker;
  message.asker_kind = question.asker_kind;
  message.number = question.number;
  message.key = key;
  message.key_kind = key_kind;
  message.kind = question.kind;
  message.shared = answer.shared;
  message.truncated = answer.truncated;
  message.earlier_order = answer.earlier_order;
  message.entries = answer.entries;
  sink.on_answer(message);
}

KeyRecord empty_record(model::KeyKind kind) {
  KeyRecord record;
  record.key_kind = kind;
  return record;
}

HeldQuestion question_of(const model::KeyQuestionMessage& message) {
  HeldQuestion question;
  question.asker_kind = message.asker_kind;
  question.asker = message.asker;
  question.kind = message.kind;
  question.number = message.number;
  question.from = std::clamp(message.from, base::kTimeBegin, base::kTimeEnd);
  // The last time that a watermark can reach, so that every question is answered.
  question.to = std::clamp(message.to, base::kTimeBegin, base::kTimeEnd - 1);
  return question;
}

}  // namespace

struct KeyBook::Impl {
  Impl(KeyPlan key_plan, state::Tables& state_tables)
      : plan(std::move(key_plan)),
        tables(state_tables),
        stopped(plan.stopped.begin(), plan.stopped.end()) {
    plan.look_back = std::clamp<int64_t>(plan.look_back, base::kMinute, 3'650 * base::kDay);
    plan.order_delay_max = std::clamp<int64_t>(plan.order_delay_max, 0, 3'650 * base::kDay);
    plan.lateness = std::max<int64_t>(plan.lateness, 0);
    plan.touches_per_day = std::clamp<size_t>(plan.touches_per_day, 1, kSharedPerDay);
  }

  [[nodiscard]] Status read(const Digest& key, std::optional<KeyRecord>& record) const;
  // One row of the table into the schedules; false if it does not decode.
  [[nodiscard]] bool enter(std::string_view row, std::string_view value);
  [[nodiscard]] Status change(const Digest& key,
                              const KeyRecord& before,
                              const KeyRecord& after,
                              KeySink& sink);
  void revise_events(const KeyRecord& before, const KeyRecord& after, KeySink& sink) const;
  [[nodiscard]] Status revise_answers(const Digest& key,
                                      const KeyRecord& before,
                                      const KeyRecord& after,
                                      KeySink& sink) const;
  [[nodiscard]] Status read(const Digest& key, int32_t day, QuestionDay& questions) const;
  [[nodiscard]] Status keep(const Digest& key,
                            KeyRecord record,
                            const HeldQuestion& question,
                            KeySink& sink);
  void store(const Digest& key, const KeyRecord& record);
  [[nodiscard]] Status forget_questions(
      const Digest& key, int32_t day, EventTime before, size_t& gone, bool& has_more);
  [[nodiscard]] Status decide_events(EventTime through, KeySink& sink);
  [[nodiscard]] Status decide_questions(EventTime through, KeySink& sink);
  [[nodiscard]] Status purge(EventTime to_data);

  [[nodiscard]] EventTime floor() const { return floor_of(plan, reached.data); }

  [[nodiscard]] EventTime wake(const KeyRecord& record) const {
    return next_event(record, plan, floor(), reached.decided);
  }

  [[nodiscard]] EventTime purge_at(const KeyRecord& record) const {
    return std::min(purge_time(plan, record), base::kTimeEnd);
  }

  KeyPlan plan;
  state::Tables& tables;
  base::FlatSet<Digest, base::DigestHash> stopped;
  Watermarks reached;
  Schedule wakes;    // for events, by C
  Schedule answers;  // for questions, by C
  Schedule purges;   // by data
  KeyCounts counts;
};

Status KeyBook::Impl::read(const Digest& key, std::optional<KeyRecord>& record) const {
  const auto value = tables.get(TableId::kKeys, key_of(key));
  if (!value.has_value()) {
    return value.error();
  }
  record.reset();
  if (value.value().has_value() && !record.emplace().decode(*value.value())) {
    return damaged();
  }
  return Status::ok();
}

Status KeyBook::Impl::read(const Digest& key, int32_t day, QuestionDay& questions) const {
  const auto value = tables.get(TableId::kKeys, question_row_of(key, day));
  if (!value.has_value()) {
    return value.error();
  }
  return !value.value().has_value() || questions.decode(*value.value()) ? Status::ok() : damaged();
}

bool KeyBook::Impl::enter(std::string_view row, std::string_view value) {
  Digest key;
  int32_t day = 0;
  if (parse_question_row(row, key, day)) {
    QuestionDay held;
    if (!held.decode(value)) {
      return false;
    }
    for (const HeldQuestion& question : held.questions) {
      if (question.to > reached.decided) {
        answers.add(question.to, key);
      }
    }
    return true;
  }
  KeyRecord record;
  if (row.size() != kDigestBytes || !record.decode(value)) {
    return false;
  }
  base::ByteReader in(row);
  key = in.digest();
  wakes.add(wake(record), key);
  purges.add(purge_at(record), key);
  return true;
}

void KeyBook::Impl::store(const Digest& key, const KeyRecord& record) {
  if (record.is_empty()) {
    tables.erase(TableId::kKeys, key_of(key));
  } else {
    tables.put(TableId::kKeys, key_of(key), record.encode());
  }
}

// What was told of `before` and is not so any more, and what is so now.
void KeyBook::Impl::revise_events(const KeyRecord& before,
                                  const KeyRecord& after,
                                  KeySink& sink) const {
  const std::vector<KeyEvent> old =
      events_of(before, plan, floor(), base::kNoTime, reached.decided);
  const std::vector<KeyEvent> now = events_of(after, plan, floor(), base::kNoTime, reached.decided);
  revise(old, now, [&sink](const KeyEvent& event, int sign) { tell(event, sign, sink); });
}

Status KeyBook::Impl::revise_answers(const Digest& key,
                                     const KeyRecord& before,
                                     const KeyRecord& after,
                                     KeySink& sink) const {
  const EventTime changed = first_change(before, after);
  for (const int32_t day : after.question_days) {
    const EventTime begin = day * base::kDay;
    if (begin + base::kDay <= changed || begin > reached.decided) {
      continue;
    }
    QuestionDay held;
    if (Status status = read(key, day, held); !status.is_ok()) {
      return status;
    }
    for (const HeldQuestion& question : held.questions) {
      if (question.to > reached.decided) {
        continue;
      }
      const Answer answer = answer_of(after, question);
      if (!(answer_of(before, question) == answer)) {
        tell(key, after.key_kind, question, answer, sink);
      }
    }
  }
  return Status::ok();
}

Status KeyBook::Impl::change(const Digest& key,
                             const KeyRecord& before,
                             const KeyRecord& after,
                             KeySink& sink) {
  if (before == after) {
    return Status::ok();
  }
  revise_events(before, after, sink);
  if (Status status = revise_answers(key, before, after, sink); !status.is_ok()) {
    return status;
  }
  store(key, after);
  if (wake(after) != wake(before)) {
    wakes.add(wake(after), key);
  }
  if (purge_at(after) != purge_at(before)) {
    purges.add(purge_at(after), key);
  }
  return Status::ok();
}

// Holds a question at the end of whose span nobody knows yet, or late entries may come.
Status KeyBook::Impl::keep(const Digest& key,
                           KeyRecord record,
                           const HeldQuestion& question,
                           KeySink& sink) {
  const int32_t day = base::day_of(question.to);
  QuestionDay held;
  if (Status status = read(key, day, held); !status.is_ok()) {
    return status;
  }
  const QuestionDay::Placed placed = held.put(question, kQuestionsPerDay);
  if (placed.known) {
    return Status::ok();
  }
  if (placed.cut.has_value()) {
    ++counts.questions_overflow;
    Answer nobody;
    nobody.shared = nobody.truncated = true;
    tell(key, record.key_kind, *placed.cut, nobody, sink);
    if (*placed.cut == question) {
      return Status::ok();
    }
  }
  tables.put(TableId::kKeys, question_row_of(key, day), held.encode());
  const EventTime purged = purge_at(record);
  if (record.add_question_day(day)) {
    store(key, record);
    if (purge_at(record) != purged) {
      purges.add(purge_at(record), key);
    }
  }
  if (question.to > reached.decided) {
    answers.add(question.to, key);
  } else {
    tell(key, record.key_kind, question, answer_of(record, question), sink);
  }
  return Status::ok();
}

Status KeyBook::Impl::decide_events(EventTime through, KeySink& sink) {
  for (const Digest& key : wakes.take(through)) {
    std::optional<KeyRecord> record;
    if (Status status = read(key, record); !status.is_ok()) {
      return status;
    }
    if (!record.has_value() || wake(*record) > through) {
      continue;
    }
    for (const KeyEvent& event : events_of(*record, plan, floor(), reached.decided, through)) {
      tell(event, 1, sink);
    }
    wakes.add(next_event(*record, plan, floor(), through), key);
  }
  return Status::ok();
}

Status KeyBook::Impl::decide_questions(EventTime through, KeySink& sink) {
  for (const Digest& key : answers.take(through)) {
    std::optional<KeyRecord> record;
    if (Status status = read(key, record); !status.is_ok()) {
      return status;
    }
    for (size_t i = 0; record.has_value() && i < record->question_days.size(); ++i) {
      const int32_t day = record->question_days[i];
      const EventTime begin = day * base::kDay;
      if (begin > through || begin + base::kDay - 1 <= reached.decided) {
        continue;
      }
      QuestionDay held;
      if (Status status = read(key, day, held); !status.is_ok()) {
        return status;
      }
      for (const HeldQuestion& question : held.questions) {
        if (question.to > reached.decided && question.to <= through) {
          tell(key, record->key_kind, question, answer_of(*record, question), sink);
        }
      }
    }
  }
  return Status::ok();
}

Status KeyBook::Impl::purge(EventTime to_data) {
  reached.data = to_data;
  for (const Digest& key : purges.take(reached.data)) {
    std::optional<KeyRecord> record;
    if (Status status = read(key, record); !status.is_ok()) {
      return status;
    }
    if (!record.has_value() || purge_at(*record) > reached.data) {
      continue;
    }
    for (const int32_t day : record->purge(floor(), question_floor_of(plan, reached.data))) {
      tables.erase(TableId::kKeys, question_row_of(key, day));
    }
    store(key, *record);
    purges.add(purge_at(*record), key);
  }
  return Status::ok();
}

KeyBook::KeyBook(KeyPlan plan, state::Tables& tables)
    : impl_(std::make_unique<Impl>(std::move(plan), tables)) {}

KeyBook::~KeyBook() = default;

Status KeyBook::load() {
  const base::Result<bool> is_read = impl_->reached.read(impl_->tables, TableId::kKeys);
  if (!is_read.has_value() || !is_read.value()) {
    return is_read.has_value() ? damaged() : is_read.error();
  }
  Status outcome;
  const Status status =
      impl_->tables.scan(TableId::kKeys, [&](std::string_view name, std::string_view value) {
        if (name == Watermarks::kRow || !outcome.is_ok()) {
          return;
        }
        if (!impl_->enter(name, value)) {
          outcome = damaged();
        }
      });
  return status.is_ok() ? outcome : status;
}

Status KeyBook::accept(const model::KeyEntryMessage& message, KeySink& sink) {
  Impl& my = *impl_;
  if (my.stopped.contains(message.key)) {
    ++my.counts.stopped;
    return Status::ok();
  }
  std::optional<KeyRecord> found;
  if (Status status = my.read(message.key, found); !status.is_ok()) {
    return status;
  }
  const KeyRecord before = std::move(found).value_or(empty_record(message.key_kind));
  KeyRecord after = before;
  if (message.removed) {
    after.remove(message.kind, message.id);
  } else if (message.at < std::max(my.floor(), base::kTimeBegin) || message.at >= base::kTimeEnd) {
    ++my.counts.expired;
    if (message.kind == model::EntryKind::kOrder && message.at >= base::kTimeBegin &&
        message.at < base::kTimeEnd) {
      after.remember_order(message.at);
    }
  } else {
    const KeyRecord::Placed placed = after.put({message.kind,
                                                message.id,
                                                message.at,
                                                std::string(message.brand),
                                                std::string(message.channel)},
                                               my.plan.touches_per_day);
    // It is taken in, but questions that would have to be answered anew are gone.
    const bool is_late = message.at < question_floor_of(my.plan, my.reached.data);
    my.counts.expired += is_late && !(before == after) ? 1 : 0;
    my.counts.cut += placed.cut ? 1 : 0;
    my.counts.shared_days += placed.shared ? 1 : 0;
  }
  return my.change(message.key, before, after, sink);
}

Status KeyBook::ask(const model::KeyQuestionMessage& message, KeySink& sink) {
  Impl& my = *impl_;
  const HeldQuestion question = question_of(message);
  Answer nobody;
  nobody.shared = true;
  if (my.stopped.contains(message.key)) {
    ++my.counts.stopped;
    tell(message.key, message.key_kind, question, nobody, sink);
    return Status::ok();
  }
  std::optional<KeyRecord> found;
  if (Status status = my.read(message.key, found); !status.is_ok()) {
    return status;
  }
  KeyRecord record = std::move(found).value_or(empty_record(message.key_kind));
  if (question.to < question_floor_of(my.plan, my.reached.data)) {
    ++my.counts.expired;
    Answer rest = answer_of(record, question);
    rest.truncated = rest.truncated || question.from < my.floor();
    tell(message.key, record.key_kind, question, rest, sink);
    return Status::ok();
  }
  return my.keep(message.key, std::move(record), question, sink);
}

// An order after the request goes on waiting for its answer; a conversation has been told already.
Status KeyBook::Impl::forget_questions(
    const Digest& key, int32_t day, EventTime before, size_t& gone, bool& has_more) {
  QuestionDay held;
  if (Status status = read(key, day, held); !status.is_ok()) {
    return status;
  }
  gone += std::erase_if(held.questions, [before](const HeldQuestion& question) {
    return question.to < before || question.asker_kind == model::AskerKind::kConversation;
  });
  has_more = !held.questions.empty();
  if (has_more) {
    tables.put(TableId::kKeys, question_row_of(key, day), held.encode());
  } else {
    tables.erase(TableId::kKeys, question_row_of(key, day));
  }
  return Status::ok();
}

Status KeyBook::forget(const model::ErasureMessage& request, model::ErasedCounts& counts) {
  Impl& my = *impl_;
  std::optional<KeyRecord> found;
  if (!request.has_customer) {
    return Status::ok();
  }
  if (Status status = my.read(request.customer, found); !status.is_ok() || !found.has_value()) {
    return status;
  }
  size_t questions = 0;
  std::vector<int32_t> days;
  for (const int32_t day : found->question_days) {
    bool has_more = false;
    if (Status status = my.forget_questions(request.customer, day, request.at, questions, has_more);
        !status.is_ok()) {
      return status;
    }
    if (has_more) {
      days.push_back(day);
    }
  }
  found->question_days = std::move(days);
  counts[static_cast<size_t>(model::Erased::kTouches)] += found->forget(request.at);
  counts[static_cast<size_t>(model::Erased::kQuestions)] += questions;
  my.store(request.customer, *found);
  return Status::ok();
}

Status KeyBook::advance(EventTime effective, EventTime data, KeySink& sink) {
  Impl& my = *impl_;
  const Watermarks::Step step = my.reached.next(effective, data, my.plan.lateness);
  if (step.decides) {
    if (Status status = my.decide_events(step.through, sink); !status.is_ok()) {
      return status;
    }
    if (Status status = my.decide_questions(step.through, sink); !status.is_ok()) {
      return status;
    }
    my.reached.decided = step.through;
  }
  if (step.purges) {
    if (Status status = my.purge(step.to_data); !status.is_ok()) {
      return status;
    }
  }
  if (step.decides || step.purges) {
    my.reached.write(my.tables, TableId::kKeys);
  }
  return Status::ok();
}

const KeyCounts& KeyBook::counts() const {
  return impl_->counts;
}

size_t KeyBook::memory_bytes() const {
  return sizeof(Impl) + impl_->wakes.memory_bytes() + impl_->answers.memory_bytes() +
         impl_->purges.memory_bytes();
}

}  // namespace kaiku::journey
