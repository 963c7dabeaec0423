// WorkerCounters: the counters and histograms one worker writes, summed over the workers at a
// scrape.
//
// Threads: one writer; any thread may read at any time and sees a recent value of each counter.
// Owns:    one flat block of 64-bit slots, on cache lines of its own.
// Cost:    add() is a load, an addition and a store, no lock prefix: about half a nanosecond. Still
// meant
//          for once per batch and label, not once per event.
// Fails:   never; a label index outside its range stops the process, it can only be a bug.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "kaiku/base/check.h"
#include "kaiku/metrics/catalogue.h"

namespace kaiku::metrics {

// Labels in the order of add(): first, second.
enum class Counter : uint8_t {
  kRecords,           // source
  kBytes,             // source
  kItems,             // source, model::Outcome
  kSuppressed,        // source, model::DuplicateKind
  kDeadLetters,       // source, model::ErrorClass
  kLateEvents,        // source
  kMisplacedRecords,  // source
  kTestItems,         // source
  kEdgeRecords,
  kEdgeBytes,
  kEdgeItemsSent,
  kEdgeItemsReceived,
  kEdgeRepeats,
  kResults,             // window, ResultKind
  kOutputRecords,       // Output
  kCommits,             // CommitResult
  kWorkerMicroseconds,  // Activity
  kRebalances,
  kRestores,
  kRestoreRecords,
  kStragglers,
  kCapacityOverflow,  // Structure
  kConflictingDuplicates,
  kRetroactiveCatalogue,
  kAdjustments,
  kThreads,        // ThreadOutcome
  kJourneyBounds,  // JourneyBound
  kErasures,       // ErasureResult
  kSignalBounds,   // SignalBound
};
inline constexpr size_t kCounters = static_cast<size_t>(Counter::kSignalBounds) + 1;

enum class Histogram : uint8_t {
  kCommitMicroseconds,
  kEpochCells,
  kRestoreMicroseconds,
  kEventTimeLagMicroseconds,  // source
  kResultDelayMicroseconds,   // window
};
inline constexpr size_t kHistograms = static_cast<size_t>(Histogram::kResultDelayMicroseconds) + 1;

enum class ResultKind : uint8_t { kEarly, kFinal, kRevision };

enum class ErasureResult : uint8_t { kPurged, kNothingFound, kRefused };

enum class Output : uint8_t { kActivity, kKpi, kClosed, kOutcomes, kAlerts, kLate, kDeadLetters };

enum class CommitResult : uint8_t { kCommitted, kNotCommitted, kUnknown, kFenced };

// What a worker spends its time on; the rate is the share of one thread.
enum class Activity : uint8_t { kPoll, kStep, kCommit, kApply, kIdle };

// The bounded structures whose overflow is counted.
enum class Structure : uint8_t {
  kCellsPerWindow,
  kCurrenciesPerCell,
  kBrandsPerItem,
  kItemsPerRecord,
  kEdgeStrings,
  kOrderVersions,
  kDeadLetterBytes,
  kText,
};

// What became of a reply that named only its parent.
enum class ThreadOutcome : uint8_t { kFound, kUnknown, kCut, kForgotten };

// The bounds of a key of journeys.
enum class JourneyBound : uint8_t {
  kExpired,
  kCut,
  kStopped,
  kSharedDay,
  kQuestionOverflow,
  kOpeningOverflow
};

// The bounds of signals.
enum class SignalBound : uint8_t { kLate, kTerms, kForgotten, kBrands, kLeftOut };

// Where the slots of each counter lie: the same for all workers of a registry.
class CounterLayout {
 public:
  CounterLayout(std::vector<std::string> sources, std::vector<std::string> windows);

  struct Place {
    size_t base = 0;
    size_t first = 1;  // how many values the first label has; 1 if there is none
    size_t second = 1;
  };

  // Cells of a histogram: one per bucket, one for +Inf, one for the sum.
  struct Buckets {
    size_t base = 0;
    size_t first = 1;
    std::span<const uint64_t> bounds;  // upper bounds, in the histogram's own unit
  };

  [[nodiscard]] const Place& place(Counter counter) const {
    return counters_[static_cast<size_t>(counter)];
  }

  [[nodiscard]] const Buckets& place(Histogram histogram) const {
    return histograms_[static_cast<size_t>(histogram)];
  }

  [[nodiscard]] size_t slots() const { return slots_; }

  // The value a label index stands for.
  [[nodiscard]] std::string_view first_label(Counter counter, size_t index) const;
  [[nodiscard]] std::string_view second_label(Counter counter, size_t index) const;
  [[nodiscard]] std::string_view first_label(Histogram histogram, size_t index) const;

  [[nodiscard]] static Metric metric(Counter counter);
  [[nodiscard]] static Metric metric(Histogram histogram);
  // What a stored number is multiplied with when published: 1e-6 for microseconds.
  [[nodiscard]] static double scale(Counter counter);
  [[nodiscard]] static double scale(Histogram histogram);

 private:
  std::vector<std::string> sources_;
  std::vector<std::string> windows_;
  std::array<Place, kCounters> counters_{};
  std::array<Buckets, kHistograms> histograms_{};
  size_t slots_ = 0;
};

class WorkerCounters {
 public:
  explicit WorkerCounters(std::shared_ptr<const CounterLayout> layout);

  void add(Counter counter, uint64_t by) { bump(slot(counter, 0, 0), by); }

  template <typename First>
  void add(Counter counter, First first, uint64_t by) {
    bump(slot(counter, index(first), 0), by);
  }

  template <typename First, typename Second>
  void add(Counter counter, First first, Second second, uint64_t by) {
    bump(slot(counter, index(first), index(second)), by);
  }

  void observe(Histogram histogram, uint64_t value) { observe(histogram, 0U, value); }

  void observe(Histogram histogram, size_t first, uint64_t value);

  template <typename First = size_t, typename Second = size_t>
  [[nodiscard]] uint64_t value(Counter counter, First first = {}, Second second = {}) const {
    return slots_[slot(counter, index(first), index(second))].load(std::memory_order_relaxed);
  }

  // Adds every slot onto `sums`, which has layout().slots() elements.
  void add_to(std::span<uint64_t> sums) const;

 private:
  template <typename Label>
  static size_t index(Label label) {
    static_assert(std::is_enum_v<Label> || std::is_integral_v<Label>);
    return static_cast<size_t>(label);
  }

  [[nodiscard]] size_t slot(Counter counter, size_t first, size_t second) const {
    const CounterLayout::Place& place = layout_->place(counter);
    KAIKU_CHECK(first < place.first && second < place.second, "a label index is out of its range");
    return place.base + first * place.second + second;
  }

  // The only writer needs no read-modify-write instruction.
  void bump(size_t at, uint64_t by) {
    slots_[at].store(slots_[at].load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::shared_ptr<const CounterLayout> layout_;
  std::unique_ptr<std::atomic<uint64_t>[]> slots_;
};

}  // namespace kaiku::metrics
