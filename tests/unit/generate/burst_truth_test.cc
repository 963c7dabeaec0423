// Hand-made hours: every rule of a burst once.
#include "generate/burst_truth.h"

#include <cmath>
#include <optional>

#include <gtest/gtest.h>

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using model::AuthorRole;
using model::Relation;

const EventTime kMidnight = base::days_from_civil(2026, 3, 2) * kDay;
constexpr int64_t kLoud = 82;  // hours after it

class BurstTruthTest : public testing::Test {
 protected:
  BurstTruthTest() {
    // Named in whatever way, it is no term of its own.
    brands.push_back({"kirkas", "Kirkas", {"kirkas", "@kirkasdrinks", "#kirkashetki"}, {}});
    options.signals.follow = true;
    for (const char* term : {"#lasi", "hajosi"}) {
      options.signals.planted.emplace_back().term = term;
    }
    truth.emplace(options, brands);
  }

  static Post post(int64_t hour, uint32_t author, uint16_t term = 0) {
    Post p;
    p.occurred_at = kMidnight + hour * kHour + 7 * kMinute;
    p.brands[0] = 0;
    p.brand_count = 1;
    p.author = author;
    p.text.brands = p.brands;
    p.text.kind = TextPlan::Kind::kPlanted;
    p.text.planted = term;
    return p;
  }

  void say(int64_t hour, uint32_t count, uint32_t authors, uint16_t term = 0) {
    for (uint32_t i = 0; i < count; ++i) {
      truth->take(post(hour, i % authors, term));
    }
  }

  // Two uses of #lasi an hour until the loud one.
  void usual() {
    for (int64_t hour = 0; hour < kLoud; ++hour) {
      say(hour, 2, 2);
    }
  }

  [[nodiscard]] std::vector<TermBurst> told() const { return truth->tell({"kirkas", "_other"}); }

  Options options;
  std::vector<Brand> brands;
  std::optional<BurstTruth> truth;
};

// P(X >= count) by the definition of the negative binomial.
double tail(double shape, double rate, int count) {
  double below = 0;
  for (int k = 0; k < count; ++k) {
    below += std::exp(std::lgamma(shape + k) - std::lgamma(shape) - std::lgamma(k + 1.0) +
                      shape * std::log(rate / (rate + 1)) - k * std::log(rate + 1));
  }
  return 1 - below;
}

TEST_F(BurstTruthTest, ATermAboveItsPastBurstsUntilItIsCalm) {
  usual();
  say(kLoud, 11, 11);
  say(kLoud + 1, 9, 7);
  const std::vector<TermBurst> told_before = told();
  ASSERT_EQ(told_before.size(), 1U);
  say(kLoud + 9, 1, 1);
  const std::vector<TermBurst> bursts = told();
  ASSERT_EQ(bursts.size(), 1U);
  const TermBurst& burst = bursts.front();
  EXPECT_EQ(burst.brand, "kirkas");
  EXPECT_EQ(burst.term, "#lasi");
  EXPECT_EQ(burst.opened_at, kMidnight + (kLoud + 1) * kHour);
  EXPECT_EQ(burst.window_start, kMidnight + (kLoud + 1) * kHour);
  EXPECT_EQ(burst.updated_at, kMidnight + (kLoud + 5) * kHour) << "three calm hours later";
  EXPECT_TRUE(burst.is_over);
  EXPECT_EQ(burst.count, 20);
  EXPECT_EQ(burst.last_count, 9);
  EXPECT_EQ(burst.authors, 7);
  EXPECT_FALSE(burst.more_authors);
  double shape = 0;
  double rate = 0;
  double before = 0;  // of the hour of the day before it, which was loud once
  double usual_hour = 0;
  double days = 0;
  for (int64_t hour = 0; hour <= kLoud; ++hour) {
    shape = 0.97 * shape + (hour == kLoud ? 11 : 2);
    rate = 0.97 * rate + 1;
  }
  for (int day = 0; day < 3; ++day) {
    usual_hour = 0.97 * usual_hour + 2;
    days = 0.97 * days + 1;
  }
  // Eleven hours of the day have had four days by then, one of these the loud one, the rest three.
  before = 0.97 * usual_hour + 11;
  const double all = 10 * (0.97 * usual_hour + 2) + before + 13 * usual_hour;
  const double all_days = 11 * (0.97 * days + 1) + 13 * days;
  rate /= (usual_hour / days) / (all / all_days);
  EXPECT_NEAR(burst.expected / (shape / rate), 1, 1e-9);
  EXPECT_NEAR(burst.p_value / tail(shape, rate, 9), 1, 1e-6);
  EXPECT_FALSE(told_before.front().is_over) << "nobody knows of the hours after it";
  EXPECT_EQ(told_before.front().count, 20);
  EXPECT_EQ(burst.q_value, burst.p_value) << "the only term of its hour";
}

TEST_F(BurstTruthTest, TakesAsManyAuthorsAsTheRulesSay) {
  usual();
  say(kLoud, 12, 4, 1);
  EXPECT_TRUE(told().empty());
  truth->take(post(kLoud, 4, 1));
  ASSERT_EQ(told().size(), 1U);
  EXPECT_EQ(told().front().term, "hajosi");
  EXPECT_EQ(told().front().authors, 5);
  EXPECT_EQ(told().front().expected, 0);
  say(kLoud, 20, 20, 1);
  EXPECT_EQ(told().front().authors, 16);
  EXPECT_TRUE(told().front().more_authors);
}

TEST_F(BurstTruthTest, CountsOnlyWhatThePublicSaysFirst) {
  usual();
  for (uint32_t i = 0; i < 20; ++i) {
    Post repost = post(kLoud, i, 1);
    repost.relation = Relation::kRepost;
    truth->take(repost);
    Post mail = post(kLoud, i, 1);
    mail.channel = kEmail;
    truth->take(mail);
    Post staff = post(kLoud, i, 1);
    staff.role = AuthorRole::kStaff;
    truth->take(staff);
  }
  EXPECT_TRUE(told().empty());
}

TEST_F(BurstTruthTest, NeedsAPast) {
  say(0, 2, 2);
  say(71, 12, 12, 1);
  EXPECT_TRUE(told().empty());
  say(73, 40, 12, 1);
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(BurstTruthTest, WhatIsSaidEveryNoonIsNoBurst) {
  for (int64_t hour = 0; hour < 8 * 24; ++hour) {
    say(hour, hour % 24 == 12 ? 24 : 1, 9);
  }
  EXPECT_TRUE(told().empty());
  say(8 * 24 + 3, 24, 9);
  ASSERT_EQ(told().size(), 1U) << "at night it is one";
  EXPECT_EQ(told().front().opened_at, kMidnight + (8 * 24 + 4) * kHour);
}

TEST_F(BurstTruthTest, ASteadyTermAndOneThatIsNotTwiceAsLoudAreNone) {
  for (int64_t hour = 0; hour < 120; ++hour) {
    say(hour, 60, 20);
  }
  say(120, 110, 20);
  EXPECT_TRUE(told().empty()) << "less than one in ten thousand, but not twice the usual";
  say(120, 20, 20);
  EXPECT_EQ(told().size(), 1U);
}

// Of a thousand terms one that is odd by one in twenty thousand is no news.
TEST_F(BurstTruthTest, ManyTermsHaveManyChances) {
  for (int number = 0; number < 60; ++number) {
    std::string text;
    for (int word = 0; word < 20; ++word) {
      text += (text.empty() ? "" : " ") + std::string("word") +
              static_cast<char>('a' + number % 26) + static_cast<char>('a' + number / 26) +
              static_cast<char>('a' + word);
    }
    options.signals.planted.emplace_back().term = text;
  }
  usual();
  say(kLoud, 10, 10);
  ASSERT_EQ(told().size(), 1U);
  EXPECT_LT(told().front().p_value, 1e-4);
  EXPECT_GT(told().front().p_value, 4e-5);
  for (int64_t hour = 0; hour <= kLoud; ++hour) {
    for (size_t number = 2; number < options.signals.planted.size(); ++number) {
      const auto place = static_cast<uint16_t>(number);
      truth->take(post(hour, place, place));
    }
  }
  EXPECT_TRUE(told().empty());
}

TEST_F(BurstTruthTest, FindsTheTermsOfAText) {
  using Terms = std::vector<std::string>;
  EXPECT_EQ(truth->terms_of("Kirkas: #LASI hajosi! Hajosi #a1 a1b2 kyl @kirkasdrinks, ÄÄNI\nyötä"),
            (Terms{"#lasi", "hajosi", "#a1", "ääni", "yötä"}));
  EXPECT_EQ(truth->terms_of("with this #kirkashetki \"vuoden\" last year's 👩‍🚀 ❤️"),
            (Terms{"vuoden", "last", "year"}));
  std::string many;
  for (char c = 'a'; c <= 'z'; ++c) {
    many += std::string(4, c) + ' ';
  }
  EXPECT_EQ(truth->terms_of(many).size(), 24U);
  EXPECT_TRUE(truth->terms_of(std::string(32, 'x')).empty());
  EXPECT_EQ(truth->terms_of(std::string(31, 'x')).size(), 1U);
}

}  // namespace
}  // namespace kaiku::generate
