// Which alerts are open, as dashboards and the page ask for them.
#include <string>
#include <vector>

#include "unit/conversation/book_fixture.h"

namespace kaiku::conversation {
namespace {

class OpenAlertsTest : public ConversationBookTest {
 protected:
  static ConversationMessage asked(uint64_t number, int64_t minutes, const char* channel) {
    ConversationMessage message = question(minutes);
    message.conversation = {number, number};
    message.item = {number, 1};
    message.channel = channel;
    return message;
  }

  void answer(uint64_t number, int64_t minutes) {
    ConversationMessage message =
        ConversationBookTest::message(minutes, AuthorRole::kStaff, kAgent);
    message.conversation = {number, number};
    accept(message);
  }

  // "acme forum sla_risk 2"
  [[nodiscard]] std::vector<std::string> counts() const {
    std::vector<std::string> rows;
    book_->open_alerts(
        [&rows](std::string_view brand, std::string_view channel, AlertKind kind, uint64_t count) {
          rows.push_back(std::string(brand) + " " + std::string(channel) + " " +
                         std::string(name_of(kind)) + " " + std::to_string(count));
        });
    return rows;
  }

  // "forum sla_risk 240": the deadline in minutes after the start.
  [[nodiscard]] std::vector<std::string> newest(size_t limit) const {
    std::vector<std::string> rows;
    const base::Status status = book_->newest_alerts(limit, [&rows](const OpenAlert& alert) {
      rows.push_back(std::string(alert.channel) + " " + std::string(name_of(alert.kind)) + " " +
                     std::to_string((alert.opened_at - kStart) / kMinute));
    });
    EXPECT_TRUE(status.is_ok()) << status.message();
    return rows;
  }

  using Rows = std::vector<std::string>;
};

TEST_F(OpenAlertsTest, ThereIsNoneBeforeADeadlineHasPassed) {
  accept(asked(1, 0, "forum"));
  advance(240);
  EXPECT_EQ(counts(), Rows{});
  EXPECT_EQ(newest(10), Rows{});
}

TEST_F(OpenAlertsTest, ARiskBecomesABreachAndLeavesWithTheAnswer) {
  accept(asked(1, 0, "forum"));
  advance(241);
  EXPECT_EQ(counts(), Rows{"acme forum sla_risk 1"});
  EXPECT_EQ(newest(10), Rows{"forum sla_risk 240"});
  decide(241);
  EXPECT_EQ(counts(), Rows{"acme forum sla_breach 1"});
  EXPECT_EQ(newest(10), Rows{"forum sla_breach 240"});
  answer(1, 300);
  decide(301);
  EXPECT_EQ(counts(), Rows{});
  EXPECT_EQ(newest(10), Rows{});
}

TEST_F(OpenAlertsTest, ARiskLeavesAsSoonAsAnAnswerIsSeen) {
  accept(asked(1, 0, "forum"));
  advance(241);
  answer(1, 239);
  advance(242);
  EXPECT_EQ(counts(), Rows{});
}

TEST_F(OpenAlertsTest, TheLatestDeadlineComesFirstWhateverItsChannel) {
  accept(asked(1, 0, "forum"));    // 240
  accept(asked(2, 20, "forum"));   // 260
  accept(asked(3, 190, "x"));      // 250
  accept(asked(4, 215, "x"));      // 275
  accept(asked(5, 400, "forum"));  // not yet
  advance(300);
  EXPECT_EQ(counts(), (Rows{"acme forum sla_breach 2", "acme x sla_breach 2"}));
  EXPECT_EQ(
      newest(10),
      (Rows{
          "x sla_breach 275", "forum sla_breach 260", "x sla_breach 250", "forum sla_breach 240"}));
  EXPECT_EQ(newest(2), (Rows{"x sla_breach 275", "forum sla_breach 260"}));
  EXPECT_EQ(newest(0), Rows{});
}

TEST_F(OpenAlertsTest, ARestartForgetsNone) {
  accept(asked(1, 0, "forum"));
  accept(asked(2, 5, "forum"));
  decide(241);
  const Rows before = newest(10);
  EXPECT_EQ(before, (Rows{"forum sla_risk 245", "forum sla_breach 240"}));
  reload();
  EXPECT_EQ(newest(10), before);
  EXPECT_EQ(counts(), (Rows{"acme forum sla_risk 1", "acme forum sla_breach 1"}));
}

TEST_F(OpenAlertsTest, AnAlertSaysWhatItsRecordSays) {
  ConversationMessage urgent = asked(9, 0, "forum");
  urgent.severity = Severity::kCritical;
  accept(urgent);
  advance(21);
  size_t told = 0;
  const base::Status status = book_->newest_alerts(10, [&told](const OpenAlert& alert) {
    ++told;
    EXPECT_EQ(alert.conversation, (base::Digest{9, 9}));
    EXPECT_EQ(alert.brand, "acme");
    EXPECT_EQ(alert.type, ItemType::kBugReport);
    EXPECT_EQ(alert.severity, Severity::kCritical);
    EXPECT_EQ(alert.asked_at, kStart);
    EXPECT_EQ(alert.sla_policy, "urgent");
    EXPECT_EQ(alert.sla_target_us, 20 * kMinute);
    EXPECT_EQ(alert.url, "https://forum.example/t/1");
  });
  EXPECT_TRUE(status.is_ok());
  EXPECT_EQ(told, 1U);
}

TEST_F(OpenAlertsTest, AClosedConversationHasNone) {
  accept(asked(1, 0, "forum"));
  decide(241);
  ConversationMessage solved = update(250, ConversationStatus::kSolved);
  solved.conversation = {1, 1};
  accept(solved);
  decide(251);
  EXPECT_EQ(counts(), Rows{});
}

TEST_F(OpenAlertsTest, ADamagedConversationIsAReasonToRestore) {
  accept(asked(1, 0, "forum"));
  decide(241);
  std::string key;
  ASSERT_TRUE(tables_
                  ->scan(state::TableId::kConversations,
                         [&key](std::string_view at, std::string_view) { key = at; })
                  .is_ok());
  tables_->put(state::TableId::kConversations, key, "?");
  EXPECT_EQ(book_->newest_alerts(1, [](const OpenAlert&) {}).next(), base::Next::kRestore);
}

}  // namespace
}  // namespace kaiku::conversation
