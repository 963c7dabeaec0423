#include "kafka/metadata.h"

#include <string_view>

#include "kafka/error_map.h"

namespace kaiku::kafka {
namespace {

struct MetadataDestroy {
  void operator()(const rd_kafka_metadata_t* metadata) const noexcept {
    rd_kafka_metadata_destroy(metadata);
  }
};

}  // namespace

base::Result<int32_t> partitions_of(rd_kafka_t* client, rd_kafka_topic_t* topic, int timeout_ms) {
  const std::string name = rd_kafka_topic_name(topic);
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, topic, &raw, timeout_ms);
  const std::unique_ptr<const rd_kafka_metadata_t, MetadataDestroy> metadata(raw);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(code, "asking for topic " + name);
  }
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic& each = metadata->topics[i];
    if (name != each.topic) {
      continue;
    }
    if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return failure(each.err, "topic " + name);
    }
    if (each.partition_cnt > 0) {
      return each.partition_cnt;
    }
  }
  return failure(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "topic " + name);
}

base::Result<int32_t> partitions_of(rd_kafka_t* client, const std::string& topic, int timeout_ms) {
  const TopicPtr handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  if (handle == nullptr) {
    return failure(rd_kafka_last_error(), "topic " + topic);
  }
  return partitions_of(client, handle.get(), timeout_ms);
}

}  // namespace kaiku::kafka
