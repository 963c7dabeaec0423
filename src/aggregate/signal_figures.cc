#include "kaiku/aggregate/signal_figures.h"

#include <utility>

#include "aggregate/counts.h"

namespace kaiku::aggregate {

template <typename Self, typename Fn>
static void for_each_count(Self& self, Fn&& fn) {
  fn(self.by_staff);
  for (auto& count : self.risks) {
    fn(count);
  }
}

namespace {

constexpr unsigned kCounts = 1 + model::kRisks;
constexpr unsigned kTermsPart = kCounts;
constexpr unsigned kSubjectsPart = kTermsPart + 1;
constexpr unsigned kParts = kSubjectsPart + model::kRisks;

uint64_t mask_of(const SignalFigures& figures) {
  uint64_t mask = mask_of_counts(figures);
  mask |= static_cast<uint64_t>(!figures.terms.is_empty()) << kTermsPart;
  for (unsigned i = 0; i < model::kRisks; ++i) {
    mask |= static_cast<uint64_t>(!figures.subjects[i].is_empty()) << (kSubjectsPart + i);
  }
  return mask;
}

}  // namespace

bool SignalFigures::is_empty() const {
  return mask_of(*this) == 0;
}

void SignalFigures::merge(const SignalFigures& other) {
  merge_counts<kCounts>(*this, other);
  terms.merge(other.terms);
  for (size_t i = 0; i < model::kRisks; ++i) {
    subjects[i].merge(other.subjects[i]);
  }
}

void SignalFigures::drop_tables() {
  terms.clear();
  for (TermTable& table : subjects) {
    table.clear();
  }
}

void SignalFigures::encode(base::ByteWriter& out) const {
  const uint64_t mask = mask_of(*this);
  out.varint(mask);
  encode_counts(*this, out);
  if (has(mask, kTermsPart)) {
    terms.encode(out);
  }
  for (unsigned i = 0; i < model::kRisks; ++i) {
    if (has(mask, kSubjectsPart + i)) {
      subjects[i].encode(out);
    }
  }
}

bool SignalFigures::decode(base::ByteReader& in) {
  *this = SignalFigures();
  const uint64_t mask = in.varint();
  if (in.failed() || mask >> kParts != 0) {
    return false;
  }
  decode_counts(mask, in, *this);
  if (has(mask, kTermsPart) && !terms.decode(in)) {
    return false;
  }
  for (unsigned i = 0; i < model::kRisks; ++i) {
    if (has(mask, kSubjectsPart + i) && !subjects[i].decode(in)) {
      return false;
    }
  }
  return !in.failed() && mask_of(*this) == mask;
}

size_t SignalFigures::memory_bytes() const {
  size_t bytes = sizeof(*this) + terms.memory_bytes();
  for (const TermTable& table : subjects) {
    bytes += table.memory_bytes();
  }
  return bytes;
}

}  // namespace kaiku::aggregate
