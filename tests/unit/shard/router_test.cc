#include "kaiku/shard/router.h"

#include <string>

#include <gtest/gtest.h>

#include "kaiku/base/bytes.h"

#include "unit/shard/shard_world.h"

namespace kaiku::shard {
namespace {

// A state that was written before there were voices.
TEST(Router, AStateOfTheLayoutBeforeIsReadStill) {
  const Plan plan = world_plan(3, {"posts"}, false);
  Router router(plan, 0, 0);
  router.tick(kMonday);
  std::string bytes;
  base::ByteWriter out(bytes);
  router.encode(out);
  constexpr size_t kBeforeVoice = 1 + 3 * sizeof(int64_t) + 1;
  bytes.erase(kBeforeVoice, sizeof(exchange::Voice));
  bytes[0] = 2;
  Router read(plan, 0, 0);
  base::ByteReader in(bytes);
  ASSERT_TRUE(read.decode(in));
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(read.voice(), router.voice());
  EXPECT_EQ(read.progress(), router.progress());
}

}  // namespace
}  // namespace kaiku::shard
