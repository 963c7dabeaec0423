#include "kaiku/sketch/min_hash.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::sketch {
namespace {

constexpr uint64_t kSeed = 7;

std::string words_of(base::Prng& prng, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    for (size_t letters = 3 + prng.below(5); letters > 0; --letters) {
      text += static_cast<char>('a' + prng.below(26));
    }
    text += ' ';
  }
  return text;
}

// Of the sets themselves.
double resemblance(const std::string& a, const std::string& b) {
  const auto shingles = [](const std::string& text) {
    std::set<std::string> all;
    for (size_t i = 0; i + 4 <= text.size(); ++i) {
      all.insert(text.substr(i, 4));
    }
    return all;
  };
  const std::set<std::string> of_a = shingles(a);
  const std::set<std::string> of_b = shingles(b);
  size_t both = 0;
  for (const std::string& shingle : of_a) {
    both += of_b.contains(shingle) ? 1 : 0;
  }
  return static_cast<double>(both) / static_cast<double>(of_a.size() + of_b.size() - both);
}

TEST(MinHash, EqualTextsAgreeAndOthersDoNot) {
  const model::TextSketch sketch = min_hash("the bottle leaks at the cap", kSeed);
  EXPECT_EQ(agreement(sketch, min_hash("the bottle leaks at the cap", kSeed)), 32U);
  EXPECT_LT(agreement(sketch, min_hash("my invoice of may is wrong", kSeed)), 6U);
  EXPECT_EQ(agreement(sketch, min_hash("the bottle leaks at the cap", kSeed + 1)), 0U)
      << "under another key nothing can be compared";
}

TEST(MinHash, EstimatesTheResemblance) {
  base::Prng prng(1);
  std::vector<double> errors;
  for (int pair = 0; pair < 500; ++pair) {
    const std::string common = words_of(prng, 5 + prng.below(10));
    const std::string a = common + words_of(prng, prng.below(10));
    const std::string b = common + words_of(prng, prng.below(10));
    const double estimate =
        static_cast<double>(agreement(min_hash(a, kSeed), min_hash(b, kSeed))) / 32;
    errors.push_back(estimate - resemblance(a, b));
  }
  double sum = 0;
  double squares = 0;
  for (const double error : errors) {
    sum += error;
    squares += error * error;
  }
  EXPECT_NEAR(sum / 500, 0, 0.02) << "no bias";
  EXPECT_LT(squares / 500, 0.25 / 32) << "the variance of 32 trials at most";
}

TEST(MinHash, ShinglesAreOfCharactersAndOfAnyLength) {
  // One letter of a Cyrillic word changed: of its bytes more would be the same.
  EXPECT_GT(agreement(min_hash("бутылка протекает у крышки", kSeed),
                      min_hash("бутылка протекает у крышке", kSeed)),
            24U);
  EXPECT_EQ(agreement(min_hash("", kSeed), min_hash("", kSeed)), 32U);
  EXPECT_LT(agreement(min_hash("abc", kSeed), min_hash("abd", kSeed)), 2U);
  EXPECT_EQ(agreement(min_hash("\xff\xc3", kSeed), min_hash("\xff\xc3", kSeed)), 32U);
  const std::string longest(kMinHashCharacters, 'a');
  EXPECT_EQ(min_hash(longest + "b", kSeed), min_hash(longest, kSeed));
}

}  // namespace
}  // namespace kaiku::sketch
