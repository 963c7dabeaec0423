// record_of: a message of the client library as a Record that points into it.
//
// Threads: any.
// Owns:    nothing; the views die with the message.
// Cost:    a few copies of words.
// Fails:   never; a time stamp that does not fit becomes kNoTime.
#pragma once

#include <limits>
#include <string>
#include <vector>

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

[[nodiscard]] inline std::vector<log::Header> headers_of(const rd_kafka_message_t& message) {
  std::vector<log::Header> result;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return result;
  }
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    result.push_back(
        {.name = name,
         .value = value == nullptr ? "" : std::string(static_cast<const char*>(value), size)});
  }
  return result;
}

}  // namespace kaiku::kafka
