#include "kaiku/kafka/topic_admin.h"

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "kafka/client.h"
#include "kafka/deadline.h"
#include "kafka/error_map.h"

namespace kaiku::kafka {
namespace {

struct OptionsDestroy {
  void operator()(rd_kafka_AdminOptions_t* options) const noexcept {
    rd_kafka_AdminOptions_destroy(options);
  }
};

struct MetadataDestroy {
  void operator()(const rd_kafka_metadata_t* metadata) const noexcept {
    rd_kafka_metadata_destroy(metadata);
  }
};

using OptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t, OptionsDestroy>;
using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t, MetadataDestroy>;

class AdminClient {
 public:
  explicit AdminClient(int64_t timeout_ms) : hooks_("admin", nullptr), deadline_(timeout_ms) {}

  [[nodiscard]] base::Status open(const Properties& common) {
    base::Result<ClientPtr> client = open_client({.kind = ClientKind::kProducer,
                                                  .defaults = producer_defaults(),
                                                  .common = common,
                                                  .specific = {},
                                                  .identities = {}},
                                                 hooks_);
    if (!client) {
      return client.error();
    }
    client_ = std::move(client).value();
    return base::Status::ok();
  }

  [[nodiscard]] base::Result<MetadataPtr> metadata() {
    while (true) {
      const rd_kafka_metadata_t* raw = nullptr;
      // Of all topics: asking for one that is missing may create it.
      const rd_kafka_resp_err_t code =
          rd_kafka_metadata(client_.get(), 1, nullptr, &raw, deadline_.left_ms(5'000));
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return MetadataPtr(raw);
      }
      if (meaning_of(code) != Meaning::kTransient) {
        return failure(code, "asking for the topics");
      }
      if (deadline_.over()) {
        return unanswered("asking for the topics");
      }
    }
  }

  // Before something is asked again; false: there is no time left.
  [[nodiscard]] bool pause() const {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return !deadline_.over();
  }

  // Sends a request through `ask` and waits for its answer.
  using Ask = std::function<void(rd_kafka_t*, const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;

  [[nodiscard]] base::Result<EventPtr> request(rd_kafka_admin_op_t kind,
                                               const char* what,
                                               const Ask& ask) {
    const OptionsPtr options(rd_kafka_AdminOptions_new(client_.get(), kind));
    std::array<char, 256> text{};
    rd_kafka_AdminOptions_set_request_timeout(
        options.get(), deadline_.left_ms(), text.data(), text.size());
    const QueuePtr queue(rd_kafka_queue_new(client_.get()));
    ask(client_.get(), options.get(), queue.get());
    EventPtr event(rd_kafka_queue_poll(queue.get(), deadline_.left_ms() + 1'000));
    if (event == nullptr) {
      return unanswered(what);
    }
    const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return meaning_of(code) == Meaning::kTransient ? unanswered(what) : failure(code, what);
    }
    return event;
  }

 private:
  [[nodiscard]] base::Status unanswered(const char* what) const {
    return base::Status::stop(
        base::Exit::kUnavailable,
        std::string(what) + ": no broker answers (" + hooks_.last_complaint() + ")");
  }

  ClientHooks hooks_;
  Deadline deadline_;
  ClientPtr client_;
};

void fill_from(const rd_kafka_metadata_t& metadata, TopicState& state) {
  for (int i = 0; i < metadata.topic_cnt; ++i) {
    const rd_kafka_metadata_topic& each = metadata.topics[i];
    if (state.name == each.topic && each.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      state.exists = each.partition_cnt > 0;
      state.partitions = each.partition_cnt;
      state.replication = state.exists ? each.partitions[0].replica_cnt : 0;
    }
  }
}

// A broker answers that a topic is made before it knows of it itself: until then it tells everybody
// that there is none.
base::Status wait_for(AdminClient& admin, const std::vector<log::Topic>& topics) {
  for (const log::Topic& each : topics) {
    TopicState state{.name = each.name, .settings = {}};
    while (!state.exists) {
      const base::Result<MetadataPtr> metadata = admin.metadata();
      if (!metadata) {
        return metadata.error();
      }
      fill_from(*metadata.value(), state);
      if (!state.exists && !admin.pause()) {
        return base::Status::stop(base::Exit::kUnavailable,
                                  "topic " + each.name +
                                      " was created, but the broker does not know of it yet: look "
                                      "again in a moment");
      }
    }
  }
  return base::Status::ok();
}

struct ResourceDestroy {
  void operator()(rd_kafka_ConfigResource_t* resource) const noexcept {
    rd_kafka_ConfigResource_destroy(resource);
  }
};

base::Status fill_settings(AdminClient& admin, std::vector<TopicState>& states) {
  std::vector<std::unique_ptr<rd_kafka_ConfigResource_t, ResourceDestroy>> resources;
  std::vector<rd_kafka_ConfigResource_t*> raw;
  for (const TopicState& each : states) {
    if (each.exists) {
      resources.emplace_back(
          rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, each.name.c_str()));
      raw.push_back(resources.back().get());
    }
  }
  if (raw.empty()) {
    return base::Status::ok();
  }
  const base::Result<EventPtr> answer = admin.request(
      RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS,
      "asking for the settings of topics",
      [&raw](rd_kafka_t* client, const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_DescribeConfigs(client, raw.data(), raw.size(), options, queue);
      });
  if (!answer) {
    return answer.error();
  }
  size_t count = 0;
  const rd_kafka_ConfigResource_t** found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(answer.value().get()), &count);
  for (size_t i = 0; i < count; ++i) {
    size_t entries = 0;
    const rd_kafka_ConfigEntry_t** configs = rd_kafka_ConfigResource_configs(found[i], &entries);
    for (TopicState& state : states) {
      if (state.name != rd_kafka_ConfigResource_name(found[i])) {
        continue;
      }
      for (size_t k = 0; k < entries; ++k) {
        const char* value = rd_kafka_ConfigEntry_value(configs[k]);
        if (value != nullptr) {
          state.settings.emplace_back(rd_kafka_ConfigEntry_name(configs[k]), value);
        }
      }
    }
  }
  return base::Status::ok();
}

struct NewTopicDestroy {
  void operator()(rd_kafka_NewTopic_t* topic) const noexcept { rd_kafka_NewTopic_destroy(topic); }
};

using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, NewTopicDestroy>;

base::Result<NewTopicPtr> new_topic(const log::Topic& topic, int16_t replication) {
  if (topic.partitions <= 0) {
    return base::Status::stop(base::Exit::kConfig,
                              "topic " + topic.name + ": the number of partitions is not given");
  }
  std::array<char, 256> text{};
  NewTopicPtr result(rd_kafka_NewTopic_new(
      topic.name.c_str(), topic.partitions, replication, text.data(), text.size()));
  if (result == nullptr) {
    return base::Status::stop(base::Exit::kConfig, "topic " + topic.name + ": " + text.data());
  }
  for (const auto& [name, value] : topic.settings) {
    rd_kafka_NewTopic_set_config(result.get(), name.c_str(), value.c_str());
  }
  return result;
}

// All refusals in one message: they are corrected together.
base::Status refusals(const rd_kafka_CreateTopics_result_t& result) {
  size_t count = 0;
  const rd_kafka_topic_result_t** topics = rd_kafka_CreateTopics_result_topics(&result, &count);
  base::Status worst;
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    const char* detail = rd_kafka_topic_result_error_string(topics[i]);
    worst = failure(code,
                    std::string("topic ") + rd_kafka_topic_result_name(topics[i]) +
                        " was not created (" + (detail != nullptr ? detail : "") + ")");
    text += text.empty() ? "" : "\n";
    text += worst.message();
  }
  return worst.is_ok() ? worst : base::Status(worst.next(), std::move(text), worst.exit_code());
}

}  // namespace

base::Result<std::vector<TopicState>> describe_topics(const Properties& common,
                                                      const std::vector<std::string>& names,
                                                      int64_t timeout_ms) {
  AdminClient admin(timeout_ms);
  if (base::Status status = admin.open(common); !status.is_ok()) {
    return status;
  }
  const base::Result<MetadataPtr> metadata = admin.metadata();
  if (!metadata) {
    return metadata.error();
  }
  std::vector<TopicState> states;
  for (const std::string& name : names) {
    fill_from(*metadata.value(), states.emplace_back(TopicState{.name = name, .settings = {}}));
  }
  const base::Status status = fill_settings(admin, states);
  if (!status.is_ok() && status.exit_code() != base::Exit::kNoPermission) {
    return status;
  }
  return states;
}

base::Status create_topics(const Properties& common,
                           const std::vector<log::Topic>& topics,
                           int16_t replication,
                           int64_t timeout_ms) {
  std::vector<NewTopicPtr> wanted;
  std::vector<rd_kafka_NewTopic_t*> raw;
  for (const log::Topic& each : topics) {
    base::Result<NewTopicPtr> topic = new_topic(each, replication);
    if (!topic) {
      return topic.error();
    }
    raw.push_back(topic.value().get());
    wanted.push_back(std::move(topic).value());
  }
  if (raw.empty()) {
    return base::Status::ok();
  }
  AdminClient admin(timeout_ms);
  if (base::Status status = admin.open(common); !status.is_ok()) {
    return status;
  }
  const base::Result<EventPtr> answer = admin.request(
      RD_KAFKA_ADMIN_OP_CREATETOPICS,
      "creating topics",
      [&raw](rd_kafka_t* client, const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_CreateTopics(client, raw.data(), raw.size(), options, queue);
      });
  if (!answer) {
    return answer.error();
  }
  base::Status status = refusals(*rd_kafka_event_CreateTopics_result(answer.value().get()));
  return status.is_ok() ? wait_for(admin, topics) : status;
}

}  // namespace kaiku::kafka
