#include "kaiku/state/change.h"

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::state {
namespace {

using Op = Change::Op;

bool same(const Change& a, const Change& b) {
  return a.table == b.table && a.op == b.op && a.key == b.key && a.value == b.value;
}

std::vector<Change> some_changes() {
  return {{TableId::kCells, Op::kPut, "minute", "one"},
          {TableId::kCells, Op::kPut, "gone", ""},
          {TableId::kDedup, Op::kDropBucket, std::string("\0\1", 2), ""},
          {TableId::kOrders, Op::kMerge, "", "two"},
          {TableId::kMeta, Op::kPut, "", std::string(300, 'x')}};
}

TEST(Change, ReadsBackWhatWasPacked) {
  const std::vector<Change> changes = some_changes();
  std::vector<std::string> records;
  encode_changes(changes, 1 << 20, records);
  ASSERT_EQ(records.size(), 1U);
  std::vector<Change> read;
  ASSERT_TRUE(decode_changes(records[0], read));
  ASSERT_EQ(read.size(), changes.size());
  for (size_t i = 0; i < read.size(); ++i) {
    EXPECT_TRUE(same(read[i], changes[i])) << i;
  }
}

TEST(Change, HasTheBytesOfItsFormat) {
  std::vector<std::string> records;
  encode_changes(std::vector<Change>{{TableId::kCells, Op::kPut, "k", "vw"},
                                     {TableId::kDedup, Op::kDropBucket, "p", ""}},
                 1 << 20,
                 records);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0],
            std::string("\x01\x02"
                        "\x03\x00\x01k\x02vw"
                        "\x02\x02\x01p",
                        13));
}

TEST(Change, SplitsAtTheBoundAndLetsOneLargeChangeThrough) {
  std::vector<Change> changes(100, {TableId::kCells, Op::kPut, "key", std::string(50, 'v')});
  changes.push_back({TableId::kCells, Op::kPut, "large", std::string(5'000, 'v')});
  changes.push_back({TableId::kCells, Op::kPut, "after", "v"});
  std::vector<std::string> records;
  encode_changes(changes, 1'000, records);
  EXPECT_GT(records.size(), 5U);
  std::vector<Change> read;
  size_t above = 0;
  for (const std::string& record : records) {
    above += static_cast<size_t>(record.size() > 1'000);
    ASSERT_TRUE(decode_changes(record, read));
  }
  EXPECT_EQ(above, 1U);
  ASSERT_EQ(read.size(), changes.size());
  EXPECT_EQ(read.back().key, "after");
}

TEST(Change, NothingMakesNoRecord) {
  std::vector<std::string> records;
  encode_changes({}, 1'000, records);
  EXPECT_TRUE(records.empty());
}

TEST(Change, EveryCutAndEveryUnknownByteIsRefusedAndLeavesTheListAlone) {
  std::vector<std::string> records;
  encode_changes(some_changes(), 1 << 20, records);
  const std::string& record = records[0];
  std::vector<Change> read(1);
  for (size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(decode_changes(std::string_view(record).substr(0, size), read)) << size;
  }
  EXPECT_FALSE(decode_changes(record + '\0', read));
  for (const auto& [at, byte] :
       std::vector<std::pair<size_t, char>>{{0, 2}, {1, '\x7f'}, {2, 0}, {2, 99}, {3, 3}}) {
    std::string bad = record;
    bad[at] = byte;
    EXPECT_FALSE(decode_changes(bad, read)) << at;
  }
  EXPECT_EQ(read.size(), 1U);
}

TEST(Change, ACountFromOutsideAllocatesNothing) {
  std::vector<Change> read;
  EXPECT_FALSE(decode_changes("\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f", read));
  EXPECT_EQ(read.capacity(), 0U);
}

TEST(Change, AnyBytesAreRefusedOrReadBack) {
  base::Prng prng(7);
  std::vector<std::string> records;
  encode_changes(some_changes(), 1 << 20, records);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = records[0];
    for (uint64_t flips = 1 + prng.below(3); flips > 0; --flips) {
      bytes[prng.below(bytes.size())] = static_cast<char>(prng.next());
    }
    std::vector<Change> read;
    if (decode_changes(bytes, read)) {
      std::vector<std::string> again;
      encode_changes(read, 1 << 20, again);
      std::vector<Change> second;
      if (!read.empty()) {
        ASSERT_TRUE(decode_changes(again[0], second));
      }
      ASSERT_EQ(second.size(), read.size());
    } else {
      ASSERT_TRUE(read.empty());
    }
  }
}

}  // namespace
}  // namespace kaiku::state
