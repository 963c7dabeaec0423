#include "contract/log_contract.h"

#include "kaiku/base/clock.h"
#include "kaiku/local/broker.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::log {
namespace {

// The embedded log over a store, or over none.
class LocalWorld final : public LogWorld {
 public:
  LocalWorld(const TopicTable& topics, std::unique_ptr<state::Store> store, size_t tail_bytes)
      : topics_(topics), store_(std::move(store)) {
    options_.tail_bytes = tail_bytes;
    open();
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
    if (store_ != nullptr) {
      broker_.reset();
      open();
    }
  }

 private:
  void open() {
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

  TopicTable topics_;
  base::ManualClock clock_{1'700'000'000'000'000};
  std::unique_ptr<state::Store> store_;
  local::BrokerOptions options_;
  std::unique_ptr<local::Broker> broker_;
};

INSTANTIATE_TEST_SUITE_P(
    Local,
    LogContract,
    ::testing::Values(LogWorldFactory{"withoutStore",
                                      [](const TopicTable& topics) {
                                        return std::make_unique<LocalWorld>(topics, nullptr, 0);
                                      }},
                      LogWorldFactory{
                          "memory",
                          [](const TopicTable& topics) {
                            return std::make_unique<LocalWorld>(
                                topics, std::make_unique<state::MemoryStore>(), 64U << 20);
                          }},
                      // Almost nothing stays in memory: reads go to the store.
                      LogWorldFactory{"memoryWithoutTail",
                                      [](const TopicTable& topics) {
                                        return std::make_unique<LocalWorld>(
                                            topics, std::make_unique<state::MemoryStore>(), 0);
                                      }}),
    log_name);

}  // namespace
}  // namespace kaiku::log
