// SignalFigures: what the items of one brand, channel and minute say to its signals: terms of their
// texts, and risks. A part of Aggregate with the same algebra.
//
// Threads: confined to its user.
// Owns:    its tables, empty until something is recorded.
// Cost:    that of its tables.
// Fails:   decode() is false on anything but a well-formed value.
// Format:  presence mask varint (a bit per field, low first), then the fields that are not zero or
//          empty: counts as svarint, tables in their own format. The order is by_staff, the counts
//          of the first five risks, terms, the subjects of these risks, then count and subjects of
//          each later risk, then examples: what was written before there was one reads the same.
//
// The tables are for the signals of the brand; the cells of the board keep the counts only.
#pragma once

#include <array>
#include <cstdint>

#include "kaiku/aggregate/example_table.h"
#include "kaiku/aggregate/term_table.h"
#include "kaiku/base/bytes.h"
#include "kaiku/model/signal_part.h"

namespace kaiku::aggregate {

// Subjects of one kind of risk in one delta or minute: of all kinds together 35 KB at most.
inline constexpr size_t kSubjectsPerTable = 24;

struct SignalFigures {
  int64_t by_staff = 0;                        // original items by the brand's people
  std::array<int64_t, model::kRisks> risks{};  // items, by model::Risk
  TermTable terms;                             // of originals
  std::array<TermTable, model::kRisks> subjects = {TermTable(kSubjectsPerTable),
                                                   TermTable(kSubjectsPerTable),
                                                   TermTable(kSubjectsPerTable),
                                                   TermTable(kSubjectsPerTable),
                                                   TermTable(kSubjectsPerTable),
                                                   TermTable(kSubjectsPerTable),
                                                   TermTable(kSubjectsPerTable)};
  ExampleTable examples;

  [[nodiscard]] bool is_empty() const;
  void merge(const SignalFigures& other);
  // Forgets the tables: what is left is what cells keep.
  void drop_tables();
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;

  friend bool operator==(const SignalFigures&, const SignalFigures&) = default;
};

}  // namespace kaiku::aggregate
