// Questions about a topic's partitions.
//
// Threads: as the handle.
// Owns:    nothing.
// Cost:    one round trip; partitions_of_known() as many as it takes.
// Fails:   kMissing's status for a topic that does not exist; kRetry when nobody answers.
#pragma once

#include <string>

#include "kaiku/base/status.h"
#include "kaiku/log/log.h"

#include "kafka/handles.h"

namespace kaiku::kafka {

[[nodiscard]] base::Result<int32_t> partitions_of(rd_kafka_t* client,
                                                  rd_kafka_topic_t* topic,
                                                  int timeout_ms);
[[nodiscard]] base::Result<int32_t> partitions_of(rd_kafka_t* client,
                                                  const std::string& topic,
                                                  int timeout_ms);

// Of a topic that was seen before: that it is missing is believed when the time is up.
[[nodiscard]] base::Result<int32_t> partitions_of_known(rd_kafka_t* client,
                                                        rd_kafka_topic_t* topic,
                                                        int64_t timeout_ms);
[[nodiscard]] base::Result<int32_t> partitions_of_known(rd_kafka_t* client,
                                                        const std::string& topic,
                                                        int64_t timeout_ms);

// The first and the next offset of a partition that was seen before, as the handle's isolation
// level sees them. The client remembers that a partition had no leader and calls it unknown from
// then on, without asking: so it is made to look again.
[[nodiscard]] rd_kafka_resp_err_t ends_of_known(rd_kafka_t* client,
                                                const std::string& topic,
                                                int32_t partition,
                                                log::Ends& ends,
                                                int64_t timeout_ms);

// Makes the client ask where the partitions of a topic are.
void look_again(rd_kafka_t* client, const std::string& topic);

// Is a partition there that the client called missing? It says so once, and goes on by itself when
// the partition comes back.
enum class Presence : unsigned char { kThere, kMissing, kUnanswered };

[[nodiscard]] Presence presence_of(rd_kafka_t* client, const std::string& topic, int32_t partition);

}  // namespace kaiku::kafka
