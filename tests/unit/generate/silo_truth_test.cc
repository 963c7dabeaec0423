#include "generate/silo_truth.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

#include "generate/teller.h"
#include "generate/vocabulary.h"

namespace kaiku::generate {
namespace {

using base::kHour;

constexpr base::EventTime kMidnight = 20'514 * base::kDay;
constexpr uint32_t kAda = 7;

Post question(base::EventTime at, uint8_t channel, uint32_t problem, uint32_t customer = kAda) {
  Post post;
  post.type = model::ItemType::kSupportMessage;
  post.occurred_at = at;
  post.channel = channel;
  post.text.problem = problem;
  post.customer = customer;
  return post;
}

// "2/3": of all channels and days.
std::string continued(const std::vector<Post>& posts) {
  SiloTruth silos;
  for (const Post& post : posts) {
    silos.take(post, 0);
  }
  KpiRows kpis;
  silos.tell(kpis);
  int64_t parts = 0;
  int64_t wholes = 0;
  for (const KpiTruth& row : kpis.rows({"kirkas"}, "EUR", "currency,date,rate\n")) {
    EXPECT_EQ(row.kpi, "continued_elsewhere_share");
    if (row.window == Window::kDay && row.channel == "_all") {
      parts += std::stoll(row.fields.substr(row.fields.find(':') + 1));
      wholes += std::stoll(row.fields.substr(row.fields.rfind(':') + 1));
    }
  }
  return std::to_string(parts) + "/" + std::to_string(wholes);
}

TEST(SiloTruth, TheSameProblemElsewhereWithinTwoDays) {
  const Post first = question(kMidnight, kX, 1);
  EXPECT_EQ(continued({first}), "0/1");
  EXPECT_EQ(continued({first, question(kMidnight + 48 * kHour, kEmail, 1)}), "1/2");
  EXPECT_EQ(continued({first, question(kMidnight + 48 * kHour + 1, kEmail, 1)}), "0/2");
  EXPECT_EQ(continued({first, question(kMidnight + kHour, kX, 1)}), "0/2");
  EXPECT_EQ(continued({first, question(kMidnight + kHour, kEmail, 2)}), "0/2");
  EXPECT_EQ(continued({first, question(kMidnight + kHour, kEmail, 1, kAda + 1)}), "0/2");
  EXPECT_EQ(continued({question(kMidnight, kX, 0), question(kMidnight + 1, kEmail, 0)}), "0/2");
}

TEST(SiloTruth, OnlyWhatCustomersAskFirst) {
  const Post first = question(kMidnight, kX, 1);
  Post reply = question(kMidnight + kHour, kEmail, 1);
  reply.target = 9;
  Post brand = question(kMidnight + kHour, kEmail, 1);
  brand.from_brand = true;
  Post machine = question(kMidnight + kHour, kEmail, 1);
  machine.automatic = true;
  Post mention = question(kMidnight + kHour, kEmail, 1);
  mention.type = model::ItemType::kMention;
  EXPECT_EQ(continued({first, reply, brand, machine, mention}), "0/1");
}

TEST(SiloTruth, WhoAsksTooOftenInADayIsNobody) {
  std::vector<Post> posts = {question(kMidnight - kHour, kX, 1)};
  for (int i = 0; i < 16; ++i) {
    posts.push_back(question(kMidnight + i * kHour, kEmail, 1));
  }
  EXPECT_EQ(continued(posts), "16/17");
  posts.push_back(question(kMidnight + 17 * kHour, kEmail, 1));
  posts.push_back(question(kMidnight + 24 * kHour, kChat, 1));
  EXPECT_EQ(continued(posts), "1/2");  // the first and the last day are left
}

// |A and B| / |A or B| of their runs of four bytes.
double resemblance(const std::string& one, const std::string& other) {
  const auto runs_of = [](const std::string& text) {
    std::set<std::string> runs;
    for (size_t i = 0; i + 4 <= text.size(); ++i) {
      runs.insert(text.substr(i, 4));
    }
    return runs;
  };
  const std::set<std::string> a = runs_of(one);
  const std::set<std::string> b = runs_of(other);
  const auto both =
      std::count_if(a.begin(), a.end(), [&](const std::string& run) { return b.contains(run); });
  return static_cast<double>(both) /
         static_cast<double>(a.size() + b.size() - static_cast<size_t>(both));
}

// A reader sees from the texts alone which problems are the same (half of the runs are), by far and
// not by chance.
TEST(SiloTruth, TextsTellTheProblemsApart) {
  const std::vector<Brand> brands = {{"kirkas", "Kirkas Sparkling", {"kirkas"}, {}}};
  const std::vector<Planted> planted;
  const Teller teller(brands, planted);
  base::Prng random(5);
  const auto text_of = [&](const TextPlan& plan) {
    std::string text;
    teller.make_text(plan, text);
    return text;
  };
  double least_alike = 1;
  double most_alike = 0;
  for (int round = 0; round < 500; ++round) {
    TextPlan plan;
    plan.kind = TextPlan::Kind::kAboutBrand;
    plan.brands[0] = 0;
    plan.mood = random.chance(1, 2) ? Mood::kQuestion : Mood::kBug;
    plan.language = static_cast<Language>(random.below(kLanguages));
    plan.seed = static_cast<uint32_t>(random.next());
    plan.problem = 1 + static_cast<uint32_t>(random.below(1'000'000));
    const std::string told = text_of(plan);
    plan.told_before = static_cast<uint8_t>(1 + random.below(3));
    const std::string again = text_of(plan);
    EXPECT_NE(told, again);
    least_alike = std::min(least_alike, resemblance(told, again));
    ++plan.problem;
    most_alike = std::max(most_alike, resemblance(told, text_of(plan)));
  }
  EXPECT_GT(least_alike, 0.85);
  EXPECT_LT(most_alike, 0.25);
}

}  // namespace
}  // namespace kaiku::generate
