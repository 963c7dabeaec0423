// Seal: the end of one epoch of the board: closes windows, publishes what changed, writes it to the
// tables and drops what is too old.
//
// Threads: confined to the board; lives for one call.
// Owns:    sums of panes until they are written.
// Cost:    a put per cell that changed, some 3 us per record that is published.
// Fails:   as the tables.
#pragma once

#include <deque>
#include <vector>

#include "board/impl.h"
#include "board/kpi_record.h"

namespace kaiku::board {

class Seal {
 public:
  Seal(Board::Impl& board, bool with_early, std::vector<Published>& out)
      : board_(board), with_early_(with_early), out_(out) {}

  Seal(const Seal&) = delete;
  Seal& operator=(const Seal&) = delete;

  [[nodiscard]] base::Status run();

 private:
  // One activity record to come.
  struct Publication {
    WindowState* window = nullptr;
    Bucket* bucket = nullptr;
    CellKey key;
    Kind kind = Kind::kFinal;
    uint32_t revision = 0;
    const aggregate::Aggregate* figures = nullptr;
    bool is_withheld = false;
  };

  // The cells of one brand in one window, which hide each other where min_cell is set.
  struct Table {
    WindowState* window = nullptr;
    Bucket* bucket = nullptr;
    NameId brand = 0;
  };

  void close_due(WindowState& window);
  void close_sums(WindowState& window, Bucket& bucket);
  [[nodiscard]] base::Status take_dirty();
  [[nodiscard]] base::Status correct_windows_of(WindowState& window, const CellKey& pane);
  // The window of `cell` is closed: its final record, or the next revision.
  void publish_closed(WindowState& window, Cell& cell, const aggregate::Aggregate& figures);
  [[nodiscard]] base::Status publish_early();
  // Of a hopping window; null: nothing is in it any more.
  void publish_early_sum(WindowState& window,
                         Bucket& bucket,
                         const CellKey& key,
                         const aggregate::Aggregate* figures);
  void publish(WindowState& window,
               Bucket& bucket,
               const CellKey& key,
               Kind kind,
               uint32_t revision,
               const aggregate::Aggregate& figures);
  void touch(Cell& cell);

  // With min_cell (seal_private.cc): the window of `cell` is closed, its table has to be judged.
  void hold(WindowState& window, Cell& cell);
  [[nodiscard]] base::Status tell_tables();
  [[nodiscard]] base::Status tell_table(const Table& table);
  void tell_cells(const Table& table, const std::vector<Cell*>& cells);
  [[nodiscard]] base::Result<std::vector<Cell*>> cells_of(const Table& table);
  [[nodiscard]] bool may_be_told(const std::vector<Cell*>& cells) const;
  [[nodiscard]] base::Status withhold_kpis(const Table& table, std::vector<HeadedDraft>& drafts);
  void withhold_family(const std::vector<KpiDraft*>& family,
                       const std::vector<bool>& was_withheld,
                       bool is_first) const;
  void withhold_made(std::vector<HeadedDraft>& drafts) const;
  [[nodiscard]] base::Result<bool> has_withheld(const Table& table,
                                                const KpiHead& head,
                                                const KpiDraft& draft,
                                                bool& is_first) const;

  [[nodiscard]] bool is_before(const Publication& a, const Publication& b) const;
  void write_activity();
  [[nodiscard]] base::Status write_kpis();
  [[nodiscard]] base::Status write_kpis_of(WindowState& window, Bucket& bucket, NameId brand);
  [[nodiscard]] base::Status write_drafts_of(WindowState& window, Bucket& bucket, NameId brand);
  // There is another table of rates: what left sums out is looked at again.
  [[nodiscard]] base::Status write_converted();
  [[nodiscard]] base::Status write_kpi(WindowState& window,
                                       const Bucket& bucket,
                                       const KpiHead& head,
                                       const KpiDraft& draft);
  void write_cells();
  void drop_old(WindowState& window);
  void announce_closed(WindowState& window);
  void evict_closed(WindowState& window);

  Board::Impl& board_;
  const bool with_early_;
  std::vector<Published>& out_;
  std::vector<Publication> publications_;
  std::vector<Cell*> touched_;
  std::deque<aggregate::Aggregate> sums_;  // figures of publications that are no cell's own
  bool only_incomplete_ = false;           // write only KPIs that left sums without a rate out
  bool any_incomplete_ = false;            // of the brand at hand
  std::vector<Table> held_;                // with cells that changed
  std::vector<Table> told_;
  bool has_written_ = false;
};

}  // namespace kaiku::board
