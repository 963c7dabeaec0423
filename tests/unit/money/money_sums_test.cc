#include "kaiku/money/money_sums.h"

#include <map>
#include <tuple>

#include <gtest/gtest.h>

#include "kaiku/base/limits.h"
#include "kaiku/base/prng.h"
#include "kaiku/money/decimal.h"

#include "money/wide.h"

namespace kaiku::money {
namespace {

const model::Currency kEur = *parse_currency("EUR");
const model::Currency kUsd = *parse_currency("USD");

std::string encoded(const MoneySums& sums) {
  std::string bytes;
  base::ByteWriter writer(bytes);
  sums.encode(writer);
  return bytes;
}

bool decodes(std::string_view bytes) {
  base::ByteReader reader(bytes);
  MoneySums sums;
  const bool good = sums.decode(reader);
  EXPECT_EQ(good, !reader.failed());
  EXPECT_TRUE(good || sums.is_empty());
  return good;
}

TEST(MoneySums, KeepsFlowsCurrenciesAndDaysApart) {
  MoneySums sums;
  EXPECT_TRUE(sums.add(Flow::kSpend, kEur, 5, 1));
  EXPECT_TRUE(sums.add(Flow::kOrder, kUsd, 5, 2));
  EXPECT_TRUE(sums.add(Flow::kOrder, kEur, 6, 4));
  EXPECT_TRUE(sums.add(Flow::kOrder, kEur, 5, 8));
  EXPECT_TRUE(sums.add(Flow::kOrder, kEur, 5, 16));
  ASSERT_EQ(sums.entries().size(), 4U);
  EXPECT_EQ(sums.entries()[0].sum_micros, 24);
  EXPECT_EQ(sums.entries()[1].sum_micros, 4);
  EXPECT_EQ(sums.entries()[2].sum_micros, 2);
  EXPECT_EQ(sums.entries()[3].sum_micros, 1);
}

TEST(MoneySums, ASumOfZeroIsNotThere) {
  MoneySums sums;
  EXPECT_TRUE(sums.add(Flow::kOrder, kEur, 1, 0));
  EXPECT_TRUE(sums.is_empty());
  EXPECT_TRUE(sums.add(Flow::kOrder, kEur, 1, 7));
  EXPECT_FALSE(sums.is_empty());
  EXPECT_TRUE(sums.add(Flow::kOrder, kEur, 1, -7));
  EXPECT_TRUE(sums.is_empty());
  EXPECT_EQ(encoded(sums), std::string(1, '\0'));
}

TEST(MoneySums, MergingIsOrderFreeBitForBit) {
  base::Prng prng(7);
  for (int round = 0; round < 200; ++round) {
    std::map<std::tuple<Flow, std::string, int32_t>, Int128> oracle;
    MoneySums whole;
    MoneySums parts[3];
    for (int i = 0; i < 60; ++i) {
      const auto flow = static_cast<Flow>(prng.below(3));
      const model::Currency currency = prng.chance(1, 2) ? kEur : kUsd;
      const auto day = static_cast<int32_t>(prng.between(-2, 2));
      const auto micros = prng.between(-3, 3) * 1'000'000'000'000'000;
      oracle[{flow, std::string(currency.view()), day}] += micros;
      ASSERT_TRUE(whole.add(flow, currency, day, micros));
      ASSERT_TRUE(parts[prng.below(3)].add(flow, currency, day, micros));
    }
    MoneySums backwards;
    for (const int part : {2, 0, 1}) {
      ASSERT_TRUE(backwards.merge(parts[part]));
    }
    ASSERT_EQ(encoded(backwards), encoded(whole));
    std::erase_if(oracle, [](const auto& entry) { return entry.second == 0; });
    ASSERT_EQ(whole.entries().size(), oracle.size());
    auto expected = oracle.begin();
    for (const MoneySums::Entry& entry : whole.entries()) {
      ASSERT_EQ(std::get<1>(expected->first), entry.currency.view());
      ASSERT_TRUE(expected->second == entry.sum_micros);
      ++expected;
    }
  }
}

TEST(MoneySums, MergingWithItselfDoublesIt) {
  MoneySums sums;
  ASSERT_TRUE(sums.add(Flow::kOrder, kEur, 1, 3));
  ASSERT_TRUE(sums.add(Flow::kRefund, kEur, 1, -4));
  ASSERT_TRUE(sums.merge(sums));
  EXPECT_EQ(sums.entries()[0].sum_micros, 6);
  EXPECT_EQ(sums.entries()[1].sum_micros, -8);
}

TEST(MoneySums, RoundTripsThroughBytes) {
  MoneySums sums;
  ASSERT_TRUE(sums.add(Flow::kOrder, kEur, -800'000, kInt128Max));
  ASSERT_TRUE(sums.add(Flow::kRefund, kUsd, 20'514, kInt128Min));
  ASSERT_TRUE(sums.add(Flow::kSpend, kUsd, 20'514, -1));
  const std::string bytes = encoded(sums);
  base::ByteReader reader(bytes);
  MoneySums back;
  ASSERT_TRUE(back.decode(reader));
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(encoded(back), bytes);
  EXPECT_TRUE(back.entries()[1].sum_micros == kInt128Min);
}

TEST(MoneySums, StaysAtTheLimitInsteadOfWrapping) {
  MoneySums sums;
  ASSERT_TRUE(sums.add(Flow::kOrder, kEur, 1, kInt128Max));
  ASSERT_TRUE(sums.add(Flow::kOrder, kEur, 1, 1));
  EXPECT_TRUE(sums.entries()[0].sum_micros == kInt128Max);
  ASSERT_TRUE(sums.add(Flow::kOrder, kUsd, 1, kInt128Min));
  ASSERT_TRUE(sums.add(Flow::kOrder, kUsd, 1, -1));
  EXPECT_TRUE(sums.entries()[1].sum_micros == kInt128Min);
}

TEST(MoneySums, SaysWhenItIsFull) {
  MoneySums sums;
  const auto full = static_cast<int32_t>(base::limits::kCurrenciesPerCell);
  for (int32_t day = 0; day < full; ++day) {
    ASSERT_TRUE(sums.add(Flow::kOrder, kEur, day, 1));
  }
  EXPECT_FALSE(sums.add(Flow::kOrder, kEur, full, 1));
  EXPECT_TRUE(sums.add(Flow::kOrder, kEur, 3, 1));
  MoneySums more;
  ASSERT_TRUE(more.add(Flow::kOrder, kEur, 3, 1));
  EXPECT_TRUE(sums.merge(more));
  ASSERT_TRUE(more.add(Flow::kSpend, kEur, 3, 1));
  EXPECT_FALSE(sums.merge(more));
  EXPECT_EQ(sums.entries().size(), base::limits::kCurrenciesPerCell);
  EXPECT_TRUE(decodes(encoded(sums)));
}

TEST(MoneySums, RefusesBytesItWouldNotWrite) {
  MoneySums sums;
  ASSERT_TRUE(sums.add(Flow::kOrder, kEur, 1, 1));
  ASSERT_TRUE(sums.add(Flow::kOrder, kUsd, 1, 1));
  const std::string good = encoded(sums);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decodes(good.substr(0, size))) << size;
  }
  const auto with = [&](size_t at, char byte) {
    std::string bytes = good;
    bytes[at] = byte;
    return bytes;
  };
  EXPECT_FALSE(decodes(with(1, 3)));    // no such flow
  EXPECT_FALSE(decodes(with(2, 'e')));  // not upper case
  EXPECT_FALSE(decodes(with(2, 'V')));  // out of order: VUR, USD
  EXPECT_FALSE(decodes(with(6, 0)));    // a sum of zero
  const std::string twice = good.substr(0, 22) + good.substr(1, 21);
  EXPECT_FALSE(decodes(twice));
  EXPECT_FALSE(decodes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

TEST(MoneySums, NeverCrashesOnRandomBytes) {
  base::Prng prng(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(prng.below(60), '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(prng.below(256));
    }
    base::ByteReader reader(bytes);
    MoneySums sums;
    if (sums.decode(reader)) {
      EXPECT_EQ(encoded(sums).size(), bytes.size() - reader.rest().size());
    }
  }
}

}  // namespace
}  // namespace kaiku::money
