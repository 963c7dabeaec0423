// Questions about a topic's partitions.
//
// Threads: as the handle.
// Owns:    nothing.
// Cost:    one round trip.
// Fails:   kMissing's status for a topic that does not exist; kRetry when nobody answers.
#pragma once

#include <string>

#include "kaiku/base/status.h"

#include "kafka/handles.h"

namespace kaiku::kafka {

[[nodiscard]] base::Result<int32_t> partitions_of(rd_kafka_t* client,
                                                  rd_kafka_topic_t* topic,
                                                  int timeout_ms);
[[nodiscard]] base::Result<int32_t> partitions_of(rd_kafka_t* client,
                                                  const std::string& topic,
                                                  int timeout_ms);

}  // namespace kaiku::kafka
