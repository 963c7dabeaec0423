#include "kaiku/aggregate/attribution_figures.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "kaiku/base/limits.h"

#include "aggregate/counts.h"

namespace kaiku::aggregate {

// Calls fn on every count before the money, in the order of the struct.
template <typename Self, typename Fn>
static void for_each_count(Self& self, Fn&& fn) {
  for (auto& count : self.conversion_millionths) {
    fn(count);
  }
  fn(self.orders_attributed);
  fn(self.joined_orders);
  fn(self.orders_with_customer);
  fn(self.new_customer_orders);
  fn(self.truncated_orders);
  fn(self.active_customers);
  fn(self.cross_channel_customers);
  fn(self.unconverted_journeys);
  fn(self.converted_through);
  fn(self.unconverted_through);
}

namespace {

// Two lengths and a count.
constexpr size_t kTransitionBytesMin = 3;

constexpr unsigned kCounts = kAttributionModels + 10;
constexpr unsigned kRevenue = kCounts;
constexpr unsigned kTransitions = kRevenue + kAttributionModels;
constexpr unsigned kOpenings = kTransitions + 1;
constexpr unsigned kContinued = kOpenings + 1;
constexpr unsigned kParts = kContinued + 1;

uint64_t mask_of(const AttributionFigures& figures) {
  uint64_t mask = mask_of_counts(figures);
  unsigned bit = kRevenue;
  for (const money::MoneySums& sums : figures.revenue) {
    mask |= static_cast<uint64_t>(!sums.is_empty()) << bit++;
  }
  mask |= static_cast<uint64_t>(!figures.transitions.is_empty()) << kTransitions;
  mask |= static_cast<uint64_t>(figures.customer_openings != 0) << kOpenings;
  return mask | static_cast<uint64_t>(figures.continued_elsewhere != 0) << kContinued;
}

bool before(const TransitionCounts::Entry& a, const TransitionCounts::Entry& b) {
  return std::tie(a.from, a.to) < std::tie(b.from, b.to);
}

}  // namespace

std::string_view name_of(AttributionModel model) {
  switch (model) {
    case AttributionModel::kLastTouch:
      return "last_touch";
    case AttributionModel::kFirstTouch:
      return "first_touch";
    case AttributionModel::kLinear:
      return "linear";
    case AttributionModel::kTimeDecay:
      return "time_decay";
    case AttributionModel::kEqualSplit:
      return "equal_split";
  }
  return "";
}

bool TransitionCounts::add(std::string_view from, std::string_view to, int64_t count) {
  if (count == 0) {
    return true;
  }
  const auto place = std::lower_bound(entries_.begin(),
                                      entries_.end(),
                                      std::pair(from, to),
                                      [](const Entry& entry, const auto& key) {
                                        return std::pair<std::string_view, std::string_view>(
                                                   entry.from, entry.to) < key;
                                      });
  if (place == entries_.end() || place->from != from || place->to != to) {
    if (entries_.size() >= kTransitionPairs) {
      return false;
    }
    entries_.insert(place, {std::string(from), std::string(to), count});
    return true;
  }
  place->count = plus(place->count, count);
  if (place->count == 0) {
    entries_.erase(place);  // content alone decides what is kept, not the way to it
  }
  return true;
}

bool TransitionCounts::add_path(const std::vector<std::string_view>& path,
                                std::string_view end,
                                int64_t count) {
  if (path.empty()) {
    return true;
  }
  bool complete = true;
  std::string_view at = kPathStart;
  for (const std::string_view channel : path) {
    // A channel again leads nowhere: it does not change what is reached in the end.
    if (channel != at) {
      complete = add(at, channel, count) && complete;
      at = channel;
    }
  }
  return add(at, end, count) && complete;
}

bool TransitionCounts::merge(const TransitionCounts& other) {
  bool complete = true;
  const std::vector<Entry> own = &other == this ? entries_ : std::vector<Entry>{};
  for (const Entry& entry : &other == this ? own : other.entries_) {
    complete = add(entry.from, entry.to, entry.count) && complete;
  }
  return complete;
}

void TransitionCounts::encode(base::ByteWriter& out) const {
  out.varint(entries_.size());
  for (const Entry& entry : entries_) {
    out.bytes(entry.from);
    out.bytes(entry.to);
    out.svarint(entry.count);
  }
}

bool TransitionCounts::decode(base::ByteReader& in) {
  entries_.clear();
  const uint64_t count = in.count(kTransitionBytesMin);
  bool good = !in.failed() && count <= kTransitionPairs;
  for (uint64_t i = 0; good && i < count; ++i) {
    Entry entry;
    entry.from = in.bytes();
    entry.to = in.bytes();
    entry.count = in.svarint();
    good = !in.failed() && entry.count != 0 && (entries_.empty() || before(entries_.back(), entry));
    entries_.push_back(std::move(entry));
  }
  if (!good) {
    entries_.clear();
    in.fail();
  }
  return good;
}

bool AttributionFigures::is_empty() const {
  return mask_of(*this) == 0;
}

bool AttributionFigures::merge(const AttributionFigures& other) {
  merge_counts<kCounts>(*this, other);
  bool complete = true;
  for (size_t model = 0; model < kAttributionModels; ++model) {
    complete = revenue[model].merge(other.revenue[model]) && complete;
  }
  customer_openings = plus(customer_openings, other.customer_openings);
  continued_elsewhere = plus(continued_elsewhere, other.continued_elsewhere);
  return transitions.merge(other.transitions) && complete;
}

void AttributionFigures::clear() {
  clear_counts(*this);
  for (money::MoneySums& sums : revenue) {
    sums.clear();
  }
  transitions.clear();
  customer_openings = continued_elsewhere = 0;
}

void AttributionFigures::encode(base::ByteWriter& out) const {
  out.varint(mask_of(*this));
  encode_counts(*this, out);
  for (const money::MoneySums& sums : revenue) {
    if (!sums.is_empty()) {
      sums.encode(out);
    }
  }
  if (!transitions.is_empty()) {
    transitions.encode(out);
  }
  for (const int64_t count : {customer_openings, continued_elsewhere}) {
    if (count != 0) {
      out.svarint(count);
    }
  }
}

bool AttributionFigures::decode(base::ByteReader& in) {
  clear();
  const uint64_t mask = in.varint();
  if (in.failed() || mask >> kParts != 0) {
    return false;
  }
  decode_counts(mask, in, *this);
  unsigned bit = kRevenue;
  for (money::MoneySums& sums : revenue) {
    if (has(mask, bit++) && !sums.decode(in)) {
      return false;
    }
  }
  if (has(mask, kTransitions) && !transitions.decode(in)) {
    return false;
  }
  customer_openings = has(mask, kOpenings) ? in.svarint() : 0;
  continued_elsewhere = has(mask, kContinued) ? in.svarint() : 0;
  // A part that is announced and empty has another, shorter form: one content, one text.
  return !in.failed() && mask_of(*this) == mask;
}

size_t AttributionFigures::memory_bytes() const {
  size_t bytes = sizeof(*this) + transitions.entries().capacity() * sizeof(TransitionCounts::Entry);
  for (const money::MoneySums& sums : revenue) {
    bytes += sums.entries().capacity() * sizeof(money::MoneySums::Entry);
  }
  return bytes;
}

}  // namespace kaiku::aggregate
