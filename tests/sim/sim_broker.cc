#include "sim/sim_broker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "kaiku/base/limits.h"
#include "kaiku/log/murmur2.h"

namespace kaiku::sim {
namespace {

constexpr size_t kTraceLines = 200;
constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

}  // namespace

std::string name_of(log::Partition at) {
  return std::to_string(at.topic) + "/" + std::to_string(at.number);
}

SimBroker::SimBroker(const log::TopicTable& topics, uint64_t seed, SimFaults faults, int64_t now_us)
    : topics_(topics),
      prng_(seed),
      faults_(faults),
      clock_(now_us),
      group_([this](log::TopicId topic) { return count_of(topic); },
             faults.session_steps,
             faults.rebalance_steps) {
  for (size_t i = 0; i < topics.size(); ++i) {
    const auto topic = static_cast<log::TopicId>(i);
    counts_[topic] = 0;
    add_partitions(topic, topics.at(topic).partitions);
  }
}

// --- the world
// -------------------------------------------------------------------------------------

void SimBroker::add_partitions(log::TopicId topic, int32_t count) {
  for (int32_t number = counts_.at(topic); number < count; ++number) {
    partitions_.try_emplace(log::Partition{topic, number});
  }
  counts_[topic] = std::max(counts_[topic], count);
  if (group_.size() > 0) {
    group_.rebalance(step_);
  }
}

int32_t SimBroker::count_of(log::TopicId topic) const {
  const auto found = counts_.find(topic);
  return found == counts_.end() ? 0 : found->second;
}

int64_t SimBroker::produce(log::Append append) {
  SimFlight flight;
  append_all(flight, {std::move(append)});
  return flight.first_offsets.empty() ? -1 : flight.first_offsets.front();
}

uint64_t SimBroker::begin_upstream(const std::vector<log::Append>& appends) {
  SimFlight flight;
  flight.id = next_flight_++;
  flight.due = kNever;
  flight.wants_answer = false;
  append_all(flight, appends);
  note("upstream transaction " + std::to_string(flight.id) + " begins");
  const uint64_t id = flight.id;
  flights_.emplace(id, std::move(flight));
  return id;
}

void SimBroker::end_upstream(uint64_t transaction, bool commit) {
  if (SimFlight* open = flight(transaction)) {
    finish(*open, commit);
    sweep();
  }
}

void SimBroker::trim(log::Partition at, int64_t low) {
  partitions_.at(at).trim(low);
  note("trimmed " + name_of(at) + " to " + std::to_string(low));
}

void SimBroker::rebalance() {
  note("rebalance");
  group_.rebalance(step_);
}

void SimBroker::expel(const std::string& instance) {
  note(instance + " is thrown out");
  group_.remove(instance, step_);
}

void SimBroker::expire_group_offsets() {
  note("the group's offsets expire");
  group_offsets_.clear();
  has_expired_offsets_ = true;
}

void SimBroker::step() {
  ++step_;
  clock_.advance_us(faults_.step_us);
  for (auto& [id, flight] : flights_) {
    if (!flight.decided && flight.due <= step_) {
      decide(flight, flight.commit, false);
    } else if (flight.decided) {
      write_markers(flight, false);
    }
  }
  sweep();
  for (const std::string& id : group_.expire(step_)) {
    note(id + " is out: its session expired");
  }
}

void SimBroker::calm() {
  note("calm");
  const SimFaults before = faults_;
  faults_ = SimFaults::none();
  faults_.step_us = before.step_us;
  for (auto& [id, flight] : flights_) {
    finish(flight, flight.commit && flight.due != kNever);
  }
  sweep();
}

std::vector<log::Append> SimBroker::committed_records(log::Partition at) const {
  const SimPartition& partition = partitions_.at(at);
  std::vector<log::Append> records;
  for (int64_t offset = partition.next_readable(partition.low()); offset < partition.stable();
       offset = partition.next_readable(offset + 1)) {
    const SimEntry& entry = partition.at(offset);
    records.push_back(
        {at, entry.key, entry.value, entry.has_value, entry.timestamp, entry.headers});
  }
  return records;
}

std::vector<log::Append> SimBroker::committed_records(log::TopicId topic) const {
  std::vector<log::Append> records;
  for (int32_t number = 0; number < count_of(topic); ++number) {
    const std::vector<log::Append> more = committed_records(log::Partition{topic, number});
    records.insert(records.end(), more.begin(), more.end());
  }
  return records;
}

uint64_t SimBroker::committed_count(log::TopicId topic) const {
  uint64_t count = 0;
  for (int32_t number = 0; number < count_of(topic); ++number) {
    const SimPartition& one = partitions_.at(log::Partition{topic, number});
    for (int64_t offset = one.next_readable(one.low()); offset < one.stable();
         offset = one.next_readable(offset + 1)) {
      ++count;
    }
  }
  return count;
}

std::optional<log::Committed> SimBroker::group_offset(log::Partition at) const {
  const auto found = group_offsets_.find(at);
  return found == group_offsets_.end() ? std::nullopt : std::optional(found->second);
}

std::string SimBroker::trace() const {
  std::string text;
  for (const std::string& line : trace_) {
    text += line + "\n";
  }
  return text;
}

void SimBroker::note(std::string text) {
  trace_.push_back(std::to_string(step_) + "  " + std::move(text));
  if (trace_.size() > kTraceLines) {
    trace_.pop_front();
  }
}

void SimBroker::violation(std::string text) {
  note("VIOLATION: " + text);
  violations_.push_back("step " + std::to_string(step_) + ": " + std::move(text));
}

// --- transactions
// ----------------------------------------------------------------------------------

uint64_t SimBroker::incarnate(const std::string& instance) {
  fence(instance);
  return ++incarnations_[instance];
}

bool SimBroker::is_current(const std::string& instance, uint64_t incarnation) const {
  const auto found = incarnations_.find(instance);
  return found != incarnations_.end() && found->second == incarnation;
}

SimFlight* SimBroker::flight(uint64_t id) {
  const auto found = flights_.find(id);
  return found == flights_.end() ? nullptr : &found->second;
}

void SimBroker::forget(uint64_t id) {
  if (SimFlight* known = flight(id)) {
    known->wants_answer = false;
    sweep();
  }
}

uint64_t SimBroker::submit(const std::string& instance,
                           uint64_t incarnation,
                           log::Transaction transaction) {
  SimFlight flight;
  flight.id = next_flight_++;
  flight.instance = instance;
  flight.incarnation = incarnation;
  flight.term = transaction.term;
  const uint64_t id = flight.id;
  const std::string name = instance + " submits " + std::to_string(id);
  if (!is_current(instance, incarnation) ||
      !group_.holds(instance, incarnation, transaction.term)) {
    note(name + ": its term " + std::to_string(transaction.term) + " is over");
    flight.decided = false;
    flight.answer = log::CommitResult::kFenced;
    flights_.emplace(id, std::move(flight));
    return id;
  }
  complete_earlier(instance);
  check(instance, incarnation, transaction);
  flight.offsets = std::move(transaction.offsets);
  draw_fate(flight);
  if (flight.answer == log::CommitResult::kFenced) {
    note(name + ": thrown out meanwhile");
    group_.remove(instance, step_);
    flight.decided = false;
    flights_.emplace(id, std::move(flight));
    return id;
  }
  append_all(flight, transaction.appends);
  note(name + ": " + std::to_string(transaction.appends.size()) + " records, " +
       (flight.commit ? "commits" : "aborts") + " at " + std::to_string(flight.due) +
       (flight.prepared ? ", prepared" : "") +
       (flight.answer == log::CommitResult::kUnknown ? ", answer lost" : ""));
  SimFlight& stored = flights_.emplace(id, std::move(flight)).first->second;
  if (stored.due <= step_) {
    decide(stored, stored.commit, false);
  }
  return id;
}

// A coordinator begins no transaction of an id before the last one has all its markers.
void SimBroker::complete_earlier(const std::string& instance) {
  for (auto& [id, flight] : flights_) {
    if (flight.instance == instance && !flight.is_over() && (flight.decided || flight.prepared)) {
      finish(flight, flight.commit);
    }
  }
  sweep();
}

void SimBroker::check(const std::string& instance,
                      uint64_t incarnation,
                      const log::Transaction& transaction) {
  const SimMember* member = group_.find(instance, incarnation);
  if (transaction.offsets.empty()) {
    violation(instance + " submits a transaction without offsets");
  }
  for (const log::OffsetCommit& offset : transaction.offsets) {
    const auto& own = member->assignment;
    if (std::find(own.begin(), own.end(), offset.at) == own.end()) {
      violation(instance + " commits an offset of " + name_of(offset.at) +
                ", which is not its own");
    }
    if (offset.metadata.size() >= base::limits::kOffsetMetadataBytes) {
      violation(instance + " commits metadata of " + std::to_string(offset.metadata.size()) +
                " bytes");
    }
    const auto found = partitions_.find(offset.at);
    if (found == partitions_.end() || offset.next_offset > found->second.high()) {
      violation(instance + " commits an offset past the end of " + name_of(offset.at));
    }
  }
}

void SimBroker::draw_fate(SimFlight& flight) {
  const auto soon = [&](uint32_t most) { return most == 0 ? 0 : prng_.below(uint64_t{most} + 1); };
  const uint64_t timeout = step_ + faults_.transaction_steps;
  flight.due = step_ + soon(faults_.decide_steps_max);
  flight.answer_due = flight.due + soon(faults_.answer_steps_max);
  flight.with_offsets = !chance(faults_.no_offsets);
  if (chance(faults_.fenced)) {
    ++fates_.fenced;
    flight.answer = log::CommitResult::kFenced;
  } else if (chance(faults_.not_committed)) {
    ++fates_.aborted;
    flight.commit = false;
  } else if (chance(faults_.lost_committed)) {
    ++fates_.lost;
    flight.answer = log::CommitResult::kUnknown;
  } else if (chance(faults_.lost_aborted)) {
    ++fates_.lost;
    flight.answer = log::CommitResult::kUnknown;
    flight.commit = false;
  } else if (chance(faults_.late_commit)) {
    ++fates_.late;
    flight.answer = log::CommitResult::kUnknown;
    flight.due = step_ + 1 + prng_.below(faults_.transaction_steps);
  } else if (chance(faults_.hanging)) {
    ++fates_.late;
    flight.answer = log::CommitResult::kUnknown;
    flight.commit = false;
    flight.due = timeout;
  } else if (chance(faults_.slow_markers)) {
    ++fates_.late;
    const bool answered = prng_.chance(1, 2);
    flight.answer = answered ? log::CommitResult::kCommitted : log::CommitResult::kUnknown;
    flight.prepared = true;
    flight.due = step_ + 1 + prng_.below(faults_.transaction_steps);
  }
}

void SimBroker::append_all(SimFlight& flight, const std::vector<log::Append>& appends) {
  for (const log::Append& append : appends) {
    log::Partition to = append.to;
    if (to.number < 0) {
      to.number = log::partition_of(append.key, std::max(count_of(to.topic), 1));
    }
    const auto found = partitions_.find(to);
    if (found == partitions_.end()) {
      violation("append to " + name_of(to) + ", which does not exist");
      continue;
    }
    flight.first_offsets.push_back(found->second.append(append, clock_.now_us(), flight.id));
    if (std::find(flight.touched.begin(), flight.touched.end(), to) == flight.touched.end()) {
      flight.touched.push_back(to);
    }
  }
}

void SimBroker::decide(SimFlight& flight, bool commit, bool at_once) {
  note("transaction " + std::to_string(flight.id) + (commit ? " commits" : " aborts"));
  flight.decided = commit;
  flight.offsets_pending = commit && !flight.offsets.empty();
  uint64_t due = step_;
  for (const log::Partition& at : flight.touched) {
    flight.markers.emplace_back(at, due);
    due += faults_.staggered_markers ? prng_.below(3) : 0;
  }
  write_markers(flight, at_once || !faults_.staggered_markers);
}

// Offsets become visible between the first and the last partition: nobody may rely on their order.
void SimBroker::write_markers(SimFlight& flight, bool all) {
  while (!flight.markers.empty() && (all || flight.markers.front().second <= step_)) {
    partitions_.at(flight.markers.front().first).decide(flight.id, *flight.decided);
    flight.markers.pop_front();
    if (flight.offsets_pending && faults_.staggered_markers && prng_.chance(1, 2)) {
      take_offsets(flight);
    }
  }
  if (flight.offsets_pending && flight.markers.empty()) {
    take_offsets(flight);
  }
}

void SimBroker::take_offsets(SimFlight& flight) {
  flight.offsets_pending = false;
  for (const log::OffsetCommit& offset : flight.offsets) {
    log::Committed& committed = group_offsets_[offset.at];
    if (offset.next_offset < committed.next_offset) {
      violation("the offset of " + name_of(offset.at) + " goes back from " +
                std::to_string(committed.next_offset) + " to " +
                std::to_string(offset.next_offset) + " (transaction " + std::to_string(flight.id) +
                " of " + flight.instance + ")");
    }
    committed = {offset.next_offset, offset.metadata};
  }
}

void SimBroker::finish(SimFlight& flight, bool commit) {
  if (!flight.decided) {
    decide(flight, commit, true);
  }
  write_markers(flight, true);
}

void SimBroker::fence(const std::string& instance) {
  for (auto& [id, flight] : flights_) {
    if (flight.instance == instance && !flight.is_over()) {
      note(instance + " fences " + std::to_string(id));
      finish(flight, flight.prepared);
    }
  }
  sweep();
}

void SimBroker::crash(const std::string& instance, uint64_t incarnation) {
  note(instance + " crashes");
  for (auto& [id, flight] : flights_) {
    if (flight.instance != instance || flight.incarnation != incarnation) {
      continue;
    }
    flight.wants_answer = false;
    if (flight.decided || flight.prepared) {
      continue;
    }
    switch (prng_.below(3)) {
      case 0:  // never reached the coordinator
        finish(flight, false);
        break;
      case 1:  // open until the next incarnation or the timeout
        flight.commit = false;
        flight.due = step_ + faults_.transaction_steps;
        break;
      default:  // on its way: takes its course
        break;
    }
  }
  sweep();
}

void SimBroker::settle(log::Partition at) {
  for (auto& [id, flight] : flights_) {
    const bool touches =
        std::find(flight.touched.begin(), flight.touched.end(), at) != flight.touched.end() ||
        std::any_of(flight.offsets.begin(),
                    flight.offsets.end(),
                    [&](const log::OffsetCommit& offset) { return offset.at == at; });
    if (touches && !flight.is_over() && flight.due != kNever) {
      note("someone waits for transaction " + std::to_string(id) + " on " + name_of(at));
      finish(flight, flight.commit);
    }
  }
  sweep();
}

void SimBroker::sweep() {
  for (auto entry = flights_.begin(); entry != flights_.end();) {
    const bool done = entry->second.is_over() && !entry->second.wants_answer;
    entry = done ? flights_.erase(entry) : std::next(entry);
  }
}

}  // namespace kaiku::sim
