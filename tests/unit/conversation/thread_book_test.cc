// Changes of a reply that are read before the reply.
#include "kaiku/conversation/thread_book.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/exchange/edge.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::conversation {
namespace {

using model::ConversationMessage;
using model::Op;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr base::EventTime kNoon = 12 * base::kHour;

base::Digest id(uint64_t number) {
  return {number, number};
}

ConversationMessage root(uint64_t item, base::EventTime at) {
  ConversationMessage message;
  message.item = id(item);
  message.conversation = id(item);
  message.op = Op::kCreate;
  message.at = at;
  return message;
}

ConversationMessage reply(uint64_t item, uint64_t parent, base::EventTime at) {
  ConversationMessage message = root(item, at);
  message.conversation = id(parent);
  message.by_parent = true;
  return message;
}

ConversationMessage edit(uint64_t item, uint64_t parent, base::EventTime at) {
  ConversationMessage message = reply(item, parent, at);
  message.op = Op::kUpdate;
  return message;
}

// One book that asks itself.
class ThreadBookTest : public ::testing::Test, protected ThreadSink {
 protected:
  ThreadBookTest() { open(); }

  void open() {
    book_.reset();
    tables_ = state::open_tables(store_, "test", 0).value();
    book_ = std::make_unique<ThreadBook>(ThreadBounds{}, *tables_);
    ASSERT_TRUE(book_->load().is_ok());
  }

  // As after a crash: what was committed is there.
  void commit_and_open() {
    (void)tables_->seal();
    ASSERT_TRUE(tables_->commit({++epoch_, 0}).is_ok());
    open();
  }

  void accept(const ConversationMessage& message) {
    ASSERT_TRUE(book_->accept(message, *this).is_ok());
    settle();
  }

  void advance(base::EventTime decided) {
    const base::EventTime effective = decided + ThreadBounds{}.lateness_us + 1;
    ASSERT_TRUE(book_->advance(effective, effective, *this).is_ok());
    settle();
  }

  std::vector<std::string> told() { return std::exchange(told_, {}); }

  std::unique_ptr<ThreadBook> book_;

 private:
  void settle() {
    while (!questions_.empty() || !answers_.empty()) {
      if (!questions_.empty()) {
        const model::ParentQuestionMessage question = questions_.front();
        questions_.pop_front();
        ASSERT_TRUE(book_->ask(question, *this).is_ok());
      } else {
        const model::ParentAnswerMessage answer = answers_.front();
        answers_.pop_front();
        ASSERT_TRUE(book_->answer(answer, *this).is_ok());
      }
    }
  }

  void on_said(const ConversationMessage& message) override { tell(message); }

  void on_found(const ConversationMessage& message) override { tell(message); }

  void on_question(const model::ParentQuestionMessage& question) override {
    questions_.push_back(question);
  }

  void on_answer(const model::ParentAnswerMessage& answer) override { answers_.push_back(answer); }

  void tell(const ConversationMessage& message) {
    told_.push_back((message.op == Op::kCreate ? "create " : "change ") +
                    std::to_string(message.item.lo) + " of " +
                    std::to_string(message.conversation.lo) + (message.root_unknown ? "?" : "") +
                    (message.straggler ? " straggler" : ""));
  }

  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  uint64_t epoch_ = 0;
  std::deque<model::ParentQuestionMessage> questions_;
  std::deque<model::ParentAnswerMessage> answers_;
  std::vector<std::string> told_;
};

TEST_F(ThreadBookTest, AChangeThatIsReadFirstWaitsForItsReply) {
  accept(root(1, kNoon));
  accept(edit(2, 1, kNoon + base::kHour));
  EXPECT_THAT(told(), ElementsAre("create 1 of 1"));
  EXPECT_LE(book_->hold(), kNoon + base::kHour + ThreadBounds{}.lateness_us + 1);
  commit_and_open();
  accept(reply(2, 1, kNoon + base::kMinute));
  EXPECT_THAT(told(), ElementsAre("create 2 of 1", "change 2 of 1"));
  EXPECT_EQ(book_->hold(), base::kTimeEnd);
}

TEST_F(ThreadBookTest, TheLevelIsHeldBehindAReplyWhoseChangeCameFirst) {
  accept(edit(2, 1, kNoon + base::kHour));
  accept(reply(2, 1, kNoon + base::kMinute));
  EXPECT_LE(book_->hold(), kNoon + base::kMinute + ThreadBounds{}.lateness_us + 1);
  accept(root(1, kNoon));
  EXPECT_THAT(told(), ElementsAre("create 1 of 1", "create 2 of 1", "change 2 of 1"));
}

TEST_F(ThreadBookTest, WhoAsksForAReplyOfWhichAChangeIsKnownWaits) {
  accept(root(1, kNoon));
  accept(edit(2, 1, kNoon + base::kHour));
  accept(reply(3, 2, kNoon + 2 * base::kMinute));
  EXPECT_THAT(told(), ElementsAre("create 1 of 1"));
  accept(reply(2, 1, kNoon + base::kMinute));
  EXPECT_THAT(told(),
              ::testing::UnorderedElementsAre("create 2 of 1", "change 2 of 1", "create 3 of 1"));
}

TEST_F(ThreadBookTest, AChangeStandsForAReplyThatDoesNotCome) {
  accept(root(1, kNoon));
  accept(edit(2, 1, kNoon + base::kHour));
  accept(edit(2, 1, kNoon + base::kHour - base::kMinute));
  EXPECT_LE(book_->hold(), kNoon + base::kHour - base::kMinute + ThreadBounds{}.lateness_us + 1);
  (void)told();
  advance(kNoon + base::kHour - 2 * base::kMinute);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_TRUE(book_->has_work(kNoon + 3 * base::kHour));
  advance(kNoon + 2 * base::kHour);
  EXPECT_THAT(told(), ElementsAre("change 2 of 1", "change 2 of 1"));
  accept(edit(4, 1, kNoon + base::kHour));
  EXPECT_THAT(told(), ElementsAre("change 4 of 1")) << "nothing older can come";
}

}  // namespace
}  // namespace kaiku::conversation
