// Names that look like others: skeletons, edits, hosts.
#include "kaiku/signal/look_alike.h"

#include <gtest/gtest.h>

namespace kaiku::signal {
namespace {

TEST(LookAlike, SkeletonsOfNamesThatLookTheSameAreTheSame) {
  const std::string kirkas = skeleton_of("kirkas");
  for (const char* other : {"k1rkas", "kirk\xd0\xb0s", "kirkas_", "kir-kas", "kirkäs", "klrkas"}) {
    EXPECT_EQ(skeleton_of(other), kirkas) << other;
  }
  EXPECT_EQ(skeleton_of("modern"), skeleton_of("modem"));
  EXPECT_NE(skeleton_of("kirjas"), kirkas);
}

TEST(LookAlike, CountsEditsAndSwaps) {
  EXPECT_EQ(edits_between("kirkas", "kirkas", 2), 0U);
  EXPECT_EQ(edits_between("kirkas", "kirkass", 2), 1U);
  EXPECT_EQ(edits_between("kirkas", "kirksa", 2), 1U);
  EXPECT_EQ(edits_between("kirkasdrinks", "kirkasdrlnk", 2), 2U);
  EXPECT_EQ(edits_between("kirkas", "taivas", 2), 3U) << "more than two is three";
  EXPECT_EQ(edits_between("", "ab", 2), 2U);
  const std::string huge(10'000, 'a');
  EXPECT_EQ(edits_between(huge, huge + "b", 2), 3U);
}

TEST(LookAlike, AllowsAnEditForEveryFourLetters) {
  EXPECT_TRUE(looks_like("kirkasdrnks", "kirkasdrinks"));
  EXPECT_TRUE(looks_like("kirkas_", "kirkas"));
  EXPECT_FALSE(looks_like("kirkas", "kirkas")) << "it is the official one";
  EXPECT_FALSE(looks_like("abd", "abc")) << "three letters are soon another name";
  EXPECT_FALSE(looks_like("virkkaa", "kirkas"));
}

TEST(LookAlike, FindsHostsInTexts) {
  const std::string text =
      "see HTTPS://Kirkas-Tuki.com:443/login, (http://user@bit.ly/x) or www.kirkas.fi";
  size_t at = 0;
  EXPECT_EQ(next_host(text, at), "kirkas-tuki.com");
  EXPECT_EQ(next_host(text, at), "bit.ly");
  EXPECT_EQ(next_host(text, at), "");
  EXPECT_EQ(at, text.size());
  at = 0;
  EXPECT_EQ(next_host("https://", at), "");
}

TEST(LookAlike, TellsTheBrandsHostsFromThoseThatPose) {
  EXPECT_TRUE(is_of("kirkas.fi", "kirkas.fi"));
  EXPECT_TRUE(is_of("tuki.kirkas.fi", "kirkas.fi"));
  EXPECT_FALSE(is_of("evilkirkas.fi", "kirkas.fi"));
  for (const char* host : {"kirkas-tuki.com",
                           "kirkas.fi.evil.ru",
                           "kirkas.com",
                           "kirk\xd0\xb0s.fi",
                           "k1rkas.fi",
                           "www-kirkas.net",
                           "kirkass.fi"}) {
    EXPECT_TRUE(imitates(host, "kirkas.fi")) << host;
  }
  for (const char* host : {"kirkas.fi", "shop.kirkas.fi", "example.com", "hs.fi", ""}) {
    EXPECT_FALSE(imitates(host, "kirkas.fi")) << host;
  }
}

}  // namespace
}  // namespace kaiku::signal
