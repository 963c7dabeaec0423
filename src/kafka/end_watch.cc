#include "kafka/end_watch.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "kafka/error_map.h"
#include "kafka/metadata.h"

namespace kaiku::kafka {
namespace {

constexpr std::chrono::milliseconds kPause{250};     // between rounds
constexpr std::chrono::milliseconds kFreshPause{5};  // after a partition was added
constexpr int kRoundTimeoutMs = 2'000;

}  // namespace

EndWatch::EndWatch(const TopicIndex& topics, uint32_t worker, std::shared_ptr<Stats> stats)
    : topics_(topics), hooks_("ends " + std::to_string(worker), std::move(stats)) {}

base::Result<std::unique_ptr<EndWatch>> EndWatch::open(const Properties& common,
                                                       const Properties& consumer,
                                                       const TopicIndex& topics,
                                                       uint32_t worker,
                                                       std::shared_ptr<Stats> stats) {
  std::unique_ptr<EndWatch> watch(new EndWatch(topics, worker, std::move(stats)));
  base::Result<ClientPtr> client =
      open_client({.kind = ClientKind::kConsumer,
                   .defaults = consumer_defaults(),
                   .common = common,
                   .specific = consumer,
                   .identities = {{"isolation.level", "read_uncommitted"},
                                  {"allow.auto.create.topics", "false"},
                                  {"enable.auto.commit", "false"}}},
                  watch->hooks_);
  if (!client) {
    return client.error();
  }
  watch->client_ = std::move(client).value();
  watch->thread_ = std::thread([raw = watch.get()] { raw->run(); });
  return watch;
}

EndWatch::~EndWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void EndWatch::watch(log::Partition at, int64_t offset) {
  {
    const std::lock_guard lock(mutex_);
    watched_[at] = {.offset = offset, .at_log_end = std::nullopt, .changed = false};
    fresh_ = true;
  }
  wake_.notify_all();
}

void EndWatch::moved(log::Partition at) {
  const std::lock_guard lock(mutex_);
  watched_.erase(at);
}

void EndWatch::forget_all() {
  const std::lock_guard lock(mutex_);
  watched_.clear();
}

std::vector<log::End> EndWatch::take() {
  std::vector<log::End> ends;
  const std::lock_guard lock(mutex_);
  for (auto& [at, each] : watched_) {
    if (each.changed) {
      each.changed = false;
      ends.push_back({.at = at, .offset = each.offset, .at_log_end = each.at_log_end.value()});
    }
  }
  return ends;
}

bool EndWatch::busy() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(watched_.begin(), watched_.end(), [](const auto& entry) {
    return !entry.second.at_log_end.has_value() || entry.second.changed;
  });
}

ListPtr EndWatch::question() const {
  ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(watched_.size())));
  for (const auto& [at, each] : watched_) {
    // The "time" -1 asks for the end of the log, as ListOffsets has it.
    rd_kafka_topic_partition_list_add(list.get(), topics_.name(at.topic).c_str(), at.number)
        ->offset = RD_KAFKA_OFFSET_END;
  }
  return list;
}

void EndWatch::note(const rd_kafka_topic_partition_list_t& answer) {
  for (int i = 0; i < answer.cnt; ++i) {
    const rd_kafka_topic_partition_t& each = answer.elems[i];
    const auto topic = topics_.find(each.topic);
    if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR || each.offset < 0 || !topic) {
      continue;
    }
    // It may have moved while the answer was under way.
    const auto it = watched_.find({.topic = *topic, .number = each.partition});
    if (it == watched_.end()) {
      continue;
    }
    const bool at_log_end = it->second.offset >= each.offset;
    if (it->second.at_log_end != at_log_end) {
      it->second.at_log_end = at_log_end;
      it->second.changed = true;
    }
  }
}

// Or the client would not ask about a partition that had no leader once.
void EndWatch::look_again_at(const rd_kafka_topic_partition_list_t& question) const {
  std::set<std::string> topics;
  for (int i = 0; i < question.cnt; ++i) {
    topics.insert(question.elems[i].topic);
  }
  for (const std::string& each : topics) {
    look_again(client_.get(), each);
  }
}

void EndWatch::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (watched_.empty()) {
      wake_.wait(lock);
      continue;
    }
    fresh_ = false;
    const ListPtr list = question();
    lock.unlock();
    const rd_kafka_resp_err_t code =
        rd_kafka_offsets_for_times(client_.get(), list.get(), kRoundTimeoutMs);
    rd_kafka_poll(client_.get(), 0);
    if (meaning_of(code) == Meaning::kMissing) {
      look_again_at(*list);
    }
    lock.lock();
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      note(*list);
    }
    wake_.wait_for(lock, kFreshPause, [this] { return stopping_; });
    wake_.wait_for(lock, kPause, [this] { return stopping_ || fresh_; });
  }
}

}  // namespace kaiku::kafka
