#include "kaiku/journey/key_book.h"

#include <algorithm>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

#include "unit/journey/book_desk.h"
#include "unit/journey/key_messages.h"

namespace kaiku::journey {
namespace {

const HeardAnswer& answer_to(KeyDesk& desk, uint64_t asker, uint64_t number = 1) {
  return desk.answers[{id(1), id(5'000 + asker), number}];
}

TEST(KeyBook, AnswersOnceNothingOlderCanCome) {
  KeyDesk desk(plan());
  desk.accept(touch(1, kMonday - kHour));
  desk.accept(touch(2, kMonday - 11 * kDay));  // before the span
  desk.accept(touch(3, kMonday + 1));          // after it
  desk.ask(question(1, kMonday));
  desk.advance(kMonday + 10 * kMinute - 1);
  EXPECT_TRUE(desk.answers.empty());
  desk.advance(kMonday + 10 * kMinute);
  EXPECT_EQ(answer_to(desk, 1).times, 1);
  ASSERT_EQ(answer_to(desk, 1).entries.size(), 1U);
  EXPECT_EQ(std::get<0>(answer_to(desk, 1).entries[0]), kMonday - kHour);
  EXPECT_FALSE(answer_to(desk, 1).earlier_order);
  desk.advance(kMonday + kDay);
  EXPECT_EQ(answer_to(desk, 1).times, 1);
  desk.ask(question(2, kMonday - 30 * kMinute));  // already possible: at once
  EXPECT_EQ(answer_to(desk, 2).times, 1);
}

TEST(KeyBook, ALateEntryIsToldAgainAndAnOrderToo) {
  KeyDesk desk(plan());
  desk.ask(question(1, kMonday));
  desk.advance(kMonday + kDay);
  EXPECT_EQ(answer_to(desk, 1).entries.size(), 0U);
  desk.accept(touch(1, kMonday - 2 * kDay));
  EXPECT_EQ(answer_to(desk, 1).times, 2);
  EXPECT_EQ(answer_to(desk, 1).entries.size(), 1U);
  desk.accept(touch(1, kMonday - 2 * kDay));  // the same again
  EXPECT_EQ(answer_to(desk, 1).times, 2);
  desk.accept(order(7, kMonday));  // the asker's own time: not earlier
  EXPECT_FALSE(answer_to(desk, 1).earlier_order);
  desk.accept(order(8, kMonday - 1));
  EXPECT_TRUE(answer_to(desk, 1).earlier_order);
  KeyEntryMessage gone = touch(1, kMonday - 2 * kDay);
  gone.removed = true;
  desk.accept(gone);
  EXPECT_EQ(answer_to(desk, 1).entries.size(), 0U);
}

TEST(KeyBook, ALaterQuestionReplacesAnEarlierOneOfItsDay) {
  KeyDesk desk(plan());
  desk.accept(touch(1, kMonday + kHour));
  desk.ask(question(1, kMonday + 2 * kHour, 1, 1));
  desk.ask(question(1, kMonday, 1, 2));
  desk.ask(question(1, kMonday + 2 * kHour, 1, 1));  // an old copy
  desk.ask(question(1, kMonday + kDay, 1, 3));       // of another day
  desk.advance(kMonday + 2 * kDay);
  EXPECT_EQ(answer_to(desk, 1, 1).times, 0);
  EXPECT_EQ(answer_to(desk, 1, 2).times, 1);
  EXPECT_EQ(answer_to(desk, 1, 2).entries.size(), 0U);
  EXPECT_EQ(answer_to(desk, 1, 3).entries.size(), 1U);
}

TEST(KeyBook, FirstOrdersAreKnownLongAfter) {
  KeyDesk desk(plan());
  desk.accept(order(1, kMonday));
  desk.advance(kMonday + 400 * kDay);
  desk.reopen();
  desk.ask(question(1, kMonday + 401 * kDay));
  desk.advance(kMonday + 402 * kDay);
  EXPECT_TRUE(answer_to(desk, 1).earlier_order);
  desk.accept(order(2, kMonday - kDay));  // far too old to be kept
  EXPECT_EQ(desk.book().counts().expired, 1U);
  EXPECT_TRUE(answer_to(desk, 1).earlier_order);
}

TEST(KeyBook, AStoppedKeyTellsNothing) {
  KeyPlan with_stop = plan();
  with_stop.stopped = {id(1)};
  KeyDesk desk(with_stop);
  desk.accept(touch(1, kMonday));
  desk.ask(question(1, kMonday));
  EXPECT_TRUE(answer_to(desk, 1).shared);
  desk.advance(kMonday + 30 * kDay);
  EXPECT_EQ(answer_to(desk, 1).times, 1);
  EXPECT_TRUE(desk.total().is_empty());
  EXPECT_EQ(desk.book().counts().stopped, 2U);
}

TEST(KeyBook, ADayWithTooManyEntriesIsNobodysWhateverTheirOrder) {
  std::vector<KeyEntryMessage> messages;
  for (uint64_t i = 0; i <= kSharedPerDay; ++i) {
    messages.push_back(touch(i, kMonday + static_cast<int64_t>(i) * base::kSecond));
  }
  base::Prng prng(3);
  for (int round = 0; round < 2; ++round) {
    KeyDesk desk(plan());
    desk.accept(touch(9'999, kMonday - kDay, "forum"));
    desk.ask(question(1, kMonday + kDay));
    desk.advance(kMonday + 2 * kDay);
    for (size_t i = 0; i + 1 < messages.size(); ++i) {
      desk.accept(messages[i]);
    }
    EXPECT_FALSE(answer_to(desk, 1).shared);
    EXPECT_TRUE(answer_to(desk, 1).truncated);
    EXPECT_EQ(answer_to(desk, 1).entries.size(), 21U);
    EXPECT_EQ(desk.total().active_customers, 2);
    desk.accept(messages.back());
    EXPECT_TRUE(answer_to(desk, 1).shared);
    EXPECT_TRUE(answer_to(desk, 1).entries.empty());
    EXPECT_EQ(desk.total().active_customers, 1);
    EXPECT_EQ(desk.book().counts().shared_days, 1U);
    for (size_t i = messages.size() - 1; i > 0; --i) {
      std::swap(messages[i], messages[prng.below(i + 1)]);
    }
  }
}

TEST(KeyBook, TheFirstTouchesOfADayAreKeptWhateverTheirOrder) {
  KeyPlan narrow = plan();
  narrow.touches_per_day = 3;
  base::Prng prng(5);
  std::vector<KeyEntryMessage> messages;
  for (uint64_t i = 0; i < 12; ++i) {
    messages.push_back(touch(i, kMonday + static_cast<int64_t>(i / 2) * kHour));
  }
  std::optional<std::string> first;
  for (int round = 0; round < 20; ++round) {
    KeyDesk desk(narrow);
    for (const KeyEntryMessage& message : messages) {
      desk.accept(message);
    }
    desk.ask(question(1, kMonday + 20 * kHour));
    desk.advance(kMonday + kDay);
    EXPECT_EQ(answer_to(desk, 1).entries.size(), 3U);
    EXPECT_EQ(std::get<1>(answer_to(desk, 1).entries[0]), id(1'000));
    std::string bytes;
    ASSERT_TRUE(desk.vault.tables()
                    .scan(state::TableId::kKeys,
                          [&](std::string_view key, std::string_view value) {
                            bytes.append(key).append(value);
                          })
                    .is_ok());
    first = first.value_or(bytes);
    EXPECT_EQ(bytes, *first);
    for (size_t i = messages.size() - 1; i > 0; --i) {
      std::swap(messages[i], messages[prng.below(i + 1)]);
    }
  }
}

TEST(KeyBook, CountsActiveAndCrossChannelCustomersPerDay) {
  KeyDesk desk(plan());
  desk.accept(touch(1, kMonday + kHour, "x"));
  desk.accept(touch(2, kMonday + 2 * kHour, "x"));
  desk.accept(touch(3, kMonday + 27 * kDay + kHour, "forum"));  // 28 days, both ends counted
  desk.accept(touch(4, kMonday + 28 * kDay + kHour, "forum"));
  desk.advance(kMonday + kDay + 10 * kMinute - 1);
  EXPECT_TRUE(desk.sums.empty());
  desk.advance(kMonday + kDay + 10 * kMinute);
  ASSERT_EQ(desk.sums.size(), 1U);
  const int32_t last_minute = base::minute_of(kMonday + kDay) - 1;
  const aggregate::AttributionFigures& monday = desk.sums[{last_minute, "kirkas", "x"}];
  EXPECT_EQ(monday.active_customers, 1);
  EXPECT_EQ(monday.cross_channel_customers, 0);
  desk.advance(kMonday + 29 * kDay + kHour);
  EXPECT_EQ(desk.total().active_customers, 3);
  EXPECT_EQ(desk.total().cross_channel_customers, 1);
  const int32_t later = last_minute + 27 * 24 * 60;
  EXPECT_EQ((desk.sums[{later, "kirkas", "forum"}].cross_channel_customers), 1);
}

TEST(KeyBook, AJourneyWithoutAnOrderEndsWhenItsLookBackDoes) {
  KeyDesk desk(plan());
  desk.accept(touch(1, kMonday, "x"));
  desk.accept(touch(2, kMonday + kHour, "x"));
  desk.accept(touch(3, kMonday + 10 * kDay, "forum"));
  desk.advance(kMonday + 20 * kDay + 10 * kMinute);
  EXPECT_EQ(desk.total().unconverted_journeys, 0);
  desk.advance(kMonday + 20 * kDay + 11 * kMinute);
  const int32_t minute = base::minute_of(kMonday + 20 * kDay);
  const auto& figures = desk.sums[{minute, "kirkas", "forum"}];
  EXPECT_EQ(figures.unconverted_journeys, 1);
  const std::vector<aggregate::TransitionCounts::Entry> steps = {
      {"_start", "x", 1}, {"forum", "_null", 1}, {"x", "forum", 1}};
  EXPECT_EQ(figures.transitions.entries(), steps);
  EXPECT_EQ(figures.unconverted_through, 1);
  EXPECT_EQ((desk.sums[{minute, "kirkas", "x"}].unconverted_through), 1);
  // An order of a time when it still led somewhere, told late.
  desk.accept(order(1, kMonday + 20 * kDay - kHour));
  EXPECT_EQ(desk.total().unconverted_journeys, 0);
  EXPECT_TRUE(desk.total().transitions.is_empty());
  EXPECT_EQ(desk.total().unconverted_through, 0);
}

TEST(KeyBook, ATouchBeforeAnOrderIsOfTheJourneyThatLedToIt) {
  KeyDesk desk(plan());
  desk.accept(touch(1, kMonday, "x"));
  desk.accept(touch(2, kMonday + kDay, "mail"));
  desk.accept(order(3, kMonday + kDay));  // at one time: the touch led to the order
  desk.accept(touch(4, kMonday + 2 * kDay, "forum"));
  desk.advance(kMonday + 20 * kDay);
  EXPECT_EQ(desk.total().unconverted_journeys, 1);
  const std::vector<aggregate::TransitionCounts::Entry> steps = {{"_start", "forum", 1},
                                                                 {"forum", "_null", 1}};
  EXPECT_EQ(desk.total().transitions.entries(), steps);
}

TEST(KeyBook, EveryQuestionIsAnsweredWhenTheInputEnds) {
  KeyDesk desk(plan());
  desk.ask(question(1, base::kTimeEnd));
  desk.ask(question(2, std::numeric_limits<int64_t>::max()));
  KeyQuestionMessage never = question(3, kMonday);
  never.from = never.to = base::kNoTime;
  desk.ask(never);
  desk.advance(base::kTimeEnd);
  for (uint64_t asker = 1; asker <= 3; ++asker) {
    EXPECT_EQ(answer_to(desk, asker).times, 1);
  }
}

TEST(KeyBook, OfADayTheFirstQuestionsAreKeptWhateverTheirOrder) {
  base::Prng prng(9);
  std::vector<KeyQuestionMessage> all;
  for (uint64_t i = 0; i < kQuestionsPerDay + 20; ++i) {
    all.push_back(question(i, kMonday + static_cast<int64_t>(i) * base::kSecond));
  }
  all.push_back(question(90'000, kMonday + kDay));  // of the next one
  for (int run = 0; run < 3; ++run) {
    KeyDesk desk(plan());
    desk.accept(touch(1, kMonday - kHour));
    for (size_t i = 0; i < all.size(); ++i) {
      desk.ask(all[i]);
      if (run == 1 && i == all.size() / 2) {
        desk.advance(kMonday + kDay);  // some have been answered and are cut later
      }
    }
    desk.advance(kMonday + 2 * kDay);
    EXPECT_EQ(desk.book().counts().questions_overflow, 20U);
    for (uint64_t i = 0; i < kQuestionsPerDay + 20; ++i) {
      ASSERT_EQ(answer_to(desk, i).shared, i >= kQuestionsPerDay) << run << " " << i;
      ASSERT_EQ(answer_to(desk, i).truncated, i >= kQuestionsPerDay) << run << " " << i;
    }
    EXPECT_FALSE(answer_to(desk, 90'000).shared);
    for (size_t i = all.size() - 1; i > 0; --i) {
      std::swap(all[i], all[prng.below(i + 1)]);
    }
  }
}

TEST(KeyBook, AKeyThatIsNoCustomersHasNoJourney) {
  KeyDesk desk(plan());
  KeyEntryMessage click = touch(1, kMonday);
  click.key_kind = model::KeyKind::kClick;
  desk.accept(click);
  desk.advance(base::kTimeEnd);
  EXPECT_TRUE(desk.sums.empty());
}

TEST(KeyBook, WhatIsOldGoesAndLeavesNothing) {
  KeyDesk desk(plan());
  for (uint64_t customer = 1; customer <= 50; ++customer) {
    desk.accept(touch(customer, kMonday + static_cast<int64_t>(customer) * kHour, "x", customer));
    desk.ask(question(customer, kMonday + kDay, customer));
  }
  desk.advance(kMonday + 100 * kDay, kMonday);
  size_t held = 0;
  const auto count = [&] {
    held = 0;
    ASSERT_TRUE(
        desk.vault.tables()
            .scan(state::TableId::kKeys, [&](std::string_view, std::string_view) { ++held; })
            .is_ok());
  };
  count();
  EXPECT_EQ(held, 101U);  // with a day of questions each, and the watermarks
  desk.reopen();
  desk.advance(kMonday + 100 * kDay, kMonday + 50 * kDay);
  count();
  EXPECT_EQ(held, 1U);
  desk.accept(touch(99, kMonday));
  EXPECT_EQ(desk.book().counts().expired, 1U);
  desk.ask(question(99, kMonday));
  EXPECT_EQ(desk.book().counts().expired, 2U);
  EXPECT_TRUE(answer_to(desk, 99).truncated) << "nobody knows any more what it had";
}

TEST(KeyBook, AQuestionThatCameTooLateIsAnsweredAtOnceAndForGood) {
  KeyDesk desk(plan());
  desk.accept(touch(1, kMonday - kHour));
  desk.ask(question(1, kMonday));
  desk.advance(kMonday + 3 * kDay, kMonday + 3 * kDay);
  desk.accept(touch(2, kMonday - 2 * kHour));
  EXPECT_EQ(answer_to(desk, 1).entries.size(), 2U) << "a touch may come three days late";
  desk.advance(kMonday + 5 * kDay, kMonday + 5 * kDay);
  desk.reopen();
  desk.accept(touch(3, kMonday - 3 * kHour));
  EXPECT_EQ(answer_to(desk, 1).entries.size(), 2U) << "but not later";
  desk.ask(question(2, kMonday));
  EXPECT_EQ(answer_to(desk, 2).entries.size(), 3U);
  EXPECT_FALSE(answer_to(desk, 2).truncated) << "all its touches are still there";
  desk.accept(touch(4, kMonday - 4 * kHour));
  desk.accept(touch(4, kMonday - 4 * kHour));  // the same again changes nothing
  EXPECT_EQ(answer_to(desk, 2).entries.size(), 3U);
  EXPECT_EQ(desk.book().counts().expired, 3U) << "two touches and a question";
}

// Puts everything that is no whole value in the place of a row; `next` looks at it.
template <typename Next>
void expect_refused(KeyDesk& desk, size_t row_bytes, const Next& next) {
  std::string key;
  std::string good;
  ASSERT_TRUE(desk.vault.tables()
                  .scan(state::TableId::kKeys,
                        [&](std::string_view k, std::string_view v) {
                          if (k.size() == row_bytes) {
                            key = k;
                            good = v;
                          }
                        })
                  .is_ok());
  ASSERT_FALSE(good.empty());
  const auto next_with = [&](std::string value) {
    desk.vault.tables().put(state::TableId::kKeys, key, std::move(value));
    return next();
  };
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(next_with(good.substr(0, size)), base::Next::kRestore) << size;
  }
  EXPECT_EQ(next_with(good + "x"), base::Next::kRestore);
  EXPECT_EQ(next_with("\x02" + good.substr(1)), base::Next::kRestore);
  EXPECT_EQ(next_with(good), base::Next::kOk);
  base::Prng prng(1);
  for (int i = 0; i < 3'000; ++i) {
    std::string bad = good;
    bad[prng.below(bad.size())] = static_cast<char>(prng.next());
    (void)next_with(bad);
  }
}

TEST(KeyBook, DamagedValuesAskForARestore) {
  KeyDesk desk(plan());
  desk.accept(touch(1, kMonday));
  desk.accept(order(2, kMonday + kDay));
  desk.ask(question(1, kMonday));
  expect_refused(desk, 16, [&] { return desk.book().accept(touch(3, kMonday), desk).next(); });
}

TEST(KeyBook, DamagedQuestionsAskForARestoreToo) {
  KeyDesk desk(plan());
  desk.ask(question(1, kMonday));
  desk.ask(question(2, kMonday + kHour));
  expect_refused(desk, 20, [&] { return desk.book().ask(question(3, kMonday), desk).next(); });
}

// One message with the time at which it arrives; a history is the same set each time.
struct Step {
  EventTime arrives = 0;
  bool is_question = false;
  KeyEntryMessage entry;
  KeyQuestionMessage question;
};

struct Fact {
  Step first;
  bool has_second = false;  // a change of the first: arrives after it
  Step second;
};

class History {
 public:
  explicit History(base::Prng& prng) {
    static constexpr std::string_view kChannels[] = {"x", "forum", "mail"};
    for (uint64_t i = 0; i < 150; ++i) {
      Fact fact;
      const EventTime at = kMonday + prng.between(0, 90 * kDay);
      const uint64_t customer = 1 + prng.below(3);
      if (prng.chance(1, 5)) {
        fact.first.is_question = true;
        fact.first.question = question(i, at, customer);
        fact.second = fact.first;
        fact.second.question.number = 2;
        fact.second.question.to += prng.between(-kDay, kDay);
      } else {
        fact.first.entry = prng.chance(1, 6) ? order(i, at, customer)
                                             : touch(i, at, kChannels[prng.below(3)], customer);
        fact.second = fact.first;
        fact.second.entry.removed = prng.chance(1, 2);
        fact.second.entry.channel = kChannels[prng.below(3)];
      }
      fact.has_second = prng.chance(1, 5);
      facts_.push_back(fact);
    }
  }

  // In some order in which nothing is delayed longer than is kept for.
  std::vector<Step> steps(base::Prng& prng, int64_t delay) const {
    std::vector<Step> steps;
    for (const Fact& fact : facts_) {
      const EventTime at = time_of(fact.first);
      EventTime one = at + prng.between(0, delay);
      EventTime two = at + prng.between(0, delay);
      if (two < one) {
        std::swap(one, two);
      }
      steps.push_back(fact.first);
      steps.back().arrives = one;
      if (fact.has_second) {
        steps.push_back(fact.second);
        steps.back().arrives = two;
      }
    }
    std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
      return a.arrives < b.arrives;
    });
    return steps;
  }

  // What is in force at the end.
  [[nodiscard]] std::vector<KeyEntryMessage> entries() const {
    std::vector<KeyEntryMessage> entries;
    for (const Fact& fact : facts_) {
      const Step& last = fact.has_second ? fact.second : fact.first;
      if (!last.is_question && !last.entry.removed) {
        entries.push_back(last.entry);
      }
    }
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      return std::tie(a.at, a.id) < std::tie(b.at, b.id);
    });
    return entries;
  }

 private:
  static EventTime time_of(const Step& step) {
    return step.is_question ? step.question.to : step.entry.at;
  }

  std::vector<Fact> facts_;
};

void play(const std::vector<Step>& steps, base::Prng& prng, bool advances, KeyDesk& desk) {
  for (const Step& step : steps) {
    if (step.is_question) {
      desk.ask(step.question);
    } else {
      desk.accept(step.entry);
    }
    if (advances && prng.chance(1, 4)) {
      desk.advance(step.arrives - prng.between(0, kDay), step.arrives - prng.between(0, 5 * kDay));
    }
    if (advances && prng.chance(1, 20)) {
      desk.reopen();
    }
  }
  desk.advance(base::kTimeEnd);
}

// The definition, read off the final set.
void expect_definition(const std::vector<KeyEntryMessage>& entries, const KeyDesk& desk) {
  int64_t active = 0;
  int64_t crossing = 0;
  int64_t journeys = 0;
  for (uint64_t customer = 1; customer <= 3; ++customer) {
    std::set<int64_t> days;
    std::vector<KeyEntryMessage> own;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(own), [&](const auto& entry) {
      return entry.key == id(customer);
    });
    for (const KeyEntryMessage& one : own) {
      if (one.kind != EntryKind::kTouch) {
        continue;
      }
      days.insert(base::day_of(one.at));
      journeys += std::none_of(own.begin(), own.end(), [&](const KeyEntryMessage& other) {
        const bool follows = other.kind == EntryKind::kOrder ||
                             std::tie(one.at, one.id) < std::tie(other.at, other.id);
        return follows && other.at >= one.at && other.at - one.at <= plan().look_back;
      });
    }
    for (const int64_t day : days) {
      std::set<std::string_view> channels;
      for (const KeyEntryMessage& one : own) {
        const int64_t on = base::day_of(one.at);
        if (one.kind == EntryKind::kTouch && on <= day && on > day - 28) {
          channels.insert(one.channel);
        }
      }
      ++active;
      crossing += channels.size() >= 2;
    }
  }
  const aggregate::AttributionFigures total = desk.total();
  EXPECT_EQ(total.active_customers, active);
  EXPECT_EQ(total.cross_channel_customers, crossing);
  EXPECT_EQ(total.unconverted_journeys, journeys);
  EXPECT_GE(total.unconverted_through, journeys);
}

TEST(KeyBook, WhatIsToldIsAFunctionOfTheSet) {
  base::Prng prng(20260303);
  for (int round = 0; round < 15; ++round) {
    const History history(prng);
    KeyDesk still(plan());
    play(history.steps(prng, 0), prng, false, still);
    expect_definition(history.entries(), still);
    EXPECT_FALSE(still.answers.empty());
    for (int run = 0; run < 3; ++run) {
      KeyDesk desk(plan());
      play(history.steps(prng, 2 * kDay), prng, true, desk);
      ASSERT_EQ(bytes_of(desk.sums), bytes_of(still.sums)) << "round " << round;
      EXPECT_EQ(desk.book().counts().expired, 0U);
      for (const auto& [which, heard] : still.answers) {
        ASSERT_EQ(desk.answers[which], heard) << "round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace kaiku::journey
