// The two figures of every table: CPU nanoseconds per event, and events per second of one core.
//
// Threads: confined to the benchmark.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>

#include <benchmark/benchmark.h>

namespace kaiku::bench {

inline void report(benchmark::State& state, uint64_t events) {
  const auto count = static_cast<double>(events);
  // A rate turned round: CPU seconds per thousand millions of events.
  state.counters["cpu_ns"] =
      benchmark::Counter(count * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["events_per_s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
}

}  // namespace kaiku::bench
