// What a worker does about a shard that cannot go on and a disk that is full.
#include "kaiku/base/logger.h"
#include "kaiku/runtime/worker.h"

namespace kaiku::runtime {
namespace {

using base::Status;

constexpr int64_t kAskRoomEvery = 100 * base::kMillisecond;

}  // namespace

Status Worker::watch_room() {
  const int64_t now = clock_.monotonic_us();
  if (options_.has_room == nullptr || now - room_asked_us_ < kAskRoomEvery) {
    return Status::ok();
  }
  room_asked_us_ = now;
  const bool was_full = is_full_;
  is_full_ = !options_.has_room();
  if (is_full_ == was_full) {
    return Status::ok();
  }
  if (is_full_) {
    base::log_error("runtime",
                    "the disk of the state directory is nearly full: nothing is read until there "
                    "is room again; nothing is lost");
  } else {
    base::log_info("runtime", "there is room on the disk again: reading goes on");
  }
  return cycle_.state() == Cycle::State::kRevoked ? Status::ok() : start_reading();
}

void Worker::fail_shard(uint32_t number, const Status& status) {
  base::log_error("runtime", status.message());
  failed_[number] = status.message();
  put_away(number);
}

void Worker::reopen_later(uint32_t number, const Status& status) {
  base::log_warn("runtime",
                 status.message() + "; the log has it, shard " + std::to_string(number) +
                     " is opened again when there is room");
  put_away(number);
  to_open_.push_back(number);
}

void Worker::put_away(uint32_t number) {
  const auto found = shards_.find(number);
  if (found == shards_.end()) {
    return;
  }
  const shard::Shard* const gone = found->second.shard.get();
  boost::unordered::erase_if(readers_,
                             [gone](const auto& entry) { return entry.second.shard == gone; });
  keep_activity(*gone, gone_);
  gone_.merge_equal();
  shards_.erase(found);
  stores_.discard(number);
}

}  // namespace kaiku::runtime
