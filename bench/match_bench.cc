// Brands in a text: 500 brands with some 1,500 aliases in one pass.
#include <string>
#include <vector>

#include "kaiku/match/brand_matcher.h"
#include "kaiku/parse/parser.h"

#include "corpus.h"
#include "measure.h"
#include "messages.h"

namespace kaiku::bench {
namespace {

class TextCollector final : public parse::ItemSink {
 public:
  void on_item(const model::Item& item) override {
    if (!item.text.empty()) {
      texts.emplace_back(item.text);
    }
  }

  void on_reject(const parse::Reject&) override {}

  void on_ignored() override {}

  std::vector<std::string> texts;
};

// The texts of the corpus, joined to 150 bytes or a little more.
std::vector<std::string> texts() {
  TextCollector collector;
  parse::Parser parser(shared_plan().sources[0].mapping);
  for (size_t i = 0; i < corpus(10'000).size() && i < 40'000; ++i) {
    parser.parse(corpus(10'000)[i].value, 0, collector);
  }
  std::vector<std::string> joined(1);
  for (const std::string& text : collector.texts) {
    joined.back() += (joined.back().empty() ? "" : " ") + text;
    if (joined.back().size() >= 120) {
      joined.emplace_back();
    }
  }
  joined.pop_back();
  return joined;
}

void match_all(benchmark::State& state, const std::vector<std::string>& all) {
  const match::BrandMatcher& matcher = *shared_plan().brands;
  const auto scratch = matcher.make_scratch();
  size_t bytes = 0;
  uint64_t found_brands = 0;
  size_t at = 0;
  for (auto step : state) {
    (void)step;
    match::BrandSet found;
    matcher.match(all[at], *scratch, found);
    bytes += all[at].size();
    found_brands += found.count;
    at = at + 1 == all.size() ? 0 : at + 1;
  }
  if (found_brands == 0) {
    state.SkipWithError("no brand was found");
  }
  const auto count = static_cast<uint64_t>(state.iterations());
  report(state, count);
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(count);
  state.counters["brands"] = static_cast<double>(found_brands) / static_cast<double>(count);
}

void Texts(benchmark::State& state) {
  static const std::vector<std::string> all = texts();
  match_all(state, all);
}

void AsciiTexts(benchmark::State& state) {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> ascii = texts();
    for (std::string& text : ascii) {
      for (char& c : text) {
        c = static_cast<unsigned char>(c) < 0x80 ? c : 'a';
      }
    }
    return ascii;
  }();
  match_all(state, all);
}

BENCHMARK(Texts);
BENCHMARK(AsciiTexts);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
