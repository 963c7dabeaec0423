// ConversationBookTest: a book over a store in memory, one thread, and the people in it.
//
// Threads: confined to its test.
// Owns:    store, tables, book and what was heard.
// Cost:    tests only.
// Fails:   never.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/digest.h"
#include "kaiku/conversation/conversation_book.h"
#include "kaiku/model/outcome.h"
#include "kaiku/state/memory_store.h"

#include "unit/conversation/listener.h"

namespace kaiku::conversation {

using aggregate::AnsweredBy;
using aggregate::CloseReason;
using aggregate::Speaker;
using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using base::kSecond;
using model::AuthorRole;
using model::ConversationMessage;
using model::ConversationStatus;
using model::ItemType;
using model::Op;
using model::Severity;
using model::Visibility;

inline const EventTime kStart = base::parse_rfc3339("2026-03-02T10:00:00Z");
inline constexpr int64_t kLateness = 10 * kMinute;
inline constexpr base::Digest kThread{11, 12};
inline constexpr base::Digest kCustomer{21, 22};

inline constexpr uint64_t kAsker = 100;
inline constexpr uint64_t kAgent = 200;
inline constexpr uint64_t kFan = 300;

inline ConversationPlan plan_of() {
  ConversationPlan plan;
  plan.lateness_us = kLateness;
  plan.targets = {{"all", "", Severity::kNone, "", 4 * kHour, false},
                  {"fast", "x", Severity::kNone, "", kHour, false},
                  {"urgent", "", Severity::kCritical, "", 20 * kMinute, false}};
  return plan;
}

class ConversationBookTest : public ::testing::Test {
 protected:
  void start(const ConversationPlan& plan) {
    tables_ = state::open_tables(store_, "test", 0).value();
    book_ = std::make_unique<ConversationBook>(std::make_shared<const ConversationPlan>(plan),
                                               *tables_);
    ASSERT_TRUE(book_->load().is_ok());
  }

  void SetUp() override { start(plan_of()); }

  void reload(const ConversationPlan& plan = plan_of()) {
    book_ = std::make_unique<ConversationBook>(std::make_shared<const ConversationPlan>(plan),
                                               *tables_);
    ASSERT_TRUE(book_->load().is_ok());
  }

  // A message at `minutes` after the start.
  static ConversationMessage message(int64_t minutes, AuthorRole role, uint64_t author) {
    ConversationMessage message;
    message.conversation = kThread;
    message.item = {static_cast<uint64_t>(minutes) * 1'000 + author, 7};
    message.type = ItemType::kBugReport;
    message.author_role = role;
    message.has_author = author != 0;
    message.author = base::HashKey().hash64(std::to_string(author));
    message.at = kStart + minutes * kMinute;
    message.brand = "acme";
    message.channel = "forum";
    return message;
  }

  static ConversationMessage question(int64_t minutes) {
    ConversationMessage asked = message(minutes, AuthorRole::kCustomer, kAsker);
    asked.has_customer = true;
    asked.customer = kCustomer;
    asked.url = "https://forum.example/t/1";
    return asked;
  }

  static ConversationMessage update(int64_t minutes, ConversationStatus status) {
    ConversationMessage changed = message(minutes, AuthorRole::kUnknown, 0);
    changed.op = Op::kUpdate;
    changed.status = status;
    return changed;
  }

  void accept(const ConversationMessage& message) { ASSERT_TRUE(book_->accept(message).is_ok()); }

  // The watermark, in minutes after the start.
  void advance(int64_t minutes) { advance_to(kStart + minutes * kMinute); }

  void advance_to(EventTime time) { ASSERT_TRUE(book_->advance(time, time, heard_).is_ok()); }

  // C, in minutes after the start: everything below is applied.
  void decide(int64_t minutes) { advance_to(kStart + minutes * kMinute + kLateness); }

  [[nodiscard]] const aggregate::ConversationFigures& sums() const { return heard_.total; }

  [[nodiscard]] int64_t answered_by(AnsweredBy who) const {
    return sums().first_answer_by[static_cast<size_t>(who)];
  }

  [[nodiscard]] int64_t closed(CloseReason reason) const {
    return sums().closed[static_cast<size_t>(reason)];
  }

  [[nodiscard]] int64_t spoken(Speaker speaker) const {
    return sums().messages[static_cast<size_t>(speaker)];
  }

  [[nodiscard]] aggregate::ConversationFigures at_minute(int64_t minutes,
                                                         const char* channel = "forum") const {
    const auto cell = heard_.cells.find(
        {base::minute_of(kStart + minutes * kMinute), ItemType::kBugReport, "acme", channel});
    return cell == heard_.cells.end() ? aggregate::ConversationFigures{} : cell->second;
  }

  [[nodiscard]] std::string outcome() const {
    return heard_.outcomes.empty() ? "" : heard_.outcomes.rbegin()->second;
  }

  [[nodiscard]] bool outcome_has(const std::string& text) const {
    return outcome().find(text) != std::string::npos;
  }

  void reply(EventTime number_of, std::vector<model::KeyEntry> entries, bool shared = false) {
    model::KeyAnswerMessage answer;
    answer.asker = kThread;
    answer.asker_kind = model::AskerKind::kConversation;
    answer.kind = model::EntryKind::kContact;
    answer.number = static_cast<uint64_t>(number_of);
    answer.shared = shared;
    answer.entries = entries;
    ASSERT_TRUE(book_->answer(answer).is_ok());
  }

  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  std::unique_ptr<ConversationBook> book_;
  Listener heard_;
};

}  // namespace kaiku::conversation
