#include "kaiku/sketch/hyperloglog.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/digest.h"
#include "kaiku/base/prng.h"

namespace kaiku::sketch {
namespace {

uint64_t hash_of(uint64_t key) {
  return base::HashKey::derived_from("sketches").hash64("author-" + std::to_string(key));
}

std::string bytes_of(const HyperLogLog& sketch) {
  std::string bytes;
  base::ByteWriter out(bytes);
  sketch.encode(out);
  return bytes;
}

HyperLogLog sketch_of(uint64_t from, uint64_t to) {
  HyperLogLog sketch;
  for (uint64_t key = from; key < to; ++key) {
    sketch.add(hash_of(key));
  }
  return sketch;
}

bool decodes(std::string_view bytes, HyperLogLog& sketch) {
  base::ByteReader in(bytes);
  return sketch.decode(in) && in.at_end();
}

// The registers as the definition has them: no lists, no laziness.
std::vector<uint8_t> registers_of(const std::vector<uint64_t>& hashes) {
  std::vector<uint8_t> registers(HyperLogLog::kRegisters, 0);
  for (const uint64_t hash : hashes) {
    const uint64_t index = hash >> 52;
    uint8_t rank = 1;
    for (int bit = 51; bit >= 0 && (hash >> bit & 1) == 0; --bit) {
      ++rank;
    }
    registers[index] = std::max(registers[index], rank);
  }
  return registers;
}

// The encoding as the definition has it: the finer registers of the sparse form, then the dense
// one.
std::string encoded(const std::vector<uint64_t>& hashes) {
  std::map<uint64_t, uint8_t> finer;
  for (const uint64_t hash : hashes) {
    const uint64_t index = hash >> 39;
    uint8_t rank = 1;
    for (int bit = 38; bit >= 0 && (hash >> bit & 1) == 0; --bit) {
      ++rank;
    }
    finer[index] = std::max(finer[index], rank);
  }
  std::string bytes;
  base::ByteWriter out(bytes);
  if (finer.empty()) {
    out.u8(0);
  } else if (finer.size() <= 512) {
    out.u8(1);
    out.varint(finer.size());
    uint64_t before = 0;
    for (const auto& [index, rank] : finer) {
      out.varint(index - before);
      if (index % 8'192 == 0) {
        out.u8(rank);
      }
      before = index;
    }
  } else {
    out.u8(2);
    uint64_t bits = 0;
    unsigned held = 0;
    for (const uint8_t rank : registers_of(hashes)) {
      bits |= static_cast<uint64_t>(rank) << held;
      for (held += 6; held >= 8; held -= 8) {
        out.u8(static_cast<uint8_t>(bits));
        bits >>= 8;
      }
    }
  }
  return bytes;
}

TEST(HyperLogLog, IsEmptyAtFirstAndAfterClear) {
  HyperLogLog sketch;
  EXPECT_TRUE(sketch.is_empty());
  EXPECT_EQ(sketch.estimate(), 0U);
  EXPECT_EQ(bytes_of(sketch), std::string(1, '\0'));
  sketch.add(hash_of(1));
  EXPECT_FALSE(sketch.is_empty());
  sketch.clear();
  EXPECT_TRUE(sketch.is_empty());
  sketch = sketch_of(0, 10'000);
  sketch.clear();
  EXPECT_TRUE(sketch.is_empty());
  EXPECT_EQ(bytes_of(sketch), std::string(1, '\0'));
}

TEST(HyperLogLog, CountsFewKeysExactly) {
  // Exact as long as no two keys share one of 2^25 registers; these do not.
  for (uint64_t count = 1; count <= 400; ++count) {
    EXPECT_EQ(sketch_of(0, count).estimate(), count);
  }
}

TEST(HyperLogLog, SmallSetsAreHardlyEverOff) {
  base::Prng prng(29);
  int off = 0;
  for (int set = 0; set < 1'000; ++set) {
    HyperLogLog sketch;
    for (int i = 0; i < 512; ++i) {
      sketch.add(prng.next());
    }
    const uint64_t estimate = sketch.estimate();
    EXPECT_GE(estimate, 511U);
    EXPECT_LE(estimate, 512U);
    off += estimate != 512 ? 1 : 0;
  }
  EXPECT_LE(off, 15);  // 4 are expected
}

TEST(HyperLogLog, IgnoresRepeats) {
  HyperLogLog sketch;
  for (int round = 0; round < 1'000; ++round) {
    sketch.add(hash_of(7));
    sketch.add(hash_of(8));
  }
  EXPECT_EQ(sketch.estimate(), 2U);
  EXPECT_LE(sketch.memory_bytes(), 1'024U);
}

TEST(HyperLogLog, StaysWithinFourStandardErrors) {
  for (const uint64_t count : {100, 400, 513, 700, 1'000, 3'000, 10'000, 20'000, 50'000, 200'000}) {
    const double estimate = static_cast<double>(sketch_of(1'000'000, 1'000'000 + count).estimate());
    const double error = estimate / static_cast<double>(count) - 1;
    EXPECT_LT(std::abs(error), 4 * HyperLogLog::kRelativeError) << count << " keys, " << estimate;
  }
}

TEST(HyperLogLog, HasTheStatedStandardErrorOverManySets) {
  constexpr int kSets = 60;
  constexpr double kCount = 20'000;
  double squares = 0;
  double sum = 0;
  base::Prng prng(11);
  for (int set = 0; set < kSets; ++set) {
    HyperLogLog sketch;
    for (int i = 0; i < static_cast<int>(kCount); ++i) {
      sketch.add(prng.next());
    }
    const double error = static_cast<double>(sketch.estimate()) / kCount - 1;
    squares += error * error;
    sum += error;
  }
  const double deviation = std::sqrt(squares / kSets);
  EXPECT_GT(deviation, 0.7 * HyperLogLog::kRelativeError);
  EXPECT_LT(deviation, 1.3 * HyperLogLog::kRelativeError);
  EXPECT_LT(std::abs(sum / kSets), 3 * HyperLogLog::kRelativeError / std::sqrt(kSets));
}

TEST(HyperLogLog, EncodesWhatTheDefinitionSaysAtEverySize) {
  std::vector<uint64_t> hashes;
  base::Prng prng(5);
  HyperLogLog sketch;
  for (int i = 0; i < 3'000; ++i) {
    hashes.push_back(prng.next() >> (i % 7 == 0 ? prng.below(64) : 0));  // long runs of zeros too
    sketch.add(hashes.back());
    if (i % 37 == 0 || (i > 500 && i < 640)) {
      ASSERT_EQ(bytes_of(sketch), encoded(hashes)) << i;
    }
  }
}

TEST(HyperLogLog, RanksTheExtremeHashes) {
  for (const uint64_t hash :
       {uint64_t{0}, ~uint64_t{0}, uint64_t{1}, uint64_t{1} << 51, uint64_t{1} << 63}) {
    HyperLogLog sketch;
    sketch.add(hash);
    EXPECT_EQ(bytes_of(sketch), encoded({hash})) << hash;
    EXPECT_EQ(sketch.estimate(), 1U) << hash;
  }
}

TEST(HyperLogLog, EstimateDoesNotDependOnOrderOrForm) {
  std::vector<uint64_t> keys(2'000);
  for (size_t i = 0; i < keys.size(); ++i) {
    keys[i] = hash_of(i);
  }
  HyperLogLog once;
  for (const uint64_t key : keys) {
    once.add(key);
  }
  base::Prng prng(3);
  for (int round = 0; round < 5; ++round) {
    for (size_t i = keys.size() - 1; i > 0; --i) {
      std::swap(keys[i], keys[prng.below(i + 1)]);
    }
    HyperLogLog shuffled;
    for (const uint64_t key : keys) {
      shuffled.add(key);
      if (prng.chance(1, 50)) {
        (void)shuffled.estimate();  // reading between adds changes nothing
      }
    }
    EXPECT_EQ(bytes_of(shuffled), bytes_of(once));
    EXPECT_EQ(shuffled.estimate(), once.estimate());
  }
}

TEST(HyperLogLog, MergeIsTheUnionInAnyOrderAndGrouping) {
  base::Prng prng(17);
  for (int round = 0; round < 60; ++round) {
    std::vector<HyperLogLog> parts(3);
    HyperLogLog all;
    for (HyperLogLog& part : parts) {
      const uint64_t count = prng.below(prng.chance(1, 3) ? 2'000 : 200);
      for (uint64_t i = 0; i < count; ++i) {
        const uint64_t hash = hash_of(prng.below(3'000));
        part.add(hash);
        all.add(hash);
      }
    }
    HyperLogLog left = parts[0];
    left.merge(parts[1]);
    left.merge(parts[2]);
    HyperLogLog inner = parts[2];
    inner.merge(parts[1]);
    HyperLogLog right = inner;
    right.merge(parts[0]);
    EXPECT_EQ(bytes_of(left), bytes_of(all));
    EXPECT_EQ(bytes_of(right), bytes_of(all));
    left.merge(parts[1]);  // idempotent
    EXPECT_EQ(bytes_of(left), bytes_of(all));
  }
}

TEST(HyperLogLog, MergingWithItselfOrNothingChangesNothing) {
  for (const uint64_t count : {0, 5, 600, 5'000}) {
    HyperLogLog sketch = sketch_of(0, count);
    const std::string before = bytes_of(sketch);
    sketch.merge(sketch);
    sketch.merge(HyperLogLog());
    EXPECT_EQ(bytes_of(sketch), before);
    HyperLogLog none;
    none.merge(sketch);
    EXPECT_EQ(bytes_of(none), before);
  }
}

TEST(HyperLogLog, DecodesWhatItEncoded) {
  for (const uint64_t count : {0, 1, 5, 400, 512, 600, 30'000}) {
    const std::string bytes = bytes_of(sketch_of(0, count));
    HyperLogLog back = sketch_of(5, 9);  // decode replaces what was there
    ASSERT_TRUE(decodes(bytes, back)) << count;
    EXPECT_EQ(bytes_of(back), bytes);
    EXPECT_EQ(back.estimate(), sketch_of(0, count).estimate());
  }
}

TEST(HyperLogLog, RefusesEveryTruncation) {
  for (const uint64_t count : {1, 30, 5'000}) {
    const std::string bytes = bytes_of(sketch_of(0, count));
    for (size_t size = 0; size < bytes.size(); ++size) {
      HyperLogLog back;
      ASSERT_FALSE(decodes(std::string_view(bytes).substr(0, size), back)) << size;
    }
  }
}

TEST(HyperLogLog, ChangedBytesAreRefusedOrGiveOneContentWithTheSameBytes) {
  base::Prng prng(23);
  for (const uint64_t count : {1, 30, 600, 5'000}) {
    const std::string good = bytes_of(sketch_of(0, count));
    for (int round = 0; round < 2'000; ++round) {
      std::string bad = good;
      bad[prng.below(bad.size())] ^= static_cast<char>(1 + prng.below(255));
      HyperLogLog back;
      if (decodes(bad, back)) {
        HyperLogLog again;
        ASSERT_TRUE(decodes(bytes_of(back), again));
        EXPECT_EQ(bytes_of(again), bytes_of(back));
        EXPECT_LE(back.memory_bytes(), 8'192U);
        (void)back.estimate();
      }
    }
  }
}

TEST(HyperLogLog, RefusesOtherFormsOfTheSameContent) {
  HyperLogLog back;
  EXPECT_FALSE(decodes(std::string("\x01\x00", 2), back)) << "sparse without entries";
  EXPECT_FALSE(decodes("\x03", back)) << "no such form";
  EXPECT_FALSE(decodes(std::string("\x01\x01\x00", 3), back)) << "an index without its rank";
  EXPECT_FALSE(decodes(std::string("\x01\x01\x00\x00", 4), back)) << "rank 0 behind index 0";
  EXPECT_FALSE(decodes(std::string("\x01\x01\x00\x29", 4), back)) << "rank 41";
  EXPECT_TRUE(decodes(std::string("\x01\x01\x00\x28", 4), back)) << "rank 40";
  EXPECT_TRUE(decodes("\x01\x01\x07", back)) << "an index that tells its rank";
  EXPECT_FALSE(decodes(std::string("\x01\x02\x07\x00", 4), back)) << "one index twice";
  EXPECT_FALSE(decodes("\x01\x01\x80\x80\x80\x10\x01", back)) << "an index of 26 bits";
  std::string dense(1 + 3'072, '\0');
  dense[0] = 2;
  EXPECT_FALSE(decodes(dense, back)) << "dense with nothing in it";
  std::string many("\x01\xff\xff\xff\xff\x0f", 6);
  EXPECT_FALSE(decodes(many, back)) << "a count that cannot be";
  std::string full(1 + 3'072, '\xff');
  full[0] = 2;
  EXPECT_FALSE(decodes(full, back)) << "ranks of 63";
}

TEST(HyperLogLog, TheLargestContentHasAnEstimate) {
  std::string bytes(1, '\x02');
  base::ByteWriter out(bytes);
  for (int i = 0; i < 1'024; ++i) {
    const uint32_t bits = 53U | 53U << 6 | 53U << 12 | 53U << 18;
    out.u8(static_cast<uint8_t>(bits));
    out.u8(static_cast<uint8_t>(bits >> 8));
    out.u8(static_cast<uint8_t>(bits >> 16));
  }
  HyperLogLog sketch;
  ASSERT_TRUE(decodes(bytes, sketch));
  EXPECT_GT(sketch.estimate(), uint64_t{1} << 60);
}

}  // namespace
}  // namespace kaiku::sketch
