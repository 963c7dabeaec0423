#include "kaiku/metrics/registry.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>

#include "kaiku/metrics/process.h"
#include "kaiku/model/outcome.h"

namespace kaiku::metrics {
namespace {

RegistryOptions options() {
  RegistryOptions options;
  options.build = {"1.2.3", "g++ 12", "2.0.2", "7.8.3", "3.0.1"};
  options.pipeline = "drinks-eu";
  options.config_hash = "abc123";
  options.sources = {"posts", "orders"};
  options.windows = {"hour", "day"};
  return options;
}

// Series by name and labels, as text: enough of the format to look things up.
std::map<std::string, double> series_of(const std::string& text) {
  std::map<std::string, double> series;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const size_t blank = line.rfind(' ');
    EXPECT_TRUE(series.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second)
        << "twice: " << line;
  }
  return series;
}

std::set<std::string> families_of(const std::string& text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      const size_t end = line.find(' ', 7);
      EXPECT_TRUE(names.insert(line.substr(7, end - 7)).second) << line;
    }
  }
  return names;
}

// Gives every metric that only collectors can know.
void everything(Samples& samples) {
  for (const Declaration& metric : catalogue()) {
    if (metric.presence != Presence::kWhenKnown || metric.name.starts_with("process_")) {
      continue;
    }
    if (metric.type == Type::kHistogram) {
      model::WaitCounts waits;
      waits.record(base::kMinute);
      if (metric.label_count() == 2) {
        samples.add(metric.id, {"a", "b"}, waits);
      } else {
        samples.add(metric.id, {"a", "b", "c"}, waits);
      }
      continue;
    }
    switch (metric.label_count()) {
      case 0:
        samples.add(metric.id, 1);
        break;
      case 1:
        samples.add(metric.id, {"a"}, 1);
        break;
      case 2:
        samples.add(metric.id, {"a", "b"}, 1);
        break;
      case 3:
        samples.add(metric.id, {"a", "b", "c"}, 1);
        break;
      case 4:
        samples.add(metric.id, {"a", "b", "c", "d"}, 1);
        break;
      default:
        samples.add(metric.id, {"a", "b", "c", "d", "e"}, 1);
        break;
    }
  }
}

TEST(Registry, TheFirstScrapeHasWhatIsAlwaysThereAndNothingElse) {
  Registry registry(options());
  std::set<std::string> expected;
  for (const Declaration& metric : catalogue()) {
    if (metric.presence == Presence::kAlways) {
      expected.insert(name_of(metric.id, "euros"));
    }
  }
  EXPECT_EQ(families_of(registry.scrape()), expected);
}

TEST(Registry, AFullScrapeHasEveryDeclaredMetricAndNoOther) {
  Registry registry(options());
  registry.add_collector(everything);
  registry.add_collector(process_collector());
  std::set<std::string> expected;
  for (const Declaration& metric : catalogue()) {
    expected.insert(name_of(metric.id, "euros"));
  }
  EXPECT_EQ(families_of(registry.scrape()), expected);
}

TEST(Registry, CountersOfWorkersAddUp) {
  Registry registry(options());
  WorkerCounters& one = registry.add_worker();
  WorkerCounters& two = registry.add_worker();
  one.add(Counter::kRecords, 0, 3);
  two.add(Counter::kRecords, 0, 4);
  two.add(Counter::kItems, 1, model::Outcome::kDuplicate, 5);
  one.add(Counter::kWorkerMicroseconds, Activity::kStep, 1'500'000);
  const auto series = series_of(registry.scrape());
  EXPECT_EQ(series.at(R"(kaiku_source_records_total{source="posts"})"), 7);
  EXPECT_EQ(series.at(R"(kaiku_source_records_total{source="orders"})"), 0)
      << "known labels start at 0";
  EXPECT_EQ(series.at(R"(kaiku_items_total{source="orders",outcome="duplicate"})"), 5);
  EXPECT_EQ(series.at(R"(kaiku_worker_seconds_total{activity="step"})"), 1.5);
  EXPECT_EQ(registry.total(Counter::kRecords, 0), 7U);
}

TEST(Registry, AHistogramIsCumulativeAndInSeconds) {
  Registry registry(options());
  WorkerCounters& worker = registry.add_worker();
  worker.observe(Histogram::kCommitMicroseconds, 900);
  worker.observe(Histogram::kCommitMicroseconds, 20'000);
  worker.observe(Histogram::kCommitMicroseconds, 60'000'000);
  const auto series = series_of(registry.scrape());
  EXPECT_EQ(series.at(R"(kaiku_commit_duration_seconds_bucket{le="0.001"})"), 1);
  EXPECT_EQ(series.at(R"(kaiku_commit_duration_seconds_bucket{le="0.025"})"), 2);
  EXPECT_EQ(series.at(R"(kaiku_commit_duration_seconds_bucket{le="10"})"), 2);
  EXPECT_EQ(series.at(R"(kaiku_commit_duration_seconds_bucket{le="+Inf"})"), 3);
  EXPECT_EQ(series.at("kaiku_commit_duration_seconds_count"), 3);
  EXPECT_NEAR(series.at("kaiku_commit_duration_seconds_sum"), 60.0209, 1e-9);
}

TEST(Registry, WhatIsNotKnownIsAbsentAndNotZero) {
  Registry registry(options());
  registry.add_collector([](Samples& samples) {
    samples.add(Metric::kDedupEntries, std::numeric_limits<double>::quiet_NaN());
    samples.add(Metric::kOpenCells, std::numeric_limits<double>::infinity());
    samples.add(Metric::kWorkers, 2);
  });
  const auto series = series_of(registry.scrape());
  EXPECT_FALSE(series.contains("kaiku_dedup_entries"));
  EXPECT_FALSE(series.contains("kaiku_open_cells"));
  EXPECT_EQ(series.at("kaiku_workers"), 2);
}

TEST(Registry, ReportsOfSeveralShardsBecomeOneSeries) {
  Registry registry(options());
  for (const double shard : {5.0, 3.0}) {
    registry.add_collector([shard](Samples& samples) {
      samples.add(Metric::kOpenCells, shard);
      samples.add(Metric::kWatermark, {"posts"}, shard);
      samples.add(Metric::kSourceLagSeconds, {"posts"}, shard);
    });
  }
  const auto series = series_of(registry.scrape());
  EXPECT_EQ(series.at("kaiku_open_cells"), 8);
  EXPECT_EQ(series.at(R"(kaiku_watermark_timestamp_seconds{source="posts"})"), 3);
  EXPECT_EQ(series.at(R"(kaiku_source_lag_seconds{source="posts"})"), 5);
}

TEST(Registry, ACollectorThatThrowsIsCountedAndHurtsNobodyElse) {
  Registry registry(options());
  const size_t bad = registry.add_collector([](Samples& samples) {
    samples.add(Metric::kDedupEntries, 1);
    throw std::runtime_error("no");
  });
  registry.add_collector([](Samples& samples) { samples.add(Metric::kWorkers, 4); });
  auto series = series_of(registry.scrape());
  EXPECT_EQ(series.at("kaiku_metrics_collector_failures_total"), 1);
  EXPECT_EQ(series.at("kaiku_workers"), 4);
  EXPECT_FALSE(series.contains("kaiku_dedup_entries"));
  registry.remove_collector(bad);
  series = series_of(registry.scrape());
  EXPECT_EQ(series.at("kaiku_metrics_collector_failures_total"), 1);
}

TEST(Registry, HostileLabelsStayValidText) {
  RegistryOptions hostile = options();
  hostile.sources = {"a\"b\\c\nd", "bad \xff byte"};
  Registry registry(hostile);
  registry.add_collector([](Samples& samples) {
    samples.add(Metric::kWindowMentions, {std::string(10'000, 'x'), "\xed\xa0\x80", "hour"}, 1);
  });
  const std::string text = registry.scrape();
  EXPECT_NE(text.find("source=\"a\\\"b\\\\c\\nd\""), std::string::npos);
  EXPECT_NE(text.find("source=\"bad \xef\xbf\xbd byte\""), std::string::npos);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
  EXPECT_EQ(text.find(std::string(200, 'x')), std::string::npos);
}

TEST(Registry, TheScrapeSaysHowManySeriesItHas) {
  Registry registry(options());
  registry.add_collector(everything);
  const auto series = series_of(registry.scrape());
  EXPECT_EQ(series.at("kaiku_metrics_series"), static_cast<double>(series.size()));
  EXPECT_EQ(series.at("kaiku_metrics_series_limit"), 10'000);
}

// Brands that report a sum that is known: whatever the budget, sums over brands stay right.
struct Brands {
  size_t count;
  std::vector<std::string> channels;

  void operator()(Samples& samples) const {
    for (size_t brand = 0; brand < count; ++brand) {
      const std::string name = "brand" + std::to_string(brand);
      for (const std::string& channel : channels) {
        samples.add(Metric::kWindowMentions, {name, channel, "hour"}, 10);
        samples.add(Metric::kWindowNetSentiment, {name, channel, "hour"}, 0.5);
      }
    }
  }
};

double sum_of(const std::map<std::string, double>& series,
              std::string_view name,
              std::string_view part) {
  double sum = 0;
  for (const auto& [key, value] : series) {
    if (key.starts_with(std::string(name) + "{") && key.find(part) != std::string::npos) {
      sum += value;
    }
  }
  return sum;
}

TEST(Registry, BrandsBeyondTheBudgetBecomeOtherAndKeepTheirChannel) {
  RegistryOptions tight = options();
  tight.series_budget = 1'000;
  Registry registry(tight);
  registry.add_collector(Brands{500, {"x", "mastodon"}});
  const auto series = series_of(registry.scrape());
  EXPECT_LE(series.size(), 1'000U);
  EXPECT_EQ(sum_of(series, "kaiku_window_mentions", R"(channel="x")"), 5'000);
  EXPECT_EQ(sum_of(series, "kaiku_window_mentions", R"(channel="mastodon")"), 5'000);
  EXPECT_GT(sum_of(series, "kaiku_window_mentions", R"(brand="_other",channel="x")"), 0);
  EXPECT_EQ(sum_of(series, "kaiku_window_net_sentiment_ratio", R"(brand="_other")"), 0)
      << "a ratio of many brands has no meaning";
  EXPECT_GT(series.at("kaiku_metrics_series_overflow_total"), 0);
  EXPECT_TRUE(series.contains(R"(kaiku_window_mentions{brand="brand0",channel="x",window="hour"})"))
      << "the first brands get in";
}

TEST(Registry, ABrandIsThereWithAllItsSeriesOrNotAtAll) {
  RegistryOptions tight = options();
  tight.series_budget = 700;
  Registry registry(tight);
  registry.add_collector(Brands{300, {"x", "mastodon", "reddit"}});
  std::map<std::string, size_t> series_of_brand;
  for (const auto& [key, value] : series_of(registry.scrape())) {
    if (const size_t at = key.find("brand=\"brand"); at != std::string::npos) {
      ++series_of_brand[key.substr(at, key.find('"', at + 8) - at)];
    }
  }
  EXPECT_FALSE(series_of_brand.empty());
  for (const auto& [brand, series] : series_of_brand) {
    EXPECT_EQ(series, 6U) << brand;
  }
}

TEST(Registry, ABrandKeepsItsSeriesWhenOthersComeFirst) {
  RegistryOptions tight = options();
  tight.series_budget = 400;
  Registry registry(tight);
  bool is_crowded = false;
  registry.add_collector([&](Samples& samples) {
    if (is_crowded) {
      Brands{500, {"x"}}(samples);
    }
    samples.add(Metric::kWindowMentions, {"early_bird", "x", "hour"}, 1);
  });
  const std::string own = R"(kaiku_window_mentions{brand="early_bird",channel="x",window="hour"})";
  EXPECT_TRUE(series_of(registry.scrape()).contains(own));
  is_crowded = true;
  EXPECT_TRUE(series_of(registry.scrape()).contains(own));
}

TEST(Registry, ACounterThatIsPutOutEntersOtherWithoutAJump) {
  RegistryOptions tight = options();
  tight.series_budget = 300;
  Registry registry(tight);
  size_t channels = 2;
  double total = 1'000'000;
  registry.add_collector([&](Samples& samples) {
    for (size_t i = 0; i < channels; ++i) {
      samples.add(
          Metric::kEvents, {"grows", "c" + std::to_string(i), "mention", "original"}, total);
    }
  });
  constexpr const char* kLabels = R"(channel="c0",type="mention",relation="original"})";
  auto series = series_of(registry.scrape());
  ASSERT_TRUE(series.contains(std::string(R"(kaiku_events_total{brand="grows",)") + kLabels));
  channels = 200;
  total += 7;
  series = series_of(registry.scrape());
  EXPECT_EQ(series.at(std::string(R"(kaiku_events_total{brand="_other",)") + kLabels), 7);
}

model::WaitCounts waits_of(std::initializer_list<int64_t> seconds) {
  model::WaitCounts waits;
  for (const int64_t second : seconds) {
    waits.record(second * base::kSecond);
  }
  return waits;
}

TEST(Registry, WaitsAreAHistogramWhoseBoundsAreIncluded) {
  Registry registry(options());
  registry.add_collector([](Samples& samples) {
    model::WaitCounts waits = waits_of({0, 60, 61, 259'200, 259'201});
    waits.record(60 * base::kSecond + 1);  // a microsecond too long
    samples.add(Metric::kFirstResponse, {"kirkas", "forum", "public"}, waits);
  });
  const auto series = series_of(registry.scrape());
  const auto bucket = [&](const std::string& bound) {
    return series.at(R"(kaiku_conversation_first_response_seconds_bucket{brand="kirkas",)"
                     R"(channel="forum",visibility="public",le=")" +
                     bound + "\"}");
  };
  EXPECT_EQ(bucket("60"), 2);
  EXPECT_EQ(bucket("240"), 4);
  EXPECT_EQ(bucket("86400"), 4);
  EXPECT_EQ(bucket("259200"), 5);
  EXPECT_EQ(bucket("+Inf"), 6);
  const std::string place = R"({brand="kirkas",channel="forum",visibility="public"})";
  EXPECT_EQ(series.at("kaiku_conversation_first_response_seconds_count" + place), 6);
  EXPECT_NEAR(series.at("kaiku_conversation_first_response_seconds_sum" + place),
              0 + 60 + 61 + 259'200 + 259'201 + 60.000001,
              1e-3);
  EXPECT_EQ(series.at("kaiku_metrics_series"), static_cast<double>(series.size()))
      << "a histogram is 14 series of the budget";
}

TEST(Registry, HistogramsOfBrandsBeyondTheBudgetAddUpBucketByBucket) {
  RegistryOptions tight = options();
  tight.series_budget = 600;
  Registry registry(tight);
  registry.add_collector([](Samples& samples) {
    for (int brand = 0; brand < 100; ++brand) {
      samples.add(Metric::kResolution,
                  {"brand" + std::to_string(brand), "forum"},
                  waits_of({30, 3'600, 400'000}));
    }
  });
  const auto series = series_of(registry.scrape());
  EXPECT_LE(series.size(), 600U);
  const double own = sum_of(series, "kaiku_conversation_resolution_seconds_count", "brand=\"brand");
  const auto other = [&](const std::string& bound) {
    return series.at(R"(kaiku_conversation_resolution_seconds_bucket{brand="_other",)"
                     R"(channel="forum",le=")" +
                     bound + "\"}");
  };
  const double folded = 100 - own / 3;
  EXPECT_GT(own, 0);
  EXPECT_GT(folded, 50);
  EXPECT_EQ(other("60"), folded);
  EXPECT_EQ(other("1320"), folded);
  EXPECT_EQ(other("3600"), 2 * folded);
  EXPECT_EQ(other("259200"), 2 * folded);
  EXPECT_EQ(other("+Inf"), 3 * folded);
  EXPECT_EQ(sum_of(series, "kaiku_conversation_resolution_seconds_sum", ""), 100 * 403'630.0);
}

TEST(Registry, AHistogramThatIsPutOutEntersOtherWithWhatItGained) {
  RegistryOptions tight = options();
  tight.series_budget = 300;
  Registry registry(tight);
  size_t channels = 1;
  model::WaitCounts waits = waits_of({30, 30, 3'600});
  registry.add_collector([&](Samples& samples) {
    for (size_t i = 0; i < channels; ++i) {
      samples.add(Metric::kResolution, {"grows", "c" + std::to_string(i)}, waits);
    }
  });
  auto series = series_of(registry.scrape());
  ASSERT_EQ(series.at(R"(kaiku_conversation_resolution_seconds_count{brand="grows",channel="c0"})"),
            3);
  channels = 30;
  waits.add(waits_of({5, 7'200}));
  series = series_of(registry.scrape());
  const std::string place = R"({brand="_other",channel="c0")";
  EXPECT_EQ(series.at("kaiku_conversation_resolution_seconds_bucket" + place + R"(,le="60"})"), 1);
  EXPECT_EQ(series.at("kaiku_conversation_resolution_seconds_bucket" + place + R"(,le="7200"})"),
            2);
  EXPECT_EQ(series.at("kaiku_conversation_resolution_seconds_count" + place + "}"), 2);
  EXPECT_EQ(series.at("kaiku_conversation_resolution_seconds_sum" + place + "}"), 7'205);
}

TEST(Registry, WhatWasCountedAmongTheOthersStaysThere) {
  RegistryOptions tight = options();
  tight.series_budget = 1'000;
  Registry registry(tight);
  size_t crowd = 1;
  bool is_late = false;
  registry.add_collector([&](Samples& samples) {
    for (size_t i = 0; i < crowd; ++i) {
      samples.add(Metric::kWindowMentions, {"first", "c" + std::to_string(i), "hour"}, 1);
    }
    if (is_late) {
      samples.add(Metric::kEvents, {"late", "x", "mention", "original"}, 70);
    }
  });
  const auto fixed = static_cast<size_t>(series_of(registry.scrape()).at("kaiku_metrics_series"));
  crowd = 900 - fixed;  // the last fifth of the budget is for those already in
  is_late = true;
  const std::string other =
      R"(kaiku_events_total{brand="_other",channel="x",type="mention",relation="original"})";
  EXPECT_EQ(series_of(registry.scrape()).at(other), 70);
  crowd = 1;
  EXPECT_EQ(series_of(registry.scrape()).at(other), 70)
      << "there is room now, but a counter that goes back says that all of it happened at once";
}

int run(const std::string& command, const std::string& input) {
  FILE* pipe = popen(command.c_str(), "w");
  if (pipe == nullptr) {
    return -1;
  }
  fwrite(input.data(), 1, input.size(), pipe);
  return pclose(pipe);
}

TEST(Registry, PromtoolFindsNothingToSayAboutAFullScrape) {
  if (run("command -v promtool >/dev/null 2>&1", "") != 0) {
    if (const char* ci = std::getenv("CI"); ci != nullptr && std::string_view(ci) == "true") {
      FAIL() << "promtool is needed here: install the package prometheus";
    }
    GTEST_SKIP()
        << "promtool is not installed (Debian package prometheus): the scrape was not linted";
  }
  for (const char* currency : {"EUR", "USD", "GBP", "JPY", "ISK", "CZK", "?"}) {
    RegistryOptions with_currency = options();
    with_currency.currency = currency;
    Registry registry(with_currency);
    registry.add_worker().observe(Histogram::kCommitMicroseconds, 5);
    registry.add_collector(everything);
    registry.add_collector(process_collector());
    EXPECT_EQ(run("promtool check metrics", registry.scrape()), 0) << currency;
  }
}

TEST(ProcessCollector, ReadsWhatTheKernelSays) {
  Samples samples;
  process_collector()(samples);
  std::map<Metric, double> values;
  for (const Sample& sample : samples.list()) {
    values[sample.metric] = sample.value;
  }
  EXPECT_EQ(values.size(), 7U);
  EXPECT_GT(values[Metric::kProcessResident], 1e6);
  EXPECT_GE(values[Metric::kProcessVirtual], values[Metric::kProcessResident]);
  EXPECT_GE(values[Metric::kProcessThreads], 1);
  EXPECT_GE(values[Metric::kProcessOpenFds], 3);
  EXPECT_GE(values[Metric::kProcessMaxFds], values[Metric::kProcessOpenFds]);
  EXPECT_GT(values[Metric::kProcessStart], 1.6e9);
}

TEST(ProcessCollector, ReadsTheFieldsByTheirPlace) {
  const std::filesystem::path proc = std::filesystem::path(testing::TempDir()) / "kaiku_proc";
  std::filesystem::create_directories(proc / "self" / "fd");
  std::ofstream(proc / "self" / "fd" / "0") << "";
  std::ofstream(proc / "stat") << "cpu 1 2 3\nbtime 1700000000\n";
  std::ofstream(proc / "self" / "stat")
      << "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 15 16 6 18 500 8192000 20 99\n";
  std::ofstream(proc / "self" / "limits")
      << "Limit  Soft Limit\nMax open files            1024                 4096\n";
  Samples samples;
  process_collector(proc.string())(samples);
  std::map<Metric, double> values;
  for (const Sample& sample : samples.list()) {
    values[sample.metric] = sample.value;
  }
  EXPECT_EQ(values[Metric::kProcessCpu], 3.0) << "300 ticks of 10 ms";
  EXPECT_EQ(values[Metric::kProcessThreads], 6);
  EXPECT_EQ(values[Metric::kProcessStart], 1700000005.0);
  EXPECT_EQ(values[Metric::kProcessVirtual], 8192000);
  EXPECT_EQ(values[Metric::kProcessResident], 20 * 4096);
  EXPECT_EQ(values[Metric::kProcessOpenFds], 1);
  EXPECT_EQ(values[Metric::kProcessMaxFds], 1024);
  std::filesystem::remove_all(proc);
}

TEST(ProcessCollector, SaysNothingWhereThereIsNoProc) {
  Samples samples;
  process_collector("/nonexistent")(samples);
  EXPECT_TRUE(samples.list().empty());
}

}  // namespace
}  // namespace kaiku::metrics
