// The signals of a brand: when alerts open, are told again and end; the same whatever the order,
// the commits and the restarts.
#include "kaiku/signal/signal_book.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/base/ordered_key.h"
#include "kaiku/state/memory_store.h"

#include "signal/brand_past.h"
#include "unit/signal/book_fixture.h"

namespace kaiku::signal {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_F(SignalBookTest, ABurstOpensIsToldAgainAndEndsAfterThreeQuietHours) {
  for (int64_t hour = 0; hour < 90; ++hour) {
    say_often(hour, "usual", 2);
  }
  close(89);
  EXPECT_THAT(told(), IsEmpty());
  say_often(90, "usual", 2);
  say_often(90, "#lasi", 8);
  EXPECT_FALSE(book_->has_work(kMonday + 91 * base::kHour - 1));
  EXPECT_TRUE(book_->has_work(kMonday + 91 * base::kHour));
  close(90);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_THAT(told_[0].value, HasSubstr(R"("window_start":"2026-03-05T18:00:00Z")"));
  EXPECT_THAT(told_[0].value, HasSubstr(R"("unique_authors":8,"more_authors":false)"));
  EXPECT_THAT(told_[0].value, HasSubstr(R"("opened_at":"2026-03-05T19:00:00.000000Z")"));
  EXPECT_THAT(told(), ElementsAre("burst #lasi open 8"));
  say_often(91, "#lasi", 9);
  close(91);
  EXPECT_THAT(told(), ElementsAre("burst #lasi update 17"));
  close(93);
  EXPECT_THAT(told(), IsEmpty()) << "two quiet hours are not three";
  close(94);
  EXPECT_THAT(told(), ElementsAre("burst #lasi resolved 17"));
  commit(kMonday + 20 * base::kDay);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_FALSE(book_->has_work(kMonday + 40 * base::kDay));
}

TEST_F(SignalBookTest, FewAuthorsAreNoBurst) {
  for (int64_t hour = 0; hour < 90; ++hour) {
    say_often(hour, "usual", 2);
  }
  for (int i = 0; i < 9; ++i) {
    say({90, i, "#spam", static_cast<uint64_t>(i % 4)});
  }
  close(90);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(SignalBookTest, WhatPeopleSayEveryNoonIsNoBurst) {
  for (int64_t day = 0; day < 8; ++day) {
    for (int64_t hour = 0; hour < 24; ++hour) {
      say_often(day * 24 + hour, "lounas", hour == 12 ? 20 : 1);
    }
  }
  close(8 * 24 - 1);
  EXPECT_THAT(told(), IsEmpty());
  say_often(8 * 24 + 3, "lounas", 20);
  close(8 * 24 + 3);
  EXPECT_THAT(told(), UnorderedElementsAre("volume_spike null open 20", "burst lounas open 20"));
}

TEST_F(SignalBookTest, WithoutAPastNothingIsMoreThanUsual) {
  say_often(0, "#lasi", 50);
  say_often(71, "#lasi", 500);
  close(71);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(SignalBookTest, TheEndOfAllInputClosesWhatIsThereAndEndsNothing) {
  for (int64_t hour = 0; hour < 90; ++hour) {
    say_often(hour, "usual", 2);
  }
  say_often(90, "#lasi", 8);
  commit(base::kTimeEnd);
  EXPECT_THAT(told(), ElementsAre("burst #lasi open 8"));
  EXPECT_FALSE(book_->has_work(base::kTimeEnd));
}

TEST_F(SignalBookTest, ATermThatRisesOnThreeOfFiveDaysIsAWeakSignal) {
  for (int64_t day = 0; day < 12; ++day) {
    for (int64_t hour = 0; hour < 24; ++hour) {
      say({day * 24 + hour, 30, "usual", static_cast<uint64_t>(hour)});
    }
    const int uses = day == 8 ? 5 : day == 10 ? 7 : day == 11 ? 20 : 0;
    for (int i = 0; i < uses; ++i) {
      say({day * 24 + i, 0, "sahkoauto", static_cast<uint64_t>(i)});
    }
    close(day * 24 + 23);
    EXPECT_THAT(told(),
                day == 11 ? std::vector<std::string>{"digest 2026-03-13T23:00:00Z"}
                          : std::vector<std::string>{})
        << day;
  }
}

TEST_F(SignalBookTest, VolumeIsComparedWithTheSameHourOfEarlierDays) {
  for (int64_t day = 0; day < 5; ++day) {
    for (int64_t hour = 0; hour < 24; ++hour) {
      say_often(day * 24 + hour, "", hour == 12 ? 40 : 1);
    }
  }
  close(5 * 24 - 1);
  EXPECT_THAT(told(), IsEmpty()) << "noon is always busy";
  say_often(5 * 24 + 3, "", 12);
  say_often(5 * 24 + 12, "", 40);
  close(5 * 24 + 12);
  EXPECT_THAT(told(), ElementsAre("volume_spike null open 12", "volume_spike null resolved 12"));
}

TEST_F(SignalBookTest, GoodWillThatIsLostIsTold) {
  for (int64_t day = 0; day < 6; ++day) {
    for (int i = 0; i < 40; ++i) {
      const bool is_last = day == 5;
      say({day * 24 + 9,
           i,
           "",
           1,
           "kirkas",
           -1,
           i % (is_last ? 4 : 2) == 0 && i % 8 != 0 ? 1 : -1});
    }
  }
  close(6 * 24);
  const auto got = told();
  EXPECT_THAT(got, IsEmpty()) << "a little less is chance";
  for (int i = 0; i < 40; ++i) {
    say({6 * 24 + 9, i, "", 1, "kirkas", -1, -1});
  }
  close(6 * 24 + 9);
  EXPECT_THAT(told(), ElementsAre("sentiment_drop null open 40"));
}

TEST_F(SignalBookTest, ARiskIsToldWithItsMinuteAndEndsAfterADayWithoutAnother) {
  say({1, 30, "kirkas-tuki.com", 1, "kirkas", static_cast<int>(model::Risk::kPhishingLookalike)});
  commit(kMonday + base::kHour + 31 * base::kMinute);
  EXPECT_THAT(told(), ElementsAre("phishing_link kirkas-tuki.com open 1"));
  // Of the next minutes one alert tells, at most every quarter of an hour.
  for (int minute = 31; minute < 50; ++minute) {
    say({1,
         minute,
         "kirkas-tuki.com",
         2,
         "kirkas",
         static_cast<int>(model::Risk::kPhishingLookalike)});
  }
  commit(kMonday + 2 * base::kHour);
  EXPECT_THAT(told(), ElementsAre("phishing_link kirkas-tuki.com update 16"));
  commit(kMonday + 25 * base::kHour);
  EXPECT_THAT(told(), ElementsAre("phishing_link kirkas-tuki.com update 20"));
  commit(kMonday + 26 * base::kHour);
  EXPECT_THAT(told(), ElementsAre("phishing_link kirkas-tuki.com resolved 20"));
}

TEST_F(SignalBookTest, WhatBecomesGraverIsToldAtOnce) {
  say({1, 0, "moon", 1, "kirkas", static_cast<int>(model::Risk::kConfidential)});
  say({1, 1, "moon", 1, "kirkas", static_cast<int>(model::Risk::kConfidentialByStaff)});
  say({1, 2, "moon", 1, "kirkas", static_cast<int>(model::Risk::kConfidential)});
  commit(kMonday + 2 * base::kHour);
  ASSERT_EQ(told_.size(), 3U) << "the third case is told at the end of the hour";
  EXPECT_THAT(told_[0].value, HasSubstr(R"("severity":"warning")"));
  EXPECT_THAT(told_[1].value, HasSubstr(R"("severity":"critical")"));
}

TEST_F(SignalBookTest, PersonalDataIsToldByItsKindAndOverAfterADay) {
  const int risk = static_cast<int>(model::Risk::kPersonalData);
  say({1, 0, "iban", 1, "kirkas", risk});
  say({1, 0, "iban", 2, "kirkas", risk});
  say({1, 0, "payment_card", 2, "kirkas", risk});
  commit(kMonday + base::kHour + base::kMinute);
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_THAT(told_[0].value,
              HasSubstr(R"("severity":"warning","brand":"kirkas","subject":"iban")"));
  EXPECT_THAT(told(),
              UnorderedElementsAre("pii_public iban open 2", "pii_public payment_card open 1"));
  open();
  commit(kMonday + 26 * base::kHour);
  EXPECT_THAT(
      told(),
      UnorderedElementsAre("pii_public iban resolved 2", "pii_public payment_card resolved 1"));
}

TEST_F(SignalBookTest, ALinkToAHostIsARiskOnTheFirstDayOfTheHost) {
  const int risk = static_cast<int>(model::Risk::kOtherHost);
  const auto link = [&](int64_t hour, const char* host) {
    say({hour, 0, host, 1, "kirkas", risk});
  };
  link(1, "old.example");
  close(2);
  EXPECT_TRUE(told().empty()) << "to a brand that is new itself every host is";
  link(80, "old.example");
  link(80, "scam.example");
  close(81);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_THAT(told_[0].value,
              HasSubstr(R"("severity":"warning","brand":"kirkas","subject":"scam.example")"));
  EXPECT_THAT(told_[0].value, HasSubstr(R"("host_is":"new")"));
  (void)told();
  open();
  link(103, "scam.example");
  link(105, "scam.example");
  close(106);
  EXPECT_THAT(told(), ElementsAre("phishing_link scam.example update 2"));
  close(140);
  EXPECT_THAT(told(), ElementsAre("phishing_link scam.example resolved 2"));
}

// As they were before there was personal data among the risks.
TEST_F(SignalBookTest, ReadsRowsOfTheFirstLayout) {
  Minute minute;
  minute.originals = 3;
  minute.subjects[4].add(7, "moon", nullptr);
  std::string bytes;
  encode_minute(minute, bytes);
  std::string empty_table;
  base::ByteWriter out(empty_table);
  aggregate::TermTable(1).encode(out);
  bytes[0] = 1;
  Brand brand;
  std::string key;
  base::append_ordered(key, int64_t{5});
  EXPECT_FALSE(take_row(Row::kMinute, key, bytes, brand)) << "tables too many";
  // The last two tables and two empty lists of examples.
  bytes.resize(bytes.size() - 2 * empty_table.size() - 2);
  brand = {};
  ASSERT_TRUE(take_row(Row::kMinute, key, bytes, brand));
  EXPECT_EQ(brand.minutes.at(5).originals, 3);
  EXPECT_EQ(brand.minutes.at(5).subjects[4].entries().size(), 1U);
  EXPECT_TRUE(brand.minutes.at(5).subjects[5].is_empty());

  // Then the past of a brand ended with what was told on a day.
  Brand past;
  past.at(Scale::kHour).first = 9;
  for (const auto& [layout, kinds] : {std::pair{1, 8}, std::pair{2, 9}}) {
    bytes.clear();
    encode_brand(past, bytes);
    bytes.pop_back();  // no hosts
    bytes[0] = static_cast<char>(layout);
    brand = {};
    EXPECT_FALSE(take_row(Row::kBrand, "", bytes, brand)) << "no budget";
    base::ByteWriter budget(bytes);
    budget.i64(9);
    for (size_t i = 0; i < kSeverities; ++i) {
      budget.varint(300);
    }
    for (int i = 0; i < kinds; ++i) {
      budget.varint(0);
    }
    budget.varint(1);
    budget.u8(3);
    budget.bytes("h3");
    brand = {};
    ASSERT_TRUE(take_row(Row::kBrand, "", bytes, brand));
    EXPECT_EQ(brand.at(Scale::kHour).first, 9);
  }
  bytes[0] = 5;
  EXPECT_FALSE(take_row(Row::kBrand, "", bytes, brand));
}

TEST_F(SignalBookTest, BeyondTheBudgetOfADayTheDigestOfTheHourTells) {
  alerts_per_day_ = 3;
  open();
  for (int i = 0; i < 8; ++i) {
    say({1,
         i,
         "h" + std::to_string(i),
         1,
         "kirkas",
         static_cast<int>(model::Risk::kImpersonation)});
    say({1,
         i,
         "s" + std::to_string(i),
         1,
         "kirkas",
         static_cast<int>(model::Risk::kPhishingShortener)});
  }
  close(23);
  const std::vector<AlertRecord> all = told_;
  const auto lines = told();
  EXPECT_EQ(lines.size(), 7U) << "three of each severity, and the digest";
  EXPECT_EQ(lines.back(), "digest 2026-03-02T01:00:00Z");
  EXPECT_THAT(
      all.back().value,
      HasSubstr(R"("alerts":[{"kind":"impersonation","severity":"critical","reason":"budget",)"
                R"("count":5,"places":[],"named":[{"subject":"h3",)"));
  EXPECT_EQ(budget_->left_out(), 10U);
  uint64_t open = 0;
  book_->open_alerts([&](std::string_view, AlertKind, Severity, uint64_t n) { open += n; });
  EXPECT_EQ(open, 6U) << "what was not told is not shown";
  // The next day has a budget of its own.
  say({25, 0, "fresh", 1, "kirkas", static_cast<int>(model::Risk::kImpersonation)});
  close(25);
  EXPECT_EQ(told().front(), "impersonation fresh open 1");
}

TEST_F(SignalBookTest, WhatIsOpenIsListedNewestFirstAfterARestartToo) {
  const auto risk = [](model::Risk of) { return static_cast<int>(of); };
  say({1, 30, "k1rkas", 1, "kirkas", risk(model::Risk::kImpersonation)});
  say({1, 30, "moon", 1, "lahde", risk(model::Risk::kConfidentialByStaff)});
  say({2, 10, "kirkas-tuki.com", 1, "kirkas", risk(model::Risk::kPhishingLookalike)});
  say({2, 12, "kirkas-tuki.com", 2, "kirkas", risk(model::Risk::kPhishingLookalike)});
  close(2);
  const auto listed = [this](size_t most) {
    std::vector<std::string> lines;
    for (const OpenAlert& alert : book_->newest_alerts(most)) {
      lines.push_back(std::string(name_of(alert.kind)) + " " +
                      std::string(name_of(alert.severity)) + " " + alert.brand + " " +
                      alert.subject + " " + base::format_seconds(alert.opened_at) + " " +
                      alert.window + " " + std::to_string(alert.count) + " " + alert.evidence);
    }
    return lines;
  };
  const std::vector<std::string> all = listed(10);
  const std::string one = R"({"count":1,"unique_authors":1,"more_authors":false})";
  EXPECT_THAT(
      all,
      ElementsAre("phishing_link critical kirkas kirkas-tuki.com 2026-03-02T02:11:00Z minute 2 " +
                      one.substr(0, one.size() - 1) + R"(,"host_is":"look_alike"})",
                  "impersonation critical kirkas k1rkas 2026-03-02T01:31:00Z minute 1 " + one,
                  "confidential_term critical lahde moon 2026-03-02T01:31:00Z minute 1 " + one));
  EXPECT_THAT(listed(2), ElementsAre(all[0], all[1]));
  EXPECT_THAT(listed(0), IsEmpty());
  const std::vector<OpenAlert> newest = book_->newest_alerts(1);
  ASSERT_EQ(newest.size(), 1U);
  EXPECT_THAT(told_, Contains(Field(&AlertRecord::key, HasSubstr(newest[0].id))));
  open();
  EXPECT_EQ(listed(10), all);
  close(30);
  EXPECT_THAT(listed(10), IsEmpty()) << "a day without another case";
}

TEST_F(SignalBookTest, WhatOnlyADigestTellsOfIsNotListed) {
  alerts_per_day_ = 1;
  open();
  for (int i = 0; i < 3; ++i) {
    say({1,
         i,
         "h" + std::to_string(i),
         1,
         "kirkas",
         static_cast<int>(model::Risk::kImpersonation)});
  }
  close(1);
  EXPECT_THAT(book_->newest_alerts(10), ElementsAre(Field(&OpenAlert::subject, "h0")));
}

TEST_F(SignalBookTest, ALateRiskIsNotLost) {
  say({5, 0, "", 1});
  close(5);
  say({3, 0, "kirkas-tuki.com", 1, "kirkas", static_cast<int>(model::Risk::kPhishingLookalike)});
  EXPECT_EQ(book_->bound_counts().late, 1U);
  close(6);
  EXPECT_THAT(told(), ElementsAre("phishing_link kirkas-tuki.com open 1"));
}

TEST_F(SignalBookTest, ASourceIsSilentOnlyWhenItIsKnownToBe) {
  plan_->expect_every = {{"posts", base::kHour}};
  const auto sink = [this](const AlertRecord& record) { hear(record); };
  const auto watch = [&](base::EventTime last, base::EventTime now) {
    SourceWatch source;
    source.voice.item = last;
    source.known_to = now;
    const bool has_news = book_->has_news_of("posts", source);
    const size_t before = told_.size();
    book_->watch("posts", source, sink);
    EXPECT_EQ(has_news, told_.size() != before);
  };
  watch(kMonday, kMonday + base::kHour);  // quiet
  EXPECT_THAT(told(), IsEmpty());
  watch(kMonday, kMonday);  // behind: nothing is known
  watch(base::kTimeBegin, base::kTimeBegin);
  watch(kMonday, base::kTimeEnd);  // it has ended
  EXPECT_THAT(told(), IsEmpty());
  watch(kMonday, kMonday + base::kHour + 1);
  watch(kMonday, kMonday + 3 * base::kHour);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_THAT(told_[0].value, HasSubstr(R"("brand":null,"subject":"posts","window":"silence")"));
  EXPECT_THAT(told(), ElementsAre("source_silent posts open 1"));
  commit(kMonday + 3 * base::kHour);
  open();
  watch(kMonday + 4 * base::kHour, kMonday + 4 * base::kHour);
  EXPECT_THAT(told(), ElementsAre("source_silent posts resolved 1"));
  watch(kMonday, kMonday + 3 * base::kHour);
  SourceWatch other;
  other.voice.item = kMonday;
  other.known_to = kMonday + base::kDay;
  EXPECT_FALSE(book_->has_news_of("others", other));
}

// What was told last by key, whatever happened in between.
TEST_F(SignalBookTest, AlertsAreAFunctionOfTheSetOfItems) {
  std::mt19937_64 random(3);
  std::vector<Said> all;
  for (int64_t hour = 0; hour < 24 * 12; ++hour) {
    for (int i = 0; i < 6; ++i) {
      all.push_back({hour,
                     static_cast<int64_t>(random() % 60),
                     "w" + std::to_string(random() % 9),
                     random() % 50,
                     i % 2 == 0 ? "kirkas" : "lahde"});
    }
    const int more = hour % 37 == 5 ? 30 : 0;
    for (int i = 0; i < more; ++i) {
      all.push_back({hour, i, "b" + std::to_string(hour), random() % 50});
    }
    if (hour % 11 == 0) {
      all.push_back({hour,
                     7,
                     "r" + std::to_string(hour % 3),
                     1,
                     "kirkas",
                     static_cast<int>(random() % model::kRisks)});
    }
  }
  std::map<std::string, std::string> wanted;
  for (int turn = 0; turn < 4; ++turn) {
    book_.reset();
    tables_.reset();
    store_ = std::make_unique<state::MemoryStore>();
    epoch_ = 0;
    told_.clear();
    open();
    if (turn == 0) {
      for (const Said& said : all) {
        say(said);
      }
      commit(base::kTimeEnd);
    } else {
      // Shuffled within a few hours, closed as the watermark moves, with restarts.
      std::vector<Said> some;
      for (int64_t hour = 0; hour < 24 * 12; hour += 4) {
        some.clear();
        std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](const Said& said) {
          return said.hour / 4 == hour / 4;
        });
        std::shuffle(some.begin(), some.end(), random);
        for (const Said& said : some) {
          say(said);
        }
        commit(kMonday +
               static_cast<int64_t>(random() % 4 + static_cast<uint64_t>(hour) + 1) * base::kHour);
        if (random() % 3 == 0) {
          open();
        }
      }
      commit(kMonday + 24 * 12 * base::kHour);
      commit(base::kTimeEnd);
    }
    std::map<std::string, std::string> last;
    for (const AlertRecord& record : told_) {
      last[record.key] = record.value;
    }
    if (turn == 0) {
      wanted = last;
      EXPECT_GT(wanted.size(), 10U);
    } else {
      ASSERT_EQ(last, wanted) << turn;
    }
  }
}

TEST_F(SignalBookTest, ARowThatIsDamagedIsTold) {
  say_often(0, "usual", 2);
  commit(kMonday);
  tables_->put(state::TableId::kSignals, std::string("M") + "kirkas" + '\0' + "short", "x");
  SignalBook book(plan_, *budget_, *tables_);
  EXPECT_FALSE(book.load().is_ok());
}

}  // namespace
}  // namespace kaiku::signal
