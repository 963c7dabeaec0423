#include "kaiku/aggregate/business_figures.h"

#include "aggregate/counts.h"

namespace kaiku::aggregate {

// Calls fn on every count, in the order of the struct.
template <typename Self, typename Fn>
static void for_each_count(Self& self, Fn&& fn) {
  fn(self.cancellations);
  fn(self.leads);
  fn(self.opportunities);
  fn(self.subscription_starts);
  fn(self.subscription_ends);
  fn(self.visits);
  fn(self.promotions);
}

namespace {

constexpr unsigned kCounts = 7;

}  // namespace

int64_t* BusinessFigures::count_of(model::BusinessKind kind) {
  switch (kind) {
    case model::BusinessKind::kCancellation:
      return &cancellations;
    case model::BusinessKind::kLead:
      return &leads;
    case model::BusinessKind::kOpportunity:
      return &opportunities;
    case model::BusinessKind::kSubscriptionStart:
      return &subscription_starts;
    case model::BusinessKind::kSubscriptionEnd:
      return &subscription_ends;
    case model::BusinessKind::kVisit:
      return &visits;
    case model::BusinessKind::kPromotion:
      return &promotions;
    default:
      return nullptr;
  }
}

bool BusinessFigures::is_empty() const {
  return mask_of_counts(*this) == 0;
}

void BusinessFigures::merge(const BusinessFigures& other) {
  merge_counts<kCounts>(*this, other);
}

void BusinessFigures::clear() {
  clear_counts(*this);
}

void BusinessFigures::encode(base::ByteWriter& out) const {
  out.varint(mask_of_counts(*this));
  encode_counts(*this, out);
}

bool BusinessFigures::decode(base::ByteReader& in) {
  clear();
  const uint64_t mask = in.varint();
  if (in.failed() || mask >> kCounts != 0) {
    return false;
  }
  decode_counts(mask, in, *this);
  // A count that is announced and zero has another, shorter form: one content, one text.
  return !in.failed() && mask_of_counts(*this) == mask;
}

size_t BusinessFigures::memory_bytes() const {
  return sizeof(*this);
}

}  // namespace kaiku::aggregate
