// Edits, deletions and counters that are seen again.
#include <gtest/gtest.h>

#include "oracle/oracle.h"
#include "oracle/sample.h"

namespace kaiku::oracle {
namespace {

Json observation(const std::string& id, Micros observed_at, const Json& metrics) {
  Json item = post(id, kNoon);
  item.update({{"event_id", "m-" + time_text(observed_at)},
               {"op", "metrics"},
               {"observed_at", time_text(observed_at)},
               {"metrics", metrics}});
  return item;
}

Json edit(const std::string& id, int version, Micros observed_at, const std::string& label) {
  Json item = post(id, kNoon);
  item.update({{"event_id", "u" + std::to_string(version)},
               {"op", "update"},
               {"native_version", version},
               {"observed_at", time_text(observed_at)},
               {"sentiment", {{"label", label}}}});
  return item;
}

Json removal(const std::string& id, Micros observed_at) {
  Json item = post(id, kNoon);
  item.update({{"op", "delete"}, {"observed_at", time_text(observed_at)}});
  return item;
}

TEST(OracleCorrections, ObservationsBookDifferencesWhenTheyWereSeen) {
  Json create = post("1", kNoon);
  create["metrics"] = {{"likes", 10}, {"replies", 1}};
  Tape tape;
  tape.add(create, kNoon);
  tape.add(observation("1", kNoon + kMinute, {{"likes", 25}, {"replies", nullptr}}),
           kNoon + kMinute);
  tape.add(observation("1", kNoon + 2 * kMinute, {{"likes", 20}, {"quotes", 4}}),
           kNoon + 2 * kMinute);
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(minute_cell(expected, kNoon).engagements(), 11);
  const Figures& first = minute_cell(expected, kNoon + kMinute);
  EXPECT_EQ(first.engagements(), 15);
  EXPECT_EQ(first.count_total(), 0);
  EXPECT_EQ(of(first.suppressed, "repoll"), 1);
  const Figures& second = minute_cell(expected, kNoon + 2 * kMinute);
  EXPECT_EQ(of(second.components, "likes"), -5);
  EXPECT_EQ(of(second.components, "quotes"), 4);
  EXPECT_EQ(expected.cell({"hour", kNoon, "kirkas", "x", "mention"}).engagements(), 25);
  EXPECT_EQ(expected.outcomes.at("posts").duplicate.at("repoll"), 2);
}

TEST(OracleCorrections, ObservationsAreTakenInTheOrderOfTheirTimes) {
  Tape tape;
  tape.add(post("1", kNoon), kNoon);
  tape.add(observation("1", kNoon + kMinute, {{"likes", 5}}), kNoon + kMinute);
  tape.add(observation("1", kNoon + kMinute, {{"likes", 6}}), kNoon + kMinute);
  tape.add(observation("1", kNoon + 30 * kSecond, {{"likes", 7}}), kNoon + kMinute);
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(expected.verdicts[2], (Verdict{Outcome::kDuplicate, "redelivery"}));
  EXPECT_EQ(expected.verdicts[3], (Verdict{Outcome::kDuplicate, "repoll"}));
  EXPECT_EQ(of(minute_cell(expected, kNoon).suppressed, "redelivery"), 1);  // where it says
  EXPECT_EQ(minute_cell(expected, kNoon).engagements(), 7);
  EXPECT_EQ(minute_cell(expected, kNoon + kMinute).engagements(), -1);  // of two at once the larger
}

TEST(OracleCorrections, ObservationsWaitForTheirItem) {
  Tape tape;
  tape.add(observation("1", kNoon + kMinute, {{"likes", 1}}), kNoon + kMinute);
  const Expected without = run(sample_plan(), tape.records);
  EXPECT_EQ(without.verdicts[0], (Verdict{Outcome::kDuplicate, "repoll"}));
  EXPECT_TRUE(without.cells.empty());
  tape.add(post("1", kNoon), kNoon + kMinute);
  const Expected with = run(sample_plan(), tape.records);
  EXPECT_EQ(minute_cell(with, kNoon + kMinute).engagements(), 1);
  EXPECT_EQ(of(minute_cell(with, kNoon + kMinute).suppressed, "repoll"), 1);
}

TEST(OracleCorrections, ALaterCopyOfAPolledSourceIsAnObservation) {
  OraclePlan plan = sample_plan();
  plan.sources[0].polled = true;
  Json first = post("1", kNoon);
  first.update({{"observed_at", time_text(kNoon + kMinute)}, {"metrics", {{"likes", 1}}}});
  Json second = post("1", kNoon);
  second.update({{"observed_at", time_text(kNoon + 2 * kMinute)}, {"metrics", {{"likes", 4}}}});
  Tape tape;
  tape.add(first, kNoon + kMinute)
      .add(second, kNoon + 2 * kMinute)
      .add(second, kNoon + 2 * kMinute);
  const Expected expected = run(plan, tape.records);
  EXPECT_EQ(expected.verdicts[1], (Verdict{Outcome::kDuplicate, "repoll"}));
  EXPECT_EQ(expected.verdicts[2], (Verdict{Outcome::kDuplicate, "redelivery"}));
  EXPECT_EQ(minute_cell(expected, kNoon).engagements(), 1);
  EXPECT_EQ(minute_cell(expected, kNoon + 2 * kMinute).engagements(), 3);
}

TEST(OracleCorrections, ACopyOfAPolledSourceIsAnObservationWheneverItComes) {
  OraclePlan plan = sample_plan();
  plan.sources[0].polled = true;
  const auto poll = [](const char* event, Micros observed_at) {
    Json item = post("1", kNoon);
    item.update({{"event_id", event}, {"observed_at", time_text(observed_at)}});
    return item;
  };
  const Micros now = kNoon + 5 * kMinute;
  Tape tape;
  tape.add(poll("a", kNoon + 2 * kMinute), now).add(poll("b", kNoon + 3 * kMinute), now);
  tape.add(poll("b", kNoon + 3 * kMinute), now).add(poll("c", kNoon + kMinute), now);
  const Expected expected = run(plan, tape.records);
  EXPECT_EQ(expected.verdicts[1].detail, "repoll");
  EXPECT_EQ(expected.verdicts[2].detail, "redelivery");
  EXPECT_EQ(expected.verdicts[3].detail, "repoll");
  EXPECT_EQ(of(minute_cell(expected, kNoon + 2 * kMinute).suppressed, "repoll"), 1);
  EXPECT_EQ(of(minute_cell(expected, kNoon + 3 * kMinute).suppressed, "repoll"), 1);
}

TEST(OracleCorrections, APolledSourceIsTimedByWhenItSaw) {
  OraclePlan plan = sample_plan();
  plan.sources[0].polled = true;
  Json old = post("1", kNoon - kDay);
  old["observed_at"] = time_text(kNoon);
  Tape tape;
  Json fresh = post("2", kNoon);
  fresh["observed_at"] = time_text(kNoon);
  const Expected expected = run(plan, tape.add(fresh, kNoon).add(old, kNoon).records);
  EXPECT_EQ(expected.outcomes.at("posts").counted, 2);
  EXPECT_EQ(minute_cell(expected, kNoon - kDay).count_total(), 1);
}

TEST(OracleCorrections, TheLastLabelHoldsWhateverTheOrder) {
  Json create = post("1", kNoon);
  create["sentiment"] = {{"label", "neutral"}};
  std::vector<Json> items = {create,
                             edit("1", 2, kNoon + 10 * kSecond, "negative"),
                             edit("1", 10, kNoon + 20 * kSecond, "positive")};
  std::sort(items.begin(), items.end());
  do {
    Tape tape;
    for (const Json& item : items) {
      tape.add(item, kNoon + kMinute);
    }
    const Expected expected = run(sample_plan(), tape.records);
    const Figures& figures = minute_cell(expected, kNoon);
    EXPECT_EQ(of(figures.sentiment, "positive"), 1);
    EXPECT_EQ(of(figures.sentiment, "negative"), 0);
    EXPECT_EQ(of(figures.sentiment, "neutral"), 0);
    EXPECT_EQ(figures.edits, 2);
    EXPECT_EQ(figures.count_total(), 1);
    EXPECT_EQ(expected.outcomes.at("posts").counted, 3);
  } while (std::next_permutation(items.begin(), items.end()));
}

TEST(OracleCorrections, TheSameVersionAgainIsARedelivery) {
  Tape tape;
  tape.add(post("1", kNoon), kNoon);
  tape.add(edit("1", 2, kNoon + kSecond, "negative"), kNoon + kSecond);
  tape.add(edit("1", 2, kNoon + kSecond, "negative"), kNoon + kSecond);
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(minute_cell(expected, kNoon).edits, 1);
  EXPECT_EQ(of(minute_cell(expected, kNoon).suppressed, "redelivery"), 1);
}

TEST(OracleCorrections, AnEditWithoutItsCreateHasNoLabel) {
  Tape tape;
  tape.add(edit("1", 2, kNoon, "negative"), kNoon);
  const Expected expected = run(sample_plan(), tape.records);
  EXPECT_EQ(minute_cell(expected, kNoon).edits, 1);
  EXPECT_EQ(of(minute_cell(expected, kNoon).sentiment, "negative"), 0);
  EXPECT_EQ(expected.outcomes.at("posts").counted, 1);
}

TEST(OracleCorrections, DeletionsAreBookedWhereTheItemWas) {
  const Micros later = kNoon + 5 * kMinute;
  const std::vector<std::pair<Json, Micros>> deletes_first = {
      {removal("1", kNoon), kNoon}, {post("1", kNoon), kNoon}, {removal("1", later), later}};
  const std::vector<std::pair<Json, Micros>> create_first = {
      {post("1", kNoon), kNoon}, {removal("1", kNoon), kNoon}, {removal("1", later), later}};
  for (const auto& items : {deletes_first, create_first}) {
    Tape tape;
    for (const auto& [item, time] : items) {
      tape.add(item, time);
    }
    const Expected expected = run(sample_plan(), tape.records);
    EXPECT_EQ(minute_cell(expected, kNoon).deletions, 1);
    EXPECT_EQ(minute_cell(expected, kNoon).count_total(), 1);
    EXPECT_EQ(of(minute_cell(expected, kNoon).suppressed, "redelivery"), 1);
    EXPECT_EQ(minute_cell(expected, later).deletions, 0);
    EXPECT_EQ(expected.outcomes.at("posts").counted, 2);
  }
}

TEST(OracleCorrections, ADeletionOfNothingIsOnlyAnOutcome) {
  Tape tape;
  const Expected expected = run(sample_plan(), tape.add(removal("1", kNoon), kNoon).records);
  EXPECT_EQ(expected.outcomes.at("posts").counted, 1);
  EXPECT_TRUE(expected.cells.empty());
}

}  // namespace
}  // namespace kaiku::oracle
