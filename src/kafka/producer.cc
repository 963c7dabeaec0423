#include "kaiku/kafka/producer.h"

#include <map>

#include "kafka/client.h"
#include "kafka/deadline.h"
#include "kafka/error_map.h"
#include "kafka/outgoing.h"

namespace kaiku::kafka {
namespace {

class PlainProducer final : public Producer, private ClientHooks {
 public:
  PlainProducer() : ClientHooks("writer", nullptr) {}

  ~PlainProducer() override {
    topics_.clear();
    client_.reset();
  }

  [[nodiscard]] base::Status connect(const Properties& common, const Properties& producer) {
    base::Result<ClientPtr> client = open_client(
        {.kind = ClientKind::kProducer,
         .delivery_hook = true,
         .defaults = producer_defaults(),
         .common = common,
         .specific = producer,
         .identities = {{"enable.idempotence", "true"}, {"partitioner", "murmur2_random"}}},
        *this);
    if (!client) {
      return client.error();
    }
    client_ = std::move(client).value();
    return base::Status::ok();
  }

  base::Status send(const std::string& topic, const OutgoingRecord& record) override;
  base::Status flush(int64_t timeout_ms) override;

  [[nodiscard]] uint64_t delivered() const override { return delivered_; }

 private:
  void on_delivery(const rd_kafka_message_t& message) override {
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++delivered_;
    } else if (refused_ == RD_KAFKA_RESP_ERR_NO_ERROR) {
      refused_ = message.err;
      refused_topic_ = rd_kafka_topic_name(message.rkt);
    }
  }

  ClientPtr client_;
  std::map<std::string, TopicPtr> topics_;
  uint64_t delivered_ = 0;
  rd_kafka_resp_err_t refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string refused_topic_;
};

base::Status PlainProducer::send(const std::string& topic, const OutgoingRecord& record) {
  TopicPtr& handle = topics_[topic];
  if (handle == nullptr) {
    handle.reset(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
    if (handle == nullptr) {
      return failure(rd_kafka_last_error(), "topic " + topic);
    }
  }
  const Outgoing outgoing{
      .topic = handle.get(),
      .partition = record.partition < 0 ? RD_KAFKA_PARTITION_UA : record.partition,
      .has_key = record.has_key,
      .has_value = record.has_value,
      .key = record.key,
      .value = record.value,
      .timestamp = record.timestamp,
      .headers = &record.headers};
  while (true) {
    const rd_kafka_resp_err_t code = kafka::send(client_.get(), outgoing);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_poll(client_.get(), 0);
      return base::Status::ok();
    }
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      return failure(code, "writing to " + topic);
    }
    rd_kafka_poll(client_.get(), 100);
  }
}

base::Status PlainProducer::flush(int64_t timeout_ms) {
  const Deadline deadline(timeout_ms);
  const rd_kafka_resp_err_t code = rd_kafka_flush(client_.get(), deadline.left_ms());
  if (refused_ != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const rd_kafka_resp_err_t refused = refused_;
    refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;
    return failure(refused, "writing to " + refused_topic_);
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return base::Status::stop(base::Exit::kUnavailable,
                              "records are not confirmed within " + std::to_string(timeout_ms) +
                                  " ms (" + last_complaint() + ")");
  }
  return base::Status::ok();
}

}  // namespace

base::Result<std::unique_ptr<Producer>> Producer::open(const Properties& common,
                                                       const Properties& producer) {
  auto result = std::make_unique<PlainProducer>();
  if (base::Status status = result->connect(common, producer); !status.is_ok()) {
    return status;
  }
  return std::unique_ptr<Producer>(std::move(result));
}

}  // namespace kaiku::kafka
