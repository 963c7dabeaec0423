// ExampleTable: a few public items of one brand and minute that alerts may point to, with what they
// say; and those that may be pointed to no more. Which ones they are is a matter of what they say
// and of their hashes, not of who came first.
//
// Threads: confined to its user.
// Owns:    its entries, some 300 bytes each.
// Cost:    linear in what it holds.
// Fails:   decode() is false on anything but a well-formed table. Past the room items that hold no
//          risk go first, then those with the larger hashes.
// Format:  examples: count varint, each item u64, author u64, risk u8, address bytes, what it is
//          about: count varint, u32 each, ascending; then what is gone: count varint, u64 each,
//          ascending. Examples by (risk first, item).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kaiku/base/bytes.h"

namespace kaiku::aggregate {

inline constexpr size_t kExamplesPerTable = 16;
inline constexpr size_t kGonePerTable = 64;
// The longest address that is kept, in bytes.
inline constexpr size_t kExampleUrlBytes = 240;
inline constexpr size_t kExampleAbout = 40;
// In the place of a term: it is said without good will.
inline constexpr uint64_t kAboutNegative = 1;

struct Example {
  uint64_t item = 0;    // half of its identity
  uint64_t author = 0;  // keyed hash; 0: nobody is named
  bool has_risk = false;
  std::string url;
  std::vector<uint32_t> about;  // halves of the hashes of terms and subjects, ascending

  void add(uint64_t hash);
  [[nodiscard]] bool is_about(uint64_t hash) const;

  friend bool operator==(const Example&, const Example&) = default;
};

class ExampleTable {
 public:
  void add(Example example);
  // It was deleted, and stays so whatever is merged.
  void take_away(uint64_t item);
  void merge(const ExampleTable& other);
  // Those for which `is_gone` holds are no examples any more; true if there were some.
  bool remove_if(const std::function<bool(const Example&)>& is_gone);

  [[nodiscard]] const std::vector<Example>& examples() const { return examples_; }

  [[nodiscard]] const std::vector<uint64_t>& gone() const { return gone_; }

  [[nodiscard]] bool is_empty() const { return examples_.empty() && gone_.empty(); }

  void clear() {
    examples_.clear();
    gone_.clear();
  }

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;

  friend bool operator==(const ExampleTable&, const ExampleTable&) = default;

 private:
  void cut();

  std::vector<Example> examples_;
  std::vector<uint64_t> gone_;
};

}  // namespace kaiku::aggregate
