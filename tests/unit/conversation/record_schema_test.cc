// The schemas of outcomes and alerts against what the book tells: every field is described, every
// description is told, and every record is valid.
#include <set>
#include <string>
#include <vector>

#include "unit/conversation/book_fixture.h"
#include "unit/json_schema.h"

namespace kaiku::conversation {
namespace {

using tests::problem_of;
using tests::schema_of;

struct Contract {
  const char* name;
  Dataset dataset;
  std::vector<std::string> key;
};

board::JsonValue json_of(const std::string& text) {
  const auto json = board::JsonValue::parse(text);
  EXPECT_TRUE(json.has_value()) << text;
  return json.value_or(board::JsonValue());
}

class RecordSchema : public ConversationBookTest, public ::testing::WithParamInterface<Contract> {
 protected:
  // Conversations in which everything happens that a record can tell, and one of which it tells
  // hardly anything.
  std::vector<OutcomeRecord> everything() {
    ConversationMessage asked = question(0);
    asked.severity = Severity::kMajor;
    accept(asked);
    decide(241);  // a risk, then a breach
    accept(message(300, AuthorRole::kCustomer, kFan));
    ConversationMessage answer = message(310, AuthorRole::kBrand, kAgent);
    answer.channel = "x";
    accept(answer);
    accept(update(320, ConversationStatus::kSolved));
    ConversationMessage rating = message(330, AuthorRole::kCustomer, kAsker);
    rating.op = Op::kUpdate;
    rating.csat = 5;
    accept(rating);
    decide(340);
    ConversationMessage blank = message(400, AuthorRole::kUnknown, 0);
    blank.conversation = {31, 32};
    blank.type = ItemType::kSupportMessage;
    blank.visibility = Visibility::kPrivate;
    accept(blank);
    // A peer's answer is accepted, and the customer is not heard of again.
    ConversationMessage helped = question(410);
    helped.conversation = {41, 42};
    accept(helped);
    ConversationMessage help = message(411, AuthorRole::kCustomer, kFan);
    help.conversation = helped.conversation;
    help.accepted_answer = true;
    accept(help);
    decide(90 * 24 * 60);
    for (const model::KeyQuestionMessage& heard : heard_.questions) {
      model::KeyAnswerMessage silence;
      silence.asker = heard.asker;
      silence.asker_kind = heard.asker_kind;
      silence.kind = heard.kind;
      silence.number = heard.number;
      EXPECT_TRUE(book_->answer(silence).is_ok());
    }
    decide(91 * 24 * 60);
    std::vector<OutcomeRecord> told;
    for (const OutcomeRecord& record : heard_.records) {
      if (record.dataset == GetParam().dataset) {
        told.push_back(record);
      }
    }
    return told;
  }
};

TEST_P(RecordSchema, DescribesEveryRecord) {
  const board::JsonValue schema = schema_of(GetParam().name);
  size_t checked = 0;
  for (const OutcomeRecord& record : everything()) {
    EXPECT_EQ(problem_of(schema, json_of(record.value), GetParam().name), "") << record.value;
    ++checked;
  }
  EXPECT_GT(checked, 3U);
}

TEST_P(RecordSchema, DescribesNothingThatIsNeverTold) {
  const board::JsonValue schema = schema_of(GetParam().name);
  std::vector<std::string> described;
  for (const auto& [name, property] : schema.find("properties")->fields) {
    described.push_back(name);
    EXPECT_FALSE(property.at("description").empty()) << name;
  }
  std::set<std::string> with_value;
  for (const OutcomeRecord& record : everything()) {
    std::vector<std::string> told;
    const board::JsonValue json = json_of(record.value);
    for (const auto& [name, field] : json.fields) {
      told.push_back(name);
      if (field.kind != board::JsonValue::Kind::kNull) {
        with_value.insert(name);
      }
    }
    EXPECT_EQ(told, described) << "every field in every record, null where there is nothing";
  }
  EXPECT_EQ(with_value, std::set<std::string>(described.begin(), described.end()));
  std::vector<std::string> required;
  for (const board::JsonValue& name : schema.find("required")->items) {
    required.push_back(name.text);
  }
  EXPECT_EQ(required, described);
}

TEST_P(RecordSchema, NamesTheFieldsOfTheKey) {
  for (const OutcomeRecord& record : everything()) {
    const board::JsonValue key = json_of(record.key);
    const board::JsonValue json = json_of(record.value);
    std::vector<std::string> names;
    for (const auto& [name, field] : key.fields) {
      names.push_back(name);
      EXPECT_EQ(json.at(name), field.text) << name;
    }
    EXPECT_EQ(names, GetParam().key);
  }
}

TEST_P(RecordSchema, AnOutcomeSaysWhichKindOfEuroItStandsForAndAnAlertStandsForNone) {
  std::set<std::string> bases;
  for (const OutcomeRecord& record : everything()) {
    const board::JsonValue json = json_of(record.value);
    const board::JsonValue* deflected = json.find("deflected");
    if (deflected != nullptr) {
      EXPECT_EQ(json.at("value_basis"), deflected->boolean ? "avoided" : "none") << record.value;
    }
    bases.insert(json.at("value_basis"));
  }
  const bool is_outcome = GetParam().dataset == Dataset::kOutcome;
  EXPECT_EQ(bases,
            is_outcome ? (std::set<std::string>{"avoided", "none"}) : std::set<std::string>{""});
}

INSTANTIATE_TEST_SUITE_P(Contracts,
                         RecordSchema,
                         testing::Values(Contract{"conversation_outcome",
                                                  Dataset::kOutcome,
                                                  {"conversation_id", "opened_at"}},
                                         Contract{"alert", Dataset::kAlert, {"alert_id"}}),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace kaiku::conversation
