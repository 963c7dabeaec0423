#include "conversation/conversation_record.h"

#include <string>

#include <gtest/gtest.h>

#include "kaiku/base/bytes.h"

#include "unit/conversation/book_fixture.h"

namespace kaiku::conversation {
namespace {

TEST(ConversationRecord, OfTheLayoutBeforeIsReadStill) {
  ConversationRecord record;
  record.applied_at = kStart;
  record.thread.phase = Phase::kOpen;
  record.thread.last_at = record.thread.opened_at = kStart;
  record.thread.brand = "acme";
  record.thread.opening = {0x1122334455667788, 0x99aabbccddeeff00};
  std::string opening;
  base::ByteWriter(opening).digest(record.thread.opening);
  std::string value = record.encode();
  const size_t at = value.find(opening);
  ASSERT_NE(at, std::string::npos);
  value.erase(at, opening.size());
  value[0] = 2;
  ConversationRecord read;
  ASSERT_TRUE(read.decode(value));
  EXPECT_EQ(read.thread.opening, base::Digest{});
  EXPECT_EQ(read.thread.brand, "acme");
  EXPECT_EQ(read.thread.opened_at, kStart);
}

}  // namespace
}  // namespace kaiku::conversation
