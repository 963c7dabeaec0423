#include "kafka/metadata.h"

#include <string_view>

#include "kafka/error_map.h"
#include "kafka/patience.h"

namespace kaiku::kafka {
namespace {

constexpr int kLookMs = 1'000;

struct MetadataDestroy {
  void operator()(const rd_kafka_metadata_t* metadata) const noexcept {
    rd_kafka_metadata_destroy(metadata);
  }
};

// Below 0: `code` says why.
struct Count {
  int32_t partitions = -1;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
};

Count count_of(rd_kafka_t* client, rd_kafka_topic_t* topic, int timeout_ms) {
  const std::string_view name = rd_kafka_topic_name(topic);
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, topic, &raw, timeout_ms);
  const std::unique_ptr<const rd_kafka_metadata_t, MetadataDestroy> metadata(raw);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {.code = code};
  }
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic& each = metadata->topics[i];
    if (name != each.topic) {
      continue;
    }
    if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return {.code = each.err};
    }
    if (each.partition_cnt > 0) {
      return {.partitions = each.partition_cnt, .code = RD_KAFKA_RESP_ERR_NO_ERROR};
    }
  }
  return {};
}

base::Result<int32_t> result_of(const Count& count, const std::string& topic) {
  if (count.code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(count.code, "asking for topic " + topic);
  }
  return count.partitions;
}

// Calls `ask` with a handle of the topic.
template <typename Ask>
base::Result<int32_t> with_handle(rd_kafka_t* client, const std::string& topic, const Ask& ask) {
  const TopicPtr handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  if (handle == nullptr) {
    return failure(rd_kafka_last_error(), "topic " + topic);
  }
  return ask(handle.get());
}

}  // namespace

base::Result<int32_t> partitions_of(rd_kafka_t* client, rd_kafka_topic_t* topic, int timeout_ms) {
  return result_of(count_of(client, topic, timeout_ms), rd_kafka_topic_name(topic));
}

base::Result<int32_t> partitions_of(rd_kafka_t* client, const std::string& topic, int timeout_ms) {
  return with_handle(client, topic, [client, timeout_ms](rd_kafka_topic_t* handle) {
    return partitions_of(client, handle, timeout_ms);
  });
}

base::Result<int32_t> partitions_of_known(rd_kafka_t* client,
                                          rd_kafka_topic_t* topic,
                                          int64_t timeout_ms) {
  Count count;
  (void)ask_patiently(timeout_ms, [&count, client, topic](int left_ms) {
    count = count_of(client, topic, left_ms);
    return count.code;
  });
  return result_of(count, rd_kafka_topic_name(topic));
}

base::Result<int32_t> partitions_of_known(rd_kafka_t* client,
                                          const std::string& topic,
                                          int64_t timeout_ms) {
  return with_handle(client, topic, [client, timeout_ms](rd_kafka_topic_t* handle) {
    return partitions_of_known(client, handle, timeout_ms);
  });
}

rd_kafka_resp_err_t ends_of_known(rd_kafka_t* client,
                                  const std::string& topic,
                                  int32_t partition,
                                  log::Ends& ends,
                                  int64_t timeout_ms) {
  bool stale = false;
  return ask_patiently(timeout_ms, [&](int left_ms) {
    if (stale) {
      look_again(client, topic);
    }
    const rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
        client, topic.c_str(), partition, &ends.low, &ends.high, left_ms);
    stale = meaning_of(code) == Meaning::kMissing;
    return code;
  });
}

void look_again(rd_kafka_t* client, const std::string& topic) {
  // The client keeps the answer for itself too.
  (void)partitions_of(client, topic, kLookMs);
}

Presence presence_of(rd_kafka_t* client, const std::string& topic, int32_t partition) {
  const base::Result<int32_t> count = partitions_of(client, topic, kLookMs);
  if (count) {
    return partition < count.value() ? Presence::kThere : Presence::kMissing;
  }
  return count.error().next() == base::Next::kRetry ? Presence::kUnanswered : Presence::kMissing;
}

}  // namespace kaiku::kafka
