#include "sim/fleet.h"

#include <algorithm>
#include <utility>

#include "sim/sim_log.h"

namespace kaiku::sim {
namespace {

using base::Status;

// Looking at a worker copies its cells: not at every turn.
constexpr uint64_t kLookEvery = 64;

}  // namespace

SimFleet::SimFleet(const SimPipeline& pipeline,
                   SimBroker& broker,
                   const shard::Mutations& mutations)
    : pipeline_(pipeline), broker_(broker), mutations_(mutations), prng_(broker.prng().next()) {
  const auto seats = static_cast<size_t>(prng_.between(2, 4));
  for (size_t i = 0; i < seats; ++i) {
    // Some processes have two workers.
    if (hosts_.empty() || prng_.chance(2, 3)) {
      hosts_.push_back(std::make_unique<Host>());
      hosts_.back()->disks.resize(pipeline.plan.shards);
    }
    Seat seat;
    seat.instance = "w" + std::to_string(i);
    seat.host = hosts_.size() - 1;
    seats_.push_back(std::move(seat));
  }
}

SimFleet::Seat& SimFleet::any_seat() {
  return seats_[prng_.below(seats_.size())];
}

void SimFleet::start(Seat& seat) {
  Host& host = *hosts_[seat.host];
  if (host.pool == nullptr) {
    host.process.revive();
    host.is_doomed = false;
    host.pool = std::make_unique<runtime::StorePool>(
        [&host](uint32_t shard) -> base::Result<std::unique_ptr<state::Store>> {
          return std::unique_ptr<state::Store>(
              std::make_unique<SimStore>(host.disks[shard], host.process));
        });
  }
  auto plan = std::make_shared<shard::Plan>(pipeline_.plan);
  const int64_t steps[] = {1, 2, 5, 10};
  plan->state.commit_every_us *= steps[prng_.below(std::size(steps))];
  const size_t bytes[] = {500, 20'000, 8U << 20};
  plan->state.commit_bytes = bytes[prng_.below(std::size(bytes))];
  runtime::WorkerOptions options;
  options.sources_end = sources_end_;
  options.commit_when_idle = prng_.chance(1, 3);
  options.publish_early = prng_.chance(3, 4);
  options.poll_records = static_cast<size_t>(prng_.between(1, 200));
  const size_t folds[] = {0, 2'000, 50'000, state::kFoldBytes};
  options.fold_bytes = folds[prng_.below(std::size(folds))];
  options.mutations = mutations_;
  std::vector<log::TopicId> subscription;
  seat.is_odd = seat.odd_until > broker_.now_step();
  if (seat.is_odd) {
    subscription.push_back(plan->exchange);
    for (const shard::SourcePlan& source : plan->sources) {
      if (source.routing == shard::Routing::kRouted) {
        subscription.push_back(source.topic);
      }
    }
  }
  seat.is_leaving = false;
  seat.activity = {};
  auto log = std::make_unique<SimLog>(broker_, host.process, seat.instance, subscription);
  seat.worker = std::make_unique<runtime::Worker>(
      std::move(plan), pipeline_.topology, std::move(log), *host.pool, broker_.clock(), options);
}

void SimFleet::fail(const Seat& seat, const std::string& text) {
  if (problem_.empty()) {
    problem_ = seat.instance + ": " + text;
    broker_.note("PROBLEM: " + problem_);
  }
}

// Keeps what it counted.
void SimFleet::end(Seat& seat) {
  if (seat.worker == nullptr) {
    return;
  }
  seat.last_view = std::make_shared<const runtime::WorkerView>(seat.worker->view());
  look_at_activity(seat, *seat.last_view);
  activity_.add(seat.activity);
  const runtime::WorkerCounts& counts = seat.last_view->counts;
  counts_.commits += counts.commits;
  counts_.redone += counts.commits_failed;
  counts_.resolved += counts.commits_unknown;
  counts_.assignments += counts.rebalances;
  seat.worker.reset();
}

void SimFleet::bury(size_t number, uint64_t down_for) {
  Host& host = *hosts_[number];
  for (Seat& seat : seats_) {
    if (seat.host == number) {
      end(seat);
      seat.down_until = broker_.now_step() + down_for;
    }
  }
  host.pool.reset();
  host.has_full_disk = false;
  for (SimDisk& disk : host.disks) {
    disk.fail_writes(0);
    (void)disk.crash(prng_);
  }
}

void SimFleet::look_at_activity(Seat& seat, const runtime::WorkerView& view) {
  const ActivitySums now = ActivitySums::of(view);
  if (!now.covers(seat.activity)) {
    fail(seat, "a counter of activity went back");
  }
  seat.activity = now;
}

void SimFleet::look_at(Seat& seat) {
  const runtime::WorkerView view = seat.worker->view();
  look_at_activity(seat, view);
  const std::string problem = view.problem;
  if (problem.empty()) {
    return;
  }
  fail(seat, problem);
}

void SimFleet::turn(Seat& seat) {
  Host& host = *hosts_[seat.host];
  const Status status = seat.worker->turn(0);
  if (!host.process.is_alive()) {
    ++counts_.crashes;
    bury(seat.host, is_calm_ ? 0 : prng_.below(120));
    return;
  }
  if (!status.is_ok()) {
    if (host.has_full_disk && status.exit_code() == base::Exit::kDiskFull) {
      // At the start: an operator makes room and starts it again.
      bury(seat.host, prng_.below(30));
      return;
    }
    fail(seat, status.message());
    return;
  }
  if (seat.worker->is_stopped()) {
    counts_.restarts += is_calm_ ? 0 : 1;
    end(seat);
    seat.down_until = broker_.now_step() + (is_calm_ ? 0 : prng_.below(60));
    return;
  }
  if (host.has_full_disk || prng_.chance(1, kLookEvery)) {
    look_at(seat);
  }
}

void SimFleet::turn_any() {
  Seat& seat = any_seat();
  const uint64_t now = broker_.now_step();
  if (seat.is_odd && now >= seat.odd_until && seat.worker != nullptr && !seat.is_leaving) {
    seat.is_leaving = true;
    seat.worker->request_stop();
  }
  if (seat.slow_until > now || (seat.worker == nullptr && seat.down_until > now)) {
    broker_.step();
    return;
  }
  if (seat.worker == nullptr) {
    start(seat);
  }
  turn(seat);
}

void SimFleet::turn_all() {
  for (Seat& seat : seats_) {
    if (seat.worker == nullptr) {
      start(seat);
    }
    turn(seat);
    if (!problem_.empty()) {
      return;
    }
  }
}

void SimFleet::crash() {
  Host& host = *hosts_[any_seat().host];
  if (host.pool != nullptr && !host.is_doomed) {
    host.is_doomed = true;
    host.process.blow_after(1 + prng_.below(60));
  }
}

void SimFleet::expel() {
  broker_.expel(any_seat().instance);
}

void SimFleet::restart() {
  Seat& seat = any_seat();
  if (seat.worker != nullptr && !seat.is_leaving) {
    seat.is_leaving = true;
    seat.worker->request_stop();
  }
}

void SimFleet::slow_down() {
  Seat& seat = any_seat();
  seat.slow_until = broker_.now_step() + static_cast<uint64_t>(prng_.between(20, 200));
  broker_.note(seat.instance + " is slow");
}

void SimFleet::fill_disk() {
  Host& host = *hosts_[any_seat().host];
  host.has_full_disk = true;
  ++counts_.full_disks;
  host.disks[prng_.below(host.disks.size())].fail_writes(1 + prng_.below(3));
}

void SimFleet::go_down(uint64_t steps) {
  broker_.note("everybody goes down");
  for (size_t i = 0; i < hosts_.size(); ++i) {
    bury(i, steps);
  }
}

void SimFleet::split_assignment() {
  Seat& seat = any_seat();
  seat.odd_until = broker_.now_step() + static_cast<uint64_t>(prng_.between(60, 200));
  if (seat.worker != nullptr && !seat.is_leaving) {
    seat.is_leaving = true;
    seat.worker->request_stop();
  }
}

void SimFleet::heal() {
  is_calm_ = true;
  for (Seat& seat : seats_) {
    seat.slow_until = 0;
    seat.down_until = 0;
    seat.odd_until = 0;
  }
  for (size_t i = 0; i < hosts_.size(); ++i) {
    if (hosts_[i]->has_full_disk) {
      bury(i, 0);
    }
  }
}

bool SimFleet::stop_all(size_t rounds) {
  for (Seat& seat : seats_) {
    if (seat.worker != nullptr) {
      seat.worker->request_stop();
      seat.is_leaving = true;
    }
  }
  for (size_t i = 0; i < rounds; ++i) {
    bool all = true;
    for (Seat& seat : seats_) {
      if (seat.worker == nullptr) {
        continue;
      }
      all = false;
      turn(seat);
      if (!problem_.empty()) {
        return false;
      }
    }
    if (all) {
      return true;
    }
  }
  return false;
}

bool SimFleet::is_quiet() {
  return std::all_of(seats_.begin(), seats_.end(), [](const Seat& seat) {
    return seat.worker != nullptr && seat.worker->has_assignment() && seat.worker->is_quiet();
  });
}

void SimFleet::look_at_all() {
  for (Seat& seat : seats_) {
    if (seat.worker != nullptr) {
      look_at(seat);
    }
  }
}

uint64_t SimFleet::progress() const {
  uint64_t sum = 0;
  for (const Seat& seat : seats_) {
    sum += seat.worker == nullptr ? 0 : seat.worker->progress();
  }
  return sum;
}

shard::Ledger SimFleet::ledger() const {
  std::vector<std::shared_ptr<const runtime::WorkerView>> views;
  for (const Seat& seat : seats_) {
    if (seat.last_view != nullptr) {
      views.push_back(seat.last_view);
    }
  }
  return runtime::total_ledger(views, pipeline_.plan.sources.size());
}

FleetCounts SimFleet::counts() const {
  FleetCounts counts = counts_;
  for (const Seat& seat : seats_) {
    if (seat.worker != nullptr) {
      const runtime::WorkerCounts more = seat.worker->view().counts;
      counts.commits += more.commits;
      counts.redone += more.commits_failed;
      counts.resolved += more.commits_unknown;
      counts.assignments += more.rebalances;
    }
  }
  return counts;
}

}  // namespace kaiku::sim
