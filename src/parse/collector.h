// Collector walks one record and notes the token of every path the program reads, and which rules
// of the program have something to read.
//
// Threads: confined to its parser.
// Owns:    the padded copy of the record and the arena of unescaped strings; tokens die with the
//          next collect().
// Cost:    one pass of simdjson and one over the places it found, in which unread values are
//          skipped by their brackets.
// Fails:   collect() and verify() return the reject of the whole record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "kaiku/parse/parser.h"

#include "program.h"
#include "token.h"

namespace kaiku::parse {

class Collector {
 public:
  explicit Collector(const Program& program);
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector();

  [[nodiscard]] std::optional<Reject> collect(std::string_view value);
  // Reads the record of the last collect() from end to end: is it JSON at all?
  [[nodiscard]] std::optional<Reject> verify();

  [[nodiscard]] size_t elements() const;
  // There is an array of elements, and nothing in it.
  [[nodiscard]] bool has_empty_items() const;
  // The record is a string, number or literal.
  [[nodiscard]] bool is_scalar() const;
  // One token for each node of the program's element trie.
  [[nodiscard]] Token* element(size_t index);

  struct Extent {
    uint32_t bytes = 0;    // of an object; of other elements it does not matter
    uint64_t present = 0;  // bit i: rule i of the program has a value to read that is not null
  };

  [[nodiscard]] Extent extent(size_t index) const;
  // One token for each node of the program's record trie.
  [[nodiscard]] Token* record();

  // A kQuoted token as a kPlain one, or a kBroken one if its escapes are wrong; others as they are.
  [[nodiscard]] Token unescaped(Token token);
  // Memory that lives as long as the tokens.
  [[nodiscard]] char* allocate(size_t size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::parse
