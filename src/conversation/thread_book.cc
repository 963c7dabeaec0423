#include "kaiku/conversation/thread_book.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/exchange/edge.h"

#include "conversation/conversation_step.h"
#include "conversation/thread_row.h"

namespace kaiku::conversation {
namespace {

using base::Digest;
using base::EventTime;
using base::Status;
using model::ConversationMessage;
using model::ParentAnswerMessage;
using model::ParentFound;
using model::ParentQuestionMessage;
using state::TableId;

constexpr size_t kItemKeyBytes = 16;
constexpr size_t kQuestionKeyBytes = 32;

Status damaged() {
  return {base::Next::kRestore,
          "a reply in the store does not decode: the store is damaged; remove its directory and "
          "start again, it is rebuilt from the changelog"};
}

std::string question_key(const Digest& item, const Digest& asker) {
  std::string key = key_of(item);
  base::ByteWriter(key).digest(asker);
  return key;
}

// Of a reply, or of what changes it, while it is held.
ThreadRow row_of(const ConversationMessage& message, ThreadStage stage) {
  ThreadRow row;
  row.stage = stage;
  row.at = message.at;
  row.next = message.conversation;
  row.before = message.at;
  row.held.push_back(held_of(message));
  return row;
}

ConversationMessage reply_of(const HeldMessage& held, const Digest& parent) {
  ConversationMessage message = message_of(held, parent);
  message.by_parent = true;
  return message;
}

ParentAnswerMessage nobody_knows(const Digest& of, const Digest& asker, bool cut = false) {
  ParentAnswerMessage answer;
  answer.of = of;
  answer.asker = asker;
  answer.cut = cut;
  return answer;
}

}  // namespace

struct ThreadBook::Impl {
  struct Known {
    EventTime at = 0;
    ThreadStage stage = ThreadStage::kRoot;
  };

  Impl(const ThreadBounds& with, state::Tables& state_tables)
      : bounds(with), tables(state_tables) {}

  [[nodiscard]] Status read(const Digest& item, ThreadRow& row) const;
  void write(const Digest& item, const ThreadRow& row);
  [[nodiscard]] Status begin_thread(const ConversationMessage& message, ThreadSink& sink);
  [[nodiscard]] Status begin_looking(const ConversationMessage& message, ThreadSink& sink);
  [[nodiscard]] Status hold_back(const ConversationMessage& message,
                                 ThreadRow& row,
                                 ThreadSink& sink);
  [[nodiscard]] Status accept(const ConversationMessage& message, ThreadSink& sink);
  [[nodiscard]] Status begin(const ConversationMessage& message, ThreadSink& sink);
  void await(const ConversationMessage& message);
  [[nodiscard]] Status accept_awaited(const ConversationMessage& message, ThreadSink& sink);
  // It is awaited no more: it begins with what came for it.
  [[nodiscard]] Status begin_without(const Digest& item, ThreadRow& row, ThreadSink& sink);
  // Holds the level behind a message that came for the item.
  void hold_back_to(EventTime at,
                    const Digest& item,
                    ThreadRow& row,
                    std::set<std::pair<EventTime, Digest>>& by_time);
  void find(const Digest& item,
            ThreadRow& row,
            const ParentAnswerMessage& answer,
            ThreadSink& sink);
  [[nodiscard]] Status respond(const Known& known,
                               const ParentQuestionMessage& question,
                               ThreadSink& sink) const;
  [[nodiscard]] Status wake(const Digest& item, ThreadSink& sink);
  void wait(const ParentQuestionMessage& question);
  void forget_old(EventTime before);
  void shed();

  ThreadBounds bounds;
  state::Tables& tables;
  base::FlatMap<Digest, Known, base::DigestHash> items;
  std::set<std::pair<EventTime, Digest>> looking;          // by their time
  std::set<std::pair<EventTime, Digest>> awaited;          // by the time of the first change
  std::map<std::pair<Digest, Digest>, EventTime> waiting;  // (item, asker): before
  std::set<std::tuple<EventTime, Digest, Digest>> due;     // the same by (before, item, asker)
  EventTime decided = base::kTimeBegin;
  int32_t purged_day = 0;
  EventTime newest = base::kTimeBegin;  // item
  ThreadCounts counts;
};

Status ThreadBook::Impl::read(const Digest& item, ThreadRow& row) const {
  const auto value = tables.get(TableId::kThreads, key_of(item));
  if (!value.has_value()) {
    return value.error();
  }
  if (!value.value().has_value() || !row.decode(*value.value())) {
    return damaged();
  }
  return Status::ok();
}

void ThreadBook::Impl::write(const Digest& item, const ThreadRow& row) {
  items[item] = {row.at, row.stage};
  newest = std::max(newest, row.at);
  tables.put(TableId::kThreads, key_of(item), row.encode());
}

Status ThreadBook::Impl::accept(const ConversationMessage& message, ThreadSink& sink) {
  if (!message.by_parent && message.conversation != message.item) {
    sink.on_said(message);
    return Status::ok();
  }
  const auto known = items.find(message.item);
  if (known == items.end()) {
    return begin(message, sink);
  }
  if (known->second.stage == ThreadStage::kAwaited) {
    return accept_awaited(message, sink);
  }
  ConversationMessage said = message;
  said.by_parent = false;
  said.conversation = message.item;
  if (known->second.stage == ThreadStage::kRoot) {
    sink.on_said(said);
    return Status::ok();
  }
  ThreadRow row;
  if (Status status = read(message.item, row); !status.is_ok()) {
    return status;
  }
  if (row.stage == ThreadStage::kLooking) {
    return hold_back(message, row, sink);
  }
  said.conversation = row.next;
  said.root_unknown = row.root_unknown;
  if (row.next == message.item) {
    sink.on_said(said);  // a reply to itself
  } else {
    sink.on_found(said);
  }
  return Status::ok();
}

Status ThreadBook::Impl::begin(const ConversationMessage& message, ThreadSink& sink) {
  if (!message.by_parent) {
    return begin_thread(message, sink);
  }
  // Of what is behind `decided` all is known that will be.
  const bool may_come = message.op != model::Op::kCreate && message.at > decided;
  if (may_come && looking.size() + awaited.size() < bounds.held_max) {
    await(message);
    return Status::ok();
  }
  return begin_looking(message, sink);
}

Status ThreadBook::Impl::accept_awaited(const ConversationMessage& message, ThreadSink& sink) {
  ThreadRow row;
  if (Status status = read(message.item, row); !status.is_ok()) {
    return status;
  }
  if (message.op != model::Op::kCreate && row.held.size() < bounds.messages_max) {
    hold_back_to(message.at, message.item, row, awaited);
    row.held.push_back(held_of(message));
    write(message.item, row);
    return Status::ok();
  }
  if (message.op != model::Op::kCreate) {
    row.held.push_back(held_of(message));
    return begin_without(message.item, row, sink);
  }
  awaited.erase({row.at, message.item});
  Status status = message.by_parent ? begin_looking(message, sink) : begin_thread(message, sink);
  for (const HeldMessage& held : row.held) {
    if (status.is_ok()) {
      status = accept(reply_of(held, row.next), sink);
    }
  }
  return status;
}

Status ThreadBook::Impl::begin_without(const Digest& item, ThreadRow& row, ThreadSink& sink) {
  awaited.erase({row.at, item});
  std::sort(row.held.begin(), row.held.end());
  Status status;
  for (size_t i = 0; i < row.held.size() && status.is_ok(); ++i) {
    const ConversationMessage message = reply_of(row.held[i], row.next);
    status = i == 0 ? begin_looking(message, sink) : accept(message, sink);
  }
  return status;
}

Status ThreadBook::Impl::begin_thread(const ConversationMessage& message, ThreadSink& sink) {
  if (message.op == model::Op::kCreate) {
    ThreadRow row;
    row.at = message.at;
    write(message.item, row);
    if (Status status = wake(message.item, sink); !status.is_ok()) {
      return status;
    }
  }
  sink.on_said(message);
  return Status::ok();
}

Status ThreadBook::Impl::begin_looking(const ConversationMessage& message, ThreadSink& sink) {
  ThreadRow row = row_of(message, ThreadStage::kLooking);
  const bool is_full = looking.size() >= bounds.held_max;
  if (is_full || row.next == message.item) {
    find(message.item, row, nobody_knows(row.next, message.item, is_full), sink);
  } else {
    looking.emplace(row.at, message.item);
    write(message.item, row);
    sink.on_question({row.next, message.item, row.before});
  }
  return wake(message.item, sink);
}

void ThreadBook::Impl::await(const ConversationMessage& message) {
  const ThreadRow row = row_of(message, ThreadStage::kAwaited);
  awaited.emplace(row.at, message.item);
  write(message.item, row);
}

void ThreadBook::Impl::hold_back_to(EventTime at,
                                    const Digest& item,
                                    ThreadRow& row,
                                    std::set<std::pair<EventTime, Digest>>& by_time) {
  if (at < row.at) {
    by_time.erase({row.at, item});
    row.at = at;
    by_time.emplace(row.at, item);
  }
}

Status ThreadBook::Impl::hold_back(const ConversationMessage& message,
                                   ThreadRow& row,
                                   ThreadSink& sink) {
  hold_back_to(message.at, message.item, row, looking);
  row.held.push_back(held_of(message));
  if (row.held.size() > bounds.messages_max) {
    find(message.item, row, nobody_knows(row.next, message.item, true), sink);
  } else {
    write(message.item, row);
  }
  return Status::ok();
}

// All that was held goes where the answer points.
void ThreadBook::Impl::find(const Digest& item,
                            ThreadRow& row,
                            const ParentAnswerMessage& answer,
                            ThreadSink& sink) {
  const bool is_known = answer.found == ParentFound::kRoot;
  looking.erase({row.at, item});
  row.stage = ThreadStage::kFound;
  row.next = is_known ? answer.next : answer.of;
  row.root_unknown = !is_known || answer.root_unknown;
  ++(answer.cut ? counts.cut : row.root_unknown ? counts.unknown : counts.found);
  for (HeldMessage& held : row.held) {
    held.root_unknown = row.root_unknown;
    held.straggler = held.straggler || answer.cut;
    sink.on_found(message_of(held, row.next));
  }
  row.held.clear();
  write(item, row);
}

Status ThreadBook::Impl::respond(const Known& known,
                                 const ParentQuestionMessage& question,
                                 ThreadSink& sink) const {
  ParentAnswerMessage answer;
  answer.asker = question.asker;
  answer.of = question.of;
  if (known.at < question.before && question.before - known.at <= bounds.ttl_us) {
    answer.found = ParentFound::kRoot;
    answer.next = question.of;
    if (known.stage != ThreadStage::kRoot) {
      ThreadRow row;
      if (Status status = read(question.of, row); !status.is_ok()) {
        return status;
      }
      answer.found =
          row.stage == ThreadStage::kLooking ? ParentFound::kAncestor : ParentFound::kRoot;
      answer.next = row.next;
      answer.before = row.before;
      answer.root_unknown = row.root_unknown;
    }
  }
  sink.on_answer(answer);
  return Status::ok();
}

// Somebody may have asked for it already.
Status ThreadBook::Impl::wake(const Digest& item, ThreadSink& sink) {
  auto at = waiting.lower_bound({item, Digest{}});
  if (at == waiting.end() || at->first.first != item) {
    return Status::ok();
  }
  const Known known = items.at(item);
  while (at != waiting.end() && at->first.first == item) {
    const ParentQuestionMessage question{item, at->first.second, at->second};
    due.erase({question.before, question.of, question.asker});
    tables.erase(TableId::kThreads, question_key(question.of, question.asker));
    at = waiting.erase(at);
    if (Status status = respond(known, question, sink); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

void ThreadBook::Impl::wait(const ParentQuestionMessage& question) {
  const auto [at, is_new] = waiting.try_emplace({question.of, question.asker}, question.before);
  if (!is_new) {
    due.erase({at->second, question.of, question.asker});
    at->second = question.before;
  }
  due.emplace(question.before, question.of, question.asker);
  std::string value;
  base::ByteWriter(value).i64(question.before);
  tables.put(TableId::kThreads, question_key(question.of, question.asker), std::move(value));
}

void ThreadBook::Impl::forget_old(EventTime before) {
  std::vector<Digest> old;
  for (const auto& [item, known] : items) {
    if (known.at < before && known.stage != ThreadStage::kLooking &&
        known.stage != ThreadStage::kAwaited) {
      old.push_back(item);
    }
  }
  for (const Digest& item : old) {
    items.erase(item);
    tables.erase(TableId::kThreads, key_of(item));
  }
}

// The oldest eighth goes.
void ThreadBook::Impl::shed() {
  std::vector<EventTime> times;
  times.reserve(items.size());
  for (const auto& [item, known] : items) {
    times.push_back(known.at);
  }
  const auto first_kept =
      times.begin() + static_cast<std::ptrdiff_t>(times.size() - bounds.items_max / 8 * 7);
  std::nth_element(times.begin(), first_kept, times.end());
  const size_t before = items.size();
  forget_old(*first_kept);
  counts.forgotten += before - items.size();
}

ThreadBook::ThreadBook(const ThreadBounds& bounds, state::Tables& tables)
    : impl_(std::make_unique<Impl>(bounds, tables)) {}

ThreadBook::~ThreadBook() = default;

Status ThreadBook::load() {
  Status outcome;
  const Status status =
      impl_->tables.scan(TableId::kThreads, [&](std::string_view key, std::string_view value) {
        base::ByteReader name(key);
        const Digest item = name.digest();
        if (key.size() == kQuestionKeyBytes) {
          const Digest asker = name.digest();
          base::ByteReader in(value);
          const EventTime before = in.time();
          if (in.failed() || !in.at_end()) {
            outcome = damaged();
            return;
          }
          impl_->waiting.emplace(std::pair(item, asker), before);
          impl_->due.emplace(before, item, asker);
          return;
        }
        ThreadRow row;
        if (key.size() != kItemKeyBytes || !row.decode(value)) {
          outcome = damaged();
          return;
        }
        impl_->items[item] = {row.at, row.stage};
        impl_->newest = std::max(impl_->newest, row.at);
        if (row.stage == ThreadStage::kLooking) {
          impl_->looking.emplace(row.at, item);
        } else if (row.stage == ThreadStage::kAwaited) {
          impl_->awaited.emplace(row.at, item);
        }
      });
  return status.is_ok() ? outcome : status;
}

Status ThreadBook::accept(const ConversationMessage& message, ThreadSink& sink) {
  return impl_->accept(message, sink);
}

Status ThreadBook::ask(const ParentQuestionMessage& question, ThreadSink& sink) {
  const auto known = impl_->items.find(question.of);
  if (known != impl_->items.end() && known->second.stage != ThreadStage::kAwaited) {
    return impl_->respond(known->second, question, sink);
  }
  const bool may_come = question.before > impl_->decided;
  if (may_come && impl_->waiting.size() < impl_->bounds.held_max) {
    impl_->wait(question);
  } else {
    sink.on_answer(nobody_knows(question.of, question.asker, may_come));
  }
  return Status::ok();
}

Status ThreadBook::answer(const ParentAnswerMessage& answer, ThreadSink& sink) {
  const auto known = impl_->items.find(answer.asker);
  if (known == impl_->items.end() || known->second.stage != ThreadStage::kLooking) {
    return Status::ok();
  }
  ThreadRow row;
  if (Status status = impl_->read(answer.asker, row); !status.is_ok()) {
    return status;
  }
  if (row.next != answer.of) {
    return Status::ok();
  }
  if (answer.found != ParentFound::kAncestor) {
    impl_->find(answer.asker, row, answer, sink);
    return Status::ok();
  }
  row.next = answer.next;
  row.before = answer.before;
  impl_->write(answer.asker, row);
  sink.on_question({row.next, answer.asker, row.before});
  return Status::ok();
}

Status ThreadBook::advance(EventTime effective, EventTime data, ThreadSink& sink) {
  Impl& own = *impl_;
  own.decided = std::max(own.decided, exchange::decided_by(effective, own.bounds.lateness_us));
  while (!own.awaited.empty() && own.awaited.begin()->first <= own.decided) {
    const Digest item = own.awaited.begin()->second;
    ThreadRow row;
    Status status = own.read(item, row);
    if (!status.is_ok() || !(status = own.begin_without(item, row, sink)).is_ok()) {
      return status;
    }
  }
  while (!own.due.empty() && std::get<0>(*own.due.begin()) <= own.decided) {
    const auto [before, of, asker] = *own.due.begin();
    own.due.erase(own.due.begin());
    own.waiting.erase({of, asker});
    own.tables.erase(TableId::kThreads, question_key(of, asker));
    sink.on_answer(nobody_knows(of, asker));
  }
  // An item is looked at once a day of event time. Where nothing comes, `data` goes on with the
  // clock; old records that are read then are as good as new ones.
  const EventTime past = std::min(data, own.newest);
  if (past > base::kTimeBegin && past < base::kTimeEnd && base::day_of(past) > own.purged_day) {
    own.purged_day = base::day_of(past);
    own.forget_old(past - own.bounds.lateness_us - own.bounds.ttl_us);
  }
  if (own.items.size() > own.bounds.items_max) {
    own.shed();
  }
  return Status::ok();
}

bool ThreadBook::has_work(EventTime effective) const {
  const EventTime decided = exchange::decided_by(effective, impl_->bounds.lateness_us);
  return (!impl_->due.empty() && std::get<0>(*impl_->due.begin()) <= decided) ||
         (!impl_->awaited.empty() && impl_->awaited.begin()->first <= decided);
}

EventTime ThreadBook::hold() const {
  EventTime hold = base::kTimeEnd;
  for (const auto* held : {&impl_->looking, &impl_->awaited}) {
    if (!held->empty()) {
      hold = std::min(hold, after(held->begin()->first, impl_->bounds.lateness_us));
    }
  }
  return hold;
}

const ThreadCounts& ThreadBook::counts() const {
  return impl_->counts;
}

size_t ThreadBook::memory_bytes() const {
  constexpr size_t kItemBytes = 48;
  constexpr size_t kWaitBytes = 160;
  constexpr size_t kLookingBytes = 64;
  return sizeof(Impl) + impl_->items.size() * kItemBytes + impl_->waiting.size() * kWaitBytes +
         (impl_->looking.size() + impl_->awaited.size()) * kLookingBytes;
}

}  // namespace kaiku::conversation
