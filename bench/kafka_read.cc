// The floor that the pipeline is compared with: reads a topic with librdkafka alone, one
// consumer_poll a message, and throws everything away.
//
//   kaiku_bench_kafka_read BROKERS TOPIC EVENTS        prints the number of messages and their
//   bytes
//
// CPU is measured from outside, over the life of the process, as it is for the pipeline.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include <librdkafka/rdkafka.h>

namespace {

[[noreturn]] void fail(const char* what, const char* why) {
  std::fprintf(stderr, "kafka_read: %s: %s\n", what, why);
  std::exit(1);
}

rd_kafka_t* open_consumer(const char* brokers) {
  char error[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const std::pair<const char*, const char*> settings[] = {{"bootstrap.servers", brokers},
                                                          {"group.id", "kaiku.bench.bare"},
                                                          {"enable.auto.commit", "false"},
                                                          {"isolation.level", "read_committed"},
                                                          {"check.crcs", "true"}};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name, value, error, sizeof(error)) != RD_KAFKA_CONF_OK) {
      fail(name, error);
    }
  }
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof(error));
  if (client == nullptr) {
    fail("opening", error);
  }
  rd_kafka_poll_set_consumer(client);
  return client;
}

void assign_all(rd_kafka_t* client, const char* topic) {
  const rd_kafka_metadata_t* metadata = nullptr;
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client, topic, nullptr);
  rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, handle, &metadata, 10'000);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR || metadata->topic_cnt != 1) {
    fail(topic, rd_kafka_err2str(code));
  }
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(16);
  for (int i = 0; i < metadata->topics[0].partition_cnt; ++i) {
    rd_kafka_topic_partition_list_add(list, topic, metadata->topics[0].partitions[i].id)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  code = rd_kafka_assign(client, list);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    fail(topic, rd_kafka_err2str(code));
  }
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(handle);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: kaiku_bench_kafka_read BROKERS TOPIC EVENTS\n", stderr);
    return 64;
  }
  rd_kafka_t* client = open_consumer(argv[1]);
  assign_all(client, argv[2]);
  const unsigned long long wanted = std::strtoull(argv[3], nullptr, 10);
  unsigned long long messages = 0;
  unsigned long long bytes = 0;
  int silent = 0;
  while (messages < wanted) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(client, 1'000);
    if (message == nullptr) {
      if (++silent == 30) {
        fail(argv[2], "no message for 30 s");
      }
      continue;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      fail(argv[2], rd_kafka_message_errstr(message));
    }
    silent = 0;
    ++messages;
    bytes += message->len;
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(client);
  rd_kafka_destroy(client);
  std::printf("%llu %llu\n", messages, bytes);
  return 0;
}
