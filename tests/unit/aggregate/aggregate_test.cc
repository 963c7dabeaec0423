#include "kaiku/aggregate/aggregate.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/digest.h"
#include "kaiku/base/prng.h"

namespace kaiku::aggregate {
namespace {

constexpr model::Currency kEur{{'E', 'U', 'R', 0}};
constexpr model::Currency kUsd{{'U', 'S', 'D', 0}};

uint64_t hash_of(uint64_t key) {
  return base::HashKey::derived_from("sketches").hash64("author-" + std::to_string(key));
}

std::string bytes_of(const Aggregate& aggregate) {
  std::string bytes;
  base::ByteWriter out(bytes);
  aggregate.encode(out);
  return bytes;
}

bool decodes(std::string_view bytes, Aggregate& aggregate) {
  base::ByteReader in(bytes);
  return aggregate.decode(in) && in.at_end();
}

// What one counted item with an author, a label and a score adds.
Aggregate item(uint64_t author) {
  Aggregate delta;
  delta.by_relation[0] = 1;
  delta.authors.add(hash_of(author));
  delta.reach.add(hash_of(author), 12'345);
  delta.followers.record(12'345);
  delta.sentiment_positive = 1;
  delta.sentiment_scored = 1;
  delta.sentiment_score_ppm = 430'000;
  return delta;
}

void add_random(base::Prng& prng, Aggregate& to) {
  to.by_relation[prng.below(to.by_relation.size())] += prng.between(-1, 3);
  to.suppressed[prng.below(to.suppressed.size())] += prng.between(0, 2);
  to.inbound += prng.between(-1, 3);
  to.inbound_original += prng.between(-1, 1);
  to.edits += prng.between(0, 1);
  to.without_author += prng.between(0, 1);
  to.likes += prng.between(-5, 50);
  to.bookmarks += prng.between(-5, 50);
  to.impressions += prng.between(0, 1'000);
  to.sentiment_neutral += prng.between(-1, 1);
  to.sentiment_score_ppm += prng.between(-1'000'000, 1'000'000);
  to.orders += prng.between(-1, 1);
  to.adjustments += prng.between(0, 1);
  to.inexact |= static_cast<uint8_t>(prng.chance(1, 10) ? 1U << prng.below(4) : 0U);
  const uint64_t author = prng.below(2'000);
  to.authors.add(hash_of(author));
  to.reach.add(hash_of(author), prng.between(0, 1'000'000));
  to.followers.record(prng.between(0, 1'000'000), prng.between(-1, 2));
  EXPECT_TRUE(to.money.add(prng.chance(1, 2) ? money::Flow::kOrder : money::Flow::kRefund,
                           prng.chance(1, 2) ? kEur : kUsd,
                           static_cast<int32_t>(prng.below(20)),
                           prng.between(-1'000'000, 50'000'000)));
  if (prng.chance(1, 4)) {
    to.conversations.make().opened += prng.between(-1, 2);
    to.conversations.make().members.add(hash_of(author));
  }
  if (prng.chance(1, 4)) {
    static constexpr std::string_view kChannels[] = {"x", "web", "forum"};
    AttributionFigures& credited = to.attribution.make();
    credited.joined_orders += prng.between(-1, 2);
    EXPECT_TRUE(credited.revenue[prng.below(kAttributionModels)].add(
        money::Flow::kOrder, kEur, 20'000, prng.between(-50, 50)));
    EXPECT_TRUE(
        credited.transitions.add(kChannels[prng.below(3)], kPathConversion, prng.between(-1, 2)));
  }
}

TEST(Aggregate, IsEmptyAtFirstAndAfterClear) {
  Aggregate aggregate;
  EXPECT_TRUE(aggregate.is_empty());
  EXPECT_EQ(bytes_of(aggregate), std::string("\x01\x00", 2));
  base::Prng prng(1);
  for (int i = 0; i < 3'000; ++i) {
    add_random(prng, aggregate);
  }
  EXPECT_FALSE(aggregate.is_empty());
  aggregate.clear();
  EXPECT_TRUE(aggregate.is_empty());
  EXPECT_EQ(bytes_of(aggregate), bytes_of(Aggregate()));
}

TEST(Aggregate, EveryFieldMakesItNonEmptyAndSurvivesEncoding) {
  std::vector<Aggregate> each;
  const auto set = [&each](auto field) {
    Aggregate aggregate;
    aggregate.*field = -7;
    each.push_back(aggregate);
  };
  for (size_t i = 0; i < model::kRelations; ++i) {
    each.emplace_back().by_relation[i] = 3;
  }
  for (size_t i = 0; i < model::kDuplicateKinds; ++i) {
    each.emplace_back().suppressed[i] = 3;
  }
  for (const auto field : {&Aggregate::edits,
                           &Aggregate::deletions,
                           &Aggregate::without_author,
                           &Aggregate::likes,
                           &Aggregate::replies,
                           &Aggregate::reposts,
                           &Aggregate::quotes,
                           &Aggregate::bookmarks,
                           &Aggregate::clicks,
                           &Aggregate::views,
                           &Aggregate::impressions,
                           &Aggregate::sentiment_negative,
                           &Aggregate::sentiment_neutral,
                           &Aggregate::sentiment_positive,
                           &Aggregate::sentiment_scored,
                           &Aggregate::sentiment_score_ppm,
                           &Aggregate::orders,
                           &Aggregate::refunds,
                           &Aggregate::spends,
                           &Aggregate::adjustments}) {
    set(field);
  }
  each.emplace_back().inexact = 4;
  each.emplace_back().authors.add(5);
  each.emplace_back().reach.add(5, 0);
  each.emplace_back().followers.record(0);
  ASSERT_TRUE(each.emplace_back().money.add(money::Flow::kSpend, kEur, 20'000, 1));
  each.emplace_back().conversations.make().deflected = 1;
  each.emplace_back().attribution.make().unconverted_journeys = 1;
  for (size_t i = 0; i < each.size(); ++i) {
    EXPECT_FALSE(each[i].is_empty()) << i;
    for (size_t k = 0; k < i; ++k) {
      EXPECT_NE(bytes_of(each[i]), bytes_of(each[k])) << i << " " << k;
    }
    Aggregate back = item(9);
    ASSERT_TRUE(decodes(bytes_of(each[i]), back)) << i;
    EXPECT_EQ(bytes_of(back), bytes_of(each[i])) << i;
    Aggregate sum;
    sum.merge(each[i]);
    EXPECT_EQ(bytes_of(sum), bytes_of(each[i])) << i;
  }
}

TEST(Aggregate, TheDeltaOfOneItemIsSmall) {
  EXPECT_LT(bytes_of(item(1)).size(), 40U);
  Aggregate duplicate;
  duplicate.suppressed[0] = 1;
  EXPECT_LE(bytes_of(duplicate).size(), 4U);
}

TEST(Aggregate, MergeIsAssociativeAndCommutativeBitForBit) {
  base::Prng prng(2);
  for (int round = 0; round < 40; ++round) {
    std::vector<Aggregate> parts(3);
    for (Aggregate& part : parts) {
      for (uint64_t i = prng.below(700); i > 0; --i) {
        add_random(prng, part);
      }
    }
    Aggregate left = parts[0];
    left.merge(parts[1]);
    left.merge(parts[2]);
    Aggregate inner = parts[2];
    inner.merge(parts[1]);
    Aggregate right = parts[0];
    right.merge(inner);
    inner.merge(parts[0]);
    EXPECT_EQ(bytes_of(left), bytes_of(right));
    EXPECT_EQ(bytes_of(left), bytes_of(inner));
    Aggregate back;
    ASSERT_TRUE(decodes(bytes_of(left), back));
    EXPECT_EQ(bytes_of(back), bytes_of(left));
  }
}

TEST(Aggregate, ADeltaAndItsOppositeLeaveNoCounts) {
  Aggregate cell = item(1);
  Aggregate take_back;
  take_back.by_relation[0] = -1;
  take_back.followers.record(12'345, -1);
  take_back.sentiment_positive = -1;
  take_back.sentiment_scored = -1;
  take_back.sentiment_score_ppm = -430'000;
  cell.merge(take_back);
  EXPECT_EQ(cell.count_total(), 0);
  EXPECT_TRUE(cell.followers.is_empty());
  EXPECT_FALSE(cell.is_empty()) << "a distinct author once seen stays";
}

TEST(Aggregate, TotalsAreTheSumsOfTheirParts) {
  Aggregate aggregate;
  aggregate.by_relation = {1, 2, 3, 4, 5};
  aggregate.likes = 1;
  aggregate.replies = 10;
  aggregate.reposts = 100;
  aggregate.quotes = 1'000;
  aggregate.bookmarks = 10'000;
  aggregate.clicks = 100'000;
  aggregate.views = 5'000'000;
  EXPECT_EQ(aggregate.count_total(), 15);
  EXPECT_EQ(aggregate.count_original(), 1);
  EXPECT_EQ(aggregate.engagements(), 111'111);
}

TEST(Aggregate, MoneyBeyondTheBoundMarksTheCell) {
  Aggregate cell;
  for (int32_t day = 0; day < 300; ++day) {
    Aggregate delta;
    ASSERT_TRUE(delta.money.add(money::Flow::kOrder, kEur, day, 1));
    cell.merge(delta);
  }
  EXPECT_NE(cell.inexact & model::kInexactOverflow, 0);
}

TEST(Aggregate, CountsThatDoNotFitStayDefined) {
  Aggregate a;
  a.likes = std::numeric_limits<int64_t>::max();
  a.by_relation.fill(std::numeric_limits<int64_t>::max());
  Aggregate b = a;
  b.merge(a);
  b.clicks = std::numeric_limits<int64_t>::min();
  (void)b.count_total();
  (void)b.engagements();
  Aggregate back;
  EXPECT_TRUE(decodes(bytes_of(b), back));
}

TEST(Aggregate, RefusesEveryTruncation) {
  base::Prng prng(3);
  for (const int updates : {1, 20, 3'000}) {
    Aggregate aggregate;
    for (int i = 0; i < updates; ++i) {
      add_random(prng, aggregate);
    }
    const std::string bytes = bytes_of(aggregate);
    Aggregate back;
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(decodes(std::string_view(bytes).substr(0, size), back)) << size;
    }
  }
}

TEST(Aggregate, ChangedBytesNeverBreakIt) {
  base::Prng prng(4);
  for (const int updates : {1, 20, 1'000}) {
    Aggregate aggregate;
    for (int i = 0; i < updates; ++i) {
      add_random(prng, aggregate);
    }
    const std::string good = bytes_of(aggregate);
    for (int round = 0; round < 2'000; ++round) {
      std::string bad = good;
      for (uint64_t flips = 1 + prng.below(3); flips > 0; --flips) {
        bad[prng.below(bad.size())] ^= static_cast<char>(1 + prng.below(255));
      }
      Aggregate back;
      if (decodes(bad, back)) {
        Aggregate again;
        ASSERT_TRUE(decodes(bytes_of(back), again));
        EXPECT_EQ(bytes_of(again), bytes_of(back));
      }
      back.merge(aggregate);  // whatever was read, it can be used
      EXPECT_LT(back.memory_bytes(), 300'000U);
    }
  }
}

TEST(Aggregate, RefusesOtherLayoutsAndAnnouncedNothing) {
  Aggregate back;
  EXPECT_FALSE(decodes(std::string("\x02\x00", 2), back));
  EXPECT_FALSE(decodes(std::string("\x01\x01\x00", 3), back)) << "a count that is zero";
  EXPECT_FALSE(decodes("\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f", back))
      << "fields that do not exist";
}

}  // namespace
}  // namespace kaiku::aggregate
