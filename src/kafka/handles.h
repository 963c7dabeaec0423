// Owners of the client library's objects.
//
// Threads: as the object owned.
// Owns:    exactly one object each.
// Cost:    a pointer.
// Fails:   never.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <librdkafka/rdkafka.h>

namespace kaiku::kafka {

struct ConfDestroy {
  void operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
};

struct ListDestroy {
  void operator()(rd_kafka_topic_partition_list_t* list) const noexcept {
    rd_kafka_topic_partition_list_destroy(list);
  }
};

struct ErrorDestroy {
  void operator()(rd_kafka_error_t* error) const noexcept { rd_kafka_error_destroy(error); }
};

struct MessageDestroy {
  void operator()(rd_kafka_message_t* message) const noexcept { rd_kafka_message_destroy(message); }
};

struct TopicDestroy {
  void operator()(rd_kafka_topic_t* topic) const noexcept { rd_kafka_topic_destroy(topic); }
};

struct GroupMetadataDestroy {
  void operator()(rd_kafka_consumer_group_metadata_t* metadata) const noexcept {
    rd_kafka_consumer_group_metadata_destroy(metadata);
  }
};

struct QueueDestroy {
  void operator()(rd_kafka_queue_t* queue) const noexcept { rd_kafka_queue_destroy(queue); }
};

struct EventDestroy {
  void operator()(rd_kafka_event_t* event) const noexcept { rd_kafka_event_destroy(event); }
};

// Closing a group member is done with a deadline before; destroying must not do it again.
struct ClientDestroy {
  void operator()(rd_kafka_t* client) const noexcept {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
};

using ConfPtr = std::unique_ptr<rd_kafka_conf_t, ConfDestroy>;
using ListPtr = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDestroy>;
using ErrorPtr = std::unique_ptr<rd_kafka_error_t, ErrorDestroy>;
using MessagePtr = std::unique_ptr<rd_kafka_message_t, MessageDestroy>;
using TopicPtr = std::unique_ptr<rd_kafka_topic_t, TopicDestroy>;
using GroupMetadataPtr = std::unique_ptr<rd_kafka_consumer_group_metadata_t, GroupMetadataDestroy>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, EventDestroy>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, QueueDestroy>;
using ClientPtr = std::unique_ptr<rd_kafka_t, ClientDestroy>;

}  // namespace kaiku::kafka
