#include "signal/host_table.h"

#include <string>

#include <gtest/gtest.h>

namespace kaiku::signal {
namespace {

std::string encoded(const HostTable& table) {
  std::string bytes;
  base::ByteWriter out(bytes);
  table.encode(out);
  return bytes;
}

TEST(HostTable, AHostIsNewForADay) {
  HostTable table;
  EXPECT_TRUE(table.see(7, 100));
  EXPECT_TRUE(table.see(7, 123));
  EXPECT_FALSE(table.see(7, 124));
  EXPECT_TRUE(table.see(8, 124)) << "each has a day of its own";
}

TEST(HostTable, WhatNobodyLinkedToForLongIsForgotten) {
  HostTable table;
  (void)table.see(7, 100);
  (void)table.see(8, 100);
  (void)table.see(8, 200);
  table.forget_before(150);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_FALSE(table.see(8, 201));
  EXPECT_TRUE(table.see(7, 201)) << "it is new again";
}

TEST(HostTable, ThereIsRoomForSoManyAndTheOldestGoes) {
  HostTable table;
  for (size_t host = 0; host <= kHostsKept; ++host) {
    (void)table.see(host, static_cast<int64_t>(host));
  }
  EXPECT_EQ(table.size(), kHostsKept);
  constexpr int64_t kLater = 10 * kHostsKept;
  EXPECT_FALSE(table.see(1, kLater));
  EXPECT_TRUE(table.see(0, kLater));
}

TEST(HostTable, ReadsWhatItWrote) {
  HostTable table;
  (void)table.see(9, -5);
  (void)table.see(2, 100);
  (void)table.see(2, 300);
  const std::string bytes = encoded(table);
  HostTable back;
  base::ByteReader in(bytes);
  ASSERT_TRUE(back.decode(in));
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(encoded(back), bytes);
  EXPECT_FALSE(back.see(2, 301));
}

TEST(HostTable, RefusesWhatIsNotWellFormed) {
  HostTable table;
  (void)table.see(2, 100);
  (void)table.see(3, 100);
  const std::string good = encoded(table);
  const auto is_read = [](const std::string& bytes) {
    HostTable back;
    base::ByteReader in(bytes);
    return back.decode(in);
  };
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(is_read(good.substr(0, size))) << size;
  }
  std::string twice = good;
  twice[1] = 3;  // the first hash is the second one
  EXPECT_FALSE(is_read(twice));
  std::string backwards = good;
  backwards[9] = 101;  // first after last
  EXPECT_FALSE(is_read(backwards));
}

}  // namespace
}  // namespace kaiku::signal
