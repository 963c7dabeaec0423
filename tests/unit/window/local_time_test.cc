#include "kaiku/window/local_time.h"

#include <gtest/gtest.h>

namespace kaiku::window {
namespace {

int64_t civil(const char* rfc3339) {
  return base::parse_rfc3339(rfc3339) / base::kSecond;
}

std::string utc(const char* local, const char* zone) {
  return base::format_seconds(local_to_utc(civil(local), zone));
}

TEST(LocalTime, FollowsTheZone) {
  EXPECT_EQ(utc("2010-12-01T08:26:00Z", "Europe/London"), "2010-12-01T08:26:00Z");
  EXPECT_EQ(utc("2010-07-01T08:26:00Z", "Europe/London"), "2010-07-01T07:26:00Z");
  EXPECT_EQ(utc("2026-01-01T00:30:00Z", "Europe/Helsinki"), "2025-12-31T22:30:00Z");
}

TEST(LocalTime, DecidesWhatTheClocksLeaveOpen) {
  // 2026-10-25 03:30 exists twice in Helsinki, 2026-03-29 03:30 not at all.
  EXPECT_EQ(utc("2026-10-25T03:30:00Z", "Europe/Helsinki"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(utc("2026-03-29T03:30:00Z", "Europe/Helsinki"), "2026-03-29T01:30:00Z");
}

TEST(LocalTime, KnowsWhatIsNoZone) {
  EXPECT_TRUE(is_zone("Europe/Helsinki"));
  EXPECT_FALSE(is_zone("Europe/Atlantis"));
  EXPECT_EQ(local_to_utc(0, "../../etc/passwd"), base::kNoTime);
}

}  // namespace
}  // namespace kaiku::window
