// Outcome: where an item ended. Every item ends in exactly one, and the ledger adds them up.
//
// Threads: values.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kaiku::model {

enum class Outcome : uint8_t { kCounted, kDuplicate, kLate, kDeadLetter, kIgnored };
inline constexpr size_t kOutcomes = 5;

// Why a copy was suppressed (`suppressed` of a cell, kaiku_suppressed_total).
enum class DuplicateKind : uint8_t {
  kRedelivery,  // (source, event id) was seen
  kSameItem,    // another copy of an item that was counted: second connector
  kRepoll,      // only counters moved (their difference was counted)
  kNoop,        // an edit that changed nothing
  kBusiness,    // a business version that was seen, or is older than the one in force
};
inline constexpr size_t kDuplicateKinds = 5;

enum class ErrorClass : uint8_t {
  kParse,
  kSchema,
  kSemantic,
  kTooLarge,
  kTooOld,
  kFuture,
  kCurrency
};
inline constexpr size_t kErrorClasses = 7;

[[nodiscard]] std::string_view name_of(Outcome outcome);
[[nodiscard]] std::string_view name_of(DuplicateKind kind);
[[nodiscard]] std::string_view name_of(ErrorClass error);

// Why a figure left the promise of section "The same figures" of src/README.md; bits of a mask.
enum Inexact : uint8_t {
  kInexactStraggler = 1,    // accepted below a watermark that an idle partition had moved
  kInexactOverflow = 2,     // a bound was reached
  kInexactConflict = 4,     // copies of one item disagreed
  kInexactCatalogue = 8,    // a catalogue entry became valid in the past
  kInexactAdjustment = 16,  // a change to a window that was forgotten is booked here
};

}  // namespace kaiku::model
