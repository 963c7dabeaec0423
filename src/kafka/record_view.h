// record_of: a message of the client library as a Record that points into it.
//
// Threads: any.
// Owns:    nothing; the views die with the message.
// Cost:    a few copies of words.
// Fails:   never; a time stamp that does not fit becomes kNoTime.
#pragma once

#include <limits>

#include <librdkafka/rdkafka.h>

#include "kaiku/log/log.h"

namespace kaiku::kafka {

// Milliseconds of the broker to microseconds.
[[nodiscard]] inline base::EventTime time_of(const rd_kafka_message_t& message) {
  constexpr int64_t kLimit = std::numeric_limits<int64_t>::max() / 4'000;
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t ms = rd_kafka_message_timestamp(&message, &type);
  if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms < 0 || ms > kLimit) {
    return base::kNoTime;
  }
  return ms * base::kMillisecond;
}

[[nodiscard]] inline log::Record record_of(const rd_kafka_message_t& message, log::Partition at) {
  return {.at = at,
          .offset = message.offset,
          .timestamp = time_of(message),
          .has_key = message.key != nullptr,
          .has_value = message.payload != nullptr,
          .key = {static_cast<const char*>(message.key), message.key_len},
          .value = {static_cast<const char*>(message.payload), message.len}};
}

}  // namespace kaiku::kafka
