#include "kafka/error_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::kafka {
namespace {

using base::Exit;
using base::Next;
using testing::HasSubstr;

TEST(KafkaErrorMap, EveryMeaningHasItsConsequence) {
  struct Case {
    rd_kafka_resp_err_t code;
    Next next;
    Exit exit;
  };

  for (const Case& each : {
           Case{RD_KAFKA_RESP_ERR__TRANSPORT, Next::kRetry, Exit::kUnavailable},
           Case{RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, Next::kRetry, Exit::kUnavailable},
           Case{RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, Next::kRejoin, Exit::kFenced},
           Case{RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, Next::kStop, Exit::kFenced},
           Case{RD_KAFKA_RESP_ERR__FENCED, Next::kStop, Exit::kFenced},
           Case{RD_KAFKA_RESP_ERR__BAD_MSG, Next::kStop, Exit::kBadData},
           Case{RD_KAFKA_RESP_ERR__BAD_COMPRESSION, Next::kStop, Exit::kBadData},
           Case{RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, Next::kStop, Exit::kNoInput},
           Case{RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, Next::kStop, Exit::kNoInput},
           Case{RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, Next::kStop, Exit::kUnavailable},
           Case{RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Next::kStop, Exit::kNoPermission},
           Case{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Next::kStop, Exit::kConfig},
           Case{RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, Next::kStop, Exit::kConfig},
           Case{RD_KAFKA_RESP_ERR_DELEGATION_TOKEN_EXPIRED, Next::kStop, Exit::kUnavailable},
       }) {
    const base::Status status = failure(each.code, "reading t/3 at offset 7");
    EXPECT_EQ(status.next(), each.next) << rd_kafka_err2name(each.code);
    EXPECT_EQ(status.exit_code(), each.exit) << rd_kafka_err2name(each.code);
    EXPECT_THAT(status.message(), HasSubstr("reading t/3 at offset 7"));
    EXPECT_THAT(status.message(), HasSubstr(rd_kafka_err2name(each.code)));
  }
}

// Damage that were taken for something passing would be skipped.
TEST(KafkaErrorMap, WhatIsNotListedIsNotTransient) {
  EXPECT_EQ(meaning_of(RD_KAFKA_RESP_ERR_UNKNOWN), Meaning::kUnlisted);
  EXPECT_EQ(meaning_of(RD_KAFKA_RESP_ERR_NO_ERROR), Meaning::kUnlisted);
}

}  // namespace
}  // namespace kaiku::kafka
