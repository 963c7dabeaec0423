#include "kaiku/runtime/router_states.h"

#include <gtest/gtest.h>

namespace kaiku::runtime {
namespace {

class Counter final : public log::RecordSink {
 public:
  bool on_record(const log::Record& /*record*/) override { return ++records < 2; }

  int records = 0;
};

log::Record record_of(const log::Append& append) {
  log::Record record;
  record.at = append.to;
  record.has_key = !append.key.empty();
  record.key = append.key;
  record.has_value = append.has_value;
  record.value = append.value;
  return record;
}

shard::Plan plan() {
  shard::Plan plan;
  plan.shards = 3;
  plan.changelog = 4;
  plan.sources.resize(2);
  plan.sources[0].name = "posts";
  plan.sources[1].name = "orders";
  return plan;
}

TEST(RouterStates, NewestStateOfEachRouterIsFound) {
  RouterStates states;
  for (const char* value : {"old", "new"}) {
    EXPECT_TRUE(states.on_record(record_of(router_record(plan(), 0, 4, value))));
  }
  EXPECT_TRUE(states.on_record(record_of(router_record(plan(), 1, 4, "other"))));
  EXPECT_EQ(states.find("posts", 4), "new");
  EXPECT_EQ(states.find("orders", 4), "other");
  EXPECT_EQ(states.find("posts", 1), std::nullopt);
}

TEST(RouterStates, HomeIsAPartitionOfTheChangelogWhateverTheSourceHas) {
  for (int32_t partition = 0; partition < 10; ++partition) {
    const log::Partition home = router_home(plan(), partition);
    EXPECT_EQ(home.topic, 4);
    EXPECT_EQ(home.number, partition % 3);
    EXPECT_EQ(router_record(plan(), 0, partition, "x").to, home);
  }
}

TEST(RouterStates, RecordsOfTheShardGoOnAndMayEndTheReading) {
  Counter shard;
  RouterStates states(&shard);
  log::Record record;
  record.has_value = true;
  record.value = "a part";
  EXPECT_TRUE(states.on_record(record));
  EXPECT_TRUE(states.on_record(record_of(router_record(plan(), 0, 0, "x"))));
  EXPECT_FALSE(states.on_record(record));
  EXPECT_EQ(shard.records, 2);
}

}  // namespace
}  // namespace kaiku::runtime
