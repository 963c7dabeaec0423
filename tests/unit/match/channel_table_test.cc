#include "kaiku/match/channel_table.h"

#include <string>

#include <gtest/gtest.h>

namespace kaiku::match {
namespace {

ChannelTable configured() {
  return ChannelTable({{"x", {"X", "twitter"}, false},
                       {"email", {"mail", "inbox"}, true},
                       {"rest", {"*"}, false},
                       {"web", {"www", "*"}, false}});
}

TEST(ChannelTable, FoldsNamesToConfiguredIds) {
  const ChannelTable table = configured();
  EXPECT_EQ(table.id_of("twitter"), "x");
  EXPECT_EQ(table.id_of("Twitter"), "x");
  EXPECT_EQ(table.id_of("X"), "x");
  EXPECT_EQ(table.id_of("x"), "x");
  EXPECT_EQ(table.id_of("INBOX"), "email");
  EXPECT_EQ(table.id_of("www"), "web");
}

TEST(ChannelTable, IdIsAlwaysOneOfItsNames) {
  const ChannelTable table = configured();
  EXPECT_EQ(table.id_of("email"), "email");
  EXPECT_EQ(table.id_of("EMAIL"), "email");
}

TEST(ChannelTable, FirstCatchAllTakesTheRest) {
  const ChannelTable table = configured();
  EXPECT_EQ(table.id_of("fax"), "rest");
  EXPECT_EQ(table.id_of(""), "rest");
  EXPECT_EQ(table.id_of("*"), "rest");
  EXPECT_EQ(table.id_of(std::string(100'000, 'X')), "rest");
}

TEST(ChannelTable, NoCatchAllMeansOther) {
  const ChannelTable table({{"x", {"twitter"}, false}});
  EXPECT_EQ(table.id_of("fax"), "other");
}

TEST(ChannelTable, IdWinsOverANameOfAnotherChannel) {
  const ChannelTable table({{"a", {"b"}, false}, {"b", {}, true}});
  EXPECT_EQ(table.id_of("b"), "b");
}

TEST(ChannelTable, UnconfiguredTableTakesNamesAsTheyStand) {
  const ChannelTable table({});
  std::string folded;
  EXPECT_EQ(table.id_of("blog"), "blog");
  EXPECT_EQ(table.id_of("Blog", folded), "blog");
  EXPECT_EQ(table.id_of("Blög", folded), "blög");
  EXPECT_EQ(table.id_of("", folded), "other");
  EXPECT_EQ(table.id_of(std::string(65, 'a'), folded), "other");
  EXPECT_EQ(table.id_of(std::string_view("a\0b", 3), folded), "other");
  EXPECT_EQ(table.id_of("a\nb"), "other");
}

TEST(ChannelTable, KnowsWhichChannelsArePrivate) {
  const ChannelTable table = configured();
  EXPECT_TRUE(table.is_private("email"));
  EXPECT_FALSE(table.is_private("x"));
  EXPECT_FALSE(table.is_private("unheard of"));
}

}  // namespace
}  // namespace kaiku::match
