// ForeignTransaction: a producer outside of any log whose transaction a test leaves open, commits
// or aborts.
//
// Threads: confined.
// Owns:    a producer handle.
// Cost:    some 20 ms to begin.
// Fails:   by gtest assertions.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "kafka/handles.h"

namespace kaiku::kafka::test {

class ForeignTransaction {
 public:
  ForeignTransaction(const std::string& brokers, const std::string& id) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char text[256];
    set(conf, "bootstrap.servers", brokers);
    set(conf, "transactional.id", id);
    set(conf, "transaction.timeout.ms", "60000");
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text)));
    EXPECT_NE(client_, nullptr) << text;
    ok(rd_kafka_init_transactions(client_.get(), 20'000));
    ok(rd_kafka_begin_transaction(client_.get()));
  }

  void write(const std::string& topic, int32_t partition, const std::string& value) {
    EXPECT_EQ(rd_kafka_producev(client_.get(),
                                RD_KAFKA_V_TOPIC(topic.c_str()),
                                RD_KAFKA_V_PARTITION(partition),
                                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                                RD_KAFKA_V_END),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(rd_kafka_flush(client_.get(), 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  // Moves an offset of a group as nobody of it.
  void move(const std::string& group, const std::string& topic, int32_t partition, int64_t to) {
    const ListPtr list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = to;
    const GroupMetadataPtr nobody(rd_kafka_consumer_group_metadata_new(group.c_str()));
    ok(rd_kafka_send_offsets_to_transaction(client_.get(), list.get(), nobody.get(), 10'000));
  }

  void commit() { ok(rd_kafka_commit_transaction(client_.get(), 10'000)); }

  void abort() { ok(rd_kafka_abort_transaction(client_.get(), 10'000)); }

 private:
  static void set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
    char text[256];
    EXPECT_EQ(rd_kafka_conf_set(conf, name, value.c_str(), text, sizeof(text)), RD_KAFKA_CONF_OK)
        << text;
  }

  static void ok(rd_kafka_error_t* raw) {
    const ErrorPtr error(raw);
    EXPECT_EQ(error, nullptr) << rd_kafka_error_string(error.get());
  }

  ClientPtr client_;
};

}  // namespace kaiku::kafka::test
