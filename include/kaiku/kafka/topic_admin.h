// Topics as an operator sees them: what exists, with which settings, and creating what is missing.
// Behind `kaiku topics plan|apply`.
//
// Threads: any; each call opens and closes a connection of its own.
// Owns:    nothing.
// Cost:    two or three round trips; creating waits until the broker knows what it has created.
// Fails:   kUnavailable when no broker answers, kNoPermission, kConfig for a setting or a
//          replication factor the broker refuses. Creating stops at nothing: it reports all
//          refusals at once.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/kafka/properties.h"
#include "kaiku/log/topic_table.h"

namespace kaiku::kafka {

struct TopicState {
  std::string name;
  bool exists = false;
  int32_t partitions = 0;
  int32_t replication = 0;
  // All settings of the topic in Kafka's own names, defaults included; empty when the broker does
  // not let us ask.
  std::vector<std::pair<std::string, std::string>> settings;
};

// One state per name, in the order of `names`.
[[nodiscard]] base::Result<std::vector<TopicState>> describe_topics(
    const Properties& common, const std::vector<std::string>& names, int64_t timeout_ms = 10'000);

// Creates those that do not exist; one that exists is left as it is. replication -1: the broker's
// default. A topic without a partition count is refused. If none is, all of them are known to the
// broker when this answers.
[[nodiscard]] base::Status create_topics(const Properties& common,
                                         const std::vector<log::Topic>& topics,
                                         int16_t replication = -1,
                                         int64_t timeout_ms = 10'000);

}  // namespace kaiku::kafka
