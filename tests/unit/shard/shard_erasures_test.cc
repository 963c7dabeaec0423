// Subjects that are forgotten, through whole shards: what is forgotten, what is told of it and what
// stays is a function of what was said, whatever the order, the commits and the shards.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/shard/shard_world.h"

namespace kaiku::shard {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using base::kSecond;

struct Line {
  size_t source = 0;
  EventTime at = 0;
  std::string json;
};

Line line(size_t source, std::string_view id, std::string_view type, EventTime at) {
  return {source,
          at,
          "{\"event_id\":\"" + std::string(id) + "\"" + field("native_id", id) +
              field("type", type) + field("brand_id", "kirkas") +
              field("occurred_at", base::format_micros(at))};
}

Line said(const std::string& id, EventTime at, const std::string& thread, const std::string& who) {
  Line said = line(0, id, "bug_report", at);
  const bool is_brand = who == "care";
  said.json += field("channel", "forum") + field("conversation_id", thread) +
               field("url", "https://forum.example/" + thread) + ",\"author\":{\"id\":\"" + who +
               "\",\"role\":\"" + (is_brand ? "brand" : "customer") + "\"}" +
               (is_brand ? "" : field("customer_key", "c-" + who)) + "}";
  return said;
}

Line bought(const std::string& id, EventTime at, const std::string& who) {
  Line bought = line(1, id, "business_event", at);
  bought.json += field("kind", "order") + field("business_id", id) + field("channel", "web") +
                 field("customer_key", "c-" + who) + field("amount", "10.00") +
                 field("currency", "EUR") + "}";
  return bought;
}

Line erase(const std::string& id, EventTime at, const std::string& who) {
  Line request = line(0, id, "control", at);
  request.json += field("kind", "erase_subject") + field("channel", "forum") +
                  field("customer_key", "c-" + who) + ",\"author\":{\"id\":\"" + who + "\"}}";
  return request;
}

Plan plan_of(uint32_t shards, bool bounded) {
  Plan plan = world_plan(shards, {"people", "shop"}, bounded);
  auto journeys = std::make_shared<JourneyPlan>();
  journeys->keys.look_back = 10 * kDay;
  journeys->keys.order_delay_max = 3 * kDay;
  journeys->keys.lateness = plan.time.lateness_us;
  plan.journeys = std::move(journeys);
  auto conversations = std::make_shared<conversation::ConversationPlan>();
  conversations->lateness_us = plan.time.lateness_us;
  conversations->targets = {{"bugs", "", model::Severity::kNone, "", kHour, false}};
  conversations->ttl_us = 2 * kDay;
  plan.conversations = std::move(conversations);
  plan.alerts_per_day = 2;
  plan.privacy.erases = true;
  plan.outputs.erasures = plan.topics.add({"erasures", log::TopicRole::kOutput, 1, {}});
  return plan;
}

// All that is exact, by topic and key; what was withdrawn or came to nothing is not there.
std::map<std::string, std::string> told(const World& world) {
  const OutputPlan& outputs = world.plan().outputs;
  std::map<std::string, std::string> all;
  for (const log::TopicId topic :
       {outputs.kpi, outputs.outcomes, outputs.alerts, outputs.erasures, outputs.activity[0]}) {
    for (auto [key, body] : world.last(topic)) {
      const bool is_timely = key.find("sla_risk") != std::string::npos ||
                             key.find("\"hour\"") != std::string::npos ||
                             body.find("\"closed_through\"") != std::string::npos;
      const bool is_nothing = body.find("\"value\":null") != std::string::npos ||
                              body.find("\"value\":\"0.00\"") != std::string::npos;
      if (body.empty() || is_timely || is_nothing) {
        continue;
      }
      // How often it was revised depends on the run, and so does the watermark it was told at.
      all[std::to_string(topic) + " " + key] =
          topic == outputs.alerts ? body : without(body, {"kind", "revision", "watermark"});
    }
  }
  return all;
}

void run(World& world, const std::vector<Line>& lines, uint64_t seed) {
  base::Prng prng(seed);
  for (const Line& each : lines) {
    world.feed(each.source, each.json, each.at);
    while (prng.chance(2, 3)) {
      world.stir(prng);
    }
  }
  world.end(0);
  while (prng.chance(9, 10)) {
    world.stir(prng);
  }
  world.end(1);
  world.settle();
}

std::vector<Line> example() {
  const EventTime noon = kMonday + 12 * kHour;
  return {said("1", noon, "t1", "ann"),
          said("2", noon + 5 * kMinute, "t2", "bob"),
          bought("o1", noon + 10 * kMinute, "ann"),
          said("3", noon + 90 * kMinute, "t1", "care"),
          erase("r1", noon + 2 * kHour, "ann"),
          said("4", noon + 3 * kHour, "t1", "ann"),
          said("5", noon + 4 * kHour, "t3", "ann"),
          bought("o2", noon + 5 * kHour, "ann")};
}

// No row of any table of any shard holds these bytes.
testing::AssertionResult is_forgotten(const World& world, std::string_view bytes) {
  for (uint32_t shard = 0; shard < world.plan().shards; ++shard) {
    for (const auto table : {state::TableId::kConversations,
                             state::TableId::kKeys,
                             state::TableId::kOrders,
                             state::TableId::kVerdicts,
                             state::TableId::kAlerts,
                             state::TableId::kErasures}) {
      bool found = false;
      const base::Status status = world.tables(shard).scan(table, [&](auto key, auto value) {
        found = found || key.find(bytes) != std::string_view::npos ||
                value.find(bytes) != std::string_view::npos;
      });
      if (found || !status.is_ok()) {
        return testing::AssertionFailure()
               << "table " << static_cast<int>(table) << " of shard " << shard;
      }
    }
  }
  return testing::AssertionSuccess();
}

std::string customer_bytes(const Plan& plan, const std::string& who) {
  std::string bytes;
  base::ByteWriter(bytes).digest(journey_key(plan.key, model::KeyKind::kCustomer, "c-" + who));
  return bytes;
}

std::string author_bytes(const Plan& plan, const std::string& who) {
  std::string bytes;
  base::ByteWriter(bytes).u64(plan.key.digest({"author", "forum", who}).lo);
  return bytes;
}

TEST(ShardErasures, AReceiptSaysWhatEveryShardForgot) {
  for (const uint32_t shards : {1U, 2U, 7U}) {
    World world(plan_of(shards, true));
    run(world, example(), 3);
    const auto receipts = world.last(world.plan().outputs.erasures);
    ASSERT_EQ(receipts.size(), 1U);
    EXPECT_EQ(receipts.begin()->first, R"({"request_id":"r1"})");
    EXPECT_EQ(
        receipts.begin()->second,
        R"({"schema":"kaiku.erasure_receipt.v1","pipeline":"world","request_id":"r1",)"
        R"("requested_at":"2026-03-02T14:00:00.000000Z",)"
        R"("erased_before":"2026-03-02T14:00:00.000000Z",)"
        R"("completed_at":"2026-03-02T14:10:00.000000Z","purged":{"conversations":1,)"
        R"("participations":0,"touches":3,"questions":1,"orders":1,"attributions":1,)"
        R"("records_withdrawn":1},"stores":[{"store":"conversations","outcome":"purged"},)"
        R"({"store":"outcomes_and_alerts","outcome":"purged"},)"
        R"({"store":"touches","outcome":"purged"},)"
        R"({"store":"attributions","outcome":"purged"},{"store":"orders","outcome":"purged"},)"
        R"({"store":"dedup","outcome":"kept","why":"keyed hashes of items without an author, )"
        R"(until dedup.horizon"},{"store":"figures","outcome":"kept","why":"counts and )"
        R"(sketches, which name nobody"},{"store":"logs","outcome":"kept","why":"sources, )"
        R"(exchange and changelog go with their retention"}]})");
  }
}

TEST(ShardErasures, NothingOfTheSubjectIsLeftInAnyTable) {
  std::vector<Line> lines = example();
  lines.resize(5);  // up to the request
  for (const uint32_t shards : {1U, 3U}) {
    World before(plan_of(shards, true));
    run(before, {lines.begin(), lines.end() - 1}, 5);
    EXPECT_FALSE(is_forgotten(before, customer_bytes(before.plan(), "ann")));
    World after(plan_of(shards, true));
    run(after, lines, 5);
    EXPECT_TRUE(is_forgotten(after, customer_bytes(after.plan(), "ann")));
    EXPECT_TRUE(is_forgotten(after, author_bytes(after.plan(), "ann")));
    EXPECT_FALSE(is_forgotten(after, customer_bytes(after.plan(), "bob")));
  }
}

TEST(ShardErasures, FiguresOfWhatWasSaidBeforeStay) {
  std::vector<Line> lines = example();
  lines.resize(5);
  World with(plan_of(2, true));
  run(with, lines, 5);
  World without(plan_of(2, true));
  run(without, {lines.begin(), lines.end() - 1}, 5);
  const auto kept = told(with);
  for (const auto& [key, body] : told(without)) {
    // A customer's day and journey had not ended when they were forgotten.
    const bool is_open =
        key.find("journey") != std::string::npos || key.find("cross_channel") != std::string::npos;
    if (key.find("\"window\"") != std::string::npos && !is_open) {
      ASSERT_TRUE(kept.contains(key)) << key;
      EXPECT_EQ(kept.at(key), body);
    }
  }
}

TEST(ShardErasures, WhatIsDeliveredAgainBringsNobodyBackAndCountsOnce) {
  std::vector<Line> lines = example();
  lines.resize(5);
  World once(plan_of(2, false));
  run(once, lines, 5);
  // Later than everything: the shards have forgotten by then.
  const EventTime later = kMonday + 20 * kHour;
  std::vector<Line> again = lines;
  again.push_back(said("6", later, "t6", "dan"));
  again.push_back(bought("o6", later, "dan"));
  World world(plan_of(2, false));
  run(world, again, 5);
  again.insert(again.end() - 1, bought("o1", lines[2].at, "ann"));
  World repeated(plan_of(2, false));
  run(repeated, again, 5);
  EXPECT_TRUE(is_forgotten(repeated, customer_bytes(repeated.plan(), "ann")));
  auto expected = told(world);
  auto got = told(repeated);
  std::erase_if(got,
                [](const auto& each) { return each.first.find("\"type\"") != std::string::npos; });
  std::erase_if(expected,
                [](const auto& each) { return each.first.find("\"type\"") != std::string::npos; });
  EXPECT_EQ(got, expected);
}

std::vector<Line> random_lines(base::Prng& prng) {
  const std::vector<std::string> people = {"ann", "bob", "cid", "dan"};
  std::vector<Line> lines;
  EventTime at = kMonday + 8 * kHour;
  for (int i = 0; i < 60; ++i) {
    at += static_cast<int64_t>(prng.below(20 * 60)) * kSecond + 1;
    const std::string who = people[prng.below(people.size())];
    const std::string id = "i" + std::to_string(i);
    const std::string thread = "t" + std::to_string(prng.below(8));
    switch (prng.below(8)) {
      case 0:
        lines.push_back(erase(id, at, who));
        break;
      case 1:
      case 2:
        lines.push_back(bought(id, at, who));
        break;
      case 3:
        lines.push_back(said(id, at, thread, "care"));
        break;
      default:
        lines.push_back(said(id, at, thread, who));
        break;
    }
  }
  return lines;
}

TEST(ShardErasures, TheSameForAnyScheduleCrashAndNumberOfShards) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    base::Prng prng(seed);
    const bool is_bounded = prng.chance(1, 2);
    std::vector<Line> lines = random_lines(prng);
    World first(plan_of(1, is_bounded));
    run(first, lines, seed);
    const auto expected = told(first);
    for (const uint32_t shards : {2U, 7U}) {
      World world(plan_of(shards, is_bounded));
      run(world, lines, seed + shards);
      ASSERT_EQ(told(world), expected) << shards << " shards";
    }
    if (is_bounded) {
      // Of a file even the order does not matter.
      std::reverse(lines.begin(), lines.end());
      World world(plan_of(3, true));
      run(world, lines, seed + 50);
      ASSERT_EQ(told(world), expected) << "in another order";
    }
  }
}

}  // namespace
}  // namespace kaiku::shard
