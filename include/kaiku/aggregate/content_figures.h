// ContentFigures: what the items of one brand, channel and type were worth reading: what filters
// upstream said of them, and which contents the brand itself posted. A part of Aggregate with the
// same algebra.
//
// Threads: confined to its user.
// Owns:    its sketch, empty until something is recorded.
// Cost:    a merge is three additions and the sketch if it is there.
// Fails:   decode() is false on anything but a well-formed value. Counts wrap at 64 bits, which
//          stays order-free.
// Format:  presence mask varint (a bit per field, in the order of this struct), then the fields
//          that are not zero or empty: counts as svarint, the sketch in its own format.
//
// Contents are fingerprints of texts. Those of one channel are counted in its cell; the union over
// channels counts a content once, so contents of channels / contents of the union is how often one
// was used.
#pragma once

#include <cstdint>

#include "kaiku/base/bytes.h"
#include "kaiku/model/item.h"
#include "kaiku/sketch/hyperloglog.h"

namespace kaiku::aggregate {

struct ContentFigures {
  int64_t relevant = 0;
  int64_t noise = 0;
  int64_t off_topic = 0;
  sketch::HyperLogLog contents;

  // Items that a filter judged.
  [[nodiscard]] int64_t judged() const;
  void count(model::Relevance relevance);

  [[nodiscard]] bool is_empty() const;
  void merge(const ContentFigures& other);
  void clear();
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;
};

}  // namespace kaiku::aggregate
