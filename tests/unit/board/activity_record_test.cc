#include "board/activity_record.h"

#include <string>

#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

ActivityHead head_of(ItemType type) {
  ActivityHead head;
  head.pipeline = "drinks-eu";
  head.brand = "kirkas";
  head.channel = "x";
  head.type = type;
  head.window = "hour";
  head.start = at("2026-03-02T10:00:00Z");
  head.end = at("2026-03-02T11:00:00Z");
  return head;
}

TEST(ActivityRecord, OfNothingSaysZeroAndLeavesOutWhatIsUnknown) {
  const Published record = activity_record(head_of(ItemType::kMention), Aggregate());
  EXPECT_EQ(
      record.value,
      R"({"schema":"kaiku.activity.v1","pipeline":"drinks-eu","brand":"kirkas","channel":"x",)"
      R"("type":"mention","window":"hour","window_start":"2026-03-02T10:00:00Z",)"
      R"("window_end":"2026-03-02T11:00:00Z","kind":"final","revision":0,"exact":true,)"
      R"("definition_version":1,"count_total":0,"count_original":0,)"
      R"("count_by_relation":{"original":0,"reply":0,"repost":0,"quote":0,"crosspost":0},)"
      R"("count_inbound":0,"count_inbound_original":0,)"
      R"("unique_authors":0,"unique_authors_error":0,"without_author":0,"engagements":0,)"
      R"("engagement_components":{"likes":0,"replies":0,"reposts":0,"quotes":0,"bookmarks":0,"clicks":0},)"
      R"("views":0,"impressions":0,"potential_reach":0,"potential_reach_exact":true,)"
      R"("sentiment_positive":0,"sentiment_neutral":0,"sentiment_negative":0,)"
      R"("sentiment_coverage":null,"net_sentiment":null,"edits":0,"deletions":0,)"
      R"("suppressed":{"redelivery":0,"same_item":0,"repoll":0,"noop":0,"business":0},)"
      R"("adjustments":0})");
  EXPECT_EQ(record.dataset, Dataset::kActivity);
}

TEST(ActivityRecord, HasEveryFigureInItsPlace) {
  Aggregate figures;
  figures.by_relation = {5, 4, 3, 2, 1};
  figures.suppressed = {1, 2, 3, 4, 5};
  figures.edits = 6;
  figures.deletions = 7;
  figures.without_author = 8;
  figures.inbound = 11;
  figures.inbound_original = 4;
  figures.likes = 10;
  figures.replies = 20;
  figures.reposts = 30;
  figures.quotes = 40;
  figures.bookmarks = 50;
  figures.clicks = 60;
  figures.views = 1'000;
  figures.impressions = 2'000;
  figures.sentiment_positive = 6;
  figures.sentiment_neutral = 1;
  figures.sentiment_negative = 3;
  figures.sentiment_scored = 4;
  figures.sentiment_score_ppm = 500'000;
  figures.orders = 11;
  figures.refunds = 12;
  figures.spends = 13;
  figures.adjustments = 9;
  figures.inexact = 31;
  figures.authors.add(1);
  figures.authors.add(uint64_t{1} << 60);
  figures.reach.add(1, 70);
  figures.reach.add(2, 30);
  figures.followers.record(30);
  figures.followers.record(70);
  ActivityHead head = head_of(ItemType::kBusinessEvent);
  head.kind = Kind::kRevision;
  head.revision = 3;
  head.watermark = at("2026-03-02T11:10:00.000001Z");
  const Published record = activity_record(head, figures);
  EXPECT_EQ(
      record.value,
      R"({"schema":"kaiku.activity.v1","pipeline":"drinks-eu","brand":"kirkas","channel":"x",)"
      R"("type":"business_event","window":"hour","window_start":"2026-03-02T10:00:00Z",)"
      R"("window_end":"2026-03-02T11:00:00Z","kind":"revision","revision":3,)"
      R"("watermark":"2026-03-02T11:10:00.000001Z","exact":false,)"
      R"("inexact_reasons":["straggler","overflow","conflict","catalogue","adjustment"],)"
      R"("definition_version":1,"count_total":15,"count_original":5,)"
      R"("count_by_relation":{"original":5,"reply":4,"repost":3,"quote":2,"crosspost":1},)"
      R"("count_inbound":11,"count_inbound_original":4,)"
      R"("unique_authors":2,"unique_authors_error":0.01625,"without_author":8,"engagements":210,)"
      R"("engagement_components":{"likes":10,"replies":20,"reposts":30,"quotes":40,"bookmarks":50,"clicks":60},)"
      R"("views":1000,"impressions":2000,"potential_reach":100,"potential_reach_exact":true,)"
      R"("followers_p50":30,"followers_p95":70,)"
      R"("sentiment_positive":6,"sentiment_neutral":1,"sentiment_negative":3,)"
      R"("sentiment_coverage":0.666667,"net_sentiment":0.3,"sentiment_score":0.125,)"
      R"("edits":6,"deletions":7,)"
      R"("suppressed":{"redelivery":1,"same_item":2,"repoll":3,"noop":4,"business":5},)"
      R"("adjustments":9,"orders":11,"refunds":12,"spends":13})");
  EXPECT_EQ(record.kind, Kind::kRevision);
  EXPECT_EQ(record.revision, 3U);
}

TEST(ActivityRecord, EachReasonHasItsName) {
  for (const auto& [bit, name] : {std::pair{model::kInexactStraggler, "straggler"},
                                  std::pair{model::kInexactOverflow, "overflow"},
                                  std::pair{model::kInexactConflict, "conflict"},
                                  std::pair{model::kInexactCatalogue, "catalogue"}}) {
    Aggregate figures;
    figures.inexact = bit;
    const JsonValue json = json_of(activity_record(head_of(ItemType::kMention), figures));
    ASSERT_EQ(json.find("inexact_reasons")->items.size(), 1U);
    EXPECT_EQ(json.find("inexact_reasons")->items[0].text, name);
  }
}

TEST(ActivityRecord, TheReachOfManyAuthorsIsMarkedAnEstimate) {
  Aggregate figures;
  for (uint64_t i = 0; i < 1'000; ++i) {
    figures.reach.add(i * 0x9e3779b97f4a7c15ULL, 10);
  }
  const JsonValue json = json_of(activity_record(head_of(ItemType::kMention), figures));
  EXPECT_FALSE(json.find("potential_reach_exact")->boolean);
  EXPECT_NEAR(static_cast<double>(json.number("potential_reach")), 10'000, 2'600);
}

}  // namespace
}  // namespace kaiku::board
