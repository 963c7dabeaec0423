#include "kaiku/base/event_time.h"

#include <limits>

#include <gtest/gtest.h>

namespace kaiku::base {
namespace {

// A damaged row may hold any number.
TEST(EventTime, EveryNumberHasAText) {
  for (const EventTime time :
       {kNoTime, kTimeBegin, kTimeEnd, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(format_seconds(time).size(), 20U) << time;
    EXPECT_EQ(format_micros(time).size(), 27U) << time;
  }
  EXPECT_EQ(format_micros(-1), "1969-12-31T23:59:59.999999Z");
}

}  // namespace
}  // namespace kaiku::base
