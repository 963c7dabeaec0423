// ClientHooks and open_client: how every client handle of this module is configured, named and
// listened to.
//
// Threads: on_log is called by threads of the client library, the other hooks by whoever polls the
//          handle.
// Owns:    hooks must outlive their handle.
// Cost:    opening starts a handful of threads.
// Fails:   open_client answers kConfig with the property's name and the client's own text; a value
//          is never in it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "kaiku/base/status.h"
#include "kaiku/kafka/properties.h"
#include "kaiku/kafka/stats.h"

#include "kafka/handles.h"

namespace kaiku::kafka {

class ClientHooks {
 public:
  // `name` says which handle speaks in the log: "consumer 0", "ends 0".
  ClientHooks(std::string name, std::shared_ptr<Stats> stats);
  ClientHooks(const ClientHooks&) = delete;
  ClientHooks& operator=(const ClientHooks&) = delete;
  virtual ~ClientHooks() = default;

  virtual void on_rebalance(rd_kafka_t* client,
                            rd_kafka_resp_err_t code,
                            rd_kafka_topic_partition_list_t* partitions);
  virtual void on_delivery(const rd_kafka_message_t& message);
  virtual void on_fatal(rd_kafka_resp_err_t code, std::string_view text);

  void on_error(rd_kafka_t* client, int code, const char* text);
  void on_log(int level, const char* facility, const char* text);

  // Values that must never be seen in a log line.
  void keep_secret(const Properties& properties);
  [[nodiscard]] std::string redacted(std::string_view text) const;

  // Connections of this handle that broke so far, as far as poll() has told.
  [[nodiscard]] uint64_t disconnects() const { return disconnects_; }

  // The last thing the client complained of: why a call that only says "timed out" did not succeed.
  [[nodiscard]] std::string last_complaint() const;

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] Stats& stats() const { return *stats_; }

 private:
  std::string name_;
  std::shared_ptr<Stats> stats_;
  std::vector<std::string> secrets_;
  uint64_t disconnects_ = 0;
  mutable std::mutex mutex_;
  std::string last_complaint_;
};

enum class ClientKind : unsigned char { kConsumer, kProducer };

struct ClientSettings {
  ClientKind kind = ClientKind::kConsumer;
  bool rebalance_hook = false;
  bool delivery_hook = false;
  Properties defaults;    // ours
  Properties common;      // the user's
  Properties specific;    // the user's, for this kind
  Properties identities;  // ours again: what the engine's promises rest on
};

// The names a user's property list may hold but which reach a handle through `identities` only.
[[nodiscard]] bool is_identity(std::string_view name);

[[nodiscard]] base::Result<ClientPtr> open_client(const ClientSettings& settings,
                                                  ClientHooks& hooks);

[[nodiscard]] Properties consumer_defaults();
[[nodiscard]] Properties producer_defaults();

}  // namespace kaiku::kafka
