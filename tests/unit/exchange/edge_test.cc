#include "kaiku/exchange/edge.h"

#include <gtest/gtest.h>

#include "kaiku/base/crc32c.h"
#include "kaiku/base/prng.h"

namespace kaiku::exchange {
namespace {

using model::ItemMessage;
using model::Level;
using model::OrderMessage;

class Collector final : public EdgeSink {
 public:
  void on_item(const ItemMessage& message) override {
    items.push_back(message);
    keep(message.keys);
    if (message.signals != nullptr) {
      signals.push_back(*message.signals);
    }
  }

  void on_order(const OrderMessage& message) override {
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

  void on_erasure(const model::ErasureMessage& message) override { erasures.push_back(message); }

  void on_erased(const model::ErasureDoneMessage& message) override { erased.push_back(message); }

  bool on_delta(const DeltaKey& key, std::string_view aggregate) override {
    deltas.emplace_back(key, std::string(aggregate));
    return true;
  }

  std::vector<ItemMessage> items;
  std::vector<OrderMessage> orders;
  std::vector<model::ConversationMessage> conversations;
  std::vector<model::KeyPart> keys;        // of items, then of orders
  std::vector<model::SignalPart> signals;  // of items
  std::vector<model::ParentQuestionMessage> parent_questions;
  std::vector<model::ParentAnswerMessage> parent_answers;
  std::vector<model::KeyEntryMessage> entries;
  std::vector<model::KeyQuestionMessage> questions;
  std::vector<model::KeyAnswerMessage> answers;
  std::vector<model::ErasureMessage> erasures;
  std::vector<model::ErasureDoneMessage> erased;
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

ItemMessage sample_item(uint64_t n) {
  ItemMessage m;
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

EdgeHeader sample_header() {
  EdgeHeader header;
  header.from_router = true;
  header.source = "posts";
  header.partition = 3;
  header.to = 1;
  header.sequence = 41;
  header.epoch = 1'000;
  header.fingerprint = 7;
  header.progress[static_cast<size_t>(Level::kRoute)] = Progress{5, 4};
  header.voice = Voice{9, 8, 7, 6};
  return header;
}

TEST(Edge, ARequestToEraseAndItsAnswerArriveAsTheyWere) {
  model::ErasureMessage request;
  request.request = {1, 2};
  request.at = 1'700'000'000'000'000;
  request.requested_at = request.at - 5;
  request.has_author = true;
  request.author = 77;
  request.has_customer = true;
  request.customer = {3, 4};
  request.id = "please-1";
  model::ErasureDoneMessage done;
  done.request = request.request;
  done.at = request.at;
  done.requested_at = request.requested_at;
  done.shard = 6;
  done.counts = {1, 2, 3, 4, 5, 6, 7};
  done.id = "please-1";
  EdgeWriter writer;
  writer.add_erasure(request);
  writer.add_erased(done);
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  ASSERT_EQ(records.size(), 1U);
  Collector collector;
  ASSERT_TRUE(decode_edge(records[0], header, collector));
  ASSERT_EQ(collector.erasures.size(), 1U);
  const model::ErasureMessage& asked = collector.erasures[0];
  EXPECT_EQ(
      std::tuple(asked.request, asked.at, asked.requested_at, asked.author, asked.customer),
      std::tuple(
          request.request, request.at, request.requested_at, request.author, request.customer));
  EXPECT_TRUE(asked.has_author && asked.has_customer);
  EXPECT_EQ(asked.id, "please-1");
  ASSERT_EQ(collector.erased.size(), 1U);
  EXPECT_EQ(collector.erased[0].counts, done.counts);
  EXPECT_EQ(collector.erased[0].shard, 6U);
}

TEST(Edge, AConversationAndTheThreadOfAnItemArriveAsTheyWere) {
  ItemMessage item = sample_item(3);
  item.has_thread = true;
  item.thread.conversation = {7, 8};
  item.thread.severity = model::Severity::kMajor;
  item.thread.status = model::ConversationStatus::kReopened;
  item.thread.accepted_answer = true;
  item.thread.csat = 4;
  item.thread.url = "https://forum.example/t1";
  model::ConversationMessage said;
  said.conversation = {9, 10};
  said.item = item.item;
  said.type = model::ItemType::kSupportMessage;
  said.op = model::Op::kUpdate;
  said.visibility = model::Visibility::kPrivate;
  said.author_role = model::AuthorRole::kBrand;
  said.status = model::ConversationStatus::kSolved;
  said.automatic = true;
  said.by_parent = true;
  said.root_unknown = true;
  said.straggler = true;
  said.has_author = true;
  said.author = 77;
  said.has_customer = true;
  said.customer = {11, 12};
  said.at = 1'700'000'000'000'000;
  said.brand = "kirkas";
  said.channel = "email";
  EdgeWriter writer;
  writer.add_item(item);
  writer.add_conversation(said);
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  ASSERT_EQ(records.size(), 1U);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(records[0], read, got));
  ASSERT_EQ(got.items.size(), 1U);
  EXPECT_TRUE(got.items[0].has_thread);
  EXPECT_EQ(got.items[0].thread.conversation, item.thread.conversation);
  EXPECT_EQ(got.items[0].thread.severity, item.thread.severity);
  EXPECT_EQ(got.items[0].thread.status, item.thread.status);
  EXPECT_TRUE(got.items[0].thread.accepted_answer);
  EXPECT_EQ(got.items[0].thread.csat, 4);
  EXPECT_EQ(got.items[0].thread.url, item.thread.url);
  ASSERT_EQ(got.conversations.size(), 1U);
  const model::ConversationMessage& back = got.conversations[0];
  EXPECT_EQ(back.conversation, said.conversation);
  EXPECT_EQ(back.item, said.item);
  EXPECT_EQ(back.type, said.type);
  EXPECT_EQ(back.op, said.op);
  EXPECT_EQ(back.visibility, said.visibility);
  EXPECT_EQ(back.author_role, said.author_role);
  EXPECT_EQ(back.status, said.status);
  EXPECT_TRUE(back.automatic);
  EXPECT_TRUE(back.by_parent);
  EXPECT_TRUE(back.root_unknown);
  EXPECT_TRUE(back.straggler);
  EXPECT_EQ(back.author, said.author);
  EXPECT_EQ(back.at, said.at);
  EXPECT_TRUE(back.has_customer);
  EXPECT_EQ(back.customer, said.customer);
  EXPECT_EQ(back.brand, said.brand);
  EXPECT_EQ(back.channel, said.channel);
  // Every cut of it is refused.
  for (size_t size = 0; size < records[0].size(); ++size) {
    Collector none;
    EXPECT_FALSE(decode_edge(std::string_view(records[0]).substr(0, size), read, none));
  }
}

TEST(Edge, CarriesEveryFieldOfAMessage) {
  EdgeWriter writer;
  writer.add_item(sample_item(1));
  OrderMessage order;
  order.order = {1, 2};
  order.business = {3, 4};
  order.kind = model::BusinessKind::kRefund;
  order.removed = true;
  order.version = 12;
  order.version_tag = 13;
  order.occurred_at = 14;
  order.amount_micros = -15;
  order.currency = {{'E', 'U', 'R', 0}};
  order.source = "orders";
  order.brand = "kirkas";
  order.channel = "web";
  order.period = {10, 86'400'000'010};
  writer.add_order(order);
  writer.add_delta({-5, model::ItemType::kMention, "kirkas", "x"}, "abc");
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(header.sequence, 42U);

  EdgeHeader read;
  Collector sink;
  ASSERT_TRUE(decode_edge(records[0], read, sink));
  EXPECT_TRUE(read.from_router);
  EXPECT_EQ(read.source, "posts");
  EXPECT_EQ(read.partition, 3U);
  EXPECT_EQ(read.to, 1);
  EXPECT_EQ(read.sequence, 42U);
  EXPECT_EQ(read.epoch, 1'000U);
  EXPECT_EQ(read.fingerprint, 7U);
  EXPECT_EQ(read.messages, 3U);
  EXPECT_EQ(read.items, 1U);
  EXPECT_EQ(read.progress[0], (Progress{5, 4}));
  EXPECT_FALSE(read.progress[1].has_value());
  EXPECT_EQ(read.voice, (Voice{9, 8, 7, 6}));

  ASSERT_EQ(sink.items.size(), 1U);
  const ItemMessage expected = sample_item(1);
  const ItemMessage& got = sink.items[0];
  EXPECT_EQ(got.type, expected.type);
  EXPECT_EQ(got.op, expected.op);
  EXPECT_EQ(got.relation, expected.relation);
  EXPECT_EQ(got.sentiment, expected.sentiment);
  EXPECT_EQ(got.sentiment_score_ppm, expected.sentiment_score_ppm);
  EXPECT_EQ(got.author, expected.author);
  EXPECT_EQ(got.operation_at, expected.operation_at);
  EXPECT_EQ(got.kafka_at, expected.kafka_at);
  EXPECT_EQ(got.item, expected.item);
  EXPECT_EQ(got.delivery, expected.delivery);
  EXPECT_EQ(got.version, expected.version);
  EXPECT_EQ(got.version_tag, expected.version_tag);
  EXPECT_EQ(got.followers, 812);
  EXPECT_EQ(got.counters.likes, 3);
  EXPECT_EQ(got.counters.replies, model::kAbsent);
  EXPECT_EQ(got.counters.impressions, 12'345);
  EXPECT_EQ(got.brand_count, 2);
  EXPECT_EQ(got.brands[1], "tuuli");
  ASSERT_EQ(sink.orders.size(), 1U);
  EXPECT_EQ(sink.orders[0].amount_micros, -15);
  EXPECT_EQ(sink.orders[0].currency.view(), "EUR");
  EXPECT_EQ(sink.orders[0].channel, "web");
  EXPECT_TRUE(sink.orders[0].removed);
  EXPECT_EQ(sink.orders[0].period, order.period);
  ASSERT_EQ(sink.deltas.size(), 1U);
  EXPECT_EQ(sink.deltas[0].first.minute, -5);
  EXPECT_EQ(sink.deltas[0].second, "abc");
}

TEST(Edge, QuestionsAboutParentsAndTheirAnswersArriveAsTheyWere) {
  EdgeWriter writer;
  writer.add_parent_question({{1, 2}, {3, 4}, 5});
  writer.add_parent_answer({{3, 4}, {1, 2}, model::ParentFound::kAncestor, false, true, {6, 7}, 8});
  writer.add_parent_answer({{3, 4}, {1, 2}, model::ParentFound::kRoot, true, false, {9, 10}, 11});
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(records[0], read, got));
  ASSERT_EQ(got.parent_questions.size(), 1U);
  EXPECT_EQ(got.parent_questions[0].of, (base::Digest{1, 2}));
  EXPECT_EQ(got.parent_questions[0].asker, (base::Digest{3, 4}));
  EXPECT_EQ(got.parent_questions[0].before, 5);
  ASSERT_EQ(got.parent_answers.size(), 2U);
  EXPECT_EQ(got.parent_answers[0].asker, (base::Digest{3, 4}));
  EXPECT_EQ(got.parent_answers[0].of, (base::Digest{1, 2}));
  EXPECT_EQ(got.parent_answers[0].found, model::ParentFound::kAncestor);
  EXPECT_FALSE(got.parent_answers[0].root_unknown);
  EXPECT_TRUE(got.parent_answers[0].cut);
  EXPECT_EQ(got.parent_answers[0].next, (base::Digest{6, 7}));
  EXPECT_EQ(got.parent_answers[0].before, 8);
  EXPECT_EQ(got.parent_answers[1].found, model::ParentFound::kRoot);
  EXPECT_TRUE(got.parent_answers[1].root_unknown);
  EXPECT_FALSE(got.parent_answers[1].cut);
  for (size_t size = 0; size < records[0].size(); ++size) {
    Collector none;
    EXPECT_FALSE(decode_edge(std::string_view(records[0]).substr(0, size), read, none));
  }
}

TEST(Edge, TheSignalsOfAnItemArriveAsTheyWere) {
  model::SignalPart part;
  ASSERT_TRUE(part.add_term({7, "#lasi"}));
  ASSERT_TRUE(part.add_term({8, "hajosi"}));
  ASSERT_TRUE(part.add_term({7, "#lasi"})) << "it is there";
  ASSERT_TRUE(part.add_risk({model::Risk::kImpersonation, 9, "kirkasdr1nks", "kirkas"}));
  ASSERT_TRUE(part.add_risk({model::Risk::kConfidentialByStaff, 10, "moon", ""}));
  ASSERT_TRUE(part.add_risk({model::Risk::kPersonalData, 11, "iban", ""}));
  ItemMessage item = sample_item(1);
  item.signals = &part;
  EdgeWriter writer;
  writer.add_item(item);
  writer.add_item(sample_item(2));
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(records[0], read, got));
  ASSERT_EQ(got.items.size(), 2U);
  EXPECT_EQ(got.items[1].signals, nullptr);
  ASSERT_EQ(got.signals.size(), 1U);
  const model::SignalPart& back = got.signals[0];
  ASSERT_EQ(back.term_count, 2U);
  EXPECT_EQ(back.terms[0].hash, 7U);
  EXPECT_EQ(back.terms[1].text, "hajosi");
  ASSERT_EQ(back.risk_count, 3U);
  EXPECT_EQ(back.risks[0].subject, "kirkasdr1nks");
  EXPECT_EQ(back.risks[0].brand, "kirkas");
  EXPECT_EQ(back.risks[1].risk, model::Risk::kConfidentialByStaff);
  EXPECT_EQ(back.risks[1].brand, "");
  EXPECT_EQ(back.risks[2].risk, model::Risk::kPersonalData);
  EXPECT_EQ(back.risks[2].subject, "iban");
}

TEST(Edge, ThePeriodOfASpendArrivesAsItWas) {
  ItemMessage item = sample_item(1);
  item.type = model::ItemType::kBusinessEvent;
  item.kind = model::BusinessKind::kAdSpend;
  item.amount_micros = 5;
  item.period = {item.occurred_at - 5, item.occurred_at + 400 * base::kDay - 5};
  ItemMessage without = item;
  without.period = {};
  ItemMessage longer = item;
  longer.period.to += 1;
  const auto decodes = [](const ItemMessage& message, Collector& got) {
    EdgeWriter writer;
    writer.add_item(message);
    EdgeHeader header = sample_header();
    std::vector<std::string> records;
    writer.finish(header, records);
    EdgeHeader read;
    return decode_edge(records.at(0), read, got);
  };
  Collector got;
  ASSERT_TRUE(decodes(item, got));
  ASSERT_TRUE(decodes(without, got));
  EXPECT_EQ(got.items.at(0).period, item.period);
  EXPECT_EQ(got.items.at(0).kind, model::BusinessKind::kAdSpend);
  EXPECT_FALSE(got.items.at(1).period.is_known());
  EXPECT_FALSE(decodes(longer, got));
}

TEST(Edge, KeysOfAnItemAndOfItsOrderArriveAsTheyWere) {
  model::KeyPart keys;
  keys.add(model::KeyKind::kCustomer, {1, 2});
  keys.add(model::KeyKind::kCampaign, {3, 4});
  keys.touch_channel = "instagram";
  ItemMessage item = sample_item(1);
  item.keys = &keys;
  OrderMessage order;
  order.occurred_at = 14;
  order.keys = &keys;
  EdgeWriter writer;
  writer.add_item(item);
  writer.add_item(sample_item(2));
  writer.add_order(order);
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(records[0], read, got));
  EXPECT_EQ(got.items[1].keys, nullptr);
  ASSERT_EQ(got.keys.size(), 2U);
  for (const model::KeyPart& part : got.keys) {
    EXPECT_TRUE(part.has(model::KeyKind::kCustomer));
    EXPECT_FALSE(part.has(model::KeyKind::kClick));
    EXPECT_FALSE(part.has(model::KeyKind::kCoupon));
    EXPECT_EQ(part.at(model::KeyKind::kCustomer), (base::Digest{1, 2}));
    EXPECT_EQ(part.at(model::KeyKind::kCampaign), (base::Digest{3, 4}));
    EXPECT_EQ(part.touch_channel, "instagram");
  }
}

// One of each kind, with its fields set.
void add_key_messages(EdgeWriter& writer) {
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

TEST(Edge, MessagesOfKeysArriveAsTheyWere) {
  EdgeWriter writer;
  add_key_messages(writer);
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(records[0], read, got));
  EXPECT_EQ(read.messages, 3U);
  ASSERT_EQ(got.entries.size(), 1U);
  EXPECT_EQ(got.entries[0].key, (base::Digest{1, 2}));
  EXPECT_EQ(got.entries[0].key_kind, model::KeyKind::kCoupon);
  EXPECT_EQ(got.entries[0].kind, model::EntryKind::kContact);
  EXPECT_EQ(got.entries[0].id, (base::Digest{3, 4}));
  EXPECT_TRUE(got.entries[0].removed);
  EXPECT_EQ(got.entries[0].at, 1'700'000'000'000'000);
  EXPECT_EQ(got.entries[0].brand, "kirkas");
  EXPECT_EQ(got.entries[0].channel, "x");
  ASSERT_EQ(got.questions.size(), 1U);
  EXPECT_EQ(got.questions[0].key, (base::Digest{5, 6}));
  EXPECT_EQ(got.questions[0].key_kind, model::KeyKind::kClick);
  EXPECT_EQ(got.questions[0].kind, model::EntryKind::kContact);
  EXPECT_EQ(got.questions[0].asker_kind, model::AskerKind::kConversation);
  EXPECT_EQ(got.questions[0].asker, (base::Digest{7, 8}));
  EXPECT_EQ(got.questions[0].number, uint64_t{1} << 63);
  EXPECT_EQ(got.questions[0].from, base::kTimeBegin);
  EXPECT_EQ(got.questions[0].to, base::kTimeEnd);
  ASSERT_EQ(got.answers.size(), 1U);
  EXPECT_EQ(got.answers[0].asker, (base::Digest{13, 14}));
  EXPECT_EQ(got.answers[0].asker_kind, model::AskerKind::kConversation);
  EXPECT_EQ(got.answers[0].number, 3U);
  EXPECT_EQ(got.answers[0].key, (base::Digest{15, 16}));
  EXPECT_EQ(got.answers[0].key_kind, model::KeyKind::kCampaign);
  EXPECT_EQ(got.answers[0].kind, model::EntryKind::kContact);
  EXPECT_TRUE(got.answers[0].shared && got.answers[0].truncated && got.answers[0].earlier_order);
  ASSERT_EQ(got.answered[0].size(), 2U);
  EXPECT_EQ(got.answered[0][0].id, (base::Digest{9, 10}));
  EXPECT_EQ(got.answered[0][0].at, -5);
  EXPECT_EQ(got.answered[0][0].channel, "forum");
  EXPECT_EQ(got.answered[0][1].channel, "x");
}

TEST(Edge, RefusesTimesThatNoSumCouldHold) {
  for (const int64_t time : {INT64_MIN, base::kTimeBegin - 1, base::kTimeEnd + 1, INT64_MAX}) {
    EdgeWriter writer;
    OrderMessage order;
    order.occurred_at = time;
    writer.add_order(order);
    EdgeHeader header = sample_header();
    std::vector<std::string> records;
    writer.finish(header, records);
    EdgeHeader read;
    Collector sink;
    EXPECT_FALSE(decode_edge(records[0], read, sink)) << time;
  }
}

TEST(Edge, SplitsLargeEpochsAndPutsProgressIntoTheLastRecord) {
  EdgeWriter writer;
  constexpr uint64_t kItems = 20'000;
  for (uint64_t i = 0; i < kItems; ++i) {
    writer.add_item(sample_item(i));
  }
  EXPECT_EQ(writer.items(), kItems);
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  ASSERT_GT(records.size(), 2U);
  Collector sink;
  uint64_t sequence = 41;
  for (const std::string& record : records) {
    EXPECT_LE(record.size(), base::limits::kEdgeRecordBytes);
    EdgeHeader read;
    ASSERT_TRUE(decode_edge(record, read, sink));
    EXPECT_EQ(read.sequence, ++sequence);
    EXPECT_EQ(read.progress[0].has_value(), &record == &records.back());
  }
  ASSERT_EQ(sink.items.size(), kItems);
  EXPECT_EQ(sink.items.back().item.lo, kItems - 1);
}

TEST(Edge, ProgressAloneIsARecord) {
  EdgeWriter writer;
  EXPECT_FALSE(writer.has_messages());
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  ASSERT_EQ(records.size(), 1U);
  EdgeHeader read;
  Collector sink;
  ASSERT_TRUE(decode_edge(records[0], read, sink));
  EXPECT_EQ(read.messages, 0U);
}

TEST(Edge, RefusesEveryTruncationAndEveryFlippedByte) {
  EdgeWriter writer;
  model::KeyPart keys;
  keys.add(model::KeyKind::kClick, {1, 2});
  ItemMessage item = sample_item(1);
  item.keys = &keys;
  model::SignalPart signals;
  ASSERT_TRUE(signals.add_term({7, "#lasi"}));
  ASSERT_TRUE(signals.add_risk({model::Risk::kPhishingLookalike, 9, "kirkas-tuki.com", ""}));
  item.signals = &signals;
  writer.add_item(item);
  add_key_messages(writer);
  writer.add_delta({1, model::ItemType::kMention, "kirkas", "x"}, "abc");
  EdgeHeader header = sample_header();
  std::vector<std::string> records;
  writer.finish(header, records);
  const std::string& good = records[0];
  Collector sink;
  EdgeHeader read;
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_edge(std::string_view(good).substr(0, size), read, sink)) << size;
  }
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x20);
    EXPECT_FALSE(decode_edge(bad, read, sink)) << i;
  }
}

TEST(Edge, RandomBytesWithAGoodChecksumNeverCrash) {
  // The checksum alone must not be what protects the decoder: a real header, random rest, right
  // CRC.
  base::Prng random(7);
  Collector sink;
  EdgeHeader read;
  EdgeWriter writer;
  EdgeHeader header;
  std::vector<std::string> records;
  writer.finish(header, records);
  const std::string prefix = records[0].substr(0, records[0].size() - 4);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string record = round % 3 == 0 ? "\x01" : prefix;
    const uint64_t size = random.below(120);
    for (uint64_t i = 0; i < size; ++i) {
      record += static_cast<char>(random.below(round % 2 == 0 ? 256 : 4));
    }
    const uint32_t crc = base::crc32c(record);
    record.append(reinterpret_cast<const char*>(&crc), 4);
    refused += decode_edge(record, read, sink) ? 0 : 1;
  }
  EXPECT_GT(refused, 19'000);
}

}  // namespace
}  // namespace kaiku::exchange
