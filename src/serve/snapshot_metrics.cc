#include "kaiku/serve/snapshot_metrics.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "activity_metrics.h"
#include "conversation_metrics.h"
#include "figure_metrics.h"

namespace kaiku::serve {
namespace {

using metrics::Metric;
using metrics::Samples;

constexpr double kMicros = 1e6;

bool is_known(base::EventTime time) {
  return time > base::kTimeBegin && time < base::kTimeEnd;
}

double seconds(int64_t micros) {
  return static_cast<double>(micros) / kMicros;
}

template <typename T>
void add_known(Samples& samples, Metric metric, const std::optional<T>& value) {
  if (value) {
    samples.add(metric, static_cast<double>(*value));
  }
}

void add_time(Samples& samples,
              Metric metric,
              std::initializer_list<std::string_view> labels,
              base::EventTime time) {
  if (is_known(time)) {
    samples.add(metric, labels, seconds(time));
  }
}

void add_health(const Snapshot& snapshot, Samples& samples) {
  for (size_t i = 0; i < kPipelineStates; ++i) {
    const auto state = static_cast<PipelineState>(i);
    samples.add(Metric::kPipelineState, {name_of(state)}, state == snapshot.state ? 1 : 0);
  }
  const ShardCounts& shards = snapshot.shards;
  const unsigned here = shards.running + shards.restoring + shards.waiting;
  samples.add(Metric::kShards, {"running"}, shards.running);
  samples.add(Metric::kShards, {"restoring"}, shards.restoring);
  samples.add(Metric::kShards, {"waiting"}, shards.waiting);
  samples.add(Metric::kShards, {"elsewhere"}, shards.total > here ? shards.total - here : 0);
  samples.add(Metric::kWorkers, snapshot.workers);
  samples.add(Metric::kLedgerBalanced, snapshot.ledger.balanced ? 1 : 0);
}

void add_storage(const StateView& state, Samples& samples) {
  for (const auto& [kind, bytes] : state.bytes_by_kind) {
    samples.add(Metric::kStateBytes, {kind}, static_cast<double>(bytes));
  }
  add_known(samples, Metric::kStateDiskFree, state.disk_free_bytes);
  add_known(samples, Metric::kMemoryLimit, state.memory_limit_bytes);
  add_known(samples, Metric::kDedupEntries, state.dedup_entries);
  add_known(samples, Metric::kOpenCells, state.open_cells);
  add_known(samples, Metric::kRestoreRemaining, state.restore_remaining_records);
  add_time(samples, Metric::kLastCommit, {}, state.last_commit_us);
}

void add_freshness(const Snapshot& snapshot, Samples& samples) {
  for (const LevelView& level : snapshot.levels) {
    add_time(samples, Metric::kLevelWatermark, {level.name}, level.watermark);
    if (!level.holder.empty()) {
      samples.add(Metric::kWatermarkHolder, {level.name, level.holder}, 1);
    }
  }
  for (const SourceView& source : snapshot.sources) {
    add_time(samples, Metric::kWatermark, {source.name}, source.watermark);
    add_time(samples, Metric::kSourceLastEvent, {source.name}, source.last_event);
    if (source.lag_seconds) {
      samples.add(Metric::kSourceLagSeconds, {source.name}, *source.lag_seconds);
    }
    const auto idle = std::ranges::count_if(source.partitions, &PartitionView::idle);
    samples.add(Metric::kSourceIdlePartitions, {source.name}, static_cast<double>(idle));
    for (const std::string_view state : {"behind", "caught_up", "idle", "silent"}) {
      if (source.voice) {
        samples.add(
            Metric::kSourceState, {source.name, state}, source.voice->state == state ? 1.0 : 0.0);
      }
    }
    for (const PartitionView& partition : source.partitions) {
      if (partition.lag_records) {
        samples.add(Metric::kSourceLagRecords,
                    {source.name, std::to_string(partition.number)},
                    static_cast<double>(*partition.lag_records));
      }
    }
  }
  for (const WindowView& window : snapshot.windows) {
    add_time(samples, Metric::kWindowEnd, {window.name}, window.closed_through);
  }
}

// What the cells of one brand and channel in the last closed window of one name add up to.
struct Closed {
  base::EventTime window_end = base::kNoTime;
  int64_t mentions = 0;
  int64_t bug_reports = 0;
  int64_t support_messages = 0;
  uint64_t unique_authors = 0;
  int64_t engagements = 0;
  int64_t negative = 0;
  int64_t neutral = 0;
  int64_t positive = 0;
  int64_t booked_micros = 0;
  int64_t refunds_micros = 0;
  int64_t spend_micros = 0;

  void add(const CellView& cell) {
    engagements += cell.engagements;
    booked_micros += cell.booked_micros;
    refunds_micros += cell.refunds_micros;
    spend_micros += cell.spend_micros;
    switch (cell.type) {
      case model::ItemType::kMention:
        mentions += cell.count_total;
        unique_authors = cell.unique_authors;
        negative += cell.sentiment_negative;
        neutral += cell.sentiment_neutral;
        positive += cell.sentiment_positive;
        break;
      case model::ItemType::kBugReport:
        bug_reports += cell.count_total;
        break;
      case model::ItemType::kSupportMessage:
        support_messages += cell.count_total;
        break;
      default:
        break;
    }
  }
};

using ClosedKey =
    std::tuple<std::string_view, std::string_view, std::string_view>;  // brand, channel, window

// Brands live on several shards whose windows close a moment apart: the newest closed cells of each
// brand.
std::map<ClosedKey, Closed> closed_cells(const Snapshot& snapshot) {
  std::map<std::pair<std::string_view, std::string_view>, base::EventTime> newest;  // brand, window
  for (const CellView& cell : snapshot.cells) {
    if (cell.kind != metrics::ResultKind::kEarly) {
      base::EventTime& end =
          newest.try_emplace({cell.brand, cell.window}, cell.window_end).first->second;
      end = std::max(end, cell.window_end);
    }
  }
  std::map<ClosedKey, Closed> closed;
  for (const CellView& cell : snapshot.cells) {
    if (cell.kind != metrics::ResultKind::kEarly &&
        cell.window_end == newest.at({cell.brand, cell.window})) {
      closed[{cell.brand, cell.channel, cell.window}].add(cell);
    }
  }
  return closed;
}

void add_window(const ClosedKey& key, const Closed& cell, Samples& samples) {
  const auto& [brand, channel, window] = key;
  const auto add = [&](Metric metric, double value) {
    samples.add(metric, {brand, channel, window}, value);
  };
  add(Metric::kWindowMentions, static_cast<double>(cell.mentions));
  add(Metric::kWindowBugReports, static_cast<double>(cell.bug_reports));
  add(Metric::kWindowSupportMessages, static_cast<double>(cell.support_messages));
  add(Metric::kWindowUniqueAuthors, static_cast<double>(cell.unique_authors));
  add(Metric::kWindowEngagements, static_cast<double>(cell.engagements));
  const int64_t judged = cell.negative + cell.neutral + cell.positive;
  if (judged > 0) {
    add(Metric::kWindowNetSentiment,
        static_cast<double>(cell.positive - cell.negative) / static_cast<double>(judged));
  }
  if (cell.mentions > 0) {
    add(Metric::kWindowSentimentCoverage,
        static_cast<double>(judged) / static_cast<double>(cell.mentions));
  }
  add(Metric::kBookedRevenue, seconds(cell.booked_micros));
  add(Metric::kRefunds, seconds(cell.refunds_micros));
  add(Metric::kBookedNetRevenue, seconds(cell.booked_micros) - seconds(cell.refunds_micros));
  add(Metric::kSpend, seconds(cell.spend_micros));
}

void add_kpis(const Snapshot& snapshot, Samples& samples) {
  std::map<std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>,
           const KpiView*>
      last;
  for (const KpiView& kpi : snapshot.kpis) {
    if (kpi.kind == metrics::ResultKind::kEarly) {
      continue;
    }
    const KpiView*& kept = last[{kpi.name, kpi.brand, kpi.channel, kpi.window}];
    kept = kept == nullptr || kept->window_end < kpi.window_end ? &kpi : kept;
  }
  for (const auto& [key, kpi] : last) {
    if (kpi->name == "bug_report_share") {
      const auto add = [&](Metric metric, const std::optional<double>& value) {
        if (value) {
          samples.add(metric, {kpi->brand, kpi->channel, kpi->window}, *value);
        }
      };
      add(Metric::kBugReportShare, kpi->value);
      add(Metric::kBugReportShareLower, kpi->lower);
      add(Metric::kBugReportShareUpper, kpi->upper);
    }
  }
}

}  // namespace

void add_snapshot_metrics(const Snapshot& snapshot, Samples& samples) {
  add_health(snapshot, samples);
  add_storage(snapshot.storage, samples);
  add_freshness(snapshot, samples);
  add_activity_metrics(snapshot, samples);
  for (const auto& [key, cell] : closed_cells(snapshot)) {
    add_window(key, cell, samples);
  }
  add_kpis(snapshot, samples);
  add_figure_metrics(snapshot, samples);
  add_conversation_metrics(snapshot, samples);
}

metrics::Collector snapshot_collector(const SnapshotSource& source) {
  return [&source](Samples& samples) { add_snapshot_metrics(*source.snapshot(), samples); };
}

}  // namespace kaiku::serve
