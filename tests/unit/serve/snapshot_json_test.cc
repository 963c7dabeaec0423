#include "serve/snapshot_json.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "unit/serve/example_snapshot.h"

namespace kaiku::serve {
namespace {

TEST(DecimalText, IsExactAndHasNoTrailingZeros) {
  EXPECT_EQ(decimal_text(0), "0");
  EXPECT_EQ(decimal_text(1'000'000), "1");
  EXPECT_EQ(decimal_text(1'143'524'310'000), "1143524.31");
  EXPECT_EQ(decimal_text(-500'000), "-0.5");
  EXPECT_EQ(decimal_text(1), "0.000001");
  EXPECT_EQ(decimal_text(-1'000'001), "-1.000001");
  EXPECT_EQ(decimal_text(std::numeric_limits<int64_t>::min()), "-9223372036854.775808");
  EXPECT_EQ(decimal_text(std::numeric_limits<int64_t>::max()), "9223372036854.775807");
}

TEST(SnapshotJson, HasOnlyTheCellsOfTheWindowAskedFor) {
  Snapshot snapshot = tests::example_snapshot();
  CellView other = snapshot.cells.front();
  other.window = "day";
  other.brand = "only_in_day";
  snapshot.cells.push_back(other);
  const std::string hour = snapshot_json(snapshot, "hour");
  EXPECT_EQ(hour.find("only_in_day"), std::string::npos);
  EXPECT_NE(
      hour.find(R"("brand":"kirkas","channel":"shop","type":"business_event","kind":"final")"),
      std::string::npos);
  EXPECT_NE(snapshot_json(snapshot, "day").find("only_in_day"), std::string::npos);
}

TEST(SnapshotJson, MoneyIsDecimalTextAndTimesAreRfc3339) {
  const std::string json = snapshot_json(tests::example_snapshot(), "hour");
  EXPECT_NE(json.find(R"("booked":"1143524.31","refunds":"18200","spend":"0")"), std::string::npos);
  EXPECT_NE(json.find(R"("now":"2026-03-03T09:42:10.000000Z")"), std::string::npos);
  EXPECT_NE(
      json.find(R"("window_start":"2026-03-03T08:00:00Z","window_end":"2026-03-03T09:00:00Z")"),
      std::string::npos);
}

TEST(SnapshotJson, WhatIsNotKnownIsNull) {
  const std::string json = snapshot_json(Snapshot(), "");
  EXPECT_NE(json.find(R"("behind_seconds":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("dedup_entries":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("last_commit":null)"), std::string::npos);
  Snapshot ended = tests::example_snapshot();
  ended.sources[0].watermark = base::kTimeEnd;
  EXPECT_NE(snapshot_json(ended, "hour").find(R"("watermark":null)"), std::string::npos);
}

TEST(SnapshotJson, LeavesTheSmallestCellsOutWhenThereAreTooMany) {
  Snapshot snapshot;
  snapshot.windows = {{"hour", base::kHour, base::kNoTime}};
  for (size_t i = 0; i < kCellsPerAnswer + 3; ++i) {
    CellView cell;
    cell.window = "hour";
    cell.count_total = static_cast<int64_t>(i);
    cell.brand = "b" + std::to_string(i) + "!";
    snapshot.cells.push_back(cell);
  }
  const std::string json = snapshot_json(snapshot, "hour");
  EXPECT_NE(json.find(R"("cells_omitted":3)"), std::string::npos);
  EXPECT_EQ(json.find(R"("brand":"b2!")"), std::string::npos);
  EXPECT_NE(json.find(R"("brand":"b3!")"), std::string::npos);
}

TEST(SnapshotJson, HostileTextStaysInsideItsString) {
  Snapshot snapshot = tests::example_snapshot();
  snapshot.cells[0].brand = "\"}]<script>alert(1)</script>\xff\n";
  const std::string json = snapshot_json(snapshot, "hour");
  EXPECT_NE(json.find("\"brand\":\"\\\"}]<script>alert(1)</script>\xef\xbf\xbd\\n\""),
            std::string::npos);
}

TEST(SnapshotJson, ThePageStartsWithTheFirstWindowOfAnHourOrLonger) {
  Snapshot snapshot = tests::example_snapshot();
  EXPECT_EQ(default_window(snapshot), "hour");
  snapshot.windows = {{"minute", base::kMinute, base::kNoTime}};
  EXPECT_EQ(default_window(snapshot), "minute");
  EXPECT_EQ(default_window(Snapshot()), "");
}

TEST(AggregatesJson, FiltersByWindowAndBrand) {
  const Snapshot snapshot = tests::example_snapshot();
  const std::string json = aggregates_json(snapshot, "hour", "lumi");
  EXPECT_NE(json.find(R"("brand":"lumi")"), std::string::npos);
  EXPECT_EQ(json.find(R"("brand":"kirkas")"), std::string::npos);
  EXPECT_NE(aggregates_json(snapshot, "", "").find(R"("brand":"kirkas")"), std::string::npos);
  EXPECT_NE(aggregates_json(snapshot, "hour", "nobody").find(R"("cells":[])"), std::string::npos);
}

}  // namespace
}  // namespace kaiku::serve
