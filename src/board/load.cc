#include "board/load.h"

#include <map>
#include <string>
#include <utility>

namespace kaiku::board {
namespace {

using base::EventTime;
using base::Status;

Status damaged(std::string what) {
  return {base::Next::kRestore, "board: " + std::move(what) + "; it is rebuilt from the changelog"};
}

// A time that arithmetic with durations cannot overflow.
bool is_sound(EventTime time) {
  return time >= base::kTimeBegin && time <= base::kTimeEnd;
}

class Loader {
 public:
  explicit Loader(Board::Impl& board) : board_(board) {}

  [[nodiscard]] Status run() {
    for (const auto table : {state::TableId::kClosed, state::TableId::kCells}) {
      Status outcome;
      const Status scanned = board_.tables.scan(table, [&](auto key, auto value) {
        if (outcome.is_ok()) {
          outcome =
              table == state::TableId::kClosed ? closed_row(key, value) : cell_row(key, value);
        }
      });
      if (!scanned.is_ok() || !outcome.is_ok()) {
        return scanned.is_ok() ? outcome : scanned;
      }
    }
    for (const auto& [window, rows] : last_closed_) {
      for (const auto& [row, value] : rows) {
        if (Status status = add_cell(row, value); !status.is_ok()) {
          return status;
        }
      }
    }
    set_closed_through();
    return Status::ok();
  }

 private:
  Status closed_row(std::string_view key, std::string_view value) {
    if (key.empty()) {
      EventTime watermark = 0;
      EventTime purge = 0;
      if (!decode_times(value, watermark, purge) || !is_sound(watermark) || !is_sound(purge)) {
        return damaged("its watermarks do not decode");
      }
      board_.watermark = board_.sealed_watermark = watermark;
      if (is_real(purge)) {
        board_.set_purge(purge);
      }
      return Status::ok();
    }
    const size_t end = key.find('\0');
    EventTime through = 0;
    if (end == std::string_view::npos || !decode_time(value, through) || !is_sound(through)) {
      return damaged("a closed_through does not decode");
    }
    const NameId brand = board_.brands.intern(key.substr(end + 1));
    WindowState* window = board_.window_named(key.substr(0, end));
    if (brand == kNoName || window == nullptr) {
      return damaged("a closed_through names no window or brand of this plan");
    }
    board_.count_brand(brand);
    if (window->announced.size() <= brand) {
      window->announced.resize(brand + size_t{1}, base::kTimeBegin);
    }
    window->announced[brand] = through;
    window->closed_through = std::max(window->closed_through, through);
    return Status::ok();
  }

  Status cell_row(std::string_view key, std::string_view value) {
    CellRow row;
    if (!parse_cell_row_key(key, row)) {
      return damaged("the key of a cell does not decode");
    }
    if ((row.type & kKpiRow) != 0) {
      return kpi_row(row, value);
    }
    CellKey cell;
    WindowState* window = key_of(row, cell);
    if (window == nullptr) {
      return damaged("a cell names no window, pane, brand or type of this plan");
    }
    Bucket& bucket = window->obtain_one(cell.start, board_.sealed_watermark, board_.seal_number);
    ++bucket.keys;
    board_.count_brand(cell.brand);
    if (window->keeps_keys()) {
      bucket.add_key(cell);
    }
    if (!bucket.is_closed()) {
      window->obtain(cell.start, board_.sealed_watermark, board_.seal_number);
      return add_cell(cell, value);
    }
    auto& last = last_closed_[cell.window];
    if (!last.empty() && last.front().first.start != cell.start) {
      last.clear();  // rows come in the order of time
    }
    last.emplace_back(cell, value);
    return Status::ok();
  }

  // Read when the window is corrected; what left sums without a rate out may get one before.
  Status kpi_row(const CellRow& row, std::string_view value) {
    KpiState state;
    if (!decode_kpi_state(value, state)) {
      return damaged("the state of a KPI record does not decode");
    }
    WindowState* window = board_.window_named(row.window);
    if (!state.incomplete || window == nullptr) {
      return Status::ok();
    }
    const std::string cells = cells_of(row);
    const NameId brand = board_.brands.intern(cells.empty() ? row.brand : cells);
    if (brand != kNoName) {
      board_.unconverted.insert({window->index(), row.start, brand});
      board_.rates_changed = true;
    }
    return Status::ok();
  }

  // What a campaign cost is said of its brand, and made of cells of its own.
  [[nodiscard]] static std::string cells_of(const CellRow& row) {
    const size_t id = row.channel.find(exchange::kPlaceSeparator);
    const size_t step =
        id == std::string_view::npos ? id : row.channel.find(exchange::kPlaceSeparator, id + 1);
    if (step == std::string_view::npos) {
      return {};
    }
    const bool is_whole = row.channel.ends_with("campaign");
    return (is_whole ? exchange::kPeriodMark : exchange::kCampaignMark) +
           std::string(row.channel.substr(id + 1, step - id - 1));
  }

  WindowState* key_of(const CellRow& row, CellKey& cell) {
    WindowState* window = board_.window_named(row.window);
    if (window == nullptr || !is_sound(row.start) ||
        window->spec().pane_start(row.start) != row.start ||
        row.type > static_cast<uint8_t>(model::ItemType::kBusinessEvent)) {
      return nullptr;
    }
    cell.start = row.start;
    cell.window = window->index();
    cell.type = static_cast<model::ItemType>(row.type);
    cell.brand = board_.brands.intern(row.brand);
    cell.channel = board_.channels.intern(row.channel);
    return cell.brand == kNoName || cell.channel == kNoName ? nullptr : window;
  }

  Status add_cell(const CellKey& key, std::string_view value) {
    auto cell = std::make_unique<Cell>();
    cell->key = key;
    if (!decode_cell(value, *cell)) {
      return damaged("a cell does not decode");
    }
    WindowState& window = board_.windows[key.window];
    Cell& added = board_.add_cell(window, *window.find(key.start), std::move(cell));
    if (added.bucket->is_closed()) {
      added.pending = false;
    } else if (added.pending) {
      board_.pending.push_back(&added);
    }
    return Status::ok();
  }

  void set_closed_through() {
    if (board_.sealed_watermark == base::kTimeBegin) {
      return;
    }
    for (WindowState& window : board_.windows) {
      window.closed_through = window.closes_through(board_.sealed_watermark);
    }
  }

  Board::Impl& board_;
  std::map<uint16_t, std::vector<std::pair<CellKey, std::string>>> last_closed_;
};

}  // namespace

Status load_board(Board::Impl& board) {
  return Loader(board).run();
}

}  // namespace kaiku::board
