#include "serve/query.h"

#include <gtest/gtest.h>

namespace kaiku::serve {
namespace {

TEST(Query, DecodesValues) {
  const auto query = parse_query("window=hour&brand=kirkas%20y%C3%B6+x", {"window", "brand"});
  ASSERT_TRUE(query);
  EXPECT_EQ(query->at("window"), "hour");
  EXPECT_EQ(query->at("brand"), "kirkas yö x");
}

TEST(Query, AnEmptyOneHasNoParameters) {
  for (const std::string_view text : {"", "&", "&&&"}) {
    const auto query = parse_query(text, {});
    ASSERT_TRUE(query) << text;
    EXPECT_TRUE(query->empty());
  }
}

TEST(Query, AValueMayBeEmptyOrMissingOrHoldAnEqualsSign) {
  const auto query = parse_query("a&b=&c=1=2", {"a", "b", "c"});
  ASSERT_TRUE(query);
  EXPECT_EQ(query->at("a"), "");
  EXPECT_EQ(query->at("b"), "");
  EXPECT_EQ(query->at("c"), "1=2");
}

TEST(Query, RefusesTyposRepetitionsAndBrokenEscapes) {
  EXPECT_NE(parse_query("windwo=hour", {"window"}).error().message().find("known: window"),
            std::string::npos);
  EXPECT_FALSE(parse_query("a=1&a=2", {"a"}));
  for (const std::string_view text : {"a=%", "a=%4", "a=%zz", "a=%4g", "a=1%"}) {
    EXPECT_FALSE(parse_query(text, {"a"})) << text;
  }
}

TEST(Query, EveryByteCanBeWrittenEscaped) {
  for (int byte = 0; byte < 256; ++byte) {
    char escape[4];
    snprintf(escape, sizeof(escape), "%%%02X", byte);
    const auto decoded = percent_decoded(escape);
    ASSERT_TRUE(decoded);
    ASSERT_EQ(decoded->size(), 1U);
    EXPECT_EQ(static_cast<unsigned char>(decoded->front()), byte);
  }
}

}  // namespace
}  // namespace kaiku::serve
