// Board::Impl: the state of the board. board.cc takes deltas in, seal.h ends an epoch, load.h reads
// what the last epoch left, view.h shows it.
//
// Threads: confined to the board.
// Owns:    cells, buckets and names.
// Cost:    see board.h.
// Fails:   see board.h.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kaiku/base/flat_map.h"
#include "kaiku/board/board.h"

#include "board/cell.h"
#include "board/cell_codec.h"
#include "board/names.h"
#include "board/window_state.h"

namespace kaiku::board {

// Where brands go that are beyond a bound.
inline constexpr std::string_view kOtherBrand = "_other";
inline constexpr std::string_view kOtherChannel = "other";

struct Unconverted {
  uint16_t window = 0;
  base::EventTime start = 0;
  NameId brand = 0;

  friend auto operator<=>(const Unconverted&, const Unconverted&) = default;
};

struct Board::Impl {
  Impl(std::shared_ptr<const BoardPlan> plan, state::Tables& tables);

  // A delta on its way into cells.
  struct Incoming {
    base::EventTime time = 0;
    NameId brand = 0;
    NameId channel = 0;
    model::ItemType type = model::ItemType::kMention;
    const aggregate::Aggregate* delta = nullptr;
  };

  [[nodiscard]] base::Status merge(const exchange::DeltaKey& key,
                                   const aggregate::Aggregate& delta);
  [[nodiscard]] base::Status merge_into(WindowState& window, const Incoming& incoming);
  [[nodiscard]] base::Status merge_at(WindowState& window,
                                      base::EventTime start,
                                      const Incoming& incoming);

  void add(Cell& cell, const aggregate::Aggregate& delta);

  // The cell of a key if there is one, in memory or in the tables; null if not.
  [[nodiscard]] base::Result<Cell*> find_cell(WindowState& window, const CellKey& key);
  Cell& make_cell(WindowState& window, Bucket& bucket, const CellKey& key);
  Cell& add_cell(WindowState& window, Bucket& bucket, std::unique_ptr<Cell> cell);
  [[nodiscard]] base::Result<std::unique_ptr<Cell>> read_cell(const WindowState& window,
                                                              const CellKey& key) const;
  // The figures of a pane; read into `storage` if the cell is not in memory. Null: none.
  [[nodiscard]] base::Result<const aggregate::Aggregate*> pane_figures(
      WindowState& window, const CellKey& key, std::deque<aggregate::Aggregate>& storage);
  // The figures of the window that begins at key.start: its pane, or the sum of its panes. Null:
  // none.
  [[nodiscard]] base::Result<const aggregate::Aggregate*> window_figures(
      WindowState& window, const CellKey& key, std::deque<aggregate::Aggregate>& storage);
  // Adds up the panes of the window that begins at `start`, by key; all of them are in memory as
  // long as the window is open or the last one that closed.
  using Sums = boost::unordered_flat_map<CellKey, aggregate::Aggregate, CellKeyHash>;
  void sum_panes(WindowState& window, base::EventTime start, Sums& sums);
  void forget(Cell& cell);
  // Drops the cells of a bucket that nothing has touched since `seal`; true if none is left.
  bool evict(Bucket& bucket, uint64_t seal);

  [[nodiscard]] CellRow row_of(const WindowState& window, const CellKey& key) const;

  // Nothing leaves that is about few people.
  [[nodiscard]] bool is_private() const { return plan->min_cell > 0; }

  // A view shows what records say: with min_cell neither what is withheld or not told, nor money,
  // which only KPI records judge.
  [[nodiscard]] bool is_shown(const Cell& cell) const {
    return !is_private() || (cell.stage != Stage::kNone && !cell.is_withheld && !cell.is_held &&
                             cell.key.type != model::ItemType::kBusinessEvent);
  }

  void count_brand(NameId brand);
  void set_purge(base::EventTime value);

  // The window whose saved time is told; null: none.
  [[nodiscard]] const WindowState* days() const;
  [[nodiscard]] WindowState* window_named(std::string_view name);
  [[nodiscard]] bool has_work() const;

  std::shared_ptr<const BoardPlan> plan;
  state::Tables& tables;
  std::shared_ptr<const money::Rates> rates;
  std::shared_ptr<const money::Prices> prices;  // null: nothing is valued by a price
  std::vector<LateEntry> late;
  Names brands;
  Names channels;
  NameId other_brand;
  NameId other_channel;
  std::vector<bool> brand_has_cells;  // by brand
  size_t brands_with_cells = 0;
  std::vector<WindowState> windows;
  boost::unordered_flat_map<CellKey, std::unique_ptr<Cell>, CellKeyHash> cells;
  std::vector<Cell*> targets;  // of the delta at hand, by window
  std::vector<Cell*> dirty;    // changed in this epoch, in the order of the first change
  std::vector<Cell*> pending;  // in open buckets, changed since they were last published
  base::EventTime watermark = base::kTimeBegin;
  base::EventTime purge = base::kTimeBegin;
  base::EventTime sealed_watermark = base::kTimeBegin;  // closed windows are closed by this one
  uint64_t seal_number = 1;
  BoardCounts counts;
  std::vector<SavedTime> saved;  // of the last seal
  // Windows and what stands in the place of a brand there whose KPI records leave sums without a
  // rate out. Looked at again when another table of rates is there.
  std::set<Unconverted> unconverted;
  bool rates_changed = false;
  size_t bytes = 0;
};

}  // namespace kaiku::board
