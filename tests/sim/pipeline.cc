#include "sim/pipeline.h"

#include <string>

#include "kaiku/base/check.h"
#include "kaiku/generate/workload.h"
#include "kaiku/money/money_sums.h"
#include "kaiku/money/rates.h"
#include "kaiku/shard/router.h"
#include "kaiku/signal/extractor.h"

#include "sim/care_plan.h"

namespace kaiku::sim {
namespace {

using base::kDay;
using base::kMillisecond;
using base::kMinute;
using base::kSecond;

constexpr uint32_t kBrands = 5;

// The catalogue does not depend on the seed of a workload.
const std::shared_ptr<const match::BrandMatcher>& catalogue() {
  static const std::shared_ptr<const match::BrandMatcher> matcher = [] {
    generate::Options options;
    options.brands = kBrands;
    auto workload = generate::Workload::make(options);
    KAIKU_CHECK(workload.has_value(), "the catalogue's workload is valid");
    std::vector<match::Brand> brands;
    for (const generate::Brand& brand : workload->brands()) {
      brands.push_back({brand.id, brand.name, brand.aliases, brand.exclude, {}});
    }
    auto built = match::BrandMatcher::build(std::move(brands));
    KAIKU_CHECK(built.has_value(), "the catalogue compiles");
    return std::move(built).value();
  }();
  return matcher;
}

generate::Options draw_workload(base::Prng& prng, uint64_t events) {
  generate::Options options;
  options.seed = prng.next();
  options.events = events;
  // Minutes, an hour and a day end while it runs.
  const base::EventTime midnight = (20'514 + prng.between(0, 300)) * kDay;
  options.start = midnight - prng.between(60, 400) * kSecond;
  options.rate = static_cast<uint32_t>(prng.between(4, 6));
  options.brands = kBrands;
  options.authors = 150;
  options.posts_partitions = static_cast<int32_t>(prng.between(1, 4));
  options.support_partitions = static_cast<int32_t>(prng.between(1, 3));
  options.orders_partitions = static_cast<int32_t>(prng.between(1, 3));
  options.out_of_orderness_us = 20 * kSecond;
  options.lateness_us = 60 * kSecond;
  options.truth = false;
  options.shares.reposts = 350'000;
  options.shares.conversations = 40'000;
  options.shares.broken = 10'000;
  options.shares.second_connector = 120'000;
  options.shares.polled = 120'000;
  options.shares.edited = 80'000;
  options.shares.deleted = 60'000;
  options.shares.late = 25'000;
  options.shares.too_old = 5'000;
  options.shares.future = 5'000;
  options.shares.unknown_polled = 10'000;
  options.shares.redelivered = 50'000;
  options.shares.corrected = 150'000;
  options.shares.refunded = 200'000;
  options.shares.removed = 30'000;
  options.shares.test_orders = 30'000;
  // The few customers of the feed have days with more touches than are kept: what was cut would not
  // come back for one that is withdrawn.
  options.shares.withdrawn = 0;
  return options;
}

using Channels = std::vector<std::pair<std::string, std::vector<std::string>>>;

// Those of the generator as they are where its truth is compared, else some together.
const Channels& channels(bool as_they_are) {
  static const Channels folded = {
      {"x", {"x"}},
      {"facebook", {"facebook", "instagram"}},
      {"web", {"web"}},
      {"other", {"*"}},
  };
  static const Channels all = [] {
    Channels list;
    auto workload = generate::Workload::make({});
    KAIKU_CHECK(workload.has_value(), "the workload is valid");
    for (const std::string_view channel : workload->channels()) {
      list.push_back({std::string(channel), {std::string(channel)}});
    }
    return list;
  }();
  return as_they_are ? all : folded;
}

void add_topics(shard::Plan& plan, const shard::Topology& topology) {
  const auto shards = static_cast<int32_t>(plan.shards);
  for (size_t i = 0; i < plan.sources.size(); ++i) {
    shard::SourcePlan& source = plan.sources[i];
    source.topic = plan.topics.add(
        {"sim." + source.name, log::TopicRole::kSource, topology.partitions[i], {}});
  }
  plan.exchange = plan.topics.add({"sim.exchange", log::TopicRole::kExchange, shards, {}});
  plan.changelog = plan.topics.add({"sim.changelog", log::TopicRole::kChangelog, shards, {}});
  for (const window::WindowSpec& window : plan.board->windows) {
    plan.outputs.activity.push_back(
        plan.topics.add({"sim.activity." + window.name(), log::TopicRole::kOutput, 2, {}}));
  }
  plan.outputs.kpi = plan.topics.add({"sim.kpi", log::TopicRole::kOutput, 2, {}});
  if (plan.conversations != nullptr) {
    plan.outputs.outcomes = plan.topics.add({"sim.outcomes", log::TopicRole::kOutput, 2, {}});
  }
  if (plan.conversations != nullptr || plan.signals != nullptr) {
    plan.outputs.alerts = plan.topics.add({"sim.alerts", log::TopicRole::kOutput, 2, {}});
  }
  plan.outputs.late = plan.topics.add({"sim.late", log::TopicRole::kOutput, 1, {}});
  plan.outputs.dead_letters = plan.topics.add({"sim.dlq", log::TopicRole::kOutput, 1, {}});
}

std::shared_ptr<const board::BoardPlan> make_board(const generate::Options& workload,
                                                   const std::string& rates_csv,
                                                   bool has_odd_windows) {
  auto plan = std::make_shared<board::BoardPlan>();
  plan->pipeline = "sim";

  struct Window {
    const char* name;
    int64_t size;
    int64_t advance;
    const char* zone;
  };

  const Window windows[] = {{"minute", kMinute, 0, ""},
                            {"hour", base::kHour, 0, ""},
                            {"day", kDay, 0, ""},
                            {"trend", 6 * kMinute, 2 * kMinute, ""},
                            {"helsinki", kDay, 0, "Europe/Helsinki"}};
  for (const Window& one : windows) {
    if (!has_odd_windows && plan->windows.size() == 3) {
      break;
    }
    auto spec = window::WindowSpec::make(
        one.name, one.size, one.advance, one.zone, workload.lateness_us, 7 * kDay);
    KAIKU_CHECK(spec.has_value(), "the windows are valid");
    plan->windows.push_back(std::move(spec).value());
  }
  plan->kpi_windows = {"hour", "day"};
  auto rates = money::Rates::parse(model::Currency{{'E', 'U', 'R', 0}}, rates_csv, "rates.csv");
  KAIKU_CHECK(rates.has_value(), "the rates of the workload are valid");
  plan->rates = std::make_shared<const money::Rates>(std::move(rates).value());
  return plan;
}

std::vector<oracle::Rate> oracle_rates(const std::string& csv) {
  std::vector<oracle::Rate> rates;
  size_t at = csv.find('\n') + 1;
  while (at < csv.size()) {
    const size_t end = csv.find('\n', at);
    const std::string line = csv.substr(at, end - at);
    const size_t first = line.find(',');
    const size_t second = line.find(',', first + 1);
    rates.push_back({line.substr(0, first),
                     line.substr(first + 1, second - first - 1),
                     line.substr(second + 1)});
    at = end + 1;
  }
  return rates;
}

oracle::OraclePlan make_oracle(const shard::Plan& plan, const std::string& rates_csv) {
  oracle::OraclePlan oracle;
  for (const shard::SourcePlan& source : plan.sources) {
    oracle::Source one;
    one.name = source.name;
    one.max_future = source.max_future_us;
    one.max_age = source.max_age_us;
    oracle.sources.push_back(std::move(one));
  }
  oracle.out_of_orderness = plan.time.out_of_orderness_us;
  oracle.lateness = plan.time.lateness_us;
  for (const match::Brand& brand : plan.brands->brands()) {
    oracle.brands.push_back({brand.id, brand.aliases, brand.exclude, {}});
  }
  for (const auto& [id, names] : channels(plan.conversations != nullptr)) {
    oracle.channels.push_back({id, names});
  }
  oracle.rates = oracle_rates(rates_csv);
  switch (plan.unmatched) {
    case shard::Unmatched::kCount:
      oracle.unmatched = oracle::Unmatched::kCount;
      break;
    case shard::Unmatched::kIgnore:
      oracle.unmatched = oracle::Unmatched::kIgnore;
      break;
    case shard::Unmatched::kDeadLetter:
      oracle.unmatched = oracle::Unmatched::kDeadLetter;
      break;
  }
  return oracle;
}

void draw_sources(base::Prng& prng, SimPipeline& pipeline, bool wants_direct) {
  shard::Plan& plan = pipeline.plan;
  pipeline.has_direct = wants_direct || prng.chance(1, 3);
  const size_t direct = prng.below(kSimSources);
  int32_t* const partitions[] = {&pipeline.workload.posts_partitions,
                                 &pipeline.workload.support_partitions,
                                 &pipeline.workload.orders_partitions};
  for (size_t i = 0; i < kSimSources; ++i) {
    shard::SourcePlan source;
    source.name = generate::kSourceNames[i];
    source.mapping = parse::shipped_mapping("canonical");
    source.max_future_us = pipeline.workload.max_future_us;
    source.max_age_us = pipeline.workload.max_age_us;
    if (pipeline.has_direct && i == direct) {
      source.routing = shard::Routing::kDirect;
      source.keyed_by = "/native_id";
      *partitions[i] = static_cast<int32_t>(plan.shards);
    }
    plan.sources.push_back(std::move(source));
    pipeline.topology.partitions.push_back(*partitions[i]);
  }
}

void draw_times(base::Prng& prng, const generate::Options& workload, shard::Plan& plan) {
  plan.time.out_of_orderness_us = workload.out_of_orderness_us;
  plan.time.lateness_us = workload.lateness_us;
  const int64_t idle[] = {4 * kSecond, 15 * kSecond, kDay};
  plan.time.idle_after_us = idle[prng.below(std::size(idle))];
  const int64_t early[] = {kSecond, 5 * kSecond, 60 * kSecond};
  plan.outputs.early_every_us = early[prng.below(std::size(early))];
  plan.state.commit_every_us = 200 * kMillisecond;
}

// Half of the pipelines follow journeys, which end while they run.
void draw_journeys(shard::Plan& plan) {
  if (plan.fingerprint % 2 != 0) {
    return;
  }
  auto journeys = std::make_shared<shard::JourneyPlan>();
  journeys->keys.look_back = kMinute;
  journeys->keys.order_delay_max = kDay;
  journeys->keys.lateness = plan.time.lateness_us;
  journeys->verdicts.half_life = 10 * kSecond;
  plan.journeys = std::move(journeys);
}

// Just after midnight every brand has a term that bursts, and one that a few repeat as
// often: the minutes before midnight are all the past that there is.
void plant_bursts(generate::Options& workload) {
  workload.signals.follow = true;
  workload.signals.hours_least = 0;
  const base::EventTime midnight = (base::floor_div(workload.start, kDay) + 1) * kDay;
  for (uint16_t brand = 0; brand < kBrands; ++brand) {
    for (const bool bursts : {true, false}) {
      generate::Planted& planted = workload.signals.planted.emplace_back();
      planted.what = bursts ? "burst" : "few authors";
      planted.bursts = bursts;
      planted.brand = brand;
      planted.term = bursts ? "#korkkivika" : "arvontavoitto";
      planted.from = midnight;
      planted.until = midnight + 20 * kSecond;
      planted.posts = 16;
      planted.authors = bursts ? 9 : 4;
      planted.reposts = 5;
    }
  }
}

// Every fourth follows conversations, journeys and bursts as the generator knows them, to their
// ends.
void follow_truth(generate::Options& workload, shard::Plan& plan) {
  if (plan.fingerprint % 4 != 0) {
    return;
  }
  workload.truth = true;
  workload.shares.withdrawn = 170'000;
  workload.shares.conversations = 60'000;
  workload.care.targets.front().within_us = 10 * kMinute;
  plan.conversations = care_plan(workload.care, plan.time.lateness_us);
  plan.alerts_per_day = 1'000'000;  // the truth knows all of them
  auto journeys = std::make_shared<shard::JourneyPlan>();
  journeys->keys.look_back = workload.attribution.look_back_us;
  journeys->keys.lateness = plan.time.lateness_us;
  journeys->keys.stopped = {shard::journey_key(plan.key, model::KeyKind::kCustomer, "Guest")};
  journeys->verdicts.half_life = workload.attribution.half_life_us;
  plan.journeys = std::move(journeys);
  plant_bursts(workload);
  plan.unmatched = shard::Unmatched::kCount;
  // A tick can make a message a straggler, and what comes of its conversation inexact.
  plan.time.idle_after_us = kDay;
}

// What the generator's bursts are in.
void follow_bursts(const generate::Workload& workload,
                   const generate::Options& options,
                   signal::SignalPlan& signals) {
  signals.hours_least = options.signals.hours_least;
  signals.authors_least = options.signals.authors_least;
  for (const std::string& word : workload.filler_words()) {
    signals.no_terms.insert(word);
  }
  for (const generate::Brand& brand : workload.brands()) {
    for (const std::string& alias : brand.aliases) {
      signals.no_terms.insert(alias.front() == '#' ? alias.substr(1) : alias);
    }
  }
}

// Others, a quarter of all, look for words of nearly every complaint, so that alerts open in many
// of the minutes.
void look_for_complaints(const base::HashKey& key, signal::SignalPlan& signals) {
  signals.hours_least = 0;
  signals.authors_least = 1;
  for (const char* phrase : {"ei enää ikinä", "ihan paras", "kaatuu", "pettymys", "kiitos"}) {
    base::Digest digest;
    KAIKU_CHECK(signal::digest_of_phrase(phrase, key, digest), "a phrase has three words");
    signals.confidential[digest] = phrase;
  }
}

void draw_signals(const generate::Workload& workload,
                  const generate::Options& options,
                  shard::Plan& plan) {
  if (!options.signals.follow && plan.fingerprint % 3 != 0) {
    return;
  }
  auto signals = std::make_shared<signal::SignalPlan>();
  signals->final_after = plan.time.lateness_us;
  if (options.signals.follow) {
    follow_bursts(workload, options, *signals);
    plan.alerts_per_day = 1'000'000;
  } else {
    look_for_complaints(plan.key, *signals);
  }
  plan.signals = std::move(signals);
}

}  // namespace

SimPipeline make_pipeline(base::Prng& prng, uint64_t events, bool wants_direct) {
  SimPipeline pipeline;
  shard::Plan& plan = pipeline.plan;
  pipeline.workload = draw_workload(prng, events);
  plan.name = "sim";
  plan.file = "sim";
  plan.shards = static_cast<uint32_t>(prng.between(2, 4));
  plan.key = base::HashKey::derived_from("sim " + std::to_string(prng.below(1'000)));
  plan.fingerprint = prng.next();
  draw_sources(prng, pipeline, wants_direct);
  draw_times(prng, pipeline.workload, plan);
  constexpr shard::Unmatched kUnmatched[] = {
      shard::Unmatched::kCount, shard::Unmatched::kIgnore, shard::Unmatched::kDeadLetter};
  plan.unmatched = kUnmatched[prng.below(std::size(kUnmatched))];
  draw_journeys(plan);
  follow_truth(pipeline.workload, plan);
  pipeline.is_keyless = !pipeline.has_direct && plan.fingerprint % 5 < 2;
  auto workload = generate::Workload::make(pipeline.workload);
  KAIKU_CHECK(workload.has_value(), "the workload is valid");
  plan.brands = catalogue();
  std::vector<match::Channel> table;
  for (const auto& [id, names] : channels(plan.conversations != nullptr)) {
    table.push_back({id, names, false});
  }
  plan.channels = std::make_shared<const match::ChannelTable>(std::move(table));
  plan.board = make_board(pipeline.workload, workload->rates_csv(), prng.chance(1, 2));
  draw_signals(*workload, pipeline.workload, plan);
  add_topics(plan, pipeline.topology);
  pipeline.oracle = make_oracle(plan, workload->rates_csv());
  return pipeline;
}

}  // namespace kaiku::sim
