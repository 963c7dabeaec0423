#include "serve/address.h"

#include <gtest/gtest.h>

namespace kaiku::serve {
namespace {

TEST(Address, ReadsBothFamilies) {
  const auto v4 = parse_address("127.0.0.1:8080");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->text(), "127.0.0.1:8080");
  EXPECT_TRUE(v4->is_loopback);
  const auto v6 = parse_address("[::1]:0");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->text(), "[::1]:0");
  EXPECT_TRUE(v6->is_loopback);
  const auto all = parse_address("0.0.0.0:65535");
  ASSERT_TRUE(all);
  EXPECT_FALSE(all->is_loopback);
  EXPECT_EQ(parse_address("localhost:1")->text(), "127.0.0.1:1");
}

TEST(Address, RefusesWhatIsNoAddressWithAnExample) {
  for (const std::string_view text : {"",
                                      ":",
                                      "8080",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      "127.0.0.1:65536",
                                      "127.0.0.1:-1",
                                      "127.0.0.1:80 ",
                                      "127.0.0.1:80,81",
                                      "example.com:80",
                                      "[::1:80",
                                      "[x]:80",
                                      "::1:80",
                                      "127.0.0.1:80s",
                                      "1.2.3:80",
                                      "[127.0.0.1]:80"}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().exit_code(), base::Exit::kConfig) << text;
    EXPECT_NE(address.error().message().find("127.0.0.1:8080"), std::string::npos);
  }
  EXPECT_FALSE(parse_address(std::string(1 << 20, ':')));
}

TEST(Address, KnowsTheNamesOfThisMachine) {
  for (const std::string_view host :
       {"localhost", "localhost:8080", "127.0.0.1:1", "127.1.2.3", "[::1]", "[::1]:80"}) {
    EXPECT_TRUE(names_loopback(host)) << host;
  }
  for (const std::string_view host : {"",
                                      "evil.example",
                                      "127.0.0.1.evil.example",
                                      "localhost.evil.example:8080",
                                      "127.evil",
                                      "[::1].evil.example",
                                      "[::2]",
                                      "10.0.0.1:8080"}) {
    EXPECT_FALSE(names_loopback(host)) << host;
  }
}

}  // namespace
}  // namespace kaiku::serve
