// The shipped pipelines on real records: parsed, folded and matched as their files say.
#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/parse/parser.h"

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

std::shared_ptr<const shard::Plan> plan_of(const std::string& file) {
  LoadOptions options = options_with();
  options.purpose = Purpose::kReplay;
  const Loaded loaded = load_pipeline(KAIKU_SOURCE_DIR "/pipelines/" + file, options);
  EXPECT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  return loaded.plan;
}

// London in the winter of the sample.
class Winter : public parse::ZoneResolver {
 public:
  base::EventTime to_utc(int64_t local_seconds, std::string_view zone) const override {
    return zone == "Europe/London" ? local_seconds * base::kSecond : base::kNoTime;
  }
};

template <typename OnItem>
class Sink : public parse::ItemSink {
 public:
  explicit Sink(OnItem on_item) : on_item_(std::move(on_item)) {}

  void on_item(const model::Item& item) override { on_item_(item); }

  void on_reject(const parse::Reject& reject) override {
    ADD_FAILURE() << reject.code << " " << reject.field << ": " << reject.message;
  }

  void on_ignored() override { ADD_FAILURE() << "nothing is to be ignored"; }

 private:
  OnItem on_item_;
};

template <typename OnItem>
void each_line(const shard::Plan& plan, std::istream& file, OnItem on_item) {
  parse::Parser parser(plan.sources[0].mapping, std::make_shared<Winter>());
  Sink<OnItem> sink(std::move(on_item));
  for (std::string line; std::getline(file, line);) {
    parser.parse(line, 0, sink);
  }
}

TEST(SampleData, RedditPostsPerBrandAndDay) {
  std::ifstream file(KAIKU_SHARED_DATA "/reddit/posts.jsonl");
  std::ifstream expected(KAIKU_SHARED_DATA "/reddit/expected_daily.csv");
  if (!file || !expected) {
    GTEST_SKIP() << "the shared sample data is not there";
  }
  const auto plan = plan_of("reddit.yaml");
  ASSERT_NE(plan, nullptr);
  std::map<std::pair<std::string, std::string>, int> counts;
  std::set<std::string> ids;
  each_line(*plan, file, [&](const model::Item& item) {
    EXPECT_EQ(item.type, model::ItemType::kMention);
    EXPECT_EQ(plan->channels->id_of(item.channel), "reddit");
    EXPECT_NE(item.counters.likes, model::kAbsent);
    EXPECT_NE(item.counters.replies, model::kAbsent);
    ids.emplace(item.native_id);
    ++counts[{std::string(item.brand), base::format_date(base::day_of(item.occurred_at))}];
  });
  EXPECT_EQ(ids.size(), 15'823U);
  std::string line;
  std::getline(expected, line);
  size_t rows = 0;
  while (std::getline(expected, line)) {
    std::istringstream cells(line);
    std::string brand;
    std::string day;
    std::string posts;
    std::getline(cells, brand, ',');
    std::getline(cells, day, ',');
    std::getline(cells, posts);
    EXPECT_EQ((counts[{brand, day}]), std::stoi(posts)) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 8'077U);
  EXPECT_EQ(counts.size(), rows);
}

TEST(SampleData, RetailLinesGiveTheNetRevenue) {
  std::ifstream file(KAIKU_SHARED_DATA "/orders/retail_lines.jsonl");
  if (!file) {
    GTEST_SKIP() << "the shared sample data is not there";
  }
  const auto plan = plan_of("retail.yaml");
  ASSERT_NE(plan, nullptr);
  EXPECT_EQ(plan->sources[0].brand_constant, "webshop");
  int64_t net = 0;
  size_t refunds = 0;
  std::set<std::string> ids;
  each_line(*plan, file, [&](const model::Item& item) {
    EXPECT_EQ(item.type, model::ItemType::kBusinessEvent);
    EXPECT_EQ(item.currency.view(), "GBP");
    EXPECT_EQ(item.event_id, item.business_id);
    EXPECT_EQ(plan->channels->id_of(item.channel), "web");
    EXPECT_GE(item.occurred_at, base::parse_rfc3339("2010-12-01T08:26:00Z"));
    EXPECT_LT(item.occurred_at, base::parse_rfc3339("2011-01-15T00:00:00Z"));
    net += item.amount_micros;
    refunds += item.kind == model::BusinessKind::kRefund ? 1U : 0U;
    ids.emplace(item.event_id);
  });
  EXPECT_EQ(ids.size(), 58'345U);
  EXPECT_EQ(net, 1'026'556'300'000);
  EXPECT_EQ(refunds, 1'029U);
}

TEST(SampleData, BrandsAreFoundInJapanesePosts) {
  std::ifstream file(KAIKU_SHARED_DATA "/social-json/twitter.json");
  if (!file) {
    GTEST_SKIP() << "the shared sample data is not there";
  }
  std::ostringstream content;
  content << file.rdbuf();
  const auto plan = plan_of("x.yaml");
  ASSERT_NE(plan, nullptr);
  const auto scratch = plan->brands->make_scratch();
  std::map<std::string, int> counts;
  int items = 0;
  parse::Parser parser(plan->sources[0].mapping);
  const auto count = [&](const model::Item& item) {
    ++items;
    match::BrandSet found;
    plan->brands->match(item.text, *scratch, found);
    for (size_t i = 0; i < found.count; ++i) {
      ++counts[std::string(found.ids[i])];
    }
  };
  Sink<decltype(count)> sink(count);
  parser.parse(content.str(), 0, sink);
  EXPECT_EQ(items, 100);
  // Counted by hand: LINE three times, the others in one post each.
  EXPECT_THAT(counts,
              testing::UnorderedElementsAre(testing::Pair("line", 3),
                                            testing::Pair("nhk", 1),
                                            testing::Pair("potenza", 1),
                                            testing::Pair("tenichi", 1),
                                            testing::Pair("cocoichi", 1),
                                            testing::Pair("huistenbosch", 1)));
}

}  // namespace
}  // namespace kaiku::config
