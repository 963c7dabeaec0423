#include "client.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "kaiku/base/limits.h"
#include "kaiku/base/logger.h"

namespace kaiku::local {
namespace {

using base::Exit;
using base::Result;
using base::Status;

}  // namespace

std::vector<log::Event> Client::poll(const log::PollBudget& budget) {
  slices_.clear();
  std::unique_lock lock(core_.mutex);
  if (member_ && core_.group.acknowledge(*member_)) {
    readings_.clear();
    core_.changed.notify_all();  // the others may be waiting for this one
  }
  core_.changed.wait_for(
      lock, std::chrono::microseconds(budget.wait_us), [this] { return has_events(); });
  std::vector<log::Event> events = std::exchange(answers_, {});
  if (take_membership(events)) {
    return events;
  }
  const size_t readable = static_cast<size_t>(
      std::count_if(readings_.begin(), readings_.end(), [](const Reading& reading) {
        return reading.next < reading.log->high();
      }));
  size_t left = readable == 0 ? 0 : std::max<size_t>(budget.records, 1);
  const size_t share = readable == 0 ? 0 : (left + readable - 1) / readable;
  std::vector<log::Event> after;
  std::vector<log::Partition> unreadable;
  for (size_t i = 0; i < readings_.size(); ++i) {
    Reading& reading = readings_[(first_reading_ + i) % readings_.size()];
    const int64_t before = reading.next;
    if (!collect(reading, std::min(share, left), after)) {
      unreadable.push_back(reading.at);
    }
    left -= static_cast<size_t>(reading.next - before);
  }
  ++first_reading_;
  std::erase_if(readings_, [&](const Reading& reading) {
    return std::find(unreadable.begin(), unreadable.end(), reading.at) != unreadable.end();
  });
  lock.unlock();
  log::Records records;
  size_t count = 0;
  for (const Slice& slice : slices_) {
    count += static_cast<size_t>(slice.end - slice.begin);
  }
  records.records.reserve(count);
  for (const Slice& slice : slices_) {
    for (int64_t offset = slice.begin; offset < slice.end; ++offset) {
      records.records.push_back(slice.batch->record(slice.at, offset));
    }
  }
  if (!records.records.empty()) {
    events.emplace_back(std::move(records));
  }
  std::move(after.begin(), after.end(), std::back_inserter(events));
  return events;
}

bool Client::has_events() const {
  return !answers_.empty() || (member_ && core_.group.has_event(*member_)) ||
         std::any_of(readings_.begin(), readings_.end(), [](const Reading& reading) {
           return reading.next < reading.log->high() || !reading.told_end;
         });
}

bool Client::take_membership(std::vector<log::Event>& events) {
  auto event = member_ ? core_.group.next(*member_) : std::nullopt;
  if (!event) {
    return false;
  }
  if (auto* assigned = std::get_if<log::Assigned>(&*event)) {
    readings_.clear();
    log::Assigned named;
    named.term = assigned->term;
    for (const log::Partition& at : assigned->partitions) {
      const auto topic = std::find_if(topics_.begin(), topics_.end(), [&](const TopicLog* each) {
        return each->id == at.topic;
      });
      named.partitions.push_back({static_cast<log::TopicId>(topic - topics_.begin()), at.number});
    }
    std::sort(named.partitions.begin(), named.partitions.end());
    events.emplace_back(std::move(named));
    core_.changed.notify_all();  // everybody has been assigned at once
  } else {
    events.emplace_back(log::Revoking{});
  }
  return true;
}

bool Client::collect(Reading& reading, size_t records, std::vector<log::Event>& after) {
  const int64_t high = reading.log->high();
  while (records > 0 && reading.next < high) {
    if (Status status = fetch(reading); !status.is_ok()) {
      after.emplace_back(log::Failed{std::move(status)});
      return false;
    }
    const BatchPointer& batch = reading.ahead.front();
    const int64_t end = std::min(batch->last() + 1, reading.next + static_cast<int64_t>(records));
    slices_.push_back({reading.at, batch, reading.next, end});
    records -= static_cast<size_t>(end - reading.next);
    reading.next = end;
    reading.told_end = false;
  }
  if (reading.next == high && !reading.told_end) {
    reading.told_end = true;
    after.emplace_back(log::End{reading.at, high, true});
  }
  return true;
}

Status Client::fetch(Reading& reading) {
  while (!reading.ahead.empty() && reading.ahead.front()->last() < reading.next) {
    reading.ahead.pop_front();
  }
  if (!reading.ahead.empty()) {
    return Status::ok();
  }
  if (reading.next < reading.log->low()) {
    return Status::stop(Exit::kNoInput,
                        "topic " + topics_[reading.at.topic]->name + ", partition " +
                            std::to_string(reading.at.number) + ": offset " +
                            std::to_string(reading.next) + " is gone, the log begins at " +
                            std::to_string(reading.log->low()));
  }
  std::vector<BatchPointer> batches;
  if (Status status = core_.journal.read(*reading.log, reading.next, kFetchBytes, batches);
      !status.is_ok()) {
    return status;
  }
  reading.ahead.assign(std::make_move_iterator(batches.begin()),
                       std::make_move_iterator(batches.end()));
  return Status::ok();
}

PartitionLog* Client::find(log::Partition at) const {
  return at.topic < topics_.size() ? topics_[at.topic]->partition(at.number) : nullptr;
}

Status Client::unknown(log::Partition at) const {
  return Status::stop(
      Exit::kUnavailable,
      at.topic < topics_.size()
          ? "topic " + topics_[at.topic]->name + " has no partition " + std::to_string(at.number)
          : "topic " + std::to_string(at.topic) + " is not in the plan");
}

Status Client::start(const std::vector<log::Position>& positions) {
  const std::lock_guard lock(core_.mutex);
  std::vector<Reading> readings;
  for (const log::Position& position : positions) {
    PartitionLog* log = find(position.at);
    if (log == nullptr) {
      return unknown(position.at);
    }
    if (position.offset < log->low() || position.offset > log->high()) {
      return Status::stop(Exit::kNoInput,
                          "topic " + topics_[position.at.topic]->name + ", partition " +
                              std::to_string(position.at.number) + ": offset " +
                              std::to_string(position.offset) + " is not there, the log holds " +
                              std::to_string(log->low()) + " to " + std::to_string(log->high()));
    }
    readings.push_back({position.at, log, position.offset, false, {}});
  }
  readings_ = std::move(readings);
  return Status::ok();
}

Status Client::check(const log::Transaction& transaction) const {
  if (transaction.offsets.empty()) {
    return Status::bug("local: a transaction without offsets has no fence");
  }
  for (const log::OffsetCommit& offset : transaction.offsets) {
    if (find(offset.at) == nullptr) {
      return unknown(offset.at);
    }
    if (offset.next_offset < 0 || offset.metadata.size() > base::limits::kOffsetMetadataBytes ||
        std::any_of(offset.metadata.begin(), offset.metadata.end(), [](char c) {
          return static_cast<unsigned char>(c) >= 0x80;
        })) {
      return Status::bug("local: an offset of " + topics_[offset.at.topic]->name +
                         " is negative, or its metadata is not ASCII of at most " +
                         std::to_string(base::limits::kOffsetMetadataBytes) + " bytes");
    }
  }
  for (const log::Append& append : transaction.appends) {
    const bool any = append.to.number == -1 && append.to.topic < topics_.size();
    if (!any && find(append.to) == nullptr) {
      return unknown(append.to);
    }
    if (append.key.size() + append.value.size() > kRecordBytesMax) {
      return Status::bug("local: a record for " + topics_[append.to.topic]->name +
                         " is larger than " + std::to_string(kRecordBytesMax) + " bytes");
    }
  }
  return Status::ok();
}

log::Ticket Client::submit(log::Transaction transaction) {
  const log::Ticket ticket = ++last_ticket_;
  if (Status status = check(transaction); !status.is_ok()) {
    answers_.emplace_back(log::Failed{std::move(status)});
    return ticket;
  }
  log::Answer answer;
  answer.ticket = ticket;
  const std::lock_guard lock(core_.mutex);
  if (!member_ || !core_.group.is_current(*member_, transaction.term)) {
    answer.result = log::CommitResult::kFenced;
  } else {
    answer.result = execute(transaction, answer.first_offsets);
    core_.changed.notify_all();
  }
  answers_.emplace_back(std::move(answer));
  return ticket;
}

log::CommitResult Client::execute(const log::Transaction& transaction,
                                  std::vector<int64_t>& offsets) {
  const int64_t now = core_.clock.now_us();
  JournalWrite write;
  for (const log::Append& append : transaction.appends) {
    RecordContent record;
    if (!append.key.empty()) {
      record.key = append.key;
    }
    if (append.has_value) {
      record.value = append.value;
    }
    record.timestamp = append.timestamp == base::kNoTime ? now : append.timestamp;
    record.headers = append.headers;
    TopicLog& topic = *topics_[append.to.topic];
    const int32_t number =
        append.to.number >= 0
            ? append.to.number
            : choose_partition(record.key, record.value, topic.options.partitions);
    offsets.push_back(write.add(*topic.partition(number), record));
  }
  for (const log::OffsetCommit& offset : transaction.offsets) {
    write.commit(
        *topics_[offset.at.topic], *find(offset.at), {offset.next_offset, offset.metadata});
  }
  const Status status = core_.journal.write(write, transaction.term);
  if (status.is_ok()) {
    return log::CommitResult::kCommitted;
  }
  offsets.clear();
  base::log_error("local", status.message());
  // Only a disk known to be full before the write leaves no doubt.
  return status.exit_code() == Exit::kDiskFull ? log::CommitResult::kNotCommitted
                                               : log::CommitResult::kUnknown;
}

Result<log::CommitResult> Client::resolve(log::Ticket /*ticket*/, const log::OffsetCommit& probe) {
  const std::lock_guard lock(core_.mutex);
  if (const Status& broken = core_.journal.broken(); !broken.is_ok()) {
    return broken;
  }
  const PartitionLog* log = find(probe.at);
  if (log == nullptr) {
    return unknown(probe.at);
  }
  const log::Committed& committed = log->committed();
  if (committed.next_offset == probe.next_offset && committed.metadata == probe.metadata) {
    return log::CommitResult::kCommitted;
  }
  return member_ && core_.group.is_active(*member_) ? log::CommitResult::kNotCommitted
                                                    : log::CommitResult::kFenced;
}

Result<log::Committed> Client::committed(log::Partition at) {
  const std::lock_guard lock(core_.mutex);
  const PartitionLog* log = find(at);
  if (log == nullptr) {
    return unknown(at);
  }
  return log->committed();
}

Result<log::Ends> Client::ends(log::Partition at, log::Isolation /*isolation*/) {
  const std::lock_guard lock(core_.mutex);
  const PartitionLog* log = find(at);
  if (log == nullptr) {
    return unknown(at);
  }
  return log::Ends{log->low(), log->high()};
}

Status Client::read(log::Partition at, int64_t from, log::RecordSink& sink) {
  std::unique_lock lock(core_.mutex);
  const PartitionLog* log = find(at);
  if (log == nullptr) {
    return unknown(at);
  }
  const int64_t end = log->high();
  for (int64_t next = std::max(from, log->low()); next < end;) {
    std::vector<BatchPointer> batches;
    if (Status status = core_.journal.read(*log, next, kFetchBytes, batches); !status.is_ok()) {
      return status;
    }
    lock.unlock();
    for (const BatchPointer& batch : batches) {
      for (; next <= batch->last() && next < end; ++next) {
        log::Record record = batch->record(at, next);
        const std::vector<log::Header> headers = batch->headers(next);
        record.headers = &headers;
        if (!sink.on_record(record)) {
          return Status::ok();
        }
      }
    }
    lock.lock();
    next = std::max(next, log->low());
  }
  return Status::ok();
}

Result<int32_t> Client::partition_count(log::TopicId topic) {
  if (topic >= topics_.size()) {
    return unknown({topic, 0});
  }
  const std::lock_guard lock(core_.mutex);
  return topics_[topic]->options.partitions;
}

void Client::close() {
  if (!member_) {
    return;
  }
  const std::lock_guard lock(core_.mutex);
  core_.group.leave(*member_);
  member_.reset();
  readings_.clear();
  core_.changed.notify_all();
}

}  // namespace kaiku::local
