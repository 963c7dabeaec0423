#include "kafka/group_consumer.h"

#include <gtest/gtest.h>

namespace kaiku::kafka {
namespace {

TEST(GenerationOf, ReadsWhatTheClientLibraryWrites) {
  const GroupMetadataPtr member(
      rd_kafka_consumer_group_metadata_new_with_genid("group", 4'711, "member", "instance"));
  EXPECT_EQ(generation_of(member.get()), 4'711);
}

// A broker takes offsets of "no generation" from anybody.
TEST(GenerationOf, ClientThatIsNoMemberHasNone) {
  const GroupMetadataPtr stranger(rd_kafka_consumer_group_metadata_new("group"));
  EXPECT_LT(generation_of(stranger.get()), 0);
  EXPECT_LT(generation_of(nullptr), 0);
}

}  // namespace
}  // namespace kaiku::kafka
