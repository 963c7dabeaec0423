// Parsing alone: one record of JSON to one item.
#include <simdjson.h>

#include "kaiku/parse/parser.h"

#include "corpus.h"
#include "measure.h"
#include "messages.h"
#include "statuses.h"

namespace kaiku::bench {
namespace {

class Count final : public parse::ItemSink {
 public:
  void on_item(const model::Item& item) override {
    benchmark::DoNotOptimize(item.text.data());
    ++items;
  }

  void on_reject(const parse::Reject&) override { ++others; }

  void on_ignored() override { ++others; }

  uint64_t items = 0;
  uint64_t others = 0;
};

template <typename Values>
void parse_all(benchmark::State& state,
               std::shared_ptr<const parse::Mapping> mapping,
               const Values& values,
               size_t size) {
  parse::Parser parser(std::move(mapping));
  Count count;
  size_t bytes = 0;
  size_t at = 0;
  for (auto step : state) {
    (void)step;
    const std::string_view value = values(at);
    parser.parse(value, 0, count);
    bytes += value.size();
    at = at + 1 == size ? 0 : at + 1;
  }
  if (count.others != 0) {
    state.SkipWithError("a record was refused");
  }
  report(state, count.items);
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(state.iterations());
}

void canonical(benchmark::State& state, std::shared_ptr<const parse::Mapping> mapping) {
  const auto& records = corpus(10'000);
  parse_all(
      state,
      std::move(mapping),
      [&records](size_t at) { return std::string_view(records[at].value); },
      records.size());
}

// The library alone, as a mark in the same run: the same records, fifteen fields of them as raw
// views and numbers, nothing checked, converted or kept.
void BareSimdjson(benchmark::State& state) {
  const auto& records = corpus(10'000);
  simdjson::ondemand::parser parser;
  std::string padded;
  size_t at = 0;
  for (auto step : state) {
    (void)step;
    padded.assign(records[at].value);
    const size_t size = padded.size();
    padded.append(simdjson::SIMDJSON_PADDING, '\0');
    uint64_t seen = 0;
    simdjson::ondemand::document document;
    if (parser.iterate(padded.data(), size, padded.size()).get(document) != simdjson::SUCCESS) {
      state.SkipWithError("a record was refused");
      break;
    }
    for (auto field : document.get_object()) {
      std::string_view text;
      if (seen < 15 && field.value().get_string().get(text) == simdjson::SUCCESS) {
        benchmark::DoNotOptimize(text.data());
        ++seen;
      }
    }
    benchmark::DoNotOptimize(seen);
    at = at + 1 == records.size() ? 0 : at + 1;
  }
  report(state, static_cast<uint64_t>(state.iterations()));
}

// What the plan of the bench pipeline reads.
void Canonical(benchmark::State& state) {
  canonical(state, shared_plan().sources[0].mapping);
}

void CanonicalAllFields(benchmark::State& state) {
  canonical(state, parse::shipped_mapping("canonical"));
}

void MappedXv1(benchmark::State& state) {
  const std::vector<std::string>& all = statuses();
  parse_all(
      state,
      parse::shipped_mapping("x_v1"),
      [&all](size_t at) { return std::string_view(all[at]); },
      all.size());
}

BENCHMARK(BareSimdjson);
BENCHMARK(Canonical);
BENCHMARK(CanonicalAllFields);
BENCHMARK(MappedXv1);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
