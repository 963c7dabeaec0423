// Registry: everything a scrape shows. Workers count into blocks of their own; collectors say at
// scrape time what only they know.
//
// Threads: any. A scrape is serialised with other scrapes and with adding collectors; workers never
// wait
//          for it.
// Owns:    the blocks of all workers, also of those that have ended: a counter never goes back.
// Cost:    a scrape costs about 2 us per series, so the number of series has a budget.
// Fails:   never. A collector that throws loses its samples of this scrape and is counted.
// Format:  Prometheus text format 0.0.4, written by prometheus-cpp.
//
// Budget: labels other than `brand` are bounded by the configuration. When brands would need more
// series than the budget, the later ones are folded into brand="_other" and keep their channel, so
// that sums over brands stay right, of histograms bucket by bucket. A brand is either there with
// all its series or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/metrics/catalogue.h"
#include "kaiku/metrics/worker_counters.h"
#include "kaiku/model/wait_counts.h"

namespace kaiku::metrics {

inline constexpr std::string_view kOtherBrand = "_other";

// One number of one scrape; labels in the order of the declaration.
struct Sample {
  Metric metric;
  std::vector<std::string> labels;
  double value = 0;               // of a histogram: its sum
  std::vector<uint64_t> buckets;  // of a histogram, not cumulative: see model::kWaitBounds
};

// Where a collector puts its numbers: a gauge as it is, a counter as its total since the start. A
// number that is not finite means "not known": the series is absent. Histograms of collectors are
// of waiting times, those of everything else come from workers.
class Samples {
 public:
  void add(Metric metric, std::initializer_list<std::string_view> labels, double value);
  void add(Metric metric,
           std::initializer_list<std::string_view> labels,
           const model::WaitCounts& waits);

  void add(Metric metric, double value) { add(metric, {}, value); }

  [[nodiscard]] std::vector<Sample>& list() { return list_; }

 private:
  Sample& append(Metric metric, std::initializer_list<std::string_view> labels);

  std::vector<Sample> list_;
};

using Collector = std::function<void(Samples&)>;

struct BuildInfo {
  std::string version;
  std::string compiler;
  std::string librdkafka;
  std::string rocksdb;
  std::string simdjson;
};

struct RegistryOptions {
  BuildInfo build;
  std::string pipeline;
  std::string config_hash;
  std::vector<std::string> sources;  // label values, in the order of the source indices
  std::vector<std::string> windows;
  std::string currency = "EUR";
  size_t series_budget = 10'000;
};

class Registry {
 public:
  explicit Registry(RegistryOptions options);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry();

  // A block for one more worker; it lives as long as the registry.
  [[nodiscard]] WorkerCounters& add_worker();

  // The collector runs on the thread that scrapes, until it is removed.
  size_t add_collector(Collector collector);
  // When it returns, the collector does not run and never will.
  void remove_collector(size_t id);

  // A counter summed over all workers.
  [[nodiscard]] uint64_t total(Counter counter, size_t first = 0, size_t second = 0) const;

  [[nodiscard]] std::string scrape();

  [[nodiscard]] const CounterLayout& layout() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::metrics
