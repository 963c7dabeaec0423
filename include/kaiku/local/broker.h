// Broker: the embedded log: durable topics in one ordered store, with a consumer group among the
// workers of one process. No server: who opens the store owns the topics.
//
// Threads: safe for all threads of the process; each Log that connect() gives is confined to one.
//          The broker must outlive them. `store` and `clock` are borrowed; the store is used by one
//          thread at a time.
// Owns:    the newest records in memory (`tail_bytes`), so that readers near the end do not touch
//          the store; without a store it keeps all of them until they are trimmed.
// Cost:    a transaction is one store write. Appends of many threads share one write. A poll copies
//          no record bytes.
// Fails:   kStop when topics do not fit (kConfig), the store cannot be written (its own status) or
//          what it holds does not decode (kBadData). After a write whose outcome is unknown every
//          later one fails with the same status until the store is opened again.
// Format:  of the store, see src/local/store_layout.h. A record keeps key, value, time and headers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/clock.h"
#include "kaiku/base/status.h"
#include "kaiku/log/log.h"
#include "kaiku/log/topic_table.h"
#include "kaiku/state/store.h"

namespace kaiku::local {

struct BrokerOptions {
  bool sync = true;  // transactions and appends survive power loss, not only kill -9
  size_t tail_bytes = 64U << 20;
};

// What may be forgotten. Nothing the group has committed offsets for goes before it is committed.
struct TopicOptions {
  int32_t partitions = 1;
  // Only what is below the committed offset goes: without retention at once, as in the exchange;
  // with it when it is past it, and a commit keeps no more than `retention_bytes` of it.
  bool trims_committed = false;
  int64_t retention_us = 0;      // 0: no limit; else retain() drops older batches
  uint64_t retention_bytes = 0;  // per partition; 0: no limit
};

struct TopicInfo {
  std::string name;
  int32_t partitions = 0;
  uint64_t records = 0;
  uint64_t bytes = 0;  // about
};

struct NewRecord {
  int32_t partition = -1;  // -1: by murmur2 of the key, without a key by that of the value
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  base::EventTime timestamp = base::kNoTime;  // kNoTime: the broker's clock
  std::vector<log::Header> headers;
};

struct ClientOptions {
  // A member of the group is assigned partitions of the topics with the roles source and exchange.
  // Others (tools) may read, not submit.
  bool is_member = true;
};

class Broker {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<Broker>> open(state::Store& store,
                                                                  const base::Clock& clock,
                                                                  BrokerOptions options = {});
  // Nothing is durable: replay and tests.
  [[nodiscard]] static std::unique_ptr<Broker> in_memory(const base::Clock& clock);

  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  ~Broker();

  // Makes the topic, or takes over its options. Another number of partitions: kStop (kConfig).
  [[nodiscard]] base::Status ensure_topic(std::string_view name, const TopicOptions& options);
  [[nodiscard]] std::vector<TopicInfo> list_topics() const;

  // Every topic of `topics` has to exist. TopicIds of the Log are those of the table.
  [[nodiscard]] base::Result<std::unique_ptr<log::Log>> connect(const log::TopicTable& topics,
                                                                ClientOptions options = {});

  // Visible and durable when it returns, all of it or nothing.
  [[nodiscard]] base::Status append(std::string_view topic, const NewRecord& record);
  [[nodiscard]] base::Status append_batch(std::string_view topic,
                                          std::span<const NewRecord> records);

  // Forgets the records of a partition below an offset.
  [[nodiscard]] base::Status trim(std::string_view topic, int32_t partition, int64_t below);
  // Applies the retention of all topics as of now: call it every minute or so.
  [[nodiscard]] base::Status retain();
  // Bytes of a topic that its group has not committed yet, about: for back-pressure on producers.
  [[nodiscard]] uint64_t backlog_bytes(std::string_view topic) const;

 private:
  class Core;
  friend class Client;

  explicit Broker(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace kaiku::local
