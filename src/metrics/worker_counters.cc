#include "kaiku/metrics/worker_counters.h"

#include <algorithm>

#include "kaiku/model/outcome.h"

namespace kaiku::metrics {
namespace {

constexpr double kMicro = 1e-6;

enum class Dimension : uint8_t {
  kNone,
  kSource,
  kWindow,
  kOutcome,
  kDuplicateKind,
  kErrorClass,
  kResultKind,
  kOutput,
  kCommitResult,
  kActivity,
  kStructure,
  kThreadOutcome,
  kJourneyBound,
  kErasureResult,
  kSignalBound,
};

struct CounterShape {
  Counter counter;
  Metric metric;
  Dimension first = Dimension::kNone;
  Dimension second = Dimension::kNone;
  double scale = 1;
};

constexpr CounterShape kCounterShapes[] = {
    {Counter::kRecords, Metric::kSourceRecords, Dimension::kSource},
    {Counter::kBytes, Metric::kSourceBytes, Dimension::kSource},
    {Counter::kItems, Metric::kItems, Dimension::kSource, Dimension::kOutcome},
    {Counter::kSuppressed, Metric::kSuppressed, Dimension::kSource, Dimension::kDuplicateKind},
    {Counter::kDeadLetters, Metric::kDeadLetters, Dimension::kSource, Dimension::kErrorClass},
    {Counter::kLateEvents, Metric::kLateEvents, Dimension::kSource},
    {Counter::kMisplacedRecords, Metric::kMisplacedRecords, Dimension::kSource},
    {Counter::kTestItems, Metric::kTestItems, Dimension::kSource},
    {Counter::kEdgeRecords, Metric::kEdgeRecords},
    {Counter::kEdgeBytes, Metric::kEdgeBytes},
    {Counter::kEdgeItemsSent, Metric::kEdgeItemsSent},
    {Counter::kEdgeItemsReceived, Metric::kEdgeItemsReceived},
    {Counter::kEdgeRepeats, Metric::kEdgeRepeats},
    {Counter::kResults, Metric::kResults, Dimension::kWindow, Dimension::kResultKind},
    {Counter::kOutputRecords, Metric::kOutputRecords, Dimension::kOutput},
    {Counter::kCommits, Metric::kCommits, Dimension::kCommitResult},
    {Counter::kWorkerMicroseconds,
     Metric::kWorkerSeconds,
     Dimension::kActivity,
     Dimension::kNone,
     kMicro},
    {Counter::kRebalances, Metric::kRebalances},
    {Counter::kRestores, Metric::kRestores},
    {Counter::kRestoreRecords, Metric::kRestoreRecords},
    {Counter::kStragglers, Metric::kStragglers},
    {Counter::kCapacityOverflow, Metric::kCapacityOverflow, Dimension::kStructure},
    {Counter::kConflictingDuplicates, Metric::kConflictingDuplicates},
    {Counter::kRetroactiveCatalogue, Metric::kRetroactiveCatalogue},
    {Counter::kAdjustments, Metric::kAdjustments},
    {Counter::kThreads, Metric::kThreads, Dimension::kThreadOutcome},
    {Counter::kJourneyBounds, Metric::kJourneyBounds, Dimension::kJourneyBound},
    {Counter::kErasures, Metric::kErasures, Dimension::kErasureResult},
    {Counter::kSignalBounds, Metric::kSignalBounds, Dimension::kSignalBound},
};

// Upper bounds in microseconds. 5 s is the budget of a commit, 1 s that of a restart.
constexpr uint64_t kCommitBounds[] = {1'000,
                                      2'500,
                                      5'000,
                                      10'000,
                                      25'000,
                                      50'000,
                                      100'000,
                                      250'000,
                                      1'000'000,
                                      2'500'000,
                                      5'000'000,
                                      10'000'000};
constexpr uint64_t kCellBounds[] = {1, 10, 100, 300, 1'000, 3'000, 10'000, 30'000, 100'000};
constexpr uint64_t kRestoreBounds[] = {10'000,
                                       100'000,
                                       250'000,
                                       500'000,
                                       1'000'000,
                                       2'500'000,
                                       10'000'000,
                                       60'000'000,
                                       600'000'000,
                                       3'600'000'000};
// 30 s is where the freshness alerts look.
constexpr uint64_t kDelayBounds[] = {500'000,
                                     1'000'000,
                                     2'000'000,
                                     5'000'000,
                                     10'000'000,
                                     30'000'000,
                                     60'000'000,
                                     300'000'000,
                                     900'000'000,
                                     3'600'000'000,
                                     21'600'000'000,
                                     86'400'000'000};

struct HistogramShape {
  Histogram histogram;
  Metric metric;
  Dimension first;
  double scale;
  std::span<const uint64_t> bounds;
};

constexpr HistogramShape kHistogramShapes[] = {
    {Histogram::kCommitMicroseconds,
     Metric::kCommitDuration,
     Dimension::kNone,
     kMicro,
     kCommitBounds},
    {Histogram::kEpochCells, Metric::kEpochCells, Dimension::kNone, 1, kCellBounds},
    {Histogram::kRestoreMicroseconds,
     Metric::kRestoreDuration,
     Dimension::kNone,
     kMicro,
     kRestoreBounds},
    {Histogram::kEventTimeLagMicroseconds,
     Metric::kEventTimeLag,
     Dimension::kSource,
     kMicro,
     kDelayBounds},
    {Histogram::kResultDelayMicroseconds,
     Metric::kResultDelay,
     Dimension::kWindow,
     kMicro,
     kDelayBounds},
};

constexpr bool in_order() {
  for (size_t i = 0; i < kCounters; ++i) {
    if (kCounterShapes[i].counter != static_cast<Counter>(i)) {
      return false;
    }
  }
  for (size_t i = 0; i < kHistograms; ++i) {
    if (kHistogramShapes[i].histogram != static_cast<Histogram>(i)) {
      return false;
    }
  }
  return std::size(kCounterShapes) == kCounters && std::size(kHistogramShapes) == kHistograms;
}

static_assert(in_order(), "the shapes stand in the order of their enumerations");

constexpr std::string_view kResultKinds[] = {"early", "final", "revision"};
constexpr std::string_view kOutputs[] = {
    "activity", "kpi", "closed", "outcomes", "alerts", "late", "dead_letters"};
constexpr std::string_view kCommitResults[] = {"committed", "not_committed", "unknown", "fenced"};
constexpr std::string_view kActivities[] = {"poll", "step", "commit", "apply", "idle"};
constexpr std::string_view kStructures[] = {"cells_per_window",
                                            "currencies_per_cell",
                                            "brands_per_item",
                                            "items_per_record",
                                            "edge_strings",
                                            "order_versions",
                                            "dead_letter_bytes",
                                            "text"};

constexpr std::string_view kThreadOutcomes[] = {"found", "unknown", "cut", "forgotten"};

constexpr std::string_view kJourneyBounds[] = {
    "expired", "cut", "stopped", "shared_day", "question_overflow", "opening_overflow"};

constexpr std::string_view kErasureResults[] = {"purged", "nothing_found", "refused"};
constexpr std::string_view kSignalBounds[] = {"late", "terms", "forgotten", "brands", "left_out"};

template <size_t kSize>
constexpr std::string_view pick(const std::string_view (&names)[kSize], size_t index) {
  return index < kSize ? names[index] : std::string_view();
}

const CounterShape& shape(Counter counter) {
  return kCounterShapes[static_cast<size_t>(counter)];
}

const HistogramShape& shape(Histogram histogram) {
  return kHistogramShapes[static_cast<size_t>(histogram)];
}

size_t size_of(Dimension dimension, size_t sources, size_t windows) {
  switch (dimension) {
    case Dimension::kNone:
      return 1;
    case Dimension::kSource:
      return sources;
    case Dimension::kWindow:
      return windows;
    case Dimension::kOutcome:
      return model::kOutcomes;
    case Dimension::kDuplicateKind:
      return model::kDuplicateKinds;
    case Dimension::kErrorClass:
      return model::kErrorClasses;
    case Dimension::kResultKind:
      return std::size(kResultKinds);
    case Dimension::kOutput:
      return std::size(kOutputs);
    case Dimension::kCommitResult:
      return std::size(kCommitResults);
    case Dimension::kActivity:
      return std::size(kActivities);
    case Dimension::kStructure:
      return std::size(kStructures);
    case Dimension::kThreadOutcome:
      return std::size(kThreadOutcomes);
    case Dimension::kJourneyBound:
      return std::size(kJourneyBounds);
    case Dimension::kErasureResult:
      return std::size(kErasureResults);
    case Dimension::kSignalBound:
      return std::size(kSignalBounds);
  }
  return 1;
}

std::string_view label_of(Dimension dimension,
                          size_t index,
                          const std::vector<std::string>& sources,
                          const std::vector<std::string>& windows) {
  switch (dimension) {
    case Dimension::kNone:
      return {};
    case Dimension::kSource:
      return sources[index];
    case Dimension::kWindow:
      return windows[index];
    case Dimension::kOutcome:
      return model::name_of(static_cast<model::Outcome>(index));
    case Dimension::kDuplicateKind:
      return model::name_of(static_cast<model::DuplicateKind>(index));
    case Dimension::kErrorClass:
      return model::name_of(static_cast<model::ErrorClass>(index));
    case Dimension::kResultKind:
      return pick(kResultKinds, index);
    case Dimension::kOutput:
      return pick(kOutputs, index);
    case Dimension::kCommitResult:
      return pick(kCommitResults, index);
    case Dimension::kActivity:
      return pick(kActivities, index);
    case Dimension::kStructure:
      return pick(kStructures, index);
    case Dimension::kThreadOutcome:
      return pick(kThreadOutcomes, index);
    case Dimension::kJourneyBound:
      return pick(kJourneyBounds, index);
    case Dimension::kErasureResult:
      return pick(kErasureResults, index);
    case Dimension::kSignalBound:
      return pick(kSignalBounds, index);
  }
  return {};
}

constexpr size_t kSlotsPerCacheLine = 64 / sizeof(uint64_t);

}  // namespace

CounterLayout::CounterLayout(std::vector<std::string> sources, std::vector<std::string> windows)
    : sources_(std::move(sources)), windows_(std::move(windows)) {
  // A line of distance at both ends, so that two workers never write to one cache line.
  slots_ = kSlotsPerCacheLine;
  for (size_t i = 0; i < kCounters; ++i) {
    Place& place = counters_[i];
    place.base = slots_;
    place.first = size_of(kCounterShapes[i].first, sources_.size(), windows_.size());
    place.second = size_of(kCounterShapes[i].second, sources_.size(), windows_.size());
    slots_ += place.first * place.second;
  }
  for (size_t i = 0; i < kHistograms; ++i) {
    Buckets& place = histograms_[i];
    place.base = slots_;
    place.first = size_of(kHistogramShapes[i].first, sources_.size(), windows_.size());
    place.bounds = kHistogramShapes[i].bounds;
    slots_ += place.first * (place.bounds.size() + 2);
  }
  slots_ += kSlotsPerCacheLine;
}

std::string_view CounterLayout::first_label(Counter counter, size_t index) const {
  return label_of(shape(counter).first, index, sources_, windows_);
}

std::string_view CounterLayout::second_label(Counter counter, size_t index) const {
  return label_of(shape(counter).second, index, sources_, windows_);
}

std::string_view CounterLayout::first_label(Histogram histogram, size_t index) const {
  return label_of(shape(histogram).first, index, sources_, windows_);
}

Metric CounterLayout::metric(Counter counter) {
  return shape(counter).metric;
}

Metric CounterLayout::metric(Histogram histogram) {
  return shape(histogram).metric;
}

double CounterLayout::scale(Counter counter) {
  return shape(counter).scale;
}

double CounterLayout::scale(Histogram histogram) {
  return shape(histogram).scale;
}

WorkerCounters::WorkerCounters(std::shared_ptr<const CounterLayout> layout)
    : layout_(std::move(layout)),
      slots_(std::make_unique<std::atomic<uint64_t>[]>(layout_->slots())) {}

void WorkerCounters::observe(Histogram histogram, size_t first, uint64_t value) {
  const CounterLayout::Buckets& place = layout_->place(histogram);
  KAIKU_CHECK(first < place.first, "a label index is out of its range");
  const size_t base = place.base + first * (place.bounds.size() + 2);
  const auto bucket = std::ranges::lower_bound(place.bounds, value) - place.bounds.begin();
  bump(base + static_cast<size_t>(bucket), 1);
  bump(base + place.bounds.size() + 1, value);
}

void WorkerCounters::add_to(std::span<uint64_t> sums) const {
  KAIKU_CHECK(sums.size() == layout_->slots(), "sums of another layout");
  for (size_t i = 0; i < sums.size(); ++i) {
    sums[i] += slots_[i].load(std::memory_order_relaxed);
  }
}

}  // namespace kaiku::metrics
