#include "kaiku/aggregate/content_figures.h"

#include "aggregate/counts.h"

namespace kaiku::aggregate {

// Calls fn on every count, in the order of the struct.
template <typename Self, typename Fn>
static void for_each_count(Self& self, Fn&& fn) {
  fn(self.relevant);
  fn(self.noise);
  fn(self.off_topic);
}

namespace {

constexpr unsigned kCounts = 3;
constexpr unsigned kContents = kCounts;
constexpr unsigned kParts = kContents + 1;

uint64_t mask_of(const ContentFigures& figures) {
  return mask_of_counts(figures) | static_cast<uint64_t>(!figures.contents.is_empty()) << kContents;
}

}  // namespace

int64_t ContentFigures::judged() const {
  return plus(plus(relevant, noise), off_topic);
}

void ContentFigures::count(model::Relevance relevance) {
  switch (relevance) {
    case model::Relevance::kRelevant:
      relevant = plus(relevant, 1);
      break;
    case model::Relevance::kNoise:
      noise = plus(noise, 1);
      break;
    case model::Relevance::kOffTopic:
      off_topic = plus(off_topic, 1);
      break;
    case model::Relevance::kNone:
      break;
  }
}

bool ContentFigures::is_empty() const {
  return mask_of(*this) == 0;
}

void ContentFigures::merge(const ContentFigures& other) {
  merge_counts<kCounts>(*this, other);
  contents.merge(other.contents);
}

void ContentFigures::clear() {
  clear_counts(*this);
  contents.clear();
}

void ContentFigures::encode(base::ByteWriter& out) const {
  out.varint(mask_of(*this));
  encode_counts(*this, out);
  if (!contents.is_empty()) {
    contents.encode(out);
  }
}

bool ContentFigures::decode(base::ByteReader& in) {
  clear();
  const uint64_t mask = in.varint();
  if (in.failed() || mask >> kParts != 0) {
    return false;
  }
  decode_counts(mask, in, *this);
  if (has(mask, kContents) && !contents.decode(in)) {
    return false;
  }
  // A part that is announced and empty has another, shorter form: one content, one text.
  return !in.failed() && mask_of(*this) == mask;
}

size_t ContentFigures::memory_bytes() const {
  return sizeof(*this) + contents.memory_bytes();
}

}  // namespace kaiku::aggregate
