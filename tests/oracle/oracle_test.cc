#include "oracle/oracle.h"

#include <gtest/gtest.h>

#include "oracle/sample.h"

namespace kaiku::oracle {
namespace {

const Verdict kCountedVerdict{Outcome::kCounted, ""};
const Verdict kLateVerdict{Outcome::kLate, ""};
const Verdict kRedelivery{Outcome::kDuplicate, "redelivery"};
const Verdict kSameItem{Outcome::kDuplicate, "same_item"};

TEST(Oracle, CountsOneItemInItsMinuteHourAndDay) {
  Tape tape;
  const Micros time = kNoon + 61 * kSecond;
  Json item = post("1", time);
  item.update({{"author", {{"id", "a"}, {"followers", 5}}},
               {"metrics", {{"likes", 3}, {"views", 100}}},
               {"sentiment", {{"label", "positive"}}}});
  const Expected expected = run(sample_plan(), tape.add(item, time).records);
  EXPECT_EQ(expected.cells.size(), 3U);
  for (const CellKey& key : {CellKey{"minute", kNoon + kMinute, "kirkas", "x", "mention"},
                             CellKey{"hour", kNoon, "kirkas", "x", "mention"},
                             CellKey{"day", kNoon - 12 * kHour, "kirkas", "x", "mention"}}) {
    const Figures& figures = expected.cell(key);
    EXPECT_EQ(figures.count_total(), 1);
    EXPECT_EQ(figures.engagements(), 3);
    EXPECT_EQ(figures.authors.size(), 1U);
    EXPECT_EQ(figures.reach(), 5);
    EXPECT_EQ(of(figures.sentiment, "positive"), 1);
  }
  EXPECT_EQ(expected.outcomes.at("posts").counted, 1);
  EXPECT_EQ(expected.outcomes.at("shop"), Outcomes{});
}

TEST(Oracle, LatenessIsJudgedByTheWatermarkBeforeTheRecord) {
  const OraclePlan plan = sample_plan();
  const Micros allowed = plan.out_of_orderness + plan.lateness;
  Tape tape;
  tape.add(post("1", kNoon), kNoon);
  tape.add(post("2", kNoon - allowed), kNoon);
  tape.add(post("3", kNoon - allowed - 1), kNoon);
  tape.add(
      post("4", kNoon - allowed - 1), kNoon, "posts", 1);  // another partition knows nothing of it
  Json removal = post("1", kNoon - allowed - 1);
  removal.update({{"op", "delete"}, {"observed_at", time_text(kNoon - allowed - 1)}});
  tape.add(removal, kNoon);
  const Expected expected = run(plan, tape.records);
  EXPECT_EQ(expected.verdicts,
            (std::vector<Verdict>{
                kCountedVerdict, kCountedVerdict, kLateVerdict, kCountedVerdict, kCountedVerdict}));
  EXPECT_EQ(expected.outcomes.at("posts").late, 1);
}

TEST(Oracle, AClaimCannotMoveTimeBeyondTheLog) {
  const OraclePlan plan = sample_plan();
  Tape tape;
  tape.add(post("1", kNoon + 4 * kMinute),
           kNoon);  // within max_future: counted, moves M to the log's time
  tape.add(post("2", kNoon - plan.out_of_orderness - plan.lateness), kNoon);
  tape.add(post("3", kNoon - plan.out_of_orderness - plan.lateness - 1), kNoon);
  const Expected expected = run(plan, tape.records);
  EXPECT_EQ(expected.verdicts,
            (std::vector<Verdict>{kCountedVerdict, kCountedVerdict, kLateVerdict}));
}

TEST(Oracle, AbsurdTimesAreDeadLettersAndMoveNothing) {
  OraclePlan plan = sample_plan();
  plan.sources[0].max_age = kHour;
  Tape tape;
  tape.add(post("1", kNoon + 5 * kMinute + 1), kNoon);
  tape.add(post("2", kNoon - kHour - 1), kNoon);
  tape.add(post("3", kNoon - kHour), kNoon);  // nothing has moved M before
  Json observation = post("3", kNoon - kDay);
  observation.update({{"op", "metrics"}, {"observed_at", time_text(kNoon)}});
  tape.add(observation, kNoon);  // judged by its own time, not by the post's
  const Expected expected = run(plan, tape.records);
  EXPECT_EQ(expected.verdicts[0], (Verdict{Outcome::kDeadLetter, "future"}));
  EXPECT_EQ(expected.verdicts[1], (Verdict{Outcome::kDeadLetter, "too_old"}));
  EXPECT_EQ(expected.verdicts[2], kCountedVerdict);
  EXPECT_EQ(expected.verdicts[3], (Verdict{Outcome::kDuplicate, "repoll"}));
}

TEST(Oracle, NothingIsLateOrTooOldInABoundedSource) {
  OraclePlan plan = sample_plan();
  plan.sources[0].bounded = true;
  Tape tape;
  tape.add(post("1", kNoon), kNoon);
  tape.add(post("2", kNoon - 4000 * kDay), kNoon);
  tape.add(post("3", kNoon + 4000 * kDay), kNoon);  // the log's time is when a file was read
  const Expected expected = run(plan, tape.records);
  EXPECT_EQ(expected.outcomes.at("posts").counted, 3);
}

TEST(Oracle, LatenessComesBeforeDedup) {
  Tape tape;
  tape.add(post("1", kNoon), kNoon);
  tape.add(post("2", kNoon + kHour), kNoon + kHour);
  tape.add(post("1", kNoon), kNoon + kHour);
  EXPECT_EQ(run(sample_plan(), tape.records).verdicts[2], kLateVerdict);
}

TEST(Oracle, CopiesAreRedeliveriesOrTheSameItemWhateverTheOrder) {
  std::vector<Json> copies(5, post("1", kNoon));
  copies[1]["event_id"] = "other connector";
  copies[4]["event_id"] = "other connector";
  copies[2]["channel"] = "twitter";  // folds to x
  std::sort(copies.begin(), copies.end());
  do {
    Tape tape;
    for (const Json& copy : copies) {
      tape.add(copy, kNoon);
    }
    const Expected expected = run(sample_plan(), tape.records);
    const Figures& figures = minute_cell(expected, kNoon);
    EXPECT_EQ(figures.count_total(), 1);
    EXPECT_EQ(of(figures.suppressed, "redelivery"), 3);
    EXPECT_EQ(of(figures.suppressed, "same_item"), 1);
    EXPECT_EQ(expected.outcomes.at("posts").duplicate,
              (std::map<std::string, int64_t>{{"redelivery", 3}, {"same_item", 1}}));
  } while (std::next_permutation(copies.begin(), copies.end()));
}

TEST(Oracle, ACopyFromAnotherSourceIsTheSameItem) {
  Tape tape;
  tape.add(post("1", kNoon), kNoon);
  tape.add(post("1", kNoon), kNoon, "shop");
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(expected.verdicts[1], kSameItem);
  EXPECT_EQ(expected.outcomes.at("shop").duplicate.at("same_item"), 1);
}

TEST(Oracle, TheConnectorOfARecordTellsDeliveriesApart) {
  Json other = post("1", kNoon);
  other["source"] = "x/poll-2";
  Tape tape;
  tape.add(post("1", kNoon), kNoon).add(other, kNoon).add(other, kNoon, "shop");
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(expected.verdicts[1], kSameItem);
  EXPECT_EQ(expected.verdicts[2], kRedelivery);
}

TEST(Oracle, WithoutANativeIdTheEventIdNamesTheItem) {
  Json item = post("1", kNoon);
  item.erase("native_id");
  Tape tape;
  tape.add(item, kNoon).add(item, kNoon).add(item, kNoon, "shop");
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(expected.verdicts,
            (std::vector<Verdict>{kCountedVerdict, kRedelivery, kCountedVerdict}));
}

TEST(Oracle, AnItemCountsOnceInEachOfItsBrands) {
  Json item = post("1", kNoon);
  item.erase("brand_id");
  item["text"] = "sade or kirkas? kirkas!";
  Json nobody = post("2", kNoon);
  nobody.erase("brand_id");
  Json unknown = post("3", kNoon);
  unknown["brand_id"] = "unheard of";
  Tape tape;
  tape.add(item, kNoon).add(item, kNoon).add(nobody, kNoon).add(unknown, kNoon);
  const Expected expected = run(sample_plan(), tape.records);
  for (const char* brand : {"kirkas", "sade"}) {
    EXPECT_EQ(minute_cell(expected, kNoon, brand).count_total(), 1);
    EXPECT_EQ(of(minute_cell(expected, kNoon, brand).suppressed, "redelivery"), 1);
  }
  EXPECT_EQ(minute_cell(expected, kNoon, "_other").count_total(), 2);
  EXPECT_EQ(expected.outcomes.at("posts").counted, 3);
}

TEST(Oracle, UnmatchedItemsCanBeIgnoredOrDeadLetters) {
  Json nobody = post("1", kNoon);
  nobody.erase("brand_id");
  Tape tape;
  tape.add(nobody, kNoon);
  OraclePlan plan = sample_plan();
  plan.unmatched = Unmatched::kIgnore;
  EXPECT_EQ(run(plan, tape.records).outcomes.at("posts").ignored, 1);
  plan.unmatched = Unmatched::kDeadLetter;
  EXPECT_EQ(run(plan, tape.records).outcomes.at("posts").dead_letter.at("semantic"), 1);
}

TEST(Oracle, ControlItemsAreIgnoredAndMoveNothing) {
  Json control = post("1", kNoon + kDay);
  control["type"] = "control";
  Tape tape;
  tape.add(control, kNoon + kDay).add(post("2", kNoon), kNoon + kDay);
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(expected.outcomes.at("posts").ignored, 1);
  EXPECT_EQ(expected.outcomes.at("posts").counted, 1);
  EXPECT_EQ(expected.cells.size(), 3U);
}

TEST(Oracle, AnItemByTheBrandItselfIsTheBrands) {
  OraclePlan plan = sample_plan();
  plan.brands[1].handles = {"@SadeDrinks"};
  Json item = post("1", kNoon);
  item.erase("brand_id");
  item.update({{"text", "kirkas"}, {"author", {{"handle", "sadedrinks"}}}});
  Tape tape;
  const Expected expected = run(plan, tape.add(item, kNoon).records);
  EXPECT_EQ(minute_cell(expected, kNoon, "sade").count_total(), 1);
  EXPECT_EQ(minute_cell(expected, kNoon, "kirkas").count_total(), 1);
}

TEST(Oracle, WhatTheBrandSaysIsNotInbound) {
  Tape tape;
  int id = 0;
  const auto add = [&](const char* role, const Json& more) {
    Json item = post(std::to_string(++id), kNoon);
    item["author"] = {{"id", "a"}, {"role", role}};
    item.update(more);
    tape.add(item, kNoon);
  };
  for (const char* role : {"customer", "peer", "unknown", "brand", "staff", "bot"}) {
    add(role, Json::object());
  }
  add("unknown", {{"direction", "outbound"}});
  add("customer", {{"direction", "outbound"}, {"relation", "reply"}});
  add("customer", {{"visibility", "internal_note"}});
  add("customer", {{"auto_reply", true}});
  const Expected expected = run(sample_plan(), tape.records);
  const Figures& figures = minute_cell(expected, kNoon);
  EXPECT_EQ(figures.count_total(), 10);
  EXPECT_EQ(figures.inbound, 4);
  EXPECT_EQ(figures.inbound_original, 3);
}

TEST(Oracle, AuthorsAreDistinctAndReachTakesTheLargest) {
  Tape tape;
  int id = 0;
  for (const auto& [author, followers] :
       std::vector<std::pair<std::string, int>>{{"a", 10}, {"b", 7}, {"a", 30}, {"a", 20}}) {
    Json item = post(std::to_string(++id), kNoon);
    item["author"] = {{"id", author}, {"followers", followers}};
    tape.add(item, kNoon);
  }
  Json silent = post("9", kNoon);
  silent["author"] = {{"id", "c"}};
  tape.add(silent, kNoon).add(post("10", kNoon), kNoon);
  const Expected expected = run(sample_plan(), tape.records);
  const Figures& figures = minute_cell(expected, kNoon);
  EXPECT_EQ(figures.count_total(), 6);
  EXPECT_EQ(figures.authors, (std::set<std::string>{"a", "b", "c"}));
  EXPECT_EQ(figures.reach(), 37);
}

TEST(Oracle, RelationsAddUpToTheTotal) {
  Tape tape;
  int id = 0;
  for (const char* relation : {"original", "repost", "repost", "reply", "quote", "crosspost"}) {
    Json item = post(std::to_string(++id), kNoon);
    item["relation"] = relation;
    tape.add(item, kNoon);
  }
  const Expected expected = run(sample_plan(), tape.records);
  const Figures& figures = minute_cell(expected, kNoon);
  EXPECT_EQ(figures.count_total(), 6);
  EXPECT_EQ(of(figures.by_relation, "repost"), 2);
  EXPECT_EQ(of(figures.by_relation, "original"), 1);
}

}  // namespace
}  // namespace kaiku::oracle
