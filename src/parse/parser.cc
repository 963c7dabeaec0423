#include "kaiku/parse/parser.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "kaiku/base/check.h"

#include "collector.h"
#include "evaluator.h"
#include "program.h"

namespace kaiku::parse {
namespace {

// Buffers of a record with very many items are not kept.
constexpr size_t kKeptOutcomes = 256;

std::unique_ptr<const Program> compiled(std::shared_ptr<const Mapping> mapping) {
  KAIKU_CHECK(mapping != nullptr, "a parser needs a mapping");
  auto program = compile(std::move(mapping));
  KAIKU_CHECK(program.has_value(), "the mapping of a parser has passed check()");
  return std::move(program).value();
}

}  // namespace

struct Parser::Impl {
  struct Outcome {
    Verdict verdict = Verdict::kIgnored;
    model::Item item;
    Reject reject;
  };

  Impl(std::shared_ptr<const Mapping> mapping, std::shared_ptr<const ZoneResolver> with_zones)
      : program(compiled(std::move(mapping))),
        zones(std::move(with_zones)),
        collector(*program),
        evaluator(*program, collector, zones.get()) {}

  [[nodiscard]] std::optional<Reject> missing_elements();
  [[nodiscard]] bool evaluate_all(base::EventTime kafka_time);
  void emit(ItemSink& sink) const;

  std::unique_ptr<const Program> program;
  std::shared_ptr<const ZoneResolver> zones;
  Collector collector;
  Evaluator evaluator;
  std::vector<Outcome> outcomes;
  size_t used = 0;
};

// Why the record has no elements to look at; nothing if it has, or if it may be empty.
std::optional<Reject> Parser::Impl::missing_elements() {
  constexpr auto kSchema = model::ErrorClass::kSchema;
  if (collector.elements() > 0) {
    return std::nullopt;
  }
  if (collector.has_empty_items()) {
    // A page of a feed without news is none of our business; a record that says nothing is wrong.
    return program->has_items
               ? std::nullopt
               : std::optional(Reject{kSchema, "no_items", "", "the array holds no item"});
  }
  if (collector.is_scalar()) {
    return Reject{kSchema, "not_object", "", "the record is neither an object nor an array"};
  }
  const auto is_there = [this](uint32_t node) { return !collector.record()[node].is_missing(); };
  const auto& nodes = program->items_nodes;
  if (std::none_of(nodes.begin(), nodes.end(), is_there)) {
    return Reject{
        kSchema, "missing_items", program->mapping->items, "there are no items at this path"};
  }
  return Reject{kSchema, "wrong_type", program->mapping->items, "the items are not an array"};
}

// True if every element gave an item.
bool Parser::Impl::evaluate_all(base::EventTime kafka_time) {
  used = collector.elements();
  if (outcomes.size() < used) {
    outcomes.resize(used);
  }
  bool all_good = used > 0;
  for (size_t i = 0; i < used; ++i) {
    Outcome& outcome = outcomes[i];
    outcome.verdict = evaluator.evaluate(i, kafka_time, outcome.item, outcome.reject);
    all_good = all_good && outcome.verdict == Verdict::kItem;
  }
  return all_good;
}

void Parser::Impl::emit(ItemSink& sink) const {
  if (used == 0) {
    sink.on_ignored();
  }
  for (size_t i = 0; i < used; ++i) {
    switch (outcomes[i].verdict) {
      case Verdict::kItem:
        sink.on_item(outcomes[i].item);
        break;
      case Verdict::kIgnored:
        sink.on_ignored();
        break;
      case Verdict::kReject:
        sink.on_reject(outcomes[i].reject);
        break;
    }
  }
}

Parser::Parser(std::shared_ptr<const Mapping> mapping, std::shared_ptr<const ZoneResolver> zones)
    : impl_(std::make_unique<Impl>(std::move(mapping), std::move(zones))) {}

Parser::~Parser() = default;

void Parser::parse(std::string_view value, base::EventTime kafka_time, ItemSink& sink) {
  Impl& impl = *impl_;
  if (const std::optional<Reject> reject = impl.collector.collect(value)) {
    sink.on_reject(*reject);
    return;
  }
  const std::optional<Reject> missing = impl.missing_elements();
  if (missing || !impl.evaluate_all(kafka_time)) {
    if (const std::optional<Reject> reject = impl.collector.verify()) {
      sink.on_reject(*reject);
      return;
    }
  }
  if (missing) {
    sink.on_reject(*missing);
    return;
  }
  impl.emit(sink);
  if (impl.outcomes.size() > kKeptOutcomes) {
    impl.outcomes.clear();
    impl.outcomes.shrink_to_fit();
  }
}

}  // namespace kaiku::parse
