#include "kaiku/runtime/engine.h"

#include <algorithm>
#include <thread>

#include "kaiku/base/logger.h"

namespace kaiku::runtime {
namespace {

using base::Status;

constexpr int64_t kPollWait = 20 * base::kMillisecond;
constexpr int64_t kViewEvery = base::kSecond / 2;
// With many cells a view costs tens of milliseconds: then there are fewer, so that showing takes a
// hundredth of the worker's time at most.
constexpr int64_t kViewShare = 100;

}  // namespace

Engine::Engine(std::shared_ptr<const shard::Plan> plan,
               shard::Topology topology,
               LogFactory logs,
               StorePool& stores,
               const base::Clock& clock,
               EngineOptions options)
    : plan_(std::move(plan)),
      topology_(std::move(topology)),
      logs_(std::move(logs)),
      stores_(stores),
      clock_(clock),
      options_(std::move(options)) {}

Engine::~Engine() = default;

void Engine::request_stop() {
  stop_.store(true);
  changed_.notify_all();
}

Status Engine::run() {
  for (uint32_t number = 0; number < options_.workers; ++number) {
    auto log = logs_(number);
    if (!log.has_value()) {
      return log.error();
    }
    WorkerOptions worker_options = options_.worker;
    worker_options.number = number;
    if (options_.add_counters) {
      worker_options.counters = &options_.add_counters();
    }
    worker_options.commit_when_idle = worker_options.commit_when_idle || options_.until_idle;
    auto member = std::make_unique<Member>();
    member->worker = std::make_unique<Worker>(
        plan_, topology_, std::move(log).value(), stores_, clock_, std::move(worker_options));
    member->last_turn_us = clock_.monotonic_us();
    const std::lock_guard lock(mutex_);
    members_.push_back(std::move(member));
  }
  std::vector<std::thread> threads;
  threads.reserve(members_.size());
  for (const auto& member : members_) {
    threads.emplace_back([this, m = member.get()] { drive(*m); });
  }
  {
    std::unique_lock lock(mutex_);
    while (!all_ended()) {
      changed_.wait_for(lock, std::chrono::milliseconds(20));
      const bool broken = std::any_of(members_.begin(), members_.end(), [](const auto& member) {
        return member->ended && !member->status.is_ok();
      });
      if (stop_ || broken || (options_.until_idle && is_idle())) {
        for (const auto& member : members_) {
          member->worker->request_stop();
        }
      }
    }
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const auto& member : members_) {
    if (!member->status.is_ok()) {
      return member->status;
    }
  }
  return Status::ok();
}

void Engine::drive(Member& member) {
  Worker& worker = *member.worker;
  int64_t next_view = 0;
  Status status;
  while (status.is_ok() && !worker.is_stopped()) {
    status = worker.turn(kPollWait);
    const int64_t now = clock_.monotonic_us();
    member.last_turn_us.store(now, std::memory_order_relaxed);
    if (now >= next_view) {
      publish(member);
      const int64_t shown = clock_.monotonic_us();
      next_view = shown + std::max(kViewEvery, (shown - now) * kViewShare);
    }
    if (options_.until_idle && member.round.load() != round_.load()) {
      const uint64_t round = round_.load();
      member.progress.store(worker.progress());
      member.quiet.store(worker.has_assignment() && worker.is_quiet());
      member.partitions.store(worker.partitions());
      member.round.store(round);
      changed_.notify_all();
    }
  }
  publish(member);
  const std::lock_guard lock(mutex_);
  member.status = status;
  member.ended = true;
  changed_.notify_all();
}

void Engine::publish(Member& member) {
  auto view = std::make_shared<const WorkerView>(member.worker->view());
  const std::lock_guard lock(mutex_);
  if (!view->shards.empty() || !view->partitions.empty() || member.view == nullptr) {
    member.view = std::move(view);
    return;
  }
  // A worker that has left its group shows what it knew last, and all that it counted.
  auto last = std::make_shared<WorkerView>(*member.view);
  last->activity = view->activity;
  member.view = std::move(last);
}

bool Engine::all_ended() const {
  return std::all_of(
      members_.begin(), members_.end(), [](const auto& member) { return member->ended.load(); });
}

bool Engine::is_idle() {
  if (options_.inputs_done && !options_.inputs_done()) {
    return false;
  }
  const uint64_t round = round_.load();
  std::vector<uint64_t> progress;
  size_t partitions = 0;
  for (const auto& member : members_) {
    if (member->round.load() != round) {
      return false;  // not everybody has answered
    }
    if (!member->quiet.load()) {
      quiet_progress_.clear();
      ++round_;
      return false;
    }
    progress.push_back(member->progress.load());
    partitions += member->partitions.load();
  }
  ++round_;
  if (progress != quiet_progress_) {
    quiet_progress_ = std::move(progress);
    quiet_since_us_ = clock_.monotonic_us();
    return false;
  }
  return partitions >= partitions_of_pipeline() ||
         clock_.monotonic_us() - quiet_since_us_ >= options_.absent_after_us;
}

size_t Engine::partitions_of_pipeline() const {
  size_t partitions = plan_->shards;
  for (const int32_t of_source : topology_.partitions) {
    partitions += static_cast<size_t>(of_source);
  }
  return partitions;
}

std::vector<std::shared_ptr<const WorkerView>> Engine::views() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const WorkerView>> views;
  for (const auto& member : members_) {
    if (member->view != nullptr) {
      views.push_back(member->view);
    }
  }
  return views;
}

int64_t Engine::slowest_turn_us() const {
  const std::lock_guard lock(mutex_);
  int64_t slowest = clock_.monotonic_us();
  for (const auto& member : members_) {
    slowest = std::min(slowest, member->last_turn_us.load(std::memory_order_relaxed));
  }
  return slowest;
}

bool Engine::is_ready() const {
  const auto all = views();
  return !all.empty() && std::all_of(all.begin(), all.end(), [](const auto& view) {
    return view->state == "running" || view->state == "submitted" || view->state == "applying";
  });
}

}  // namespace kaiku::runtime
