#include "sim/harness.h"

#include <algorithm>
#include <numeric>

#include "sim/feed.h"
#include "sim/fleet.h"
#include "sim/verdict.h"

namespace kaiku::sim {
namespace {

constexpr int64_t kStep = 200 * base::kMillisecond;
// An idle system comes to rest: in so many rounds, and without so many commits.
constexpr size_t kRestRounds = 1'500;
constexpr size_t kStopRounds = 600;
constexpr size_t kQuietEvery = 8;
// Sessions and transactions have ended long before the offsets expire.
constexpr uint64_t kForgetSteps = 180;
constexpr uint64_t kDownSteps = 200;

// From a calm day to a storm.
SimFaults draw_weather(base::Prng& prng, bool with_faults) {
  SimFaults faults = SimFaults::none();
  if (with_faults) {
    const uint64_t weather = prng.below(4);
    if (weather == 3) {
      faults = SimFaults::storm();
    } else if (weather > 0) {
      faults.short_polls = true;
      faults.empty_poll = 30;
      faults.decide_steps_max = 3;
      faults.answer_steps_max = 3;
      faults.not_committed = 15;
      faults.lost_committed = 15;
      faults.lost_aborted = 15;
      faults.late_commit = 10;
      faults.hanging = 5;
      faults.slow_markers = 15;
      faults.fenced = 5;
      faults.no_offsets = 50;
      faults.retry_call = 10;
      faults.staggered_markers = weather == 2;
    }
    faults.batch_records_max = static_cast<uint32_t>(prng.between(4, 64));
  }
  faults.step_us = kStep;
  faults.session_steps = 80;
  faults.rebalance_steps = 60;
  faults.transaction_steps = 60;
  return faults;
}

class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options),
        prng_(options.seed),
        pipeline_(make_pipeline(prng_, options.events, options.with_split)),
        broker_(pipeline_.plan.topics,
                prng_.next(),
                draw_weather(prng_, options.with_faults),
                pipeline_.workload.start),
        feed_(pipeline_, broker_),
        fleet_(pipeline_, broker_, options.mutations) {
    report_.seed = options.seed;
  }

  Report run() {
    plan_faults();
    read_all() && end_all() && rest() && start_again();
    finish();
    return std::move(report_);
  }

 private:
  struct Planned {
    int64_t at_us = 0;
    Fault fault = Fault::kCrash;
  };

  void plan_faults();
  void befall(Fault fault);
  void repeat_edge_record();
  void forget_offsets();
  bool read_all();
  bool end_all();
  bool rest();
  bool start_again();
  bool settle(const char* phase);
  bool wrong(std::string text);
  void finish();

  const RunOptions options_;
  base::Prng prng_;
  const SimPipeline pipeline_;
  SimBroker broker_;
  SimFeed feed_;
  SimFleet fleet_;
  std::vector<Planned> planned_;  // the next one last
  uint64_t forget_at_ = 0;        // step
  Report report_;
};

void Run::plan_faults() {
  if (!options_.with_faults) {
    return;
  }
  const int64_t begin = feed_.start_us();
  const int64_t end = feed_.records().empty() ? begin : feed_.records().back().timestamp;
  const auto count = static_cast<size_t>(prng_.between(6, 14));
  for (size_t i = 0; i < count; ++i) {
    const uint64_t last = pipeline_.has_direct ? 10 : 9;
    Fault fault = static_cast<Fault>(prng_.below(last));
    if (i < 3) {  // whatever else is drawn
      constexpr Fault kAlways[] = {Fault::kCrash, Fault::kRebalance, Fault::kSlow};
      fault = kAlways[i];
    }
    planned_.push_back({prng_.between(begin, std::max(begin, end)), fault});
  }
  if (options_.with_split) {
    planned_.push_back({begin + (end - begin) / 3, Fault::kSplit});
  }
  std::sort(planned_.begin(), planned_.end(), [](const Planned& a, const Planned& b) {
    return a.at_us > b.at_us;
  });
}

void Run::befall(Fault fault) {
  uint64_t& count = report_.faults[static_cast<size_t>(fault)];
  switch (fault) {
    case Fault::kCrash:
      fleet_.crash();  // counted when it comes
      return;
    case Fault::kFullDisk:
      fleet_.fill_disk();
      return;
    case Fault::kRestart:
      fleet_.restart();
      return;
    case Fault::kRebalance:
      broker_.rebalance();
      break;
    case Fault::kExpel:
      fleet_.expel();
      break;
    case Fault::kSlow:
      fleet_.slow_down();
      break;
    case Fault::kOutage:
      feed_.stop_partition(prng_, prng_.between(30, 240) * base::kSecond);
      break;
    case Fault::kForgotten:
      fleet_.go_down(kDownSteps);
      forget_at_ = broker_.now_step() + kForgetSteps;
      return;  // counted when it comes
    case Fault::kRepeat:
      repeat_edge_record();
      break;
    case Fault::kSplit:
      fleet_.split_assignment();
      break;
    case Fault::kLost:
    case Fault::kAborted:
    case Fault::kLate:
    case Fault::kFenced:
      return;  // the broker's
  }
  ++count;
}

// As a producer does whose first attempt was taken though it heard nothing.
void Run::repeat_edge_record() {
  const auto number = static_cast<int32_t>(prng_.below(pipeline_.plan.shards));
  std::vector<log::Append> records =
      broker_.committed_records(log::Partition{pipeline_.plan.exchange, number});
  if (!records.empty()) {
    broker_.note("an exchange record of shard " + std::to_string(number) + " is repeated");
    broker_.produce(std::move(records[prng_.below(records.size())]));
  }
}

// Nobody is there, and everything that was under way is decided: as after a long stop.
void Run::forget_offsets() {
  if (forget_at_ == 0 || broker_.now_step() < forget_at_) {
    return;
  }
  forget_at_ = 0;
  if (broker_.group().size() == 0) {
    broker_.expire_group_offsets();
    ++report_.faults[static_cast<size_t>(Fault::kForgotten)];
  }
}

bool Run::wrong(std::string text) {
  report_.differences.push_back(std::move(text));
  return false;
}

// The time in which the world outside produces.
bool Run::read_all() {
  const bool with_upstream = options_.with_faults && prng_.chance(1, 2);
  while (!feed_.is_done() || !planned_.empty()) {
    feed_.step(with_upstream);
    while (!planned_.empty() && planned_.back().at_us <= broker_.clock().now_us()) {
      befall(planned_.back().fault);
      planned_.pop_back();
    }
    forget_offsets();
    fleet_.turn_any();
    if (!fleet_.problem().empty()) {
      return wrong(fleet_.problem());
    }
  }
  return true;
}

// All faults end; the workers leave and start again with sources that end.
bool Run::end_all() {
  feed_.finish();
  broker_.calm();
  fleet_.heal();
  if (!fleet_.stop_all(kStopRounds)) {
    return wrong(fleet_.problem().empty() ? "the workers do not stop" : fleet_.problem());
  }
  fleet_.let_sources_end();
  return settle("the end");
}

// Quiet twice, with nothing done in between.
bool Run::settle(const char* phase) {
  uint64_t quiet_progress = ~uint64_t{0};
  for (size_t round = 1; round <= kRestRounds; ++round) {
    fleet_.turn_all();
    if (!fleet_.problem().empty()) {
      return wrong(fleet_.problem());
    }
    if (round % kQuietEvery != 0) {
      continue;
    }
    const bool is_quiet = fleet_.is_quiet();
    if (is_quiet && fleet_.progress() == quiet_progress) {
      fleet_.look_at_all();
      return fleet_.problem().empty() || wrong(fleet_.problem());
    }
    quiet_progress = is_quiet ? fleet_.progress() : ~uint64_t{0};
  }
  return wrong(std::string("no rest after ") + phase + ": commits go on though nothing is read");
}

// Nothing is written where nothing is to be said, however long one waits.
bool Run::rest() {
  const uint64_t outputs = count_outputs(pipeline_, broker_);
  const uint64_t edges = count_exchange(pipeline_, broker_);
  const auto rounds = static_cast<size_t>(3 * base::kMinute / kStep) / fleet_.size();
  for (size_t i = 0; i < rounds; ++i) {
    fleet_.turn_all();
  }
  if (!fleet_.problem().empty()) {
    return wrong(fleet_.problem());
  }
  if (count_outputs(pipeline_, broker_) != outputs || count_exchange(pipeline_, broker_) != edges) {
    return wrong("an idle system goes on writing to outputs or exchange");
  }
  return true;
}

bool Run::start_again() {
  const uint64_t outputs = count_outputs(pipeline_, broker_);
  if (!fleet_.stop_all(kStopRounds)) {
    return wrong(fleet_.problem().empty() ? "the workers do not stop" : fleet_.problem());
  }
  if (!settle("a restart")) {
    return false;
  }
  if (!fleet_.stop_all(kStopRounds)) {
    return wrong("the workers do not stop");
  }
  return count_outputs(pipeline_, broker_) == outputs ||
         wrong("a restart of workers at rest publishes again");
}

void Run::finish() {
  const FleetCounts counts = fleet_.counts();
  report_.steps = broker_.now_step();
  report_.commits = counts.commits;
  report_.redone = counts.redone;
  report_.resolved = counts.resolved;
  report_.assignments = counts.assignments;
  const auto count = [&](Fault fault, uint64_t by) {
    report_.faults[static_cast<size_t>(fault)] += by;
  };
  count(Fault::kCrash, counts.crashes);
  count(Fault::kFullDisk, counts.full_disks);
  count(Fault::kRestart, counts.restarts);
  const SimFates& fates = broker_.fates();
  count(Fault::kLost, fates.lost);
  count(Fault::kAborted, fates.aborted);
  count(Fault::kLate, fates.late);
  count(Fault::kFenced, fates.fenced);
  report_.shape = std::to_string(pipeline_.plan.shards) + " shards, " +
                  std::to_string(fleet_.size()) + " workers" +
                  (pipeline_.has_direct   ? ", a direct source"
                   : pipeline_.is_keyless ? ", no keys"
                                          : "");
  // A run that did not come to rest has violations to tell, but no figures.
  if (!report_.differences.empty()) {
    for (const std::string& violation : broker_.violations()) {
      report_.differences.push_back("violation: " + violation);
    }
  } else {
    Verdict verdict = judge(pipeline_, feed_, broker_, fleet_.ledger(), fleet_.activity());
    report_.differences = std::move(verdict.differences);
    report_.items = verdict.items;
    report_.published = verdict.published;
    report_.revisions = verdict.revisions;
    report_.stragglers = verdict.stragglers;
    report_.known = verdict.known;
    report_.bursts = verdict.bursts;
    report_.counted = verdict.counted;
    report_.there = verdict.there;
  }
  if (!report_.differences.empty()) {
    report_.trace = broker_.trace();
  }
}

}  // namespace

std::string_view name_of(Fault fault) {
  static constexpr std::array<std::string_view, kFaults> kNames = {"crash",
                                                                   "rebalance",
                                                                   "expelled",
                                                                   "restart",
                                                                   "slow worker",
                                                                   "full disk",
                                                                   "source outage",
                                                                   "forgotten offsets",
                                                                   "repeated edge record",
                                                                   "split assignment",
                                                                   "lost answer",
                                                                   "aborted commit",
                                                                   "late or hanging commit",
                                                                   "fenced commit"};
  return kNames[static_cast<size_t>(fault)];
}

uint64_t Report::fault_count() const {
  return std::accumulate(faults.begin(), faults.end(), uint64_t{0});
}

Report run_seed(const RunOptions& options) {
  return Run(options).run();
}

}  // namespace kaiku::sim
