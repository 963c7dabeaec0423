#include "kaiku/state/tables.h"

#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::state {
namespace {

using base::Next;
using base::Status;

// A MemoryStore that counts what is written to it, and refuses to when told.
class WatchedStore final : public Store {
 public:
  [[nodiscard]] base::Result<std::optional<std::string>> get(std::string_view key) const override {
    ++gets;
    return inner.get(key);
  }

  [[nodiscard]] Status scan(std::string_view begin,
                            std::string_view end,
                            const Visit& visit) const override {
    return inner.scan(begin, end, visit);
  }

  [[nodiscard]] Status write(const WriteBatch& batch, bool sync) override {
    if (refuses) {
      return Status::stop(base::Exit::kDiskFull, "full");
    }
    ++writes;
    entries += batch.entries().size();
    return inner.write(batch, sync);
  }

  [[nodiscard]] Status wipe() override { return inner.wipe(); }

  MemoryStore inner;
  mutable size_t gets = 0;
  size_t writes = 0;
  size_t entries = 0;
  bool refuses = false;
};

std::unique_ptr<Tables> open(Store& store, size_t fold_bytes = 8U << 20) {
  auto tables = open_tables(store, "shard 0 of 1", fold_bytes);
  EXPECT_TRUE(tables.has_value());
  return std::move(tables).value();
}

std::string get(const Tables& tables, TableId table, std::string_view key) {
  const auto value = tables.get(table, key);
  EXPECT_TRUE(value.has_value());
  return value->value_or("(nothing)");
}

std::string dump(const Tables& tables, TableId table) {
  std::string all;
  EXPECT_TRUE(tables
                  .scan(table,
                        [&](auto key, auto value) {
                          all.append(key).append("=").append(value).append(" ");
                        })
                  .is_ok());
  return all;
}

void commit(Tables& tables, uint64_t epoch) {
  (void)tables.seal();
  const Status status = tables.commit({epoch, static_cast<int64_t>(10 * epoch)});
  ASSERT_TRUE(status.is_ok()) << status.message();
}

TEST(Tables, ReadTheOpenEpochFirstAndThenWhatIsBelow) {
  MemoryStore store;
  const auto tables = open(store, 0);
  tables->put(TableId::kCells, "a", "stored");
  tables->put(TableId::kCells, "b", "stored");
  tables->put(TableId::kCells, "c", "stored");
  commit(*tables, 1);
  tables->put(TableId::kCells, "b", "sealed");
  tables->put(TableId::kCells, "c", "sealed");
  (void)tables->seal();
  tables->put(TableId::kCells, "c", "open");
  tables->put(TableId::kOrders, "a", "of another table");
  EXPECT_EQ(dump(*tables, TableId::kCells), "a=stored b=sealed c=open ");
  EXPECT_EQ(get(*tables, TableId::kCells, "a"), "stored");
  EXPECT_EQ(get(*tables, TableId::kCells, "b"), "sealed");
  EXPECT_EQ(get(*tables, TableId::kCells, "c"), "open");
  EXPECT_EQ(get(*tables, TableId::kOrders, "a"), "of another table");
  EXPECT_EQ(get(*tables, TableId::kOrders, "b"), "(nothing)");
}

TEST(Tables, AnErasedKeyHidesEveryOlderValue) {
  MemoryStore store;
  for (const size_t fold_bytes : {size_t{0}, size_t{1} << 20}) {
    ASSERT_TRUE(store.wipe().is_ok());
    const auto tables = open(store, fold_bytes);
    tables->put(TableId::kOrders, "a", "1");
    commit(*tables, 1);
    tables->erase(TableId::kOrders, "a");
    EXPECT_EQ(get(*tables, TableId::kOrders, "a"), "(nothing)");
    EXPECT_EQ(dump(*tables, TableId::kOrders), "");
    commit(*tables, 2);
    EXPECT_EQ(get(*tables, TableId::kOrders, "a"), "(nothing)");
    EXPECT_EQ(dump(*tables, TableId::kOrders), "");
  }
}

TEST(Tables, ADroppedBucketIsGoneInEveryLayerAndItsTableOnly) {
  MemoryStore store;
  const auto tables = open(store, 0);
  tables->put(TableId::kCells, "m1.a", "stored");
  tables->put(TableId::kCells, "m2.a", "stored");
  tables->put(TableId::kOrders, "m1.a", "kept");
  commit(*tables, 1);
  tables->put(TableId::kCells, "m1.b", "sealed");
  (void)tables->seal();
  tables->put(TableId::kCells, "m1.c", "open");
  tables->drop_bucket(TableId::kCells, "m1.");
  EXPECT_EQ(dump(*tables, TableId::kCells), "m2.a=stored ");
  EXPECT_EQ(get(*tables, TableId::kCells, "m1.a"), "(nothing)");
  EXPECT_EQ(get(*tables, TableId::kCells, "m1.b"), "(nothing)");
  EXPECT_EQ(get(*tables, TableId::kCells, "m1.c"), "(nothing)");
  EXPECT_EQ(get(*tables, TableId::kOrders, "m1.a"), "kept");
  tables->put(TableId::kCells, "m1.c", "again");
  EXPECT_EQ(dump(*tables, TableId::kCells), "m1.c=again m2.a=stored ");
}

TEST(Tables, SealGivesChangesInAnOrderThatCanBeRedone) {
  MemoryStore store;
  const auto tables = open(store);
  tables->put(TableId::kCells, "p1", "lost");
  tables->put(TableId::kCells, "q", "first");
  tables->drop_bucket(TableId::kCells, "p");
  tables->put(TableId::kCells, "p1", "kept");
  tables->put(TableId::kCells, "q", "second");
  tables->erase(TableId::kOrders, "o");
  const std::vector<Change> changes = tables->seal();
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[0].value, "second");
  EXPECT_EQ(changes[1].op, Change::Op::kDropBucket);
  EXPECT_EQ(changes[2].value, "kept");
  EXPECT_EQ(changes[3].key, "o");
  EXPECT_EQ(changes[3].value, "");
}

TEST(Tables, ACommitWritesNothingUntilMuchHasChanged) {
  WatchedStore store;
  const auto tables = open(store);
  const size_t writes = store.writes;
  for (int i = 0; i < 1'000; ++i) {
    tables->put(TableId::kCells, std::to_string(i), "value");
  }
  commit(*tables, 1);
  EXPECT_EQ(store.writes, writes);
  EXPECT_EQ(get(*tables, TableId::kCells, "999"), "value");
}

TEST(Tables, AFoldWritesEachChangedKeyOnce) {
  WatchedStore store;
  const auto tables = open(store, 3'000);
  uint64_t epoch = 0;
  for (int i = 0; i < 20; ++i) {
    tables->put(TableId::kCells, "hot", std::string(60, 'v'));
    commit(*tables, ++epoch);
  }
  const size_t writes = store.writes;
  const size_t entries = store.entries;
  tables->put(TableId::kCells, "hot", std::string(3'000, 'v'));
  commit(*tables, ++epoch);
  EXPECT_EQ(store.writes, writes + 1);
  EXPECT_EQ(store.entries, entries + 2);  // the value and the mark
  EXPECT_EQ(get(*tables, TableId::kCells, "hot").size(), 3'000U);
}

TEST(Tables, FlushedTheStoreStandsWhereTheyDo) {
  MemoryStore store;
  const auto tables = open(store);
  tables->put(TableId::kCells, "a", "1");
  tables->put(TableId::kCells, "b", "1");
  commit(*tables, 1);
  tables->erase(TableId::kCells, "b");
  commit(*tables, 2);
  tables->put(TableId::kCells, "a", "open");
  EXPECT_EQ(open(store)->mark().epoch, 0U);
  ASSERT_TRUE(tables->flush().is_ok());
  EXPECT_EQ(open(store)->mark().epoch, 2U);
  EXPECT_EQ(open(store)->mark().changelog_position, 20);
  EXPECT_EQ(dump(*open(store), TableId::kCells), "a=1 ");
  EXPECT_EQ(get(*tables, TableId::kCells, "a"), "open");
}

TEST(Tables, AFailedFlushLosesNothing) {
  WatchedStore store;
  const auto tables = open(store);
  tables->put(TableId::kCells, "a", "1");
  commit(*tables, 1);
  store.refuses = true;
  EXPECT_EQ(tables->flush().exit_code(), base::Exit::kDiskFull);
  EXPECT_EQ(get(*tables, TableId::kCells, "a"), "1");
  store.refuses = false;
  ASSERT_TRUE(tables->flush().is_ok());
  EXPECT_EQ(dump(*open(store.inner), TableId::kCells), "a=1 ");
}

TEST(Tables, ReopenedTheyStandWhereTheLastFoldLeftThem) {
  MemoryStore store;
  {
    const auto tables = open(store, 0);
    tables->put(TableId::kCells, "a", "1");
    commit(*tables, 4);
    tables->put(TableId::kCells, "a", "2");
    (void)tables->seal();
    tables->put(TableId::kCells, "b", "3");
  }
  const auto tables = open(store);
  EXPECT_EQ(tables->mark().epoch, 4U);
  EXPECT_EQ(tables->mark().changelog_position, 40);
  EXPECT_EQ(dump(*tables, TableId::kCells), "a=1 ");
}

TEST(Tables, AFailedWriteMovesNothingAndMayBeRepeated) {
  WatchedStore store;
  const auto tables = open(store, 0);
  tables->put(TableId::kCells, "a", "1");
  commit(*tables, 1);
  tables->put(TableId::kCells, "a", "2");
  (void)tables->seal();
  store.refuses = true;
  EXPECT_EQ(tables->commit({2, 20}).exit_code(), base::Exit::kDiskFull);
  EXPECT_EQ(tables->mark().epoch, 1U);
  EXPECT_EQ(get(*tables, TableId::kCells, "a"), "2");
  EXPECT_EQ(dump(*open(store.inner), TableId::kCells), "a=1 ");
  store.refuses = false;
  ASSERT_TRUE(tables->commit({2, 20}).is_ok());
  EXPECT_EQ(tables->mark().epoch, 2U);
  EXPECT_EQ(dump(*open(store.inner), TableId::kCells), "a=2 ");
}

TEST(Tables, AnEmptyEpochMovesTheMark) {
  MemoryStore store;
  const auto tables = open(store);
  commit(*tables, 7);
  ASSERT_TRUE(tables->flush().is_ok());
  EXPECT_EQ(open(store)->mark().epoch, 7U);
}

TEST(Tables, EpochsGoForwardOnly) {
  MemoryStore store;
  const auto tables = open(store);
  commit(*tables, 7);
  (void)tables->seal();
  EXPECT_EQ(tables->commit({7, 70}).next(), Next::kBug);
  EXPECT_EQ(tables->commit({6, 60}).next(), Next::kBug);
  EXPECT_TRUE(tables->commit({8, 80}).is_ok());
  EXPECT_EQ(tables->commit({9, 90}).next(), Next::kBug);
}

TEST(Tables, AppliedEpochsAreCommittedOnes) {
  MemoryStore source;
  MemoryStore target;
  const auto tables = open(source);
  const auto restored = open(target);
  tables->put(TableId::kCells, "p1", "1");
  tables->put(TableId::kOrders, "o", "2");
  std::vector<Change> changes = tables->seal();
  ASSERT_TRUE(tables->commit({1, 10}).is_ok());
  ASSERT_TRUE(restored->apply(changes, {1, 10}).is_ok());
  tables->drop_bucket(TableId::kCells, "p");
  tables->put(TableId::kCells, "p2", "3");
  changes = tables->seal();
  ASSERT_TRUE(tables->commit({2, 20}).is_ok());
  ASSERT_TRUE(restored->apply(changes, {2, 20}).is_ok());
  EXPECT_EQ(dump(*restored, TableId::kCells), "p2=3 ");
  EXPECT_EQ(dump(*restored, TableId::kOrders), "o=2 ");
  ASSERT_TRUE(restored->flush().is_ok());
  EXPECT_EQ(dump(*open(target), TableId::kCells), "p2=3 ");
  EXPECT_EQ(open(target)->mark().changelog_position, 20);
}

TEST(Tables, AMergeFromAnotherVersionIsRefusedAndChangesNothing) {
  MemoryStore store;
  const auto tables = open(store);
  const Status status = tables->apply({{TableId::kCells, Change::Op::kPut, "a", "1"},
                                       {TableId::kCells, Change::Op::kMerge, "a", "2"}},
                                      {1, 1});
  EXPECT_EQ(status.next(), Next::kRestore);
  EXPECT_EQ(tables->mark().epoch, 0U);
  EXPECT_EQ(dump(*tables, TableId::kCells), "");
}

TEST(Tables, AnotherIdentityStopsAndLeavesTheStoreAlone) {
  MemoryStore store;
  {
    const auto tables = open(store, 0);
    tables->put(TableId::kCells, "a", "1");
    commit(*tables, 1);
  }
  const auto other = open_tables(store, "shard 0 of 2");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().exit_code(), base::Exit::kCantCreate);
  EXPECT_NE(other.error().message().find("shard 0 of 1"), std::string::npos);
  EXPECT_EQ(dump(*open(store), TableId::kCells), "a=1 ");
}

TEST(Tables, AStoreOfSomethingElseIsNotTakenOver) {
  MemoryStore store;
  WriteBatch batch;
  batch.put("some", "thing");
  ASSERT_TRUE(store.write(batch, true).is_ok());
  const auto tables = open_tables(store, "shard 0 of 1");
  ASSERT_FALSE(tables.has_value());
  EXPECT_EQ(tables.error().exit_code(), base::Exit::kCantCreate);
}

TEST(Tables, BytesThatDoNotDecodeAskForARestore) {
  const std::string of_older_layout = std::string(1, '\x01') + std::string(16, '\0');
  for (const std::string& mark : {std::string("short"), std::string(18, '\x02'), of_older_layout}) {
    MemoryStore store;
    {
      const auto tables = open(store, 0);
      tables->put(TableId::kCells, "a", "1");
      commit(*tables, 1);
    }
    WriteBatch batch;
    batch.put("\x03", mark);
    ASSERT_TRUE(store.write(batch, true).is_ok());
    const auto tables = open_tables(store, "shard 0 of 1");
    ASSERT_FALSE(tables.has_value());
    EXPECT_EQ(tables.error().next(), Next::kRestore);
  }
}

TEST(Tables, ReadsOfWhatTheLayersKnowDoNotTouchTheStore) {
  WatchedStore store;
  const auto tables = open(store);
  tables->put(TableId::kCells, "a", "1");
  tables->put(TableId::kCells, "p", "1");
  commit(*tables, 1);
  tables->erase(TableId::kCells, "a");
  tables->drop_bucket(TableId::kCells, "p");
  const size_t gets = store.gets;
  EXPECT_EQ(get(*tables, TableId::kCells, "a"), "(nothing)");
  EXPECT_EQ(get(*tables, TableId::kCells, "p"), "(nothing)");
  EXPECT_EQ(store.gets, gets);
}

TEST(Tables, MemoryIsGivenBackByAFold) {
  MemoryStore store;
  const auto tables = open(store, 100'000);
  uint64_t epoch = 0;
  size_t largest = 0;
  for (int i = 0; i < 2'000; ++i) {
    tables->put(TableId::kCells, std::to_string(i), std::string(500, 'v'));
    if (i % 10 == 9) {
      commit(*tables, ++epoch);
    }
    largest = std::max(largest, tables->memory_bytes());
  }
  EXPECT_GT(largest, 90'000U);
  EXPECT_LT(largest, 300'000U);
}

// Random work with commits, lost commits, reopens and a second store restored from the changes.
class TablesModel : public ::testing::TestWithParam<std::tuple<uint64_t, size_t>> {
 protected:
  using Model = std::map<std::pair<TableId, std::string>, std::string>;
  static constexpr std::array kTables = {TableId::kCells, TableId::kDedup, TableId::kOrders};

  std::string key() {
    // A few prefixes of two lengths, one of them all 0xff.
    static const std::array<std::string, 4> kPrefixes = {"a", "ab", "\xff\xff", ""};
    return kPrefixes[prng_.below(kPrefixes.size())] + std::to_string(prng_.below(12));
  }

  void change() {
    const TableId table = kTables[prng_.below(kTables.size())];
    const std::string at = key();
    switch (prng_.below(10)) {
      case 0:
        tables_->erase(table, at);
        open_.erase({table, at});
        break;
      case 1: {
        const std::string prefix = at.substr(0, prng_.below(at.size() + 1));
        tables_->drop_bucket(table, prefix);
        std::erase_if(open_, [&, t = table](const auto& entry) {
          return entry.first.first == t && entry.first.second.starts_with(prefix);
        });
        break;
      }
      default: {
        const std::string value(1 + prng_.below(40), static_cast<char>('a' + prng_.below(26)));
        tables_->put(table, at, value);
        open_[{table, at}] = value;
      }
    }
  }

  void expect_equal(const Tables& tables, const Model& model) {
    for (const TableId table : kTables) {
      std::string expected;
      for (const auto& [at, value] : model) {
        if (at.first == table) {
          expected += at.second + "=" + value + " ";
        }
      }
      ASSERT_EQ(dump(tables, table), expected);
    }
    for (int i = 0; i < 5; ++i) {
      const TableId table = kTables[prng_.below(kTables.size())];
      const std::string at = key();
      const auto found = model.find({table, at});
      ASSERT_EQ(get(tables, table, at), found == model.end() ? "(nothing)" : found->second);
    }
  }

  // What the store holds, and what the changelog has beyond it.
  std::unique_ptr<Tables> reopened(Store& store, size_t fold_bytes) {
    auto tables = open(store, fold_bytes);
    const uint64_t held = tables->mark().epoch;
    for (const auto& [changes, mark] : changelog_) {
      if (mark.epoch > held) {
        EXPECT_TRUE(tables->apply(changes, mark).is_ok());
      }
    }
    return tables;
  }

  base::Prng prng_{std::get<0>(GetParam())};
  std::unique_ptr<Tables> tables_;
  Model open_;
  std::vector<std::pair<std::vector<Change>, Mark>> changelog_;
};

TEST_P(TablesModel, AgreesWithAMap) {
  const size_t fold_bytes = std::get<1>(GetParam());
  MemoryStore store;
  MemoryStore second_store;
  tables_ = open(store, fold_bytes);
  auto second = open(second_store, fold_bytes / 2);
  Model committed;
  uint64_t epoch = 0;
  for (int round = 0; round < 400; ++round) {
    for (uint64_t n = prng_.below(15); n > 0; --n) {
      change();
    }
    ASSERT_NO_FATAL_FAILURE(expect_equal(*tables_, open_));
    if (prng_.chance(1, 20)) {
      ASSERT_TRUE(tables_->flush().is_ok());
    }
    if (prng_.chance(1, 8)) {  // killed before the commit, or between it and the store
      if (prng_.chance(1, 2)) {
        (void)tables_->seal();
        change();
      }
      tables_ = reopened(store, fold_bytes);
      open_ = committed;
      ASSERT_EQ(tables_->mark().epoch, epoch);
    } else if (prng_.chance(2, 3)) {
      const std::vector<Change> changes = tables_->seal();
      const Model sealed = open_;
      const uint64_t next = epoch + 1 + prng_.below(2);
      const Mark mark{next, static_cast<int64_t>(next * 3)};
      for (uint64_t n = prng_.below(5); n > 0; --n) {
        change();
      }
      ASSERT_NO_FATAL_FAILURE(expect_equal(*tables_, open_));
      ASSERT_TRUE(tables_->commit(mark).is_ok());
      committed = sealed;
      epoch = next;
      changelog_.emplace_back(changes, mark);
      ASSERT_TRUE(second->apply(changes, mark).is_ok());
      ASSERT_NO_FATAL_FAILURE(expect_equal(*second, committed));
    }
    ASSERT_NO_FATAL_FAILURE(expect_equal(*tables_, open_));
    if (prng_.chance(1, 10)) {
      second = reopened(second_store, fold_bytes);
      ASSERT_EQ(second->mark().epoch, epoch);
      ASSERT_NO_FATAL_FAILURE(expect_equal(*second, committed));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds,
                         TablesModel,
                         ::testing::Combine(::testing::Values(1U, 2U, 3U, 4U),
                                            ::testing::Values(0U, 300U, 3'000U, 1U << 30)));

}  // namespace
}  // namespace kaiku::state
