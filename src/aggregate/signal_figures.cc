#include "kaiku/aggregate/signal_figures.h"

#include "aggregate/counts.h"

namespace kaiku::aggregate {
namespace {

// Those that the first layout had.
constexpr size_t kFirstRisks = 5;
constexpr unsigned kFields = 3 + 2 * model::kRisks;

// Calls fn for each count and table in the order of the format.
template <typename Self, typename Fn>
void for_each_field(Self& self, Fn&& fn) {
  fn(self.by_staff);
  for (size_t i = 0; i < kFirstRisks; ++i) {
    fn(self.risks[i]);
  }
  fn(self.terms);
  for (size_t i = 0; i < kFirstRisks; ++i) {
    fn(self.subjects[i]);
  }
  for (size_t i = kFirstRisks; i < model::kRisks; ++i) {
    fn(self.risks[i]);
    fn(self.subjects[i]);
  }
  fn(self.examples);
}

bool is_set(int64_t count) {
  return count != 0;
}

bool is_set(const ExampleTable& table) {
  return !table.is_empty();
}

bool is_set(const TermTable& table) {
  return !table.is_empty();
}

void write(int64_t count, base::ByteWriter& out) {
  out.svarint(count);
}

void write(const ExampleTable& table, base::ByteWriter& out) {
  table.encode(out);
}

void write(const TermTable& table, base::ByteWriter& out) {
  table.encode(out);
}

bool read(base::ByteReader& in, int64_t& count) {
  count = in.svarint();
  return !in.failed();
}

bool read(base::ByteReader& in, ExampleTable& table) {
  return table.decode(in);
}

bool read(base::ByteReader& in, TermTable& table) {
  return table.decode(in);
}

uint64_t mask_of(const SignalFigures& figures) {
  uint64_t mask = 0;
  unsigned bit = 0;
  for_each_field(figures,
                 [&](const auto& field) { mask |= static_cast<uint64_t>(is_set(field)) << bit++; });
  return mask;
}

}  // namespace

bool SignalFigures::is_empty() const {
  return mask_of(*this) == 0;
}

void SignalFigures::merge(const SignalFigures& other) {
  by_staff = plus(by_staff, other.by_staff);
  terms.merge(other.terms);
  examples.merge(other.examples);
  for (size_t i = 0; i < model::kRisks; ++i) {
    risks[i] = plus(risks[i], other.risks[i]);
    subjects[i].merge(other.subjects[i]);
  }
}

void SignalFigures::drop_tables() {
  terms.clear();
  examples.clear();
  for (TermTable& table : subjects) {
    table.clear();
  }
}

void SignalFigures::encode(base::ByteWriter& out) const {
  out.varint(mask_of(*this));
  for_each_field(*this, [&](const auto& field) {
    if (is_set(field)) {
      write(field, out);
    }
  });
}

bool SignalFigures::decode(base::ByteReader& in) {
  *this = SignalFigures();
  const uint64_t mask = in.varint();
  bool good = !in.failed() && mask >> kFields == 0;
  unsigned bit = 0;
  for_each_field(*this,
                 [&](auto& field) { good = good && (!has(mask, bit++) || read(in, field)); });
  return good && !in.failed() && mask_of(*this) == mask;
}

size_t SignalFigures::memory_bytes() const {
  size_t bytes = sizeof(*this) + terms.memory_bytes() + examples.memory_bytes();
  for (const TermTable& table : subjects) {
    bytes += table.memory_bytes();
  }
  return bytes;
}

}  // namespace kaiku::aggregate
