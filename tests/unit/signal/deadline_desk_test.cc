// Alerts of deadlines at the home of their brand: which are told, which a digest names, and that
// neither commits nor restarts change it.
#include "kaiku/signal/deadline_desk.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/signal/alert_budget.h"
#include "kaiku/state/memory_store.h"

#include "unit/json_schema.h"

namespace kaiku::signal {
namespace {

using base::kDay;
using base::kHour;
using base::kMinute;
using model::DeadlineKind;
using model::DeadlineState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr base::EventTime kMonday = 20'514 * kDay;
constexpr int64_t kLateness = 10 * kMinute;
constexpr DeadlineBounds kBounds{.lateness_us = kLateness, .kept_us = 30 * kDay};

class DeadlineDeskTest : public ::testing::Test {
 protected:
  DeadlineDeskTest() { open(); }

  void open() {
    desk_.reset();
    budget_.reset();
    tables_ = state::open_tables(*store_, "test", 0).value();
    budget_ = std::make_unique<AlertBudget>(alerts_per_day_, kLateness, *tables_);
    ASSERT_TRUE(budget_->load(watermark_).is_ok());
    desk_ = std::make_unique<DeadlineDesk>(kBounds, *budget_, *tables_);
    ASSERT_TRUE(desk_->load().is_ok());
  }

  // Question `n` with a deadline at `minutes` after Monday.
  void say(uint64_t n,
           int64_t minutes,
           DeadlineState state = DeadlineState::kOpen,
           DeadlineKind kind = DeadlineKind::kBreach) {
    const std::string name =
        (kind == DeadlineKind::kBreach ? "breach " : "risk ") + std::to_string(n);
    const std::string url = "https://forum.example/t/" + std::to_string(n);
    model::DeadlineMessage message;
    message.kind = kind;
    message.state = state;
    message.conversation = {n, 7};
    message.deadline = kMonday + minutes * kMinute;
    message.asked_at = message.deadline - kHour;
    message.brand = "kirkas";
    message.channel = n % 2 == 0 ? "forum" : "x";
    message.sla_policy = n % 2 == 0 ? "" : "fast";
    message.key = name;
    if (state == DeadlineState::kOpen || state == DeadlineState::kResolved) {
      message.url = url;
      message.value = "{}";
    }
    desk_->accept(message);
  }

  void commit(int64_t minutes) { commit_at(kMonday + minutes * kMinute); }

  void commit_at(base::EventTime watermark) {
    watermark_ = watermark;
    desk_->seal(watermark, watermark, [this](const model::DeadlineMessage& message) {
      static constexpr const char* kStates[] = {"open", "resolved", "withdrawn", "ended"};
      const std::string line =
          std::string(message.key) + " " + kStates[static_cast<size_t>(message.state)];
      EXPECT_EQ(message.value.empty(), message.state == DeadlineState::kWithdrawn);
      told_.push_back(line);
      last_[std::string(message.key)] = line;
    });
    budget_->tell(watermark, [this](const AlertRecord& record) {
      static const tests::JsonValue kDigest = tests::schema_of("signal_digest", 2);
      const auto json = tests::JsonValue::parse(record.value);
      ASSERT_TRUE(json.has_value()) << record.value;
      EXPECT_EQ(tests::problem_of(kDigest, *json, "record"), "") << record.value;
      digests_.push_back(record.value);
      last_[record.key] = record.value;
    });
    (void)tables_->seal_packed();
    ASSERT_TRUE(tables_->commit({++epoch_, 0}).is_ok());
  }

  std::vector<std::string> told() { return std::exchange(told_, {}); }

  std::vector<std::string> digests() { return std::exchange(digests_, {}); }

  [[nodiscard]] size_t rows() const {
    size_t count = 0;
    EXPECT_TRUE(tables_
                    ->scan(state::TableId::kAlerts,
                           [&](std::string_view key, std::string_view) {
                             count += key.front() == 'B' ? 0 : 1;
                           })
                    .is_ok());
    return count;
  }

  int64_t alerts_per_day_ = 2;
  base::EventTime watermark_ = base::kTimeBegin;
  std::unique_ptr<state::MemoryStore> store_ = std::make_unique<state::MemoryStore>();
  std::unique_ptr<state::Tables> tables_;
  std::unique_ptr<AlertBudget> budget_;
  std::unique_ptr<DeadlineDesk> desk_;
  std::vector<std::string> told_;
  std::vector<std::string> digests_;
  std::map<std::string, std::string> last_;
  uint64_t epoch_ = 0;
};

TEST_F(DeadlineDeskTest, TheEarliestDeadlinesOfADayAreToldAndTheDigestNamesTheRest) {
  for (const uint64_t n : {4U, 2U, 1U, 3U}) {
    say(n, 60 + static_cast<int64_t>(n));
  }
  commit(70);
  EXPECT_THAT(told(), IsEmpty()) << "an earlier one may still be told";
  EXPECT_FALSE(desk_->has_work(kMonday + 71 * kMinute));
  open();
  EXPECT_TRUE(desk_->has_work(kMonday + 72 * kMinute));
  commit(75);
  EXPECT_THAT(told(), ElementsAre("breach 1 open", "breach 2 open"));
  EXPECT_THAT(digests(), IsEmpty());
  EXPECT_EQ(budget_->left_out(), 2U);
  open();
  EXPECT_FALSE(budget_->has_work(kMonday + 129 * kMinute));
  commit(130);
  EXPECT_THAT(
      digests(),
      ElementsAre(
          R"({"record_type":"signal_digest","brand":"kirkas","hour":"2026-03-02T01:00:00Z","alerts":[)"
          R"({"kind":"sla_breach","severity":"critical","reason":"budget","count":2,"places":[)"
          R"({"channel":"forum","sla_policy":null,"count":1},{"channel":"x","sla_policy":"fast","count":1}],)"
          R"("named":[{"conversation_id":"00000000000000070000000000000003",)"
          R"("opened_at":"2026-03-02T01:03:00.000000Z","asked_at":"2026-03-02T00:03:00.000000Z",)"
          R"("channel":"x","sla_policy":"fast","url":"https://forum.example/t/3"},)"
          R"({"conversation_id":"00000000000000070000000000000004",)"
          R"("opened_at":"2026-03-02T01:04:00.000000Z","asked_at":"2026-03-02T00:04:00.000000Z",)"
          R"("channel":"forum","sla_policy":null,"url":"https://forum.example/t/4"}]}],)"
          R"("definition_version":2})"));
  // Answers: only of what was told.
  for (uint64_t n = 1; n <= 4; ++n) {
    say(n, 60 + static_cast<int64_t>(n), DeadlineState::kResolved);
  }
  commit(140);
  EXPECT_THAT(told(), ElementsAre("breach 1 resolved", "breach 2 resolved"));
  // Another day, another budget.
  say(5, 24 * 60);
  commit(24 * 60 + 20);
  EXPECT_THAT(told(), ElementsAre("breach 5 open"));
  EXPECT_EQ(desk_->size(), 5U);
  for (uint64_t n = 1; n <= 5; ++n) {
    say(n, n == 5 ? 24 * 60 : 60 + static_cast<int64_t>(n), DeadlineState::kEnded);
  }
  commit(25 * 60);
  EXPECT_EQ(desk_->size(), 0U);
  EXPECT_EQ(rows(), 0U) << "neither alert nor digest is kept for a conversation that is over";
  EXPECT_THAT(digests(), IsEmpty());
}

TEST_F(DeadlineDeskTest, ARiskIsToldAtOnceAndHasABudgetOfItsOwn) {
  for (uint64_t n = 1; n <= 3; ++n) {
    say(n, 60, DeadlineState::kOpen, DeadlineKind::kRisk);
    say(n, 60);
  }
  commit(60);
  EXPECT_THAT(told(), ElementsAre("risk 1 open", "risk 2 open"));
  say(1, 60, DeadlineState::kResolved, DeadlineKind::kRisk);
  commit(71);
  EXPECT_THAT(told(), ElementsAre("risk 1 resolved", "breach 1 open", "breach 2 open"));
  say(1, 60, DeadlineState::kOpen, DeadlineKind::kRisk);
  commit(72);
  EXPECT_THAT(told(), ElementsAre("risk 1 open")) << "the same alert";
}

TEST_F(DeadlineDeskTest, WhatWasToldIsWithdrawnAndWhatWasNamedIsNamedNoMore) {
  for (uint64_t n = 1; n <= 4; ++n) {
    say(n, 60 + static_cast<int64_t>(n));
  }
  commit(80);
  (void)told();
  say(3, 63, DeadlineState::kWithdrawn);
  commit(81);
  open();
  commit(130);
  ASSERT_EQ(digests_.size(), 1U);
  EXPECT_THAT(digests(), ElementsAre(Not(HasSubstr("forum.example/t/3"))));
  EXPECT_THAT(told(), IsEmpty()) << "there is no record to withdraw";
  open();
  say(1, 61, DeadlineState::kWithdrawn);
  say(4, 64, DeadlineState::kWithdrawn);
  say(4, 64, DeadlineState::kEnded);
  commit(140);
  EXPECT_THAT(told(), ElementsAre("breach 1 withdrawn"));
  ASSERT_EQ(digests_.size(), 1U) << "it is told again";
  EXPECT_THAT(digests_[0], HasSubstr(R"("count":2,)"));
  EXPECT_THAT(digests_[0], HasSubstr(R"("named":[])"));
  EXPECT_EQ(rows(), 1U);
  // Before it is decided: it takes its place, and nobody hears of it.
  say(6, 24 * 60 + 1);
  say(6, 24 * 60 + 1, DeadlineState::kWithdrawn);
  say(7, 24 * 60 + 2);
  say(8, 24 * 60 + 3);
  commit(24 * 60 + 30);
  EXPECT_THAT(told(), ElementsAre("breach 7 open"));
}

TEST_F(DeadlineDeskTest, WhatIsNeverSaidToBeOverIsForgotten) {
  for (uint64_t n = 1; n <= 3; ++n) {
    say(n, 60);
  }
  commit(200);
  EXPECT_EQ(desk_->size(), 3U);
  EXPECT_EQ(rows(), 4U) << "and the digest that names one";
  commit_at(kMonday + 29 * kDay);
  EXPECT_EQ(desk_->size(), 3U);
  commit_at(kMonday + 31 * kDay);
  EXPECT_EQ(desk_->size(), 0U);
  EXPECT_EQ(rows(), 0U);
  say(1, 60, DeadlineState::kResolved);
  commit_at(kMonday + 32 * kDay);
  EXPECT_EQ(told().size(), 2U);
  EXPECT_EQ(desk_->size(), 0U);
}

TEST_F(DeadlineDeskTest, WhatComesWhenItsHourWasToldIsInALaterDigest) {
  alerts_per_day_ = 0;
  open();
  say(1, 60, DeadlineState::kOpen, DeadlineKind::kRisk);
  commit(130);
  EXPECT_THAT(digests(), ElementsAre(HasSubstr("T01:00:00Z")));
  open();
  say(2, 61, DeadlineState::kOpen, DeadlineKind::kRisk);
  commit(135);
  EXPECT_THAT(digests(), IsEmpty());
  commit(190);
  EXPECT_THAT(digests(), ElementsAre(HasSubstr("T02:00:00Z")));
}

TEST_F(DeadlineDeskTest, ARowThatIsDamagedIsTold) {
  for (const std::string key : {"X", "D", "H\6kirkas", "B\6kirkas"}) {
    state::MemoryStore store;
    const auto tables = state::open_tables(store, "test", 0).value();
    tables->put(state::TableId::kAlerts, key, std::string("\1") + "x");
    AlertBudget budget(2, kLateness, *tables);
    DeadlineDesk desk(kBounds, budget, *tables);
    EXPECT_FALSE(budget.load(0).is_ok() && desk.load().is_ok()) << key;
  }
}

// Breaches in any order that watermarks allow, answered, withdrawn and over; with restarts.
TEST_F(DeadlineDeskTest, WhichBreachesAreToldIsAFunctionOfTheSet) {
  struct Step {
    int64_t minute;  // when its shard knows it
    uint64_t n;
    int64_t deadline;
    DeadlineState state;
  };

  std::mt19937_64 random(5);
  std::vector<Step> all;
  for (uint64_t n = 1; n <= 400; ++n) {
    const auto deadline = static_cast<int64_t>(random() % (4 * 24 * 60));
    all.push_back({deadline + 10, n, deadline, DeadlineState::kOpen});
    const auto later = deadline + 20 + static_cast<int64_t>(random() % 300);
    if (random() % 2 == 0) {
      all.push_back({later, n, deadline, DeadlineState::kResolved});
    }
    if (random() % 5 == 0) {
      all.push_back({later + 5, n, deadline, DeadlineState::kWithdrawn});
    }
  }
  alerts_per_day_ = 20;
  std::map<std::string, std::string> wanted;
  for (int turn = 0; turn < 4; ++turn) {
    desk_.reset();
    tables_.reset();
    store_ = std::make_unique<state::MemoryStore>();
    watermark_ = base::kTimeBegin;
    epoch_ = 0;
    last_.clear();
    open();
    // Each conversation is some minutes late, in another way in every turn.
    constexpr int64_t kLate = 7;
    std::vector<Step> steps = all;
    std::shuffle(steps.begin(), steps.end(), random);
    const auto arrival = [turn](const Step& step) {
      return step.minute + (turn == 0 ? 0 : (static_cast<int64_t>(step.n) * (turn + 2)) % kLate);
    };
    std::sort(steps.begin(), steps.end(), [&](const Step& a, const Step& b) {
      return std::pair(arrival(a), a.minute) < std::pair(arrival(b), b.minute);
    });
    for (const Step& step : steps) {
      if (turn >= 2 && random() % 4 == 0) {
        // Every shard is past what was not said yet.
        commit(std::max<int64_t>(0, arrival(step) - kLate));
        if (random() % 3 == 0) {
          open();
        }
      }
      say(step.n, step.deadline, step.state);
    }
    commit_at(base::kTimeEnd);
    std::map<std::string, std::string> breaches;
    for (const auto& [key, line] : last_) {
      if (key.find("breach") == 0 && line.find("withdrawn") == std::string::npos) {
        breaches[key] = line;
      }
    }
    if (turn == 0) {
      wanted = breaches;
      EXPECT_GT(wanted.size(), 50U);
      EXPECT_LT(wanted.size(), 81U);
    } else {
      ASSERT_EQ(breaches, wanted) << turn;
    }
  }
}

}  // namespace
}  // namespace kaiku::signal
