#include "kaiku/serve/snapshot_metrics.h"

#include <gtest/gtest.h>

#include "unit/serve/example_snapshot.h"

namespace kaiku::serve {
namespace {

std::string scrape_of(const Snapshot& snapshot) {
  metrics::RegistryOptions options;
  options.sources = {"posts"};
  options.windows = {"hour"};
  metrics::Registry registry(options);
  registry.add_collector(
      [&](metrics::Samples& samples) { add_snapshot_metrics(snapshot, samples); });
  const std::string text = registry.scrape();
  EXPECT_NE(text.find("\nkaiku_metrics_collector_failures_total 0\n"), std::string::npos);
  return text;
}

bool has_line(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(SnapshotMetrics, BusinessGaugesSpeakOfTheLastClosedWindow) {
  const std::string text = scrape_of(tests::example_snapshot());
  EXPECT_TRUE(
      has_line(text, R"(kaiku_window_mentions{brand="kirkas",channel="x",window="hour"} 1842)"));
  EXPECT_TRUE(
      has_line(text, R"(kaiku_window_bug_reports{brand="kirkas",channel="x",window="hour"} 14)"));
  EXPECT_TRUE(has_line(
      text,
      R"(kaiku_booked_revenue_euros{brand="kirkas",channel="shop",window="hour"} 1143524.31)"));
  EXPECT_TRUE(
      has_line(text, R"(kaiku_refunds_euros{brand="lumi",channel="shop",window="hour"} 999)"));
  EXPECT_TRUE(
      has_line(text, R"(kaiku_spend_euros{brand="aurinko",channel="x",window="hour"} 450.5)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_window_end_timestamp_seconds{window="hour"} 1772528400)"));
  EXPECT_EQ(text.find("kaiku_window_end_timestamp_seconds{window=\"day\"}"), std::string::npos)
      << "no day was closed yet";
}

TEST(SnapshotMetrics, OpenWindowsHaveNoGauges) {
  Snapshot snapshot = tests::example_snapshot();
  std::erase_if(snapshot.cells,
                [](const CellView& cell) { return cell.kind != metrics::ResultKind::kEarly; });
  EXPECT_EQ(scrape_of(snapshot).find("kaiku_window_mentions"), std::string::npos);
}

TEST(SnapshotMetrics, ABrandThatClosedEarlierShowsItsNewestClosedWindow) {
  Snapshot snapshot = tests::example_snapshot();
  for (CellView& cell : snapshot.cells) {
    if (cell.brand == "kirkas") {
      cell.kind = metrics::ResultKind::kFinal;
    }
  }
  const std::string text = scrape_of(snapshot);
  EXPECT_TRUE(
      has_line(text, R"(kaiku_window_mentions{brand="kirkas",channel="x",window="hour"} 1228)"));
  EXPECT_TRUE(
      has_line(text, R"(kaiku_window_mentions{brand="aurinko",channel="x",window="hour"} 402)"));
}

TEST(SnapshotMetrics, NetSentimentIsAbsentWithoutSentiment) {
  Snapshot snapshot = tests::example_snapshot();
  for (CellView& cell : snapshot.cells) {
    cell.sentiment_negative = cell.sentiment_neutral = cell.sentiment_positive = 0;
  }
  const std::string text = scrape_of(snapshot);
  EXPECT_EQ(text.find("kaiku_window_net_sentiment_ratio"), std::string::npos);
  EXPECT_TRUE(has_line(
      text,
      R"(kaiku_window_sentiment_coverage_ratio{brand="kirkas",channel="x",window="hour"} 0)"));
}

TEST(SnapshotMetrics, FreshnessNamesWhoHolds) {
  const std::string text = scrape_of(tests::example_snapshot());
  EXPECT_TRUE(has_line(
      text, R"(kaiku_watermark_holder_info{level="items",holder="posts, partition 0"} 1)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_watermark_timestamp_seconds{source="posts"} 1772530896)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_source_lag_records{source="posts",partition="2"} 102)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_source_lag_seconds{source="orders"} 0)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_source_idle_partitions{source="support"} 1)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_source_state{source="support",state="silent"} 1)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_source_state{source="support",state="behind"} 0)"));
  EXPECT_EQ(text.find(R"(kaiku_source_state{source="posts")"), std::string::npos);
}

TEST(SnapshotMetrics, StateIsASetOfWhichOneIsOne) {
  const std::string text = scrape_of(tests::example_snapshot());
  EXPECT_TRUE(has_line(text, R"(kaiku_pipeline_state{state="running"} 1)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_pipeline_state{state="failed"} 0)"));
  EXPECT_TRUE(has_line(text, R"(kaiku_shards{state="running"} 4)"));
  EXPECT_TRUE(has_line(text, "kaiku_ledger_balanced 1"));
  EXPECT_TRUE(has_line(text, R"(kaiku_state_bytes{kind="disk"} 1412000000)"));
}

TEST(SnapshotMetrics, SharesCarryTheirInterval) {
  const std::string text = scrape_of(tests::example_snapshot());
  EXPECT_TRUE(has_line(
      text, R"(kaiku_bug_report_share_ratio{brand="lumi",channel="reddit",window="hour"} 1)"));
  EXPECT_TRUE(has_line(
      text,
      R"(kaiku_bug_report_share_lower_ratio{brand="lumi",channel="reddit",window="hour"} 0.701)"));
  EXPECT_TRUE(has_line(
      text,
      R"(kaiku_bug_report_share_upper_ratio{brand="lumi",channel="reddit",window="hour"} 1)"));
}

TEST(SnapshotMetrics, ActivityIsACounterByRelation) {
  EXPECT_TRUE(has_line(
      scrape_of(tests::example_snapshot()),
      R"(kaiku_events_total{brand="kirkas",channel="x",type="mention",relation="repost"} 31010)"));
}

TEST(SnapshotMetrics, ConversationsAreCountedAsTheyGo) {
  const std::string text = scrape_of(tests::example_snapshot());
  const std::string place = R"({brand="kirkas",channel="reddit")";
  EXPECT_TRUE(has_line(text, "kaiku_conversations_answered_total" + place + R"(,by="peer"} 15)"));
  EXPECT_TRUE(has_line(text, "kaiku_conversations_answered_total" + place + R"(,by="bot"} 0)"))
      << "a share needs all of its parts";
  EXPECT_TRUE(has_line(text, "kaiku_conversations_deflected_total" + place + "} 5"));
  const std::string judged =
      "kaiku_conversation_sla_total" + place + R"(,type="bug_report",result=)";
  EXPECT_TRUE(has_line(text, judged + R"("met"} 5)"));
  EXPECT_TRUE(has_line(text, judged + R"("breached"} 13)"));
  const std::string waits = "kaiku_conversation_first_response_seconds_";
  EXPECT_TRUE(has_line(text, waits + "bucket" + place + R"(,visibility="public",le="60"} 1)"));
  EXPECT_TRUE(has_line(text, waits + "bucket" + place + R"(,visibility="public",le="240"} 2)"));
  EXPECT_TRUE(has_line(text, waits + "bucket" + place + R"(,visibility="public",le="1200"} 2)"));
  EXPECT_TRUE(has_line(text, waits + "bucket" + place + R"(,visibility="public",le="1320"} 3)"));
  EXPECT_TRUE(has_line(text, waits + "bucket" + place + R"(,visibility="public",le="+Inf"} 4)"));
  EXPECT_TRUE(has_line(text, waits + "sum" + place + R"(,visibility="public"} 5280)"));
  EXPECT_EQ(text.find(waits + "count" + place + R"(,visibility="private")"), std::string::npos);
  EXPECT_TRUE(has_line(
      text, "kaiku_conversation_resolution_seconds_bucket" + place + R"(,le="259200"} 0)"));
  EXPECT_TRUE(has_line(text, "kaiku_conversation_resolution_seconds_count" + place + "} 1"));
}

TEST(SnapshotMetrics, StepsAndSavedTimeAreCountedAsTheyGo) {
  const std::string text = scrape_of(tests::example_snapshot());
  EXPECT_TRUE(has_line(
      text, R"(kaiku_campaign_step_total{brand="kirkas",campaign="spring",step="views"} 81000)"));
  EXPECT_TRUE(has_line(
      text, R"(kaiku_campaign_step_total{brand="kirkas",campaign="spring",step="orders"} 0)"));
  EXPECT_TRUE(has_line(
      text, R"(kaiku_interruptions_avoided_seconds_total{brand="kirkas",channel="email"} 7680)"));
}

TEST(SnapshotMetrics, ConversationsSpeakOfTheLastClosedWindow) {
  const std::string text = scrape_of(tests::example_snapshot());
  const std::string place = R"({brand="kirkas",channel="reddit",window="hour")";
  EXPECT_TRUE(has_line(text, "kaiku_window_conversations_opened" + place + "} 22"));
  EXPECT_TRUE(has_line(text, "kaiku_window_conversations_answered" + place + R"(,by="peer"} 15)"));
  EXPECT_TRUE(has_line(text, "kaiku_window_sla_conversations" + place + R"(,result="met"} 5)"));
  EXPECT_TRUE(
      has_line(text, "kaiku_window_sla_conversations" + place + R"(,result="breached"} 13)"));
  EXPECT_TRUE(has_line(text, "kaiku_window_contacts_avoided" + place + "} 5"));
  EXPECT_TRUE(
      has_line(text, R"(kaiku_sla_attainment_ratio{brand="aurinko",channel="x",window="hour"} 1)"));
  EXPECT_TRUE(has_line(
      text, R"(kaiku_booked_net_revenue_euros{brand="lumi",channel="shop",window="hour"} -489)"));
}

TEST(SnapshotMetrics, OfAllChannelsThereAreQuantilesOnly) {
  const std::string text = scrape_of(tests::example_snapshot());
  EXPECT_TRUE(has_line(
      text,
      R"(kaiku_window_first_response_ninth_decile_seconds{brand="kirkas",channel="_all",window="hour",visibility="private"} 39600)"));
  EXPECT_TRUE(has_line(
      text,
      R"(kaiku_window_first_response_median_seconds{brand="kirkas",channel="x",window="hour",visibility="public"} 780)"));
  EXPECT_TRUE(has_line(
      text,
      R"(kaiku_window_resolution_median_seconds{brand="lumi",channel="_all",window="hour"} 43200)"));
  EXPECT_EQ(text.find(R"(conversations_opened{brand="kirkas",channel="_all")"), std::string::npos)
      << "a sum over channels would count it twice";
  EXPECT_EQ(text.find(R"(first_response_median_seconds{brand="lumi")"), std::string::npos)
      << "nobody was answered: absent, not 0";
}

std::string support(std::string_view metric, std::string_view brand, std::string_view channel) {
  return "kaiku_" + std::string(metric) + "{brand=\"" + std::string(brand) + "\",channel=\"" +
         std::string(channel) + "\",type=\"support_message\"}";
}

TEST(SnapshotMetrics, WhoWaitsIsKnownNow) {
  const std::string text = scrape_of(tests::example_snapshot());
  EXPECT_TRUE(has_line(text, support("conversations_unanswered", "kirkas", "reddit") + " 13"));
  EXPECT_TRUE(has_line(
      text, support("conversation_oldest_unanswered_seconds", "kirkas", "reddit") + " 93600"));
  EXPECT_TRUE(has_line(text, support("conversations_unanswered", "aurinko", "email") + " 0"));
  EXPECT_EQ(text.find(R"(oldest_unanswered_seconds{brand="aurinko",channel="email",)"),
            std::string::npos);
  EXPECT_TRUE(
      has_line(text, R"(kaiku_alerts_open{brand="lumi",channel="reddit",kind="sla_breach"} 4)"));
}

TEST(SnapshotMetrics, ConversationsOfBrandsBeyondTheBudgetAreAddedUp) {
  Snapshot snapshot = tests::example_snapshot();
  metrics::RegistryOptions options;
  options.sources = {"posts"};
  options.windows = {"hour"};
  options.series_budget = 1;
  metrics::Registry registry(options);
  registry.add_collector(
      [&](metrics::Samples& samples) { add_snapshot_metrics(snapshot, samples); });
  const std::string text = registry.scrape();
  EXPECT_TRUE(has_line(
      text,
      R"(kaiku_window_conversations_opened{brand="_other",channel="reddit",window="hour"} 31)"));
  EXPECT_TRUE(has_line(text, support("conversations_unanswered", "_other", "reddit") + " 17"));
  EXPECT_TRUE(has_line(
      text, support("conversation_oldest_unanswered_seconds", "_other", "reddit") + " 93600"))
      << "the longest wait of all of them";
  EXPECT_EQ(text.find("kaiku_sla_attainment_ratio{"), std::string::npos);
  EXPECT_EQ(text.find("kaiku_window_first_response_median_seconds{"), std::string::npos);
}

TEST(SnapshotMetrics, AnEmptySnapshotGivesNothingThatIsNotKnown) {
  const std::string text = scrape_of(Snapshot());
  EXPECT_EQ(text.find("kaiku_commit_last_success"), std::string::npos);
  EXPECT_EQ(text.find("kaiku_window_"), std::string::npos);
  EXPECT_TRUE(has_line(text, R"(kaiku_pipeline_state{state="starting"} 1)"));
}

}  // namespace
}  // namespace kaiku::serve
