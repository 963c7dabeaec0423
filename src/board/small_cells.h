// Small cells: which cells of one table (a brand and window) are withheld so that no number that
// leaves is about fewer than `least` people, nor can be computed from those that leave.
//
// A table has rows (types) and cells in them (channels). Published are cells, totals of rows and
// the total of the table; whoever reads them knows of each total what is left of it when the
// published cells are taken away. So what is left of a total must be nothing, or two cells of which
// one alone has enough people: a sum of them tells of no one. A total that cannot be kept so is
// withheld as well; totals of rows may be told only if none of them is.
//
// Threads: any.
// Owns:    nothing.
// Cost:    quadratic in the cells of the table in the worst case; a table has some dozens.
// Fails:   never.
#pragma once

#include <cstdint>
#include <vector>

namespace kaiku::board {

struct TableCell {
  uint32_t row = 0;
  uint64_t people = 0;  // at least so many
  // In: what was decided when the table was first told, which holds for good. Out: what holds now.
  bool is_withheld = false;
  bool is_row_withheld = false;    // the total of its row
  bool is_table_withheld = false;  // the total of the table
};

// In a fixed order of the cells the answer depends on their content only: of cells with equally
// many people the first is taken. `is_first`: nothing of the table has been told, so any cell may
// be withheld to hide another. Later that would hide nothing, what was told is known; so a total
// that is not safe is withheld instead.
void withhold_small(std::vector<TableCell>& cells, uint64_t least, bool is_first = true);

}  // namespace kaiku::board
