// The exact set of items: new ones, copies of old ones, and writing an epoch of new ones down.
#include <memory>
#include <vector>

#include "kaiku/base/prng.h"
#include "kaiku/dedup/item_table.h"
#include "kaiku/shard/changelog.h"
#include "kaiku/state/memory_store.h"

#include "corpus.h"
#include "measure.h"

namespace kaiku::bench {
namespace {

constexpr base::EventTime kStart = 1'772'438'400 * base::kSecond;
constexpr size_t kEpoch = 10'000;

struct Shelf {
  Shelf() {
    auto opened = state::open_tables(store, "bench");
    if (!opened.has_value()) {
      fail(opened.error().message());
    }
    tables = std::move(opened).value();
    items = std::make_unique<dedup::ItemTable>(*tables);
  }

  // Writes the open epoch down, as a commit does.
  void commit() {
    items->seal(++epoch);
    const std::vector<std::string> records = shard::changelog_records(epoch, tables->seal_packed());
    benchmark::DoNotOptimize(records.data());
    if (!tables->commit({epoch, 0}).is_ok()) {
      fail("an epoch could not be committed");
    }
  }

  state::MemoryStore store;
  std::unique_ptr<state::Tables> tables;
  std::unique_ptr<dedup::ItemTable> items;
  uint64_t epoch = 0;
};

std::vector<model::ItemMessage> creates() {
  base::Prng prng(11);
  std::vector<model::ItemMessage> messages(corpus_size());
  base::EventTime now = kStart;
  for (model::ItemMessage& message : messages) {
    message.item = {prng.next(), prng.next()};
    message.delivery = prng.next();
    message.occurred_at = message.operation_at = message.kafka_at = now += 100;
    message.version = now;
    message.channel = "x";
    message.brands[0] = "kirkas";
    message.brand_count = 1;
  }
  return messages;
}

uint64_t decide_all(Shelf& shelf, const std::vector<model::ItemMessage>& messages) {
  uint64_t fresh = 0;
  for (const model::ItemMessage& message : messages) {
    fresh += shelf.items->decide(message, message.occurred_at).verdict == dedup::Verdict::kNew;
  }
  return fresh;
}

void NewItems(benchmark::State& state) {
  const auto messages = creates();
  for (auto step : state) {
    (void)step;
    state.PauseTiming();
    auto shelf = std::make_unique<Shelf>();
    state.ResumeTiming();
    if (decide_all(*shelf, messages) != messages.size()) {
      state.SkipWithError("a new item was taken for a copy");
    }
    state.PauseTiming();
    shelf.reset();
    state.ResumeTiming();
  }
  report(state, static_cast<uint64_t>(state.iterations()) * messages.size());
}

void Copies(benchmark::State& state) {
  const auto messages = creates();
  Shelf shelf;
  (void)decide_all(shelf, messages);
  for (auto step : state) {
    (void)step;
    if (decide_all(shelf, messages) != 0) {
      state.SkipWithError("a copy was taken for a new item");
    }
  }
  report(state, static_cast<uint64_t>(state.iterations()) * messages.size());
}

// Packs an epoch of new items, makes its changelog records and writes it into the store in memory.
void CommitOfNewItems(benchmark::State& state) {
  const auto messages = creates();
  uint64_t written = 0;
  for (auto step : state) {
    (void)step;
    state.PauseTiming();
    auto shelf = std::make_unique<Shelf>();
    for (size_t i = 0; i < messages.size() && i < kEpoch; ++i) {
      (void)shelf->items->decide(messages[i], messages[i].occurred_at);
      ++written;
    }
    state.ResumeTiming();
    shelf->commit();
    state.PauseTiming();
    shelf.reset();
    state.ResumeTiming();
  }
  report(state, written);
}

BENCHMARK(NewItems)->Unit(benchmark::kMillisecond);
BENCHMARK(Copies)->Unit(benchmark::kMillisecond);
BENCHMARK(CommitOfNewItems)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
