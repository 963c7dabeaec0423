// Collector: keeps what an edge record brings; and an item and a header to write one with.
//
// Threads: confined to its test.
// Owns:    copies of the messages; their texts point into the record.
// Cost:    of no concern.
// Fails:   never.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/exchange/edge.h"

namespace kaiku::exchange {

class Collector final : public EdgeSink {
 public:
  void on_item(const model::ItemMessage& message) override {
    items.push_back(message);
    keep(message.keys);
    if (message.opening != nullptr) {
      opened.push_back(*message.opening);
    }
    if (message.signals != nullptr) {
      signals.push_back(*message.signals);
    }
  }

  void on_order(const model::OrderMessage& message) override {
    orders.push_back(message);
    keep(message.keys);
  }

  void on_conversation(const model::ConversationMessage& message) override {
    conversations.push_back(message);
  }

  void on_parent_question(const model::ParentQuestionMessage& message) override {
    parent_questions.push_back(message);
  }

  void on_parent_answer(const model::ParentAnswerMessage& message) override {
    parent_answers.push_back(message);
  }

  void on_entry(const model::KeyEntryMessage& message) override { entries.push_back(message); }

  void on_question(const model::KeyQuestionMessage& message) override {
    questions.push_back(message);
  }

  void on_answer(const model::KeyAnswerMessage& message) override {
    answers.push_back(message);
    answered.emplace_back(message.entries.begin(), message.entries.end());
  }

  void on_opening(const model::OpeningMessage& message) override { openings.push_back(message); }

  void on_erasure(const model::ErasureMessage& message) override { erasures.push_back(message); }

  void on_erased(const model::ErasureDoneMessage& message) override { erased.push_back(message); }

  void on_deadline(const model::DeadlineMessage& message) override { deadlines.push_back(message); }

  bool on_delta(const DeltaKey& key, std::string_view aggregate) override {
    deltas.emplace_back(key, std::string(aggregate));
    return true;
  }

  std::vector<model::ItemMessage> items;
  std::vector<model::OrderMessage> orders;
  std::vector<model::ConversationMessage> conversations;
  std::vector<model::KeyPart> keys;        // of items, then of orders
  std::vector<model::SignalPart> signals;  // of items
  std::vector<model::OpeningPart> opened;  // likewise
  std::vector<model::ParentQuestionMessage> parent_questions;
  std::vector<model::ParentAnswerMessage> parent_answers;
  std::vector<model::KeyEntryMessage> entries;
  std::vector<model::KeyQuestionMessage> questions;
  std::vector<model::KeyAnswerMessage> answers;
  std::vector<model::OpeningMessage> openings;
  std::vector<model::ErasureMessage> erasures;
  std::vector<model::ErasureDoneMessage> erased;
  std::vector<model::DeadlineMessage> deadlines;
  std::vector<std::vector<model::KeyEntry>> answered;
  std::vector<std::pair<DeltaKey, std::string>> deltas;

 private:
  // What a message points to lives for the call only.
  void keep(const model::KeyPart* part) {
    if (part != nullptr) {
      keys.push_back(*part);
    }
  }
};

inline model::ItemMessage sample_item(uint64_t n) {
  model::ItemMessage m;
  m.type = model::ItemType::kBugReport;
  m.op = model::Op::kUpdate;
  m.relation = model::Relation::kQuote;
  m.author_role = model::AuthorRole::kCustomer;
  m.automatic = true;
  m.sentiment = model::Sentiment::kPositive;
  m.has_sentiment_score = true;
  m.sentiment_score_ppm = -250'000;
  m.has_author = true;
  m.author = n * 77;
  m.occurred_at = 1'700'000'000'000'000 + static_cast<int64_t>(n);
  m.operation_at = m.occurred_at + 5;
  m.kafka_at = m.occurred_at + 9;
  m.item = {n, n + 1};
  m.delivery = n + 2;
  m.version = -3;
  m.version_tag = 99;
  m.followers = 812;
  m.counters.likes = 3;
  m.counters.impressions = 12'345;
  m.source = "posts";
  m.channel = "x";
  m.brand_count = 2;
  m.brands[0] = "kirkas";
  m.brands[1] = "tuuli";
  return m;
}

inline EdgeHeader sample_header() {
  EdgeHeader header;
  header.from_router = true;
  header.source = "posts";
  header.partition = 3;
  header.to = 1;
  header.sequence = 41;
  header.epoch = 1'000;
  header.fingerprint = 7;
  header.progress[static_cast<size_t>(model::Level::kRoute)] = Progress{5, 4};
  header.voice = Voice{9, 8, 7, 6};
  return header;
}

// The record of an epoch that is one.
inline std::string record_of(EdgeWriter& writer, EdgeHeader header = sample_header()) {
  std::vector<std::string> records;
  writer.finish(header, records);
  EXPECT_EQ(records.size(), 1U);
  return std::move(records.at(0));
}

inline void expect_no_cut_is_read(std::string_view record) {
  for (size_t size = 0; size < record.size(); ++size) {
    Collector none;
    EdgeHeader read;
    EXPECT_FALSE(decode_edge(record.substr(0, size), read, none)) << size;
  }
}

// One of each kind, with its fields set.
inline void add_key_messages(EdgeWriter& writer) {
  model::KeyEntryMessage entry;
  entry.key = {1, 2};
  entry.key_kind = model::KeyKind::kCoupon;
  entry.kind = model::EntryKind::kContact;
  entry.id = {3, 4};
  entry.removed = true;
  entry.at = 1'700'000'000'000'000;
  entry.brand = "kirkas";
  entry.channel = "x";
  model::KeyQuestionMessage question;
  question.key = {5, 6};
  question.key_kind = model::KeyKind::kClick;
  question.kind = model::EntryKind::kContact;
  question.asker_kind = model::AskerKind::kConversation;
  question.asker = {7, 8};
  question.number = uint64_t{1} << 63;
  question.from = base::kTimeBegin;
  question.to = base::kTimeEnd;
  const std::vector<model::KeyEntry> entries = {{{9, 10}, -5, "forum"}, {{11, 12}, 6, "x"}};
  model::KeyAnswerMessage answer;
  answer.asker = {13, 14};
  answer.asker_kind = model::AskerKind::kConversation;
  answer.number = 3;
  answer.key = {15, 16};
  answer.key_kind = model::KeyKind::kCampaign;
  answer.kind = model::EntryKind::kContact;
  answer.shared = true;
  answer.truncated = true;
  answer.earlier_order = true;
  answer.entries = entries;
  writer.add_entry(entry);
  writer.add_question(question);
  writer.add_answer(answer);
}

}  // namespace kaiku::exchange
