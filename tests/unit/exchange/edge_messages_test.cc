// Messages behind the items: of conversations, parents, keys and erasures.
#include <gtest/gtest.h>

#include "kaiku/base/bytes.h"
#include "kaiku/base/crc32c.h"
#include "kaiku/exchange/edge.h"

#include "unit/exchange/edge_fixture.h"

namespace kaiku::exchange {
namespace {

using model::ItemMessage;
using model::OrderMessage;

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
  const std::string record = record_of(writer);
  Collector collector;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(record, read, collector));
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
  const std::string record = record_of(writer);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(record, read, got));
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
  expect_no_cut_is_read(record);
}

TEST(Edge, QuestionsAboutParentsAndTheirAnswersArriveAsTheyWere) {
  EdgeWriter writer;
  writer.add_parent_question({{1, 2}, {3, 4}, 5});
  writer.add_parent_answer({{3, 4}, {1, 2}, model::ParentFound::kAncestor, false, true, {6, 7}, 8});
  writer.add_parent_answer({{3, 4}, {1, 2}, model::ParentFound::kRoot, true, false, {9, 10}, 11});
  const std::string record = record_of(writer);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(record, read, got));
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
  expect_no_cut_is_read(record);
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
  const std::string record = record_of(writer);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(record, read, got));
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

TEST(Edge, OpeningsArriveAsTheyWereWithAndWithoutASketch) {
  model::KeyPart keys;
  keys.add(model::KeyKind::kCustomer, {1, 2});
  model::OpeningPart opened{{3, 4}, true, {}};
  for (size_t i = 0; i < opened.sketch.size(); ++i) {
    opened.sketch[i] = static_cast<uint16_t>(65'535 - i);
  }
  const model::OpeningPart brief{{5, 6}, false, {}};
  ItemMessage item = sample_item(1);
  item.keys = &keys;
  item.opening = &opened;
  EdgeWriter writer;
  writer.add_item(item);
  item.opening = &brief;
  writer.add_item(item);
  item.opening = nullptr;
  writer.add_item(item);
  writer.add_opening({{1, 2}, {7, 8}, 1'700'000'000'000'000, "kirkas", "x", opened});
  const std::string record = record_of(writer);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(record, read, got));
  EXPECT_EQ(got.keys.size(), 3U);
  ASSERT_EQ(got.opened.size(), 2U);
  EXPECT_EQ(got.opened[0].conversation, opened.conversation);
  EXPECT_EQ(got.opened[0].sketch, opened.sketch);
  EXPECT_FALSE(got.opened[1].has_sketch);
  ASSERT_EQ(got.openings.size(), 1U);
  EXPECT_EQ(got.openings[0].customer, (base::Digest{1, 2}));
  EXPECT_EQ(got.openings[0].id, (base::Digest{7, 8}));
  EXPECT_EQ(got.openings[0].at, 1'700'000'000'000'000);
  EXPECT_EQ(got.openings[0].brand, "kirkas");
  EXPECT_EQ(got.openings[0].channel, "x");
  EXPECT_EQ(got.openings[0].part.conversation, opened.conversation);
  EXPECT_EQ(got.openings[0].part.sketch, opened.sketch);
  expect_no_cut_is_read(record);
}

TEST(Edge, AnOrderThatOpensSomethingIsRefused) {
  model::KeyPart keys;
  keys.add(model::KeyKind::kCustomer, {0x5a5a, 0x5a5a});
  OrderMessage order;
  order.occurred_at = 14;
  order.keys = &keys;
  EdgeWriter writer;
  writer.add_order(order);
  std::string record = record_of(writer);
  std::string digest;
  base::ByteWriter(digest).digest(keys.at(model::KeyKind::kCustomer));
  const size_t at = record.find(digest);
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(record[at - 1], 1);  // what it carries
  record[at - 1] = static_cast<char>(0x81);
  record.resize(record.size() - sizeof(uint32_t));
  base::ByteWriter(record).u32(base::crc32c(record));
  Collector got;
  EdgeHeader read;
  EXPECT_FALSE(decode_edge(record, read, got));
  EXPECT_TRUE(got.orders.empty());
}

TEST(Edge, MessagesOfKeysArriveAsTheyWere) {
  EdgeWriter writer;
  add_key_messages(writer);
  const std::string record = record_of(writer);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(record, read, got));
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

// What was written before threads were a level: the levels above it stood one place lower, and
// replies were on their way to their parents.
TEST(Edge, RecordsOfTheLayoutBeforeAreRead) {
  model::ConversationMessage said;
  said.by_parent = true;
  said.conversation = {1, 2};
  said.item = {3, 4};
  said.at = 5;
  said.brand = "kirkas";
  said.channel = "x";
  EdgeWriter writer;
  writer.add_conversation(said);
  EdgeHeader header = sample_header();
  header.progress[static_cast<size_t>(model::Level::kOrder)] = Progress{7, 6};
  std::string old = record_of(writer, header);
  old[0] = 3;
  old.resize(old.size() - 4);
  base::ByteWriter(old).u32(base::crc32c(old));
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(old, read, got));
  EXPECT_EQ(read.progress[static_cast<size_t>(model::Level::kRoute)], (Progress{5, 4}));
  EXPECT_FALSE(read.progress[static_cast<size_t>(model::Level::kThread)].has_value());
  EXPECT_FALSE(read.progress[static_cast<size_t>(model::Level::kOrder)].has_value());
  EXPECT_EQ(read.progress[static_cast<size_t>(model::Level::kKey)], (Progress{7, 6}));
  ASSERT_EQ(got.conversations.size(), 1U);
  EXPECT_FALSE(got.conversations[0].by_parent);
  EXPECT_TRUE(got.conversations[0].root_unknown);
  EXPECT_EQ(got.conversations[0].conversation, said.conversation);
}

}  // namespace
}  // namespace kaiku::exchange
