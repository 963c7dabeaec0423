#include "kafka/outgoing.h"

namespace kaiku::kafka {
namespace {

// 0 lets the client stamp the record. A broker takes no time before 1970.
int64_t stamp_of(base::EventTime time) {
  return time == base::kNoTime ? 0
                               : std::max<int64_t>(base::floor_div(time, base::kMillisecond), 1);
}

rd_kafka_headers_t* headers_of(const Outgoing& record) {
  if (record.headers == nullptr || record.headers->empty()) {
    return nullptr;
  }
  rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers->size());
  for (const log::Header& each : *record.headers) {
    rd_kafka_header_add(headers,
                        each.name.data(),
                        static_cast<ssize_t>(each.name.size()),
                        each.value.data(),
                        static_cast<ssize_t>(each.value.size()));
  }
  return headers;
}

// The library takes pointers to non-const but copies what they point to. An empty key or value is
// not a missing one: that is what a null pointer means.
void* bytes_of(bool present, std::string_view bytes) {
  if (!present) {
    return nullptr;
  }
  static char empty = 0;
  return bytes.data() == nullptr ? &empty : const_cast<char*>(bytes.data());
}

}  // namespace

rd_kafka_resp_err_t send(rd_kafka_t* client, const Outgoing& record) {
  rd_kafka_headers_t* headers = headers_of(record);
  const rd_kafka_resp_err_t code = rd_kafka_producev(
      client,
      RD_KAFKA_V_RKT(record.topic),
      RD_KAFKA_V_PARTITION(record.partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_VALUE(bytes_of(record.has_value, record.value),
                       record.has_value ? record.value.size() : 0),
      RD_KAFKA_V_KEY(bytes_of(record.has_key, record.key), record.has_key ? record.key.size() : 0),
      RD_KAFKA_V_TIMESTAMP(stamp_of(record.timestamp)),
      RD_KAFKA_V_OPAQUE(record.opaque),
      RD_KAFKA_V_HEADERS(headers),
      RD_KAFKA_V_END);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR && headers != nullptr) {
    rd_kafka_headers_destroy(headers);
  }
  return code;
}

}  // namespace kaiku::kafka
