#include "journal.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "kaiku/base/event_time.h"

namespace kaiku::local {
namespace {

using base::Exit;
using base::Result;
using base::Status;

constexpr int32_t kPartitionsMax = 10'000;
constexpr size_t kNameBytesMax = 249;  // as a broker's: topics may move there
constexpr size_t kSmallestTail = 256U << 10;
// A range is erased from the store when it is worth the tombstone.
constexpr uint64_t kReclaimBytes = 8U << 20;
constexpr size_t kReadBytes = 1U << 20;

Status damaged(std::string what) {
  return Status::stop(Exit::kBadData,
                      "the log's store is damaged: " + std::move(what) +
                          "; restore the directory from a backup or begin with an empty one");
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

std::string place(const PartitionLog& log) {
  return "topic " + std::to_string(log.topic()) + ", partition " + std::to_string(log.number());
}

// Below which offset is more than a topic keeps by its bytes.
int64_t beyond_bytes(const TopicOptions& options, const PartitionLog& log) {
  if (options.retention_bytes == 0 || log.bytes() <= options.retention_bytes) {
    return log.low();
  }
  const double share =
      1.0 - static_cast<double>(options.retention_bytes) / static_cast<double>(log.bytes());
  return log.low() +
         static_cast<int64_t>(std::ceil(static_cast<double>(log.high() - log.low()) * share));
}

}  // namespace

int64_t JournalWrite::add(PartitionLog& to, const RecordContent& record) {
  if (parts_.empty() || parts_.back().log != &to) {
    const auto [at, inserted] = part_of_.try_emplace(&to, parts_.size());
    if (!inserted) {
      return parts_[at->second].writer.add(record);
    }
    parts_.push_back({&to, BatchWriter(to.high()), {}});
  }
  return parts_.back().writer.add(record);
}

Status Journal::open() {
  if (Status status = check_store(); !status.is_ok()) {
    return status;
  }
  if (Status status = load_topics(); !status.is_ok()) {
    return status;
  }
  return load_partitions();
}

Status Journal::check_store() const {
  bool is_foreign = false;
  const state::Store::Visit visit = [&](auto, auto) {
    is_foreign = true;
    return false;
  };
  Status status = store_->scan({}, space_begin(Space::kTopics), visit);
  if (status.is_ok()) {
    status = store_->scan(space_end(Space::kTerm), {}, visit);
  }
  if (status.is_ok() && is_foreign) {
    return Status::stop(Exit::kCantCreate,
                        "the log's directory holds something else; give the log one of its own");
  }
  return status;
}

Status Journal::load_topics() {
  Status outcome;
  std::map<uint16_t, std::pair<std::string, uint32_t>> found;
  const Status status = store_->scan(
      space_begin(Space::kTopics), space_end(Space::kTopics), [&](auto key, auto value) {
        StoredTopic topic;
        const std::string_view name = key.substr(1);
        if (!is_name(name) || !decode_topic(value, topic) || topic.partitions == 0 ||
            topic.partitions > kPartitionsMax || found.contains(topic.id)) {
          outcome = damaged("the description of a topic does not decode");
          return false;
        }
        found[topic.id] = {std::string(name), topic.partitions};
        return true;
      });
  if (!status.is_ok() || !outcome.is_ok()) {
    return status.is_ok() ? outcome : status;
  }
  for (auto& [id, topic] : found) {
    if (id != topics_.size()) {
      return damaged("topic " + std::to_string(topics_.size()) + " is missing");
    }
    TopicOptions options;
    options.partitions = static_cast<int32_t>(topic.second);
    add_topic(std::move(topic.first), id, options);
  }
  const auto term = store_->get(term_key());
  if (!term) {
    return term.error();
  }
  return !term->has_value() || decode_term(**term, term_) ? Status::ok()
                                                          : damaged("its term does not decode");
}

PartitionLog* Journal::partition_of(std::string_view key) {
  uint16_t topic = 0;
  uint32_t number = 0;
  if (!decode_partition_key(key, topic, number) || topic >= topics_.size()) {
    return nullptr;
  }
  return topics_[topic].partition(static_cast<int32_t>(number));
}

Status Journal::load_partitions() {
  Status outcome;
  Status status =
      store_->scan(space_begin(Space::kEnds), space_end(Space::kEnds), [&](auto key, auto value) {
        StoredEnds ends;
        PartitionLog* log = partition_of(key);
        if (log == nullptr || !decode_ends(value, ends)) {
          outcome = damaged("the ends of a partition do not decode");
          return false;
        }
        log->restore(ends.low, ends.high, ends.bytes);
        return true;
      });
  if (!status.is_ok() || !outcome.is_ok()) {
    return status.is_ok() ? outcome : status;
  }
  status = store_->scan(
      space_begin(Space::kOffsets), space_end(Space::kOffsets), [&](auto key, auto value) {
        log::Committed committed;
        PartitionLog* log = partition_of(key);
        if (log == nullptr || !decode_offsets(value, committed)) {
          outcome = damaged("a committed offset does not decode");
          return false;
        }
        log->set_committed(std::move(committed));
        return true;
      });
  return status.is_ok() ? outcome : status;
}

void Journal::add_topic(std::string name, uint16_t id, const TopicOptions& options) {
  TopicLog& topic = topics_.emplace_back();
  topic.name = std::move(name);
  topic.id = id;
  topic.options = options;
  topic.partitions.reserve(static_cast<size_t>(options.partitions));
  for (int32_t number = 0; number < options.partitions; ++number) {
    topic.partitions.emplace_back(id, static_cast<uint32_t>(number));
  }
  by_name_[topic.name] = &topic;
  partitions_ += topic.partitions.size();
  if (store_ == nullptr) {
    return;
  }
  keep_bytes_ = std::max(kSmallestTail, options_.tail_bytes / partitions_);
  for (TopicLog& each : topics_) {
    for (PartitionLog& log : each.partitions) {
      log.keep_at_most(keep_bytes_);
    }
  }
}

Status Journal::ensure_topic(std::string_view name, const TopicOptions& options) {
  if (!is_name(name)) {
    return Status::stop(Exit::kConfig,
                        "'" + std::string(name) +
                            "' is no name of a topic: 1 to 249 letters, digits, '.', '_' and '-'");
  }
  if (options.partitions < 1 || options.partitions > kPartitionsMax) {
    return Status::stop(Exit::kConfig,
                        "topic " + std::string(name) + " cannot have " +
                            std::to_string(options.partitions) + " partitions: 1 to " +
                            std::to_string(kPartitionsMax));
  }
  if (TopicLog* topic = find(name); topic != nullptr) {
    if (topic->options.partitions != options.partitions) {
      return Status::stop(Exit::kConfig,
                          "topic " + topic->name + " has " +
                              std::to_string(topic->options.partitions) + " partitions, not " +
                              std::to_string(options.partitions) +
                              ": the number of partitions is fixed when a topic is made");
    }
    topic->options = options;
    return Status::ok();
  }
  if (topics_.size() > UINT16_MAX) {
    return Status::stop(Exit::kConfig, "the log cannot hold more topics");
  }
  const auto id = static_cast<uint16_t>(topics_.size());
  if (store_ != nullptr) {
    state::WriteBatch batch;
    batch.put(topic_key(name), encode_topic({id, static_cast<uint32_t>(options.partitions)}));
    if (Status status = write_store(batch); !status.is_ok()) {
      return status;
    }
  }
  add_topic(std::string(name), id, options);
  return Status::ok();
}

TopicLog* Journal::find(std::string_view name) {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : found->second;
}

void Journal::append_to(state::WriteBatch& batch, const JournalWrite::Part& part) const {
  const PartitionLog& log = *part.log;
  StoredEnds ends{log.low(), log.high(), log.bytes()};
  for (const BatchPointer& records : part.batches) {
    batch.put(record_key(log.topic(), log.number(), records->last()), records->bytes());
    ends.high = records->last() + 1;
    ends.bytes += records->bytes().size();
  }
  batch.put(ends_key(log.topic(), log.number()), encode_ends(ends));
}

Status Journal::write_store(const state::WriteBatch& batch) {
  if (!broken_.is_ok()) {
    return broken_;
  }
  Status status = store_->write(batch, options_.sync);
  if (!status.is_ok() && status.exit_code() != Exit::kDiskFull) {
    broken_ = status;  // the store may hold what memory does not know
  }
  return status;
}

Status Journal::write(JournalWrite& write, uint64_t term) {
  for (JournalWrite::Part& part : write.parts_) {
    part.batches = part.writer.finish();
  }
  if (store_ != nullptr) {
    state::WriteBatch batch;
    for (const JournalWrite::Part& part : write.parts_) {
      append_to(batch, part);
    }
    for (const JournalWrite::Offset& offset : write.offsets_) {
      batch.put(offsets_key(offset.log->topic(), offset.log->number()),
                encode_offsets(offset.committed));
    }
    if (term > term_) {
      batch.put(term_key(), encode_term(term));
    }
    if (Status status = write_store(batch); !status.is_ok()) {
      return status;
    }
  }
  term_ = std::max(term_, term);
  for (JournalWrite::Part& part : write.parts_) {
    for (BatchPointer& records : part.batches) {
      part.log->append(std::move(records), keep_bytes_);
    }
  }
  for (JournalWrite::Offset& offset : write.offsets_) {
    offset.log->set_committed(std::move(offset.committed));
    const TopicOptions& options = offset.topic->options;
    if (options.trims_committed) {
      const int64_t committed = offset.log->committed().next_offset;
      const bool is_kept = options.retention_us > 0 || options.retention_bytes > 0;
      offset.log->trim(is_kept ? std::min(beyond_bytes(options, *offset.log), committed)
                               : committed);
      if (offset.log->unreclaimed_bytes() >= kReclaimBytes) {
        // The records are committed whatever becomes of the space.
        (void)reclaim(*offset.log);
      }
    }
  }
  return Status::ok();
}

Status Journal::read(const PartitionLog& log,
                     int64_t from,
                     size_t bytes,
                     std::vector<BatchPointer>& out) const {
  if (log.find(from, bytes, out)) {
    return Status::ok();
  }
  const auto broken = [&](const char* what) {
    return damaged(place(log) + ", offset " + std::to_string(from) + ": " + what);
  };
  if (store_ == nullptr) {
    return Status::bug("local: records that are not in memory though there is no store");
  }
  Status outcome;
  size_t got = 0;
  int64_t next = from;
  const Status status =
      store_->scan(record_key(log.topic(), log.number(), from),
                   record_key(log.topic(), log.number(), log.high()),
                   [&](auto key, auto value) {
                     int64_t last = 0;
                     BatchPointer batch;
                     if (decode_record_key(key, last)) {
                       batch = decode_batch(std::string(value), last);
                     }
                     if (batch == nullptr) {
                       outcome = broken("a batch does not decode (checksum)");
                       return false;
                     }
                     if (next == from ? batch->first() > from : batch->first() != next) {
                       outcome = broken("records are missing");
                       return false;
                     }
                     next = batch->last() + 1;
                     got += batch->bytes().size();
                     out.push_back(std::move(batch));
                     return got < bytes;
                   });
  if (status.is_ok() && outcome.is_ok() && out.empty()) {
    return broken("records are missing");
  }
  return status.is_ok() ? outcome : status;
}

Status Journal::reclaim(PartitionLog& log) {
  if (store_ == nullptr || !log.has_unreclaimed()) {
    return Status::ok();
  }
  state::WriteBatch batch;
  batch.erase_range(record_key(log.topic(), log.number(), log.reclaimed()),
                    record_key(log.topic(), log.number(), log.low()));
  batch.put(ends_key(log.topic(), log.number()), encode_ends({log.low(), log.high(), log.bytes()}));
  if (Status status = write_store(batch); !status.is_ok()) {
    return status;
  }
  log.set_reclaimed();
  return Status::ok();
}

Status Journal::trim(PartitionLog& log, int64_t below) {
  log.trim(below);
  return reclaim(log);
}

Result<int64_t> Journal::expired_below(const TopicLog& topic,
                                       const PartitionLog& log,
                                       int64_t now_us) const {
  const TopicOptions& options = topic.options;
  int64_t below = beyond_bytes(options, log);
  bool is_old = options.retention_us > 0;
  while (is_old && below < log.high()) {
    std::vector<BatchPointer> batches;
    if (Status status = read(log, below, kReadBytes, batches); !status.is_ok()) {
      return status;
    }
    for (const BatchPointer& batch : batches) {
      is_old = is_old && batch->newest() < now_us - options.retention_us;
      below = is_old ? batch->last() + 1 : below;
    }
  }
  return below;
}

Status Journal::retain(TopicLog& topic, int64_t now_us) {
  for (PartitionLog& log : topic.partitions) {
    const auto below = expired_below(topic, log, now_us);
    if (!below) {
      return below.error();
    }
    const int64_t committed = log.committed().next_offset;
    if (committed < 0 && topic.options.trims_committed) {
      continue;  // nothing of it was read yet
    }
    log.trim(committed >= 0 ? std::min(*below, committed) : *below);
    if (Status status = reclaim(log); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

}  // namespace kaiku::local
