#include "config/plan_builder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "kaiku/base/base64.h"

#include "config/input_file.h"
#include "config/kafka_properties.h"
#include "config/values.h"

namespace kaiku::config {
namespace {

constexpr size_t kKeyFileBytes = 4 << 10;

int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

using KeyBytes = std::array<unsigned char, base::HashKey::kBytes>;

std::optional<KeyBytes> read_hex(std::string_view text) {
  KeyBytes bytes{};
  if (text.size() != 2 * bytes.size()) {
    return std::nullopt;
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return bytes;
}

std::optional<KeyBytes> read_base64(std::string_view text) {
  const std::optional<std::string> decoded = base::base64_decode(text);
  KeyBytes bytes{};
  if (!decoded.has_value() || decoded->size() != bytes.size()) {
    return std::nullopt;
  }
  std::copy(decoded->begin(), decoded->end(), bytes.begin());
  return bytes;
}

void build_key(Build& build) {
  const Node* file = build.view.find("key_file");
  if (file == nullptr) {
    build.plan.key = base::HashKey::derived_from(build.plan.name);
    return;
  }
  build.plan.key_is_derived = false;
  if (!file->is_scalar()) {
    return;
  }
  auto content = read_input_file(resolve_path(build.scope.base_dir, file->text), kKeyFileBytes);
  if (!content.has_value()) {
    build.report.error_at(*file, "KA022", "key_file", content.error().message());
    return;
  }
  std::string text = std::move(content).value();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  auto bytes = read_hex(text);
  if (!bytes.has_value()) {
    bytes = read_base64(text);
  }
  if (!bytes.has_value()) {
    build.report.error_at(*file,
                          "KA022",
                          "key_file",
                          "the key file has to hold 16 bytes as 32 hex digits or as base64");
    return;
  }
  build.plan.key = base::HashKey(*bytes);
}

bool names(const Properties& properties, std::string_view name) {
  return std::any_of(properties.begin(), properties.end(), [name](const auto& property) {
    return property.first == name;
  });
}

// Named at all, even if the name could not be filled in, which was told then.
bool names_servers(const Node* common) {
  return common != nullptr && common->is_map() &&
         (common->find("bootstrap.servers") != nullptr ||
          common->find("metadata.broker.list") != nullptr);
}

// Where strangers cannot aim at shards, or the file does not load yet, it would only be noise.
void warn_of_derived_key(Build& build) {
  if (build.plan.key_is_derived && build.purpose != Purpose::kReplay) {
    build.report.warning_at(
        build.view.place("name", build.root),
        "KA070",
        "key_file",
        "the key of all hashes follows from the name: whoever knows it can aim ids at one shard",
        "head -c16 /dev/urandom | base64 > key; key_file: key");
  }
}

void build_log(Build& build) {
  const View log = build.view.section("log");
  shard::Plan& plan = build.plan;
  plan.is_local = log.text("kind") != "kafka" || build.purpose == Purpose::kReplay;
  plan.local.keep_sources_us = log.number("keep_sources");
  plan.local.keep_source_bytes = static_cast<uint64_t>(log.number("keep_source_bytes"));
  plan.kafka.common = read_properties(log.find("common"), log.path_of("common"), build.report);
  plan.kafka.consumer =
      read_properties(log.find("consumer"), log.path_of("consumer"), build.report);
  plan.kafka.producer =
      read_properties(log.find("producer"), log.path_of("producer"), build.report);
  const bool has_servers = names_servers(log.find("common"));
  if (!plan.is_local && !has_servers) {
    build.report.error_at(log.place("kind", build.root),
                          "KA034",
                          "log.common",
                          "log.kind kafka needs log.common: {bootstrap.servers: HOST:PORT}");
  }
  if (!log.has("kind") && has_servers) {
    build.report.error_at(log.place("common", build.root),
                          "KA034",
                          "log.kind",
                          "Kafka's servers are named, but log.kind is not said and would be local",
                          "kind: kafka");
  }
  if (!names(plan.kafka.common, "group.id") && !names(plan.kafka.consumer, "group.id")) {
    plan.kafka.consumer.emplace_back("group.id", "kaiku." + plan.name);
  }
}

void build_general(Build& build) {
  shard::Plan& plan = build.plan;
  plan.name = build.view.text("name");
  plan.shards = static_cast<uint32_t>(build.view.number("shards"));
  plan.workers = static_cast<uint32_t>(build.view.number("workers"));
  if (plan.workers > plan.shards) {
    build.report.warning_at(build.view.place("workers", build.root),
                            "KA056",
                            "workers",
                            std::to_string(plan.workers) + " workers for " +
                                std::to_string(plan.shards) +
                                " shards: the others have nothing to do");
  }
}

void build_time(Build& build) {
  const View time = build.view.section("time");
  shard::Plan& plan = build.plan;
  plan.time.out_of_orderness_us = time.number("out_of_orderness");
  plan.time.lateness_us = time.number("lateness");
  plan.time.idle_after_us = time.number("idle_after");
  plan.dedup_horizon_us = build.view.section("dedup").number("horizon");
  const View items = build.view.section("items");
  plan.items_retention_us = items.number("retention");
  const std::string unmatched = items.text("unmatched");
  plan.unmatched = unmatched == "ignore"        ? shard::Unmatched::kIgnore
                   : unmatched == "dead_letter" ? shard::Unmatched::kDeadLetter
                                                : shard::Unmatched::kCount;
  plan.outputs.has_items = items.boolean("publish");
  // A copy may come as late as this and must still be known for one.
  if (plan.dedup_horizon_us < plan.time.lateness_us + plan.time.out_of_orderness_us) {
    build.report.error_at(
        build.view.section("dedup").place("horizon", build.root),
        "KA055",
        "dedup.horizon",
        "dedup.horizon is shorter than time.lateness and time.out_of_orderness together",
        "at least " + write_duration(plan.time.lateness_us + plan.time.out_of_orderness_us));
  }
}

void build_state(Build& build) {
  const View state = build.view.section("state");
  build.plan.state.dir = state.text("dir");
  build.plan.state.memory_bytes = static_cast<size_t>(state.number("memory"));
  build.plan.state.commit_every_us = state.number("commit_every");
}

// "127.0.0.1:8080", "[::1]:0", ":8080".
bool is_listen(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find_first_of(" /@") != std::string_view::npos) {
    return false;
  }
  std::string ignored;
  const auto port = read_integer(text.substr(colon + 1), ignored);
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return port.has_value() && *port >= 0 && *port <= 65'535 && !host.empty() &&
         (bracketed || host.find(':') == std::string_view::npos);
}

void build_server(Build& build) {
  const View server = build.view.section("server");
  build.plan.listen = server.text("listen");
  if (!is_listen(build.plan.listen)) {
    build.report.error_at(server.place("listen", build.root),
                          "KA017",
                          "server.listen",
                          "server.listen has to be ADDRESS:PORT",
                          "127.0.0.1:8080, or 0.0.0.0:8080 for all");
  }
}

}  // namespace

std::shared_ptr<const shard::Plan> build_plan(const Node& root,
                                              const std::string& file,
                                              const ExpansionScope& scope,
                                              Purpose purpose,
                                              Report& report) {
  Build build{root, View(&root, "", ""), scope, purpose, report, {}, {}};
  build.plan.file = file;
  build_general(build);
  build_key(build);
  build_log(build);
  build_time(build);
  build_catalogues(build);
  build_windows(build);
  build_privacy(build);
  build_conversations(build);
  build_journeys(build);
  build_signals(build);
  build_sources(build);
  build_topics(build);
  build_state(build);
  build_server(build);
  if (report.has_errors()) {
    return nullptr;
  }
  warn_of_derived_key(build);
  build.plan.schedule = schedule_of(build);
  build.plan.fingerprint = fingerprint_of(build);
  return std::make_shared<const shard::Plan>(std::move(build.plan));
}

}  // namespace kaiku::config
