#include "snapshot_json.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "kaiku/base/json_writer.h"

#include "json_fields.h"

namespace kaiku::serve {
namespace {

using base::JsonWriter;

constexpr int64_t kMicros = 1'000'000;

void ratio_field(JsonWriter& json, std::string_view name, double value) {
  json.key(name).ratio(value);
}

template <typename Name, size_t kSize>
void counts_field(JsonWriter& json,
                  std::string_view name,
                  const std::array<uint64_t, kSize>& counts) {
  json.key(name).begin_object();
  for (size_t i = 0; i < kSize; ++i) {
    json.field(name_of(static_cast<Name>(i)), counts[i]);
  }
  json.end_object();
}

void write_head(JsonWriter& json, const Snapshot& snapshot) {
  json.field("pipeline", snapshot.pipeline);
  json.field("version", snapshot.version);
  json.field("config_hash", snapshot.config_hash);
  json.field("currency", snapshot.currency);
  json.field("state", name_of(snapshot.state));
  json.field("state_text", snapshot.state_text);
  time_field(json, "now", snapshot.now_us, false);
  json.field("uptime_seconds", snapshot.uptime_us / kMicros);
  json.field("workers", snapshot.workers);
  json.key("shards").begin_object();
  json.field("total", snapshot.shards.total).field("running", snapshot.shards.running);
  json.field("restoring", snapshot.shards.restoring).field("waiting", snapshot.shards.waiting);
  json.end_object();
  optional_field(json, "behind_seconds", snapshot.behind_seconds);
  ratio_field(json, "behind_objective_seconds", snapshot.behind_objective_seconds);
  ratio_field(json, "records_per_second", snapshot.records_per_second);
  ratio_field(json, "items_per_second", snapshot.items_per_second);
}

void write_ledger(JsonWriter& json, const LedgerView& ledger) {
  json.key("ledger").begin_object();
  json.field("records", ledger.records).field("items", ledger.items);
  counts_field<model::Outcome>(json, "outcomes", ledger.outcomes);
  json.field("sent", ledger.sent).field("received", ledger.received);
  json.field("balanced", ledger.balanced).field("text", ledger.text);
  json.end_object();
}

void write_storage(JsonWriter& json, const StateView& state) {
  json.key("storage").begin_object();
  json.key("bytes").begin_object();
  for (const auto& [kind, bytes] : state.bytes_by_kind) {
    json.field(kind, bytes);
  }
  json.end_object();
  optional_field(json, "disk_free_bytes", state.disk_free_bytes);
  optional_field(json, "memory_limit_bytes", state.memory_limit_bytes);
  optional_field(json, "dedup_entries", state.dedup_entries);
  optional_field(json, "open_cells", state.open_cells);
  optional_field(json, "restore_remaining_records", state.restore_remaining_records);
  time_field(json, "last_commit", state.last_commit_us, false);
  json.end_object();
}

void write_source(JsonWriter& json, const SourceView& source) {
  json.begin_object();
  json.field("name", source.name).field("topic", source.topic);
  json.field("records", source.records).field("bytes", source.bytes).field("items", source.items);
  counts_field<model::Outcome>(json, "outcomes", source.outcomes);
  counts_field<model::DuplicateKind>(json, "suppressed", source.suppressed);
  counts_field<model::ErrorClass>(json, "dead_letters", source.dead_letters);
  optional_field(json, "records_per_second", source.records_per_second);
  optional_field(json, "lag_records", source.lag_records);
  optional_field(json, "lag_seconds", source.lag_seconds);
  time_field(json, "watermark", source.watermark, false);
  time_field(json, "last_event", source.last_event, false);
  json.field("idle", source.idle).field("ended", source.ended);
  json.key("voice");
  if (source.voice) {
    json.begin_object().field("state", source.voice->state);
    time_field(json, "last_item", source.voice->last_item, false);
    json.field("expect_every_seconds", source.voice->expect_every_seconds);
    json.end_object();
  } else {
    json.null();
  }
  json.key("partitions").begin_array();
  for (const PartitionView& partition : source.partitions) {
    json.begin_object();
    json.field("partition", partition.number);
    optional_field(json, "lag_records", partition.lag_records);
    time_field(json, "watermark", partition.watermark, false);
    json.field("idle", partition.idle).field("ended", partition.ended);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_cell(JsonWriter& json, const CellView& cell) {
  json.begin_object();
  json.field("window", cell.window);
  time_field(json, "window_start", cell.window_start, true);
  time_field(json, "window_end", cell.window_end, true);
  json.field("brand", cell.brand).field("channel", cell.channel);
  json.field("type", model::name_of(cell.type)).field("kind", name_of(cell.kind));
  json.field("count_total", cell.count_total).field("count_original", cell.count_original);
  json.field("unique_authors", cell.unique_authors).field("engagements", cell.engagements);
  json.field("sentiment_negative", cell.sentiment_negative);
  json.field("sentiment_neutral", cell.sentiment_neutral);
  json.field("sentiment_positive", cell.sentiment_positive);
  json.field("booked", decimal_text(cell.booked_micros));
  json.field("refunds", decimal_text(cell.refunds_micros));
  json.field("spend", decimal_text(cell.spend_micros));
  json.end_object();
}

void write_kpi(JsonWriter& json, const KpiView& kpi) {
  json.begin_object();
  json.field("name", kpi.name).field("window", kpi.window);
  time_field(json, "window_start", kpi.window_start, true);
  time_field(json, "window_end", kpi.window_end, true);
  json.field("brand", kpi.brand).field("channel", kpi.channel).field("kind", name_of(kpi.kind));
  json.field("numerator", kpi.numerator).field("denominator", kpi.denominator);
  optional_field(json, "value", kpi.value);
  optional_field(json, "lower", kpi.lower);
  optional_field(json, "upper", kpi.upper);
  json.end_object();
}

void write_lists(JsonWriter& json, const Snapshot& snapshot) {
  json.key("levels").begin_array();
  for (const LevelView& level : snapshot.levels) {
    json.begin_object().field("level", level.name);
    time_field(json, "watermark", level.watermark, false);
    json.field("holder", level.holder).end_object();
  }
  json.end_array();
  json.key("sources").begin_array();
  for (const SourceView& source : snapshot.sources) {
    write_source(json, source);
  }
  json.end_array();
  json.key("windows").begin_array();
  for (const WindowView& window : snapshot.windows) {
    json.begin_object().field("name", window.name).field("size_seconds", window.size_us / kMicros);
    time_field(json, "closed_through", window.closed_through, true);
    json.end_object();
  }
  json.end_array();
  json.key("problems").begin_array();
  for (const ProblemView& problem : snapshot.problems) {
    json.begin_object().field("severity", name_of(problem.severity)).field("code", problem.code);
    json.field("text", problem.text).field("count", problem.count).end_object();
  }
  json.end_array();
}

void write_series(JsonWriter& json, const std::vector<SeriesPoint>& series) {
  json.key("series").begin_object();
  json.key("time_ms").begin_array();
  for (const SeriesPoint& point : series) {
    json.number(point.time_us / 1'000);
  }
  json.end_array().key("items_per_second").begin_array();
  for (const SeriesPoint& point : series) {
    json.ratio(point.items_per_second);
  }
  json.end_array().key("lag_seconds").begin_array();
  for (const SeriesPoint& point : series) {
    json.ratio(point.lag_seconds);
  }
  json.end_array().end_object();
}

void write_cells(JsonWriter& json,
                 const Snapshot& snapshot,
                 const std::function<bool(const CellView&)>& wanted) {
  std::vector<const CellView*> cells;
  for (const CellView& cell : snapshot.cells) {
    if (wanted(cell)) {
      cells.push_back(&cell);
    }
  }
  size_t omitted = 0;
  if (cells.size() > kCellsPerAnswer) {
    omitted = cells.size() - kCellsPerAnswer;
    std::ranges::stable_sort(
        cells, std::greater<>(), [](const CellView* cell) { return cell->count_total; });
    cells.resize(kCellsPerAnswer);
  }
  json.key("cells").begin_array();
  for (const CellView* cell : cells) {
    write_cell(json, *cell);
  }
  json.end_array();
  json.field("cells_omitted", omitted);
}

}  // namespace

std::string decimal_text(int64_t micros) {
  const bool is_negative = micros < 0;
  const uint64_t size =
      is_negative ? 0 - static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  std::string text = (is_negative ? "-" : "") + std::to_string(size / kMicros);
  if (size % kMicros != 0) {
    std::string decimals = std::to_string(kMicros + static_cast<int64_t>(size % kMicros));
    decimals.front() = '.';
    decimals.erase(decimals.find_last_not_of('0') + 1);
    text += decimals;
  }
  return text;
}

std::string_view default_window(const Snapshot& snapshot) {
  const auto longer = std::ranges::find_if(
      snapshot.windows, [](const WindowView& window) { return window.size_us >= base::kHour; });
  if (longer != snapshot.windows.end()) {
    return longer->name;
  }
  return snapshot.windows.empty() ? std::string_view() : snapshot.windows.front().name;
}

bool has_window(const Snapshot& snapshot, std::string_view window) {
  return std::ranges::find(snapshot.windows, window, &WindowView::name) != snapshot.windows.end();
}

std::string snapshot_json(const Snapshot& snapshot, std::string_view window) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, snapshot);
  write_ledger(json, snapshot.ledger);
  write_storage(json, snapshot.storage);
  write_lists(json, snapshot);
  json.field("window", window);
  write_cells(json, snapshot, [&](const CellView& cell) { return cell.window == window; });
  json.key("kpis").begin_array();
  for (const KpiView& kpi : snapshot.kpis) {
    if (kpi.window == window) {
      write_kpi(json, kpi);
    }
  }
  json.end_array();
  write_series(json, snapshot.series);
  json.end_object();
  out += '\n';
  return out;
}

std::string aggregates_json(const Snapshot& snapshot,
                            std::string_view window,
                            std::string_view brand) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("pipeline", snapshot.pipeline).field("currency", snapshot.currency);
  time_field(json, "now", snapshot.now_us, false);
  write_cells(json, snapshot, [&](const CellView& cell) {
    return (window.empty() || cell.window == window) && (brand.empty() || cell.brand == brand);
  });
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace kaiku::serve
