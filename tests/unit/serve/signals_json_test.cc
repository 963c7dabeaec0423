// Alerts of signals in the JSON of the business view.
#include "serve/signals_json.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/board/json_value.h"
#include "unit/serve/example_snapshot.h"

namespace kaiku::serve {
namespace {

using board::JsonValue;

JsonValue signals_of(const Snapshot& snapshot) {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object();
  write_signals(json, snapshot);
  json.end_object();
  const auto parsed = JsonValue::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  const JsonValue* found = parsed ? parsed->find("signals") : nullptr;
  return found == nullptr ? JsonValue() : *found;
}

TEST(SignalsJson, AllAreCountedAndTheNewestListed) {
  const JsonValue signals = signals_of(tests::example_snapshot());
  EXPECT_TRUE(signals.find("followed")->boolean);
  EXPECT_EQ(signals.number("open"), 10);
  EXPECT_EQ(signals.find("by_kind")->number("burst"), 2);
  EXPECT_EQ(signals.find("by_kind")->number("weak_signal"), 1);
  EXPECT_EQ(signals.find("by_severity")->number("critical"), 3);
  const auto& newest = signals.find("newest")->items;
  ASSERT_EQ(newest.size(), 9U);
  const JsonValue& burst = newest[1];
  EXPECT_EQ(burst.at("alert_id"), "burst-0123456789abcdef-1");
  EXPECT_EQ(burst.at("kind"), "burst");
  EXPECT_EQ(burst.at("severity"), "warning");
  EXPECT_EQ(burst.at("brand"), "kirkas");
  EXPECT_EQ(burst.at("subject"), "#lasi");
  EXPECT_EQ(burst.at("opened_at"), "2026-03-03T09:00:00.000000Z");
  EXPECT_EQ(burst.at("window"), "hour");
  EXPECT_EQ(burst.at("window_start"), "2026-03-03T08:00:00Z");
  EXPECT_EQ(burst.at("count"), "42");
  EXPECT_EQ(burst.find("evidence")->at("expected"), "3.08");
  EXPECT_EQ(newest[2].find("subject")->kind, JsonValue::Kind::kNull) << "the brand as a whole";
  EXPECT_EQ(newest[4].find("brand")->kind, JsonValue::Kind::kNull) << "a source is nobody's";
}

TEST(SignalsJson, HostileSubjectsStayInsideTheirString) {
  Snapshot snapshot = tests::example_snapshot();
  const std::string hostile = "\"}]<script>alert(1)</script>\xff\n";
  snapshot.open_signals[0].subject = hostile;
  snapshot.open_signals[0].brand = hostile;
  const JsonValue signals = signals_of(snapshot);
  EXPECT_EQ(signals.find("newest")->items.size(), 9U);
  EXPECT_NE(signals.find("newest")->items[0].at("subject").find("<script>"), std::string::npos);
}

TEST(SignalsJson, WhereNoneAreFollowedThereAreNone) {
  const JsonValue signals = signals_of(Snapshot());
  EXPECT_FALSE(signals.find("followed")->boolean);
  EXPECT_EQ(signals.number("open"), 0);
  EXPECT_TRUE(signals.find("newest")->items.empty());
}

}  // namespace
}  // namespace kaiku::serve
