#include "board/small_cells.h"

#include <algorithm>
#include <functional>

namespace kaiku::board {
namespace {

using Cells = std::vector<TableCell>;
using Choice = std::function<bool(const TableCell&)>;

// What is left of a total: nothing, or two cells that hide each other in a crowd.
bool is_safe(const Cells& cells, const Choice& belongs, uint64_t least) {
  size_t withheld = 0;
  bool has_crowd = false;
  for (const TableCell& cell : cells) {
    if (cell.is_withheld && belongs(cell)) {
      ++withheld;
      has_crowd = has_crowd || cell.people >= least;
    }
  }
  return withheld == 0 || (withheld >= 2 && has_crowd);
}

// The published cell with the fewest people; null: none.
TableCell* smallest(Cells& cells, const Choice& belongs) {
  TableCell* found = nullptr;
  for (TableCell& cell : cells) {
    if (!cell.is_withheld && belongs(cell) && (found == nullptr || cell.people < found->people)) {
      found = &cell;
    }
  }
  return found;
}

void withhold_row(Cells& cells, uint32_t row) {
  for (TableCell& cell : cells) {
    cell.is_row_withheld = cell.is_row_withheld || cell.row == row;
  }
}

void hide_in_row(Cells& cells, uint32_t row, uint64_t least, bool is_first) {
  const Choice in_row = [row](const TableCell& cell) { return cell.row == row; };
  while (!is_safe(cells, in_row, least)) {
    TableCell* const more = is_first ? smallest(cells, in_row) : nullptr;
    if (more == nullptr) {
      withhold_row(cells, row);
      return;
    }
    more->is_withheld = true;
  }
}

// Totals of rows are told only where all of them are safe; where one is not, what is left of the
// total of the table are all cells that are withheld.
void hide_in_table(Cells& cells, uint64_t least, bool is_first) {
  const Choice any = [](const TableCell&) { return true; };
  while (!is_safe(cells, any, least)) {
    TableCell* const more = is_first ? smallest(cells, any) : nullptr;
    if (more == nullptr) {
      for (TableCell& cell : cells) {
        cell.is_table_withheld = cell.is_row_withheld = true;
      }
      return;
    }
    more->is_withheld = true;
  }
}

}  // namespace

void withhold_small(Cells& cells, uint64_t least, bool is_first) {
  for (TableCell& cell : cells) {
    cell.is_withheld = cell.is_withheld || cell.people < least;
  }
  // What was withheld of a row or the table before is so for its new cells too.
  const bool is_table_withheld = std::any_of(
      cells.begin(), cells.end(), [](const TableCell& cell) { return cell.is_table_withheld; });
  for (const TableCell& cell : Cells(cells)) {
    if (cell.is_row_withheld) {
      withhold_row(cells, cell.row);
    }
  }
  for (const TableCell& cell : Cells(cells)) {
    if (!cell.is_row_withheld) {
      hide_in_row(cells, cell.row, least, is_first);
    }
  }
  if (!is_table_withheld) {
    hide_in_table(cells, least, is_first);
    return;
  }
  for (TableCell& cell : cells) {
    cell.is_table_withheld = true;
    cell.is_row_withheld = true;
  }
}

}  // namespace kaiku::board
