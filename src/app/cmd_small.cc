#include <cstdio>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kaiku/base/hex.h"
#include "kaiku/runtime/router_states.h"
#include "kaiku/shard/routed_source.h"
#include "kaiku/shard/shard.h"
#include "kaiku/signal/extractor.h"
#include "kaiku/state/memory_store.h"
#include "kaiku/state/tables.h"

#include "app/collector.h"
#include "app/commands.h"
#include "app/feeder.h"
#include "app/pipeline.h"
#include "app/replay_proof.h"
#include "app/versions.h"
#include "app/wiring.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Status;

std::string care_yaml(const generate::Care& care) {
  const auto time = [](int64_t us) {
    return fmt::format("{:02}:{:02}", us / base::kHour, us / base::kMinute % 60);
  };
  std::string out = fmt::format(
      "conversations:\n  follow: true\n  inactivity: {}s\n  ttl: {}s\n"
      "  business_hours: {{open: [\"mon-fri {}-{}\"]}}\n  targets:\n",
      care.inactivity_us / base::kSecond,
      care.ttl_us / base::kSecond,
      time(care.opens_us),
      time(care.closes_us));
  for (const generate::Care::Target& target : care.targets) {
    out +=
        fmt::format("    - {{name: {}, within: {}s", target.name, target.within_us / base::kSecond);
    for (const auto& [key, value] : {std::pair("channel", &target.channel),
                                     std::pair("severity", &target.severity),
                                     std::pair("type", &target.type)}) {
      out += value->empty() ? "" : fmt::format(", {}: {}", key, *value);
    }
    out += target.business_hours ? ", business_hours: true}\n" : "}\n";
  }
  return out;
}

// A pipeline for the generated files: the generator's own catalogue and rates.
std::string pipeline_yaml(const generate::Workload& workload, const generate::Options& options) {
  std::string out = fmt::format(
      "# The pipeline of a generated workload.\nversion: 1\nname: generated\nlog: {{kind: "
      "local}}\nsources:\n"
      "  posts: {{topic: posts}}\n  support: {{topic: support}}\n  orders: {{topic: orders}}\n"
      "time: {{out_of_orderness: {}s, lateness: {}s}}\nbrands:\n",
      options.out_of_orderness_us / base::kSecond,
      options.lateness_us / base::kSecond);
  const auto list = [](const std::vector<std::string>& texts) {
    std::string joined;
    for (const std::string& text : texts) {
      joined += (joined.empty() ? "" : ", ") + nlohmann::json(text).dump();
    }
    return joined;
  };
  for (const generate::Brand& brand : workload.brands()) {
    out += fmt::format("  - {{id: {}, name: {}, aliases: [{}]",
                       brand.id,
                       nlohmann::json(brand.name).dump(),
                       list(brand.aliases));
    out += brand.exclude.empty() ? "}\n" : fmt::format(", exclude: [{}]}}\n", list(brand.exclude));
  }
  out += "channels:\n";
  for (const std::string_view channel : workload.channels()) {
    out += fmt::format("  - {{id: {0}, match: [{0}]}}\n", channel);
  }
  out += "  - {id: other, match: [\"*\"]}\n";
  out += fmt::format("business: {{currency: {}, rates: rates.csv}}\n", options.base_currency);
  out += fmt::format("items: {{retention: {}s}}\n", options.retention_us / base::kSecond);
  out += care_yaml(options.care) +
         fmt::format("journeys: {{follow: true, look_back: {}s, half_life: {}s}}\n",
                     options.attribution.look_back_us / base::kSecond,
                     options.attribution.half_life_us / base::kSecond);
  // Every alert is told, however many there are in a day.
  out += "signals: {alerts_per_day: 1000000";
  if (options.signals.follow) {
    out += fmt::format(", follow: true, authors: {}, no_terms: [{}]",
                       options.signals.authors_least,
                       list(workload.filler_words()));
  }
  out += "}\n";
  return out;
}

generate::Options generate_options(const GenerateOptions& options) {
  generate::Options workload;
  if (options.preset == "month") {
    workload = generate::month(options.seed);
  } else {
    workload.seed = options.seed;
    workload.events = options.events;
    workload.rate = static_cast<uint32_t>(options.rate);
    workload.start = base::parse_rfc3339(options.start);
  }
  workload.posts_partitions = options.partitions;
  workload.support_partitions = options.partitions;
  workload.orders_partitions = options.partitions;
  return workload;
}

Status write_workload(const GenerateOptions& options) {
  const generate::Options workload_options = generate_options(options);
  if (workload_options.start == base::kNoTime) {
    return Status::stop(Exit::kUsage,
                        "--start takes an RFC 3339 time, not '" + options.start + "'");
  }
  auto workload = generate::Workload::make(workload_options);
  if (!workload.has_value()) {
    return workload.error();
  }
  if (Status status = make_directory(options.output); !status.is_ok()) {
    return status;
  }
  std::array<std::ofstream, generate::kSources> files;
  for (size_t i = 0; i < generate::kSources; ++i) {
    files[i].open(options.output + "/" + std::string(generate::kSourceNames[i]) + ".envelope.jsonl",
                  std::ios::binary | std::ios::trunc);
  }
  generate::Record record;
  std::string line;
  while (workload->next(record)) {
    line.clear();
    generate::write_envelope(record, line);
    line += '\n';
    files[static_cast<size_t>(record.source)] << line;
  }
  for (std::ofstream& file : files) {
    file.close();
    if (!file.good()) {
      return Status::stop(Exit::kCantCreate, options.output + ": a file cannot be written");
    }
  }
  const generate::Truth truth = workload->truth();
  for (const auto& [name, content] :
       {std::pair{"truth.json", truth.to_json() + "\n"},
        std::pair{"rates.csv", workload->rates_csv()},
        std::pair{"pipeline.yaml", pipeline_yaml(*workload, workload_options)}}) {
    if (Status status = write_file(options.output + "/" + name, content); !status.is_ok()) {
      return status;
    }
  }
  fmt::print(stderr,
             "wrote {} records, their truth and a pipeline to {}\n",
             workload->told(),
             options.output);
  return Status::ok();
}

// Adds the ledgers of the shards in a local state directory and of the routers' committed offsets.
Status verify_store(const std::shared_ptr<const shard::Plan>& plan, shard::Ledger& ledger) {
  const base::SystemClock clock;
  auto wiring = Wiring::make(plan, clock, Use::kLook);
  if (!wiring.has_value()) {
    return wiring.error();
  }
  auto log = wiring.value()->reader();
  if (!log.has_value()) {
    return log.error();
  }
  const shard::Topology& topology = wiring.value()->topology();
  std::vector<std::unique_ptr<runtime::RouterStates>> routers;  // per changelog partition
  for (uint32_t number = 0; number < plan->shards; ++number) {
    // From the changelog alone: it is the truth, a store is its copy.
    state::MemoryStore store;
    auto tables = state::open_tables(store, "verify");
    if (!tables.has_value()) {
      return tables.error();
    }
    shard::ChangelogReader reader(*tables.value());
    routers.push_back(std::make_unique<runtime::RouterStates>(&reader));
    const log::Partition at{plan->changelog, static_cast<int32_t>(number)};
    auto ends = log.value()->ends(at, log::Isolation::kCommitted);
    if (!ends.has_value()) {
      return ends.error();
    }
    if (Status status = log.value()->read(at, ends->low, *routers.back()); !status.is_ok()) {
      return status;
    }
    if (!reader.status().is_ok()) {
      return reader.status();
    }
    shard::Shard shard(*plan, topology, number, *tables.value());
    if (Status status = shard.load(); !status.is_ok()) {
      return status;
    }
    shard::add(ledger, shard.full_ledger());
  }
  for (size_t source = 0; source < plan->sources.size(); ++source) {
    for (int32_t partition = 0; plan->sources[source].routing == shard::Routing::kRouted &&
                                partition < topology.partitions[source];
         ++partition) {
      auto committed = log.value()->committed({plan->sources[source].topic, partition});
      if (!committed.has_value()) {
        return committed.error();
      }
      std::optional<std::string> state = std::move(committed->metadata);
      if (committed->next_offset < 0) {
        const auto home = static_cast<size_t>(runtime::router_home(*plan, partition).number);
        state = routers[home]->find(plan->sources[source].name, partition);
      }
      if (!state) {
        continue;  // never read
      }
      shard::RoutedSource routed(*plan, source, partition);
      if (Status status = routed.restore(*state); !status.is_ok()) {
        return status;
      }
      ledger[source].add(routed.router().ledger());
    }
  }
  return Status::ok();
}

int verify_replay(const std::string& directory) {
  if (Status status = check_proof(directory); !status.is_ok()) {
    return report(status);
  }
  fmt::print("balanced\n");
  return 0;
}

}  // namespace

int generate_command(const GenerateOptions& options) {
  if (options.output.empty() && options.common.pipeline.empty()) {
    return report(Status::stop(Exit::kUsage,
                               "generate needs --output DIR, or -c FILE to produce into Kafka"));
  }
  if (!options.output.empty()) {
    const Status status = write_workload(options);
    if (!status.is_ok()) {
      return report(status);
    }
    return 0;
  }
  const auto plan = load_plan(options.common, config::Purpose::kRun);
  if (plan == nullptr) {
    return static_cast<int>(Exit::kConfig);
  }
  if (plan->is_local) {
    return report(Status::stop(
        Exit::kUsage,
        "a pipeline on the embedded log is fed by `kaiku run --generate`, or by its HTTP port"));
  }
  const base::SystemClock clock;
  Feeder feeder(plan,
                nullptr,
                clock,
                FeedOptions{options.events,
                            0,
                            options.seed,
                            static_cast<uint32_t>(options.rate),
                            options.preset == "month"});
  const Status status = feeder.run();
  return status.is_ok() ? 0 : report(status);
}

int verify_command(const CommonOptions& common, const std::string& replay_output) {
  if (!replay_output.empty()) {
    return verify_replay(replay_output);
  }
  if (common.pipeline.empty()) {
    return report(Status::stop(Exit::kUsage, "verify needs -c FILE or --replay DIR"));
  }
  const auto plan = load_plan(common, config::Purpose::kRun);
  if (plan == nullptr) {
    return static_cast<int>(Exit::kConfig);
  }
  shard::Ledger ledger(plan->sources.size());
  if (Status status = verify_store(plan, ledger); !status.is_ok()) {
    return report(status);
  }
  std::vector<std::string> names;
  for (const shard::SourcePlan& source : plan->sources) {
    names.push_back(source.name);
  }
  fmt::print("{}\n", shard::to_json(ledger, names));
  return static_cast<int>(shard::balances(ledger) ? Exit::kOk : Exit::kBadData);
}

int phrase_command(const CommonOptions& common, const std::string& name) {
  const auto plan = load_plan(common, config::Purpose::kRun);
  if (plan == nullptr) {
    return static_cast<int>(Exit::kConfig);
  }
  if (plan->key_is_derived) {
    return report(Status::stop(
        Exit::kConfig,
        common.pipeline + ": without key_file anybody can compute the key and guess the phrase"));
  }
  std::string phrase;
  std::getline(std::cin, phrase);
  base::Digest digest;
  if (!signal::digest_of_phrase(phrase, plan->key, digest)) {
    return report(
        Status::stop(Exit::kBadData, "a confidential phrase has one, two or three words"));
  }
  fmt::print("{} {}\n", name, base::hex(digest));
  return 0;
}

int version_command(bool json) {
  const metrics::BuildInfo build = build_info();
  if (json) {
    fmt::print("{}\n",
               nlohmann::ordered_json({{"kaiku", build.version},
                                       {"compiler", build.compiler},
                                       {"librdkafka", build.librdkafka},
                                       {"rocksdb", build.rocksdb},
                                       {"simdjson", build.simdjson}})
                   .dump());
  } else {
    fmt::print("kaiku {} ({}; librdkafka {}, RocksDB {}, simdjson {})\n",
               build.version,
               build.compiler,
               build.librdkafka,
               build.rocksdb,
               build.simdjson);
  }
  return 0;
}

}  // namespace kaiku::app
