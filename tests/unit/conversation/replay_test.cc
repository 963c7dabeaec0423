// What the book promises: the figures are a function of the set of messages, whatever the order of
// arrival within lateness, the boundaries of epochs, and restarts.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/state/memory_store.h"

#include "unit/conversation/listener.h"

namespace kaiku::conversation {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using model::ConversationMessage;

constexpr int64_t kLateness = 10 * kMinute;
const EventTime kStart = base::parse_rfc3339("2026-03-02T10:00:00Z");

std::shared_ptr<const ConversationPlan> make_plan() {
  auto plan = std::make_shared<ConversationPlan>();
  plan->lateness_us = kLateness;
  plan->inactivity_us = 2 * kHour;
  plan->ttl_us = 5 * kHour;
  plan->deflection_wait_us = 3 * kHour;
  plan->max_messages = 40;
  plan->targets = {
      {"slow", "", model::Severity::kNone, "", kHour, true},
      {"fast", "", model::Severity::kBlocker, "", 5 * kMinute, false},
      {"x", "x", model::Severity::kNone, "bug_report", 30 * kMinute, false},
  };
  window::BusinessHours::Week week;
  week.fill({{8 * 60, 12 * 60}, {13 * 60, 20 * 60}});
  plan->default_hours = std::make_shared<const window::BusinessHours>(
      window::BusinessHours::make("Europe/Helsinki", week, {}).value());
  return plan;
}

template <typename Enum>
Enum pick(base::Prng& prng, size_t count) {
  return static_cast<Enum>(prng.below(count));
}

ConversationMessage random_message(base::Prng& prng, uint64_t number) {
  static constexpr const char* kBrands[] = {"acme", "_other", "bolt"};
  static constexpr const char* kChannels[] = {"x", "forum", "mail"};
  ConversationMessage message;
  message.conversation = {prng.below(6), 1};
  message.item = {prng.chance(1, 4) ? prng.below(number + 1) : number, 9};
  message.type = pick<model::ItemType>(prng, 3);
  message.op = prng.chance(1, 6)    ? model::Op::kUpdate
               : prng.chance(1, 12) ? model::Op::kDelete
                                    : model::Op::kCreate;
  message.visibility =
      prng.chance(1, 2) ? model::Visibility::kPublic : pick<model::Visibility>(prng, 3);
  message.author_role = pick<model::AuthorRole>(prng, 6);
  message.severity =
      prng.chance(1, 4) ? pick<model::Severity>(prng, model::kSeverities) : model::Severity::kNone;
  message.status = prng.chance(1, 6) ? pick<model::ConversationStatus>(prng, 7)
                                     : model::ConversationStatus::kNone;
  message.has_author = prng.chance(4, 5);
  message.author = prng.below(4) * 0x9e3779b97f4a7c15ULL;
  message.has_customer = prng.chance(2, 3);
  message.customer = {prng.below(3), 5};
  message.accepted_answer = prng.chance(1, 6);
  message.automatic = prng.chance(1, 10);
  message.root_unknown = prng.chance(1, 10);
  message.csat = static_cast<uint8_t>(prng.chance(1, 10) ? prng.below(7) : 0);
  // Many of one time, and quiet hours in which everything ends by itself.
  message.at = kStart + static_cast<int64_t>(prng.below(40)) * kHour +
               static_cast<int64_t>(prng.below(12)) * 5 * kMinute;
  message.brand = kBrands[prng.below(3)];
  message.channel = kChannels[prng.below(3)];
  return message;
}

// A key that answers: which contacts it tells of is a function of the question.
void answer(ConversationBook& book, const model::KeyQuestionMessage& question) {
  model::KeyAnswerMessage told;
  told.asker = question.asker;
  told.asker_kind = question.asker_kind;
  told.number = question.number;
  told.kind = question.kind;
  const uint64_t choice = (question.number >> 20 ^ question.asker.lo) % 4;
  const std::vector<model::KeyEntry> entries = {
      {choice == 0 ? base::Digest{77, 7} : question.asker, question.from, "mail"}};
  told.entries = entries;
  told.shared = choice == 1;
  ASSERT_TRUE(book.answer(told).is_ok());
}

class Course {
 public:
  explicit Course(std::shared_ptr<const ConversationPlan> plan) : plan_(std::move(plan)) {
    tables_ = state::open_tables(store_, "test", 0).value();
    load();
  }

  void load() {
    book_ = std::make_unique<ConversationBook>(plan_, *tables_);
    ASSERT_TRUE(book_->load().is_ok());
  }

  void accept(const ConversationMessage& message) { ASSERT_TRUE(book_->accept(message).is_ok()); }

  // Moves time, and lets the keys answer what they can by then.
  void advance(EventTime to) {
    effective_ = std::max(effective_, to);
    ASSERT_TRUE(book_->advance(effective_, effective_, heard).is_ok());
    for (bool again = true; again;) {
      again = false;
      for (; asked_ < heard.questions.size(); ++asked_) {
        open_.push_back(heard.questions[asked_]);
      }
      std::vector<model::KeyQuestionMessage> later;
      for (const model::KeyQuestionMessage& question : open_) {
        if (question.to + kLateness <= effective_) {
          answer(*book_, question);
          again = true;
        } else {
          later.push_back(question);
        }
      }
      open_ = later;
      if (again) {
        ASSERT_TRUE(book_->advance(effective_, effective_, heard).is_ok());
      }
    }
    EXPECT_FALSE(book_->has_work(effective_));
  }

  void finish() {
    advance(kStart + 10 * kDay);
    advance(base::kTimeEnd);
    EXPECT_EQ(book_->open_count(), 0U);
  }

  [[nodiscard]] const ConversationBook& book() const { return *book_; }

  Listener heard;

 private:
  std::shared_ptr<const ConversationPlan> plan_;
  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  std::unique_ptr<ConversationBook> book_;
  std::vector<model::KeyQuestionMessage> open_;
  size_t asked_ = 0;
  EventTime effective_ = base::kTimeBegin;
};

// Every message arrives before the watermark has left it behind by more than lateness.
void replay(base::Prng& prng, std::vector<ConversationMessage> messages, Course& course) {
  std::vector<std::pair<EventTime, ConversationMessage>> arrivals;
  for (const ConversationMessage& message : messages) {
    arrivals.emplace_back(message.at + prng.between(0, kLateness), message);
  }
  std::sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  // One of equal arrival may come before or after.
  for (size_t i = 0; i < arrivals.size(); ++i) {
    course.accept(arrivals[i].second);
    if (prng.chance(1, 3)) {
      const EventTime next = i + 1 < arrivals.size() ? arrivals[i + 1].first : arrivals[i].first;
      course.advance(std::min(next, arrivals[i].first + prng.between(0, 2 * kHour)));
    }
    if (prng.chance(1, 20)) {
      course.advance(arrivals[i].first);
      course.load();
    }
  }
  course.finish();
}

// Counters are told what the figures are made of, once: however often the shard was loaded.
void expect_told_once(const Listener& heard) {
  using Kind = Fact::Kind;
  const aggregate::ConversationFigures& sums = heard.total;
  EXPECT_EQ(heard.fact(Kind::kAnsweredByBrand), sums.first_answer_by[0]);
  EXPECT_EQ(heard.fact(Kind::kAnsweredByPeer), sums.first_answer_by[1]);
  EXPECT_EQ(heard.fact(Kind::kAnsweredByBot), sums.first_answer_by[2]);
  EXPECT_EQ(heard.fact(Kind::kResponded),
            sums.first_response_public.total() + sums.first_response_private.total());
  EXPECT_EQ(heard.fact(Kind::kSlaMet), sums.sla_met);
  EXPECT_EQ(heard.fact(Kind::kSlaBreached), sums.sla_breached);
  EXPECT_EQ(heard.fact(Kind::kResolved), sums.resolved);
  EXPECT_EQ(heard.fact(Kind::kDeflected), sums.deflected);
}

TEST(ConversationReplay, FiguresAreAFunctionOfTheSet) {
  const auto plan = make_plan();
  std::set<std::string> different;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    base::Prng prng(seed);
    std::vector<ConversationMessage> messages;
    for (uint64_t i = 0; i < 30 + prng.below(150); ++i) {
      messages.push_back(random_message(prng, i));
    }
    Course whole(plan);
    for (const ConversationMessage& message : messages) {
      whole.accept(message);
    }
    whole.finish();
    const std::string expected = whole.heard.exact_text();
    different.insert(expected);
    for (int order = 0; order < 4; ++order) {
      Course course(plan);
      replay(prng, messages, course);
      ASSERT_EQ(course.book().stragglers(), 0U);
      ASSERT_EQ(course.heard.inexact, 0);
      ASSERT_EQ(course.heard.exact_text(), expected) << "seed " << seed << " order " << order;
      expect_told_once(course.heard);
    }
    const aggregate::ConversationFigures& sums = whole.heard.total;
    EXPECT_LE(sums.closed_total(), sums.opened);
    EXPECT_EQ(sums.closed_total(), sums.opened) << "all input has ended";
    EXPECT_EQ(static_cast<int64_t>(whole.heard.outcomes.size()), sums.opened);
    EXPECT_LE(sums.two_way + sums.never_answered, sums.closed_total());
    EXPECT_EQ(sums.first_response_public.total() + sums.first_response_private.total(),
              sums.first_answer_by[0] + sums.peer_before_brand);
  }
  EXPECT_EQ(different.size(), 60U);
}

TEST(ConversationReplay, EveryRuleWasAtWork) {
  const auto plan = make_plan();
  aggregate::ConversationFigures sums;
  size_t alerts = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    base::Prng prng(seed);
    Course course(plan);
    std::vector<ConversationMessage> messages;
    for (uint64_t i = 0; i < 120; ++i) {
      messages.push_back(random_message(prng, i));
    }
    replay(prng, messages, course);
    sums.merge(course.heard.total);
    alerts += course.heard.alerts.size();
    // No alert is left open when everything has ended; one about a deleted question is withdrawn.
    for (const auto& [key, value] : course.heard.alerts) {
      EXPECT_TRUE(value.empty() || value.find("\"state\":\"resolved\"") != std::string::npos)
          << value;
    }
    std::map<std::pair<std::string, uint32_t>, int> numbered;
    for (const OutcomeRecord& record : course.heard.records) {
      EXPECT_EQ(++numbered[std::pair(record.key, record.revision)], 1) << record.key;
    }
  }
  EXPECT_GT(sums.sla_met, 0);
  EXPECT_GT(sums.sla_breached, 0);
  EXPECT_GT(sums.deflected, 0);
  EXPECT_GT(sums.reopened, 0);
  EXPECT_GT(sums.two_way, 0);
  EXPECT_GT(sums.never_answered, 0);
  EXPECT_GT(sums.peer_before_brand, 0);
  EXPECT_GT(sums.resolution_final.total(), 0);
  EXPECT_GT(alerts, 0U);
  for (const int64_t closed : sums.closed) {
    EXPECT_GT(closed, 0);
  }
  for (const int64_t first : sums.first_answer_by) {
    EXPECT_GT(first, 0);
  }
}

}  // namespace
}  // namespace kaiku::conversation
