#include "board/seal.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "kaiku/base/digest.h"
#include "kaiku/base/json_writer.h"

#include "board/activity_record.h"
#include "board/kpi_drafts.h"

namespace kaiku::board {

using aggregate::Aggregate;
using base::EventTime;
using base::Status;
using state::TableId;

Status Seal::run() {
  board_.saved.clear();
  // A pane whose window buckets were lost with a restart gets them back before windows close.
  for (const Cell* cell : board_.dirty) {
    WindowState& window = board_.windows[cell->key.window];
    if (window.spec().is_hopping()) {
      window.obtain(cell->key.start, board_.sealed_watermark, board_.seal_number);
    }
  }
  ++board_.seal_number;
  for (WindowState& window : board_.windows) {
    close_due(window);
  }
  if (Status status = take_dirty(); !status.is_ok()) {
    return status;
  }
  if (Status status = tell_tables(); !status.is_ok()) {
    return status;
  }
  if (with_early_) {
    if (Status status = publish_early(); !status.is_ok()) {
      return status;
    }
  }
  std::erase_if(board_.pending, [](const Cell* cell) { return !cell->pending; });
  write_activity();
  if (Status status = write_kpis(); !status.is_ok()) {
    return status;
  }
  if (Status status = write_converted(); !status.is_ok()) {
    return status;
  }
  write_cells();
  for (WindowState& window : board_.windows) {
    window.closed_through = window.closes_through(board_.watermark);
    drop_old(window);
    announce_closed(window);
    evict_closed(window);
  }
  board_.sealed_watermark = board_.watermark;
  if (has_written_) {
    board_.tables.put(TableId::kClosed, {}, encode_times(board_.watermark, board_.purge));
  }
  return Status::ok();
}

void Seal::close_due(WindowState& window) {
  while (!window.open.empty() && window.is_due(window.open.begin()->second, board_.watermark)) {
    auto node = window.open.extract(window.open.begin());
    node.mapped().closed_by = board_.seal_number;
    Bucket& bucket = window.closed.insert(std::move(node)).position->second;
    if (window.spec().is_hopping()) {
      close_sums(window, bucket);
    } else {
      for (Cell* cell : bucket.cells) {
        publish_closed(window, *cell, cell->figures);
      }
    }
    for (Cell* cell : bucket.cells) {
      cell->pending = false;
    }
    if (!bucket.cells.empty()) {
      window.resident.insert(bucket.start);
    }
  }
}

void Seal::close_sums(WindowState& window, Bucket& bucket) {
  Board::Impl::Sums sums;
  board_.sum_panes(window, bucket.start, sums);
  for (auto& [key, figures] : sums) {
    const auto found = board_.cells.find(key);
    if (found == board_.cells.end() && figures.is_empty()) {
      continue;
    }
    Cell& cell =
        found != board_.cells.end() ? *found->second : board_.make_cell(window, bucket, key);
    publish_closed(window, cell, sums_.emplace_back(std::move(figures)));
  }
}

Status Seal::take_dirty() {
  for (Cell* cell : std::exchange(board_.dirty, {})) {
    cell->dirty = false;
    touch(*cell);
    WindowState& window = board_.windows[cell->key.window];
    if (window.spec().is_hopping()) {
      if (Status status = correct_windows_of(window, cell->key); !status.is_ok()) {
        return status;
      }
    } else if (cell->bucket->is_closed() && cell->bucket->closed_by != board_.seal_number) {
      publish_closed(window, *cell, cell->figures);
    }
  }
  return Status::ok();
}

Status Seal::correct_windows_of(WindowState& window, const CellKey& pane) {
  CellKey key = pane;
  for (int64_t i = 0; i < window.spec().panes(); ++i) {
    if (window.is_dropped(key.start)) {
      break;
    }
    Bucket* bucket = window.find(key.start);
    if (bucket != nullptr && bucket->is_closed() && bucket->closed_by != board_.seal_number) {
      const auto found = board_.find_cell(window, key);
      if (!found) {
        return found.error();
      }
      Cell* cell = *found;
      if (cell == nullptr || cell->corrected_by != board_.seal_number) {
        const auto figures = board_.window_figures(window, key, sums_);
        if (!figures) {
          return figures.error();
        }
        static const Aggregate kNothing;
        if (cell == nullptr && *figures != nullptr) {
          cell = &board_.make_cell(window, *bucket, key);
        }
        if (cell != nullptr) {
          cell->corrected_by = board_.seal_number;
          publish_closed(window, *cell, *figures != nullptr ? **figures : kNothing);
        }
      }
    }
    key.start = window.pane_before(key.start);
  }
  return Status::ok();
}

void Seal::publish_closed(WindowState& window, Cell& cell, const Aggregate& figures) {
  if (cell.stage == Stage::kNone && figures.is_empty()) {
    return;  // it came and was taken back: nothing was ever said about it
  }
  if (board_.is_private()) {
    hold(window, cell);
    return;
  }
  const bool is_first = cell.stage == Stage::kNone || cell.stage == Stage::kEarly;
  cell.stage = is_first ? Stage::kFinal : Stage::kRevision;
  cell.revision = is_first ? 0 : cell.revision + 1;
  touch(cell);
  publish(window,
          *cell.bucket,
          cell.key,
          is_first ? Kind::kFinal : Kind::kRevision,
          cell.revision,
          figures);
}

Status Seal::publish_early() {
  for (Cell* cell : board_.pending) {
    if (!cell->pending) {
      continue;  // closed meanwhile
    }
    cell->pending = false;
    touch(*cell);
    WindowState& window = board_.windows[cell->key.window];
    if (!window.spec().is_hopping()) {
      if (cell->stage != Stage::kNone || !cell->figures.is_empty()) {
        cell->stage = Stage::kEarly;
        publish(window, *cell->bucket, cell->key, Kind::kEarly, 0, cell->figures);
      }
      continue;
    }
    // Of the windows a pane belongs to, the one that ends with it: "the last hour, until now".
    CellKey key = cell->key;
    key.start = window.first_window_of(key.start);
    Bucket* bucket = window.find(key.start);
    if (bucket == nullptr || bucket->is_closed()) {
      continue;
    }
    const auto figures = board_.window_figures(window, key, sums_);
    if (!figures) {
      return figures.error();
    }
    publish_early_sum(window, *bucket, key, *figures);
  }
  return Status::ok();
}

// The cell of the window remembers it: what was said early gets its final, even if all of it is
// taken back until then.
void Seal::publish_early_sum(WindowState& window,
                             Bucket& bucket,
                             const CellKey& key,
                             const Aggregate* figures) {
  static const Aggregate kNothing;
  const auto found = board_.cells.find(key);
  Cell* cell = found != board_.cells.end() ? found->second.get() : nullptr;
  if (figures == nullptr && (cell == nullptr || cell->stage == Stage::kNone)) {
    return;
  }
  if (cell == nullptr) {
    cell = &board_.make_cell(window, bucket, key);
  }
  cell->stage = Stage::kEarly;
  touch(*cell);
  publish(window, bucket, key, Kind::kEarly, 0, figures != nullptr ? *figures : kNothing);
}

void Seal::publish(WindowState& window,
                   Bucket& bucket,
                   const CellKey& key,
                   Kind kind,
                   uint32_t revision,
                   const Aggregate& figures) {
  publications_.push_back({&window, &bucket, key, kind, revision, &figures, false});
}

void Seal::touch(Cell& cell) {
  if (cell.touched != board_.seal_number) {
    cell.touched = board_.seal_number;
    touched_.push_back(&cell);
  }
}

// In the order in which windows close, then by name: the same whatever the order of arrival.
bool Seal::is_before(const Publication& a, const Publication& b) const {
  const auto place = [](const Publication& p) {
    return std::tuple(
        p.bucket->end + p.window->spec().final_after_us(), p.window->index(), p.key.start);
  };
  const auto left = place(a);
  const auto right = place(b);
  if (left != right) {
    return left < right;
  }
  if (a.key.brand != b.key.brand) {
    return board_.brands.at(a.key.brand) < board_.brands.at(b.key.brand);
  }
  if (a.key.channel != b.key.channel) {
    return board_.channels.at(a.key.channel) < board_.channels.at(b.key.channel);
  }
  return a.key.type < b.key.type;
}

void Seal::write_activity() {
  std::sort(publications_.begin(),
            publications_.end(),
            [this](const Publication& a, const Publication& b) { return is_before(a, b); });
  out_.reserve(out_.size() + publications_.size());
  for (const Publication& p : publications_) {
    if (exchange::is_aside(board_.brands.at(p.key.brand))) {
      continue;  // its brands say so themselves
    }
    ActivityHead head;
    head.pipeline = board_.plan->pipeline;
    head.brand = board_.brands.at(p.key.brand);
    head.channel = board_.channels.at(p.key.channel);
    head.type = p.key.type;
    head.window = p.window->spec().name();
    head.start = p.bucket->start;
    head.end = p.bucket->end;
    head.kind = p.kind;
    head.revision = p.revision;
    head.watermark = board_.watermark;
    out_.push_back(p.is_withheld ? withheld_activity_record(head, board_.plan->min_cell)
                                 : activity_record(head, *p.figures));
  }
}

Status Seal::write_kpis() {
  for (const Table& table : told_) {
    if (table.window->makes_kpis()) {
      if (Status status = write_kpis_of(*table.window, *table.bucket, table.brand);
          !status.is_ok()) {
        return status;
      }
    }
  }
  if (board_.is_private()) {
    return Status::ok();
  }
  const Publication* last = nullptr;
  for (const Publication& p : publications_) {
    if (!p.window->makes_kpis() || p.kind == Kind::kEarly) {
      continue;
    }
    const bool is_same =
        last != nullptr && last->bucket == p.bucket && last->key.brand == p.key.brand;
    if (!is_same) {
      if (Status status = write_kpis_of(*p.window, *p.bucket, p.key.brand); !status.is_ok()) {
        return status;
      }
    }
    last = &p;
  }
  return Status::ok();
}

Status Seal::write_converted() {
  if (!std::exchange(board_.rates_changed, false)) {
    return Status::ok();
  }
  only_incomplete_ = true;
  const std::set<Unconverted> places = board_.unconverted;
  for (const Unconverted& place : places) {
    WindowState& window = board_.windows[place.window];
    Bucket* bucket = window.find(place.start);
    if (bucket == nullptr || !bucket->is_closed() || window.is_dropped(place.start) ||
        bucket->closed_by == board_.seal_number) {
      continue;
    }
    if (Status status = write_kpis_of(window, *bucket, place.brand); !status.is_ok()) {
      return status;
    }
  }
  only_incomplete_ = false;
  return Status::ok();
}

Status Seal::write_kpis_of(WindowState& window, Bucket& bucket, NameId brand) {
  any_incomplete_ = false;
  Status status = write_drafts_of(window, bucket, brand);
  const Unconverted place{window.index(), bucket.start, brand};
  if (any_incomplete_) {
    board_.unconverted.insert(place);
  } else {
    board_.unconverted.erase(place);
  }
  return status;
}

Status Seal::write_drafts_of(WindowState& window, Bucket& bucket, NameId brand) {
  auto drafts = draft_kpis_of(board_, window, bucket, brand);
  if (!drafts) {
    return drafts.error();
  }
  if (board_.is_private()) {
    if (Status status = withhold_kpis({&window, &bucket, brand}, *drafts); !status.is_ok()) {
      return status;
    }
  }
  for (const HeadedDraft& each : *drafts) {
    if (Status status = write_kpi(window, bucket, each.head, each.draft); !status.is_ok()) {
      return status;
    }
  }
  window.kpis.show(brand, kpi_set_of(window, bucket, board_.brands.at(brand), *drafts));
  return Status::ok();
}

Status Seal::write_kpi(WindowState& window,
                       const Bucket& bucket,
                       const KpiHead& head,
                       const KpiDraft& draft) {
  const std::string place = place_of(draft);
  CellRow row{window.spec().name(), bucket.start, head.brand, place, 0};
  row.type = static_cast<uint8_t>(kKpiRow | static_cast<uint8_t>(draft.kpi));
  std::string key = cell_row_key(row);
  KpiState state;
  bool is_first = true;
  if (bucket.closed_by != board_.seal_number) {  // else it has never been published
    const auto stored = board_.tables.get(TableId::kCells, key);
    if (!stored) {
      return stored.error();
    }
    is_first = !stored->has_value();
    if (!is_first && !decode_kpi_state(**stored, state)) {
      return {base::Next::kRestore, "board: the state of a KPI record does not decode"};
    }
  }
  if (only_incomplete_ && (is_first || !state.incomplete)) {
    return Status::ok();
  }
  const base::Digest content = content_of(draft);
  any_incomplete_ = any_incomplete_ || (draft.incomplete && (!is_first || draft.has_figures));
  if (is_first ? !draft.has_figures : state.content == content) {
    return Status::ok();
  }
  state.incomplete = draft.incomplete;
  state.revision = is_first ? 0 : state.revision + 1;
  state.content = content;
  if (is_first && draft.kpi == Kpi::kInterruptionsAvoided && &window == board_.days()) {
    board_.saved.push_back({std::string(head.brand), draft.channel, draft.saved_us});
  }
  out_.push_back(
      kpi_record(head, draft, is_first ? Kind::kFinal : Kind::kRevision, state.revision));
  board_.tables.put(TableId::kCells, std::move(key), encode_kpi_state(state));
  has_written_ = true;
  return Status::ok();
}

void Seal::write_cells() {
  std::string value;
  for (Cell* cell : touched_) {
    const WindowState& window = board_.windows[cell->key.window];
    const size_t now = cell->figures.memory_bytes() + sizeof(Cell);
    board_.bytes += now - cell->bytes;
    cell->bytes = now;
    encode_cell(*cell, value);
    board_.tables.put(TableId::kCells, cell_row_key(board_.row_of(window, cell->key)), value);
    has_written_ = true;
  }
}

void Seal::drop_old(WindowState& window) {
  while (window.has_droppable()) {
    const auto oldest = window.closed.begin();
    board_.tables.drop_bucket(TableId::kCells, bucket_prefix(window.spec().name(), oldest->first));
    for (Cell* cell : oldest->second.cells) {
      board_.forget(*cell);
    }
    std::erase_if(board_.unconverted, [&](const Unconverted& place) {
      return place.window == window.index() && place.start == oldest->first;
    });
    window.resident.erase(oldest->first);
    window.closed.erase(oldest);
    has_written_ = true;
  }
}

void Seal::announce_closed(WindowState& window) {
  if (window.closed_through == base::kTimeBegin) {
    return;
  }
  std::vector<NameId> behind;
  window.announced.resize(board_.brands.size(), base::kTimeBegin);
  for (NameId brand = 0; brand < board_.brand_has_cells.size(); ++brand) {
    if (board_.brand_has_cells[brand] && window.announced[brand] < window.closed_through &&
        !exchange::is_aside(board_.brands.at(brand))) {
      behind.push_back(brand);
    }
  }
  std::sort(behind.begin(), behind.end(), [this](NameId a, NameId b) {
    return board_.brands.at(a) < board_.brands.at(b);
  });
  const std::string& name = window.spec().name();
  const std::string through = base::format_seconds(window.closed_through);
  for (const NameId brand : behind) {
    window.announced[brand] = window.closed_through;
    Published record;
    record.dataset = Dataset::kClosed;
    record.window = name;
    record.window_start = window.closed_through;
    base::JsonWriter key(record.key);
    key.begin_object();
    key.field("brand", board_.brands.at(brand)).field("window", name);
    key.end_object();
    base::JsonWriter json(record.value);
    json.begin_object();
    json.field("schema", "kaiku.closed.v1").field("pipeline", board_.plan->pipeline);
    json.field("brand", board_.brands.at(brand)).field("window", name);
    json.field("closed_through", through);
    json.end_object();
    out_.push_back(std::move(record));
    board_.tables.put(TableId::kClosed,
                      closed_row_key(name, board_.brands.at(brand)),
                      encode_time(window.closed_through));
    has_written_ = true;
  }
}

void Seal::evict_closed(WindowState& window) {
  std::erase_if(window.resident, [&](EventTime start) {
    const auto found = window.closed.find(start);
    const bool is_last = std::next(found) == window.closed.end();
    return !is_last && board_.evict(found->second, board_.seal_number);
  });
}

}  // namespace kaiku::board
