#include "app/feeder.h"

#include <limits>
#include <map>
#include <thread>

#include "kaiku/kafka/producer.h"
#include "kaiku/kafka/topic_admin.h"
#include "kaiku/local/broker.h"
#include "kaiku/match/brand_matcher.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Result;
using base::Status;
using generate::Record;

constexpr size_t kBatch = 2'000;
// The engine has this much to read at most: a demo must not fill the disk.
constexpr uint64_t kBacklogBytes = 64U << 20;

// The topic of each of the generator's sources; "" where the plan has no such source.
std::array<std::string, generate::kSources> topics_of(const shard::Plan& plan) {
  std::array<std::string, generate::kSources> topics;
  for (size_t i = 0; i < generate::kSources; ++i) {
    for (const shard::SourcePlan& source : plan.sources) {
      if (source.name == generate::kSourceNames[i]) {
        topics[i] = plan.topics.at(source.topic).name;
      }
    }
  }
  return topics;
}

// Brands that a text can name, so that what is generated is about them.
std::vector<generate::Brand> catalogue_of(const match::BrandMatcher& brands) {
  constexpr size_t kMost = 1'000;
  std::vector<generate::Brand> catalogue;
  for (const match::Brand& brand : brands.brands()) {
    const bool has_alias = !brand.aliases.empty() && !brand.aliases.front().empty();
    if (has_alias && catalogue.size() < kMost) {
      catalogue.push_back(
          {brand.id, brand.name.empty() ? brand.id : brand.name, brand.aliases, {}});
    }
  }
  return catalogue;
}

}  // namespace

generate::Options workload_options(const shard::Plan& plan, const FeedOptions& options) {
  generate::Options workload = options.month ? generate::month(options.seed) : generate::Options();
  workload.seed = options.seed;
  workload.events = options.events == 0 ? std::numeric_limits<uint64_t>::max() : options.events;
  workload.truth = false;
  if (options.event_rate != 0) {
    workload.rate = options.event_rate;
  }
  workload.out_of_orderness_us = plan.time.out_of_orderness_us;
  workload.lateness_us = plan.time.lateness_us;
  if (!plan.sources.empty()) {
    workload.max_future_us = plan.sources.front().max_future_us;
    workload.max_age_us = plan.sources.front().max_age_us;
  }
  if (plan.brands != nullptr && !options.month) {
    workload.catalogue = catalogue_of(*plan.brands);
  }
  workload.base_currency = std::string(plan.board->rates->base().view());
  return workload;
}

Feeder::Feeder(std::shared_ptr<const shard::Plan> plan,
               local::Broker* broker,
               const base::Clock& clock,
               FeedOptions options)
    : plan_(std::move(plan)), broker_(broker), clock_(clock), options_(options) {}

Result<Feeder::Send> Feeder::open() {
  const auto topics = topics_of(*plan_);
  bool any = false;
  for (const std::string& topic : topics) {
    any = any || !topic.empty();
  }
  if (!any) {
    return Status::stop(
        Exit::kUsage,
        "--generate feeds the sources posts, support and orders; the pipeline has none of them");
  }
  if (broker_ != nullptr) {
    return Send([this, topics](std::vector<Record>& records) {
      std::map<size_t, std::vector<local::NewRecord>> batches;
      for (const Record& record : records) {
        local::NewRecord one;
        one.partition = record.partition;
        one.timestamp = record.timestamp;
        one.value = record.value;
        if (record.has_key) {
          one.key = record.key;
        }
        batches[static_cast<size_t>(record.source)].push_back(std::move(one));
      }
      for (auto& [source, batch] : batches) {
        if (topics[source].empty()) {
          continue;
        }
        Status status = broker_->append_batch(topics[source], batch);
        while (status.exit_code() == Exit::kDiskFull && !stop_) {
          std::this_thread::sleep_for(std::chrono::milliseconds(200));  // until there is room again
          status = broker_->append_batch(topics[source], batch);
        }
        if (!status.is_ok()) {
          return status;
        }
        while (broker_->backlog_bytes(topics[source]) > kBacklogBytes && !stop_) {
          std::this_thread::sleep_for(std::chrono::milliseconds(5));  // back-pressure
        }
      }
      return Status::ok();
    });
  }
  auto producer = kafka::Producer::open(plan_->kafka.common, plan_->kafka.producer);
  if (!producer.has_value()) {
    return producer.error();
  }
  std::shared_ptr<kafka::Producer> shared = std::move(producer).value();
  return Send([shared, topics](std::vector<Record>& records) {
    for (const Record& record : records) {
      const std::string& topic = topics[static_cast<size_t>(record.source)];
      if (topic.empty()) {
        continue;
      }
      kafka::OutgoingRecord one;
      one.partition = record.partition;
      one.has_key = record.has_key;
      one.key = record.key;
      one.value = record.value;
      one.timestamp = record.timestamp;
      if (Status status = shared->send(topic, one); !status.is_ok()) {
        return status;
      }
    }
    return shared->flush();
  });
}

// The generator places records itself: it has to know how many partitions each topic has.
Status Feeder::fit_partitions(generate::Options& workload) {
  const auto topics = topics_of(*plan_);
  std::map<std::string, int32_t> counts;
  if (broker_ != nullptr) {
    for (const local::TopicInfo& topic : broker_->list_topics()) {
      counts[topic.name] = topic.partitions;
    }
  } else {
    std::vector<std::string> names;
    for (const std::string& topic : topics) {
      if (!topic.empty()) {
        names.push_back(topic);
      }
    }
    auto states = kafka::describe_topics(plan_->kafka.common, names);
    if (!states.has_value()) {
      return states.error();
    }
    for (const kafka::TopicState& state : states.value()) {
      counts[state.name] = state.partitions;
      if (!state.exists) {
        return Status::stop(Exit::kUnavailable, "topic " + state.name + " does not exist");
      }
    }
  }
  const auto count = [&](generate::Source source) {
    const auto found = counts.find(topics[static_cast<size_t>(source)]);
    return found == counts.end() ? 1 : found->second;
  };
  workload.posts_partitions = count(generate::Source::kPosts);
  workload.support_partitions = count(generate::Source::kSupport);
  workload.orders_partitions = count(generate::Source::kOrders);
  return Status::ok();
}

Status Feeder::run() {
  auto send = open();
  if (!send.has_value()) {
    done_ = true;
    return send.error();
  }
  generate::Options workload = workload_options(*plan_, options_);
  if (Status status = fit_partitions(workload); !status.is_ok()) {
    done_ = true;
    return status;
  }
  if (options_.rate != 0) {
    // Live: event time runs with the clock.
    workload.start = clock_.now_us();
    workload.rate = static_cast<uint32_t>(std::min<uint64_t>(options_.rate, 1'000'000));
  }
  auto made = generate::Workload::make(workload);
  if (!made.has_value()) {
    done_ = true;
    return made.error();
  }
  Status status = feed(made.value(), send.value());
  done_ = true;
  return status;
}

Status Feeder::feed(generate::Workload& workload, const Send& send) {
  const size_t batch_size = options_.rate == 0
                                ? kBatch
                                : std::max<size_t>(1, std::min<size_t>(kBatch, options_.rate / 20));
  bool more = true;
  std::vector<Record> batch;
  while (more && !stop_) {
    batch.clear();
    while (batch.size() < batch_size && more) {
      Record record;
      more = workload.next(record);
      if (more) {
        batch.push_back(std::move(record));
      }
    }
    if (Status status = send(batch); !status.is_ok()) {
      return status;
    }
    // A record is not there before its own time: watermarks and lag mean what they say.
    while (options_.rate != 0 && !stop_ && !batch.empty() &&
           batch.back().timestamp > clock_.now_us()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  return Status::ok();
}

}  // namespace kaiku::app
