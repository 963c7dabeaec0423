#include "app/wiring.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include "kaiku/kafka/kafka_log.h"
#include "kaiku/kafka/topic_admin.h"
#include "kaiku/local/broker.h"
#include "kaiku/rocks/rocks_store.h"
#include "kaiku/rocks/space_probe.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Result;
using base::Status;

// Beyond the reserve of the stores: what commits under way may still write, and how much has to
// come free before reading goes on.
constexpr uint64_t kPauseBytes = 64U << 20;
constexpr uint64_t kResumeBytes = 96U << 20;

// What the plan asks of a broker holds for the embedded log too; 0 when it names none.
int64_t retention_of(const log::Topic& topic) {
  for (const auto& [name, value] : topic.settings) {
    int64_t millis = 0;
    if (name == "retention.ms" &&
        std::from_chars(value.data(), value.data() + value.size(), millis).ec == std::errc() &&
        millis > 0) {
      return millis * base::kMillisecond;
    }
  }
  return 0;
}

std::string property(const kafka::Properties& properties, std::string_view name) {
  std::string value;
  for (const auto& [key, text] : properties) {
    if (key == name) {
      value = text;
    }
  }
  return value;
}

bool is_kept(const shard::Plan& plan, log::TopicId topic) {
  return std::any_of(plan.sources.begin(), plan.sources.end(), [&](const auto& source) {
    return source.topic == topic && plan.local.keeps(source);
  });
}

Status make_local_topics(const shard::Plan& plan, local::Broker& broker) {
  for (size_t id = 0; id < plan.topics.size(); ++id) {
    const log::Topic& topic = plan.topics.at(static_cast<log::TopicId>(id));
    local::TopicOptions options;
    options.partitions = topic.partitions;
    if (topic.role == log::TopicRole::kSource && options.partitions == 0) {
      options.partitions = static_cast<int32_t>(plan.shards);
    }
    options.partitions = std::max(1, options.partitions);
    options.trims_committed =
        topic.role == log::TopicRole::kExchange || topic.role == log::TopicRole::kSource;
    if (is_kept(plan, static_cast<log::TopicId>(id))) {
      options.retention_us = plan.local.keep_sources_us;
      options.retention_bytes = plan.local.keep_source_bytes;
    }
    if (topic.role == log::TopicRole::kOutput || topic.role == log::TopicRole::kChangelog) {
      options.retention_us = retention_of(topic);
    }
    if (Status status = broker.ensure_topic(topic.name, options); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

// On Kafka all that is looked at is in topics.
Status find_state(const shard::Plan& plan) {
  std::error_code error;
  if (!plan.is_local || std::filesystem::is_directory(plan.state.dir + "/log", error)) {
    return Status::ok();
  }
  return Status::stop(
      Exit::kNoInput,
      "there is no state of a pipeline in " + plan.state.dir +
          ": it never ran here; name the folder of the one that did with --set state.dir=DIR, or "
          "start it with `kaiku run -c " +
          (plan.file.empty() ? "FILE" : plan.file) + "`");
}

// Partition counts of all topics, or what an operator has to do about them.
Result<std::vector<int32_t>> check_kafka_topics(const shard::Plan& plan) {
  std::vector<std::string> names;
  for (size_t id = 0; id < plan.topics.size(); ++id) {
    names.push_back(plan.topics.at(static_cast<log::TopicId>(id)).name);
  }
  auto states = kafka::describe_topics(plan.kafka.common, names);
  if (!states.has_value()) {
    return states.error();
  }
  std::string missing;
  std::vector<int32_t> counts;
  for (size_t id = 0; id < names.size(); ++id) {
    const log::Topic& topic = plan.topics.at(static_cast<log::TopicId>(id));
    const kafka::TopicState& state = states.value()[id];
    if (!state.exists) {
      missing += (missing.empty() ? "" : ", ") + topic.name;
      continue;
    }
    const bool fixed =
        topic.role == log::TopicRole::kExchange || topic.role == log::TopicRole::kChangelog;
    if (fixed && state.partitions != static_cast<int32_t>(plan.shards)) {
      return Status::stop(
          Exit::kConfig,
          "topic " + topic.name + " has " + std::to_string(state.partitions) +
              " partitions, the pipeline has shards: " + std::to_string(plan.shards) +
              "; the number of shards is fixed when a pipeline is created");
    }
    counts.push_back(state.partitions);
  }
  if (!missing.empty()) {
    return Status::stop(Exit::kUnavailable,
                        "missing topics: " + missing + "; `kaiku topics apply " +
                            (plan.file.empty() ? "FILE" : plan.file) +
                            "` creates all but the sources");
  }
  for (const shard::SourcePlan& source : plan.sources) {
    if (source.routing == shard::Routing::kDirect &&
        counts[source.topic] != static_cast<int32_t>(plan.shards)) {
      return Status::stop(Exit::kConfig,
                          "source " + source.name + " is direct: its topic has " +
                              std::to_string(counts[source.topic]) +
                              " partitions, the pipeline has " +
                              "shards: " + std::to_string(plan.shards) + "; use routing: routed");
    }
  }
  return counts;
}

kafka::KafkaOptions kafka_options(const shard::Plan& plan, uint32_t worker) {
  kafka::KafkaOptions options;
  options.common = plan.kafka.common;
  options.consumer = plan.kafka.consumer;
  options.producer = plan.kafka.producer;
  options.topics = &plan.topics;
  options.subscribe.push_back(plan.exchange);
  for (const shard::SourcePlan& source : plan.sources) {
    options.subscribe.push_back(source.topic);
  }
  options.group_id = property(plan.kafka.consumer, "group.id");
  if (options.group_id.empty()) {
    options.group_id = "kaiku." + plan.name;
  }
  options.instance_id = property(plan.kafka.consumer, "group.instance.id");
  options.worker = worker;
  std::string instance = options.instance_id;
  if (instance.empty()) {
    char host[256] = "host";
    (void)gethostname(host, sizeof(host) - 1);
    instance = host;
  }
  options.transactional_id = plan.name + "." + instance + "." + std::to_string(worker);
  return options;
}

}  // namespace

Status make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return Status::stop(Exit::kCantCreate,
                        "the state directory " + path + " cannot be made: " + error.message());
  }
  if (access(path.c_str(), W_OK | X_OK) != 0) {
    return Status::stop(Exit::kCantCreate, "the state directory " + path + " is not writable");
  }
  return Status::ok();
}

struct Wiring::Impl {
  explicit Impl(std::shared_ptr<const shard::Plan> the_plan)
      : plan(std::move(the_plan)),
        environment({.memory_bytes = plan->state.memory_bytes / 4}),
        stores([this](uint32_t shard) {
          return rocks::open_rocks_store(
              directory + "/shard-" + std::to_string(shard), environment, rocks::WriteLog::kOff);
        }) {}

  std::shared_ptr<const shard::Plan> plan;
  std::string directory;
  rocks::RocksEnvironment environment;
  std::unique_ptr<state::Store> log_store;
  std::unique_ptr<local::Broker> broker;
  runtime::StorePool stores;
  shard::Topology topology;
  std::atomic<bool> is_full{false};
};

Wiring::Wiring(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Wiring::~Wiring() = default;

Result<std::unique_ptr<Wiring>> Wiring::make(std::shared_ptr<const shard::Plan> plan,
                                             const base::Clock& clock,
                                             Use use) {
  auto impl = std::make_unique<Impl>(std::move(plan));
  impl->directory = impl->plan->state.dir;
  if (Status status = use == Use::kLook ? find_state(*impl->plan) : make_directory(impl->directory);
      !status.is_ok()) {
    return status;
  }
  std::vector<int32_t> counts;
  if (impl->plan->is_local) {
    auto store =
        rocks::open_rocks_store(impl->directory + "/log", impl->environment, rocks::WriteLog::kOn);
    if (!store.has_value()) {
      return store.error();
    }
    impl->log_store = std::move(store).value();
    auto broker = local::Broker::open(*impl->log_store, clock);
    if (!broker.has_value()) {
      return broker.error();
    }
    impl->broker = std::move(broker).value();
    if (Status status = make_local_topics(*impl->plan, *impl->broker); !status.is_ok()) {
      return status;
    }
    const auto topics = impl->broker->list_topics();
    for (size_t id = 0; id < impl->plan->topics.size(); ++id) {
      const std::string& name = impl->plan->topics.at(static_cast<log::TopicId>(id)).name;
      int32_t count = 1;
      for (const local::TopicInfo& topic : topics) {
        count = topic.name == name ? topic.partitions : count;
      }
      counts.push_back(count);
    }
  } else {
    auto checked = check_kafka_topics(*impl->plan);
    if (!checked.has_value()) {
      return checked.error();
    }
    counts = std::move(checked).value();
  }
  for (const shard::SourcePlan& source : impl->plan->sources) {
    impl->topology.partitions.push_back(counts.at(source.topic));
  }
  return std::unique_ptr<Wiring>(new Wiring(std::move(impl)));
}

runtime::LogFactory Wiring::logs() {
  return [this](uint32_t worker) -> Result<std::unique_ptr<log::Log>> {
    if (impl_->broker != nullptr) {
      return impl_->broker->connect(impl_->plan->topics);
    }
    return kafka::make_kafka_log(kafka_options(*impl_->plan, worker));
  };
}

Result<std::unique_ptr<log::Log>> Wiring::reader() {
  if (impl_->broker != nullptr) {
    return impl_->broker->connect(impl_->plan->topics, {.is_member = false});
  }
  kafka::KafkaOptions options = kafka_options(*impl_->plan, 0);
  options.subscribe.clear();
  options.instance_id.clear();
  options.transactional_id += ".reader";
  return kafka::make_kafka_log(options);
}

bool Wiring::has_room() {
  const auto free = rocks::FileSystemProbe().free_bytes(impl_->directory);
  if (!free) {
    return true;  // a file system that cannot be asked is not known to be full
  }
  const bool was_full = impl_->is_full.load();
  const bool has_room =
      *free >= rocks::RocksOptions().reserve_bytes + (was_full ? kResumeBytes : kPauseBytes);
  impl_->is_full = !has_room;
  return has_room;
}

runtime::StorePool& Wiring::stores() {
  return impl_->stores;
}

const shard::Topology& Wiring::topology() const {
  return impl_->topology;
}

local::Broker* Wiring::broker() {
  return impl_->broker.get();
}

}  // namespace kaiku::app
