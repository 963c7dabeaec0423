// send: hands one record to a producer handle, copying it.
//
// Threads: as the handle.
// Owns:    nothing.
// Cost:    one copy of the record.
// Fails:   with the client library's code; _QUEUE_FULL when its buffer is full.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "kaiku/base/event_time.h"
#include "kaiku/log/log.h"

namespace kaiku::kafka {

struct Outgoing {
  rd_kafka_topic_t* topic = nullptr;
  int32_t partition = RD_KAFKA_PARTITION_UA;
  bool has_key = false;
  bool has_value = true;
  std::string_view key;
  std::string_view value;
  base::EventTime timestamp = base::kNoTime;
  const std::vector<log::Header>* headers = nullptr;
  void* opaque = nullptr;
};

[[nodiscard]] rd_kafka_resp_err_t send(rd_kafka_t* client, const Outgoing& record);

}  // namespace kaiku::kafka
