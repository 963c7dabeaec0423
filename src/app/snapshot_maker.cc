#include "app/snapshot_maker.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "kaiku/base/hex.h"
#include "kaiku/effect/wilson.h"
#include "kaiku/rocks/space_probe.h"

#include "app/activity_views.h"
#include "app/business_views.h"

namespace kaiku::app {
namespace {

using serve::Snapshot;

constexpr size_t kSeriesPoints = 300;

// The clock's idea of a watermark: nothing for "before everything" and "after everything".
base::EventTime shown(base::EventTime time) {
  return time <= base::kTimeBegin || time >= base::kTimeEnd ? base::kNoTime : time;
}

serve::CellView to_view(const board::CellView& cell) {
  serve::CellView view;
  view.window = cell.window;
  view.window_start = cell.window_start;
  view.window_end = cell.window_end;
  view.brand = cell.brand;
  view.channel = cell.channel;
  view.type = cell.type;
  view.kind = static_cast<metrics::ResultKind>(cell.kind);
  view.count_total = cell.count_total;
  view.count_original = cell.count_original;
  view.inbound_original = cell.inbound_original;
  view.unique_authors = cell.unique_authors;
  view.engagements = cell.engagements;
  view.sentiment_negative = cell.sentiment_negative;
  view.sentiment_neutral = cell.sentiment_neutral;
  view.sentiment_positive = cell.sentiment_positive;
  view.booked_micros = cell.booked_micros;
  view.refunds_micros = cell.refunds_micros;
  view.spend_micros = cell.spend_micros;
  return view;
}

// Channel share of bug reports from outside (M14) with its Wilson interval, from the cells at hand.
void add_bug_shares(Snapshot& snapshot) {
  using Key = std::tuple<std::string, base::EventTime, std::string>;
  std::map<Key, int64_t> totals;
  for (const serve::CellView& cell : snapshot.cells) {
    if (cell.type == model::ItemType::kBugReport) {
      totals[{cell.window, cell.window_start, cell.brand}] += cell.inbound_original;
    }
  }
  for (const serve::CellView& cell : snapshot.cells) {
    if (cell.type != model::ItemType::kBugReport || cell.window == "minute") {
      continue;
    }
    const int64_t total = totals[{cell.window, cell.window_start, cell.brand}];
    if (total <= 0) {
      continue;
    }
    serve::KpiView kpi;
    kpi.name = "bug_report_share";
    kpi.window = cell.window;
    kpi.window_start = cell.window_start;
    kpi.window_end = cell.window_end;
    kpi.brand = cell.brand;
    kpi.channel = cell.channel;
    kpi.kind = cell.kind;
    kpi.numerator = cell.inbound_original;
    kpi.denominator = total;
    kpi.value = static_cast<double>(cell.inbound_original) / static_cast<double>(total);
    const effect::Interval interval = effect::wilson95(cell.inbound_original, total);
    kpi.lower = interval.low;
    kpi.upper = interval.high;
    snapshot.kpis.push_back(std::move(kpi));
  }
}

}  // namespace

SnapshotMaker::SnapshotMaker(std::shared_ptr<const shard::Plan> plan, const base::Clock& clock)
    : plan_(std::move(plan)), clock_(clock), started_us_(clock.monotonic_us()) {}

std::shared_ptr<const Snapshot> SnapshotMaker::make(const Views& views, bool draining) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->pipeline = plan_->name;
  snapshot->version = KAIKU_VERSION;
  snapshot->config_hash = base::hex(plan_->fingerprint);
  snapshot->currency = std::string(plan_->board->rates->base().view());
  snapshot->now_us = clock_.now_us();
  snapshot->uptime_us = clock_.monotonic_us() - started_us_;
  snapshot->workers = static_cast<unsigned>(views.size());
  add_state(views, draining, *snapshot);
  add_sources(views, *snapshot);
  add_levels(views, *snapshot);
  add_cells(views, *snapshot);
  add_activity(views, *snapshot);
  figures_.add(views, *snapshot);
  add_business(views, *plan_, *snapshot);
  add_problems(views, *snapshot);
  add_rates(*snapshot);
  return snapshot;
}

void SnapshotMaker::add_state(const Views& views, bool draining, Snapshot& snapshot) const {
  snapshot.shards.total = plan_->shards;
  bool failed = false;
  bool restoring = false;
  uint64_t dedup = 0;
  uint64_t cells = 0;
  uint64_t memory = 0;
  uint64_t dedup_bytes = 0;
  uint64_t cell_bytes = 0;
  base::EventTime last_commit = base::kNoTime;
  for (const auto& view : views) {
    failed = failed || view->state == "failed";
    restoring = restoring || view->state == "restoring" || view->state == "revoked";
    snapshot.shards.running += static_cast<unsigned>(view->shards.size());
    for (const runtime::ShardView& shard : view->shards) {
      dedup += shard.dedup_entries;
      cells += shard.open_cells;
      memory += shard.memory_bytes;
      dedup_bytes += shard.dedup_bytes;
      cell_bytes += shard.board_bytes;
      if (shard.committed_at != base::kNoTime) {
        last_commit = last_commit == base::kNoTime ? shard.committed_at
                                                   : std::min(last_commit, shard.committed_at);
      }
    }
  }
  snapshot.state = failed          ? serve::PipelineState::kFailed
                   : draining      ? serve::PipelineState::kDraining
                   : views.empty() ? serve::PipelineState::kStarting
                   : restoring     ? serve::PipelineState::kRestoring
                                   : serve::PipelineState::kRunning;
  snapshot.storage.dedup_entries = dedup;
  snapshot.storage.open_cells = cells;
  snapshot.storage.memory_limit_bytes = plan_->state.memory_bytes;
  snapshot.storage.last_commit_us = last_commit;
  snapshot.storage.bytes_by_kind.emplace_back("dedup", dedup_bytes);
  snapshot.storage.bytes_by_kind.emplace_back("cells", cell_bytes);
  snapshot.storage.bytes_by_kind.emplace_back("tables", memory - dedup_bytes - cell_bytes);
  snapshot.storage.disk_free_bytes = rocks::FileSystemProbe().free_bytes(plan_->state.dir);
}

void SnapshotMaker::add_sources(const Views& views, Snapshot& snapshot) {
  const shard::Ledger ledger = runtime::total_ledger(views, plan_->sources.size());
  for (size_t i = 0; i < plan_->sources.size(); ++i) {
    serve::SourceView source;
    source.name = plan_->sources[i].name;
    source.topic = plan_->topics.at(plan_->sources[i].topic).name;
    source.records = ledger[i].records;
    source.bytes = ledger[i].bytes;
    source.items = ledger[i].items;
    source.outcomes = ledger[i].outcomes;
    source.suppressed = ledger[i].duplicates;
    source.dead_letters = ledger[i].dead_letters;
    base::EventTime watermark = base::kTimeEnd;
    bool all_at_end = true;
    bool any = false;
    for (const auto& view : views) {
      for (const runtime::PartitionView& partition : view->partitions) {
        if (partition.source != i) {
          continue;
        }
        any = true;
        serve::PartitionView shown_partition;
        shown_partition.number = partition.partition;
        shown_partition.watermark = shown(partition.progress.effective);
        shown_partition.idle = partition.at_end;
        shown_partition.ended = partition.progress.effective >= base::kTimeEnd;
        if (partition.at_end) {
          shown_partition.lag_records = 0;
        } else if (partition.end_offset >= 0) {
          shown_partition.lag_records = partition.end_offset - partition.next_offset;
        }
        all_at_end = all_at_end && partition.at_end;
        watermark = std::min(watermark, partition.progress.effective);
        if (partition.last_timestamp != base::kNoTime) {
          source.last_event = std::max(source.last_event, partition.last_timestamp);
        }
        source.partitions.push_back(std::move(shown_partition));
      }
    }
    source.watermark = any ? shown(watermark) : base::kNoTime;
    source.idle = any && all_at_end;
    if (source.idle) {
      source.lag_seconds = 0;
      source.lag_records = 0;
    } else if (source.last_event != base::kNoTime) {
      source.lag_seconds =
          std::max(0.0, static_cast<double>(snapshot.now_us - source.last_event) / 1e6);
    }
    add_voice(views, i, snapshot.now_us, source);
    if (source.lag_seconds) {
      snapshot.behind_seconds = std::max(snapshot.behind_seconds.value_or(0), *source.lag_seconds);
    }
    snapshot.sources.push_back(std::move(source));
  }
  add_ledger(ledger, snapshot);
}

void SnapshotMaker::add_voice(const Views& views,
                              size_t number,
                              int64_t now_us,
                              serve::SourceView& source) const {
  for (const auto& view : views) {
    for (const runtime::WatchedSource& watched : view->watched) {
      if (watched.source != number) {
        continue;
      }
      // Routers tell of themselves once a minute, and an epoch later shards have read it.
      const int64_t delay =
          plan_->time.out_of_orderness_us + plan_->time.idle_after_us + 2 * base::kMinute;
      const int64_t every = plan_->signals->expect_every.at(source.name);
      serve::VoiceView voice;
      voice.state = signal::name_of(watched.watch.state(every, now_us, delay));
      if (watched.watch.voice.item != base::kTimeBegin) {
        voice.last_item = watched.watch.voice.item;
      }
      voice.expect_every_seconds = every / base::kSecond;
      source.voice = voice;
    }
  }
}

void SnapshotMaker::add_ledger(const shard::Ledger& ledger, Snapshot& snapshot) const {
  shard::SourceLedger sum;
  for (const shard::SourceLedger& source : ledger) {
    sum.add(source);
  }
  snapshot.ledger.records = sum.records;
  snapshot.ledger.items = sum.items;
  snapshot.ledger.outcomes = sum.outcomes;
  snapshot.ledger.sent = sum.sent;
  snapshot.ledger.received = sum.received;
  uint64_t decided = 0;
  for (const uint64_t count : sum.outcomes) {
    decided += count;
  }
  // Views of several workers are of slightly different moments: what is under way may show as
  // either.
  const uint64_t under_way = (sum.sent - std::min(sum.sent, sum.received)) +
                             (sum.asked - std::min(sum.asked, sum.answered));
  snapshot.ledger.balanced = decided <= sum.items && decided + under_way >= sum.items;
  if (!snapshot.ledger.balanced) {
    snapshot.ledger.text = fmt::format(
        "{} items were read, {} have an outcome, {} are under way", sum.items, decided, under_way);
  }
}

void SnapshotMaker::add_levels(const Views& views, Snapshot& snapshot) const {
  serve::LevelView items{"items", base::kNoTime, ""};
  serve::LevelView board{"board", base::kNoTime, ""};
  base::EventTime items_least = base::kTimeEnd;
  base::EventTime board_least = base::kTimeEnd;
  for (const auto& view : views) {
    for (const runtime::ShardView& shard : view->shards) {
      if (shard.items.effective < items_least) {
        items_least = shard.items.effective;
        items.holder = shard.holder;
      }
      if (shard.board.effective < board_least) {
        board_least = shard.board.effective;
        board.holder = shard.holder;
      }
    }
  }
  items.watermark = shown(items_least);
  board.watermark = shown(board_least);
  snapshot.levels = {items, board};
}

void SnapshotMaker::add_cells(const Views& views, Snapshot& snapshot) const {
  for (const auto& view : views) {
    for (const board::CellView& cell : view->cells) {
      snapshot.cells.push_back(to_view(cell));
    }
  }
  std::sort(snapshot.cells.begin(), snapshot.cells.end(), [](const auto& a, const auto& b) {
    return std::tie(a.window, a.window_start, a.brand, a.channel, a.type) <
           std::tie(b.window, b.window_start, b.brand, b.channel, b.type);
  });
  add_bug_shares(snapshot);
  for (const window::WindowSpec& spec : plan_->board->windows) {
    serve::WindowView window;
    window.name = spec.name();
    window.size_us = spec.size_us();
    for (const serve::CellView& cell : snapshot.cells) {
      if (cell.window == window.name && cell.kind != metrics::ResultKind::kEarly) {
        window.closed_through = std::max(window.closed_through, cell.window_end);
      }
    }
    snapshot.windows.push_back(std::move(window));
  }
}

void SnapshotMaker::add_problems(const Views& views, Snapshot& snapshot) const {
  for (const auto& view : views) {
    if (!view->problem.empty()) {
      snapshot.problems.push_back({serve::Severity::kError, "shard_stopped", view->problem, 1});
    }
  }
  for (const serve::SourceView& source : snapshot.sources) {
    for (size_t i = 0; i < source.dead_letters.size(); ++i) {
      if (source.dead_letters[i] != 0) {
        const auto error = static_cast<model::ErrorClass>(i);
        snapshot.problems.push_back(
            {serve::Severity::kWarning,
             "dead_letters",
             fmt::format("{}: {} ({}); look at them with `kaiku tail {}`",
                         source.name,
                         "records could not be used",
                         model::name_of(error),
                         plan_->topics.at(plan_->outputs.dead_letters).name),
             source.dead_letters[i]});
      }
    }
  }
}

void SnapshotMaker::add_rates(Snapshot& snapshot) {
  const int64_t now = clock_.monotonic_us();
  last_source_records_.resize(snapshot.sources.size());
  if (has_last_ && now > last_us_) {
    const double seconds = static_cast<double>(now - last_us_) / 1e6;
    const auto rate = [&](uint64_t value, uint64_t before) {
      return value < before ? 0.0 : static_cast<double>(value - before) / seconds;
    };
    snapshot.records_per_second = rate(snapshot.ledger.records, last_records_);
    snapshot.items_per_second = rate(snapshot.ledger.items, last_items_);
    for (size_t i = 0; i < snapshot.sources.size(); ++i) {
      snapshot.sources[i].records_per_second =
          rate(snapshot.sources[i].records, last_source_records_[i]);
    }
  }
  series_.push_back(
      {snapshot.now_us, snapshot.items_per_second, snapshot.behind_seconds.value_or(0)});
  if (series_.size() > kSeriesPoints) {
    series_.pop_front();
  }
  snapshot.series.assign(series_.begin(), series_.end());
  last_us_ = now;
  last_records_ = snapshot.ledger.records;
  last_items_ = snapshot.ledger.items;
  for (size_t i = 0; i < snapshot.sources.size(); ++i) {
    last_source_records_[i] = snapshot.sources[i].records;
  }
  has_last_ = true;
}

}  // namespace kaiku::app
