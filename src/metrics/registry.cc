#include "kaiku/metrics/registry.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "kaiku/base/check.h"
#include "kaiku/base/logger.h"

#include "brand_budget.h"
#include "label.h"

namespace kaiku::metrics {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

constexpr std::pair<base::LogLevel, std::string_view> kLevels[] = {
    {base::LogLevel::kDebug, "debug"},
    {base::LogLevel::kInfo, "info"},
    {base::LogLevel::kWarn, "warn"},
    {base::LogLevel::kError, "error"}};

prometheus::MetricType type_of(Type type) {
  switch (type) {
    case Type::kCounter:
      return prometheus::MetricType::Counter;
    case Type::kGauge:
      return prometheus::MetricType::Gauge;
    case Type::kHistogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

Families empty_families(std::string_view currency_unit) {
  Families families(kMetrics);
  for (const Declaration& declared : catalogue()) {
    prometheus::MetricFamily& family = families[static_cast<size_t>(declared.id)];
    family.name = name_of(declared.id, currency_unit);
    family.help = declared.help;
    family.type = type_of(declared.type);
  }
  return families;
}

double merge(Fold fold, double a, double b) {
  switch (fold) {
    case Fold::kSum:
      return a + b;
    case Fold::kMin:
      return std::min(a, b);
    case Fold::kMax:
      return std::max(a, b);
    case Fold::kNone:
      return b;
  }
  return b;
}

// Equal (metric, labels) become one series, at the place of the first.
void merge_equal(std::vector<Sample>& samples) {
  std::map<std::pair<Metric, std::vector<std::string>>, size_t> place;
  std::vector<Sample> series;
  series.reserve(samples.size());
  for (Sample& sample : samples) {
    const auto [at, is_new] = place.try_emplace({sample.metric, sample.labels}, series.size());
    if (is_new) {
      series.push_back(std::move(sample));
    } else {
      Sample& first = series[at->second];
      first.value = merge(declaration(sample.metric).fold, first.value, sample.value);
      for (size_t i = 0; i < first.buckets.size(); ++i) {
        first.buckets[i] += sample.buckets[i];
      }
    }
  }
  samples = std::move(series);
}

bool has_brand(const Sample& sample) {
  return std::ranges::find(declaration(sample.metric).labels, std::string_view("brand")) !=
         declaration(sample.metric).labels.end();
}

prometheus::ClientMetric::Histogram histogram_of(const Sample& sample) {
  prometheus::ClientMetric::Histogram histogram;
  for (size_t i = 0; i < sample.buckets.size(); ++i) {
    histogram.sample_count += sample.buckets[i];
    const double bound = i == model::kWaitBounds.size()
                             ? std::numeric_limits<double>::infinity()
                             : static_cast<double>(model::kWaitBounds[i]);
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = sample.value;
  return histogram;
}

void append(Families& families,
            Metric metric,
            const std::vector<std::string>& labels,
            double value) {
  const Declaration& declared = declaration(metric);
  prometheus::ClientMetric& series = families[static_cast<size_t>(metric)].metric.emplace_back();
  for (size_t i = 0; i < labels.size(); ++i) {
    series.label.push_back({std::string(declared.labels[i]), labels[i]});
  }
  if (declared.type == Type::kCounter) {
    series.counter.value = value;
  } else {
    series.gauge.value = value;
  }
}

void append_counters(Families& families,
                     const CounterLayout& layout,
                     const std::vector<uint64_t>& sums) {
  for (size_t i = 0; i < kCounters; ++i) {
    const auto counter = static_cast<Counter>(i);
    const CounterLayout::Place& place = layout.place(counter);
    const size_t labels = declaration(CounterLayout::metric(counter)).label_count();
    for (size_t first = 0; first < place.first; ++first) {
      for (size_t second = 0; second < place.second; ++second) {
        std::vector<std::string> values;
        if (labels > 0) {
          values.push_back(label_value(layout.first_label(counter, first)));
        }
        if (labels > 1) {
          values.push_back(label_value(layout.second_label(counter, second)));
        }
        append(families,
               CounterLayout::metric(counter),
               values,
               static_cast<double>(sums[place.base + first * place.second + second]) *
                   CounterLayout::scale(counter));
      }
    }
  }
}

void append_histograms(Families& families,
                       const CounterLayout& layout,
                       const std::vector<uint64_t>& sums) {
  for (size_t i = 0; i < kHistograms; ++i) {
    const auto histogram = static_cast<Histogram>(i);
    const CounterLayout::Buckets& place = layout.place(histogram);
    const Declaration& declared = declaration(CounterLayout::metric(histogram));
    const double scale = CounterLayout::scale(histogram);
    for (size_t first = 0; first < place.first; ++first) {
      prometheus::ClientMetric series;
      if (declared.label_count() > 0) {
        series.label.push_back(
            {std::string(declared.labels[0]), label_value(layout.first_label(histogram, first))});
      }
      const size_t base = place.base + first * (place.bounds.size() + 2);
      uint64_t cumulative = 0;
      for (size_t bucket = 0; bucket <= place.bounds.size(); ++bucket) {
        cumulative += sums[base + bucket];
        const double bound = bucket == place.bounds.size()
                                 ? std::numeric_limits<double>::infinity()
                                 : static_cast<double>(place.bounds[bucket]) * scale;
        series.histogram.bucket.push_back({cumulative, bound});
      }
      series.histogram.sample_count = cumulative;
      series.histogram.sample_sum =
          static_cast<double>(sums[base + place.bounds.size() + 1]) * scale;
      families[static_cast<size_t>(declared.id)].metric.push_back(std::move(series));
    }
  }
}

void append(Families& families, const Sample& sample) {
  append(families, sample.metric, sample.labels, sample.value);
  if (!sample.buckets.empty()) {
    families[static_cast<size_t>(sample.metric)].metric.back().histogram = histogram_of(sample);
  }
}

size_t series_in(const Families& families) {
  size_t series = 0;
  for (const prometheus::MetricFamily& family : families) {
    for (const prometheus::ClientMetric& metric : family.metric) {
      series += family.type == prometheus::MetricType::Histogram
                    ? series_of_histogram(metric.histogram.bucket.size())
                    : 1;
    }
  }
  return series;
}

}  // namespace

Sample& Samples::append(Metric metric, std::initializer_list<std::string_view> labels) {
  KAIKU_CHECK(labels.size() == declaration(metric).label_count(),
              "a sample has the labels its metric declares");
  Sample& sample = list_.emplace_back();
  sample.metric = metric;
  sample.labels.reserve(labels.size());
  for (const std::string_view label : labels) {
    sample.labels.push_back(label_value(label));
  }
  return sample;
}

void Samples::add(Metric metric, std::initializer_list<std::string_view> labels, double value) {
  KAIKU_CHECK(declaration(metric).type != Type::kHistogram, "a histogram is more than one number");
  if (std::isfinite(value)) {
    append(metric, labels).value = value;
  }
}

void Samples::add(Metric metric,
                  std::initializer_list<std::string_view> labels,
                  const model::WaitCounts& waits) {
  KAIKU_CHECK(declaration(metric).type == Type::kHistogram, "waits are shown as histograms");
  Sample& sample = append(metric, labels);
  constexpr double kMicros = 1e6;
  sample.value = static_cast<double>(waits.sum_us()) / kMicros;
  sample.buckets.assign(waits.buckets().begin(), waits.buckets().end());
}

struct Registry::Impl {
  explicit Impl(RegistryOptions given)
      : options(std::move(given)),
        layout(std::make_shared<const CounterLayout>(options.sources, options.windows)),
        empty(empty_families(currency_unit_name(options.currency))),
        budget(options.series_budget) {}

  std::vector<uint64_t> sums() const {
    std::vector<uint64_t> all(layout->slots());
    const std::scoped_lock lock(workers_mutex);
    for (const auto& worker : workers) {
      worker->add_to(all);
    }
    return all;
  }

  void collect(Samples& samples) {
    const BuildInfo& build = options.build;
    samples.add(Metric::kBuildInfo,
                {build.version, build.compiler, build.librdkafka, build.rocksdb, build.simdjson},
                1);
    samples.add(Metric::kConfigInfo, {options.pipeline, options.config_hash}, 1);
    for (const auto& [level, name] : kLevels) {
      samples.add(Metric::kLogMessages, {name}, static_cast<double>(base::log_count(level)));
    }
    for (const auto& [id, collector] : collectors) {
      Samples own;
      try {
        collector(own);
      } catch (const std::exception&) {
        ++failures;
        continue;
      }
      std::ranges::move(own.list(), std::back_inserter(samples.list()));
    }
  }

  RegistryOptions options;
  std::shared_ptr<const CounterLayout> layout;
  Families empty;

  mutable std::mutex workers_mutex;
  std::vector<std::unique_ptr<WorkerCounters>> workers;

  std::mutex scrape_mutex;  // everything below
  BrandBudget budget;
  std::map<size_t, Collector> collectors;
  size_t next_collector = 0;
  uint64_t failures = 0;
};

Registry::Registry(RegistryOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Registry::~Registry() = default;

WorkerCounters& Registry::add_worker() {
  auto worker = std::make_unique<WorkerCounters>(impl_->layout);
  const std::scoped_lock lock(impl_->workers_mutex);
  return *impl_->workers.emplace_back(std::move(worker));
}

size_t Registry::add_collector(Collector collector) {
  const std::scoped_lock lock(impl_->scrape_mutex);
  impl_->collectors.emplace(impl_->next_collector, std::move(collector));
  return impl_->next_collector++;
}

void Registry::remove_collector(size_t id) {
  const std::scoped_lock lock(impl_->scrape_mutex);
  impl_->collectors.erase(id);
}

uint64_t Registry::total(Counter counter, size_t first, size_t second) const {
  const std::scoped_lock lock(impl_->workers_mutex);
  uint64_t sum = 0;
  for (const auto& worker : impl_->workers) {
    sum += worker->value(counter, first, second);
  }
  return sum;
}

const CounterLayout& Registry::layout() const {
  return *impl_->layout;
}

std::string Registry::scrape() {
  const std::scoped_lock lock(impl_->scrape_mutex);
  Families families = impl_->empty;
  const std::vector<uint64_t> sums = impl_->sums();
  append_counters(families, *impl_->layout, sums);
  append_histograms(families, *impl_->layout, sums);

  Samples collected;
  impl_->collect(collected);
  std::vector<Sample>& samples = collected.list();
  merge_equal(samples);
  constexpr size_t kOwn = 4;  // the series appended below
  size_t unbranded = 0;
  for (const Sample& sample : samples) {
    unbranded += has_brand(sample) ? 0 : series_of(sample);
  }
  impl_->budget.apply(samples, series_in(families) + unbranded + kOwn);
  merge_equal(samples);
  for (const Sample& sample : samples) {
    append(families, sample);
  }
  append(
      families, Metric::kMetricsSeriesLimit, {}, static_cast<double>(impl_->options.series_budget));
  append(
      families, Metric::kMetricsSeriesOverflow, {}, static_cast<double>(impl_->budget.overflow()));
  append(families, Metric::kCollectorFailures, {}, static_cast<double>(impl_->failures));
  append(families, Metric::kMetricsSeries, {}, static_cast<double>(series_in(families) + 1));

  std::erase_if(families,
                [](const prometheus::MetricFamily& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace kaiku::metrics
