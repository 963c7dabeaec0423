// LocalWorld: a world of the log contract around the embedded log.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "kaiku/base/clock.h"
#include "kaiku/local/broker.h"
#include "kaiku/state/store.h"

#include "contract/log_world.h"

namespace kaiku::log {

class LocalWorld : public LogWorld {
 public:
  // A subclass calls open() when it can open its store, and close() before that goes away.
  LocalWorld(const TopicTable& topics, size_t tail_bytes) : topics_(topics) {
    options_.tail_bytes = tail_bytes;
    options_.sync = false;  // no test of the contract cuts the power
  }

  [[nodiscard]] const TopicTable& topics() const override { return topics_; }

  std::unique_ptr<Log> connect(int /*number*/) override {
    auto log = broker_->connect(topics_);
    EXPECT_TRUE(log.has_value());
    return std::move(log).value();
  }

  void produce(Partition to,
               const std::string& key,
               const std::string& value,
               base::EventTime timestamp) override {
    local::NewRecord record;
    record.partition = to.number;
    record.key = key;
    record.value = value;
    record.timestamp = timestamp;
    const base::Status status = broker_->append(topics_.at(to.topic).name, record);
    ASSERT_TRUE(status.is_ok()) << status.message();
  }

  void restart() override {
    if (store_ != nullptr) {  // without one there is nothing that a restart would leave
      open();
    }
  }

 protected:
  // `old` is the store of the run before, or null. Null: the log keeps everything in memory.
  virtual std::unique_ptr<state::Store> open_store(std::unique_ptr<state::Store> old) = 0;

  void open() {
    broker_.reset();
    store_ = open_store(std::move(store_));
    if (store_ == nullptr) {
      broker_ = local::Broker::in_memory(clock_);
    } else {
      auto broker = local::Broker::open(*store_, clock_, options_);
      ASSERT_TRUE(broker.has_value()) << broker.error().message();
      broker_ = std::move(broker).value();
    }
    for (size_t i = 0; i < topics_.size(); ++i) {
      const Topic& topic = topics_.at(static_cast<TopicId>(i));
      local::TopicOptions options;
      options.partitions = topic.partitions;
      ASSERT_TRUE(broker_->ensure_topic(topic.name, options).is_ok());
    }
  }

  void close() {
    broker_.reset();
    store_.reset();
  }

 private:
  TopicTable topics_;
  base::ManualClock clock_{1'700'000'000'000'000};
  std::unique_ptr<state::Store> store_;
  local::BrokerOptions options_;
  std::unique_ptr<local::Broker> broker_;
};

}  // namespace kaiku::log
