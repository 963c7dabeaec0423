#include "kafka/client.h"

#include <algorithm>
#include <array>

#include "kaiku/base/logger.h"

#include "kafka/error_map.h"

namespace kaiku::kafka {
namespace {

constexpr std::string_view kComponent = "kafka";

void rebalance_cb(rd_kafka_t* client,
                  rd_kafka_resp_err_t code,
                  rd_kafka_topic_partition_list_t* partitions,
                  void* opaque) {
  static_cast<ClientHooks*>(opaque)->on_rebalance(client, code, partitions);
}

void delivery_cb(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* opaque) {
  static_cast<ClientHooks*>(opaque)->on_delivery(*message);
}

void error_cb(rd_kafka_t* client, int code, const char* text, void* opaque) {
  static_cast<ClientHooks*>(opaque)->on_error(client, code, text);
}

void log_cb(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  auto* hooks = static_cast<ClientHooks*>(rd_kafka_opaque(client));
  if (hooks != nullptr) {
    hooks->on_log(level, facility, text);
  }
}

bool is_secret(std::string_view name) {
  constexpr std::array kParts{"password", "secret", "oauthbearer", ".pem", "passphrase"};
  return std::any_of(kParts.begin(), kParts.end(), [name](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  });
}

void replace_all(std::string& text, const std::string& from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

base::Status apply(rd_kafka_conf_t* conf, const Properties& properties, bool user) {
  std::array<char, 512> text{};
  for (const auto& [name, value] : properties) {
    if (user && is_identity(name)) {
      continue;
    }
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(), text.size()) !=
        RD_KAFKA_CONF_OK) {
      std::string complaint(text.data());
      if (is_secret(name)) {
        complaint = "the value is not accepted";
      }
      return base::Status::stop(base::Exit::kConfig, "property '" + name + "': " + complaint);
    }
  }
  return base::Status::ok();
}

base::LogLevel level_of(int syslog_level, std::string_view facility) {
  // A connection that breaks is reported as an error, but the client repairs it by itself.
  if (facility == "FAIL" || facility == "ERROR") {
    return base::LogLevel::kWarn;
  }
  if (syslog_level <= 3) {
    return base::LogLevel::kError;
  }
  if (syslog_level == 4) {
    return base::LogLevel::kWarn;
  }
  return syslog_level <= 6 ? base::LogLevel::kInfo : base::LogLevel::kDebug;
}

}  // namespace

ClientHooks::ClientHooks(std::string name, std::shared_ptr<Stats> stats)
    : name_(std::move(name)),
      stats_(stats != nullptr ? std::move(stats) : std::make_shared<Stats>()) {}

void ClientHooks::on_rebalance(rd_kafka_t* /*client*/,
                               rd_kafka_resp_err_t /*code*/,
                               rd_kafka_topic_partition_list_t* /*partitions*/) {}

void ClientHooks::on_delivery(const rd_kafka_message_t& /*message*/) {}

void ClientHooks::on_fatal(rd_kafka_resp_err_t /*code*/, std::string_view /*text*/) {}

void ClientHooks::on_error(rd_kafka_t* client, int code, const char* text) {
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> reason{};
    const rd_kafka_resp_err_t original = rd_kafka_fatal_error(client, reason.data(), reason.size());
    on_fatal(original, redacted(reason.data()));
    return;
  }
  if (code == RD_KAFKA_RESP_ERR__TRANSPORT) {
    ++disconnects_;
    stats_->reconnects.fetch_add(1, std::memory_order_relaxed);
  }
  const std::lock_guard lock(mutex_);
  last_complaint_ = redacted(text);
}

void ClientHooks::on_log(int level, const char* facility, const char* text) {
  const std::string line = redacted(text);
  const base::LogLevel severity = level_of(level, facility);
  if (severity >= base::LogLevel::kWarn) {
    const std::lock_guard lock(mutex_);
    last_complaint_ = line;
  }
  base::log_line(severity, kComponent, name_ + ": " + line);
}

void ClientHooks::keep_secret(const Properties& properties) {
  for (const auto& [name, value] : properties) {
    if (is_secret(name) && !value.empty()) {
      secrets_.push_back(value);
    }
  }
}

std::string ClientHooks::redacted(std::string_view text) const {
  std::string result(text);
  for (const std::string& secret : secrets_) {
    replace_all(result, secret, "***");
  }
  return result;
}

std::string ClientHooks::last_complaint() const {
  const std::lock_guard lock(mutex_);
  return last_complaint_;
}

bool is_identity(std::string_view name) {
  return name == "group.id" || name == "group.instance.id" || name == "transactional.id";
}

base::Result<ClientPtr> open_client(const ClientSettings& settings, ClientHooks& hooks) {
  hooks.keep_secret(settings.common);
  hooks.keep_secret(settings.specific);
  ConfPtr conf(rd_kafka_conf_new());
  const std::array lists{
      &settings.defaults, &settings.common, &settings.specific, &settings.identities};
  for (const Properties* list : lists) {
    const bool user = list == &settings.common || list == &settings.specific;
    if (base::Status status = apply(conf.get(), *list, user); !status.is_ok()) {
      return status;
    }
  }
  rd_kafka_conf_set_opaque(conf.get(), &hooks);
  rd_kafka_conf_set_log_cb(conf.get(), log_cb);
  rd_kafka_conf_set_error_cb(conf.get(), error_cb);
  if (settings.rebalance_hook) {
    rd_kafka_conf_set_rebalance_cb(conf.get(), rebalance_cb);
  }
  if (settings.delivery_hook) {
    rd_kafka_conf_set_dr_msg_cb(conf.get(), delivery_cb);
  }
  std::array<char, 512> text{};
  const rd_kafka_type_t type =
      settings.kind == ClientKind::kConsumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
  ClientPtr client(rd_kafka_new(type, conf.get(), text.data(), text.size()));
  if (client == nullptr) {
    return base::Status::stop(base::Exit::kConfig,
                              hooks.name() + ": " + hooks.redacted(text.data()));
  }
  conf.release();  // the handle owns it now
  if (type == RD_KAFKA_CONSUMER) {
    rd_kafka_poll_set_consumer(client.get());
  }
  return client;
}

Properties consumer_defaults() {
  return {
      {"client.id", "kaiku"},
      {"bootstrap.servers", "localhost:9092"},
      {"socket.timeout.ms", "10000"},
      {"socket.keepalive.enable", "true"},
      {"socket.nagle.disable", "true"},
      {"reconnect.backoff.max.ms", "1000"},
      {"session.timeout.ms", "45000"},
      {"heartbeat.interval.ms", "1000"},
      {"max.poll.interval.ms", "300000"},
      {"topic.metadata.refresh.interval.ms", "30000"},  // new partitions are found within it
      {"fetch.wait.max.ms", "100"},
      {"fetch.error.backoff.ms", "100"},
  };
}

Properties producer_defaults() {
  return {
      {"client.id", "kaiku"},
      {"bootstrap.servers", "localhost:9092"},
      {"socket.keepalive.enable", "true"},
      {"socket.nagle.disable", "true"},
      {"reconnect.backoff.max.ms", "1000"},
      {"compression.codec", "lz4"},
      {"linger.ms", "5"},
      {"batch.size", "1000000"},
      {"queue.buffering.max.messages", "1000000"},
  };
}

}  // namespace kaiku::kafka
