#include "sim/sim_log.h"

#include <algorithm>
#include <utility>

namespace kaiku::sim {
namespace {

using base::Exit;
using base::Next;
using base::Status;

std::vector<log::TopicId> everything_to_read(const log::TopicTable& topics) {
  std::vector<log::TopicId> ids;
  for (size_t i = 0; i < topics.size(); ++i) {
    const auto id = static_cast<log::TopicId>(i);
    const log::TopicRole role = topics.at(id).role;
    if (role == log::TopicRole::kSource || role == log::TopicRole::kExchange) {
      ids.push_back(id);
    }
  }
  return ids;
}

const char* name_of(log::CommitResult result) {
  switch (result) {
    case log::CommitResult::kCommitted:
      return "committed";
    case log::CommitResult::kNotCommitted:
      return "not committed";
    case log::CommitResult::kUnknown:
      return "unknown";
    case log::CommitResult::kFenced:
      return "fenced";
  }
  return "?";
}

}  // namespace

SimLog::SimLog(SimBroker& broker,
               SimProcess& process,
               std::string instance,
               std::vector<log::TopicId> subscription)
    : broker_(broker),
      process_(process),
      instance_(std::move(instance)),
      subscription_(std::move(subscription)) {
  if (subscription_.empty()) {
    subscription_ = everything_to_read(broker.topics());
  }
  incarnation_ = broker_.incarnate(instance_);
  broker_.note(instance_ + " starts, incarnation " + std::to_string(incarnation_));
}

SimLog::~SimLog() {
  if (!closed_) {
    broker_.crash(instance_, incarnation_);
  }
}

void SimLog::close() {
  if (closed_ || !process_.touch()) {
    return;
  }
  closed_ = true;
  reading_.clear();
  if (!broker_.is_current(instance_, incarnation_)) {
    return;
  }
  broker_.note(instance_ + " leaves");
  if (under_way_) {
    broker_.forget(*under_way_);
  }
  broker_.fence(instance_);
  if (broker_.group().find(instance_, incarnation_) != nullptr) {
    broker_.group().remove(instance_, broker_.now_step());
  }
}

Status SimLog::call(log::Partition at, const char* what) {
  if (closed_ || !process_.touch()) {
    return Status::stop(Exit::kUnavailable, "the process of " + instance_ + " is gone");
  }
  if (!broker_.is_current(instance_, incarnation_)) {
    return Status::stop(Exit::kFenced, "another process has taken the id " + instance_);
  }
  if (at.number < 0 || at.number >= broker_.count_of(at.topic)) {
    broker_.violation(instance_ + " asks for " + sim::name_of(at) + ", which does not exist");
    return Status::stop(Exit::kUnavailable, "no such partition: " + sim::name_of(at));
  }
  if (broker_.chance(broker_.faults().retry_call)) {
    broker_.note(instance_ + ": " + what + " has to be tried again");
    return {Next::kRetry, std::string(what) + ": the broker did not answer"};
  }
  return Status::ok();
}

std::vector<log::Event> SimLog::poll(const log::PollBudget& budget) {
  batch_.clear();
  std::vector<log::Event> events;
  if (closed_ || !process_.touch()) {
    return events;
  }
  broker_.step();
  if (!broker_.is_current(instance_, incarnation_)) {
    reading_.clear();
    events.emplace_back(
        log::Failed{Status::stop(Exit::kFenced, "another process has taken the id " + instance_)});
    return events;
  }
  take_answer(events, false);
  if (!follow_group(events) || broker_.chance(broker_.faults().empty_poll)) {
    return events;
  }
  if (Status status = take_records(events, budget.records); !status.is_ok()) {
    events.emplace_back(log::Failed{std::move(status)});
    return events;
  }
  take_ends(events);
  return events;
}

void SimLog::take_answer(std::vector<log::Event>& events, bool must) {
  SimFlight* flight = under_way_ ? broker_.flight(*under_way_) : nullptr;
  if (flight == nullptr) {
    return;
  }
  const bool is_ready =
      flight->answer_due <= broker_.now_step() && (flight->answer || flight->decided);
  if (!is_ready && !must) {
    return;
  }
  log::Answer answer;
  answer.ticket = flight->id;
  if (flight->answer) {
    answer.result = *flight->answer;
  } else if (flight->decided) {
    answer.result =
        *flight->decided ? log::CommitResult::kCommitted : log::CommitResult::kNotCommitted;
  }
  if (answer.result == log::CommitResult::kCommitted && flight->with_offsets) {
    answer.first_offsets = flight->first_offsets;
  }
  broker_.note(instance_ + " hears: " + std::to_string(answer.ticket) + " " +
               name_of(answer.result));
  under_way_.reset();
  if (answer.result == log::CommitResult::kUnknown) {
    unresolved_ = {flight->id, flight->term};
  } else {
    broker_.forget(flight->id);
  }
  events.emplace_back(std::move(answer));
}

void SimLog::give_up(std::vector<log::Event>& events) {
  take_answer(events, true);
  reading_.clear();
}

bool SimLog::follow_group(std::vector<log::Event>& events) {
  SimGroup& group = broker_.group();
  SimMember* me = group.find(instance_, incarnation_);
  if (me == nullptr && entered_) {
    give_up(events);
    entered_ = false;
    if (std::exchange(had_assignment_, false)) {
      broker_.note(instance_ + " has lost everything");
      events.emplace_back(log::Lost{});
      return false;
    }
  }
  if (me == nullptr) {
    me = &group.enter(instance_, incarnation_, subscription_, broker_.now_step());
    entered_ = true;
  }
  me->seen = broker_.now_step();
  if (group.is_rebalancing() && !me->joined) {
    if (!me->assignment.empty() && !me->told) {
      me->told = true;
      broker_.note(instance_ + " is revoked");
      events.emplace_back(log::Revoking{});
      return false;
    }
    give_up(events);
    group.join(*me);
  }
  if (me->has_news) {
    give_up(events);
    me->has_news = false;
    had_assignment_ = true;
    broker_.note(instance_ + " is assigned " + std::to_string(me->assignment.size()) +
                 " partitions, term " + std::to_string(me->term));
    events.emplace_back(log::Assigned{me->term, me->assignment});
    return false;
  }
  return !group.is_rebalancing();
}

log::Record SimLog::copy_of(log::Partition at, int64_t offset) {
  const SimEntry& entry = broker_.partition(at).at(offset);
  log::Record record;
  record.at = at;
  record.offset = offset;
  record.timestamp = entry.timestamp;
  record.has_key = entry.has_key;
  record.has_value = entry.has_value;
  record.key = batch_.emplace_back(entry.key);
  record.value = batch_.emplace_back(entry.value);
  return record;
}

Status SimLog::take_records(std::vector<log::Event>& events, size_t most) {
  std::vector<Reader*> readable;
  for (Reader& reader : reading_) {
    const SimPartition& partition = broker_.partition(reader.at);
    if (reader.next < partition.low()) {
      return Status::stop(Exit::kUnavailable,
                          sim::name_of(reader.at) + " begins at " +
                              std::to_string(partition.low()) + ", offset " +
                              std::to_string(reader.next) + " is gone");
    }
    reader.next = partition.next_readable(reader.next);
    if (reader.next < partition.stable()) {
      readable.push_back(&reader);
    }
  }
  base::Prng& prng = broker_.prng();
  const bool is_short = broker_.faults().short_polls;
  if (is_short) {
    most = std::min<size_t>(most, 1 + prng.below(broker_.faults().batch_records_max));
  }
  log::Records records;
  while (records.records.size() < most && !readable.empty()) {
    const size_t which = is_short ? prng.below(readable.size()) : 0;
    Reader& reader = *readable[which];
    const SimPartition& partition = broker_.partition(reader.at);
    size_t run = most - records.records.size();
    run = is_short ? 1 + prng.below(run) : run;
    for (; run > 0 && reader.next < partition.stable(); --run) {
      records.records.push_back(copy_of(reader.at, reader.next));
      reader.next = partition.next_readable(reader.next + 1);
    }
    if (reader.next >= partition.stable()) {
      readable.erase(readable.begin() + static_cast<std::ptrdiff_t>(which));
    }
  }
  if (!records.records.empty()) {
    events.emplace_back(std::move(records));
  }
  return Status::ok();
}

void SimLog::take_ends(std::vector<log::Event>& events) {
  for (Reader& reader : reading_) {
    const SimPartition& partition = broker_.partition(reader.at);
    const log::Ends now{partition.stable(), partition.high()};
    const bool is_new = now.low != reader.told.low || now.high != reader.told.high;
    if (reader.next < now.low || !is_new) {
      continue;
    }
    reader.told = now;
    events.emplace_back(log::End{reader.at, reader.next, now.low == now.high});
  }
}

Status SimLog::start(const std::vector<log::Position>& positions) {
  if (closed_ || !process_.touch()) {
    return Status::stop(Exit::kUnavailable, "the process of " + instance_ + " is gone");
  }
  reading_.clear();
  const SimMember* me = broker_.group().find(instance_, incarnation_);
  for (const log::Position& position : positions) {
    const bool is_own = me != nullptr && !me->has_news &&
                        std::find(me->assignment.begin(), me->assignment.end(), position.at) !=
                            me->assignment.end();
    if (!is_own) {
      // Thrown out without knowing it yet: the next poll says so.
      const bool could_know = me != nullptr && !me->has_news && me->term != 0;
      if (could_know) {
        broker_.violation(instance_ + " reads " + sim::name_of(position.at) +
                          ", which is not its own");
      }
      continue;
    }
    const SimPartition& partition = broker_.partition(position.at);
    if (position.offset < partition.low() || position.offset > partition.high()) {
      return Status::stop(Exit::kUnavailable,
                          "offset " + std::to_string(position.offset) + " of " +
                              sim::name_of(position.at) + " is out of range");
    }
    reading_.push_back({position.at, position.offset, {-1, -1}});
  }
  return Status::ok();
}

log::Ticket SimLog::submit(log::Transaction transaction) {
  if (closed_ || !process_.touch()) {
    return 0;
  }
  if (under_way_) {
    broker_.violation(instance_ + " submits while a transaction is under way");
  }
  if (unresolved_) {
    if (unresolved_->term == transaction.term) {
      broker_.violation(instance_ + " submits before it has resolved an unknown answer");
    }
    broker_.fence(instance_);  // a new producer of the same id
    broker_.forget(unresolved_->ticket);
    unresolved_.reset();
  }
  under_way_ = broker_.submit(instance_, incarnation_, std::move(transaction));
  return *under_way_;
}

base::Result<log::CommitResult> SimLog::resolve(log::Ticket ticket,
                                                const log::OffsetCommit& probe) {
  if (Status status = call(probe.at, "resolve"); !status.is_ok()) {
    return status;
  }
  SimFlight* flight = broker_.flight(ticket);
  const uint64_t term = flight == nullptr ? 0 : flight->term;
  broker_.fence(instance_);
  unresolved_.reset();
  under_way_.reset();
  const bool is_committed = flight != nullptr && flight->decided.value_or(false);
  broker_.forget(ticket);
  log::CommitResult result = log::CommitResult::kFenced;
  if (broker_.group().holds(instance_, incarnation_, term)) {
    const log::Committed now = broker_.group_offset(probe.at).value_or(log::Committed{});
    const bool is_probe = now.next_offset == probe.next_offset && now.metadata == probe.metadata;
    result = is_probe ? log::CommitResult::kCommitted : log::CommitResult::kNotCommitted;
    if (is_probe != is_committed) {
      broker_.violation(instance_ + ": offset and metadata of the probe on " +
                        sim::name_of(probe.at) + " do not tell whether " + std::to_string(ticket) +
                        " was committed");
    }
  }
  broker_.note(instance_ + " resolves " + std::to_string(ticket) + ": " + name_of(result));
  return result;
}

base::Result<log::Committed> SimLog::committed(log::Partition at) {
  if (Status status = call(at, "committed"); !status.is_ok()) {
    return status;
  }
  broker_.settle(at);
  return broker_.group_offset(at).value_or(log::Committed{});
}

base::Result<log::Ends> SimLog::ends(log::Partition at, log::Isolation isolation) {
  if (Status status = call(at, "ends"); !status.is_ok()) {
    return status;
  }
  const SimPartition& partition = broker_.partition(at);
  const bool is_stable = isolation == log::Isolation::kCommitted;
  return log::Ends{partition.low(), is_stable ? partition.stable() : partition.high()};
}

Status SimLog::read(log::Partition at, int64_t from, log::RecordSink& sink) {
  if (Status status = call(at, "read"); !status.is_ok()) {
    return status;
  }
  broker_.settle(at);
  const SimPartition& partition = broker_.partition(at);
  if (from < partition.low()) {
    return Status::stop(Exit::kUnavailable,
                        sim::name_of(at) + " begins at " + std::to_string(partition.low()) +
                            ", offset " + std::to_string(from) + " is gone");
  }
  const int64_t end = partition.stable();
  for (int64_t offset = partition.next_readable(from); offset < end;
       offset = partition.next_readable(offset + 1)) {
    if (broker_.chance(broker_.faults().retry_call / 10)) {
      return {Next::kRetry, "read: the connection broke in the middle"};
    }
    std::deque<std::string> kept = std::exchange(batch_, {});
    const bool go_on = sink.on_record(copy_of(at, offset));
    batch_ = std::move(kept);
    if (!go_on) {
      break;
    }
  }
  return Status::ok();
}

base::Result<int32_t> SimLog::partition_count(log::TopicId topic) {
  if (Status status = call({topic, 0}, "partition_count"); !status.is_ok()) {
    return status;
  }
  return broker_.count_of(topic);
}

}  // namespace kaiku::sim
