// The log port over Apache Kafka: a consumer group for ownership, a transactional producer for
// commits, both by librdkafka. Scale-out is Kafka's: more workers, here or elsewhere, join the
// group.
//
// Threads: a log is confined to its worker's thread; it runs two threads of its own beside those of
//          the client: one readies the producer, one asks for ends of partitions.
// Owns:    a group member, a transactional id and some four connections per broker.
// Cost:    about 130 ns a record in poll(); a commit is four round trips.
// Fails:   make_kafka_log: kUnavailable (no broker, topic missing), kConfig (a property),
//          kNoPermission. Later by events: kFenced when another process took the identity.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/kafka/properties.h"
#include "kaiku/kafka/stats.h"
#include "kaiku/log/log.h"
#include "kaiku/log/topic_table.h"

namespace kaiku::kafka {

struct KafkaOptions {
  Properties common;  // the user's, applied over our defaults; the identities below win over both
  Properties consumer;
  Properties producer;
  const log::TopicTable* topics = nullptr;  // outlives the log
  std::vector<log::TopicId> subscribe;      // sources and exchange
  std::string group_id;
  std::string instance_id;  // not empty: static membership as <instance_id>-<worker>
  uint32_t worker = 0;
  std::string transactional_id;  // <pipeline>.<instance>.<worker>, the same after a restart
  std::shared_ptr<Stats> stats;  // may be null

  int64_t start_timeout_ms = 30'000;    // until a broker answered and the topics were seen
  int64_t request_timeout_ms = 10'000;  // one question: committed, ends, partition count
  int64_t commit_budget_ms = 5'000;     // one commit; below transaction.timeout.ms
  int64_t read_stall_ms = 30'000;       // read() without progress: an undecided transaction
};

// After so long without a sign a member is missed by its group, and its partitions go to others.
[[nodiscard]] int64_t session_timeout_us(const Properties& common, const Properties& consumer);

[[nodiscard]] base::Result<std::unique_ptr<log::Log>> make_kafka_log(KafkaOptions options);

}  // namespace kaiku::kafka
