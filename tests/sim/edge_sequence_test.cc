// What a shard takes from its exchange partition: every edge in its own order, once.
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/exchange/edge.h"
#include "kaiku/shard/shard.h"
#include "kaiku/state/memory_store.h"
#include "kaiku/state/tables.h"

#include "sim/pipeline.h"

namespace kaiku::sim {
namespace {

using ::testing::HasSubstr;

class EdgeSequence : public ::testing::Test {
 protected:
  EdgeSequence() : prng_(7), pipeline_(make_pipeline(prng_, 10, false)) {
    auto tables = state::open_tables(store_, "edge sequence");
    EXPECT_TRUE(tables.has_value());
    tables_ = std::move(tables).value();
    shard_ = std::make_unique<shard::Shard>(pipeline_.plan, pipeline_.topology, 0U, *tables_);
    EXPECT_TRUE(shard_->load().is_ok());
  }

  base::Status receive(exchange::EdgeHeader header, uint64_t sequence) {
    header.to = 0;
    header.fingerprint = pipeline_.plan.fingerprint;
    header.sequence = sequence - 1;  // finish() counts on
    std::vector<std::string> records;
    exchange::EdgeWriter().finish(header, records);
    log::Record record;
    record.at = {pipeline_.plan.exchange, 0};
    record.offset = next_++;
    record.has_value = true;
    record.value = records.at(0);
    return shard_->on_exchange(record);
  }

  base::Status from_shard(uint64_t sequence) {
    exchange::EdgeHeader header;
    header.shard = 1;
    return receive(header, sequence);
  }

  base::Status from_router(uint64_t sequence, uint64_t offset) {
    exchange::EdgeHeader header;
    header.from_router = true;
    for (const shard::SourcePlan& source : pipeline_.plan.sources) {
      if (source.routing == shard::Routing::kRouted) {
        header.source = source.name;
      }
    }
    header.epoch = offset;
    return receive(header, sequence);
  }

  base::Prng prng_;
  SimPipeline pipeline_;
  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  std::unique_ptr<shard::Shard> shard_;
  int64_t next_ = 0;
};

TEST_F(EdgeSequence, ARepeatedRecordIsDropped) {
  EXPECT_TRUE(from_shard(1).is_ok());
  EXPECT_TRUE(from_shard(2).is_ok());
  EXPECT_TRUE(from_shard(1).is_ok());
  EXPECT_EQ(shard_->received_sequence_of_shard(1), 2U);
  EXPECT_TRUE(from_shard(3).is_ok());
  EXPECT_EQ(shard_->received_sequence_of_shard(1), 3U);
}

TEST_F(EdgeSequence, AGapStopsTheShard) {
  EXPECT_TRUE(from_shard(1).is_ok());
  const base::Status status = from_shard(3);
  EXPECT_EQ(status.exit_code(), base::Exit::kBadData);
  EXPECT_THAT(status.message(), HasSubstr("torn edge: shard 1 to shard 0 sent sequence 3 after 1"));
}

TEST_F(EdgeSequence, TheFirstRecordHasToBeTheFirst) {
  EXPECT_THAT(from_shard(2).message(), HasSubstr("torn edge"));
}

TEST_F(EdgeSequence, EdgesAreCountedApart) {
  EXPECT_TRUE(from_shard(1).is_ok());
  EXPECT_TRUE(from_router(1, 10).is_ok());
  EXPECT_TRUE(from_shard(2).is_ok());
  EXPECT_TRUE(from_router(2, 20).is_ok());
}

TEST_F(EdgeSequence, ARouterMaySpeakTwiceOfOneOffset) {
  EXPECT_TRUE(from_router(1, 10).is_ok());
  EXPECT_TRUE(from_router(2, 10).is_ok()) << "time went on, nothing was read";
}

// The group's offsets were lost: the router reads and numbers old records anew, in other batches.
TEST_F(EdgeSequence, ARouterThatWasSetBackStopsTheShard) {
  EXPECT_TRUE(from_router(1, 10).is_ok());
  EXPECT_TRUE(from_router(2, 20).is_ok());
  EXPECT_TRUE(from_router(1, 5).is_ok()) << "all of it was taken before: dropped";
  EXPECT_THAT(from_router(2, 25).message(), HasSubstr("torn edge")) << "new records, old number";
}

TEST_F(EdgeSequence, ARouterThatWasSetBackStopsTheShardInSmallSteps) {
  EXPECT_TRUE(from_router(1, 10).is_ok());
  EXPECT_TRUE(from_router(2, 20).is_ok());
  EXPECT_THAT(from_router(3, 15).message(), HasSubstr("torn edge")) << "old records, new number";
}

}  // namespace
}  // namespace kaiku::sim
