#include "kaiku/shard/ledger.h"

#include <algorithm>
#include <numeric>

#include "kaiku/base/json_writer.h"

namespace kaiku::shard {
namespace {

// Every count of a ledger, in the order of the format.
template <typename L, typename Visit>
void each(L& ledger, const Visit& visit) {
  for (auto* value : {&ledger.records,
                      &ledger.bytes,
                      &ledger.items,
                      &ledger.sent,
                      &ledger.received,
                      &ledger.asked,
                      &ledger.answered,
                      &ledger.misplaced,
                      &ledger.tests}) {
    visit(*value);
  }
  std::for_each(ledger.outcomes.begin(), ledger.outcomes.end(), visit);
  std::for_each(ledger.duplicates.begin(), ledger.duplicates.end(), visit);
  std::for_each(ledger.dead_letters.begin(), ledger.dead_letters.end(), visit);
  for (auto* value : {&ledger.stragglers, &ledger.conflicts, &ledger.overflows}) {
    visit(*value);
  }
}

template <size_t N, typename Enum>
void write_counts(base::JsonWriter& json, const std::array<uint64_t, N>& counts) {
  json.begin_object();
  for (size_t i = 0; i < N; ++i) {
    json.field(model::name_of(static_cast<Enum>(i)), counts[i]);
  }
  json.end_object();
}

}  // namespace

void SourceLedger::add(const SourceLedger& other) {
  std::vector<uint64_t> values;
  each(other, [&](const uint64_t& value) { values.push_back(value); });
  size_t at = 0;
  each(*this, [&](uint64_t& value) { value += values[at++]; });
}

bool SourceLedger::balances() const {
  return items == std::accumulate(outcomes.begin(), outcomes.end(), uint64_t{0}) &&
         sent == received && asked == answered;
}

void SourceLedger::encode(base::ByteWriter& out) const {
  each(*this, [&](const uint64_t& value) { out.varint(value); });
}

bool SourceLedger::decode(base::ByteReader& in) {
  each(*this, [&](uint64_t& value) { value = in.varint(); });
  return !in.failed();
}

void add(Ledger& sum, const Ledger& other) {
  sum.resize(std::max(sum.size(), other.size()));
  for (size_t i = 0; i < other.size(); ++i) {
    sum[i].add(other[i]);
  }
}

bool balances(const Ledger& ledger) {
  return std::all_of(
      ledger.begin(), ledger.end(), [](const SourceLedger& source) { return source.balances(); });
}

std::string to_json(const Ledger& ledger, const std::vector<std::string>& names) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object().key("sources").begin_array();
  for (size_t i = 0; i < ledger.size(); ++i) {
    const SourceLedger& source = ledger[i];
    json.begin_object()
        .field("source", i < names.size() ? std::string_view(names[i]) : std::string_view("?"))
        .field("records", source.records)
        .field("items", source.items)
        .key("outcomes");
    write_counts<model::kOutcomes, model::Outcome>(json, source.outcomes);
    json.key("duplicates");
    write_counts<model::kDuplicateKinds, model::DuplicateKind>(json, source.duplicates);
    json.key("dead_letters");
    write_counts<model::kErrorClasses, model::ErrorClass>(json, source.dead_letters);
    json.field("sent", source.sent)
        .field("received", source.received)
        .field("test_items", source.tests)
        .field("stragglers", source.stragglers)
        .field("conflicting_duplicates", source.conflicts)
        .field("capacity_overflow", source.overflows)
        .field("balanced", source.balances())
        .end_object();
  }
  json.end_array().field("balanced", balances(ledger)).end_object();
  return out;
}

}  // namespace kaiku::shard
