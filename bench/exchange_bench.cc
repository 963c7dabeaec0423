// The exchange: what one shard or router writes for another, and reading it.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/exchange/edge.h"
#include "kaiku/shard/delta_table.h"

#include "corpus.h"
#include "measure.h"
#include "messages.h"

namespace kaiku::bench {
namespace {

constexpr size_t kEpoch = 10'000;

class Count final : public exchange::EdgeSink {
 public:
  void on_item(const model::ItemMessage& message) override {
    benchmark::DoNotOptimize(message.item.lo);
    ++seen;
  }

  void on_order(const model::OrderMessage&) override { ++seen; }

  void on_conversation(const model::ConversationMessage&) override { ++seen; }

  void on_parent_question(const model::ParentQuestionMessage&) override { ++seen; }

  void on_parent_answer(const model::ParentAnswerMessage&) override { ++seen; }

  void on_entry(const model::KeyEntryMessage&) override { ++seen; }

  void on_question(const model::KeyQuestionMessage&) override { ++seen; }

  void on_answer(const model::KeyAnswerMessage&) override { ++seen; }

  void on_opening(const model::OpeningMessage&) override { ++seen; }

  void on_erasure(const model::ErasureMessage&) override { ++seen; }

  void on_erased(const model::ErasureDoneMessage&) override { ++seen; }

  void on_deadline(const model::DeadlineMessage&) override { ++seen; }

  bool on_delta(const exchange::DeltaKey& key, std::string_view bytes) override {
    benchmark::DoNotOptimize(key.minute);
    base::ByteReader in(bytes);
    ++seen;
    return figures.decode(in);
  }

  uint64_t seen = 0;
  aggregate::Aggregate figures;
};

void write_items(exchange::EdgeWriter& writer, std::vector<std::string>& records) {
  for (size_t i = 0; i < messages().size() && i < kEpoch; ++i) {
    writer.add_item(messages()[i]);
  }
  exchange::EdgeHeader header;
  header.from_router = true;
  header.source = "posts";
  writer.finish(header, records);
}

void ItemsEncode(benchmark::State& state) {
  exchange::EdgeWriter writer;
  const uint64_t each = std::min(kEpoch, messages().size());
  uint64_t events = 0;
  uint64_t bytes = 0;
  for (auto step : state) {
    (void)step;
    std::vector<std::string> records;
    write_items(writer, records);
    events += each;
    for (const std::string& record : records) {
      bytes += record.size();
    }
  }
  report(state, events);
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(events);
}

void decode_all(benchmark::State& state, const std::vector<std::string>& records) {
  Count count;
  for (auto step : state) {
    (void)step;
    for (const std::string& record : records) {
      exchange::EdgeHeader header;
      if (!exchange::decode_edge(record, header, count)) {
        state.SkipWithError("an edge does not decode");
      }
    }
  }
  report(state, count.seen);
}

void ItemsDecode(benchmark::State& state) {
  exchange::EdgeWriter writer;
  std::vector<std::string> records;
  write_items(writer, records);
  decode_all(state, records);
}

// One second of the corpus as changes of cells.
class Deltas {
 public:
  Deltas() {
    for (size_t i = 0; i < messages().size() && i < kEpoch; ++i) {
      const model::ItemMessage& message = messages()[i];
      aggregate::Aggregate& cell = table_.at(
          {base::minute_of(message.occurred_at), message.type, message.brands[0], message.channel});
      ++cell.by_relation[static_cast<size_t>(message.relation)];
      cell.authors.add(message.author);
      if (message.followers != model::kAbsent) {
        cell.reach.add(message.author, message.followers);
        cell.followers.record(message.followers);
      }
    }
    table_.drain([this](const exchange::DeltaKey& key, aggregate::Aggregate& figures) {
      keys_.push_back(key);
      figures_.push_back(figures);
    });
  }

  void write(exchange::EdgeWriter& writer, std::vector<std::string>& records) {
    for (size_t i = 0; i < keys_.size(); ++i) {
      bytes_.clear();
      base::ByteWriter out(bytes_);
      figures_[i].encode(out);
      writer.add_delta(keys_[i], bytes_);
    }
    exchange::EdgeHeader header;
    writer.finish(header, records);
  }

  [[nodiscard]] size_t size() const { return keys_.size(); }

 private:
  shard::DeltaTable table_;
  std::vector<exchange::DeltaKey> keys_;
  std::vector<aggregate::Aggregate> figures_;
  std::string bytes_;
};

void DeltasEncode(benchmark::State& state) {
  Deltas deltas;
  exchange::EdgeWriter writer;
  uint64_t bytes = 0;
  for (auto step : state) {
    (void)step;
    std::vector<std::string> records;
    deltas.write(writer, records);
    for (const std::string& record : records) {
      bytes += record.size();
    }
  }
  const uint64_t count = static_cast<uint64_t>(state.iterations()) * deltas.size();
  report(state, count);
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(count);
}

void DeltasDecode(benchmark::State& state) {
  Deltas deltas;
  exchange::EdgeWriter writer;
  std::vector<std::string> records;
  deltas.write(writer, records);
  decode_all(state, records);
}

BENCHMARK(ItemsEncode)->Unit(benchmark::kMillisecond);
BENCHMARK(ItemsDecode)->Unit(benchmark::kMillisecond);
BENCHMARK(DeltasEncode)->Unit(benchmark::kMillisecond);
BENCHMARK(DeltasDecode)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
