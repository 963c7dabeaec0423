#include "kaiku/sketch/bottom_k.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/digest.h"
#include "kaiku/base/prng.h"

namespace kaiku::sketch {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

uint64_t hash_of(uint64_t key) {
  return base::HashKey::derived_from("sketches").hash64("author-" + std::to_string(key));
}

std::string bytes_of(const BottomK& sketch) {
  std::string bytes;
  base::ByteWriter out(bytes);
  sketch.encode(out);
  return bytes;
}

bool decodes(std::string_view bytes, BottomK& sketch) {
  base::ByteReader in(bytes);
  return sketch.decode(in) && in.at_end();
}

std::string encoded(const std::map<uint64_t, int64_t>& weights) {
  std::string bytes;
  base::ByteWriter out(bytes);
  const size_t count = std::min(weights.size(), BottomK::kEntries);
  out.varint(count);
  size_t i = 0;
  for (auto it = weights.begin(); i < count; ++it, ++i) {
    out.u64(it->first);
    out.svarint(it->second);
  }
  return bytes;
}

TEST(BottomK, SumsExactlyBelowK) {
  BottomK sketch;
  EXPECT_TRUE(sketch.is_empty());
  EXPECT_EQ(sketch.sum().sum, 0);
  int64_t expected = 0;
  for (uint64_t key = 0; key < BottomK::kEntries - 1; ++key) {
    sketch.add(hash_of(key), static_cast<int64_t>(key));
    expected += static_cast<int64_t>(key);
    ASSERT_EQ(sketch.sum().sum, expected);
    ASSERT_TRUE(sketch.sum().exact);
  }
  sketch.add(hash_of(9'999), 1);
  EXPECT_FALSE(sketch.sum().exact) << "at k entries there may have been more";
}

TEST(BottomK, TheLargerOfTwoWeightsOfAKeyCounts) {
  BottomK sketch;
  sketch.add(1, 10);
  sketch.add(1, 30);
  sketch.add(1, 20);
  EXPECT_EQ(sketch.sum().sum, 30);
  sketch.add(1, -5);
  sketch.add(2, -5);  // a negative weight is none
  EXPECT_EQ(sketch.sum().sum, 30);
}

TEST(BottomK, EstimatesLargeSumsWithinItsError) {
  // One standard error of a sum over equal weights is 1 / sqrt(k - 2) = 6.3 %.
  for (const uint64_t count : {1'000, 10'000, 100'000}) {
    BottomK sketch;
    int64_t truth = 0;
    for (uint64_t key = 0; key < count; ++key) {
      const auto followers = static_cast<int64_t>(100 + key % 50);
      sketch.add(hash_of(key), followers);
      truth += followers;
    }
    const BottomK::Estimate estimate = sketch.sum();
    EXPECT_FALSE(estimate.exact);
    const double error = static_cast<double>(estimate.sum) / static_cast<double>(truth) - 1;
    EXPECT_LT(std::abs(error), 4 * 0.063) << count;
  }
}

TEST(BottomK, IsUnbiasedOverManySets) {
  base::Prng prng(31);
  double sum = 0;
  constexpr int kSets = 200;
  for (int set = 0; set < kSets; ++set) {
    BottomK sketch;
    for (int i = 0; i < 2'000; ++i) {
      sketch.add(prng.next(), 10);
    }
    sum += static_cast<double>(sketch.sum().sum) / 20'000 - 1;
  }
  EXPECT_LT(std::abs(sum / kSets), 3 * 0.063 / std::sqrt(kSets));
}

TEST(BottomK, KeepsWhatTheDefinitionSaysInAnyOrderAndGrouping) {
  base::Prng prng(37);
  for (int round = 0; round < 60; ++round) {
    std::map<uint64_t, int64_t> weights;
    std::vector<BottomK> parts(4);
    for (BottomK& part : parts) {
      const uint64_t count = prng.below(600);
      for (uint64_t i = 0; i < count; ++i) {
        const uint64_t hash = hash_of(prng.below(900));
        const auto weight = prng.between(0, 1'000'000);
        part.add(hash, weight);
        int64_t& kept = weights[hash];
        kept = std::max(kept, weight);
        if (prng.chance(1, 100)) {
          (void)part.sum();
        }
      }
    }
    BottomK left = parts[0];
    left.merge(parts[1]);
    left.merge(parts[2]);
    left.merge(parts[3]);
    BottomK a = parts[3];
    a.merge(parts[2]);
    BottomK b = parts[1];
    b.merge(parts[0]);
    a.merge(b);
    a.merge(a);
    EXPECT_EQ(bytes_of(left), encoded(weights));
    EXPECT_EQ(bytes_of(a), encoded(weights));
  }
}

TEST(BottomK, SumsThatDoNotFitStopAtTheLimit) {
  BottomK sketch;
  sketch.add(1, kMax);
  sketch.add(2, kMax);
  EXPECT_EQ(sketch.sum().sum, kMax);
  for (uint64_t key = 3; key < 1'000; ++key) {
    sketch.add(key, kMax);
  }
  EXPECT_EQ(sketch.sum().sum, kMax);
  EXPECT_FALSE(sketch.sum().exact);
}

TEST(BottomK, DecodesWhatItEncodedAndRefusesTheRest) {
  base::Prng prng(41);
  for (const uint64_t count : {0, 1, 40, 255, 256, 700}) {
    BottomK sketch;
    for (uint64_t key = 0; key < count; ++key) {
      sketch.add(hash_of(key), static_cast<int64_t>(key * 1'000));
    }
    const std::string bytes = bytes_of(sketch);
    BottomK back;
    back.add(4, 4);
    ASSERT_TRUE(decodes(bytes, back));
    EXPECT_EQ(bytes_of(back), bytes);
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(decodes(std::string_view(bytes).substr(0, size), back)) << size;
    }
    for (int round = 0; round < 1'000; ++round) {
      std::string bad = bytes;
      bad[prng.below(bad.size())] ^= static_cast<char>(1 + prng.below(255));
      if (decodes(bad, back)) {
        BottomK again;
        ASSERT_TRUE(decodes(bytes_of(back), again));
        EXPECT_EQ(bytes_of(again), bytes_of(back));
      }
      (void)back.sum();
      EXPECT_LE(back.memory_bytes(), 16'384U);
    }
  }
}

TEST(BottomK, RefusesEntriesOutOfOrderOrTooMany) {
  BottomK back;
  const auto encode_pairs = [](const std::vector<std::pair<uint64_t, int64_t>>& pairs) {
    std::string bytes;
    base::ByteWriter out(bytes);
    out.varint(pairs.size());
    for (const auto& [hash, weight] : pairs) {
      out.u64(hash);
      out.svarint(weight);
    }
    return bytes;
  };
  EXPECT_TRUE(decodes(encode_pairs({{1, 1}, {2, 1}}), back));
  EXPECT_FALSE(decodes(encode_pairs({{2, 1}, {1, 1}}), back));
  EXPECT_FALSE(decodes(encode_pairs({{1, 1}, {1, 1}}), back));
  EXPECT_FALSE(decodes(encode_pairs({{1, -1}}), back));
  std::vector<std::pair<uint64_t, int64_t>> many;
  for (uint64_t i = 0; i <= BottomK::kEntries; ++i) {
    many.emplace_back(i, 1);
  }
  EXPECT_FALSE(decodes(encode_pairs(many), back));
  many.pop_back();
  EXPECT_TRUE(decodes(encode_pairs(many), back));
}

}  // namespace
}  // namespace kaiku::sketch
