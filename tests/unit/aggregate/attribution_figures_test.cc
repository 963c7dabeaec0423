#include "kaiku/aggregate/attribution_figures.h"

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/money/decimal.h"

namespace kaiku::aggregate {
namespace {

std::string bytes_of(const AttributionFigures& figures) {
  std::string bytes;
  base::ByteWriter out(bytes);
  figures.encode(out);
  return bytes;
}

AttributionFigures random_figures(base::Prng& prng) {
  static constexpr std::string_view kChannels[] = {"x", "forum", "mail"};
  AttributionFigures figures;
  for (size_t model = 0; model < kAttributionModels; ++model) {
    figures.conversion_millionths[model] = prng.between(-2, 2) * 500'000;
    (void)figures.revenue[model].add(money::Flow::kOrder,
                                     *money::parse_currency(prng.chance(1, 2) ? "EUR" : "USD"),
                                     static_cast<int32_t>(prng.below(2)),
                                     prng.between(-2, 2));
  }
  figures.joined_orders = prng.between(-1, 1);
  figures.active_customers = prng.between(-1, 1);
  figures.unconverted_journeys = prng.between(-1, 1);
  figures.converted_through = prng.between(-1, 1);
  figures.unconverted_through = prng.between(-1, 1);
  const std::vector<std::string_view> path = {kChannels[prng.below(3)], kChannels[prng.below(3)]};
  EXPECT_TRUE(figures.transitions.add_path(
      path, prng.chance(1, 2) ? kPathNull : kPathConversion, prng.between(-1, 1)));
  return figures;
}

TEST(AttributionFigures, MergeIsOrderFreeAndBytesAreOfTheContent) {
  base::Prng prng(17);
  for (int round = 0; round < 200; ++round) {
    std::vector<AttributionFigures> all;
    for (int i = 0; i < 12; ++i) {
      all.push_back(random_figures(prng));
    }
    AttributionFigures up;
    AttributionFigures down;
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_TRUE(up.merge(all[i]));
      EXPECT_TRUE(down.merge(all[all.size() - 1 - i]));
    }
    ASSERT_EQ(bytes_of(up), bytes_of(down));
    AttributionFigures back;
    const std::string bytes = bytes_of(up);
    base::ByteReader in(bytes);
    ASSERT_TRUE(back.decode(in));
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(bytes_of(back), bytes);
  }
}

TEST(AttributionFigures, NothingIsOneByteAndClearsToIt) {
  base::Prng prng(3);
  AttributionFigures figures = random_figures(prng);
  figures.active_customers = 1;
  EXPECT_FALSE(figures.is_empty());
  figures.clear();
  EXPECT_TRUE(figures.is_empty());
  EXPECT_EQ(bytes_of(figures), std::string(1, '\0'));
}

TEST(AttributionFigures, HostileBytesAreRefused) {
  base::Prng prng(5);
  AttributionFigures figures;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(figures.merge(random_figures(prng)));
  }
  const std::string good = bytes_of(figures);
  for (size_t size = 0; size < good.size(); ++size) {
    base::ByteReader in(std::string_view(good).substr(0, size));
    AttributionFigures back;
    EXPECT_FALSE(back.decode(in)) << size;
  }
  for (int i = 0; i < 5'000; ++i) {
    std::string bad = good;
    bad[prng.below(bad.size())] = static_cast<char>(prng.next());
    base::ByteReader in(bad);
    AttributionFigures back;
    if (back.decode(in) && in.at_end()) {
      // Well formed, then; only a padded varint has a shorter text.
      const std::string text = bytes_of(back);
      EXPECT_TRUE(text == bad || text.size() < bad.size());
    }
  }
}

TEST(TransitionCounts, AChannelAgainLeadsNowhere) {
  TransitionCounts counts;
  EXPECT_TRUE(counts.add_path({"x", "x", "forum", "x"}, kPathConversion, 2));
  const std::vector<TransitionCounts::Entry> expected = {
      {"_start", "x", 2}, {"forum", "x", 2}, {"x", "_conversion", 2}, {"x", "forum", 2}};
  EXPECT_EQ(counts.entries(), expected);
  EXPECT_TRUE(counts.add_path({"x", "forum", "x"}, kPathConversion, -2));
  EXPECT_TRUE(counts.is_empty());
  EXPECT_TRUE(counts.add_path({}, kPathNull, 1));
  EXPECT_TRUE(counts.is_empty());
}

TEST(TransitionCounts, TheBoundOfPairsIsToldAndTheRestIsRight) {
  TransitionCounts counts;
  for (size_t i = 0; i < kTransitionPairs; ++i) {
    EXPECT_TRUE(counts.add("x", std::to_string(i), 1));
  }
  EXPECT_FALSE(counts.add("x", "one more", 1));
  EXPECT_TRUE(counts.add("x", "7", 1));
  EXPECT_EQ(counts.entries().size(), kTransitionPairs);
  EXPECT_TRUE(counts.merge(counts));
  std::string bytes;
  base::ByteWriter out(bytes);
  counts.encode(out);
  base::ByteReader in(bytes);
  TransitionCounts back;
  EXPECT_TRUE(back.decode(in));
  EXPECT_EQ(back, counts);
}

}  // namespace
}  // namespace kaiku::aggregate
