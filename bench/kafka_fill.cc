// What bench/kafka needs before it can measure.
//
//   kaiku_bench_kafka_fill pipeline NAME TOPIC direct|routed SHARDS        the pipeline file, to
//   stdout kaiku_bench_kafka_fill topic BROKERS TOPIC PARTITIONS EVENTS RATE      makes and fills a
//   topic
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "kaiku/kafka/producer.h"
#include "kaiku/kafka/topic_admin.h"

#include "corpus.h"

namespace kaiku::bench {
namespace {

uint64_t number(const char* text) {
  char* end = nullptr;
  const unsigned long long value = std::strtoull(text, &end, 10);
  if (end == text || *end != 0) {
    fail(std::string("not a number: ") + text);
  }
  return value;
}

int write_pipeline(const std::vector<std::string>& args) {
  PipelineOptions options;
  options.name = args[0];
  options.topic = args[1];
  options.routing = args[2];
  options.shards = static_cast<uint32_t>(number(args[3].c_str()));
  options.is_kafka = true;
  std::fputs(pipeline_text(options).c_str(), stdout);
  return 0;
}

void must(const base::Status& status) {
  if (!status.is_ok()) {
    fail(status.message());
  }
}

int fill_topic(const std::vector<std::string>& args) {
  const kafka::Properties common = {{"bootstrap.servers", args[0]}};
  log::Topic topic;
  topic.name = args[1];
  topic.partitions = static_cast<int32_t>(number(args[2].c_str()));
  // Event time is far from the broker's clock: nothing may be dropped for its age.
  topic.settings = {{"retention.ms", "-1"}, {"message.timestamp.type", "CreateTime"}};
  must(kafka::create_topics(common, {topic}));
  auto producer = kafka::Producer::open(
      common, {{"compression.codec", "lz4"}, {"linger.ms", "50"}, {"batch.size", "65536"}});
  if (!producer.has_value()) {
    fail(producer.error().message());
  }
  Posts posts(number(args[3].c_str()), static_cast<uint32_t>(number(args[4].c_str())));
  generate::Record record;
  uint64_t sent = 0;
  while (posts.next(record)) {
    kafka::OutgoingRecord out;
    out.has_key = record.has_key;
    out.key = record.key;
    out.value = record.value;
    out.timestamp = record.timestamp;
    must(producer.value()->send(topic.name, out));
    ++sent;
  }
  must(producer.value()->flush(120'000));
  std::printf("%llu\n", static_cast<unsigned long long>(sent));
  return 0;
}

}  // namespace
}  // namespace kaiku::bench

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 5 && args[0] == "pipeline") {
    return kaiku::bench::write_pipeline({args.begin() + 1, args.end()});
  }
  if (args.size() == 6 && args[0] == "topic") {
    return kaiku::bench::fill_topic({args.begin() + 1, args.end()});
  }
  std::fputs(
      "usage: kaiku_bench_kafka_fill pipeline NAME TOPIC direct|routed SHARDS\n"
      "       kaiku_bench_kafka_fill topic BROKERS TOPIC PARTITIONS EVENTS RATE\n",
      stderr);
  return 64;
}
