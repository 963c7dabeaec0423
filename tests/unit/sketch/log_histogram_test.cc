#include "kaiku/sketch/log_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::sketch {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

std::string bytes_of(const LogHistogram& histogram) {
  std::string bytes;
  base::ByteWriter out(bytes);
  histogram.encode(out);
  return bytes;
}

bool decodes(std::string_view bytes, LogHistogram& histogram) {
  base::ByteReader in(bytes);
  return histogram.decode(in) && in.at_end();
}

TEST(LogHistogram, SmallValuesAreExact) {
  for (int64_t value = 0; value < 128; ++value) {
    LogHistogram histogram;
    histogram.record(value);
    EXPECT_EQ(histogram.quantile(500), value);
  }
}

TEST(LogHistogram, OneValueComesBackWithinItsError) {
  base::Prng prng(2);
  for (int round = 0; round < 20'000; ++round) {
    const auto value = static_cast<int64_t>(prng.next() >> (1 + prng.below(63)));
    LogHistogram histogram;
    histogram.record(value);
    const double error = std::abs(static_cast<double>(histogram.quantile(500) - value));
    ASSERT_LE(error, LogHistogram::kRelativeError * static_cast<double>(value)) << value;
  }
}

TEST(LogHistogram, TheLargestAndNegativeValuesHaveABucket) {
  LogHistogram histogram;
  histogram.record(kMax);
  EXPECT_GT(histogram.quantile(500), kMax / 100 * 99);
  histogram.clear();
  histogram.record(-5);
  histogram.record(kMin);
  EXPECT_EQ(histogram.total(), 2);
  EXPECT_EQ(histogram.quantile(1000), 0);
}

TEST(LogHistogram, BucketsAscendWithoutGapsAtPowersOfTwo) {
  for (unsigned power = 6; power < 62; ++power) {
    const int64_t edge = int64_t{1} << power;
    LogHistogram below;
    below.record(edge - 1);
    LogHistogram at;
    at.record(edge);
    EXPECT_LT(below.quantile(500), at.quantile(500)) << power;
  }
}

TEST(LogHistogram, QuantilesMatchASortedListWithinTheError) {
  base::Prng prng(4);
  for (int round = 0; round < 50; ++round) {
    LogHistogram histogram;
    std::vector<int64_t> values(1 + prng.below(2'000));
    for (int64_t& value : values) {
      value = static_cast<int64_t>(prng.next() >> (20 + prng.below(44)));
      histogram.record(value);
    }
    std::sort(values.begin(), values.end());
    ASSERT_EQ(histogram.total(), static_cast<int64_t>(values.size()));
    for (const unsigned q : {0U, 1U, 250U, 500U, 900U, 950U, 999U, 1000U}) {
      const size_t rank = std::max<size_t>((values.size() * q + 999) / 1000, 1);
      const int64_t truth = values[rank - 1];
      const double error = std::abs(static_cast<double>(histogram.quantile(q) - truth));
      ASSERT_LE(error, LogHistogram::kRelativeError * static_cast<double>(truth)) << q;
    }
  }
}

TEST(LogHistogram, TakingAwayWhatWasRecordedLeavesNothing) {
  LogHistogram histogram;
  base::Prng prng(6);
  std::vector<int64_t> values(500);
  for (int64_t& value : values) {
    value = prng.between(0, 1'000'000);
    histogram.record(value);
  }
  for (const int64_t value : values) {
    histogram.record(value, -1);
  }
  EXPECT_TRUE(histogram.is_empty());
  EXPECT_EQ(histogram.total(), 0);
  EXPECT_EQ(histogram.quantile(500), 0);
  EXPECT_EQ(bytes_of(histogram), std::string(1, '\0'));
}

TEST(LogHistogram, MergeIsOrderFreeBitForBit) {
  base::Prng prng(8);
  for (int round = 0; round < 50; ++round) {
    std::vector<LogHistogram> parts(3);
    LogHistogram all;
    for (LogHistogram& part : parts) {
      const uint64_t count = prng.below(300);
      for (uint64_t i = 0; i < count; ++i) {
        const auto value = static_cast<int64_t>(prng.next() >> (20 + prng.below(44)));
        const int64_t number = prng.between(-2, 3);
        part.record(value, number);
        all.record(value, number);
        if (prng.chance(1, 50)) {
          (void)part.quantile(500);
        }
      }
    }
    LogHistogram left = parts[0];
    left.merge(parts[1]);
    left.merge(parts[2]);
    LogHistogram right = parts[1];
    right.merge(parts[2]);
    LogHistogram outer = parts[0];
    outer.merge(right);
    EXPECT_EQ(bytes_of(left), bytes_of(all));
    EXPECT_EQ(bytes_of(outer), bytes_of(all));
    LogHistogram twice = all;
    twice.merge(twice);
    EXPECT_EQ(twice.total(), 2 * all.total());
  }
}

TEST(LogHistogram, CountsThatDoNotFitStayDefined) {
  LogHistogram histogram;
  histogram.record(5, kMax);
  histogram.record(5, kMax);
  histogram.record(6, kMin);
  histogram.record(7, kMin);
  (void)histogram.total();
  (void)histogram.quantile(950);
  LogHistogram back;
  EXPECT_TRUE(decodes(bytes_of(histogram), back));
  EXPECT_EQ(bytes_of(back), bytes_of(histogram));
}

TEST(LogHistogram, DecodesWhatItEncodedAndRefusesTheRest) {
  base::Prng prng(10);
  for (const int count : {0, 1, 60, 3'000}) {
    LogHistogram histogram;
    for (int i = 0; i < count; ++i) {
      histogram.record(static_cast<int64_t>(prng.next() >> (1 + prng.below(63))));
    }
    const std::string bytes = bytes_of(histogram);
    LogHistogram back;
    back.record(3);
    ASSERT_TRUE(decodes(bytes, back));
    EXPECT_EQ(bytes_of(back), bytes);
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(decodes(std::string_view(bytes).substr(0, size), back)) << size;
    }
    for (int round = 0; round < 1'000; ++round) {
      std::string bad = bytes;
      bad[prng.below(bad.size())] ^= static_cast<char>(1 + prng.below(255));
      if (decodes(bad, back)) {
        LogHistogram again;
        ASSERT_TRUE(decodes(bytes_of(back), again));
        EXPECT_EQ(bytes_of(again), bytes_of(back));
      }
      (void)back.quantile(500);
      EXPECT_LE(back.memory_bytes(), 131'072U);
    }
  }
}

TEST(LogHistogram, RefusesEmptyBucketsAndDisorder) {
  LogHistogram back;
  EXPECT_FALSE(decodes(std::string("\x01\x05\x00", 3), back)) << "a count of 0";
  EXPECT_FALSE(decodes(std::string("\x02\x05\x02\x00\x02", 5), back)) << "one bucket twice";
  EXPECT_TRUE(decodes(std::string("\x02\x05\x02\x01\x02", 5), back));
  EXPECT_FALSE(decodes("\x01\xff\xff\x03\x02", back)) << "no such bucket";
}

}  // namespace
}  // namespace kaiku::sketch
