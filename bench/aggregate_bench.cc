// Figures: items into deltas of cells, deltas into the cells of three windows.
#include <memory>
#include <utility>
#include <vector>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/board/board.h"
#include "kaiku/shard/delta_table.h"
#include "kaiku/shard/item_stage.h"
#include "kaiku/state/memory_store.h"

#include "corpus.h"
#include "measure.h"
#include "messages.h"

namespace kaiku::bench {
namespace {

constexpr size_t kEpoch = 10'000;  // events in one simulated second of the corpus

std::unique_ptr<state::Tables> open(state::MemoryStore& store) {
  auto tables = state::open_tables(store, "bench");
  if (!tables.has_value()) {
    fail(tables.error().message());
  }
  return std::move(tables).value();
}

// Where an item goes, and what of it is counted there.
void update(shard::DeltaTable& deltas, const model::ItemMessage& message) {
  const int32_t minute = base::minute_of(message.occurred_at);
  for (size_t i = 0; i < message.brand_count; ++i) {
    aggregate::Aggregate& cell =
        deltas.at({minute, message.type, message.brands[i], message.channel});
    ++cell.by_relation[static_cast<size_t>(message.relation)];
    cell.likes += message.counters.likes == model::kAbsent ? 0 : message.counters.likes;
    cell.authors.add(message.author);
    if (message.followers != model::kAbsent) {
      cell.reach.add(message.author, message.followers);
      cell.followers.record(message.followers);
    }
  }
}

// The changes of cells, drained after each simulated second.
void DeltaUpdate(benchmark::State& state) {
  const auto& all = messages();
  shard::DeltaTable deltas;
  size_t at = 0;
  uint64_t drained = 0;
  for (auto step : state) {
    (void)step;
    update(deltas, all[at]);
    at = at + 1 == all.size() ? 0 : at + 1;
    if (at % kEpoch == 0) {
      drained += deltas.size();
      deltas.drain([](const exchange::DeltaKey&, aggregate::Aggregate&) {});
    }
  }
  benchmark::DoNotOptimize(drained);
  report(state, static_cast<uint64_t>(state.iterations()));
}

// The whole stage behind the router: deduplication and the changes of cells, in 20 epochs.
void ItemStage(benchmark::State& state) {
  const auto& all = messages();
  const shard::Plan& plan = shared_plan();
  for (auto step : state) {
    (void)step;
    state.PauseTiming();
    state::MemoryStore store;
    auto tables = open(store);
    auto stage = std::make_unique<shard::ItemStage>(plan, *tables);
    auto deltas = std::make_unique<shard::DeltaTable>();
    shard::SourceLedger ledger;
    state.ResumeTiming();
    for (size_t i = 0; i < all.size(); ++i) {
      stage->process(all[i], *deltas, ledger, [](const model::OrderMessage&) {});
      if (i % kEpoch == kEpoch - 1) {
        deltas->drain([](const exchange::DeltaKey&, aggregate::Aggregate&) {});
      }
    }
    state.PauseTiming();
    if (ledger.received != all.size()) {
      state.SkipWithError("an item was lost");
    }
    stage.reset();
    deltas.reset();
    state.ResumeTiming();
  }
  report(state, static_cast<uint64_t>(state.iterations()) * all.size());
}

struct Delta {
  exchange::DeltaKey key;
  aggregate::Aggregate figures;
};

// The deltas of the first second of the corpus; names point into `deltas`.
std::vector<Delta> deltas_of_a_second(shard::DeltaTable& deltas) {
  std::vector<Delta> result;
  for (size_t i = 0; i < messages().size() && i < kEpoch; ++i) {
    update(deltas, messages()[i]);
  }
  deltas.drain([&result](const exchange::DeltaKey& key, aggregate::Aggregate& figures) {
    result.push_back({key, figures});
  });
  return result;
}

// An event is a delta here: one second's change of one cell, into its minute, hour and day.
void BoardMerge(benchmark::State& state) {
  shard::DeltaTable table;
  const std::vector<Delta> deltas = deltas_of_a_second(table);
  state::MemoryStore store;
  auto tables = open(store);
  board::Board board(shared_plan().board, *tables);
  for (auto step : state) {
    (void)step;
    for (const Delta& delta : deltas) {
      if (!board.merge(delta.key, delta.figures).is_ok()) {
        state.SkipWithError("a delta was refused");
      }
    }
  }
  report(state, static_cast<uint64_t>(state.iterations()) * deltas.size());
  state.counters["deltas"] = static_cast<double>(deltas.size());
}

BENCHMARK(DeltaUpdate);
BENCHMARK(ItemStage)->Unit(benchmark::kMillisecond);
BENCHMARK(BoardMerge)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
