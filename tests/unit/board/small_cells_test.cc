#include "board/small_cells.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::board {
namespace {

// 'P' published, 'w' withheld, in the order of the cells; then what of the totals is.
std::string told(std::vector<TableCell> cells, uint64_t least = 10, bool is_first = true) {
  withhold_small(cells, least, is_first);
  std::string out;
  bool rows = false;
  bool table = false;
  for (const TableCell& cell : cells) {
    out += cell.is_withheld ? 'w' : 'P';
    rows = rows || cell.is_row_withheld;
    table = table || cell.is_table_withheld;
  }
  return out + (table ? " no totals" : rows ? " no totals of rows" : "");
}

TableCell cell(uint32_t row, uint64_t people) {
  return {row, people, false, false, false};
}

TEST(SmallCells, WhereAllHaveEnoughPeopleAllIsTold) {
  EXPECT_EQ(told({cell(0, 10), cell(0, 11), cell(1, 300)}), "PPP");
}

TEST(SmallCells, ASmallOneTakesTheNextSmallestWithIt) {
  EXPECT_EQ(told({cell(0, 9), cell(0, 500), cell(0, 40)}), "wPw");
}

TEST(SmallCells, TwoSmallOnesDoNotHideEachOther) {
  // Together they are fewer than ten, or the same people on two channels: a third one goes.
  EXPECT_EQ(told({cell(0, 4), cell(0, 8), cell(0, 40), cell(0, 50)}), "wwwP");
}

TEST(SmallCells, ARowThatCannotHideItKeepsItsTotal) {
  EXPECT_EQ(told({cell(0, 3), cell(1, 50), cell(1, 60)}), "wwP no totals of rows");
}

TEST(SmallCells, ABrandWithFewPeopleSaysNothing) {
  EXPECT_EQ(told({cell(0, 3)}), "w no totals");
  EXPECT_EQ(told({cell(0, 3), cell(1, 4), cell(2, 9)}), "www no totals");
}

TEST(SmallCells, WhatWasToldHidesNothingLater) {
  std::vector<TableCell> cells = {cell(0, 9), cell(0, 500)};
  EXPECT_EQ(told(cells, 10, false), "wP no totals");
}

TEST(SmallCells, WhatWasWithheldStaysSo) {
  std::vector<TableCell> cells = {cell(0, 30), cell(0, 40), cell(1, 50)};
  cells[0].is_withheld = cells[1].is_withheld = true;
  EXPECT_EQ(told(cells, 10, false), "wwP");
  cells[2].is_table_withheld = true;
  EXPECT_EQ(told(cells, 10, false), "wwP no totals");
}

// The attacker's arithmetic: what is left of every total that is told, less the cells that are.
TEST(SmallCells, NothingIsLeftOfATotalThatTellsOfFewPeople) {
  base::Prng random(7);
  for (int round = 0; round < 20'000; ++round) {
    const uint64_t least = 2 + random.below(20);
    std::vector<TableCell> cells(1 + random.below(9));
    for (TableCell& each : cells) {
      each = cell(static_cast<uint32_t>(random.below(3)), 1 + random.below(3 * least));
    }
    withhold_small(cells, least);
    std::map<uint32_t, std::vector<uint64_t>> left;
    std::vector<uint64_t> left_of_all;
    bool rows = true;
    bool table = true;
    for (const TableCell& each : cells) {
      ASSERT_TRUE(each.is_withheld || each.people >= least);
      rows = rows && !each.is_row_withheld;
      table = table && !each.is_table_withheld;
      if (each.is_withheld) {
        left[each.row].push_back(each.people);
        left_of_all.push_back(each.people);
      }
    }
    const auto is_safe = [&](const std::vector<uint64_t>& people) {
      return people.empty() ||
             (people.size() > 1 && *std::max_element(people.begin(), people.end()) >= least);
    };
    for (const auto& [row, people] : left) {
      ASSERT_TRUE(!rows || is_safe(people));
    }
    ASSERT_TRUE(!table || is_safe(left_of_all));
    ASSERT_TRUE(table || !rows);
  }
}

}  // namespace
}  // namespace kaiku::board
