#include "kaiku/local/broker.h"

#include <utility>

#include "kaiku/log/murmur2.h"

#include "client.h"
#include "core.h"

namespace kaiku::local {
namespace {

using base::Exit;
using base::Result;
using base::Status;

Status unknown_topic(std::string_view name) {
  return Status::stop(Exit::kUnavailable, "the local log has no topic " + std::string(name));
}

Status check(const TopicLog& topic, std::span<const NewRecord> records) {
  for (const NewRecord& record : records) {
    if (record.partition < -1 ||
        record.partition >= static_cast<int32_t>(topic.partitions.size())) {
      return Status::stop(Exit::kUnavailable,
                          "topic " + topic.name + " has no partition " +
                              std::to_string(record.partition) + ": it has " +
                              std::to_string(topic.partitions.size()));
    }
    const size_t bytes = record.key.value_or(std::string_view()).size() +
                         record.value.value_or(std::string_view()).size();
    if (bytes > kRecordBytesMax) {
      return {base::Next::kSkipRecord,
              "a record of " + std::to_string(bytes) + " bytes is too large for topic " +
                  topic.name + ": the limit is " + std::to_string(kRecordBytesMax),
              Exit::kBadData};
    }
  }
  return Status::ok();
}

}  // namespace

int32_t choose_partition(std::optional<std::string_view> key,
                         std::optional<std::string_view> value,
                         int32_t partitions) {
  return log::partition_of(key ? *key : value.value_or(std::string_view()), partitions);
}

void Broker::Core::write(const std::vector<Appending*>& appends) {
  const std::lock_guard lock(mutex);
  JournalWrite write;
  for (const Appending* append : appends) {
    for (const NewRecord& record : append->records) {
      const int32_t number =
          record.partition >= 0
              ? record.partition
              : choose_partition(record.key, record.value, append->topic->options.partitions);
      const base::EventTime at =
          record.timestamp == base::kNoTime ? clock.now_us() : record.timestamp;
      write.add(*append->topic->partition(number), {record.key, record.value, at, record.headers});
    }
  }
  const Status status = journal.write(write, 0);
  for (Appending* append : appends) {
    append->status = status;
  }
  changed.notify_all();
}

Broker::Broker(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Broker::~Broker() = default;

Result<std::unique_ptr<Broker>> Broker::open(state::Store& store,
                                             const base::Clock& clock,
                                             BrokerOptions options) {
  auto core = std::make_unique<Core>(&store, clock, options);
  if (Status status = core->journal.open(); !status.is_ok()) {
    return status;
  }
  core->group = Group(core->journal.last_term());
  return std::unique_ptr<Broker>(new Broker(std::move(core)));
}

std::unique_ptr<Broker> Broker::in_memory(const base::Clock& clock) {
  return std::unique_ptr<Broker>(
      new Broker(std::make_unique<Core>(nullptr, clock, BrokerOptions{})));
}

Status Broker::ensure_topic(std::string_view name, const TopicOptions& options) {
  const std::lock_guard lock(core_->mutex);
  return core_->journal.ensure_topic(name, options);
}

std::vector<TopicInfo> Broker::list_topics() const {
  const std::lock_guard lock(core_->mutex);
  std::vector<TopicInfo> infos;
  for (const TopicLog& topic : core_->journal.topics()) {
    TopicInfo& info = infos.emplace_back();
    info.name = topic.name;
    info.partitions = topic.options.partitions;
    for (const PartitionLog& log : topic.partitions) {
      info.records += static_cast<uint64_t>(log.high() - log.low());
      info.bytes += log.bytes();
    }
  }
  return infos;
}

Result<std::unique_ptr<log::Log>> Broker::connect(const log::TopicTable& topics,
                                                  ClientOptions options) {
  const std::lock_guard lock(core_->mutex);
  std::vector<TopicLog*> logs;
  std::vector<Subscription> wanted;
  for (size_t i = 0; i < topics.size(); ++i) {
    const log::Topic& topic = topics.at(static_cast<log::TopicId>(i));
    TopicLog* found = core_->journal.find(topic.name);
    if (found == nullptr) {
      return unknown_topic(topic.name);
    }
    logs.push_back(found);
    if (topic.role == log::TopicRole::kSource || topic.role == log::TopicRole::kExchange) {
      wanted.push_back({found->id, found->options.partitions});
    }
  }
  std::optional<MemberId> member;
  if (options.is_member) {
    member = core_->group.join(std::move(wanted));
    core_->changed.notify_all();
  }
  return std::unique_ptr<log::Log>(std::make_unique<Client>(*core_, std::move(logs), member));
}

Status Broker::append(std::string_view topic, const NewRecord& record) {
  return append_batch(topic, {&record, 1});
}

Status Broker::append_batch(std::string_view topic, std::span<const NewRecord> records) {
  if (records.empty()) {
    return Status::ok();
  }
  Core& core = *core_;
  Core::Appending own;
  own.records = records;
  {
    const std::lock_guard lock(core.mutex);
    own.topic = core.journal.find(topic);
  }
  if (own.topic == nullptr) {
    return unknown_topic(topic);
  }
  if (Status status = check(*own.topic, records); !status.is_ok()) {
    return status;
  }
  std::unique_lock queue(core.queue_mutex);
  core.queue.push_back(&own);
  core.written.wait(queue, [&] { return own.done || !core.is_writing; });
  if (own.done) {
    return own.status;
  }
  core.is_writing = true;
  const std::vector<Core::Appending*> all = std::exchange(core.queue, {});
  queue.unlock();
  core.write(all);
  queue.lock();
  core.is_writing = false;
  for (Core::Appending* each : all) {
    each->done = true;
  }
  core.written.notify_all();
  return own.status;
}

Status Broker::trim(std::string_view topic, int32_t partition, int64_t below) {
  const std::lock_guard lock(core_->mutex);
  TopicLog* found = core_->journal.find(topic);
  PartitionLog* log = found == nullptr ? nullptr : found->partition(partition);
  return log == nullptr ? unknown_topic(topic) : core_->journal.trim(*log, below);
}

Status Broker::retain() {
  const std::lock_guard lock(core_->mutex);
  const int64_t now = core_->clock.now_us();
  for (TopicLog& topic : core_->journal.topics()) {
    if (Status status = core_->journal.retain(topic, now); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

uint64_t Broker::backlog_bytes(std::string_view topic) const {
  const std::lock_guard lock(core_->mutex);
  const TopicLog* found = core_->journal.find(topic);
  uint64_t bytes = 0;
  if (found != nullptr) {
    for (const PartitionLog& log : found->partitions) {
      bytes += log.bytes_from(log.committed().next_offset);
    }
  }
  return bytes;
}

}  // namespace kaiku::local
