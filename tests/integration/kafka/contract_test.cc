#include "contract/log_contract.h"
#include "foreign_transaction.h"
#include "world.h"

namespace kaiku::log {
namespace {

namespace kt = kafka::test;

class KafkaLogWorld final : public LogWorld {
 public:
  explicit KafkaLogWorld(const TopicTable& topics) {
    std::vector<Topic> wanted;
    for (size_t i = 0; i < topics.size(); ++i) {
      Topic topic = topics.at(static_cast<TopicId>(i));
      topic.name = base_.prefix() + "-contract-" + topic.name;
      wanted.push_back(topic);
      topics_.add(std::move(topic));
    }
    kt::World::create(wanted);
    auto producer = kafka::Producer::open(kt::World::common(), {{"linger.ms", "0"}});
    EXPECT_TRUE(producer) << producer.error().message();
    producer_ = std::move(producer).value();
  }

  [[nodiscard]] const TopicTable& topics() const override { return topics_; }

  std::unique_ptr<Log> connect(int number) override {
    kafka::KafkaOptions options = base_.options("member" + std::to_string(number));
    options.topics = &topics_;
    options.subscribe.clear();
    // Static members are ordered by their names, so that it is known who gets which partitions; one
    // that closes is missed when its session has ended.
    options.instance_id = base_.prefix() + "-member" + std::to_string(number);
    options.consumer.emplace_back("session.timeout.ms", "6000");
    for (size_t i = 0; i < topics_.size(); ++i) {
      const auto id = static_cast<TopicId>(i);
      if (topics_.at(id).role == TopicRole::kSource ||
          topics_.at(id).role == TopicRole::kExchange) {
        options.subscribe.push_back(id);
      }
    }
    return base_.open(std::move(options));
  }

  void produce(Partition to,
               const std::string& key,
               const std::string& value,
               base::EventTime timestamp) override {
    base::Status status = producer_->send(
        topics_.at(to.topic).name,
        {.partition = to.number, .key = key, .value = value, .timestamp = timestamp});
    EXPECT_TRUE(status.is_ok()) << status.message();
    status = producer_->flush();
    EXPECT_TRUE(status.is_ok()) << status.message();
  }

  Decide begin(Partition to, const std::string& value) override {
    auto open = std::make_shared<kt::ForeignTransaction>(kt::Broker::instance().address(),
                                                         base_.prefix() + "-foreign");
    open->write(topics_.at(to.topic).name, to.number, value);
    return [open](bool commits) {
      if (commits) {
        open->commit();
      } else {
        open->abort();
      }
    };
  }

 private:
  kt::World base_;
  TopicTable topics_;
  std::unique_ptr<kafka::Producer> producer_;
};

std::unique_ptr<LogWorld> make_world(const TopicTable& topics) {
  return std::make_unique<KafkaLogWorld>(topics);
}

INSTANTIATE_TEST_SUITE_P(Kafka,
                         LogContract,
                         ::testing::Values(LogWorldFactory{"broker", make_world}),
                         log_name);

}  // namespace
}  // namespace kaiku::log
