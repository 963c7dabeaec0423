#include "kaiku/aggregate/conversation_figures.h"

#include "aggregate/counts.h"

namespace kaiku::aggregate {

// Calls fn on every count, in the order of the struct.
template <typename Self, typename Fn>
static void for_each_count(Self& self, Fn&& fn) {
  fn(self.opened);
  for (auto& count : self.first_answer_by) {
    fn(count);
  }
  fn(self.peer_before_brand);
  fn(self.sla_met);
  fn(self.sla_breached);
  fn(self.unanswered_at_deadline);
  fn(self.resolved);
  fn(self.reopened);
  for (auto& count : self.closed) {
    fn(count);
  }
  fn(self.two_way);
  fn(self.never_answered);
  fn(self.deflected);
  for (auto& count : self.messages) {
    fn(count);
  }
  fn(self.messages_of_closed);
  fn(self.root_unknown);
  fn(self.rated);
  fn(self.rating_sum);
  fn(self.rated_good);
}

namespace {

// Calls fn on every histogram, in the order of the struct.
template <typename Self, typename Fn>
void for_each_histogram(Self& self, Fn&& fn) {
  fn(self.first_response_public);
  fn(self.first_response_private);
  fn(self.first_response_business);
  fn(self.resolution);
  fn(self.resolution_final);
  fn(self.peer_lead);
}

constexpr unsigned kCounts = 15 + kAnsweredBy + kCloseReasons + kSpeakers;
constexpr unsigned kHistograms = 6;
constexpr unsigned kMembers = kCounts + kHistograms;
constexpr unsigned kParts = kMembers + 1;

uint64_t mask_of(const ConversationFigures& figures) {
  uint64_t mask = mask_of_counts(figures);
  unsigned bit = kCounts;
  for_each_histogram(figures, [&](const sketch::LogHistogram& histogram) {
    mask |= static_cast<uint64_t>(!histogram.is_empty()) << bit++;
  });
  return mask | static_cast<uint64_t>(!figures.members.is_empty()) << kMembers;
}

}  // namespace

int64_t ConversationFigures::closed_total() const {
  int64_t total = 0;
  for (const int64_t count : closed) {
    total = plus(total, count);
  }
  return total;
}

bool ConversationFigures::is_empty() const {
  return mask_of(*this) == 0;
}

void ConversationFigures::merge(const ConversationFigures& other) {
  merge_counts<kCounts>(*this, other);
  std::array<const sketch::LogHistogram*, kHistograms> histograms;
  size_t at = 0;
  for_each_histogram(other, [&](const sketch::LogHistogram& from) { histograms[at++] = &from; });
  at = 0;
  for_each_histogram(*this, [&](sketch::LogHistogram& to) {
    const sketch::LogHistogram& from = *histograms[at++];
    if (!from.is_empty()) {
      to.merge(from);
    }
  });
  if (!other.members.is_empty()) {
    members.merge(other.members);
  }
}

void ConversationFigures::clear() {
  clear_counts(*this);
  for_each_histogram(*this, [](sketch::LogHistogram& histogram) { histogram.clear(); });
  members.clear();
}

void ConversationFigures::encode(base::ByteWriter& out) const {
  out.varint(mask_of(*this));
  encode_counts(*this, out);
  for_each_histogram(*this, [&](const sketch::LogHistogram& histogram) {
    if (!histogram.is_empty()) {
      histogram.encode(out);
    }
  });
  if (!members.is_empty()) {
    members.encode(out);
  }
}

bool ConversationFigures::decode(base::ByteReader& in) {
  clear();
  const uint64_t mask = in.varint();
  if (in.failed() || mask >> kParts != 0) {
    return false;
  }
  decode_counts(mask, in, *this);
  unsigned bit = kCounts;
  bool good = true;
  for_each_histogram(*this, [&](sketch::LogHistogram& histogram) {
    if (has(mask, bit++)) {
      good = good && histogram.decode(in);
    }
  });
  if (!good || (has(mask, kMembers) && !members.decode(in))) {
    return false;
  }
  // A part that is announced and empty has another, shorter form: one content, one text.
  return !in.failed() && mask_of(*this) == mask;
}

size_t ConversationFigures::memory_bytes() const {
  size_t bytes = sizeof(*this) + members.memory_bytes();
  for_each_histogram(
      *this, [&](const sketch::LogHistogram& histogram) { bytes += histogram.memory_bytes(); });
  return bytes;
}

}  // namespace kaiku::aggregate
