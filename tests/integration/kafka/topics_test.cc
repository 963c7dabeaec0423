#include <algorithm>
#include <future>

#include <gmock/gmock.h>

#include "kaiku/kafka/topic_reader.h"

#include "world.h"

namespace kaiku::kafka::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class KafkaTopics : public KafkaTest {};

TEST_F(KafkaTopics, DescribeTellsPartitionsSettingsAndWhatIsMissing) {
  World world(3);
  const auto states = describe_topics(World::common(),
                                      {world.table.at(world.out).name,
                                       "missing-" + world.prefix(),
                                       world.table.at(world.small).name});
  ASSERT_TRUE(states) << states.error().message();
  ASSERT_EQ(states.value().size(), 3U);
  const TopicState& out = states.value()[0];
  EXPECT_TRUE(out.exists);
  EXPECT_EQ(out.partitions, 3);
  EXPECT_EQ(out.replication, 1);
  EXPECT_FALSE(states.value()[1].exists);
  EXPECT_EQ(states.value()[1].partitions, 0);
  const auto& settings = states.value()[2].settings;
  EXPECT_NE(std::find(settings.begin(),
                      settings.end(),
                      std::pair<std::string, std::string>("max.message.bytes", "1000")),
            settings.end());
}

TEST_F(KafkaTopics, CreatingTwiceIsFineAndBadSettingsAreNamed) {
  World world;
  const log::Topic existing = world.table.at(world.in);
  log::Topic bad{.name = world.prefix() + "-bad",
                 .partitions = 1,
                 .settings = {{"cleanup.policy", "nonsense"}}};
  log::Topic good{.name = world.prefix() + "-good", .partitions = 2, .settings = {}};
  const base::Status status = create_topics(World::common(), {existing, bad, good}, 1);
  EXPECT_EQ(status.exit_code(), base::Exit::kConfig);
  EXPECT_THAT(status.message(), HasSubstr(bad.name));
  EXPECT_THAT(status.message(), HasSubstr("cleanup.policy"));
  // Of a call that failed in part nobody waits until the rest has reached every broker.
  bool exists = false;
  for (int asked = 0; asked < 200 && !exists; ++asked) {
    exists = describe_topics(World::common(), {good.name}).value()[0].exists;
  }
  EXPECT_TRUE(exists);
  good.partitions = 0;
  EXPECT_EQ(create_topics(World::common(), {good}, 1).exit_code(), base::Exit::kConfig);
  EXPECT_TRUE(create_topics(World::common(), {existing}, 1).is_ok());
}

// Who creates topics and goes on at once finds them.
TEST_F(KafkaTopics, WhatWasCreatedIsThere) {
  World world;
  for (int round = 0; round < 20; ++round) {
    std::vector<log::Topic> topics;
    std::vector<std::string> names;
    for (int i = 0; i < 5; ++i) {
      names.push_back(world.prefix() + "-" + std::to_string(round) + "-" + std::to_string(i));
      topics.push_back({.name = names.back(), .partitions = 3, .settings = {}});
    }
    ASSERT_TRUE(create_topics(World::common(), topics, 1).is_ok());
    const auto states = describe_topics(World::common(), names);
    ASSERT_TRUE(states) << states.error().message();
    for (const TopicState& state : states.value()) {
      ASSERT_TRUE(state.exists) << state.name;
      EXPECT_EQ(state.partitions, 3);
    }
  }
}

TEST_F(KafkaTopics, MissingTopicAndWrongPropertyStopTheStart) {
  World world;
  const log::TopicId missing = world.table.add(
      {.name = world.prefix() + "-missing", .role = log::TopicRole::kSource, .settings = {}});
  KafkaOptions options = world.options();
  options.subscribe.push_back(missing);
  const auto no_topic = make_kafka_log(options);
  ASSERT_FALSE(no_topic);
  EXPECT_EQ(no_topic.error().exit_code(), base::Exit::kUnavailable);
  EXPECT_THAT(no_topic.error().message(), HasSubstr(world.prefix() + "-missing"));

  options = world.options();
  options.producer = {{"no.such.property", "1"}};
  const auto no_property = make_kafka_log(options);
  ASSERT_FALSE(no_property);
  EXPECT_EQ(no_property.error().exit_code(), base::Exit::kConfig);
  EXPECT_THAT(no_property.error().message(), HasSubstr("no.such.property"));
}

TEST_F(KafkaTopics, PartitionCountIsTheBrokers) {
  World world(5);
  const auto log = world.open(world.options());
  EXPECT_EQ(log->partition_count(world.in).value(), 5);
  EXPECT_EQ(log->partition_count(world.small).value(), 1);
}

// Whoever asks about a topic has seen it at the start: that it is missing may pass.
TEST_F(KafkaTopics, TopicThatIsMissingIsAskedForAgain) {
  World world;
  const log::Topic topic{.name = world.prefix() + "-late",
                         .role = log::TopicRole::kOutput,
                         .partitions = 3,
                         .settings = {}};
  const log::TopicId late = world.table.add(topic);
  KafkaOptions options = world.options();
  options.subscribe.clear();
  options.request_timeout_ms = 500;
  const auto impatient = world.open(options);
  for (const base::Status& status :
       {impatient->ends({late, 2}, log::Isolation::kUncommitted).error(),
        impatient->partition_count(late).error()}) {
    EXPECT_EQ(status.next(), base::Next::kStop) << status.message();
    EXPECT_EQ(status.exit_code(), base::Exit::kUnavailable);
    EXPECT_THAT(status.message(), HasSubstr("kaiku topics apply"));
  }

  options.transactional_id += "-patient";
  options.request_timeout_ms = 60'000;
  const auto patient = world.open(options);
  auto answer = std::async(std::launch::async, [&patient, late] {
    return patient->ends({late, 2}, log::Isolation::kUncommitted);
  });
  World::create({topic});
  const auto ends = answer.get();
  ASSERT_TRUE(ends) << ends.error().message();
  EXPECT_EQ(ends.value().high, 0);
  EXPECT_EQ(patient->partition_count(late).value(), 3);
}

TEST_F(KafkaTopics, ReaderSeesWhatTheProducerWrote) {
  World world(2);
  const std::string topic = world.table.at(world.in).name;
  const auto producer = Producer::open(World::common(), {});
  ASSERT_TRUE(producer);
  for (int i = 0; i < 10; ++i) {
    const std::string value = std::to_string(i);
    ASSERT_TRUE(producer.value()
                    ->send(topic,
                           {.partition = i % 2,
                            .key = "key",
                            .value = value,
                            .timestamp = 1'600'000'000'000'000 + i * base::kSecond,
                            .headers = {{"n", value}, {"empty", ""}}})
                    .is_ok());
  }
  ASSERT_TRUE(producer.value()->flush().is_ok());
  EXPECT_EQ(producer.value()->delivered(), 10U);

  const auto read = [&topic](const ReadRange& range) {
    std::vector<std::string> values;
    const auto reader = TopicReader::open(World::common(), {}, topic, range);
    EXPECT_TRUE(reader) << reader.error().message();
    TopicRecord record;
    while (true) {
      const auto got = reader.value()->next(record, 10'000);
      EXPECT_TRUE(got);
      if (!got || got.value() != TopicReader::Got::kRecord) {
        EXPECT_EQ(got.value(), TopicReader::Got::kEnd);
        return values;
      }
      EXPECT_EQ(record.headers.at(0).value, record.value);
      EXPECT_EQ(record.headers.at(1).value, "");
      EXPECT_EQ(record.key, "key");
      values.emplace_back(record.value);
    }
  };
  EXPECT_THAT(read({}),
              testing::UnorderedElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
  EXPECT_THAT(read({.partition = 1}), ElementsAre("1", "3", "5", "7", "9"));
  EXPECT_THAT(read({.from = ReadRange::From::kLast, .value = 2, .partition = 0}),
              ElementsAre("6", "8"));
  EXPECT_THAT(read({.from = ReadRange::From::kOffset, .value = 4, .partition = 1}),
              ElementsAre("9"));
  EXPECT_THAT(read({.from = ReadRange::From::kEnd}), testing::IsEmpty());
}

TEST_F(KafkaTopics, FlushTellsOfRecordsThatWereRefused) {
  World world;
  const auto producer = Producer::open(World::common(), {{"compression.codec", "none"}});
  ASSERT_TRUE(producer);
  const std::string large(5'000, 'x');
  ASSERT_TRUE(producer.value()
                  ->send(world.table.at(world.small).name, {.key = {}, .value = large})
                  .is_ok());
  const base::Status status = producer.value()->flush();
  EXPECT_EQ(status.exit_code(), base::Exit::kConfig);
  EXPECT_THAT(status.message(), HasSubstr(world.table.at(world.small).name));
  EXPECT_TRUE(producer.value()->flush().is_ok()) << "told once";
}

}  // namespace
}  // namespace kaiku::kafka::test
