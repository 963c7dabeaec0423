#include "kaiku/journey/key_book.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/exchange/edge.h"

#include "journey/key_events.h"
#include "journey/key_record.h"

namespace kaiku::journey {
namespace {

using base::Digest;
using base::EventTime;
using base::Status;
using state::TableId;

constexpr uint8_t kWatermarkLayout = 1;
constexpr std::string_view kWatermarkKey = "w";
constexpr size_t kDigestBytes = 16;

Status damaged() {
  return {base::Next::kRestore,
          "a key of customers in the store does not decode: the store is damaged; remove its "
          "directory and start again, it is rebuilt from the changelog"};
}

// Keys by the time they wait for. A key whose time moved stays at the old one too; whoever takes it
// out there sees that it is not due.
class Schedule {
 public:
  void add(EventTime at, const Digest& key) {
    if (at < base::kTimeEnd) {
      by_time_[at].push_back(key);
    }
  }

  // Takes out everything up to `through`; each key once.
  std::vector<Digest> take(EventTime through) {
    std::vector<Digest> keys;
    while (!by_time_.empty() && by_time_.begin()->first <= through) {
      const std::vector<Digest>& due = by_time_.begin()->second;
      keys.insert(keys.end(), due.begin(), due.end());
      by_time_.erase(by_time_.begin());
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
  }

  [[nodiscard]] size_t memory_bytes() const {
    constexpr size_t kNodeBytes = 72;
    size_t bytes = by_time_.size() * kNodeBytes;
    for (const auto& [at, keys] : by_time_) {
      bytes += keys.capacity() * sizeof(Digest);
    }
    return bytes;
  }

 private:
  std::map<EventTime, std::vector<Digest>> by_time_;
};

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
  [[nodiscard]] Status read_watermarks();
  void write_watermarks();
  void change(const Digest& key, const KeyRecord& before, const KeyRecord& after, KeySink& sink);
  void revise(const Digest& key,
              const KeyRecord& before,
              const KeyRecord& after,
              KeySink& sink) const;
  void store(const Digest& key, const KeyRecord& record);
  [[nodiscard]] Status decide(EventTime through, KeySink& sink);
  [[nodiscard]] Status purge(EventTime to_data);

  [[nodiscard]] EventTime floor() const { return floor_of(plan, data); }

  [[nodiscard]] EventTime wake(const KeyRecord& record) const {
    return next_wake(record, plan, floor(), decided);
  }

  [[nodiscard]] EventTime purge_at(const KeyRecord& record) const {
    const EventTime end = record.first_day_end();
    return end == base::kTimeEnd ? end : purge_time(plan, end);
  }

  KeyPlan plan;
  state::Tables& tables;
  base::FlatSet<Digest, base::DigestHash> stopped;
  EventTime decided = base::kTimeBegin;  // C: everything up to here has been told
  EventTime data = base::kTimeBegin;
  Schedule wakes;   // by C
  Schedule purges;  // by data
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

Status KeyBook::Impl::read_watermarks() {
  const auto value = tables.get(TableId::kKeys, kWatermarkKey);
  if (!value.has_value()) {
    return value.error();
  }
  if (!value.value().has_value()) {
    return Status::ok();
  }
  base::ByteReader in(*value.value());
  const bool known = in.u8() == kWatermarkLayout;
  decided = in.i64();
  data = in.i64();
  return known && !in.failed() && in.at_end() ? Status::ok() : damaged();
}

void KeyBook::Impl::write_watermarks() {
  std::string value;
  base::ByteWriter out(value);
  out.u8(kWatermarkLayout);
  out.i64(decided);
  out.i64(data);
  tables.put(TableId::kKeys, std::string(kWatermarkKey), std::move(value));
}

void KeyBook::Impl::store(const Digest& key, const KeyRecord& record) {
  if (record.is_empty()) {
    tables.erase(TableId::kKeys, key_of(key));
  } else {
    tables.put(TableId::kKeys, key_of(key), record.encode());
  }
}

// What was told of `before` and is not so any more, and what is so now.
void KeyBook::Impl::revise(const Digest& key,
                           const KeyRecord& before,
                           const KeyRecord& after,
                           KeySink& sink) const {
  const std::vector<KeyEvent> old = events_of(before, plan, floor(), base::kNoTime, decided);
  const std::vector<KeyEvent> now = events_of(after, plan, floor(), base::kNoTime, decided);
  std::vector<KeyEvent> gone;
  std::vector<KeyEvent> come;
  std::set_difference(old.begin(), old.end(), now.begin(), now.end(), std::back_inserter(gone));
  std::set_difference(now.begin(), now.end(), old.begin(), old.end(), std::back_inserter(come));
  for (const KeyEvent& event : gone) {
    tell(event, -1, sink);
  }
  for (const KeyEvent& event : come) {
    tell(event, 1, sink);
  }
  for (const HeldQuestion& question : after.questions) {
    bool was_there = false;
    const size_t place = before.place_of(question, was_there);
    was_there = was_there && before.questions[place] == question;
    if (question.to > decided) {
      continue;
    }
    const Answer answer = answer_of(after, question);
    if (!was_there || !(answer_of(before, question) == answer)) {
      tell(key, after.key_kind, question, answer, sink);
    }
  }
}

void KeyBook::Impl::change(const Digest& key,
                           const KeyRecord& before,
                           const KeyRecord& after,
                           KeySink& sink) {
  if (before == after) {
    return;
  }
  revise(key, before, after, sink);
  store(key, after);
  if (wake(after) != wake(before)) {
    wakes.add(wake(after), key);
  }
  if (purge_at(after) != purge_at(before)) {
    purges.add(purge_at(after), key);
  }
}

Status KeyBook::Impl::decide(EventTime through, KeySink& sink) {
  for (const Digest& key : wakes.take(through)) {
    std::optional<KeyRecord> record;
    if (Status status = read(key, record); !status.is_ok()) {
      return status;
    }
    if (!record.has_value() || wake(*record) > through) {
      continue;
    }
    for (const KeyEvent& event : events_of(*record, plan, floor(), decided, through)) {
      tell(event, 1, sink);
    }
    for (const HeldQuestion& question : record->questions) {
      if (question.to > decided && question.to <= through) {
        tell(key, record->key_kind, question, answer_of(*record, question), sink);
      }
    }
    wakes.add(next_wake(*record, plan, floor(), through), key);
  }
  decided = through;
  return Status::ok();
}

Status KeyBook::Impl::purge(EventTime to_data) {
  data = to_data;
  for (const Digest& key : purges.take(data)) {
    std::optional<KeyRecord> record;
    if (Status status = read(key, record); !status.is_ok()) {
      return status;
    }
    if (!record.has_value() || purge_at(*record) > data) {
      continue;
    }
    record->purge(floor());
    store(key, *record);
    purges.add(purge_at(*record), key);
  }
  return Status::ok();
}

KeyBook::KeyBook(KeyPlan plan, state::Tables& tables)
    : impl_(std::make_unique<Impl>(std::move(plan), tables)) {}

KeyBook::~KeyBook() = default;

Status KeyBook::load() {
  if (Status status = impl_->read_watermarks(); !status.is_ok()) {
    return status;
  }
  Status outcome;
  const Status status =
      impl_->tables.scan(TableId::kKeys, [&](std::string_view name, std::string_view value) {
        if (name == kWatermarkKey || !outcome.is_ok()) {
          return;
        }
        KeyRecord record;
        if (name.size() != kDigestBytes || !record.decode(value)) {
          outcome = damaged();
          return;
        }
        base::ByteReader in(name);
        const base::Digest key = in.digest();
        impl_->wakes.add(impl_->wake(record), key);
        impl_->purges.add(impl_->purge_at(record), key);
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
    my.counts.cut += placed.cut ? 1 : 0;
    my.counts.shared_days += placed.shared ? 1 : 0;
  }
  my.change(message.key, before, after, sink);
  return Status::ok();
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
  const KeyRecord before = std::move(found).value_or(empty_record(message.key_kind));
  bool is_known = false;
  const size_t place = before.place_of(question, is_known);
  if (is_known && before.questions[place].number >= question.number) {
    return Status::ok();
  }
  if (!is_known && question.to < my.floor()) {
    ++my.counts.expired;
    Answer rest = answer_of(before, question);
    rest.truncated = true;
    tell(message.key, before.key_kind, question, rest, sink);
    return Status::ok();
  }
  if (!is_known && before.questions.size() >= kQuestionsPerKey) {
    ++my.counts.questions_overflow;
    nobody.truncated = true;
    tell(message.key, before.key_kind, question, nobody, sink);
    return Status::ok();
  }
  KeyRecord after = before;
  const auto at = after.questions.begin() + static_cast<std::ptrdiff_t>(place);
  if (is_known) {
    *at = question;
  } else {
    after.questions.insert(at, question);
  }
  my.change(message.key, before, after, sink);
  return Status::ok();
}

Status KeyBook::advance(EventTime effective, EventTime data, KeySink& sink) {
  Impl& my = *impl_;
  const EventTime to_effective = std::min(effective, base::kTimeEnd);
  // The end itself is no time anybody waits for.
  const EventTime through =
      std::min(exchange::decided_by(effective, my.plan.lateness), base::kTimeEnd - 1);
  // What everything has ended needs no place for more.
  const EventTime to_data = std::min(data, to_effective);
  const bool purges = to_data > my.data && to_data < base::kTimeEnd;
  if (through <= my.decided && !purges) {
    return Status::ok();
  }
  if (through > my.decided) {
    if (Status status = my.decide(through, sink); !status.is_ok()) {
      return status;
    }
  }
  if (purges) {
    if (Status status = my.purge(to_data); !status.is_ok()) {
      return status;
    }
  }
  my.write_watermarks();
  return Status::ok();
}

const KeyCounts& KeyBook::counts() const {
  return impl_->counts;
}

size_t KeyBook::memory_bytes() const {
  return sizeof(Impl) + impl_->wakes.memory_bytes() + impl_->purges.memory_bytes();
}

}  // namespace kaiku::journey
