#include "kaiku/rocks/rocks_store.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "kaiku/base/prng.h"
#include "kaiku/state/tables.h"

#include "contract/store_contract.h"

namespace kaiku::rocks {
namespace {

namespace fs = std::filesystem;
using base::Exit;
using base::Next;
using base::Status;
using state::StoreContract;
using state::WriteBatch;

// A directory that goes away with it.
class Home {
 public:
  Home() {
    std::string pattern = ::testing::TempDir() + "kaiku-rocks-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }

  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  ~Home() {
    std::error_code error;
    fs::remove_all(path_, error);
  }

  [[nodiscard]] std::string store() const { return path_ + "/state/0"; }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class FakeProbe final : public SpaceProbe {
 public:
  [[nodiscard]] std::optional<uint64_t> free_bytes(
      const std::string& /*directory*/) const override {
    return free;
  }

  std::optional<uint64_t> free;
};

RocksOptions small() {
  RocksOptions options;
  options.memory_bytes = 16U << 20;
  options.reserve_bytes = 0;
  return options;
}

std::unique_ptr<state::Store> open(const std::string& directory,
                                   WriteLog write_log = WriteLog::kOn) {
  const RocksEnvironment environment(small());
  auto store = open_rocks_store(directory, environment, write_log);
  EXPECT_TRUE(store.has_value()) << store.error().message();
  return std::move(store).value();
}

Status failure(const std::string& directory) {
  const RocksEnvironment environment(small());
  const auto store = open_rocks_store(directory, environment, WriteLog::kOn);
  EXPECT_FALSE(store.has_value());
  return store.has_value() ? Status::ok() : store.error();
}

void put(state::Store& store, const std::string& key, const std::string& value, bool sync = false) {
  WriteBatch batch;
  batch.put(key, value);
  const Status status = store.write(batch, sync);
  ASSERT_TRUE(status.is_ok()) << status.message();
}

std::string get(const state::Store& store, const std::string& key) {
  const auto value = store.get(key);
  EXPECT_TRUE(value.has_value());
  return value->value_or("(nothing)");
}

// Makes a store with tables on disk, not only a log.
void fill(const std::string& directory) {
  const auto store = open(directory);
  base::Prng prng(5);
  for (int i = 0; i < 40; ++i) {
    std::string value(1U << 20, '\0');
    for (char& byte : value) {
      byte = static_cast<char>(prng.next());
    }
    put(*store, "key" + std::to_string(i), value);
  }
}

std::vector<fs::path> files(const std::string& directory, const std::string& extension) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == extension) {
      found.push_back(entry.path());
    }
  }
  return found;
}

TEST(RocksStore, KeepsWhatWasWrittenWhenItIsOpenedAgain) {
  const Home home;
  put(*open(home.store()), "a", "1", true);
  EXPECT_EQ(get(*open(home.store()), "a"), "1");
}

TEST(RocksStore, SurvivesTheEnvironmentItWasOpenedWith) {
  const Home home;
  auto environment = std::make_unique<RocksEnvironment>(small());
  auto store = open_rocks_store(home.store(), *environment, WriteLog::kOn);
  ASSERT_TRUE(store.has_value());
  environment.reset();
  put(**store, "a", "1");
  EXPECT_EQ(get(**store, "a"), "1");
}

TEST(RocksStore, SeveralStoresShareOneEnvironment) {
  const Home home;
  const RocksEnvironment environment(small());
  std::vector<std::unique_ptr<state::Store>> stores;
  for (int i = 0; i < 8; ++i) {
    auto store =
        open_rocks_store(home.path() + "/" + std::to_string(i), environment, WriteLog::kOn);
    ASSERT_TRUE(store.has_value()) << store.error().message();
    stores.push_back(std::move(store).value());
    put(*stores.back(), "number", std::to_string(i));
  }
  for (size_t i = 0; i < stores.size(); ++i) {
    EXPECT_EQ(get(*stores[i], "number"), std::to_string(i));
  }
}

// The child is this test again in a process of its own: it finds the directory in the environment.
TEST(RocksStoreDeathTest, UnsyncedWritesSurviveAKill) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  constexpr const char* kVariable = "KAIKU_ROCKS_TEST_DIRECTORY";
  const Home home;
  ::setenv(kVariable, home.store().c_str(), 0);
  EXPECT_EXIT(
      {
        const auto store = open(std::getenv(kVariable));
        for (int i = 0; i < 1'000; ++i) {
          put(*store, std::to_string(i), "value");
        }
        (void)std::raise(SIGKILL);
      },
      ::testing::KilledBySignal(SIGKILL),
      "");
  ::unsetenv(kVariable);
  const auto store = open(home.store());
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_EQ(get(*store, std::to_string(i)), "value");
  }
}

TEST(RocksStoreDeathTest, WithoutALogAKillTakesWhatCameAfterTheLastSync) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  constexpr const char* kVariable = "KAIKU_ROCKS_TEST_DIRECTORY_2";
  const Home home;
  ::setenv(kVariable, home.store().c_str(), 0);
  EXPECT_EXIT(
      {
        const auto store = open(std::getenv(kVariable), WriteLog::kOff);
        put(*store, "a", "1");
        put(*store, "b", "1", true);
        put(*store, "a", "2");
        put(*store, "b", "2");
        (void)std::raise(SIGKILL);
      },
      ::testing::KilledBySignal(SIGKILL),
      "");
  ::unsetenv(kVariable);
  const auto store = open(home.store(), WriteLog::kOff);
  EXPECT_EQ(get(*store, "a"), "1");
  EXPECT_EQ(get(*store, "b"), "1");
}

TEST(RocksStore, WithoutALogClosingKeepsEverything) {
  const Home home;
  put(*open(home.store(), WriteLog::kOff), "a", "1");
  EXPECT_EQ(get(*open(home.store(), WriteLog::kOff), "a"), "1");
}

TEST(RocksStore, IsFencedWhileAnotherHasItOpen) {
  const Home home;
  const auto store = open(home.store());
  const Status status = failure(home.store());
  EXPECT_EQ(status.next(), Next::kStop);
  EXPECT_EQ(status.exit_code(), Exit::kFenced);
  EXPECT_NE(status.message().find(home.store()), std::string::npos);
  put(*store, "a", "1");
}

TEST(RocksStore, SaysSoWhenItsDirectoryCannotBeMade) {
  const Home home;
  std::ofstream(home.path() + "/file") << "no directory";
  for (const std::string& directory : {home.path() + "/file", home.path() + "/file/state"}) {
    const Status status = failure(directory);
    EXPECT_EQ(status.exit_code(), Exit::kCantCreate) << status.message();
    EXPECT_NE(status.message().find(directory), std::string::npos);
  }
}

TEST(RocksStore, SaysSoWhenItsDirectoryCannotBeWritten) {
  const Home home;
  fs::permissions(home.path(), fs::perms(0555));
  const uid_t user = ::geteuid();
  if (user == 0) {
    ASSERT_EQ(::seteuid(65'534), 0);  // root may write everywhere
  }
  const Status status = failure(home.path());
  ASSERT_EQ(::seteuid(user), 0);
  fs::permissions(home.path(), fs::perms::owner_all);
  EXPECT_EQ(status.exit_code(), Exit::kCantCreate) << status.message();
}

TEST(RocksStore, AsksForARestoreWhenAFileIsGone) {
  const Home home;
  fill(home.store());
  const auto tables = files(home.store(), ".sst");
  ASSERT_FALSE(tables.empty());
  fs::remove(tables.front());
  EXPECT_EQ(failure(home.store()).next(), Next::kRestore);
}

TEST(RocksStore, AsksForARestoreWhenItsManifestIsDamaged) {
  const Home home;
  put(*open(home.store()), "a", "1", true);
  for (const auto& entry : fs::directory_iterator(home.store())) {
    if (entry.path().filename().string().starts_with("MANIFEST")) {
      std::ofstream(entry.path(), std::ios::binary) << "this is no manifest, but it is long enough";
    }
  }
  EXPECT_EQ(failure(home.store()).next(), Next::kRestore);
}

TEST(RocksStore, AsksForARestoreWhenABlockIsDamaged) {
  const Home home;
  fill(home.store());
  for (const fs::path& table : files(home.store(), ".sst")) {
    std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(fs::file_size(table));
    for (std::streamoff at = 1'000; at < size - 100'000; at += 100'000) {
      file.seekp(at);
      file.write("damage", 6);
    }
  }
  const auto store = open(home.store());
  Status status;
  for (int i = 0; i < 40 && status.is_ok(); ++i) {
    const auto value = store->get("key" + std::to_string(i));
    status = value.has_value() ? Status::ok() : value.error();
  }
  EXPECT_EQ(status.next(), Next::kRestore);
  EXPECT_EQ(store->scan("", "", [](auto, auto) { return true; }).next(), Next::kRestore);
  ASSERT_TRUE(store->wipe().is_ok());
  put(*store, "a", "1");
  EXPECT_EQ(get(*store, "key0"), "(nothing)");
}

TEST(RocksStore, IsNotOpenedOnAFullDisk) {
  const Home home;
  FakeProbe probe;
  RocksOptions options = small();
  options.reserve_bytes = 100U << 20;
  const RocksEnvironment environment(options, probe);
  probe.free = 101U << 20;  // the log and its memtables would not fit
  const auto store = open_rocks_store(home.store(), environment, WriteLog::kOn);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().exit_code(), Exit::kDiskFull);
  EXPECT_NE(store.error().message().find("101 MiB are free"), std::string::npos)
      << store.error().message();
  EXPECT_TRUE(fs::is_empty(home.store()));
  probe.free = 200U << 20;
  EXPECT_TRUE(open_rocks_store(home.store(), environment, WriteLog::kOn).has_value());
}

TEST(RocksStore, RefusesAWriteThatWouldFillTheDiskAndGoesOnWhenThereIsSpace) {
  const Home home;
  FakeProbe probe;
  probe.free = 1U << 30;
  RocksOptions options = small();
  options.reserve_bytes = 100U << 20;
  const RocksEnvironment environment(options, probe);
  const auto opened = open_rocks_store(home.store(), environment, WriteLog::kOn);
  ASSERT_TRUE(opened.has_value());
  state::Store& store = **opened;
  put(store, "a", "1");
  WriteBatch batch;
  batch.put("b", std::string(1U << 20, 'v'));
  probe.free = 101U << 20;
  EXPECT_EQ(store.write(batch, true).exit_code(), Exit::kDiskFull);
  EXPECT_EQ(get(store, "a"), "1");
  EXPECT_EQ(get(store, "b"), "(nothing)");
  probe.free = 103U << 20;
  EXPECT_TRUE(store.write(batch, true).is_ok());
  EXPECT_EQ(get(store, "b").size(), 1U << 20);
}

TEST(RocksStore, ADiskThatCannotBeAskedIsNotFull) {
  const Home home;
  const FakeProbe probe;
  const RocksEnvironment environment(small(), probe);
  EXPECT_TRUE(open_rocks_store(home.store(), environment, WriteLog::kOn).has_value());
}

TEST(FileSystemProbe, KnowsDirectoriesOnly) {
  const FileSystemProbe probe;
  EXPECT_TRUE(probe.free_bytes(::testing::TempDir()).has_value());
  EXPECT_FALSE(probe.free_bytes("/no/such/directory").has_value());
}

TEST(RocksStore, ToolsReadWhatIsThereAndWriteNothing) {
  const Home home;
  const RocksEnvironment environment(small());
  const auto absent = open_rocks_store_read_only(home.store(), environment);
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().exit_code(), Exit::kNoInput);
  EXPECT_FALSE(fs::exists(home.store()));
  const auto store = open(home.store());
  put(*store, "a", "1");
  const auto reader = open_rocks_store_read_only(home.store(), environment);
  ASSERT_TRUE(reader.has_value()) << reader.error().message();
  EXPECT_EQ(get(**reader, "a"), "1");
  WriteBatch batch;
  batch.put("b", "2");
  EXPECT_EQ((*reader)->write(batch, false).next(), Next::kBug);
  EXPECT_EQ((*reader)->wipe().next(), Next::kBug);
  EXPECT_EQ(get(*store, "a"), "1");
}

TEST(RocksStore, AnErasedRangeGivesItsFilesBack) {
  const Home home;
  fill(home.store());
  (void)open(home.store());  // what was in the log only is in files now
  const auto bytes = [&] {
    uintmax_t sum = 0;
    for (const fs::path& table : files(home.store(), ".sst")) {
      std::error_code error;
      const uintmax_t size = fs::file_size(table, error);
      sum += error ? 0 : size;
    }
    return sum;
  };
  constexpr uintmax_t kHalf = uintmax_t{20} << 20;
  ASSERT_GT(bytes(), kHalf + kHalf / 2);
  // Files that a compaction has in hand, and those of the youngest level, wait for their turn.
  for (int i = 0; i < 100 && bytes() > kHalf; ++i) {
    const auto store = open(home.store());
    WriteBatch batch;
    batch.erase_range("key", "kez");
    ASSERT_TRUE(store->write(batch, true).is_ok());
    ASSERT_EQ(get(*store, "key7"), "(nothing)");
  }
  EXPECT_LE(bytes(), kHalf);
  const auto store = open(home.store());
  EXPECT_EQ(get(*store, "key7"), "(nothing)");
  put(*store, "key7", "again");
  EXPECT_EQ(get(*store, "key7"), "again");
}

TEST(RocksStore, CarriesTablesThroughManyEpochsAndReopenings) {
  const Home home;
  base::Prng prng(3);
  std::map<std::string, std::string> model;
  uint64_t epoch = 0;
  for (int run = 0; run < 5; ++run) {
    const auto store = open(home.store());
    const auto tables = state::open_tables(*store, "shard 0", 20'000);
    ASSERT_TRUE(tables.has_value());
    ASSERT_EQ((*tables)->mark().epoch, epoch);
    for (int i = 0; i < 40; ++i) {
      for (int n = 0; n < 20; ++n) {
        const std::string key = std::to_string(prng.below(300));
        const std::string value(1 + prng.below(200), 'v');
        (*tables)->put(state::TableId::kCells, key, value);
        model[key] = value;
      }
      if (prng.chance(1, 10)) {
        const std::string prefix = std::to_string(prng.below(30));
        (*tables)->drop_bucket(state::TableId::kCells, prefix);
        std::erase_if(model, [&](const auto& entry) { return entry.first.starts_with(prefix); });
      }
      (void)(*tables)->seal();
      ASSERT_TRUE((*tables)->commit({++epoch, 0}).is_ok());
    }
    ASSERT_TRUE((*tables)->flush().is_ok());
    std::map<std::string, std::string> found;
    ASSERT_TRUE(
        (*tables)
            ->scan(state::TableId::kCells, [&](auto key, auto value) { found.emplace(key, value); })
            .is_ok());
    ASSERT_EQ(found, model);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rocks,
    StoreContract,
    ::testing::Values(
        state::StoreFactory{"rocks",
                            [] { return std::static_pointer_cast<void>(std::make_shared<Home>()); },
                            [](void* home) { return open(static_cast<Home*>(home)->store()); },
                            true},
        state::StoreFactory{
            "rocks_without_log",
            [] { return std::static_pointer_cast<void>(std::make_shared<Home>()); },
            [](void* home) { return open(static_cast<Home*>(home)->store(), WriteLog::kOff); },
            true}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace kaiku::rocks
