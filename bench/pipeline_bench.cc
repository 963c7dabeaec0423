// The whole pipeline in memory: records through router, items stage, exchange and board, with a
// commit each simulated second and early records each fifth: all that a worker does but for the
// log.
#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "kaiku/shard/routed_source.h"
#include "kaiku/shard/shard.h"
#include "kaiku/state/memory_store.h"

#include "corpus.h"
#include "measure.h"
#include "messages.h"

namespace kaiku::bench {
namespace {

constexpr int64_t kEarlyEvery = 5 * base::kSecond;

// One worker with one shard, and an exchange that is a queue.
class Pipeline {
 public:
  explicit Pipeline(std::shared_ptr<const shard::Plan> plan)
      : plan_(std::move(plan)), parser_(plan_->sources[0].mapping) {
    topology_.partitions = {1};
    auto tables = state::open_tables(store_, "bench");
    if (!tables.has_value()) {
      fail(tables.error().message());
    }
    tables_ = std::move(tables).value();
    shard_ = std::make_unique<shard::Shard>(*plan_, topology_, 0, *tables_);
    if (plan_->sources[0].routing == shard::Routing::kRouted) {
      routed_ = std::make_unique<shard::RoutedSource>(*plan_, 0, 0);
    }
    scratch_ = plan_->brands->make_scratch();
  }

  void process(const log::Record& record) {
    const shard::Router::Tools tools{&parser_, scratch_.get()};
    if (routed_ != nullptr) {
      routed_->process(record, tools);
    } else {
      shard_->on_direct(record, 0, tools);
    }
    if (record.timestamp >= next_commit_) {
      commit(record.timestamp >= next_early_);
      next_commit_ = record.timestamp + base::kSecond;
      next_early_ = record.timestamp >= next_early_ ? record.timestamp + kEarlyEvery : next_early_;
    }
  }

  void commit(bool with_early) {
    std::vector<log::Append> appends;
    if (routed_ != nullptr) {
      (void)routed_->seal(appends);
    }
    shard_->advance();
    auto sealed = shard_->seal(with_early);
    if (!sealed.has_value()) {
      fail(sealed.error().message());
    }
    cells += sealed->cells;
    published += sealed->published;
    ++commits;
    if (!shard_->committed(static_cast<int64_t>(commits)).is_ok()) {
      fail("an epoch could not be committed");
    }
    deliver(appends);
    deliver(sealed->appends);
  }

  [[nodiscard]] shard::SourceLedger ledger() const {
    shard::SourceLedger sum = shard_->full_ledger()[0];
    if (routed_ != nullptr) {
      sum.add(routed_->router().ledger());
    }
    return sum;
  }

  size_t cells = 0;
  size_t published = 0;
  size_t commits = 0;
  size_t bytes = 0;

 private:
  void deliver(const std::vector<log::Append>& appends) {
    for (const log::Append& append : appends) {
      bytes += append.value.size();
      if (append.to.topic != plan_->exchange) {
        continue;
      }
      log::Record record;
      record.at = append.to;
      record.offset = exchange_offset_++;
      record.has_value = true;
      record.value = append.value;
      if (base::Status status = shard_->on_exchange(record); !status.is_ok()) {
        fail(status.message());
      }
    }
  }

  std::shared_ptr<const shard::Plan> plan_;
  shard::Topology topology_;
  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  std::unique_ptr<shard::Shard> shard_;
  std::unique_ptr<shard::RoutedSource> routed_;
  parse::Parser parser_;
  std::unique_ptr<match::BrandMatcher::Scratch> scratch_;
  base::EventTime next_commit_ = base::kTimeBegin;
  base::EventTime next_early_ = base::kTimeBegin;
  int64_t exchange_offset_ = 0;
};

void run(benchmark::State& state, const std::string& routing) {
  const std::vector<generate::Record>& records = corpus(static_cast<uint32_t>(state.range(0)));
  PipelineOptions options;
  options.routing = routing;
  const auto plan = load_plan(options);
  std::unique_ptr<Pipeline> pipeline;
  for (auto step : state) {
    (void)step;
    state.PauseTiming();
    pipeline = std::make_unique<Pipeline>(plan);
    state.ResumeTiming();
    int64_t offset = 0;
    log::Record current = record_of(records.front(), plan->sources[0].topic, 0);
    for (size_t i = 0; i < records.size(); ++i) {
      const log::Record next =
          record_of(records[std::min(i + 1, records.size() - 1)], plan->sources[0].topic, ++offset);
      log::prefetch(next);
      pipeline->process(current);
      current = next;
    }
    for (int i = 0; i < 3; ++i) {  // what is still under way in the exchange
      pipeline->commit(false);
    }
  }
  const shard::SourceLedger ledger = pipeline->ledger();
  if (ledger.items != records.size() || !ledger.balances()) {
    state.SkipWithError("the ledger does not balance");
  }
  report(state, static_cast<uint64_t>(state.iterations()) * records.size());
  state.counters["commits"] = static_cast<double>(pipeline->commits);
  state.counters["cells_per_commit"] =
      static_cast<double>(pipeline->cells) / static_cast<double>(pipeline->commits);
  state.counters["published"] = static_cast<double>(pipeline->published);
  state.counters["bytes_out"] =
      static_cast<double>(pipeline->bytes) / static_cast<double>(records.size());
}

void Direct(benchmark::State& state) {
  run(state, "direct");
}

void Routed(benchmark::State& state) {
  run(state, "routed");
}

// Events of one simulated second.
BENCHMARK(Direct)->Arg(10'000)->Arg(50'000)->Arg(500'000)->Unit(benchmark::kMillisecond);
BENCHMARK(Routed)->Arg(50'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
