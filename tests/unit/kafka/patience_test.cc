#include "kafka/patience.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::kafka {
namespace {

// Answers what it was given, the last for ever.
struct Broker {
  std::deque<rd_kafka_resp_err_t> answers;
  int asked = 0;

  rd_kafka_resp_err_t operator()(int left_ms) {
    EXPECT_GT(left_ms, 0);
    ++asked;
    const rd_kafka_resp_err_t code = answers.front();
    if (answers.size() > 1) {
      answers.pop_front();
    }
    return code;
  }
};

constexpr int64_t kLongMs = 60'000;

rd_kafka_resp_err_t ask(Broker& broker, int64_t timeout_ms) {
  return ask_patiently(timeout_ms, [&broker](int left_ms) { return broker(left_ms); });
}

TEST(KafkaPatience, WhatMovesIsAskedAgain) {
  Broker broker{.answers = {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                            RD_KAFKA_RESP_ERR__TRANSPORT,
                            RD_KAFKA_RESP_ERR_NO_ERROR}};
  EXPECT_EQ(ask(broker, kLongMs), RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_EQ(broker.asked, 3);
}

// A broker that was shut out for a moment denies its own topics.
TEST(KafkaPatience, MissingIsAskedAgain) {
  for (const rd_kafka_resp_err_t missing : {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
                                            RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
                                            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION}) {
    Broker broker{.answers = {missing, missing, RD_KAFKA_RESP_ERR_NO_ERROR}};
    EXPECT_EQ(ask(broker, kLongMs), RD_KAFKA_RESP_ERR_NO_ERROR) << rd_kafka_err2name(missing);
    EXPECT_EQ(broker.asked, 3) << rd_kafka_err2name(missing);
  }
}

TEST(KafkaPatience, WhatIsReallyGoneIsMissingWhenTimeIsUp) {
  Broker broker{.answers = {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION}};
  EXPECT_EQ(ask(broker, 1), RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  EXPECT_GE(broker.asked, 1);
}

TEST(KafkaPatience, WhatWillNotPassIsAnsweredAtOnce) {
  for (const rd_kafka_resp_err_t code : {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                         RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
                                         RD_KAFKA_RESP_ERR_UNKNOWN}) {
    Broker broker{.answers = {code, RD_KAFKA_RESP_ERR_NO_ERROR}};
    EXPECT_EQ(ask(broker, kLongMs), code);
    EXPECT_EQ(broker.asked, 1) << rd_kafka_err2name(code);
  }
}

}  // namespace
}  // namespace kaiku::kafka
