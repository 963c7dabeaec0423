#include "kaiku/runtime/worker.h"

#include <algorithm>
#include <utility>

#include "kaiku/base/logger.h"
#include "kaiku/runtime/router_states.h"

namespace kaiku::runtime {
namespace {

using base::Status;
using shard::CommitCycle;

// Progress that consists of exchange offsets only is committed with the next real epoch, or after
// this.
constexpr int64_t kLazyCommit = base::kMinute;
// Far more often than the changelog forgets.
constexpr int64_t kRecordAgain = base::kHour;
constexpr int64_t kFlushEvery = 10 * base::kMinute;

CommitCycle::Event event_of(log::CommitResult result) {
  switch (result) {
    case log::CommitResult::kCommitted:
      return CommitCycle::Event::kAnsweredCommitted;
    case log::CommitResult::kNotCommitted:
      return CommitCycle::Event::kAnsweredNotCommitted;
    case log::CommitResult::kFenced:
      return CommitCycle::Event::kAnsweredFenced;
    case log::CommitResult::kUnknown:
      break;
  }
  return CommitCycle::Event::kAnsweredUnknown;
}

}  // namespace

Worker::Worker(std::shared_ptr<const shard::Plan> plan,
               shard::Topology topology,
               std::unique_ptr<log::Log> log,
               StorePool& stores,
               const base::Clock& clock,
               WorkerOptions options)
    : plan_(std::move(plan)),
      topology_(std::move(topology)),
      log_(std::move(log)),
      stores_(stores),
      clock_(clock),
      options_(std::move(options)) {
  for (const shard::SourcePlan& source : plan_->sources) {
    parsers_.push_back(std::make_unique<parse::Parser>(source.mapping, options_.zones));
  }
  if (plan_->brands != nullptr) {
    scratch_ = plan_->brands->make_scratch();
  }
  if (plan_->facets != nullptr && plan_->facets->topics != nullptr) {
    topic_scratch_ = plan_->facets->topics->make_scratch();
  }
  last_commit_us_ = last_early_us_ = last_flush_us_ = spent_until_us_ = clock_.monotonic_us();
}

Worker::~Worker() {
  drop();
}

uint64_t Worker::key_of(log::Partition at) {
  return static_cast<uint64_t>(at.topic) << 32 | static_cast<uint32_t>(at.number);
}

shard::Router::Tools Worker::tools(size_t source) {
  return {parsers_[source].get(), scratch_.get(), topic_scratch_.get()};
}

Status Worker::turn(int64_t wait_us) {
  if (stopped_) {
    return Status::ok();
  }
  if (Status status = watch_room(); !status.is_ok()) {
    return status;
  }
  if (Status status = open_waiting(); !status.is_ok()) {
    return status;
  }
  got_records_ = false;
  const uint64_t reading = readings_;
  spent(metrics::Activity::kApply);  // restoring
  std::vector<log::Event> events = log_->poll({wait_us, options_.poll_records});
  spent(events.empty() ? metrics::Activity::kIdle : metrics::Activity::kPoll);
  for (log::Event& event : events) {
    // An event before it may have set the reading back: what was fetched from the old positions is
    // fetched again.
    const bool is_fetched =
        std::holds_alternative<log::Records>(event) || std::holds_alternative<log::End>(event);
    if (is_fetched && readings_ != reading) {
      continue;
    }
    if (Status status = handle(event); !status.is_ok()) {
      return status;
    }
  }
  tick_idle(clock_.monotonic_us());
  spent(metrics::Activity::kStep);
  const Status status = maybe_commit();
  spent(metrics::Activity::kCommit);
  if (clock_.monotonic_us() - last_flush_us_ >= kFlushEvery && !is_full_) {
    flush_stores();
  }
  return status;
}

Status Worker::handle(log::Event& event) {
  if (const auto* records = std::get_if<log::Records>(&event)) {
    process(*records);
    return Status::ok();
  }
  if (const auto* end = std::get_if<log::End>(&event)) {
    on_end(*end);
    return Status::ok();
  }
  if (auto* answer = std::get_if<log::Answer>(&event)) {
    if (!ticket_ || answer->ticket != *ticket_) {
      return Status::ok();  // of a term that is over
    }
    if (answer->result == log::CommitResult::kCommitted) {
      if (cycle_.on(Cycle::Event::kAnsweredCommitted) != Cycle::Action::kApply) {
        return Status::bug("a commit was answered that was not under way");
      }
      return apply(answer->first_offsets);
    }
    return act(cycle_.on(event_of(answer->result)));
  }
  if (auto* assigned = std::get_if<log::Assigned>(&event)) {
    ++counts_.rebalances;
    ++progress_;
    flush_stores();
    drop();
    term_ = assigned->term;
    assignment_ = std::move(assigned->partitions);
    if (stop_requested_) {
      return Status::ok();  // on the way out: whoever stays takes them
    }
    return act(cycle_.on(Cycle::Event::kAssigned));
  }
  if (std::holds_alternative<log::Revoking>(event)) {
    // Without room the open epoch is left to whoever takes over.
    return act(cycle_.on(!is_full_ && has_uncommitted() ? Cycle::Event::kRevokingDirty
                                                        : Cycle::Event::kRevokingClean));
  }
  if (std::holds_alternative<log::Lost>(event)) {
    return act(cycle_.on(Cycle::Event::kLost));
  }
  return std::get<log::Failed>(event).status;
}

Status Worker::act(Cycle::Action action) {
  switch (action) {
    case Cycle::Action::kNone:
      return Status::ok();
    case Cycle::Action::kRestore:
      return restore();
    case Cycle::Action::kReload:
      ++counts_.commits_failed;
      base::log_warn("runtime", "a transaction was not committed; the epoch is redone");
      return restore();
    case Cycle::Action::kSubmit:
      return submit();
    case Cycle::Action::kResolve:
      ++counts_.commits_unknown;
      return resolve();
    case Cycle::Action::kRelease:
      last_view_ = view();
      [[fallthrough]];
    case Cycle::Action::kDrop:
      flush_stores();
      drop();
      term_ = 0;
      return Status::ok();
    case Cycle::Action::kApply:  // done where the answer is at hand
    case Cycle::Action::kBug:
      break;
  }
  return Status::bug("the commit cycle met an event it does not know in state " +
                     std::string(name_of(cycle_.state())));
}

int64_t Worker::expected_offset(const Reader& reader) const {
  if (reader.routed != nullptr) {
    return reader.routed->router().next_offset();
  }
  return reader.is_exchange ? reader.shard->exchange_next()
                            : reader.shard->direct_router(reader.source)->next_offset();
}

void Worker::process(const log::Records& records) {
  if (records.records.empty()) {
    return;
  }
  got_records_ = true;
  ++progress_;
  Reader* reader = nullptr;
  uint64_t reader_key = ~uint64_t{0};
  for (size_t i = 0; i < records.records.size(); ++i) {
    const log::Record& record = records.records[i];
    if (i + 1 < records.records.size()) {
      log::prefetch(records.records[i + 1]);
    }
    const uint64_t key = key_of(record.at);
    if (key != reader_key) {
      const auto found = readers_.find(key);
      reader = found == readers_.end() ? nullptr : &found->second;
      reader_key = key;
      if (reader != nullptr) {
        reader->end = -1;
        reader->idle_since = -1;
      }
    }
    if (reader == nullptr || (stop_requested_ && !reader->is_exchange)) {
      continue;  // not ours any more; the position was not committed
    }
    if (record.offset < expected_offset(*reader)) {
      continue;  // the client fetched it twice
    }
    if (reader->routed != nullptr) {
      reader->routed->process(record, tools(reader->source));
    } else if (reader->is_exchange) {
      const uint32_t number = reader->shard->number();
      if (Status status = reader->shard->on_exchange(record); !status.is_ok()) {
        fail_shard(number, status);
        reader = nullptr;
        reader_key = ~uint64_t{0};
      }
    } else {
      reader->shard->on_direct(record, reader->source, tools(reader->source));
    }
  }
}

void Worker::on_end(const log::End& end) {
  const auto found = readers_.find(key_of(end.at));
  if (found == readers_.end() || !end.at_log_end) {
    return;
  }
  Reader& reader = found->second;
  reader.end = end.offset;
  if (reader.is_exchange) {
    return;
  }
  shard::Router& router = reader.routed != nullptr ? reader.routed->router()
                                                   : *reader.shard->direct_router(reader.source);
  if (reader.quiet_since < 0 || reader.items_heard != router.items_heard()) {
    reader.quiet_since = clock_.monotonic_us();
    reader.items_heard = router.items_heard();
  }
  reader.idle_since = reader.quiet_since;
  if (plan_->sources[reader.source].bounded || options_.sources_end) {
    router.end();
  }
}

void Worker::tick_idle(int64_t now_us) {
  if (is_full_) {
    return;  // nobody knows what came meanwhile
  }
  for (auto& [key, reader] : readers_) {
    if (reader.is_exchange || reader.idle_since < 0 ||
        now_us - reader.idle_since < plan_->time.idle_after_us) {
      continue;
    }
    shard::Router& router = reader.routed != nullptr ? reader.routed->router()
                                                     : *reader.shard->direct_router(reader.source);
    router.tick(clock_.now_us() - plan_->time.out_of_orderness_us - plan_->time.idle_after_us);
  }
}

bool Worker::is_early_due() const {
  return options_.publish_early &&
         (stop_requested_.load(std::memory_order_relaxed) ||
          (options_.commit_when_idle && !got_records_) ||
          clock_.monotonic_us() - last_early_us_ >= plan_->outputs.early_every_us);
}

bool Worker::has_work() {
  const bool early = is_early_due();
  bool work = false;
  for (auto& [number, held] : shards_) {
    held.shard->advance();
    work = held.shard->has_work() || (early && held.shard->has_early()) || work;
  }
  return work || std::any_of(routed_.begin(), routed_.end(), [](const auto& entry) {
           return entry.second->has_work();
         });
}

bool Worker::has_uncommitted() {
  return has_work() || std::any_of(shards_.begin(), shards_.end(), [](const auto& entry) {
           return entry.second.shard->has_progress();
         });
}

size_t Worker::pending_bytes() const {
  size_t bytes = 0;
  for (const auto& [number, held] : shards_) {
    bytes += held.shard->pending_bytes();
  }
  for (const auto& [at, routed] : routed_) {
    bytes += routed->pending_bytes();
  }
  return bytes;
}

void Worker::adopt_rates() {
  std::shared_ptr<const money::Rates> now = options_.rates ? options_.rates() : nullptr;
  if (now == nullptr || now == rates_) {
    return;
  }
  rates_ = std::move(now);
  for (auto& [number, held] : shards_) {
    held.shard->adopt(rates_);
  }
}

const std::shared_ptr<const money::Prices>& Worker::prices() const {
  return prices_ != nullptr ? prices_ : plan_->board->prices;
}

void Worker::adopt_prices() {
  std::shared_ptr<const money::Prices> now = options_.prices ? options_.prices() : nullptr;
  if (now == nullptr || now == prices() || now == refused_prices_) {
    return;
  }
  for (const auto& [number, held] : shards_) {
    if (const Status status = held.shard->check(*now); !status.is_ok()) {
      refused_prices_ = std::move(now);
      base::log_warn("runtime", "the prices before stay: " + status.message());
      return;
    }
  }
  prices_ = std::move(now);
  for (auto& [number, held] : shards_) {
    held.shard->adopt(prices_);
  }
}

Status Worker::maybe_commit() {
  if (cycle_.state() == Cycle::State::kResolving) {
    return resolve();
  }
  if (cycle_.state() != Cycle::State::kRunning) {
    if (stop_requested_ && cycle_.state() == Cycle::State::kRevoked) {
      log_->close();
      stopped_ = true;
    }
    return Status::ok();
  }
  adopt_rates();
  adopt_prices();
  const int64_t since = clock_.monotonic_us() - last_commit_us_;
  const bool stopping = stop_requested_.load(std::memory_order_relaxed);
  const bool due = !is_full_ && (since >= plan_->state.commit_every_us || stopping ||
                                 (options_.commit_when_idle && !got_records_) ||
                                 pending_bytes() >= plan_->state.commit_bytes);
  if (due && (has_work() || (since >= kLazyCommit && has_uncommitted()) ||
              (stopping && has_uncommitted()))) {
    return act(cycle_.on(Cycle::Event::kCommitDue));
  }
  if (stopping && (is_full_ || !has_uncommitted())) {
    last_view_ = view();
    flush_stores();
    drop();
    log_->close();
    stopped_ = true;
  }
  return Status::ok();
}

// Together with the offset its state goes to the changelog.
void Worker::seal_router(std::pair<size_t, int32_t> at,
                         shard::RoutedSource& routed,
                         log::Transaction& transaction) {
  recorded_us_[at] = sealed_at_us_;
  transaction.offsets.push_back(routed.seal(transaction.appends));
  transaction.appends.push_back(
      router_record(*plan_, at.first, at.second, transaction.offsets.back().metadata));
}

// The changelog forgets by time: a router that has nothing to do is written there again. Last in
// the transaction, since an offset that does not move cannot tell what became of it.
void Worker::seal_idle_routers(log::Transaction& transaction) {
  for (auto& [at, routed] : routed_) {
    const auto recorded = recorded_us_.find(at);
    if (recorded == recorded_us_.end() || sealed_at_us_ - recorded->second >= kRecordAgain) {
      seal_router(at, *routed, transaction);
    }
  }
}

Status Worker::submit() {
  sealed_at_us_ = clock_.monotonic_us();
  last_commit_us_ = sealed_at_us_;
  ++progress_;
  sealed_early_ = is_early_due();
  log::Transaction transaction;
  transaction.term = term_;
  sealed_.clear();
  for (auto& [at, routed] : routed_) {
    if (routed->has_work()) {
      seal_router(at, *routed, transaction);
    }
  }
  std::vector<std::pair<uint32_t, Status>> broken;
  for (auto& [number, held] : shards_) {
    held.shard->advance();
    if (!held.shard->has_work() && !held.shard->has_progress() &&
        !(sealed_early_ && held.shard->has_early())) {
      continue;
    }
    auto epoch = held.shard->seal(sealed_early_);
    if (!epoch.has_value()) {
      broken.emplace_back(number, epoch.error());
      continue;
    }
    counts_.cells += epoch->cells;
    counts_.published += epoch->published;
    std::move(
        epoch->appends.begin(), epoch->appends.end(), std::back_inserter(transaction.appends));
    sealed_.push_back({number,
                       transaction.appends.size() - 1,
                       epoch->epoch,
                       std::move(epoch->results),
                       epoch->datasets,
                       epoch->outcomes,
                       epoch->alerts,
                       epoch->erasures});
    transaction.offsets.push_back(
        {{plan_->exchange, static_cast<int32_t>(number)}, epoch->exchange_next, epoch->metadata});
    for (size_t source = 0; source < plan_->sources.size(); ++source) {
      if (const shard::Router* router = held.shard->direct_router(source); router != nullptr) {
        transaction.offsets.push_back({{plan_->sources[source].topic, static_cast<int32_t>(number)},
                                       router->next_offset(),
                                       epoch->metadata});
      }
    }
  }
  for (const auto& [number, status] : broken) {
    fail_shard(number, status);
  }
  for (const log::Append& append : transaction.appends) {
    if (append.to.topic == plan_->exchange) {
      ++counts_.edge_records;
      counts_.edge_bytes += append.value.size();
    }
  }
  if (transaction.offsets.empty()) {
    // Every shard that had work is out of service: the others go on from what is committed.
    return act(cycle_.on(Cycle::Event::kAnsweredNotCommitted));
  }
  probe_ = transaction.offsets.front();
  seal_idle_routers(transaction);
  note_commit("submitted");
  ticket_ = log_->submit(std::move(transaction));
  return Status::ok();
}

void Worker::note_commit(const char* step) const {
  std::string text = std::string("commit ") + step + ":";
  for (const Sealed& sealed : sealed_) {
    text += " shard " + std::to_string(sealed.shard) + " epoch " + std::to_string(sealed.epoch);
  }
  base::log_line(base::LogLevel::kDebug, "runtime", text);
}

Status Worker::apply(const std::vector<int64_t>& first_offsets) {
  spent(metrics::Activity::kStep);
  ticket_.reset();
  for (const Sealed& sealed : sealed_) {
    const auto held = shards_.find(sealed.shard);
    if (held == shards_.end()) {
      continue;
    }
    // Without offsets (an answer that was read back) the old position stays: restore skips known
    // epochs.
    const int64_t position = sealed.changelog_append < first_offsets.size() &&
                                     first_offsets[sealed.changelog_append] >= 0
                                 ? first_offsets[sealed.changelog_append] + 1
                                 : held->second.tables->mark().changelog_position;
    const Status status = held->second.shard->committed(position);
    if (status.exit_code() == base::Exit::kDiskFull) {
      reopen_later(sealed.shard, status);
      continue;
    }
    if (!status.is_ok()) {
      fail_shard(sealed.shard, status);
      continue;
    }
    count_results(sealed, held->second);
  }
  note_commit("applied");
  sealed_.clear();
  ++counts_.commits;
  ++progress_;
  if (sealed_early_) {
    last_early_us_ = sealed_at_us_;
  }
  counts_.commit_us += static_cast<uint64_t>(clock_.monotonic_us() - sealed_at_us_);
  count_progress();
  count_event_time_lag();
  spent(metrics::Activity::kApply);
  return act(cycle_.on(Cycle::Event::kApplied));
}

Status Worker::resolve() {
  auto result = log_->resolve(ticket_.value_or(0), probe_);
  if (!result.has_value()) {
    if (result.error().next() == base::Next::kRetry) {
      return Status::ok();  // stays resolving; asked again next turn
    }
    return result.error();
  }
  switch (result.value()) {
    case log::CommitResult::kCommitted:
      if (cycle_.on(Cycle::Event::kResolvedCommitted) != Cycle::Action::kApply) {
        return Status::bug("a commit was resolved that was not under way");
      }
      return apply({});
    case log::CommitResult::kNotCommitted:
      return act(cycle_.on(Cycle::Event::kResolvedNotCommitted));
    case log::CommitResult::kFenced:
      return act(cycle_.on(Cycle::Event::kResolvedFenced));
    case log::CommitResult::kUnknown:
      break;
  }
  return Status::ok();
}

void Worker::keep_activity(const shard::Shard& shard, ActivityCounts& counts) const {
  if (!shard.is_private()) {
    counts.add(shard.activity(), plan_->board->campaigns);
  }
}

void Worker::drop() {
  readers_.clear();
  routed_.clear();
  recorded_us_.clear();
  for (const auto& [number, held] : shards_) {
    keep_activity(*held.shard, gone_);
    stores_.release(number);
  }
  gone_.merge_equal();
  shards_.clear();
  to_open_.clear();
  to_route_.clear();
  start_pending_ = false;
  assignment_.clear();
  sealed_.clear();
  ticket_.reset();
}

bool Worker::is_quiet() {
  if (stopped_) {
    return true;
  }
  if (cycle_.state() != Cycle::State::kRunning || !to_open_.empty() || !to_route_.empty() ||
      start_pending_ || is_full_ || has_work()) {
    return false;
  }
  return std::all_of(readers_.begin(), readers_.end(), [this](const auto& entry) {
    const auto& [key, reader] = entry;
    if (reader.end < 0) {
      return false;
    }
    auto ends = log_->ends({static_cast<log::TopicId>(key >> 32), static_cast<int32_t>(key)},
                           log::Isolation::kUncommitted);
    return ends.has_value() && ends->high <= reader.end;
  });
}

shard::Ledger Worker::ledger() const {
  shard::Ledger sum(plan_->sources.size());
  for (const auto& [number, held] : shards_) {
    shard::add(sum, held.shard->full_ledger());
  }
  for (const auto& [at, routed] : routed_) {
    sum[at.first].add(routed->router().ledger());
  }
  return sum;
}

}  // namespace kaiku::runtime
