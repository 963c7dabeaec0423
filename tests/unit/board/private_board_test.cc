// What a board with min_cell tells, and what an attacker who has read all of it can compute.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

#include "unit/board/desk.h"
#include "unit/json_schema.h"

namespace kaiku::board {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const EventTime kDayBegin = at("2026-03-02T00:00:00Z");

BoardPlan private_plan(uint32_t least) {
  BoardPlan plan = plan_of({window_of("day", kDay)}, {"day"});
  plan.min_cell = least;
  return plan;
}

// One item of each of the people [from, to).
Aggregate said_by(uint64_t from, uint64_t to) {
  Aggregate delta;
  for (uint64_t person = from; person < to; ++person) {
    ++delta.by_relation[0];
    ++delta.inbound;
    ++delta.inbound_original;
    ++delta.impressions;
    delta.authors.add(base::HashKey().hash64(std::to_string(person)));
  }
  return delta;
}

std::string shown(const Published& record) {
  const JsonValue json = json_of(record);
  const JsonValue* withheld = json.find("suppressed_below");
  return json.at("channel") + " " + json.at("type") + " " + json.at("kind") + " " +
         json.at("revision") + ": " +
         (withheld != nullptr ? "below " + withheld->text : json.at("count_total"));
}

std::vector<std::string> shown(const std::vector<Published>& all) {
  std::vector<std::string> lines;
  for (const Published& record : of(Dataset::kActivity, all)) {
    lines.push_back(shown(record));
  }
  return lines;
}

// "engagement_rate x: 40/40", or "engagement_rate x: withheld".
std::vector<std::string> shown_kpis(const std::vector<Published>& all, const std::string& name) {
  std::vector<std::string> lines;
  for (const Published& record : of(Dataset::kKpi, all)) {
    const JsonValue json = json_of(record);
    if (json.at("kpi") == name) {
      const bool is_withheld = json.find("suppressed_below") != nullptr;
      lines.push_back(json.at("channel") + ": " + (is_withheld ? "withheld" : json.at("n")));
    }
  }
  return lines;
}

TEST(PrivateBoard, NothingIsToldEarlyAndASmallCellTakesTheNextWithIt) {
  Desk desk(private_plan(10));
  desk.merge(kDayBegin, "kirkas", "chat", ItemType::kMention, said_by(0, 9));
  desk.merge(kDayBegin, "kirkas", "mail", ItemType::kMention, said_by(0, 30));
  desk.merge(kDayBegin, "kirkas", "x", ItemType::kMention, said_by(0, 40));
  EXPECT_FALSE(desk.board().has_early());
  EXPECT_THAT(desk.seal(true), IsEmpty());
  desk.advance(kDayBegin + 2 * kDay);
  const auto out = desk.seal();
  EXPECT_THAT(shown(out),
              ElementsAre("chat mention final 0: below 10",
                          "mail mention final 0: below 10",
                          "x mention final 0: 40"));
  EXPECT_THAT(shown_kpis(out, "engagement_rate"),
              ElementsAre("chat: withheld", "mail: withheld", "x: 40", "_all: 79"));
  std::vector<CellView> views;
  desk.board().view(views);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].channel, "x");
}

TEST(PrivateBoard, RecordsAreAsTheirSchemasSay) {
  Desk desk(private_plan(10));
  desk.merge(kDayBegin, "kirkas", "chat", ItemType::kMention, said_by(0, 9));
  desk.merge(kDayBegin, "kirkas", "x", ItemType::kMention, said_by(0, 40));
  desk.advance(kDayBegin + 2 * kDay);
  for (const Published& record : desk.seal()) {
    if (record.dataset != Dataset::kClosed) {
      const char* name = record.dataset == Dataset::kActivity ? "activity" : "kpi";
      EXPECT_EQ(tests::problem_of(tests::schema_of(name), json_of(record), ""), "") << record.value;
    }
  }
}

TEST(PrivateBoard, ARevisionHasToBeAboutEnoughMorePeopleInEachCellThatChanged) {
  Desk desk(private_plan(10));
  desk.merge(kDayBegin, "kirkas", "mail", ItemType::kMention, said_by(0, 30));
  desk.merge(kDayBegin, "kirkas", "x", ItemType::kMention, said_by(0, 40));
  desk.advance(kDayBegin + 2 * kDay);
  EXPECT_EQ(shown(desk.seal()).size(), 2U);
  desk.merge(kDayBegin, "kirkas", "x", ItemType::kMention, said_by(40, 49));
  EXPECT_THAT(shown(desk.seal()), IsEmpty());
  std::vector<CellView> views;
  desk.board().view(views);
  ASSERT_EQ(views.size(), 1U);  // no gauge tells what no record tells
  EXPECT_EQ(views[0].channel, "mail");
  desk.restart();
  desk.merge(kDayBegin, "kirkas", "mail", ItemType::kMention, said_by(30, 31));
  desk.merge(kDayBegin, "kirkas", "x", ItemType::kMention, said_by(49, 51));
  EXPECT_THAT(shown(desk.seal()), IsEmpty());  // mail would tell of one
  desk.merge(kDayBegin, "kirkas", "mail", ItemType::kMention, said_by(31, 41));
  EXPECT_THAT(shown(desk.seal()),
              ElementsAre("mail mention revision 1: 41", "x mention revision 1: 51"));
}

TEST(PrivateBoard, WhatIsWithheldStaysSo) {
  Desk desk(private_plan(10));
  desk.merge(kDayBegin, "kirkas", "chat", ItemType::kMention, said_by(0, 9));
  desk.merge(kDayBegin, "kirkas", "x", ItemType::kMention, said_by(0, 40));
  desk.merge(kDayBegin, "kirkas", "y", ItemType::kMention, said_by(0, 50));
  desk.advance(kDayBegin + 2 * kDay);
  (void)desk.seal();
  desk.restart();
  desk.merge(kDayBegin, "kirkas", "chat", ItemType::kMention, said_by(9, 90));
  const auto out = desk.seal();
  EXPECT_THAT(shown(out), IsEmpty());
  EXPECT_THAT(shown_kpis(out, "engagement_rate"), ElementsAre("_all: 180"));
}

TEST(PrivateBoard, ABrandWithFewPeopleSaysNothingAtAll) {
  Desk desk(private_plan(10));
  desk.merge(kDayBegin, "kirkas", "chat", ItemType::kMention, said_by(0, 5));
  desk.merge(kDayBegin, "kirkas", "x", ItemType::kSupportMessage, said_by(5, 9));
  desk.advance(kDayBegin + 2 * kDay);
  const auto out = desk.seal();
  EXPECT_THAT(shown(out),
              ElementsAre("chat mention final 0: below 10", "x support_message final 0: below 10"));
  for (const Published& record : of(Dataset::kKpi, out)) {
    EXPECT_NE(json_of(record).find("suppressed_below"), nullptr) << record.value;
  }
}

TEST(PrivateBoard, MoneyOfFewOrdersIsWithheldWithAllThatItIsPartOf) {
  Desk desk(private_plan(10));
  const auto sold = [](int64_t orders, int64_t refunds) {
    Aggregate delta = said_by(0, 50);
    delta.by_relation = {};
    delta.inbound = delta.inbound_original = 0;
    delta.orders = orders;
    delta.refunds = refunds;
    EXPECT_TRUE(
        delta.money.add(money::Flow::kOrder, currency_of("EUR"), 20'514, orders * 1'000'000));
    EXPECT_TRUE(delta.money.add(money::Flow::kRefund, currency_of("EUR"), 20'514, 5'000'000));
    return delta;
  };
  desk.merge(kDayBegin, "kirkas", "shop", ItemType::kBusinessEvent, sold(40, 2));
  desk.merge(kDayBegin, "kirkas", "web", ItemType::kBusinessEvent, sold(60, 30));
  desk.advance(kDayBegin + 2 * kDay);
  const auto out = desk.seal();
  EXPECT_THAT(shown_kpis(out, "booked_revenue"), ElementsAre("shop: 40", "web: 60", "_all: 100"));
  // The refunds of the shop are two; from net and booked, or from the total and the web's, they
  // could be computed.
  EXPECT_THAT(shown_kpis(out, "refunds"),
              ElementsAre("shop: withheld", "web: withheld", "_all: 32"));
  EXPECT_THAT(shown_kpis(out, "booked_net_revenue"),
              ElementsAre("shop: withheld", "web: withheld", "_all: 132"));
}

// Everything that was ever said of one brand's day, event by event.
struct Said {
  size_t round = 0;
  std::string channel;
  ItemType type = ItemType::kMention;
  uint64_t person = 0;
};

class Attacker {
 public:
  using Place = std::pair<std::string, std::string>;  // channel, type

  Attacker(const std::vector<Said>& truth, uint64_t least) : truth_(truth), least_(least) {}

  // Reads what was published at the end of a round.
  void read(size_t round, const std::vector<Published>& out) {
    std::set<Place> changed;
    bool has_total = false;
    int64_t total = 0;
    std::map<std::string, int64_t> row_totals;
    for (const Published& record : out) {
      const JsonValue json = json_of(record);
      const bool is_withheld = json.find("suppressed_below") != nullptr;
      if (record.dataset == Dataset::kActivity) {
        const Place place{json.at("channel"), json.at("type")};
        if (is_withheld) {
          EXPECT_FALSE(cells_.contains(place)) << "a cell that was told is withheld now";
          withheld_.insert(place);
        } else {
          EXPECT_FALSE(withheld_.contains(place)) << "a cell that was withheld is told now";
          read_cell(round, place, std::stoll(json.at("count_total")));
        }
      } else if (record.dataset == Dataset::kKpi && !is_withheld) {
        if (json.at("kpi") == "engagement_rate" && json.at("channel") == "_all") {
          has_total = true;
          total = std::stoll(json.at("n"));
        }
        if (json.at("kpi") == "bug_report_channel_share") {
          row_totals["bug_report"] = std::stoll(json.at("denominator"));
        }
      }
    }
    if (has_total) {
      subtract(round, "", total);
    }
    for (const auto& [type, value] : row_totals) {
      subtract(round, type, value);
    }
  }

  [[nodiscard]] size_t subtractions() const { return subtractions_; }

 private:
  struct Known {
    size_t round = 0;
    int64_t value = 0;
  };

  // People behind what was said at places of `in` after one round and up to another.
  template <typename In>
  std::set<uint64_t> people(size_t after, bool from_begin, size_t through, const In& in) const {
    std::set<uint64_t> found;
    for (const Said& said : truth_) {
      const Place place{said.channel, std::string(model::name_of(said.type))};
      if ((from_begin || said.round > after) && said.round <= through && in(place)) {
        found.insert(said.person);
      }
    }
    return found;
  }

  void expect_crowd(const std::set<uint64_t>& people, const char* what) const {
    EXPECT_TRUE(people.empty() || people.size() >= least_) << what << " is about " << people.size();
  }

  void read_cell(size_t round, const Place& place, int64_t value) {
    const auto here = [&](const Place& other) { return other == place; };
    const auto before = cells_.find(place);
    if (before != cells_.end() && before->second.value != value) {
      expect_crowd(people(before->second.round, false, round, here), "a difference");
    }
    expect_crowd(people(0, true, round, here), "a cell");
    cells_[place] = {round, value};
  }

  // What is left of a total when the cells that are told are taken away.
  void subtract(size_t round, const std::string& type, int64_t total) {
    for (const auto& [place, known] : cells_) {
      total -= type.empty() || place.second == type ? known.value : 0;
    }
    const auto left = [&](const Place& place) {
      return (type.empty() || place.second == type) && !cells_.contains(place);
    };
    const std::set<uint64_t> all = people(0, true, round, left);
    EXPECT_EQ(total == 0, all.empty());
    expect_crowd(all, "what is left of a total");
    std::set<Place> places;
    for (const Said& said : truth_) {
      const Place place{said.channel, std::string(model::name_of(said.type))};
      if (said.round <= round && left(place)) {
        places.insert(place);
      }
    }
    EXPECT_NE(places.size(), 1U) << "a cell that is withheld can be computed";
    const auto before = totals_.find(type);
    if (before != totals_.end() && before->second.value != total) {
      expect_crowd(people(before->second.round, false, round, left), "a difference of totals");
    }
    totals_[type] = {round, total};
    ++subtractions_;
  }

  const std::vector<Said>& truth_;
  uint64_t least_;
  std::map<Place, Known> cells_;
  std::map<std::string, Known> totals_;  // what is left of them
  std::set<Place> withheld_;
  size_t subtractions_ = 0;
};

void attack(uint64_t seed, size_t& subtractions) {
  base::Prng random(seed);
  const uint64_t least = 2 + random.below(12);
  Desk desk(private_plan(static_cast<uint32_t>(least)));
  std::vector<Said> truth;
  Attacker attacker(truth, least);
  const uint64_t channels = 1 + random.below(5);
  const auto say = [&](size_t round, uint64_t channel, ItemType type) {
    // A channel has its people; some of them are few.
    const uint64_t people = 1 + (channel * 7 + seed) % (3 * least);
    const Said said{
        round, "c" + std::to_string(channel), type, channel * 1'000 + random.below(people)};
    truth.push_back(said);
    desk.merge(kDayBegin, "kirkas", said.channel, type, said_by(said.person, said.person + 1));
  };
  for (size_t round = 0; round < 12; ++round) {
    const uint64_t count = round == 0 ? 40 + random.below(200) : random.below(3 * least);
    const uint64_t one = random.below(channels);
    for (uint64_t i = 0; i < count; ++i) {
      const auto type = static_cast<ItemType>(random.below(3));
      say(round,
          round == 0 ? random.below(channels) : one,
          round % 3 == 1 ? ItemType::kMention : type);
    }
    desk.advance(kDayBegin + (round < 1 ? 0 : 2) * kDay);
    attacker.read(round, desk.seal(true));
    if (random.below(4) == 0) {
      desk.restart();
    }
  }
  subtractions += attacker.subtractions();
}

TEST(PrivateBoard, NoWithheldFigureCanBeComputedFromAllThatWasEverTold) {
  size_t subtractions = 0;
  for (uint64_t seed = 1; seed <= 120 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    attack(seed, subtractions);
  }
  EXPECT_GT(subtractions, 60U);  // totals are told at all
}

TEST(PrivateBoard, WithoutItNothingIsWithheldAndRowsAreAsTheyWere) {
  Desk desk(plan_of({window_of("day", kDay)}, {"day"}));
  desk.merge(kDayBegin, "kirkas", "chat", ItemType::kMention, said_by(0, 1));
  desk.advance(kDayBegin + 2 * kDay);
  EXPECT_THAT(shown(desk.seal()), ElementsAre("chat mention final 0: 1"));
  bool found = false;
  EXPECT_TRUE(desk.tables()
                  .scan(state::TableId::kCells,
                        [&](std::string_view, std::string_view value) {
                          found = found || value.front() == 2;
                        })
                  .is_ok());
  EXPECT_FALSE(found);
}

}  // namespace
}  // namespace kaiku::board
