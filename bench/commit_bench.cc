// The price of a commit: 10,000 changed cells written down, without and with early records of them.
#include <memory>
#include <string>
#include <vector>

#include "kaiku/base/prng.h"
#include "kaiku/board/board.h"
#include "kaiku/shard/changelog.h"
#include "kaiku/state/memory_store.h"

#include "corpus.h"
#include "measure.h"

namespace kaiku::bench {
namespace {

constexpr base::EventTime kStart = 1'772'438'400 * base::kSecond;
constexpr size_t kCells = 10'000;

// One window, so that a delta changes one cell.
std::shared_ptr<const board::BoardPlan> plan_of_one_window() {
  auto plan = std::make_shared<board::BoardPlan>();
  plan->pipeline = "bench";
  plan->windows.push_back(load_plan({})->board->windows.front());
  plan->rates = std::make_shared<const money::Rates>(model::Currency{{'E', 'U', 'R', 0}});
  return plan;
}

struct Desk {
  Desk() {
    auto opened = state::open_tables(store, "bench");
    if (!opened.has_value()) {
      fail(opened.error().message());
    }
    tables = std::move(opened).value();
    board = std::make_unique<board::Board>(plan_of_one_window(), *tables);
    for (size_t i = 0; i < kBrands; ++i) {
      brands.push_back("brand" + std::to_string(i));
    }
    for (size_t i = 0; i < kCells / kBrands; ++i) {
      channels.push_back("channel" + std::to_string(i));
    }
  }

  // Three items into every cell.
  void change_all() {
    aggregate::Aggregate delta;
    for (const std::string& brand : brands) {
      for (const std::string& channel : channels) {
        delta.clear();
        for (int i = 0; i < 3; ++i) {
          ++delta.by_relation[static_cast<size_t>(i)];
          delta.likes += 5;
          delta.authors.add(prng.next());
          delta.reach.add(prng.next(), 100 + i);
          delta.followers.record(100 + i);
        }
        if (!board
                 ->merge({static_cast<int32_t>(kStart / base::kMinute),
                          model::ItemType::kMention,
                          brand,
                          channel},
                         delta)
                 .is_ok()) {
          fail("a delta was refused");
        }
      }
    }
  }

  // What Shard::seal and its commit do with cells; the bytes of the changelog.
  size_t commit(bool with_early, size_t& published) {
    std::vector<board::Published> records;
    if (!board->seal(with_early, records).is_ok()) {
      fail("the board could not be sealed");
    }
    published += records.size();
    const std::vector<std::string> changelog = shard::changelog_records(1, tables->seal_packed());
    if (!tables->commit({++epoch, 0}).is_ok()) {
      fail("the epoch could not be committed");
    }
    size_t bytes = 0;
    for (const std::string& record : changelog) {
      bytes += record.size();
    }
    return bytes;
  }

  state::MemoryStore store;
  std::unique_ptr<state::Tables> tables;
  std::unique_ptr<board::Board> board;
  std::vector<std::string> brands;
  std::vector<std::string> channels;
  base::Prng prng{3};
  uint64_t epoch = 0;
};

void seal_all(benchmark::State& state, bool with_early) {
  Desk desk;
  size_t bytes = 0;
  size_t published = 0;
  for (auto step : state) {
    (void)step;
    state.PauseTiming();
    desk.change_all();
    state.ResumeTiming();
    bytes += desk.commit(with_early, published);
  }
  if (with_early != (published >= kCells)) {
    state.SkipWithError("records were published that should not be, or the other way round");
  }
  const uint64_t cells = static_cast<uint64_t>(state.iterations()) * kCells;
  report(state, cells);
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(cells);
}

void ChangedCells(benchmark::State& state) {
  seal_all(state, false);
}

void ChangedCellsWithEarlyRecords(benchmark::State& state) {
  seal_all(state, true);
}

// Cells grow with every change: a fixed number of commits, so that each run writes the same.
BENCHMARK(ChangedCells)->Unit(benchmark::kMillisecond)->Iterations(20);
BENCHMARK(ChangedCellsWithEarlyRecords)->Unit(benchmark::kMillisecond)->Iterations(20);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
