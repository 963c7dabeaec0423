// Properties over random runs: a restart changes nothing that is published, the last revisions are
// those of a naive oracle, and nothing is lost when windows are dropped.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

#include "board/activity_record.h"
#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

const EventTime kStart = at("2026-03-28T18:00:00Z");  // a short day in Helsinki follows

struct Change {
  EventTime time = 0;
  std::string brand;
  std::string channel;
  ItemType type = ItemType::kMention;
  Aggregate delta;
};

Change random_change(base::Prng& prng, EventTime now) {
  Change change;
  change.time = now - prng.between(0, prng.chance(1, 5) ? 9 * kHour : 30 * kMinute);
  change.brand = "brand-" + std::to_string(prng.below(3));
  change.channel = prng.chance(1, 2) ? "x" : "web";
  change.type = static_cast<ItemType>(prng.below(4));
  Aggregate& delta = change.delta;
  const auto relation = prng.below(model::kRelations);
  delta.by_relation[relation] = prng.chance(1, 6) ? -1 : 1;
  delta.inbound = prng.chance(1, 4) ? 0 : delta.by_relation[relation];
  delta.inbound_original = relation == 0 ? delta.inbound : 0;
  delta.likes = prng.between(-2, 9);
  const uint64_t author = prng.next() % 50 * 0x9e3779b97f4a7c15ULL;
  delta.authors.add(author);
  delta.reach.add(author, prng.between(0, 1'000));
  delta.followers.record(prng.between(0, 1'000));
  if (change.type == ItemType::kBusinessEvent) {
    delta.orders = 1;
    EXPECT_TRUE(delta.money.add(prng.chance(1, 4) ? money::Flow::kRefund : money::Flow::kOrder,
                                currency_of(prng.chance(1, 5) ? "USD" : "EUR"),
                                base::day_of(change.time),
                                prng.between(1, 50) * 1'000'000));
  }
  if (prng.chance(1, 8)) {
    delta = Aggregate();  // one that may cancel out
    delta.by_relation[relation] = -1;
  }
  return change;
}

BoardPlan plan_under_test(int64_t retention) {
  return plan_of({window_of("minute", 5 * kMinute, 0, "", 2 * kMinute, retention),
                  window_of("trend", kHour, 15 * kMinute, "", 10 * kMinute, retention),
                  window_of("day", kDay, 0, "Europe/Helsinki", 10 * kMinute, 2 * kDay)},
                 {"trend", "day"});
}

struct History {
  std::vector<Published> published;
  std::vector<Change> changes;
};

// One run of a board. The seed decides what happens; `restarts` only where the process dies.
History run(uint64_t seed, bool restarts, int64_t retention, bool purges) {
  base::Prng prng(seed);
  base::Prng fate(seed + 1'000);
  Desk desk(plan_under_test(retention));
  History result;
  EventTime now = kStart;
  EventTime watermark = base::kTimeBegin;
  for (int epoch = 0; epoch < 60; ++epoch) {
    now += prng.between(0, 20) * kMinute;
    for (uint64_t i = prng.below(12); i > 0; --i) {
      result.changes.push_back(random_change(prng, now));
      const Change& change = result.changes.back();
      desk.merge(change.time, change.brand, change.channel, change.type, change.delta);
      if (prng.chance(1, 6)) {
        watermark = std::max(watermark, now - prng.between(0, 20) * kMinute);
        desk.advance(watermark, purges ? watermark - kHour : base::kTimeBegin);
      }
    }
    if (prng.chance(2, 3)) {
      const auto out = desk.seal(prng.chance(1, 2));
      result.published.insert(result.published.end(), out.begin(), out.end());
      if (restarts && fate.chance(1, 2)) {
        desk.restart();
      }
    }
  }
  desk.advance(base::kTimeEnd, base::kTimeEnd);
  const auto out = desk.seal();
  result.published.insert(result.published.end(), out.begin(), out.end());
  return result;
}

void expect_same(const std::vector<Published>& a, const std::vector<Published>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].key, b[i].key) << i;
    ASSERT_EQ(a[i].value, b[i].value) << i;
    ASSERT_EQ(a[i].kind, b[i].kind) << i;
    ASSERT_EQ(a[i].revision, b[i].revision) << i;
  }
}

TEST(Restart, ChangesNothingThatIsPublished) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    expect_same(run(seed, false, 30 * kDay, false).published,
                run(seed, true, 30 * kDay, false).published);
  }
}

TEST(Restart, ChangesNothingWhileWindowsAreDropped) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    expect_same(run(seed, false, 2 * kHour, true).published,
                run(seed, true, 2 * kHour, true).published);
  }
}

TEST(Restart, EveryKeyHasOneFinalAndGaplessRevisions) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    std::map<std::string, uint32_t> next;  // revision expected of a key
    int finals = 0;
    int revisions = 0;
    for (const Published& record : run(seed, true, 30 * kDay, false).published) {
      if (record.dataset == Dataset::kClosed) {
        continue;
      }
      const JsonValue json = json_of(record);
      ASSERT_EQ(json.number("revision"), static_cast<long long>(record.revision));
      if (record.kind == Kind::kEarly) {
        ASSERT_EQ(next.count(record.key), 0U) << "early after final: " << record.key;
        ASSERT_EQ(record.revision, 0U);
      } else if (record.kind == Kind::kFinal) {
        ASSERT_TRUE(next.emplace(record.key, 1).second) << "two finals: " << record.key;
        ASSERT_EQ(record.revision, 0U);
        ++finals;
      } else {
        ASSERT_EQ(record.revision, next[record.key]++) << record.key;
        ++revisions;
      }
    }
    EXPECT_GT(finals, 100);
    EXPECT_GT(revisions, 30);
  }
}

std::string without_generation(const std::string& json) {
  std::string out;
  const auto value = JsonValue::parse(json);
  for (const auto& [name, field] : value->fields) {
    if (name != "kind" && name != "revision" && name != "watermark") {
      out += name + "=" + field.text + (field.boolean ? "true" : "") + ";";
      for (const auto& [inner, inner_field] : field.fields) {
        out += inner + "=" + inner_field.text + ";";
      }
    }
  }
  return out;
}

// What every window holds, by the definition: all changes whose time lies in it.
std::map<std::string, std::string> oracle(const std::vector<Change>& changes,
                                          const std::vector<window::WindowSpec>& windows) {
  struct Slot {
    ActivityHead head;
    Aggregate figures;
  };

  std::map<std::tuple<std::string, EventTime, std::string, std::string, ItemType>, Slot> slots;
  for (const Change& change : changes) {
    const EventTime time = base::minute_of(change.time) * kMinute;
    for (const window::WindowSpec& spec : windows) {
      EventTime start = spec.pane_start(time);
      while (spec.window_end(start) > time) {
        Slot& slot = slots[{spec.name(), start, change.brand, change.channel, change.type}];
        slot.figures.merge(change.delta);
        slot.head = {"drinks-eu",
                     change.brand,
                     change.channel,
                     change.type,
                     spec.name(),
                     start,
                     spec.window_end(start),
                     Kind::kFinal,
                     0,
                     base::kTimeBegin};
        start = spec.pane_start(start - 1);
      }
    }
  }
  std::map<std::string, std::string> records;
  for (const auto& [key, slot] : slots) {
    const Published record = activity_record(slot.head, slot.figures);
    records[record.key] = without_generation(record.value);
  }
  return records;
}

TEST(Restart, LastRevisionsAreThoseOfTheOracle) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const History result = run(seed, true, 30 * kDay, false);
    std::map<std::string, std::string> last;
    for (const Published& record : of(Dataset::kActivity, result.published)) {
      if (record.kind != Kind::kEarly) {
        last[record.key] = without_generation(record.value);
      }
    }
    const auto expected = oracle(result.changes, plan_under_test(30 * kDay).windows);
    ASSERT_EQ(last.size(), expected.size());
    for (const auto& [key, body] : expected) {
      ASSERT_EQ(last[key], body) << key;
    }
  }
}

TEST(Restart, NothingIsLostWhenWindowsAreDropped) {
  int64_t adjustments = 0;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const History result = run(seed, true, 2 * kHour, true);
    int64_t merged = 0;
    for (const Change& change : result.changes) {
      merged += change.delta.count_total();
    }
    for (const std::string window : {"minute", "day"}) {
      std::map<std::string, int64_t> last;
      for (const Published& record : of(Dataset::kActivity, result.published)) {
        if (record.window == window && record.kind != Kind::kEarly) {
          const JsonValue json = json_of(record);
          last[record.key] = json.number("count_total");
          adjustments += json.number("adjustments");
        }
      }
      int64_t published = 0;
      for (const auto& [key, count] : last) {
        published += count;
      }
      EXPECT_EQ(published, merged) << window;
    }
  }
  EXPECT_GT(adjustments, 20) << "the runs should have dropped windows";
}

TEST(Restart, KpisAreThoseOfTheLastRevisions) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const History result = run(seed, true, 30 * kDay, false);
    // Original bug reports from outside and euros by window, start, brand and channel, by the
    // definition.
    std::map<std::string, int64_t> bugs;
    std::map<std::string, int64_t> revenue;
    const auto windows = plan_under_test(30 * kDay).windows;
    for (const Change& change : result.changes) {
      const EventTime time = base::minute_of(change.time) * kMinute;
      for (size_t w = 1; w < windows.size(); ++w) {
        EventTime start = windows[w].pane_start(time);
        while (windows[w].window_end(start) > time) {
          const std::string place =
              windows[w].name() + base::format_seconds(start) + change.brand + "/";
          if (change.type == ItemType::kBugReport) {
            bugs[place + change.channel] += change.delta.inbound_original;
          }
          for (const auto& entry : change.delta.money.entries()) {
            if (entry.flow == money::Flow::kOrder && entry.currency.view() == "EUR") {
              revenue[place + change.channel] += static_cast<int64_t>(entry.sum_micros);
              revenue[place + "_all"] += static_cast<int64_t>(entry.sum_micros);
            }
          }
          start = windows[w].pane_start(start - 1);
        }
      }
    }
    std::map<std::string, JsonValue> last;
    for (const Published& record : of(Dataset::kKpi, result.published)) {
      const JsonValue json = json_of(record);
      last[json.at("kpi") + " " + json.at("window") + json.at("window_start") + json.at("brand") +
           "/" + json.at("channel")] = json;
    }
    for (const auto& [place, micros] : revenue) {
      const auto found = last.find("booked_revenue " + place);
      ASSERT_NE(found, last.end()) << place;
      EXPECT_EQ(found->second.at("value"), std::to_string(micros / 1'000'000) + ".00") << place;
    }
    for (const auto& [place, count] : bugs) {
      if (count > 0) {
        const auto found = last.find("bug_report_channel_share " + place);
        ASSERT_NE(found, last.end()) << place;
        EXPECT_EQ(found->second.number("numerator"), count) << place;
      }
    }
  }
}

}  // namespace
}  // namespace kaiku::board
