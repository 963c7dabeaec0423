#include "kaiku/shard/shard.h"

#include <algorithm>

#include "kaiku/base/bytes.h"
#include "kaiku/base/limits.h"
#include "kaiku/shard/changelog.h"

#include "shard/erasure_stage.h"
#include "shard/journey_stage.h"

namespace kaiku::shard {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Status;
using exchange::Progress;
using model::Level;

constexpr std::string_view kHeaderKey = "header";

std::vector<Level> levels_of(const Plan& plan) {
  std::vector<Level> levels{Level::kRoute, Level::kItems};
  if (plan.conversations != nullptr) {
    levels.push_back(Level::kThread);
  }
  levels.push_back(Level::kOrder);
  if (plan.journeys != nullptr) {
    levels.push_back(Level::kKey);
    levels.push_back(Level::kVerdict);
  }
  return levels;
}

void count_published(const board::BoardPlan& plan,
                     const board::Published& record,
                     SealedEpoch& sealed) {
  ++sealed.datasets[static_cast<size_t>(record.dataset)];
  for (size_t i = 0; record.dataset == board::Dataset::kActivity && i < plan.windows.size(); ++i) {
    if (plan.windows[i].name() == record.window) {
      ++sealed.results[i][static_cast<size_t>(record.kind)];
    }
  }
}

std::span<const board::Campaign> campaigns_of(const Plan& plan) {
  return plan.board != nullptr ? std::span<const board::Campaign>(plan.board->campaigns)
                               : std::span<const board::Campaign>();
}

}  // namespace

bool crossed_minute(const Progress& now, const Progress& before) {
  return base::floor_div(now.effective, base::kMinute) >
             base::floor_div(before.effective, base::kMinute) ||
         base::floor_div(now.data, base::kMinute) > base::floor_div(before.data, base::kMinute);
}

Shard::Shard(const Plan& plan,
             const Topology& topology,
             uint32_t number,
             state::Tables& tables,
             const Mutations& mutations)
    : plan_(plan),
      topology_(topology),
      number_(number),
      tables_(tables),
      mutations_(mutations),
      stage_(plan, tables),
      orders_(tables, plan.commerce),
      schedule_(tables),
      board_(plan.board, tables),
      deltas_(campaigns_of(plan)),
      writers_(plan.shards),
      first_routed_(routed_senders(plan, topology)),
      reported_(levels_of(plan)),
      shards_(plan.shards),
      routed_(first_routed_.back()),
      out_sequences_(plan.shards, 0),
      ledger_(plan.sources.size()) {
  if (plan.conversations != nullptr) {
    conversation::ThreadBounds bounds;
    bounds.ttl_us = plan.conversations->ttl_us;
    bounds.lateness_us = plan.conversations->lateness_us;
    threads_ = std::make_unique<conversation::ThreadBook>(bounds, tables);
    conversations_ = std::make_unique<conversation::ConversationBook>(plan.conversations, tables);
  }
  if (plan.conversations != nullptr || plan.signals != nullptr) {
    alert_budget_ =
        std::make_unique<signal::AlertBudget>(plan.alerts_per_day, plan.time.lateness_us, tables);
  }
  if (plan.conversations != nullptr) {
    const signal::DeadlineBounds bounds{.lateness_us = plan.conversations->lateness_us,
                                        .kept_us = signal::kTtlsKept * plan.conversations->ttl_us};
    deadlines_ = std::make_unique<signal::DeadlineDesk>(bounds, *alert_budget_, tables);
  }
  if (plan.signals != nullptr) {
    signals_ = std::make_unique<signal::SignalBook>(plan.signals, *alert_budget_, tables);
    watch_sources();
  }
  if (plan.journeys != nullptr) {
    journeys_ = std::make_unique<JourneyStage>(plan, tables, writers_, deltas_);
    touches_ = [this](const model::KeyEntryMessage& touch) { journeys_->send(touch); };
    openings_ = [this](const model::OpeningMessage& opening) { journeys_->send(opening); };
  }
  if (plan.privacy.erases) {
    erasures_ = std::make_unique<ErasureStage>(plan, number, tables, writers_);
  }
  for (size_t i = 0; i < plan.sources.size(); ++i) {
    const bool direct = plan.sources[i].routing == Routing::kDirect;
    routers_.push_back(direct ? std::make_unique<Router>(plan, i, static_cast<int32_t>(number))
                              : nullptr);
  }
}

Shard::~Shard() = default;

Status Shard::load(std::shared_ptr<const money::Prices> prices) {
  auto header = tables_.get(state::TableId::kMeta, kHeaderKey);
  if (!header.has_value()) {
    return header.error();
  }
  if (header.value().has_value() && !decode_header(*header.value())) {
    return {
        base::Next::kRestore,
        "the header of shard " + std::to_string(number_) +
            " does not decode, or was written by a plan with other sources or shards: remove the "
            "state directory to rebuild it from the changelog, or start the plan it belongs to"};
  }
  committed_exchange_next_ = exchange_next_;
  if (Status status = take_schedule(std::move(prices)); !status.is_ok()) {
    return status;
  }
  if (Status status = stage_.load(); !status.is_ok()) {
    return status;
  }
  if (conversations_ != nullptr) {
    if (Status status = threads_->load(); !status.is_ok()) {
      return status;
    }
    if (Status status = conversations_->load(); !status.is_ok()) {
      return status;
    }
  }
  if (alert_budget_ != nullptr) {
    if (Status status = alert_budget_->load(board_input_.effective); !status.is_ok()) {
      return status;
    }
  }
  if (deadlines_ != nullptr) {
    if (Status status = deadlines_->load(); !status.is_ok()) {
      return status;
    }
  }
  if (signals_ != nullptr) {
    if (Status status = signals_->load(); !status.is_ok()) {
      return status;
    }
  }
  if (journeys_ != nullptr) {
    if (Status status = journeys_->load(); !status.is_ok()) {
      return status;
    }
  }
  if (erasures_ != nullptr) {
    if (Status status = erasures_->load(); !status.is_ok()) {
      return status;
    }
  }
  return board_.load();
}

void Shard::on_direct(const log::Record& record, size_t source, const Router::Tools& tools) {
  dirty_ = true;
  routers_[source]->process(record, tools, *this);
}

Router* Shard::direct_router(size_t source) {
  return routers_[source].get();
}

void Shard::on_message(uint32_t shard, const model::ItemMessage& message) {
  if (shard == number_) {
    process_item(message);
    return;
  }
  ++ledger_[source_index(message.source)].misplaced;
  writers_[shard].add_item(message);
}

void Shard::on_output(log::Append record) {
  outputs_.push_back(std::move(record));
}

void Shard::on_item(const model::ItemMessage& message) {
  process_item(message);
}

void Shard::process_item(const model::ItemMessage& message) {
  SourceLedger& ledger = ledger_[source_index(message.source)];
  if (mutations_.late_after_route && message.op != model::Op::kDelete &&
      message.type != model::ItemType::kBusinessEvent &&
      message.operation_at < minimum(Level::kItems).effective - plan_.time.lateness_us) {
    ++ledger.received;
    ledger.count(model::Outcome::kLate);
    return;
  }
  const bool counted = stage_.process(
      message,
      deltas_,
      ledger,
      [this](const model::OrderMessage& order) {
        writers_[shard_of(order.order, plan_.shards)].add_order(order);
      },
      [this](const model::ConversationMessage& said) {
        const base::Digest& home = said.by_parent ? said.item : said.conversation;
        writers_[shard_of(home, plan_.shards)].add_conversation(said);
      },
      touches_,
      openings_);
  deltas_.activity().settle();
  if (counted && plan_.outputs.has_items && !plan_.privacy.is_restricted(message.channel)) {
    outputs_.push_back(item_record(plan_, message));
  }
}

void Shard::on_order(const model::OrderMessage& message) {
  SourceLedger& ledger = ledger_[source_index(message.source)];
  ++ledger.answered;
  auto applied = orders_.apply(
      message,
      [&](const exchange::DeltaKey& key, const aggregate::Aggregate& delta) {
        aggregate::Aggregate& cell = deltas_.at(key);
        cell.merge(delta);
        if (exchange::is_marked(key.brand, exchange::kCampaignMark)) {
          deltas_.activity().change_steps(key.brand, key.channel, {}, board::measures_of(delta));
        }
        if (plan_.privacy.min_cell > 0 && message.keys != nullptr &&
            message.keys->has(model::KeyKind::kCustomer)) {
          cell.authors.add(message.keys->at(model::KeyKind::kCustomer).lo);
        }
      },
      journeys_.get());
  deltas_.activity().settle();
  if (!applied.has_value()) {
    order_status_ = applied.error();
    return;
  }
  if (applied.value() == commerce::Applied::kInForce ||
      applied.value() == commerce::Applied::kOlder) {
    ledger.count(model::Outcome::kCounted);
    return;
  }
  ledger.count(model::Outcome::kDuplicate);
  constexpr auto kKind = static_cast<size_t>(model::DuplicateKind::kBusiness);
  ++ledger.duplicates[kKind];
  aggregate::Aggregate& cell = deltas_.at({base::minute_of(message.occurred_at),
                                           model::ItemType::kBusinessEvent,
                                           message.brand,
                                           message.channel});
  ++cell.suppressed[kKind];
  if (applied.value() == commerce::Applied::kForgotten) {
    ++ledger.overflows;
    cell.inexact |= model::kInexactOverflow;
  }
}

bool Shard::on_delta(const exchange::DeltaKey& key, std::string_view aggregate) {
  ByteReader in(aggregate);
  scratch_.clear();
  if (!scratch_.decode(in) || !in.at_end()) {
    return false;
  }
  take_signals(key, scratch_);
  if (board_status_.is_ok()) {
    board_status_ = board_.merge(key, scratch_);
  }
  return true;
}

size_t Shard::source_index(std::string_view name) const {
  for (size_t i = 0; i < plan_.sources.size(); ++i) {
    if (plan_.sources[i].name == name) {
      return i;
    }
  }
  return 0;
}

Progress Shard::minimum(Level level) const {
  Progress least = exchange::kEnded;
  if (level == Level::kItems) {
    for (const Sender& sender : routed_) {
      least.lower_to(sender.progress[index(Level::kRoute)]);
    }
    if (has_direct_source(plan_)) {
      for (const Sender& sender : shards_) {
        least.lower_to(sender.progress[index(Level::kRoute)]);
      }
    }
    return least;
  }
  if (level == Level::kBoard && (mutations_.own_watermark_only || mutations_.no_edge_headers)) {
    return progress_[index(Level::kItems)];
  }
  for (const Sender& sender : shards_) {
    for (const Level below : reported_) {
      if (below >= Level::kItems && below < level) {
        least.lower_to(sender.progress[index(below)]);
      }
    }
  }
  return least;
}

void Shard::advance() {
  if (has_direct_source(plan_)) {
    Progress route = exchange::kEnded;
    for (const auto& router : routers_) {
      if (router != nullptr) {
        route.lower_to(router->progress());
      }
    }
    progress_[index(Level::kRoute)].raise_to(route);
  }
  for (const Level level : reported_) {
    if (level == Level::kRoute) {
      continue;
    }
    Progress reached = minimum(level);
    if (level == Level::kThread) {
      reached.lower_to({threads_->hold(), threads_->hold()});
    }
    progress_[index(level)].raise_to(reached);
  }
  board_input_.raise_to(minimum(Level::kBoard));
  board_.advance(board_input_.effective, board_input_.data);
}

Progress Shard::level(Level level) const {
  return level == Level::kBoard ? board_input_ : progress_[index(level)];
}

std::string Shard::holder() const {
  Progress least = exchange::kEnded;
  std::string name;
  for (size_t i = 0; i < plan_.sources.size(); ++i) {
    for (int32_t p = 0; plan_.sources[i].routing == Routing::kRouted && p < topology_.partitions[i];
         ++p) {
      const Progress& route =
          routed_[first_routed_[i] + static_cast<size_t>(p)].progress[index(Level::kRoute)];
      if (route.effective < least.effective) {
        least = route;
        name = plan_.sources[i].name + "/" + std::to_string(p);
      }
    }
  }
  for (size_t shard = 0; shard < shards_.size(); ++shard) {
    const Progress& items = shards_[shard].progress[index(Level::kItems)];
    if (items.effective < least.effective) {
      least = items;
      name = "shard " + std::to_string(shard);
    }
  }
  return name;
}

bool Shard::crossed_boundary() const {
  return std::any_of(reported_.begin(), reported_.end(), [this](Level level) {
    return crossed_minute(progress_[index(level)], announced_[index(level)]);
  });
}

bool Shard::has_work() const {
  return dirty_ || crossed_boundary() || board_.has_work() || has_due_erasure() ||
         (conversations_ != nullptr &&
          (threads_->has_work(minimum(Level::kThread).effective) ||
           conversations_->has_work(progress_[index(Level::kOrder)].effective))) ||
         has_signals_due() || has_alerts_due() || (mutations_.eager_headers && has_progress());
}

size_t Shard::pending_bytes() const {
  size_t bytes = deltas_.size() * 200;
  for (const exchange::EdgeWriter& writer : writers_) {
    bytes += writer.bytes();
  }
  return bytes;
}

base::Result<SealedEpoch> Shard::seal(bool with_early) {
  ++epoch_;
  SealedEpoch sealed;
  sealed.epoch = epoch_;
  const size_t budget = plan_.state.memory_bytes / plan_.shards / 2;
  ledger_[0].overflows += stage_.purge(progress_[index(Level::kItems)].data, budget);
  stage_.seal(epoch_);
  if (Status status = find_threads(); !status.is_ok()) {
    return status;
  }
  if (Status status = apply_conversations(sealed); !status.is_ok()) {
    return status;
  }
  if (Status status = apply_keys(); !status.is_ok()) {
    return status;
  }
  finish_erasures(sealed);
  look_for_signals(sealed);
  tell_alerts(sealed);
  write_edges(sealed);
  std::vector<board::Published> published;
  if (Status status = board_.seal(with_early, published); !status.is_ok()) {
    return status;
  }
  for (const board::SavedTime& saved : board_.saved()) {
    deltas_.activity().count(saved);
  }
  deltas_.activity().seal();
  sealed.published = published.size();
  sealed.results.resize(plan_.board->windows.size());
  for (board::Published& record : published) {
    count_published(*plan_.board, record, sealed);
    sealed.appends.push_back(published_record(plan_, std::move(record), number_, epoch_));
  }
  std::move(outputs_.begin(), outputs_.end(), std::back_inserter(sealed.appends));
  outputs_.clear();
  write_changelog(sealed, encode_header());
  sealed.exchange_next = exchange_next_;
  sealed.metadata = epoch_metadata(epoch_, plan_.fingerprint);
  committed_exchange_next_ = exchange_next_;
  dirty_ = false;
  return sealed;
}

void Shard::write_edges(SealedEpoch& sealed) {
  sealed.cells = deltas_.size();
  deltas_.drain([this](const exchange::DeltaKey& key, aggregate::Aggregate& delta) {
    if (exchange::is_aside(key.brand)) {
      send_facet(key, delta);
      return;
    }
    send_terms(key, delta);
    send_delta(key, delta);
    tell_market(key, delta);
    tell_comparisons(key, delta);
  });
  const bool announce =
      (crossed_boundary() && !mutations_.no_edge_headers) || mutations_.eager_headers;
  for (uint32_t to = 0; to < plan_.shards; ++to) {
    if (!announce && !writers_[to].has_messages()) {
      continue;
    }
    exchange::EdgeHeader header;
    header.shard = static_cast<uint16_t>(number_);
    header.to = static_cast<uint16_t>(to);
    header.sequence = out_sequences_[to];
    header.epoch = epoch_;
    header.fingerprint = plan_.fingerprint;
    for (const Level level : reported_) {
      header.progress[index(level)] = progress_[index(level)];
    }
    std::vector<std::string> records;
    writers_[to].finish(header, records);
    out_sequences_[to] = header.sequence;
    for (std::string& record : records) {
      log::Append append;
      append.to = {plan_.exchange, static_cast<int32_t>(to)};
      append.value = std::move(record);
      sealed.appends.push_back(std::move(append));
    }
  }
  if (announce) {
    announced_ = progress_;
  }
}

void Shard::write_changelog(SealedEpoch& sealed, std::string header) {
  tables_.put(state::TableId::kMeta, std::string(kHeaderKey), std::move(header));
  for (std::string& record : changelog_records(epoch_, tables_.seal_packed())) {
    log::Append append;
    append.to = {plan_.changelog, static_cast<int32_t>(number_)};
    append.value = std::move(record);
    sealed.appends.push_back(std::move(append));
  }
}

Status Shard::committed(int64_t changelog_position) {
  deltas_.activity().commit();
  return tables_.commit({epoch_, changelog_position});
}

Ledger Shard::full_ledger() const {
  Ledger sum = ledger_;
  for (size_t i = 0; i < routers_.size(); ++i) {
    if (routers_[i] != nullptr) {
      sum[i].add(routers_[i]->ledger());
    }
  }
  return sum;
}

uint64_t Shard::received_sequence_of_shard(uint32_t from) const {
  return shards_[from].sequence;
}

std::pair<uint64_t, uint64_t> Shard::received_of_router(size_t source, int32_t partition) const {
  const Sender& sender = routed_[first_routed_[source] + static_cast<size_t>(partition)];
  return {sender.sequence, sender.offset};
}

size_t Shard::memory_bytes() const {
  return stage_.items().memory_bytes() + board_.memory_bytes() + tables_.memory_bytes() +
         (threads_ != nullptr ? threads_->memory_bytes() : 0) +
         (conversations_ != nullptr ? conversations_->memory_bytes() : 0) +
         (alert_budget_ != nullptr ? alert_budget_->memory_bytes() : 0) +
         (deadlines_ != nullptr ? deadlines_->memory_bytes() : 0) +
         (signals_ != nullptr ? signals_->memory_bytes() : 0) +
         (journeys_ != nullptr ? journeys_->memory_bytes() : 0);
}

conversation::ThreadCounts Shard::thread_counts() const {
  return threads_ != nullptr ? threads_->counts() : conversation::ThreadCounts{};
}

journey::OpeningCounts Shard::opening_counts() const {
  return journeys_ != nullptr ? journeys_->opening_counts() : journey::OpeningCounts{};
}

journey::KeyCounts Shard::key_counts() const {
  return journeys_ != nullptr ? journeys_->counts() : journey::KeyCounts{};
}

}  // namespace kaiku::shard
