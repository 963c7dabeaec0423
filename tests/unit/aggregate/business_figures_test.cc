// What business records and contents add to an aggregate: merge in any order, one content one text.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/aggregate/aggregate.h"

namespace kaiku::aggregate {
namespace {

std::string bytes_of(const Aggregate& aggregate) {
  std::string bytes;
  base::ByteWriter out(bytes);
  aggregate.encode(out);
  return bytes;
}

Aggregate one(int64_t by, uint64_t content) {
  Aggregate aggregate;
  BusinessFigures& business = aggregate.business.make();
  business.cancellations = by;
  business.leads = 2 * by;
  business.promotions = -by;
  ContentFigures& figures = aggregate.content.make();
  figures.count(model::Relevance::kRelevant);
  figures.count(model::Relevance::kNoise);
  figures.count(model::Relevance::kNone);
  figures.contents.add(content * 0x9e3779b97f4a7c15ULL);
  return aggregate;
}

TEST(BusinessFigures, MergeInAnyOrder) {
  Aggregate forth;
  Aggregate back;
  for (int64_t i = 1; i <= 20; ++i) {
    forth.merge(one(i, static_cast<uint64_t>(i % 5)));
    back.merge(one(21 - i, static_cast<uint64_t>((21 - i) % 5)));
  }
  EXPECT_EQ(bytes_of(forth), bytes_of(back));
  EXPECT_EQ(forth.business.get()->leads, 420);
  EXPECT_EQ(forth.content.get()->judged(), 40);
  EXPECT_EQ(forth.content.get()->contents.estimate(), 5U);
}

TEST(BusinessFigures, ComeBackAsTheyWere) {
  const Aggregate before = one(3, 1);
  const std::string bytes = bytes_of(before);
  Aggregate after;
  base::ByteReader in(bytes);
  ASSERT_TRUE(after.decode(in));
  EXPECT_EQ(*after.business.get(), *before.business.get());
  EXPECT_EQ(bytes_of(after), bytes);
  for (size_t length = 0; length < bytes.size(); ++length) {
    base::ByteReader cut(std::string_view(bytes).substr(0, length));
    Aggregate damaged;
    EXPECT_FALSE(damaged.decode(cut) && cut.at_end()) << length;
  }
}

TEST(BusinessFigures, WhatIsTakenBackLeavesNothing) {
  Aggregate aggregate;
  aggregate.business.make().visits = 1;
  Aggregate less;
  less.business.make().visits = -1;
  aggregate.merge(less);
  EXPECT_TRUE(aggregate.is_empty());
  EXPECT_EQ(bytes_of(aggregate), bytes_of(Aggregate()));
}

TEST(BusinessFigures, EveryKindIsCountedOnce) {
  BusinessFigures figures;
  std::vector<int64_t*> counts;
  for (size_t kind = 0; kind < model::kBusinessKinds; ++kind) {
    if (int64_t* count = figures.count_of(static_cast<model::BusinessKind>(kind))) {
      EXPECT_EQ(std::count(counts.begin(), counts.end(), count), 0);
      counts.push_back(count);
    }
  }
  EXPECT_EQ(counts.size(), 7U);
  EXPECT_EQ(figures.count_of(model::BusinessKind::kOrder), nullptr);
  EXPECT_EQ(figures.count_of(model::BusinessKind::kBaseline), nullptr);
}

}  // namespace
}  // namespace kaiku::aggregate
