#include "kaiku/aggregate/aggregate.h"

#include <utility>

#include "aggregate/counts.h"

namespace kaiku::aggregate {

// Calls fn on every count, in the order of the struct: one list behind merge, encode and decode.
template <typename Self, typename Fn>
static void for_each_count(Self& self, Fn&& fn) {
  for (auto& count : self.by_relation) {
    fn(count);
  }
  for (auto& count : self.suppressed) {
    fn(count);
  }
  fn(self.edits);
  fn(self.deletions);
  fn(self.without_author);
  fn(self.likes);
  fn(self.replies);
  fn(self.reposts);
  fn(self.quotes);
  fn(self.bookmarks);
  fn(self.clicks);
  fn(self.views);
  fn(self.impressions);
  fn(self.sentiment_negative);
  fn(self.sentiment_neutral);
  fn(self.sentiment_positive);
  fn(self.sentiment_scored);
  fn(self.sentiment_score_ppm);
  fn(self.orders);
  fn(self.refunds);
  fn(self.spends);
  fn(self.adjustments);
}

namespace {

constexpr uint8_t kLayout = 1;

constexpr unsigned kCounts = model::kRelations + model::kDuplicateKinds + 20;

// Bits of the presence mask behind those of the counts.
enum Part : unsigned {
  kInexactPart = kCounts,
  kAuthors,
  kReach,
  kFollowers,
  kMoney,
  kConversations,
  kAttribution,
  kBusiness,
  kContent,
  kSignals,
  kInbound,
  kInboundOriginal,
  kParts
};

static_assert(kParts <= 64);

uint64_t mask_of(const Aggregate& aggregate) {
  uint64_t mask = mask_of_counts(aggregate);
  const auto set = [&](bool present, unsigned part) {
    mask |= static_cast<uint64_t>(present) << part;
  };
  set(aggregate.inexact != 0, kInexactPart);
  set(!aggregate.authors.is_empty(), kAuthors);
  set(!aggregate.reach.is_empty(), kReach);
  set(!aggregate.followers.is_empty(), kFollowers);
  set(!aggregate.money.is_empty(), kMoney);
  set(!aggregate.conversations.is_empty(), kConversations);
  set(!aggregate.attribution.is_empty(), kAttribution);
  set(!aggregate.business.is_empty(), kBusiness);
  set(!aggregate.content.is_empty(), kContent);
  set(!aggregate.signals.is_empty(), kSignals);
  set(aggregate.inbound != 0, kInbound);
  set(aggregate.inbound_original != 0, kInboundOriginal);
  return mask;
}

}  // namespace

int64_t Aggregate::count_total() const {
  int64_t total = 0;
  for (const int64_t count : by_relation) {
    total = plus(total, count);
  }
  return total;
}

int64_t Aggregate::engagements() const {
  return plus(plus(plus(likes, replies), plus(reposts, quotes)), plus(bookmarks, clicks));
}

bool Aggregate::is_empty() const {
  return mask_of(*this) == 0;
}

void Aggregate::merge(const Aggregate& other) {
  merge_counts<kCounts>(*this, other);
  inbound = plus(inbound, other.inbound);
  inbound_original = plus(inbound_original, other.inbound_original);
  inexact |= other.inexact;
  authors.merge(other.authors);
  reach.merge(other.reach);
  followers.merge(other.followers);
  if (!other.money.is_empty() && !money.merge(other.money)) {
    inexact |= model::kInexactOverflow;
  }
  if (const ConversationFigures* theirs_too = other.conversations.get(); theirs_too != nullptr) {
    conversations.make().merge(*theirs_too);
  }
  if (const AttributionFigures* credited = other.attribution.get();
      credited != nullptr && !attribution.make().merge(*credited)) {
    inexact |= model::kInexactOverflow;
  }
  if (const BusinessFigures* booked = other.business.get(); booked != nullptr) {
    business.make().merge(*booked);
  }
  if (const ContentFigures* said = other.content.get(); said != nullptr) {
    content.make().merge(*said);
  }
  if (const SignalFigures* told = other.signals.get(); told != nullptr) {
    signals.make().merge(*told);
  }
}

void Aggregate::clear() {
  clear_counts(*this);
  inbound = 0;
  inbound_original = 0;
  inexact = 0;
  authors.clear();
  reach.clear();
  followers.clear();
  money.clear();
  conversations.clear();
  attribution.clear();
  business.clear();
  content.clear();
  signals.clear();
}

void Aggregate::encode(base::ByteWriter& out) const {
  const uint64_t mask = mask_of(*this);
  // Layout, mask and counts are put together in place and appended at once.
  constexpr size_t kVarintMax = 10;
  std::array<char, 1 + kVarintMax*(1 + kCounts)> head;
  char* at = head.data();
  const auto varint = [&at](uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      *at++ = static_cast<char>(value | 0x80);
    }
    *at++ = static_cast<char>(value);
  };
  *at++ = static_cast<char>(kLayout);
  varint(mask);
  for_each_count(*this, [&](int64_t count) {
    if (count != 0) {
      varint((static_cast<uint64_t>(count) << 1) ^ static_cast<uint64_t>(count >> 63));
    }
  });
  out.raw({head.data(), static_cast<size_t>(at - head.data())});
  if (has(mask, kInexactPart)) {
    out.u8(inexact);
  }
  if (has(mask, kAuthors)) {
    authors.encode(out);
  }
  if (has(mask, kReach)) {
    reach.encode(out);
  }
  if (has(mask, kFollowers)) {
    followers.encode(out);
  }
  if (has(mask, kMoney)) {
    money.encode(out);
  }
  if (has(mask, kConversations)) {
    conversations.get()->encode(out);
  }
  if (has(mask, kAttribution)) {
    attribution.get()->encode(out);
  }
  if (has(mask, kBusiness)) {
    business.get()->encode(out);
  }
  if (has(mask, kContent)) {
    content.get()->encode(out);
  }
  if (has(mask, kSignals)) {
    signals.get()->encode(out);
  }
  for (const int64_t count : {inbound, inbound_original}) {
    if (count != 0) {
      out.svarint(count);
    }
  }
}

bool Aggregate::decode(base::ByteReader& in) {
  clear();
  if (in.u8() != kLayout) {
    return false;
  }
  const uint64_t mask = in.varint();
  if (in.failed() || mask >> kParts != 0) {
    return false;
  }
  decode_counts(mask, in, *this);
  if (has(mask, kInexactPart)) {
    inexact = in.u8();
  }
  if ((has(mask, kAuthors) && !authors.decode(in)) || (has(mask, kReach) && !reach.decode(in)) ||
      (has(mask, kFollowers) && !followers.decode(in)) ||
      (has(mask, kMoney) && !money.decode(in)) ||
      (has(mask, kConversations) && !conversations.make().decode(in)) ||
      (has(mask, kAttribution) && !attribution.make().decode(in)) ||
      (has(mask, kBusiness) && !business.make().decode(in)) ||
      (has(mask, kContent) && !content.make().decode(in)) ||
      (has(mask, kSignals) && !signals.make().decode(in))) {
    return false;
  }
  inbound = has(mask, kInbound) ? in.svarint() : 0;
  inbound_original = has(mask, kInboundOriginal) ? in.svarint() : 0;
  // A part that is announced and empty has another, shorter form: one content, one text.
  return !in.failed() && mask_of(*this) == mask;
}

size_t Aggregate::memory_bytes() const {
  return sizeof(*this) + authors.memory_bytes() + reach.memory_bytes() + followers.memory_bytes() +
         money.entries().capacity() * sizeof(money::MoneySums::Entry) +
         (conversations.get() != nullptr ? conversations.get()->memory_bytes() : 0) +
         (attribution.get() != nullptr ? attribution.get()->memory_bytes() : 0) +
         (business.get() != nullptr ? business.get()->memory_bytes() : 0) +
         (content.get() != nullptr ? content.get()->memory_bytes() : 0) +
         (signals.get() != nullptr ? signals.get()->memory_bytes() : 0);
}

}  // namespace kaiku::aggregate
