#include "config/kafka_properties.h"

#include <algorithm>
#include <array>
#include <memory>

#include <librdkafka/rdkafka.h>

#include "config/nearest.h"

namespace kaiku::config {
namespace {

struct Reserved {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kPositions =
    "positions are committed with the results, in one transaction";
constexpr Reserved kReserved[] = {
    {"enable.auto.commit", kPositions},
    {"auto.commit.enable", kPositions},
    {"auto.commit.interval.ms", kPositions},
    {"enable.auto.offset.store", kPositions},
    {"offset.store.method", kPositions},
    {"offset.store.path", kPositions},
    {"offset.store.sync.interval.ms", kPositions},
    {"isolation.level", "a reader that sees aborted records would count them"},
    {"transactional.id",
     "it is made from the pipeline's name and the member, so that a takeover fences"},
    {"transaction.timeout.ms", "it is part of the commit protocol: 10 s"},
    {"enable.idempotence", "transactions need it on"},
    {"enable.gapless.guarantee", "it cannot go with transactions"},
    {"acks", "transactions need all of them"},
    {"request.required.acks", "transactions need all of them"},
    {"max.in.flight", "it is part of the commit protocol"},
    {"max.in.flight.requests.per.connection", "it is part of the commit protocol"},
    {"message.send.max.retries", "it is part of the commit protocol"},
    {"retries", "it is part of the commit protocol"},
    {"queuing.strategy", "records of a partition have to stay in order"},
    {"auto.offset.reset",
     "a lost position stops the shard: going on from an end would lose or repeat records"},
    {"partition.assignment.strategy", "partition k of every topic has to go to one member: range"},
    {"group.protocol_type", "members are consumers"},
    {"partitioner", "it is murmur2_random, as of a Java producer with the same key"},
    {"partitioner_cb", "it is murmur2_random"},
    {"enable.partition.eof", "the engine needs to know where a partition ends"},
    {"check.crcs", "it is always on"},
    {"plugin.library.paths", "it would load code into the engine"},
    {"allow.auto.create.topics", "topics are made by `kaiku topics apply`, with their settings"},
};

struct ConfDeleter {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};

using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;

const Reserved* reserved(std::string_view name) {
  const auto* at = std::find_if(std::begin(kReserved),
                                std::end(kReserved),
                                [name](const Reserved& each) { return each.name == name; });
  return at == std::end(kReserved) ? nullptr : at;
}

void add_names(const char** dump, size_t count, std::vector<std::string>& names) {
  for (size_t i = 0; i + 1 < count; i += 2) {
    if (reserved(dump[i]) == nullptr) {
      names.emplace_back(dump[i]);
    }
  }
  rd_kafka_conf_dump_free(dump, count);
}

// Properties whose default is nothing are not in a dump.
constexpr std::string_view kWithoutDefault[] = {"bootstrap.servers",
                                                "metadata.broker.list",
                                                "debug",
                                                "group.id",
                                                "group.instance.id",
                                                "sasl.username",
                                                "sasl.password",
                                                "sasl.mechanism",
                                                "client.rack",
                                                "ssl.ca.location",
                                                "ssl.ca.pem",
                                                "ssl.certificate.location",
                                                "ssl.certificate.pem",
                                                "ssl.key.location",
                                                "ssl.key.pem",
                                                "ssl.key.password",
                                                "ssl.keystore.location",
                                                "ssl.keystore.password",
                                                "ssl.cipher.suites",
                                                "ssl.curves.list",
                                                "ssl.sigalgs.list",
                                                "ssl.crl.location",
                                                "sasl.oauthbearer.config"};

void check_one(rd_kafka_conf_t* conf,
               const Node& key,
               const Node& value,
               const std::string& path,
               Report& report) {
  if (const Reserved* mine = reserved(key.text); mine != nullptr) {
    report.error_at(key,
                    "KA033",
                    path,
                    key.text + " is set by kaiku: " + std::string(mine->why),
                    "leave it out");
    return;
  }
  std::array<char, 512> why{};
  const rd_kafka_conf_res_t result =
      rd_kafka_conf_set(conf, key.text.c_str(), value.text.c_str(), why.data(), why.size());
  if (result == RD_KAFKA_CONF_UNKNOWN) {
    const std::vector<std::string> names = known_properties();
    const std::string_view near = nearest(key.text, {names.begin(), names.end()});
    report.error_at(key,
                    "KA031",
                    path,
                    "no such librdkafka property \"" + key.text + "\" (librdkafka " +
                        std::string(kafka_client_version()) + ")",
                    near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?");
  } else if (result == RD_KAFKA_CONF_INVALID) {
    // Its own words hold the value; they are shown only where the value stands in the file anyhow.
    report.error_at(
        value,
        "KA032",
        path,
        value.expanded ? "librdkafka does not take what " + value.written + " gives for " + key.text
                       : "librdkafka: " + std::string(why.data()));
  }
}

}  // namespace

std::string_view kafka_client_version() {
  return rd_kafka_version_str();
}

std::vector<std::string> known_properties() {
  std::vector<std::string> names(std::begin(kWithoutDefault), std::end(kWithoutDefault));
  size_t count = 0;
  const Conf conf(rd_kafka_conf_new());
  const char** dump = rd_kafka_conf_dump(conf.get(), &count);
  add_names(dump, count, names);
  rd_kafka_topic_conf_t* topic = rd_kafka_topic_conf_new();
  dump = rd_kafka_topic_conf_dump(topic, &count);
  add_names(dump, count, names);
  rd_kafka_topic_conf_destroy(topic);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Properties read_properties(const Node* node, const std::string& path, Report& report) {
  Properties out;
  if (node == nullptr || !node->is_map()) {
    return out;
  }
  const Conf conf(rd_kafka_conf_new());
  for (size_t i = 0; i < node->keys.size(); ++i) {
    const Node& key = node->keys[i];
    const Node& value = node->items[i];
    if (!key.is_scalar() || key.text == "<<" || !value.is_scalar() || value.failed) {
      continue;
    }
    if (value.text.empty()) {
      continue;
    }
    std::string here = path;
    here += ".";
    here += key.text;
    check_one(conf.get(), key, value, here, report);
    out.emplace_back(key.text, value.text);
  }
  return out;
}

}  // namespace kaiku::config
