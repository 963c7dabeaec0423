// What a worker tells its counters after each commit: the difference to what they have.
#include <algorithm>
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
  counters.add(Counter::kOutputRecords,
               metrics::Output::kLate,
               gain(now.outcomes[kLate], before.outcomes[kLate]));
  constexpr auto kDead = static_cast<size_t>(model::Outcome::kDeadLetter);
  counters.add(Counter::kOutputRecords,
               metrics::Output::kDeadLetters,
               gain(now.outcomes[kDead], before.outcomes[kDead]));
  counters.add(Counter::kMisplacedRecords, source, gain(now.misplaced, before.misplaced));
  counters.add(Counter::kTestItems, source, gain(now.tests, before.tests));
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

void count_threads(WorkerCounters& counters,
                   const conversation::ThreadCounts& now,
                   const conversation::ThreadCounts& before) {
  using metrics::ThreadOutcome;
  const auto add = [&](ThreadOutcome outcome, uint64_t conversation::ThreadCounts::*count) {
    if (const uint64_t by = gain(now.*count, before.*count); by != 0) {
      counters.add(Counter::kThreads, outcome, by);
    }
  };
  add(ThreadOutcome::kFound, &conversation::ThreadCounts::found);
  add(ThreadOutcome::kUnknown, &conversation::ThreadCounts::unknown);
  add(ThreadOutcome::kCut, &conversation::ThreadCounts::cut);
  add(ThreadOutcome::kForgotten, &conversation::ThreadCounts::forgotten);
}

void count_keys(WorkerCounters& counters,
                const journey::KeyCounts& now,
                const journey::KeyCounts& before) {
  using metrics::JourneyBound;
  const auto add = [&](JourneyBound bound, uint64_t journey::KeyCounts::*count) {
    if (const uint64_t by = gain(now.*count, before.*count); by != 0) {
      counters.add(Counter::kJourneyBounds, bound, by);
    }
  };
  add(JourneyBound::kExpired, &journey::KeyCounts::expired);
  add(JourneyBound::kCut, &journey::KeyCounts::cut);
  add(JourneyBound::kStopped, &journey::KeyCounts::stopped);
  add(JourneyBound::kSharedDay, &journey::KeyCounts::shared_days);
  add(JourneyBound::kQuestionOverflow, &journey::KeyCounts::questions_overflow);
}

void count_openings(WorkerCounters& counters,
                    const journey::OpeningCounts& now,
                    const journey::OpeningCounts& before) {
  using metrics::JourneyBound;
  const auto add = [&](JourneyBound bound, uint64_t by) {
    if (by != 0) {
      counters.add(Counter::kJourneyBounds, bound, by);
    }
  };
  add(JourneyBound::kExpired, gain(now.expired, before.expired));
  add(JourneyBound::kOpeningOverflow, gain(now.full_days, before.full_days));
}

void count_signals(WorkerCounters& counters,
                   const signal::BoundCounts& now,
                   const signal::BoundCounts& before) {
  using metrics::SignalBound;
  const auto add = [&](SignalBound bound, uint64_t signal::BoundCounts::*count) {
    if (const uint64_t by = gain(now.*count, before.*count); by != 0) {
      counters.add(Counter::kSignalBounds, bound, by);
    }
  };
  add(SignalBound::kLate, &signal::BoundCounts::late);
  add(SignalBound::kTerms, &signal::BoundCounts::terms);
  add(SignalBound::kForgotten, &signal::BoundCounts::forgotten);
  add(SignalBound::kBrands, &signal::BoundCounts::brands);
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
  for (auto& [number, held] : shards_) {
    const conversation::ThreadCounts threads = held.shard->thread_counts();
    count_threads(counters, threads, held.counted_threads);
    held.counted_threads = threads;
    const journey::KeyCounts keys = held.shard->key_counts();
    count_keys(counters, keys, held.counted_keys);
    held.counted_keys = keys;
    const journey::OpeningCounts openings = held.shard->opening_counts();
    count_openings(counters, openings, held.counted_openings);
    held.counted_openings = openings;
    const board::BoardCounts& board = held.shard->board().counts();
    counters.add(Counter::kAdjustments, board.adjustments - held.counted_board.adjustments);
    counters.add(Counter::kCapacityOverflow,
                 metrics::Structure::kCellsPerWindow,
                 board.left_out - held.counted_board.left_out);
    held.counted_board = board;
    const uint64_t retroactive = held.shard->retroactive();
    counters.add(Counter::kRetroactiveCatalogue, retroactive - held.counted_retroactive);
    held.counted_retroactive = retroactive;
    const uint64_t left_out = held.shard->alerts_left_out();
    if (left_out != held.counted_left_out) {
      counters.add(
          Counter::kSignalBounds, metrics::SignalBound::kLeftOut, left_out - held.counted_left_out);
    }
    held.counted_left_out = left_out;
    if (const signal::SignalBook* book = held.shard->signals(); book != nullptr) {
      count_signals(counters, book->bound_counts(), held.counted_signals);
      held.counted_signals = book->bound_counts();
    }
  }
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
  for (size_t window = 0; window < counts_.results.size(); ++window) {
    for (size_t kind = 0; kind < board::kKinds; ++kind) {
      const uint64_t before = window < counted_.results.size() ? counted_.results[window][kind] : 0;
      const uint64_t by = counts_.results[window][kind] - before;
      counters.add(Counter::kResults, window, static_cast<metrics::ResultKind>(kind), by);
      counters.add(Counter::kOutputRecords, metrics::Output::kActivity, by);
    }
  }
  counters.add(Counter::kOutputRecords, metrics::Output::kKpi, counts_.kpis - counted_.kpis);
  counters.add(Counter::kOutputRecords, metrics::Output::kClosed, counts_.closed - counted_.closed);
  counters.add(
      Counter::kOutputRecords, metrics::Output::kOutcomes, counts_.outcomes - counted_.outcomes);
  counters.add(Counter::kOutputRecords, metrics::Output::kAlerts, counts_.alerts - counted_.alerts);
  for (size_t i = 0; i < counts_.erasures.size(); ++i) {
    counters.add(Counter::kErasures,
                 static_cast<metrics::ErasureResult>(i),
                 counts_.erasures[i] - counted_.erasures[i]);
  }
  counted_ = counts_;
}

void Worker::count_results(const Sealed& sealed, Held& held) {
  held.committed_at = clock_.now_us();
  const std::vector<window::WindowSpec>& windows = plan_->board->windows;
  counts_.results.resize(windows.size());
  for (size_t i = 0; i < sealed.results.size(); ++i) {
    for (size_t kind = 0; kind < board::kKinds; ++kind) {
      counts_.results[i][kind] += sealed.results[i][kind];
    }
  }
  counts_.kpis += sealed.datasets[static_cast<size_t>(board::Dataset::kKpi)];
  counts_.outcomes += sealed.outcomes;
  counts_.alerts += sealed.alerts;
  for (size_t i = 0; i < sealed.erasures.size(); ++i) {
    counts_.erasures[i] += sealed.erasures[i];
  }
  counts_.closed += sealed.datasets[static_cast<size_t>(board::Dataset::kClosed)];
  held.closed_through.resize(windows.size(), base::kTimeBegin);
  for (size_t i = 0; i < windows.size(); ++i) {
    const base::EventTime through = held.shard->board().closed_through(windows[i].name());
    const bool has_closed = through > held.closed_through[i] && through < base::kTimeEnd;
    held.closed_through[i] = through;
    const auto kind = static_cast<size_t>(board::Kind::kFinal);
    if (has_closed && sealed.results[i][kind] != 0 && options_.counters != nullptr) {
      const int64_t delay = held.committed_at - through - windows[i].final_after_us();
      options_.counters->observe(metrics::Histogram::kResultDelayMicroseconds,
                                 i,
                                 static_cast<uint64_t>(std::max<int64_t>(delay, 0)));
    }
  }
}

void Worker::count_event_time_lag() {
  if (options_.counters == nullptr) {
    return;
  }
  const base::EventTime now = clock_.now_us();
  for (const auto& [key, reader] : readers_) {
    if (reader.is_exchange) {
      continue;
    }
    const shard::Router& router = reader.routed != nullptr
                                      ? reader.routed->router()
                                      : *reader.shard->direct_router(reader.source);
    int64_t& counted = counted_offsets_[{reader.source, static_cast<int32_t>(key)}];
    const base::EventTime complete = router.progress().data;
    if (router.next_offset() == counted || complete <= base::kTimeBegin ||
        complete >= base::kTimeEnd) {
      continue;
    }
    counted = router.next_offset();
    const base::EventTime newest = complete + plan_->time.out_of_orderness_us;
    options_.counters->observe(metrics::Histogram::kEventTimeLagMicroseconds,
                               reader.source,
                               static_cast<uint64_t>(std::max<int64_t>(now - newest, 0)));
  }
}

void Worker::spent(metrics::Activity activity) {
  const int64_t now = clock_.monotonic_us();
  if (options_.counters != nullptr && now > spent_until_us_) {
    options_.counters->add(
        Counter::kWorkerMicroseconds, activity, static_cast<uint64_t>(now - spent_until_us_));
  }
  spent_until_us_ = now;
}

}  // namespace kaiku::runtime
