// Ledger: what became of everything that was read, per source: records -> items -> outcomes. Adding
// the ledgers of all routers and shards gives the proof that nothing was lost and nothing counted
// twice.
//
// Threads: a value.
// Owns:    its counts.
// Cost:    plain integers.
// Fails:   decode() on bad bytes.
// Format:  the counts in the order of the struct as varints.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/model/outcome.h"

namespace kaiku::shard {

struct SourceLedger {
  uint64_t records = 0;  // read by a router
  uint64_t bytes = 0;
  uint64_t items = 0;      // found in them; a record without items is one item
  uint64_t sent = 0;       // items a router sent on to a shard
  uint64_t received = 0;   // items a shard received
  uint64_t asked = 0;      // business items an items stage sent on to an order
  uint64_t answered = 0;   // business items an order decided
  uint64_t misplaced = 0;  // items of a direct source found on another shard
  uint64_t tests = 0;      // items that say they are tests; a part of those ignored
  std::array<uint64_t, model::kOutcomes> outcomes{};
  std::array<uint64_t, model::kDuplicateKinds> duplicates{};
  std::array<uint64_t, model::kErrorClasses> dead_letters{};
  // What leaves the promise of the same figures.
  uint64_t stragglers = 0;
  uint64_t conflicts = 0;
  uint64_t overflows = 0;

  void add(const SourceLedger& other);

  void count(model::Outcome outcome) { ++outcomes[static_cast<size_t>(outcome)]; }

  [[nodiscard]] uint64_t outcome(model::Outcome outcome) const {
    return outcomes[static_cast<size_t>(outcome)];
  }

  // items = sum of outcomes, sent = received, asked = answered.
  [[nodiscard]] bool balances() const;
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
};

// One entry per source of the plan, in its order.
using Ledger = std::vector<SourceLedger>;

void add(Ledger& sum, const Ledger& other);
[[nodiscard]] bool balances(const Ledger& ledger);
// {"sources":[{"source":..,"records":..,...}],"balanced":true}
[[nodiscard]] std::string to_json(const Ledger& ledger, const std::vector<std::string>& names);

}  // namespace kaiku::shard
