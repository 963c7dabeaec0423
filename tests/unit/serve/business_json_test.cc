#include "serve/business_json.h"

#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "unit/board/json_value.h"
#include "unit/serve/example_snapshot.h"

namespace kaiku::serve {
namespace {

using board::JsonValue;

JsonValue json_of(const Snapshot& snapshot, std::string_view window = "hour") {
  const std::string text = business_json(snapshot, window);
  const auto json = JsonValue::parse(text);
  EXPECT_TRUE(json.has_value()) << text;
  return json.value_or(JsonValue());
}

const JsonValue& part(const JsonValue& json, std::string_view name) {
  static const JsonValue kNothing;
  const JsonValue* found = json.find(name);
  EXPECT_NE(found, nullptr) << name;
  return found == nullptr ? kNothing : *found;
}

// "open" or "closed"; nothing if there is no such period.
JsonValue period_of(const JsonValue& json, const std::string& kind) {
  for (const JsonValue& period : part(json, "periods").items) {
    if (period.at("kind") == kind) {
      return period;
    }
  }
  return {};
}

// "kirkas/x": the brand over all channels is "kirkas/".
std::vector<std::string> places_of(const JsonValue& period) {
  std::vector<std::string> places;
  for (const JsonValue& row : part(period, "rows").items) {
    places.push_back(row.at("brand") + "/" + row.at("channel"));
  }
  return places;
}

JsonValue row_of(const JsonValue& period, const std::string& brand, const std::string& channel) {
  for (const JsonValue& row : part(period, "rows").items) {
    if (row.at("brand") == brand && row.at("channel") == channel) {
      return row;
    }
  }
  ADD_FAILURE() << brand << "/" << channel;
  return {};
}

JsonValue value_of(const JsonValue& period, const std::string& basis, const std::string& figure) {
  for (const JsonValue& value : part(period, "values").items) {
    if (value.at("value_basis") == basis && value.at("figure") == figure) {
      return value;
    }
  }
  ADD_FAILURE() << basis << " " << figure;
  return {};
}

TEST(BusinessJson, RowsAreWholeBrandsLargestFirstAndWithoutANameLast) {
  const JsonValue closed = period_of(json_of(tests::example_snapshot()), "closed");
  EXPECT_EQ(closed.at("window_start"), "2026-03-03T08:00:00Z");
  EXPECT_EQ(places_of(closed),
            (std::vector<std::string>{"kirkas/",
                                      "kirkas/x",
                                      "kirkas/instagram",
                                      "kirkas/reddit",
                                      "kirkas/email",
                                      "aurinko/",
                                      "aurinko/instagram",
                                      "aurinko/x",
                                      "aurinko/email",
                                      "lumi/",
                                      "lumi/reddit",
                                      "_other/",
                                      "_other/x"}));
}

TEST(BusinessJson, ABrandCountsWhatItsChannelsCount) {
  const JsonValue closed = period_of(json_of(tests::example_snapshot()), "closed");
  const JsonValue brand = row_of(closed, "kirkas", "");
  EXPECT_EQ(brand.number("mentions"), 1'842 + 960 + 141);
  EXPECT_EQ(brand.number("bug_reports"), 14 + 3 + 22);
  EXPECT_EQ(brand.number("support_messages"), 33 + 12 + 2);
  const JsonValue& talks = part(brand, "conversations");
  EXPECT_EQ(talks.number("opened"), 93);
  EXPECT_EQ(part(talks, "first_by").number("peer"), 26);
  EXPECT_EQ(part(talks, "in_time").number("numerator"), 59);
  EXPECT_EQ(part(talks, "in_time").number("denominator"), 85);
  EXPECT_EQ(part(talks, "first_response_private").number("median_seconds"), 10'800);
  const JsonValue mail = row_of(closed, "kirkas", "email");
  EXPECT_EQ(part(part(mail, "conversations"), "first_response_public").kind, JsonValue::Kind::kNull)
      << "nothing was answered in public: not known, not 0";
  EXPECT_EQ(part(row_of(closed, "_other", "x"), "conversations").kind, JsonValue::Kind::kNull);
}

TEST(BusinessJson, SharesOfBugReportsCarryTheirInterval) {
  const JsonValue closed = period_of(json_of(tests::example_snapshot()), "closed");
  const JsonValue reddit = row_of(closed, "kirkas", "reddit");
  const JsonValue& share = part(reddit, "bug_report_share");
  EXPECT_EQ(share.number("numerator"), 22);
  EXPECT_EQ(share.number("denominator"), 39);
  EXPECT_EQ(share.at("lower"), "0.41");
  EXPECT_EQ(part(row_of(closed, "kirkas", ""), "bug_report_share").kind, JsonValue::Kind::kNull);
}

TEST(BusinessJson, TheTotalIsOfAllBrands) {
  const JsonValue closed = period_of(json_of(tests::example_snapshot()), "closed");
  const JsonValue& total = part(closed, "total");
  EXPECT_EQ(total.number("opened"), 93 + 13 + 9);
  EXPECT_EQ(part(total, "first_by").number("brand"), 51 + 12);
  EXPECT_EQ(total.number("never_answered"), 3 * 2);
  EXPECT_EQ(part(total, "in_time").number("numerator"), 59 + 12);
  EXPECT_EQ(part(total, "in_time").number("denominator"), 85 + 12 + 4);
}

TEST(BusinessJson, TheOpenWindowStandsBesideTheClosedOne) {
  const JsonValue open = period_of(json_of(tests::example_snapshot()), "open");
  EXPECT_EQ(open.at("window_start"), "2026-03-03T09:00:00Z");
  EXPECT_EQ(part(row_of(open, "kirkas", "x"), "conversations").number("opened"), 31);
  EXPECT_TRUE(json_of(tests::example_snapshot(), "day").find("periods")->items.empty())
      << "no day has begun";
}

TEST(BusinessJson, TheOpenWindowIsTheOneAroundNow) {
  Snapshot snapshot = tests::example_snapshot();
  CellView ahead = snapshot.cells.back();
  ahead.kind = metrics::ResultKind::kEarly;
  ahead.window_start += base::kHour;
  ahead.window_end += base::kHour;
  snapshot.cells.push_back(ahead);
  EXPECT_EQ(period_of(json_of(snapshot), "open").at("window_start"), "2026-03-03T09:00:00Z");
}

TEST(BusinessJson, KindsOfValueStandApartWithTheirUnit) {
  Snapshot snapshot = tests::example_snapshot();
  tests::add_value(snapshot,
                   "kirkas",
                   "x",
                   tests::kExampleHour - base::kHour,
                   true,
                   "replacement_cost",
                   "exposure",
                   "EUR",
                   999'900);
  const JsonValue closed = period_of(json_of(snapshot), "closed");
  const JsonValue net = value_of(closed, "booked", "booked_net_revenue");
  EXPECT_EQ(net.at("amount"), "1156035.81") << "1,125,324.31 + 31,200.50 - 489.00";
  EXPECT_EQ(net.at("unit"), "EUR");
  EXPECT_EQ(part(net, "parts").items.front().at("amount"), "1125324.31") << "the largest first";
  const JsonValue avoided = value_of(closed, "avoided", "contacts_avoided");
  EXPECT_EQ(avoided.at("amount"), "10");
  EXPECT_EQ(avoided.at("unit"), "contacts");
  EXPECT_EQ(value_of(closed, "replacement_cost", "exposure").at("amount"), "9999");
  EXPECT_EQ(part(closed, "values").items.size(), 6U);
}

TEST(BusinessJson, SumsBeyondTheRangeStayAtItsEnd) {
  Snapshot snapshot = tests::example_snapshot();
  for (ValueView& value : snapshot.values) {
    value.micros = std::numeric_limits<int64_t>::max();
  }
  const JsonValue closed = period_of(json_of(snapshot), "closed");
  EXPECT_EQ(value_of(closed, "none", "ad_spend").at("amount"), "9223372036854.775807");
}

TEST(BusinessJson, WhoWaitsLongestComesFirst) {
  const JsonValue json = json_of(tests::example_snapshot());
  const JsonValue& waiting = part(json, "waiting");
  EXPECT_EQ(waiting.number("count"), 24);
  EXPECT_EQ(waiting.number("oldest_seconds"), 93'600);
  const auto& places = part(waiting, "places").items;
  ASSERT_EQ(places.size(), 5U) << "where nobody waits is left out";
  EXPECT_EQ(places[0].at("channel"), "reddit");
  EXPECT_EQ(places[0].number("past_deadline"), 9);
  EXPECT_EQ(places[2].number("past_deadline"), 0);
  EXPECT_EQ(places[1].at("brand"), "lumi");
}

TEST(BusinessJson, AlertsAreCountedAndTheNewestShown) {
  const JsonValue json = json_of(tests::example_snapshot());
  const JsonValue& alerts = part(json, "alerts");
  EXPECT_EQ(alerts.number("open"), 14);
  EXPECT_EQ(part(alerts, "by_kind").number("sla_breach"), 13);
  const auto& newest = part(alerts, "newest").items;
  ASSERT_EQ(newest.size(), 4U);
  EXPECT_EQ(newest[0].at("kind"), "sla_risk");
  EXPECT_EQ(newest[0].at("url"), "https://x.example/kirkas/status/1897");
  EXPECT_EQ(newest[2].find("url")->kind, JsonValue::Kind::kNull);
  EXPECT_EQ(newest[2].find("severity")->kind, JsonValue::Kind::kNull);
  EXPECT_EQ(newest[1].at("opened_at"), "2026-03-03T09:01:10.000000Z");
}

TEST(BusinessJson, StaysBoundedWhateverTheSnapshotHolds) {
  Snapshot snapshot = tests::example_snapshot();
  const std::string name(200, 'b');
  for (int brand = 0; brand < 2'000; ++brand) {
    for (int channel = 0; channel < 4; ++channel) {
      const std::string where = name + std::to_string(brand);
      tests::add_cells(
          snapshot, where, std::to_string(channel), tests::kExampleHour, {9, 1, 1, 0, 0, 0});
      tests::add_value(snapshot,
                       where,
                       std::to_string(channel),
                       tests::kExampleHour,
                       false,
                       "booked",
                       "booked_revenue",
                       "EUR",
                       100);
      snapshot.waiting.push_back({where, std::to_string(channel), 1, 5});
    }
  }
  EXPECT_LT(business_json(snapshot, "hour").size(), 2'000'000U);
  const JsonValue json = json_of(snapshot);
  const JsonValue open = period_of(json, "open");
  EXPECT_LE(part(open, "rows").items.size(), kRowsPerPeriod);
  EXPECT_EQ(part(open, "rows").items.size() + static_cast<size_t>(open.number("rows_omitted")),
            2'000U * 5 + 11);
  EXPECT_EQ(places_of(open).front(), "kirkas/");
  const JsonValue booked = value_of(open, "booked", "booked_revenue");
  EXPECT_EQ(booked.at("amount"), "1183234.81") << "of all, not of those shown";
  EXPECT_EQ(booked.number("omitted"), 8'003 - static_cast<int64_t>(kValuesPerFigure));
  EXPECT_EQ(part(part(json, "waiting"), "places").items.size(), kWaitingPlaces);
}

TEST(BusinessJson, HostileTextStaysInsideItsString) {
  Snapshot snapshot = tests::example_snapshot();
  const std::string hostile = "\"}]<script>alert(1)</script>\xff\n";
  snapshot.conversations.front().brand = hostile;
  snapshot.alerts.front().url = hostile;
  snapshot.values.front().figure = hostile;
  snapshot.waiting.front() = {hostile, hostile, 3, 7};
  EXPECT_EQ(json_of(snapshot).at("pipeline"), "drinks-eu");
}

TEST(BusinessJson, AnEmptySnapshotSaysThatNothingIsKnown) {
  const JsonValue json = json_of(Snapshot(), "");
  EXPECT_EQ(json.find("window")->kind, JsonValue::Kind::kNull);
  EXPECT_TRUE(part(json, "periods").items.empty());
  EXPECT_EQ(part(part(json, "waiting"), "oldest_seconds").kind, JsonValue::Kind::kNull);
  EXPECT_FALSE(json.find("follows_conversations")->boolean);
}

TEST(BusinessWindow, IsTheLongestUpToADay) {
  Snapshot snapshot = tests::example_snapshot();
  EXPECT_EQ(default_business_window(snapshot), "day");
  EXPECT_TRUE(has_business_window(snapshot, "hour"));
  EXPECT_FALSE(has_business_window(snapshot, "minute")) << "too short for figures of business";
  snapshot.windows.push_back({"month", 28 * base::kDay, base::kNoTime, true});
  EXPECT_EQ(default_business_window(snapshot), "day");
  snapshot.windows = {{"month", 28 * base::kDay, base::kNoTime, true},
                      {"week", 7 * base::kDay, base::kNoTime, true}};
  EXPECT_EQ(default_business_window(snapshot), "week") << "all are longer: the shortest";
  EXPECT_EQ(default_business_window(Snapshot()), "");
}

}  // namespace
}  // namespace kaiku::serve
