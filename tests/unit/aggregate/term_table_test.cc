// Tables of terms: exact, bounded, and the same whatever the order.
#include "kaiku/aggregate/term_table.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/aggregate/signal_figures.h"

namespace kaiku::aggregate {
namespace {

struct Use {
  uint64_t hash;
  uint64_t author;
};

std::string bytes_of(const TermTable& table) {
  std::string bytes;
  base::ByteWriter out(bytes);
  table.encode(out);
  return bytes;
}

TermTable table_of(const std::vector<Use>& uses, size_t room) {
  TermTable table(room);
  for (const Use& use : uses) {
    table.add(use.hash, "t" + std::to_string(use.hash), &use.author);
  }
  return table;
}

TEST(TermTable, CountsUsesAndAuthors) {
  const TermTable table = table_of({{5, 1}, {3, 1}, {5, 2}, {5, 1}}, 10);
  ASSERT_EQ(table.entries().size(), 2U);
  EXPECT_EQ(table.entries()[0].text, "t3");
  EXPECT_EQ(table.entries()[1].count, 3);
  EXPECT_EQ(table.entries()[1].authors.count(), 2U);
  EXPECT_EQ(table.other(), 0);
}

TEST(TermTable, IsAFunctionOfTheSetInWhateverOrderAndParts) {
  std::mt19937_64 random(7);
  std::vector<Use> uses;
  for (int i = 0; i < 2'000; ++i) {
    uses.push_back({random() % 90, random() % 40});
  }
  for (const size_t room : {size_t{8}, size_t{64}, size_t{200}}) {
    const std::string wanted = bytes_of(table_of(uses, room));
    for (int turn = 0; turn < 10; ++turn) {
      std::shuffle(uses.begin(), uses.end(), random);
      TermTable merged(room);
      for (size_t at = 0; at < uses.size();) {
        const size_t end = std::min(uses.size(), at + 1 + random() % 300);
        merged.merge(table_of(
            {uses.begin() + static_cast<ptrdiff_t>(at), uses.begin() + static_cast<ptrdiff_t>(end)},
            room));
        at = end;
      }
      ASSERT_EQ(bytes_of(merged), wanted) << "room " << room;
    }
  }
}

TEST(TermTable, WhatItHoldsIsCompleteAndTheRestIsCounted) {
  std::vector<Use> uses;
  for (uint64_t i = 0; i < 100; ++i) {
    uses.insert(uses.end(), {{i % 10, i}, {i % 10, i + 1}});
  }
  const TermTable table = table_of(uses, 4);
  ASSERT_EQ(table.entries().size(), 4U);
  for (const TermTable::Entry& entry : table.entries()) {
    EXPECT_EQ(entry.count, 20);
    EXPECT_TRUE(entry.authors.is_full());
  }
  EXPECT_EQ(table.other(), 120);
}

TEST(TermTable, KeepsTheMostUsed) {
  TermTable table = table_of({{1, 1}, {2, 1}, {2, 1}, {3, 1}, {3, 1}, {3, 1}, {4, 1}}, 10);
  table.keep_most_used(2);
  ASSERT_EQ(table.entries().size(), 2U);
  EXPECT_EQ(table.entries()[0].hash, 2U);
  EXPECT_EQ(table.entries()[1].hash, 3U);
  EXPECT_EQ(table.other(), 2);
}

TEST(TermTable, PartsMakeTheWholeAgain) {
  TermTable table = table_of({{1, 1}, {2, 1}, {2, 2}, {3, 3}, {4, 1}, {5, 1}}, 4);
  const std::string wanted = bytes_of(table);
  TermTable part = table.split_off(3);
  EXPECT_EQ(part.entries().size(), 3U);
  EXPECT_EQ(table.entries().size(), 1U);
  part.merge(table.split_off(10));
  part.merge(table);
  EXPECT_EQ(bytes_of(part), wanted);
}

TEST(SignalFigures, GoThereAndBack) {
  SignalFigures figures;
  EXPECT_TRUE(figures.is_empty());
  const uint64_t author = 9;
  figures.by_staff = 2;
  figures.risks[1] = 3;
  figures.terms.add(7, "#lasi", &author);
  figures.subjects[1].add(8, "kirkas-tuki.com", nullptr);
  std::string bytes;
  base::ByteWriter out(bytes);
  figures.encode(out);
  SignalFigures back;
  base::ByteReader in(bytes);
  ASSERT_TRUE(back.decode(in));
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(back, figures);
  for (size_t size = 0; size < bytes.size(); ++size) {
    base::ByteReader cut(std::string_view(bytes).substr(0, size));
    SignalFigures half;
    EXPECT_FALSE(half.decode(cut)) << size;
  }
  // A risk of a later layout stands behind all that was there, which stays as it was.
  figures.risks[5] = 1;
  figures.subjects[5].add(9, "iban", &author);
  std::string more;
  base::ByteWriter longer(more);
  figures.encode(longer);
  const uint64_t mask = 1U << 0U | 1U << 2U | 1U << 6U | 1U << 8U;
  base::ByteReader first(bytes);
  base::ByteReader second(more);
  EXPECT_EQ(first.varint(), mask);
  EXPECT_EQ(second.varint(), mask | 1U << 12U | 1U << 13U);
  EXPECT_EQ(more.substr(2, bytes.size() - 2), bytes.substr(2));
  base::ByteReader again(more);
  ASSERT_TRUE(back.decode(again));
  EXPECT_EQ(back, figures);
  back.merge(figures);
  EXPECT_EQ(back.risks[5], 2);
  EXPECT_EQ(back.subjects[5].entries()[0].count, 2);
  std::string unknown;
  base::ByteWriter(unknown).varint(uint64_t{1} << 14U);
  base::ByteReader newer(unknown);
  EXPECT_FALSE(back.decode(newer));
  figures.drop_tables();
  EXPECT_EQ(figures.terms.entries().size(), 0U);
  EXPECT_EQ(figures.risks[1], 3);
}

}  // namespace
}  // namespace kaiku::aggregate
