#include "board/cell_codec.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::board {
namespace {

std::string encoded(const Cell& cell) {
  std::string value = "what was there before";
  encode_cell(cell, value);
  return value;
}

TEST(CellCodec, KeysComeBackAsTheyWere) {
  for (const base::EventTime start :
       {base::kTimeBegin, int64_t{-1}, int64_t{0}, int64_t{77}, base::kTimeEnd}) {
    const CellRow row{"hour", start, "kirkas \xff", "", 3};
    const std::string key = cell_row_key(row);
    CellRow back;
    ASSERT_TRUE(parse_cell_row_key(key, back));
    EXPECT_EQ(back.window, row.window);
    EXPECT_EQ(back.start, start);
    EXPECT_EQ(back.brand, row.brand);
    EXPECT_EQ(back.channel, row.channel);
    EXPECT_EQ(back.type, row.type);
    EXPECT_EQ(key.rfind(bucket_prefix("hour", start), 0), 0U);
    for (size_t size = 0; size < key.size(); ++size) {
      EXPECT_FALSE(parse_cell_row_key(key.substr(0, size), back)) << size;
    }
    EXPECT_FALSE(parse_cell_row_key(key + "x", back));
  }
}

TEST(CellCodec, KeysOfAWindowAreInTheOrderOfTime) {
  const std::vector<base::EventTime> starts = {
      base::kTimeBegin, -base::kDay, -1, 0, 1, 255, 256, base::kDay, base::kTimeEnd};
  for (size_t i = 1; i < starts.size(); ++i) {
    EXPECT_LT(bucket_prefix("hour", starts[i - 1]), bucket_prefix("hour", starts[i]));
  }
  EXPECT_NE(bucket_prefix("hour", 0).rfind(bucket_prefix("hou", 0), 0), 0U);
}

TEST(CellCodec, CellsComeBackAsTheyWereOrNotAtAll) {
  Cell cell;
  cell.stage = Stage::kRevision;
  cell.pending = true;
  cell.revision = 70'000;
  cell.figures.likes = 5;
  cell.figures.authors.add(77);
  const std::string value = encoded(cell);
  Cell back;
  ASSERT_TRUE(decode_cell(value, back));
  EXPECT_EQ(back.stage, Stage::kRevision);
  EXPECT_TRUE(back.pending);
  EXPECT_EQ(back.revision, 70'000U);
  EXPECT_EQ(encoded(back), value);
  for (size_t size = 0; size < value.size(); ++size) {
    EXPECT_FALSE(decode_cell(value.substr(0, size), back)) << size;
  }
  EXPECT_FALSE(decode_cell(value + "x", back));
  base::Prng prng(9);
  for (int round = 0; round < 2'000; ++round) {
    std::string bad = value;
    bad[prng.below(bad.size())] ^= static_cast<char>(1 + prng.below(255));
    if (decode_cell(bad, back)) {
      EXPECT_LE(back.stage, Stage::kRevision);
    }
  }
}

TEST(CellCodec, KpiStatesAndTimesComeBackOrNotAtAll) {
  const std::string state = encode_kpi_state({7, {1, 2}});
  KpiState back;
  ASSERT_TRUE(decode_kpi_state(state, back));
  EXPECT_EQ(back.revision, 7U);
  EXPECT_EQ(back.content, (base::Digest{1, 2}));
  EXPECT_FALSE(decode_kpi_state(state + "x", back));
  EXPECT_FALSE(decode_kpi_state(state.substr(1), back));
  base::EventTime first = 0;
  base::EventTime second = 0;
  ASSERT_TRUE(decode_times(encode_times(base::kTimeBegin, 5), first, second));
  EXPECT_EQ(first, base::kTimeBegin);
  EXPECT_EQ(second, 5);
  EXPECT_FALSE(decode_times(encode_time(5), first, second));
  ASSERT_TRUE(decode_time(encode_time(-5), first));
  EXPECT_EQ(first, -5);
  EXPECT_FALSE(decode_time("", first));
}

}  // namespace
}  // namespace kaiku::board
