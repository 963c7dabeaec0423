// Shelf: the tables of one shard on disk, in a folder of their own, as the keyed stages have them.
//
// Threads: confined to the benchmark.
// Owns:    a temporary folder, removed with it.
// Cost:    commit() is what a shard pays: packed changes, changelog records, the tables.
// Fails:   ends the program with a message.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "kaiku/base/digest.h"
#include "kaiku/base/prng.h"
#include "kaiku/base/status.h"
#include "kaiku/rocks/rocks_store.h"
#include "kaiku/shard/changelog.h"
#include "kaiku/state/tables.h"

#include "corpus.h"

namespace kaiku::bench {

inline constexpr size_t kEpoch = 10'000;  // messages between two commits
inline constexpr size_t kMemory = 128U << 20;

class Shelf {
 public:
  Shelf() : folder_(std::filesystem::temp_directory_path() / name()), environment_({kMemory}) {
    std::filesystem::create_directories(folder_);
    auto store = rocks::open_rocks_store(folder_.string(), environment_, rocks::WriteLog::kOff);
    if (!store.has_value()) {
      fail(store.error().message());
    }
    store_ = std::move(store).value();
    auto opened = state::open_tables(*store_, "bench");
    if (!opened.has_value()) {
      fail(opened.error().message());
    }
    tables_ = std::move(opened).value();
  }

  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;

  ~Shelf() {
    tables_.reset();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void commit() {
    ++epoch_;
    const std::vector<std::string> records =
        shard::changelog_records(epoch_, tables_->seal_packed());
    benchmark::DoNotOptimize(records.data());
    if (!tables_->commit({epoch_, 0}).is_ok()) {
      fail("an epoch could not be committed");
    }
  }

  // What the making of the keys left behind is written: it is not part of what is measured.
  void flush() {
    if (!tables_->flush().is_ok()) {
      fail("the tables could not be written");
    }
  }

  [[nodiscard]] state::Tables& tables() { return *tables_; }

 private:
  static std::string name() {
    static int number = 0;
    return "kaiku-bench-" + std::to_string(getpid()) + "-" + std::to_string(++number);
  }

  std::filesystem::path folder_;
  rocks::RocksEnvironment environment_;
  std::unique_ptr<state::Store> store_;
  std::unique_ptr<state::Tables> tables_;
  uint64_t epoch_ = 0;
};

inline base::Digest digest_of(uint64_t kind, uint64_t number) {
  base::Prng prng(number * 2 + kind);
  return {prng.next(), prng.next()};
}

inline void check(const base::Status& status) {
  if (!status.is_ok()) {
    fail(status.message());
  }
}

}  // namespace kaiku::bench
