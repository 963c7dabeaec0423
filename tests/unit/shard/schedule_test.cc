#include "kaiku/shard/schedule.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/shard/shard_world.h"

namespace kaiku::shard {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array kAll = {
    Catalogue::kPrices, Catalogue::kMarkets, Catalogue::kTargets, Catalogue::kCalendars};
constexpr std::array kOnlyPrices = {Catalogue::kPrices};

base::EventTime at(const char* time) {
  return base::parse_rfc3339(time);
}

ScheduleEntry wage(const char* day, const char* says) {
  return {Catalogue::kPrices, "wage_per_hour,*,*", base::parse_rfc3339(day), says};
}

std::shared_ptr<const money::Prices> prices_of(const std::string& rows) {
  auto prices =
      money::Prices::parse("price,brand,channel,valid_from,amount\n" + rows, "prices.csv");
  EXPECT_TRUE(prices.has_value()) << prices.error().message();
  return std::make_shared<const money::Prices>(std::move(prices).value());
}

const char* const kJanuary = "2026-01-01T00:00:00Z";
const char* const kMay = "2026-05-01T00:00:00Z";
const char* const kMarch = "2026-03-02T10:00:00Z";

class ScheduleTest : public testing::Test {
 protected:
  ScheduleTest() { open(); }

  void open() {
    tables.reset();
    tables = state::open_tables(store, "schedule", 0).value();
    taken = std::make_unique<TakenSchedule>(*tables);
    ASSERT_TRUE(taken->load().is_ok());
  }

  void commit() {
    (void)tables->seal();
    ++epoch;
    ASSERT_TRUE(tables->commit({epoch, static_cast<int64_t>(epoch)}).is_ok());
  }

  [[nodiscard]] std::string problem_of(const Schedule& wanted, const char* reached = kMarch) const {
    return taken->check(kAll, wanted, at(reached)).message();
  }

  state::MemoryStore store;
  std::unique_ptr<state::Tables> tables;
  std::unique_ptr<TakenSchedule> taken;
  uint64_t epoch = 0;
};

TEST_F(ScheduleTest, ALaterEntryIsTakenAtAnyTime) {
  EXPECT_EQ(taken->take(kAll, {wage(kJanuary, "32")}, base::kTimeBegin), 0U);
  const Schedule more = {wage(kJanuary, "32"), wage(kMay, "40")};
  EXPECT_EQ(problem_of(more), "");
  EXPECT_EQ(taken->take(kAll, more, at(kMarch)), 0U);
  // Until it holds it may change, and go.
  EXPECT_EQ(problem_of({wage(kJanuary, "32"), wage(kMay, "41")}), "");
  EXPECT_EQ(problem_of({wage(kJanuary, "32")}), "");
  EXPECT_THAT(problem_of({wage(kJanuary, "32")}, kMay), HasSubstr("was 40 and is gone"));
}

TEST_F(ScheduleTest, AnEntryOfATimeThatWasCountedIsCounted) {
  (void)taken->take(kAll, {wage(kJanuary, "32")}, base::kTimeBegin);
  const Schedule more = {
      wage(kJanuary, "32"), wage("2026-02-01T00:00:00Z", "40"), wage(kMarch, "41")};
  EXPECT_EQ(problem_of(more), "");
  EXPECT_EQ(taken->take(kAll, more, at(kMarch)), 2U);
  EXPECT_EQ(taken->take(kAll, more, at(kMarch)), 0U);
}

TEST_F(ScheduleTest, WhatCameLateIsKnownAfterARestart) {
  (void)taken->take(kAll, {wage(kJanuary, "32")}, base::kNoTime);
  EXPECT_TRUE(taken->late().empty()) << "nothing was counted";
  const Schedule more = {wage(kJanuary, "32"),
                         wage("2026-02-01T00:00:00Z", "40"),
                         wage(kMay, "41"),
                         {Catalogue::kMarkets, "drinks", base::kTimeBegin, "a b"}};
  EXPECT_EQ(taken->take(kAll, more, at(kMarch)), 2U);
  commit();
  open();
  EXPECT_EQ(taken->take(kAll, more, at(kMay)), 0U);
  const std::vector<board::LateEntry> late = taken->late();
  ASSERT_EQ(late.size(), 2U);
  EXPECT_EQ(late[0].of, Catalogue::kPrices);
  EXPECT_EQ(late[0].name, "wage_per_hour,*,*");
  EXPECT_EQ(late[0].valid_from, at("2026-02-01T00:00:00Z"));
  EXPECT_EQ(late[0].reached, at(kMarch));
  EXPECT_EQ(late[1].of, Catalogue::kMarkets);
  EXPECT_EQ(late[1].valid_from, base::kTimeBegin);
}

TEST_F(ScheduleTest, ARowOfTheLayoutBeforeIsReadStill) {
  (void)taken->take(kAll, {wage(kJanuary, "32")}, base::kNoTime);
  std::string key;
  std::string row;
  ASSERT_TRUE(tables
                  ->scan(state::TableId::kSchedule,
                         [&](auto name, auto value) {
                           key = name;
                           row = value;
                         })
                  .is_ok());
  row.resize(row.size() - sizeof(int64_t));
  row[0] = 1;
  tables->put(state::TableId::kSchedule, key, row);
  ASSERT_TRUE(taken->load().is_ok());
  EXPECT_EQ(problem_of({wage(kJanuary, "32")}), "");
  EXPECT_TRUE(taken->late().empty());
}

TEST_F(ScheduleTest, WhatHeldStays) {
  (void)taken->take(
      kAll,
      {wage(kJanuary, "32"), {Catalogue::kMarkets, "drinks", base::kTimeBegin, "a b"}},
      base::kTimeBegin);
  EXPECT_EQ(problem_of({wage(kJanuary, "33"), {Catalogue::kMarkets, "drinks", at(kMay), "a b"}}),
            "a catalogue has changed where it held already (until 2026-03-02T10:00:00Z): price "
            "wage_per_hour,*,* from 2026-01-01T00:00:00Z was 32 and is 33; market drinks from the "
            "beginning was a b and is gone. Figures were made with it: put it back, and add an "
            "entry with a later valid_from. To count anew with what it says now, give the pipeline "
            "another name");
  // Only what is asked for is compared.
  EXPECT_TRUE(taken->check(kOnlyPrices, {wage(kJanuary, "32")}, at(kMarch)).is_ok());
}

TEST_F(ScheduleTest, ALongListOfChangesIsCut) {
  Schedule many;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    many.push_back({Catalogue::kTargets, name, at(kJanuary), "x within 60s"});
  }
  (void)taken->take(kAll, many, base::kTimeBegin);
  EXPECT_THAT(problem_of({}), HasSubstr("; and 2 more. Figures"));
}

TEST_F(ScheduleTest, ItIsKeptInTheTables) {
  const Schedule all = {wage(kJanuary, "32"), wage(kMay, "40")};
  (void)taken->take(kAll, all, base::kTimeBegin);
  commit();
  open();
  EXPECT_EQ(problem_of(all, kMay), "");
  EXPECT_THAT(problem_of({wage(kMay, "40")}), HasSubstr("was 32 and is gone"));
  (void)taken->take(kAll, {wage(kJanuary, "32")}, at(kMarch));
  commit();
  open();
  EXPECT_EQ(problem_of({wage(kJanuary, "32")}, kMay), "");
}

TEST_F(ScheduleTest, OfTwoWithOneNameAndDayTheFirstHolds) {
  (void)taken->take(kAll, {wage(kJanuary, "32"), wage(kJanuary, "40")}, base::kTimeBegin);
  EXPECT_EQ(problem_of({wage(kJanuary, "32")}), "");
}

TEST_F(ScheduleTest, ADamagedRowIsSeen) {
  tables->put(state::TableId::kSchedule, "\x01wage", "\x02");
  EXPECT_EQ(taken->load().next(), base::Next::kRestore);
}

const std::string kOrder =
    R"({"event_id":"%","type":"business_event","kind":"order","business_id":"%","brand_id":"kirkas",)"
    R"("channel":"web","occurred_at":"@","amount":"100.00","currency":"EUR"})";
const std::string kSpend =
    R"({"event_id":"s%","type":"business_event","kind":"ad_spend","business_id":"s%",)"
    R"("brand_id":"kirkas","channel":"web","occurred_at":"@","amount":"10.00","currency":"EUR"})";

void fill(std::string& json, const std::string& id, const std::string& time) {
  for (size_t hole = json.find('%'); hole != std::string::npos; hole = json.find('%')) {
    json.replace(hole, 1, id);
  }
  json.replace(json.find('@'), 1, time);
}

// Orders and spend of some days; prices change while the shard runs.
class ShardSchedule : public testing::Test {
 protected:
  static Plan plan() {
    Plan plan = world_plan(1, {"events"}, false);
    auto board = std::make_shared<board::BoardPlan>(*plan.board);
    board->prices = prices_of("margin,*,*,2026-01-01,0.5\n");
    plan.board = std::move(board);
    return plan;
  }

  void day(const std::string& id, const std::string& time) {
    for (std::string json : {kOrder, kSpend}) {
      fill(json, id, time);
      world.feed(0, json, at(time.c_str()));
    }
    world.settle();
  }

  [[nodiscard]] std::string return_of(const std::string& start) const {
    for (const auto& [key, value] : world.last(world.plan().outputs.kpi)) {
      if (value.find("\"kpi\":\"return_on_spend\"") != std::string::npos &&
          value.find("\"channel\":\"web\"") != std::string::npos &&
          value.find("\"window_start\":\"" + start) != std::string::npos) {
        return value;
      }
    }
    return "";
  }

  World world{plan()};
};

TEST_F(ShardSchedule, ALaterPriceIsTakenWhileItRuns) {
  day("1", "2026-03-02T10:00:00Z");
  day("2", "2026-03-04T10:00:00Z");  // closes the 2nd
  const std::string before = return_of("2026-03-02");
  EXPECT_THAT(before, HasSubstr("\"value\":4,"));  // (100 x 0.5 - 10) / 10
  const auto more = prices_of("margin,*,*,2026-01-01,0.5\nmargin,*,*,2026-04-01,0.6\n");
  ASSERT_TRUE(world.shard(0).check(*more).is_ok());
  world.shard(0).adopt(more);
  EXPECT_EQ(world.shard(0).retroactive(), 0U);
  day("3", "2026-04-03T10:00:00Z");
  day("4", "2026-04-05T10:00:00Z");
  EXPECT_THAT(return_of("2026-04-03"), HasSubstr("\"value\":5,"));
  // Nothing that was said before is said otherwise, a version of it neither.
  EXPECT_EQ(return_of("2026-03-02"), before);
}

TEST_F(ShardSchedule, APriceOfATimeThatIsOverIsCountedAndRewritesNothing) {
  day("1", "2026-03-02T10:00:00Z");
  day("2", "2026-03-04T10:00:00Z");
  const std::string before = return_of("2026-03-02");
  const auto more = prices_of("margin,*,*,2026-01-01,0.5\nmargin,*,*,2026-03-01,0.6\n");
  ASSERT_TRUE(world.shard(0).check(*more).is_ok());
  world.shard(0).adopt(more);
  EXPECT_EQ(world.shard(0).retroactive(), 1U);
  world.settle();
  EXPECT_EQ(return_of("2026-03-02"), before);
  day("3", "2026-03-06T10:00:00Z");
  EXPECT_THAT(return_of("2026-03-04"), HasSubstr("\"value\":5,"));
}

// What is told of a window that was over when the price was taken says so, after a crash too.
TEST_F(ShardSchedule, ACorrectionByAPriceThatCameLateIsNotExact) {
  constexpr const char* kWhy = R"("exact":false,"inexact_reasons":["catalogue"])";
  day("1", "2026-03-02T10:00:00Z");
  day("2", "2026-03-04T10:00:00Z");
  EXPECT_THAT(return_of("2026-03-02"), Not(HasSubstr("exact")));
  world.adopt(prices_of("margin,*,*,2026-01-01,0.5\nmargin,*,*,2026-03-01,0.6\n"));
  day("3", "2026-03-02T11:00:00Z");
  EXPECT_THAT(return_of("2026-03-02"), HasSubstr("\"revision\":1,"));
  EXPECT_THAT(return_of("2026-03-02"), HasSubstr(kWhy));
  world.rebuild_all();
  day("4", "2026-03-02T12:00:00Z");
  EXPECT_THAT(return_of("2026-03-02"), HasSubstr("\"revision\":2,"));
  EXPECT_THAT(return_of("2026-03-02"), HasSubstr(kWhy));
  // The day that was not over is what it would be with a list that always had the price.
  day("5", "2026-03-06T10:00:00Z");
  EXPECT_THAT(return_of("2026-03-04"), HasSubstr("\"value\":5,"));
  EXPECT_THAT(return_of("2026-03-04"), Not(HasSubstr("exact")));
}

std::map<std::string, std::string> figures_of(const World& world) {
  std::map<std::string, std::string> figures;
  for (const auto& [key, value] : world.last(world.plan().outputs.kpi)) {
    if (value.find("\"kpi\":") != std::string::npos) {  // not that a window was closed
      figures[key] = without(value, {"kind", "revision"});
    }
  }
  return figures;
}

// When a later price is taken is no matter, whatever commits, crashes and shards there are.
TEST(ShardSchedules, ALaterPriceGivesTheFiguresOfAListThatHadItFromTheBeginning) {
  const auto later = prices_of("margin,*,*,2026-01-01,0.5\nmargin,*,*,2026-04-01,0.6\n");
  std::map<std::string, std::string> first;
  for (const uint64_t seed : {0U, 1U, 2U, 3U, 4U, 5U}) {
    Plan plan = world_plan(1 + static_cast<uint32_t>(seed % 3), {"events"}, false);
    auto board = std::make_shared<board::BoardPlan>(*plan.board);
    board->prices = seed == 0 ? later : prices_of("margin,*,*,2026-01-01,0.5\n");
    plan.board = std::move(board);
    World world(std::move(plan));
    base::Prng prng(seed);
    const int64_t taken_on = seed == 0 ? -1 : static_cast<int64_t>(prng.below(25));
    for (int64_t day = 0; day < 50; ++day) {
      const base::EventTime time = at("2026-03-02T10:00:00Z") + day * base::kDay;
      for (std::string json : {kOrder, kSpend}) {
        fill(json, std::to_string(day), base::format_seconds(time));
        world.feed(0, json, time);
      }
      if (day == taken_on) {
        world.adopt(later);
      }
      for (uint64_t steps = prng.below(20); steps != 0; --steps) {
        world.stir(prng);
      }
    }
    world.settle();
    const auto figures = figures_of(world);
    if (seed == 0) {
      first = figures;
      EXPECT_GT(first.size(), 200U);
    }
    EXPECT_EQ(figures.size(), first.size()) << seed;
    for (const auto& [key, figure] : first) {
      const auto found = figures.find(key);
      EXPECT_EQ(found == figures.end() ? "" : found->second, figure) << seed << " " << key;
    }
  }
}

TEST_F(ShardSchedule, AChangedPriceIsRefused) {
  day("1", "2026-03-02T10:00:00Z");
  const base::Status status = world.shard(0).check(*prices_of("margin,*,*,2026-01-01,0.6\n"));
  EXPECT_EQ(status.exit_code(), base::Exit::kConfig);
  EXPECT_THAT(status.message(),
              HasSubstr("price margin,*,* from 2026-01-01T00:00:00Z was 0.5 and is 0.6"));
  EXPECT_THAT(world.shard(0).check(*prices_of("")).message(), HasSubstr("was 0.5 and is gone"));
}

}  // namespace
}  // namespace kaiku::shard
