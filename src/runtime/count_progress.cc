// What a worker tells its counters after each commit: the difference to what they have.
#include <array>

#include "kaiku/runtime/worker.h"

namespace kaiku::runtime {
namespace {

using metrics::Counter;
using metrics::WorkerCounters;

// The gain of a count that never goes back while a shard is held.
uint64_t gain(uint64_t now, uint64_t before) {
  return now > before ? now - before : 0;
}

template <size_t N, typename Label>
void add_all(WorkerCounters& counters,
             Counter counter,
             size_t source,
             const std::array<uint64_t, N>& now,
             const std::array<uint64_t, N>& before) {
  for (size_t i = 0; i < N; ++i) {
    if (const uint64_t by = gain(now[i], before[i]); by != 0) {
      counters.add(counter, source, static_cast<Label>(i), by);
    }
  }
}

void count_source(WorkerCounters& counters,
                  size_t source,
                  const shard::SourceLedger& now,
                  const shard::SourceLedger& before) {
  counters.add(Counter::kRecords, source, gain(now.records, before.records));
  counters.add(Counter::kBytes, source, gain(now.bytes, before.bytes));
  constexpr auto kLate = static_cast<size_t>(model::Outcome::kLate);
  counters.add(Counter::kLateEvents, source, gain(now.outcomes[kLate], before.outcomes[kLate]));
  counters.add(Counter::kMisplacedRecords, source, gain(now.misplaced, before.misplaced));
  add_all<model::kOutcomes, model::Outcome>(
      counters, Counter::kItems, source, now.outcomes, before.outcomes);
  add_all<model::kDuplicateKinds, model::DuplicateKind>(
      counters, Counter::kSuppressed, source, now.duplicates, before.duplicates);
  add_all<model::kErrorClasses, model::ErrorClass>(
      counters, Counter::kDeadLetters, source, now.dead_letters, before.dead_letters);
  counters.add(Counter::kEdgeItemsSent, gain(now.sent, before.sent));
  counters.add(Counter::kEdgeItemsReceived, gain(now.received, before.received));
  counters.add(Counter::kStragglers, gain(now.stragglers, before.stragglers));
  counters.add(Counter::kConflictingDuplicates, gain(now.conflicts, before.conflicts));
  counters.add(Counter::kCapacityOverflow,
               metrics::Structure::kBrandsPerItem,
               gain(now.overflows, before.overflows));
}

}  // namespace

void Worker::count_progress() {
  if (options_.counters == nullptr) {
    return;
  }
  WorkerCounters& counters = *options_.counters;
  shard::Ledger now = ledger();
  counted_ledger_.resize(now.size());
  for (size_t source = 0; source < now.size(); ++source) {
    count_source(counters, source, now[source], counted_ledger_[source]);
  }
  counted_ledger_ = std::move(now);
  counters.add(
      Counter::kCommits, metrics::CommitResult::kCommitted, counts_.commits - counted_.commits);
  counters.add(Counter::kCommits,
               metrics::CommitResult::kNotCommitted,
               counts_.commits_failed - counted_.commits_failed);
  counters.add(Counter::kCommits,
               metrics::CommitResult::kUnknown,
               counts_.commits_unknown - counted_.commits_unknown);
  counters.add(Counter::kEdgeRecords, counts_.edge_records - counted_.edge_records);
  counters.add(Counter::kEdgeBytes, counts_.edge_bytes - counted_.edge_bytes);
  counters.add(Counter::kRebalances, counts_.rebalances - counted_.rebalances);
  counters.add(Counter::kRestores, counts_.restored_epochs - counted_.restored_epochs);
  counters.observe(metrics::Histogram::kCommitMicroseconds, counts_.commit_us - counted_.commit_us);
  counters.observe(metrics::Histogram::kEpochCells, counts_.cells - counted_.cells);
  counted_ = counts_;
}

}  // namespace kaiku::runtime
