#include "app/memory_run.h"

#include <algorithm>
#include <map>

#include "kaiku/log/murmur2.h"
#include "kaiku/metrics/registry.h"
#include "kaiku/parse/parser.h"
#include "kaiku/runtime/engine.h"
#include "kaiku/serve/snapshot.h"
#include "kaiku/serve/snapshot_metrics.h"
#include "kaiku/state/memory_store.h"

#include "app/plan_registry.h"
#include "app/snapshot_maker.h"
#include "app/zones.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Result;
using base::Status;

Status make_topics(local::Broker& broker,
                   const shard::Plan& plan,
                   const std::vector<SourceShape>& shapes) {
  std::map<std::string, int32_t> source_partitions;
  for (size_t i = 0; i < plan.sources.size(); ++i) {
    source_partitions[plan.topics.at(plan.sources[i].topic).name] = shapes[i].partitions;
  }
  for (size_t id = 0; id < plan.topics.size(); ++id) {
    const log::Topic& topic = plan.topics.at(static_cast<log::TopicId>(id));
    local::TopicOptions options;
    options.partitions = std::max(1, topic.partitions);
    if (const auto found = source_partitions.find(topic.name); found != source_partitions.end()) {
      options.partitions = found->second;
      options.trims_committed = true;
    }
    options.trims_committed = options.trims_committed || topic.role == log::TopicRole::kExchange;
    if (Status status = broker.ensure_topic(topic.name, options); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

}  // namespace

struct MemoryRun::Impl {
  Impl(const shard::Plan& original,
       std::vector<SourceShape> of_sources,
       const base::Clock& of,
       RunPorts between)
      : clock(of),
        plan(std::make_shared<shard::Plan>(original)),
        shapes(std::move(of_sources)),
        ports(std::move(between)),
        broker(local::Broker::in_memory(of)),
        registry(registry_options(*plan)),
        maker(plan, of) {
    shapes.resize(plan->sources.size());
    for (size_t i = 0; i < shapes.size(); ++i) {
      if (plan->sources[i].routing == shard::Routing::kDirect) {
        shapes[i].partitions = static_cast<int32_t>(plan->shards);
      }
      plan->sources[i].bounded = !shapes[i].has_times;
    }
  }

  const base::Clock& clock;
  std::shared_ptr<shard::Plan> plan;
  std::vector<SourceShape> shapes;
  RunPorts ports;
  std::unique_ptr<local::Broker> broker;
  metrics::Registry registry;
  SnapshotMaker maker;
  serve::LatestSnapshot latest;
  shard::Ledger ledger;
};

MemoryRun::MemoryRun(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MemoryRun::~MemoryRun() = default;

Result<std::unique_ptr<MemoryRun>> MemoryRun::make(const shard::Plan& plan,
                                                   std::vector<SourceShape> shapes,
                                                   const base::Clock& clock,
                                                   RunPorts ports) {
  auto impl = std::make_unique<Impl>(plan, std::move(shapes), clock, std::move(ports));
  if (Status status = make_topics(*impl->broker, *impl->plan, impl->shapes); !status.is_ok()) {
    return status;
  }
  return std::unique_ptr<MemoryRun>(new MemoryRun(std::move(impl)));
}

int32_t MemoryRun::partitions(size_t source) const {
  return impl_->shapes[source].partitions;
}

Status MemoryRun::append(size_t source, std::span<const local::NewRecord> records) {
  const shard::Plan& plan = *impl_->plan;
  return records.empty() ? Status::ok()
                         : impl_->broker->append_batch(
                               plan.topics.at(plan.sources[source].topic).name, records);
}

Status MemoryRun::run() {
  shard::Topology topology;
  for (const SourceShape& shape : impl_->shapes) {
    topology.partitions.push_back(shape.partitions);
  }
  runtime::StorePool stores([this](uint32_t) -> Result<std::unique_ptr<state::Store>> {
    std::unique_ptr<state::Store> store = std::make_unique<state::MemoryStore>();
    return impl_->ports.store == nullptr ? std::move(store) : impl_->ports.store(std::move(store));
  });
  runtime::EngineOptions options;
  options.until_idle = true;
  options.worker.sources_end = true;
  options.worker.publish_early = false;
  options.worker.zones = system_zones();
  options.add_counters = [this]() -> metrics::WorkerCounters& {
    return impl_->registry.add_worker();
  };
  const auto connect = [this](uint32_t) -> Result<std::unique_ptr<log::Log>> {
    auto log = impl_->broker->connect(impl_->plan->topics);
    if (!log.has_value() || impl_->ports.log == nullptr) {
      return log;
    }
    return impl_->ports.log(std::move(log).value());
  };
  runtime::Engine engine(impl_->plan, topology, connect, stores, impl_->clock, options);
  if (Status status = engine.run(); !status.is_ok()) {
    return status;
  }
  for (const auto& view : engine.views()) {
    if (!view->problem.empty()) {
      return Status::stop(Exit::kBadData, view->problem);
    }
  }
  impl_->ledger = runtime::total_ledger(engine.views(), impl_->plan->sources.size());
  impl_->latest.publish(impl_->maker.make(engine.views(), true));
  return Status::ok();
}

Result<std::unique_ptr<log::Log>> MemoryRun::reader() {
  return impl_->broker->connect(impl_->plan->topics, {.is_member = false});
}

const shard::Plan& MemoryRun::plan() const {
  return *impl_->plan;
}

const shard::Ledger& MemoryRun::ledger() const {
  return impl_->ledger;
}

std::string MemoryRun::ledger_json() const {
  std::vector<std::string> names;
  for (const shard::SourcePlan& source : impl_->plan->sources) {
    names.push_back(source.name);
  }
  return shard::to_json(impl_->ledger, names);
}

std::string MemoryRun::metrics() const {
  const size_t figures = impl_->registry.add_collector(serve::snapshot_collector(impl_->latest));
  std::string text = impl_->registry.scrape();
  impl_->registry.remove_collector(figures);
  return text;
}

// The identity of the first item of a record, as text.
class RecordPlace::FirstIdentity final : private parse::ItemSink {
 public:
  explicit FirstIdentity(const shard::SourcePlan& source)
      : parser_(source.mapping, system_zones()) {}

  const std::string& of(std::string_view value) {
    identity_.clear();
    parser_.parse(value, base::kNoTime, *this);
    return identity_;
  }

 private:
  void on_item(const model::Item& item) override {
    if (identity_.empty()) {
      identity_ = std::string(item.business_id.empty()
                                  ? (item.native_id.empty() ? item.event_id : item.native_id)
                                  : item.business_id);
    }
  }

  void on_reject(const parse::Reject&) override {}

  void on_ignored() override {}

  parse::Parser parser_;
  std::string identity_;
};

RecordPlace::RecordPlace(const shard::SourcePlan& source, int32_t partitions)
    : identity_(std::make_unique<FirstIdentity>(source)), partitions_(partitions) {}

RecordPlace::~RecordPlace() = default;

int32_t RecordPlace::of(std::optional<std::string_view> key, std::string_view value) {
  return log::partition_of(key ? *key : std::string_view(identity_->of(value)), partitions_);
}

}  // namespace kaiku::app
