#include "oracle/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oracle/sample.h"

namespace kaiku::oracle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Expected sample() {
  Json item = post("1", kNoon);
  item.update({{"author", {{"id", "a"}, {"followers", 5}}},
               {"metrics", {{"likes", 3}, {"views", 9}}},
               {"sentiment", {{"label", "positive"}}}});
  Tape tape;
  return run(sample_plan(), tape.add(item, kNoon).add(item, kNoon).records);
}

Json published(const std::string& window, Micros start) {
  return {{"brand", "kirkas"},
          {"channel", "x"},
          {"type", "mention"},
          {"window", window},
          {"window_start", time_text(start)},
          {"kind", "final"},
          {"revision", 0},
          {"count_total", 1},
          {"count_original", 1},
          {"count_inbound", 1},
          {"count_inbound_original", 1},
          {"count_by_relation", {{"original", 1}, {"repost", 0}}},
          {"unique_authors", 1},
          {"engagements", 3},
          {"engagement_components", {{"likes", 3}, {"replies", 0}}},
          {"suppressed", {{"redelivery", 1}, {"same_item", 0}}},
          {"edits", 0},
          {"deletions", 0},
          {"sentiment_positive", 1},
          {"sentiment_neutral", 0},
          {"sentiment_negative", 0},
          {"potential_reach", 5},
          {"potential_reach_exact", true}};
}

const CompareOptions kMinuteOnly{{"minute"}, false, 20};

TEST(OracleCompare, EqualFiguresHaveNoDifferences) {
  EXPECT_THAT(compare_activity(sample(),
                               {published("minute", kNoon).dump(),
                                published("hour", kNoon).dump(),
                                published("day", kNoon - 12 * kHour).dump()}),
              IsEmpty());
}

TEST(OracleCompare, EveryFieldIsCompared) {
  const std::vector<std::pair<std::string, Json>> changes = {
      {"count_total", 2},
      {"count_original", 0},
      {"count_by_relation", {{"repost", 1}}},
      {"unique_authors", 3},
      {"engagements", 4},
      {"engagement_components", {{"likes", 2}}},
      {"suppressed", {{"repoll", 1}}},
      {"edits", 1},
      {"deletions", 1},
      {"sentiment_positive", 0},
      {"sentiment_neutral", 1},
      {"sentiment_negative", 1},
      {"potential_reach", 6},
      {"views", 8},
      {"orders", 1},
      {"refunds", {{"count", 1}}},
      {"spends", 1}};
  for (const auto& [field, value] : changes) {
    Json record = published("minute", kNoon);
    record[field] = value;
    const std::vector<std::string> differences =
        compare_activity(sample(), {record.dump()}, kMinuteOnly);
    ASSERT_FALSE(differences.empty()) << field;
    EXPECT_THAT(differences.front(), HasSubstr(field));
  }
}

TEST(OracleCompare, TheLastRecordOfAKeyCounts) {
  Json early = published("minute", kNoon);
  early["count_total"] = 0;
  EXPECT_THAT(
      compare_activity(sample(), {early.dump(), published("minute", kNoon).dump()}, kMinuteOnly),
      IsEmpty());
}

TEST(OracleCompare, MissingAndInventedCellsAreDifferences) {
  EXPECT_THAT(compare_activity(sample(), {}, kMinuteOnly),
              ElementsAre(HasSubstr("never published")));
  Json invented = published("minute", kNoon + kMinute);
  EXPECT_FALSE(
      compare_activity(sample(), {invented.dump(), published("minute", kNoon).dump()}, kMinuteOnly)
          .empty());
  EXPECT_FALSE(
      compare_activity(sample(), {"junk", published("minute", kNoon).dump()}, kMinuteOnly).empty());
}

TEST(OracleCompare, DistinctAuthorsMayBeOffByThreePercent) {
  Tape tape;
  for (int i = 0; i < 200; ++i) {
    Json item = post(std::to_string(i), kNoon);
    item["author"] = {{"id", "a" + std::to_string(i)}};
    tape.add(item, kNoon);
  }
  const Expected expected = run(sample_plan(), tape.records);
  Json record = {{"brand", "kirkas"},
                 {"channel", "x"},
                 {"type", "mention"},
                 {"window", "minute"},
                 {"window_start", time_text(kNoon)},
                 {"count_total", 200},
                 {"count_original", 200},
                 {"count_inbound", 200},
                 {"count_inbound_original", 200},
                 {"count_by_relation", {{"original", 200}}}};
  for (const auto& [estimate, is_equal] :
       std::vector<std::pair<int, bool>>{{194, true}, {206, true}, {193, false}, {207, false}}) {
    record["unique_authors"] = estimate;
    EXPECT_EQ(compare_activity(expected, {record.dump()}, kMinuteOnly).empty(), is_equal)
        << estimate;
  }
}

TEST(OracleCompare, PublicationHasOneFinalAndGrowingRevisions) {
  const auto record = [](const std::string& kind, int revision) {
    Json json = published("minute", kNoon);
    json["kind"] = kind;
    json["revision"] = revision;
    return json.dump();
  };
  EXPECT_THAT(check_publication({record("early", 0),
                                 record("early", 0),
                                 record("final", 0),
                                 record("revision", 1),
                                 record("revision", 2)},
                                true),
              IsEmpty());
  EXPECT_FALSE(check_publication({record("final", 0), record("final", 0)}, true).empty());
  EXPECT_FALSE(check_publication({record("final", 0), record("early", 0)}, true).empty());
  EXPECT_FALSE(
      check_publication({record("final", 0), record("revision", 1), record("revision", 1)}, true)
          .empty());
  EXPECT_FALSE(check_publication({record("revision", 1)}, false).empty());
  EXPECT_FALSE(check_publication({record("early", 0)}, true).empty());
  EXPECT_TRUE(check_publication({record("early", 0)}, false).empty());
}

TEST(OracleCompare, OutcomesAreComparedByKind) {
  const Expected expected = sample();
  std::map<std::string, Outcomes> actual = expected.outcomes;
  EXPECT_THAT(compare_outcomes(expected.outcomes, actual), IsEmpty());
  actual["posts"].dead_letter["parse"] = 0;  // a zero is nothing
  EXPECT_THAT(compare_outcomes(expected.outcomes, actual), IsEmpty());
  actual["posts"].duplicate = {{"same_item", 1}};
  EXPECT_THAT(compare_outcomes(expected.outcomes, actual), ElementsAre(HasSubstr("posts")));
}

TEST(OracleCompare, MoneyIsComparedAsDecimals) {
  const OraclePlan plan = sample_plan();
  Tape tape;
  tape.add(order("1", "order", "10.00"), kNoon, "shop");
  tape.add(order("2", "refund", "2.50"), kNoon, "shop");
  const auto kpis = money_kpis(plan, run(plan, tape.records), {"day"});
  EXPECT_EQ(kpis.size(), 8U);  // four of the channel, four of all channels
  const auto record = [](const char* kpi, const char* channel, const char* value) {
    const Json json = {{"kpi", kpi},
                       {"window", "day"},
                       {"brand", "kirkas"},
                       {"channel", channel},
                       {"window_start", time_text(kNoon - 12 * kHour)},
                       {"value", value}};
    return json.dump();
  };
  std::vector<std::string> published = {record("booked_revenue", "other", "10.000000"),
                                        record("booked_revenue", "_all", "10.00"),
                                        record("refunds", "other", "2.50"),
                                        record("refunds", "_all", "2.50"),
                                        record("booked_net_revenue", "other", "7.50"),
                                        record("booked_net_revenue", "_all", "7.50"),
                                        record("net_sentiment", "other", "0.1")};
  EXPECT_THAT(compare_kpis(kpis, published), IsEmpty());
  published.push_back(record("refunds", "_all", "2.51"));
  EXPECT_THAT(compare_kpis(kpis, published), ElementsAre(HasSubstr("refunds")));
  published.pop_back();
  published.push_back(record("ad_spend", "x", "1.00"));
  EXPECT_THAT(compare_kpis(kpis, published), ElementsAre(HasSubstr("expected none")));
  EXPECT_EQ(compare_kpis(kpis, {}).size(), 6U);
}

}  // namespace
}  // namespace kaiku::oracle
