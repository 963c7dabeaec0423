// How a worker gets its shards and routers: from the stores, the changelog and the committed
// offsets; and how the stores get what they need for it.
#include <algorithm>
#include <utility>

#include "kaiku/base/logger.h"
#include "kaiku/runtime/router_states.h"
#include "kaiku/runtime/worker.h"
#include "kaiku/shard/changelog.h"

namespace kaiku::runtime {
namespace {

using base::Status;

// The changes that wait for the store lie in memory: an eighth of the budget for all shards.
size_t fold_bytes_of(const shard::Plan& plan, size_t most) {
  constexpr size_t kLeast = 1U << 20;
  return std::min(most, std::max(kLeast, plan.state.memory_bytes / (size_t{8} * plan.shards)));
}

std::string identity_of(const shard::Plan& plan, uint32_t shard) {
  return "kaiku 1;pipeline=" + plan.name + ";shard=" + std::to_string(shard) + "/" +
         std::to_string(plan.shards) + ";plan=" + std::to_string(plan.fingerprint);
}

}  // namespace

bool Worker::owns_all_of(uint32_t number) const {
  const auto owns = [&](log::TopicId topic) {
    return std::find(assignment_.begin(),
                     assignment_.end(),
                     log::Partition{topic, static_cast<int32_t>(number)}) != assignment_.end();
  };
  bool all = owns(plan_->exchange);
  for (const shard::SourcePlan& source : plan_->sources) {
    all = all && (source.routing != shard::Routing::kDirect || owns(source.topic));
  }
  return all;
}

// Topics may have grown. A routed source's new partitions are read like the others; where the
// partition is the shard, growth is refused.
Status Worker::follow_growth() {
  for (const log::Partition& at : assignment_) {
    const bool is_fixed =
        at.topic == plan_->exchange ||
        std::any_of(plan_->sources.begin(), plan_->sources.end(), [&](const auto& source) {
          return source.topic == at.topic && source.routing == shard::Routing::kDirect;
        });
    if (is_fixed && at.number >= static_cast<int32_t>(plan_->shards)) {
      return Status::stop(base::Exit::kConfig,
                          "topic " + plan_->topics.at(at.topic).name + " has grown to more than " +
                              std::to_string(plan_->shards) +
                              " partitions; the number of shards is fixed when a pipeline is "
                              "created. Read a source that grows with routing: routed, or start "
                              "under a new name with more shards");
    }
  }
  for (size_t source = 0; source < plan_->sources.size(); ++source) {
    const shard::SourcePlan& each = plan_->sources[source];
    if (each.routing != shard::Routing::kRouted) {
      continue;
    }
    // The assignment is what the group knows, the log may know more: what others are assigned
    // counts too, since their routers send to our shards.
    const auto counted = log_->partition_count(each.topic);
    int32_t count = counted.has_value() ? counted.value() : 0;
    for (const log::Partition& at : assignment_) {
      count = at.topic == each.topic ? std::max(count, at.number + 1) : count;
    }
    if (count > topology_.partitions[source]) {
      base::log_info("runtime",
                     "source " + each.name + " has grown from " +
                         std::to_string(topology_.partitions[source]) + " to " +
                         std::to_string(count) + " partitions");
      topology_.partitions[source] = count;
    }
  }
  return Status::ok();
}

Status Worker::restore() {
  const std::vector<log::Partition> assignment = assignment_;
  flush_stores();
  drop();
  assignment_ = assignment;
  if (Status status = follow_growth(); !status.is_ok()) {
    return status;
  }
  for (const log::Partition& at : assignment_) {
    if (at.topic != plan_->exchange) {
      continue;
    }
    const auto number = static_cast<uint32_t>(at.number);
    if (!owns_all_of(number) && !options_.mutations.start_incomplete) {
      base::log_warn(
          "runtime",
          "shard " + std::to_string(number) +
              " waits: its partitions are assigned to different workers (incomplete shard)");
      continue;
    }
    if (Status status = open_shard(number); !status.is_ok()) {
      return status;
    }
  }
  for (const log::Partition& at : assignment_) {
    for (size_t source = 0; source < plan_->sources.size(); ++source) {
      if (plan_->sources[source].topic == at.topic &&
          plan_->sources[source].routing == shard::Routing::kRouted) {
        Status status = open_routed(source, at.number);
        if (status.next() == base::Next::kRetry) {
          to_route_.emplace_back(source, at.number);
          status = Status::ok();
        }
        if (!status.is_ok()) {
          return status;
        }
      }
    }
  }
  counted_ledger_ = ledger();  // what was counted before is not counted again
  return start_reading();
}

// What had to wait: for another worker, for the changelog's end, or for a log that did not answer.
Status Worker::open_waiting() {
  if (is_full_ || (to_open_.empty() && to_route_.empty() && !start_pending_)) {
    return Status::ok();
  }
  const std::vector<uint32_t> shards = std::exchange(to_open_, {});
  for (const uint32_t number : shards) {
    if (Status status = open_shard(number); !status.is_ok()) {
      return status;
    }
  }
  const auto routers = std::exchange(to_route_, {});
  for (const auto& [source, partition] : routers) {
    const Status status = open_routed(source, partition);
    if (status.next() == base::Next::kRetry) {
      to_route_.emplace_back(source, partition);
    } else if (!status.is_ok()) {
      return status;
    }
  }
  const bool opened = to_open_.size() != shards.size() || to_route_.size() != routers.size();
  if (opened) {
    counted_ledger_ = ledger();
  }
  return opened || start_pending_ ? start_reading() : Status::ok();
}

// A full disk at the start is for the operator; later on it is waited for.
bool Worker::is_waiting_for_room(const Status& status) const {
  return has_opened_ && status.exit_code() == base::Exit::kDiskFull;
}

Status Worker::open_shard(uint32_t number) {
  auto store = stores_.acquire(number);
  if (!store.has_value()) {
    if (store.error().next() == base::Next::kRetry || is_waiting_for_room(store.error())) {
      to_open_.push_back(number);
      return Status::ok();
    }
    return store.error();
  }
  const auto give_up = [&](const Status& status) {
    stores_.release(number);
    if (is_waiting_for_room(status)) {
      stores_.discard(number);
      to_open_.push_back(number);
      return Status::ok();
    }
    if (status.next() == base::Next::kRetry) {
      to_open_.push_back(number);
      return Status::ok();
    }
    if (status.next() == base::Next::kStop && status.exit_code() == base::Exit::kBadData) {
      failed_[number] = status.message();
      base::log_error("runtime", status.message());
      return Status::ok();
    }
    return status;
  };
  const size_t fold_bytes = fold_bytes_of(*plan_, options_.fold_bytes);
  auto tables = state::open_tables(*store.value(), identity_of(*plan_, number), fold_bytes);
  if (!tables.has_value() && tables.error().next() == base::Next::kRestore) {
    base::log_warn("runtime", tables.error().message() + "; rebuilding it from the changelog");
    if (Status wiped = store.value()->wipe(); !wiped.is_ok()) {
      return give_up(wiped);
    }
    tables = state::open_tables(*store.value(), identity_of(*plan_, number), fold_bytes);
  }
  if (!tables.has_value()) {
    return give_up(tables.error());
  }
  const log::Partition exchange{plan_->exchange, static_cast<int32_t>(number)};
  auto committed = log_->committed(exchange);
  if (!committed.has_value()) {
    return give_up(committed.error());
  }
  shard::ChangelogReader reader(*tables.value());
  RouterStates records(&reader);  // those of the routers are for who lost its offset
  const Status read = log_->read({plan_->changelog, static_cast<int32_t>(number)},
                                 tables.value()->mark().changelog_position,
                                 records);
  if (!read.is_ok()) {
    return give_up(read);
  }
  if (!reader.status().is_ok()) {
    return give_up(reader.status());
  }
  counts_.restored_epochs += reader.epochs();
  const uint64_t have = tables.value()->mark().epoch;
  if (committed->next_offset >= 0) {
    const auto epoch = shard::epoch_of_metadata(committed->metadata);
    if (!epoch) {
      return give_up(Status::stop(
          base::Exit::kBadData,
          "the committed offset of exchange partition " + std::to_string(number) +
              " was not written by kaiku: another program commits offsets under this group id"));
    }
    if (have < *epoch) {
      return give_up({base::Next::kRetry, "the changelog's last epoch is not visible yet"});
    }
    if (have > *epoch) {
      return give_up(Status::stop(base::Exit::kBadData,
                                  "shard " + std::to_string(number) + " holds epoch " +
                                      std::to_string(have) + " but the group committed " +
                                      std::to_string(*epoch) +
                                      ": the topics are older than the store; shard stopped"));
    }
  }
  Held held;
  held.tables = std::move(tables).value();
  held.shard =
      std::make_unique<shard::Shard>(*plan_, topology_, number, *held.tables, options_.mutations);
  if (Status status = held.shard->load(prices_); !status.is_ok()) {
    return give_up(status);
  }
  if (rates_ != nullptr) {
    held.shard->adopt(rates_);
  }
  failed_.erase(number);
  has_opened_ = true;
  shards_.emplace(number, std::move(held));
  return Status::ok();
}

base::Result<std::optional<std::string>> Worker::recorded_router(size_t source, int32_t partition) {
  const log::Partition home = router_home(*plan_, partition);
  std::unique_ptr<RouterStates>& states = router_states_[home.number];
  if (states == nullptr) {
    auto ends = log_->ends(home, log::Isolation::kCommitted);
    if (!ends.has_value()) {
      return ends.error();
    }
    auto fresh = std::make_unique<RouterStates>();
    if (Status read = log_->read(home, ends->low, *fresh); !read.is_ok()) {
      return read;
    }
    states = std::move(fresh);
  }
  return states->find(plan_->sources[source].name, partition);
}

Status Worker::open_routed(size_t source, int32_t partition) {
  const log::Partition at{plan_->sources[source].topic, partition};
  const std::string name = plan_->sources[source].name + "/" + std::to_string(partition);
  auto routed = std::make_unique<shard::RoutedSource>(*plan_, source, partition);
  auto committed = log_->committed(at);
  if (!committed.has_value()) {
    return committed.error();
  }
  std::optional<std::string> state;
  if (committed->next_offset >= 0) {
    state = std::move(committed->metadata);
  } else {
    // New to the group, or the group's offsets have expired.
    auto recorded = recorded_router(source, partition);
    if (!recorded.has_value()) {
      return recorded.error();
    }
    state = std::move(recorded).value();
    if (state) {
      base::log_warn("runtime",
                     "the group's offset of " + name +
                         " is gone; it goes on where the changelog says it stood");
    }
  }
  if (state) {
    if (Status status = routed->restore(*state); !status.is_ok()) {
      return status;
    }
  }
  const auto reached = static_cast<uint64_t>(routed->router().next_offset());
  for (const auto& [number, held] : shards_) {
    const auto [sequence, offset] = held.shard->received_of_router(source, partition);
    if (sequence != 0 && offset > reached) {
      return Status::stop(
          base::Exit::kBadData,
          "the position of " + name + " is lost: shard " + std::to_string(number) +
              " has counted it up to offset " + std::to_string(offset) +
              ", neither the group's offsets nor the changelog say so (both are older, or expired "
              "during a long stop). Nothing is read, since it would be counted twice: give the "
              "pipeline a new name and let it read its sources anew. See deploy/README.md");
    }
  }
  if (!state) {
    auto ends = log_->ends(at, log::Isolation::kCommitted);
    if (!ends.has_value()) {
      return ends.error();
    }
    routed->router().start_at(ends->low);
  }
  routed_.emplace(std::make_pair(source, partition), std::move(routed));
  return Status::ok();
}

// A store that cannot be written stays behind: what it lacks is read from the changelog again.
void Worker::flush_stores() {
  last_flush_us_ = clock_.monotonic_us();
  for (const auto& [number, held] : shards_) {
    if (const Status status = held.tables->flush(); !status.is_ok()) {
      base::log_warn("runtime", "a store stays behind its changelog: " + status.message());
    }
  }
}

Status Worker::start_reading() {
  start_pending_ = false;
  router_states_.clear();
  ++readings_;
  readers_.clear();
  std::vector<log::Position> positions;
  for (auto& [number, held] : shards_) {
    const log::Partition exchange{plan_->exchange, static_cast<int32_t>(number)};
    Reader reader;
    reader.shard = held.shard.get();
    reader.is_exchange = true;
    readers_[key_of(exchange)] = reader;
    positions.push_back({exchange, held.shard->exchange_next()});
    for (size_t source = 0; source < plan_->sources.size(); ++source) {
      if (shard::Router* router = held.shard->direct_router(source); router != nullptr) {
        const log::Partition at{plan_->sources[source].topic, static_cast<int32_t>(number)};
        if (router->next_offset() == 0) {
          auto ends = log_->ends(at, log::Isolation::kCommitted);
          if (!ends.has_value()) {
            start_pending_ = ends.error().next() == base::Next::kRetry;
            return start_pending_ ? Status::ok() : ends.error();
          }
          router->start_at(ends->low);
        }
        Reader direct;
        direct.shard = held.shard.get();
        direct.source = source;
        readers_[key_of(at)] = direct;
        positions.push_back({at, router->next_offset()});
      }
    }
  }
  for (auto& [at, routed] : routed_) {
    const log::Partition partition{plan_->sources[at.first].topic, at.second};
    Reader reader;
    reader.routed = routed.get();
    reader.source = at.first;
    readers_[key_of(partition)] = reader;
    positions.push_back({partition, routed->router().next_offset()});
  }
  if (is_full_) {
    readers_.clear();
    positions.clear();
  }
  Status started = log_->start(positions);
  if (started.next() == base::Next::kRetry) {
    start_pending_ = true;
    return Status::ok();
  }
  return started;
}

}  // namespace kaiku::runtime
