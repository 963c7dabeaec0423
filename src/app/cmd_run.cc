#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "kaiku/base/logger.h"
#include "kaiku/kafka/kafka_log.h"
#include "kaiku/serve/server.h"
#include "kaiku/serve/snapshot_metrics.h"

#include "app/commands.h"
#include "app/feeder.h"
#include "app/local_ports.h"
#include "app/pipeline.h"
#include "app/plan_registry.h"
#include "app/snapshot_maker.h"
#include "app/summary.h"
#include "app/table_file.h"
#include "app/versions.h"
#include "app/wiring.h"
#include "app/zones.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Status;

// Of the signal handler: how often we were asked to stop.
std::atomic<int> stop_signals{0};

void on_signal(int) {
  if (stop_signals.fetch_add(1) >= 1) {
    _exit(143);  // asked twice: no clean end is wanted
  }
}

constexpr int64_t kLiveWithin = 60 * base::kSecond;
// A snapshot takes a hundredth of a core at most, whatever it costs.
constexpr int64_t kShownShare = 100;
constexpr int64_t kRetainEvery = base::kMinute;
// Until those who stay in a group have the partitions of one who was missed.
constexpr int64_t kRebalanceTime = 10 * base::kSecond;

// Everything that runs beside the engine: server, snapshots, feeder.
class Runner {
 public:
  Runner(std::shared_ptr<const shard::Plan> plan, const RunOptions& options, Wiring& wiring)
      : plan_(std::move(plan)),
        options_(options),
        wiring_(wiring),
        maker_(plan_, clock_),
        rates_(plan_->rates_file,
               "exchange rates",
               plan_->board->rates,
               [base = plan_->board->rates->base()](auto csv, auto file) {
                 return money::Rates::parse(base, csv, file);
               }),
        prices_(
            plan_->prices_file,
            "prices",
            plan_->board->prices,
            [plan = plan_](auto csv, auto file) { return config::parse_prices(*plan, csv, file); }),
        registry_(registry_options(*plan_)),
        engine_(
            plan_, wiring.topology(), wiring.logs(), wiring.stores(), clock_, engine_options()) {}

  Status run() {
    if (Status status = serve(); !status.is_ok()) {
      return status;
    }
    if (options_.generate) {
      feeder_ = std::make_unique<Feeder>(
          plan_,
          wiring_.broker(),
          clock_,
          FeedOptions{*options_.generate, options_.rate, options_.seed, 0});
    }
    std::thread feeding([this] { feed(); });
    std::thread showing([this] { show(); });
    const int64_t started = clock_.monotonic_us();
    Status status = engine_.run();
    elapsed_us_ = clock_.monotonic_us() - started;
    ended_ = true;
    if (feeder_ != nullptr) {
      feeder_->stop();
    }
    feeding.join();
    showing.join();
    if (status.is_ok() && !feed_status_.is_ok()) {
      status = feed_status_;
    }
    if (status.is_ok() && options_.summary) {
      status = summarise_outputs();
    }
    return status;
  }

 private:
  runtime::EngineOptions engine_options() {
    runtime::EngineOptions engine;
    engine.workers = plan_->workers;
    engine.until_idle = options_.until_idle;
    if (!plan_->is_local) {
      engine.absent_after_us =
          kafka::session_timeout_us(plan_->kafka.common, plan_->kafka.consumer) + kRebalanceTime;
    }
    engine.worker.zones = system_zones();
    engine.worker.has_room = [this] { return wiring_.has_room(); };
    if (rates_.has_file()) {
      engine.worker.rates = [this] { return rates_.current(); };
    }
    if (prices_.has_file()) {
      engine.worker.prices = [this] { return prices_.current(); };
    }
    // A bounded demo is complete when it is read: its windows close.
    engine.worker.sources_end = options_.until_idle && options_.generate && *options_.generate != 0;
    engine.inputs_done = [this] { return feeder_ == nullptr || feeder_->done(); };
    engine.add_counters = [this]() -> metrics::WorkerCounters& { return registry_.add_worker(); };
    return engine;
  }

  Status serve() {
    registry_.add_collector(serve::snapshot_collector(latest_));
    serve::ServerOptions server;
    server.listen = plan_->listen;
    serve::ServerPorts ports;
    ports.snapshots = &latest_;
    ports.metrics = [this] { return registry_.scrape(); };
    ports.live = [this] {
      const bool live = clock_.monotonic_us() - engine_.slowest_turn_us() < kLiveWithin;
      return serve::Health{live, live ? "ok" : "a worker has not moved for a minute"};
    };
    ports.ready = [this] {
      const bool ready = engine_.is_ready() && stop_signals == 0;
      return serve::Health{ready,
                           ready                ? "ok"
                           : wiring_.has_room() ? "not every shard is assigned and restored"
                                                : "the disk of the state directory is nearly full"};
    };
    if (wiring_.broker() != nullptr) {
      ingest_ = std::make_unique<LocalIngest>(*plan_, *wiring_.broker());
      topics_ = std::make_unique<LocalTopics>(*plan_, *wiring_.broker());
      ports.ingest = ingest_.get();
      ports.topics = topics_.get();
    }
    publish();
    auto started = serve::Server::start(server, ports);
    if (!started.has_value()) {
      return started.error();
    }
    server_ = std::move(started).value();
    fmt::print(stderr,
               "kaiku: pipeline {} runs; page, API and metrics at {}\n",
               plan_->name,
               server_->url());
    return Status::ok();
  }

  void feed() {
    if (feeder_ != nullptr) {
      feed_status_ = feeder_->run();
      if (!feed_status_.is_ok()) {
        engine_.request_stop();
      }
    }
  }

  // The embedded log forgets what it has kept long enough; a broker does that by itself.
  void retain() {
    if (wiring_.broker() == nullptr) {
      return;
    }
    if (Status status = wiring_.broker()->retain(); !status.is_ok()) {
      base::log_warn("app", "old records of the local log stay for now: " + status.message());
    }
  }

  void publish() { latest_.publish(maker_.make(engine_.views(), stop_signals != 0)); }

  void show() {
    const bool terminal = isatty(STDOUT_FILENO) != 0;
    int64_t next_table = clock_.monotonic_us();
    int64_t next_snapshot = 0;
    int64_t next_look = clock_.monotonic_us() + plan_->rates_every_us;
    int64_t next_retain = clock_.monotonic_us() + kRetainEvery;
    while (!ended_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      if (stop_signals != 0) {
        engine_.request_stop();
      }
      const int64_t now = clock_.monotonic_us();
      if (now >= next_snapshot) {
        publish();
        const int64_t shown = clock_.monotonic_us();
        next_snapshot = shown + std::max(base::kSecond, (shown - now) * kShownShare);
      }
      if (now >= next_look) {
        rates_.look();
        prices_.look();
        next_look = now + plan_->rates_every_us;
      }
      if (now >= next_retain) {
        retain();
        next_retain = now + kRetainEvery;
      }
      if (options_.watch && now >= next_table) {
        fmt::print("{}{}\n", terminal ? "\x1b[H\x1b[2J" : "", live_table(*latest_.snapshot()));
        std::fflush(stdout);
        next_table = now + (terminal ? 1 : 5) * base::kSecond;
      }
    }
    publish();
  }

  Status summarise_outputs() {
    auto log = wiring_.reader();
    if (!log.has_value()) {
      return log.error();
    }
    const shard::Ledger ledger = runtime::total_ledger(engine_.views(), plan_->sources.size());
    auto text = summarise(*plan_, *log.value(), ledger, elapsed_us_);
    if (!text.has_value()) {
      return text.error();
    }
    fmt::print("{}", text.value());
    if (options_.until_idle && !shard::balances(ledger)) {
      return Status::stop(Exit::kBadData, "the ledger does not balance");
    }
    return Status::ok();
  }

  const base::SystemClock clock_;
  std::shared_ptr<const shard::Plan> plan_;
  const RunOptions& options_;
  Wiring& wiring_;
  SnapshotMaker maker_;
  TableFile<money::Rates> rates_;
  TableFile<money::Prices> prices_;
  metrics::Registry registry_;
  serve::LatestSnapshot latest_;
  runtime::Engine engine_;
  std::unique_ptr<LocalIngest> ingest_;
  std::unique_ptr<LocalTopics> topics_;
  std::unique_ptr<serve::Server> server_;  // before what its ports use goes
  std::unique_ptr<Feeder> feeder_;
  Status feed_status_;
  std::atomic<bool> ended_{false};
  int64_t elapsed_us_ = 0;
};

}  // namespace

int run_command(const RunOptions& options) {
  const auto plan = load_plan(options.common, config::Purpose::kRun);
  if (plan == nullptr) {
    return static_cast<int>(Exit::kConfig);
  }
  stop_signals = 0;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  const base::SystemClock clock;
  auto wiring = Wiring::make(plan, clock);
  if (!wiring.has_value()) {
    return report(wiring.error());
  }
  Runner runner(plan, options, *wiring.value());
  if (Status status = runner.run(); !status.is_ok()) {
    return report(status);
  }
  base::log_info("app", "stopped cleanly; everything read is committed");
  return 0;
}

}  // namespace kaiku::app
