#include "kaiku/shard/content_fingerprint.h"

#include <gtest/gtest.h>

namespace kaiku::shard {
namespace {

class Fingerprint : public testing::Test {
 protected:
  std::optional<uint64_t> of(std::string_view title, std::string_view text) {
    return fingerprint_.of(key_, title, text);
  }

 private:
  base::HashKey key_ = base::HashKey::derived_from("test");
  ContentFingerprint fingerprint_;
};

TEST_F(Fingerprint, LinksTagsAndAccountsAreTheChannels) {
  const auto plain = of("", "The new bottle is here");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(of("", "The NEW bottle is here https://x.example/1 #kirkas"), plain);
  EXPECT_EQ(of("", "@friends  the new\tbottle\nis here www.kirkas.example"), plain);
  EXPECT_EQ(of("The new bottle", "is here http://kirkas.example"), plain);
  EXPECT_EQ(of("", "\"The new bottle\" - is here!"), plain);
}

TEST_F(Fingerprint, AnotherWordIsAnotherContent) {
  EXPECT_NE(of("", "The new bottle is here"), of("", "The new bottle is there"));
  EXPECT_NE(of("", "The new bottle"), of("", "The newbottle"));
}

TEST_F(Fingerprint, NothingSaidIsNoContent) {
  EXPECT_FALSE(of("", "").has_value());
  EXPECT_FALSE(of(" ", "https://x.example/1 #kirkas @friends").has_value());
  EXPECT_TRUE(of("", std::string_view("\xff\xfe \0 x", 6)).has_value());
}

}  // namespace
}  // namespace kaiku::shard
