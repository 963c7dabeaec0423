#include "sim/sim_partition.h"

#include <gtest/gtest.h>

namespace kaiku::sim {
namespace {

log::Append record(const std::string& value) {
  log::Append append;
  append.value = value;
  return append;
}

TEST(SimPartition, GivesCommittedRecordsInOrder) {
  SimPartition partition;
  EXPECT_EQ(partition.append(record("a"), 5, 0), 0);
  EXPECT_EQ(partition.append(record("b"), 6, 0), 1);
  EXPECT_EQ(partition.stable(), 2);
  EXPECT_EQ(partition.next_readable(1), 1);
  EXPECT_EQ(partition.at(1).value, "b");
  EXPECT_EQ(partition.at(1).timestamp, 6);
}

TEST(SimPartition, NobodyReadsPastAnUndecidedRecord) {
  SimPartition partition;
  partition.append(record("a"), 0, 0);
  partition.append(record("open"), 0, 7);
  partition.append(record("b"), 0, 0);
  EXPECT_EQ(partition.stable(), 1);
  EXPECT_EQ(partition.high(), 3);
  EXPECT_EQ(partition.next_readable(1), 1);  // the end for now
  partition.decide(7, true);
  EXPECT_EQ(partition.stable(), 4);  // three records and a marker
  EXPECT_EQ(partition.next_readable(1), 1);
  EXPECT_EQ(partition.next_readable(3), 4);  // the marker is no record
}

TEST(SimPartition, AbortedRecordsKeepTheirOffsets) {
  SimPartition partition;
  partition.append(record("void"), 0, 7);
  partition.append(record("also void"), 0, 7);
  partition.append(record("b"), 0, 8);
  partition.decide(7, false);
  EXPECT_EQ(partition.stable(), 2);
  partition.decide(8, true);
  EXPECT_EQ(partition.next_readable(0), 2);
  EXPECT_EQ(partition.at(2).value, "b");
}

TEST(SimPartition, DecidingTwiceOrElsewhereChangesNothing) {
  SimPartition partition;
  partition.append(record("a"), 0, 7);
  partition.decide(9, true);
  EXPECT_EQ(partition.high(), 1);
  partition.decide(7, true);
  partition.decide(7, false);
  EXPECT_EQ(partition.high(), 2);
  EXPECT_EQ(partition.at(0).state, SimEntry::State::kCommitted);
}

TEST(SimPartition, TrimmingOnlyMovesForward) {
  SimPartition partition;
  partition.append(record("a"), 0, 0);
  partition.append(record("b"), 0, 0);
  partition.trim(1);
  partition.trim(0);
  EXPECT_EQ(partition.low(), 1);
}

}  // namespace
}  // namespace kaiku::sim
