#include "kaiku/shard/text_sketch.h"

#include <gtest/gtest.h>

#include "kaiku/sketch/min_hash.h"

namespace kaiku::shard {
namespace {

class Sketches : public testing::Test {
 protected:
  std::optional<model::TextSketch> of(std::string_view title, std::string_view text) {
    return sketcher_.of(title, text);
  }

 private:
  TextSketcher sketcher_{base::HashKey::derived_from("test")};
};

TEST_F(Sketches, WhatAChannelAddsIsNoPartOfTheProblem) {
  const auto post = of("", "@kirkasdrinks my KIRKAS bottle leaks at the cap! https://x.example/1");
  const auto mail = of("My kirkas bottle", "leaks at the cap.");
  ASSERT_TRUE(post.has_value());
  EXPECT_EQ(post, mail);
  EXPECT_EQ(of("", "my #kirkas bottle leaks at the cap"), post) << "a tag is a word here";
}

TEST_F(Sketches, ATextOfLessThan24CharactersHasNone) {
  EXPECT_FALSE(of("", "").has_value());
  EXPECT_FALSE(of("", "it does not work at all").has_value());  // 23
  EXPECT_TRUE(of("", "it does not work at all.. x").has_value());
  EXPECT_FALSE(of("", "it does not work! @kirkasdrinks https://kirkas.example").has_value());
  EXPECT_FALSE(of("", "ei toimi ei ääkköset öö").has_value()) << "characters, not bytes";
}

}  // namespace
}  // namespace kaiku::shard
