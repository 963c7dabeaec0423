#include "sim/sim_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

state::WriteBatch put(const std::string& key, const std::string& value) {
  state::WriteBatch batch;
  batch.put(key, value);
  return batch;
}

std::vector<std::string> keys(const SimStore& store, std::string_view begin, std::string_view end) {
  std::vector<std::string> found;
  EXPECT_TRUE(store
                  .scan(begin,
                        end,
                        [&](std::string_view key, std::string_view) {
                          found.emplace_back(key);
                          return found.size() < 3;
                        })
                  .is_ok());
  return found;
}

class SimStoreTest : public ::testing::Test {
 protected:
  SimProcess process;
  SimDisk disk;
  SimStore store{disk, process};
};

TEST_F(SimStoreTest, ReadsWhatWasWrittenInOrder) {
  state::WriteBatch batch;
  for (const char* key : {"b", "a", "d", "c"}) {
    batch.put(key, "1");
  }
  batch.put("a", "2");
  batch.erase("d");
  ASSERT_TRUE(store.write(batch, false).is_ok());
  EXPECT_EQ(store.get("a").value(), "2");
  EXPECT_EQ(store.get("d").value(), std::nullopt);
  EXPECT_THAT(keys(store, "", ""), ElementsAre("a", "b", "c"));
  EXPECT_THAT(keys(store, "b", "c"), ElementsAre("b"));
  state::WriteBatch range;
  range.erase_range("a", "c");
  range.erase_range("z", "a");  // nothing
  ASSERT_TRUE(store.write(range, false).is_ok());
  EXPECT_THAT(keys(store, "", ""), ElementsAre("c"));
  ASSERT_TRUE(store.wipe().is_ok());
  EXPECT_THAT(keys(store, "", ""), IsEmpty());
}

TEST_F(SimStoreTest, AKilledProcessLosesNothing) {
  ASSERT_TRUE(store.write(put("a", "1"), false).is_ok());
  base::Prng prng(1);
  disk.crash(SimDisk::Crash::kProcess, prng);
  EXPECT_EQ(disk.content().size(), 1U);
}

TEST_F(SimStoreTest, APowerFailureLosesASuffixOfWhatWasNotSynced) {
  std::vector<size_t> left(7, 0);
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SimDisk one;
    SimStore handle(one, process);
    ASSERT_TRUE(handle.write(put("0", ""), false).is_ok());
    ASSERT_TRUE(handle.write(put("1", ""), true).is_ok());
    for (const char* key : {"2", "3", "4", "5"}) {
      ASSERT_TRUE(handle.write(put(key, ""), false).is_ok());
    }
    EXPECT_EQ(one.unsynced(), 4U);
    base::Prng prng(seed);
    one.crash(SimDisk::Crash::kPower, prng);
    const size_t count = one.content().size();
    ++left.at(count);
    for (size_t i = 0; i < count; ++i) {  // always a prefix
      EXPECT_EQ(one.content().count(std::to_string(i)), 1U);
    }
    EXPECT_EQ(one.unsynced(), 0U);
  }
  EXPECT_EQ(left[0] + left[1], 0U);
  for (size_t count = 2; count <= 6; ++count) {
    EXPECT_GT(left[count], 0U) << count;
  }
}

TEST_F(SimStoreTest, ALostDiskIsEmptyAndTheSeedChoosesTheCrash) {
  std::vector<int> kinds(3, 0);
  base::Prng prng(3);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(store.write(put("a", "1"), true).is_ok());
    const SimDisk::Crash kind = disk.crash(prng);
    ++kinds.at(static_cast<size_t>(kind));
    EXPECT_EQ(disk.content().empty(), kind == SimDisk::Crash::kDisk);
  }
  for (const int count : kinds) {
    EXPECT_GT(count, 0);
  }
}

TEST_F(SimStoreTest, ADeadProcessWritesNothing) {
  process.blow_after(2);
  ASSERT_TRUE(store.write(put("a", "1"), true).is_ok());
  EXPECT_EQ(store.write(put("b", "1"), true).next(), base::Next::kStop);
  EXPECT_FALSE(store.get("a").has_value());
  EXPECT_FALSE(store.wipe().is_ok());
  EXPECT_EQ(disk.content().size(), 1U);
  process.revive();
  EXPECT_EQ(store.get("a").value(), "1");
}

TEST_F(SimStoreTest, AFullDiskRefusesAndKeepsWhatItHas) {
  ASSERT_TRUE(store.write(put("a", "1"), true).is_ok());
  disk.fail_writes(1);
  EXPECT_EQ(store.write(put("a", "2"), true).exit_code(), base::Exit::kDiskFull);
  EXPECT_EQ(store.get("a").value(), "1");
  ASSERT_TRUE(store.write(put("a", "2"), true).is_ok());
  EXPECT_EQ(store.get("a").value(), "2");
}

}  // namespace
}  // namespace kaiku::sim
