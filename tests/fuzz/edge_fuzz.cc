// Any bytes as an edge record: refused, or messages that are the same when they are written again.
#include "kaiku/aggregate/aggregate.h"
#include "kaiku/exchange/edge.h"

#include "fuzz/target.h"

namespace kaiku::fuzz {
namespace {

using aggregate::Aggregate;
using exchange::DeltaKey;
using exchange::EdgeHeader;

// What was decoded, written again: decoded once more it must be the same.
class Copier final : public exchange::EdgeSink {
 public:
  void on_item(const model::ItemMessage& message) override {
    require(message.brand_count <= message.brands.size());
    writer_.add_item(message);
    ++items;
  }

  void on_order(const model::OrderMessage& message) override { writer_.add_order(message); }

  void on_conversation(const model::ConversationMessage& message) override {
    writer_.add_conversation(message);
  }

  void on_parent_question(const model::ParentQuestionMessage& message) override {
    writer_.add_parent_question(message);
  }

  void on_parent_answer(const model::ParentAnswerMessage& message) override {
    writer_.add_parent_answer(message);
  }

  void on_entry(const model::KeyEntryMessage& message) override { writer_.add_entry(message); }

  void on_question(const model::KeyQuestionMessage& message) override {
    writer_.add_question(message);
  }

  void on_answer(const model::KeyAnswerMessage& message) override { writer_.add_answer(message); }

  void on_opening(const model::OpeningMessage& message) override { writer_.add_opening(message); }

  void on_erasure(const model::ErasureMessage& message) override { writer_.add_erasure(message); }

  void on_erased(const model::ErasureDoneMessage& message) override { writer_.add_erased(message); }

  void on_deadline(const model::DeadlineMessage& message) override {
    writer_.add_deadline(message);
  }

  bool on_delta(const DeltaKey& key, std::string_view bytes) override {
    base::ByteReader in(bytes);
    Aggregate figures;
    if (!figures.decode(in) || in.failed() || !in.at_end()) {
      return false;
    }
    std::string encoded;
    base::ByteWriter out(encoded);
    figures.encode(out);
    writer_.add_delta(key, encoded);
    return true;
  }

  std::vector<std::string> finish(EdgeHeader header) {
    std::vector<std::string> records;
    writer_.finish(header, records);
    return records;
  }

  uint64_t items = 0;

 private:
  exchange::EdgeWriter writer_;
};

void try_record(std::string_view record) {
  EdgeHeader header;
  Copier first;
  const bool known = exchange::decode_edge_header(record, header);
  EdgeHeader whole;
  if (!exchange::decode_edge(record, whole, first)) {
    return;
  }
  require(known && whole.items == first.items && whole.progress == header.progress);
  for (const std::string& again : first.finish(whole)) {
    EdgeHeader copied;
    Copier second;
    require(exchange::decode_edge(again, copied, second));
    --copied.sequence;  // finish() counts it up
    require(second.finish(copied) == std::vector<std::string>{again} ||
            copied.progress != whole.progress);
  }
}

std::string sample_delta() {
  Aggregate figures;
  figures.by_relation[0] = 3;
  figures.likes = -7;
  figures.authors.add(77);
  figures.followers.record(1'200);
  std::string bytes;
  base::ByteWriter out(bytes);
  figures.encode(out);
  return bytes;
}

model::ItemMessage sample_item() {
  model::ItemMessage message;
  message.has_author = true;
  message.author = 77;
  message.occurred_at = 1'700'000'000'000'000;
  message.operation_at = message.occurred_at + 5;
  message.kafka_at = message.occurred_at + 9;
  message.item = {1, 2};
  message.followers = 812;
  message.counters.likes = 3;
  message.source = "posts";
  message.channel = "web";
  message.brand_count = 2;
  message.brands[0] = "kirkas";
  message.brands[1] = "tuuli";
  return message;
}

void add_key_messages(exchange::EdgeWriter& writer) {
  model::KeyEntryMessage touch;
  touch.key = {3, 4};
  touch.id = {1, 2};
  touch.at = 1'700'000'000'000'000;
  touch.brand = "kirkas";
  touch.channel = "web";
  writer.add_entry(touch);
  model::KeyQuestionMessage question;
  question.key = {3, 4};
  question.asker = {5, 6};
  question.number = 1;
  question.from = touch.at - base::kDay;
  question.to = touch.at;
  writer.add_question(question);
  const model::KeyEntry entry{touch.id, touch.at, touch.channel};
  model::KeyAnswerMessage answer;
  answer.asker = question.asker;
  answer.key = question.key;
  answer.number = 1;
  answer.earlier_order = true;
  answer.entries = {&entry, 1};
  writer.add_answer(answer);
  model::OpeningMessage opening;
  opening.customer = touch.key;
  opening.id = touch.id;
  opening.at = touch.at;
  opening.brand = touch.brand;
  opening.channel = touch.channel;
  opening.part.conversation = {7, 8};
  writer.add_opening(opening);
  opening.part.has_sketch = true;
  opening.part.sketch = {1, 2, 3};
  writer.add_opening(opening);
}

std::string sample(int kinds, bool from_router) {
  exchange::EdgeWriter writer;
  model::KeyPart keys;
  keys.add(model::KeyKind::kCustomer, {3, 4});
  keys.touch_channel = "web";
  model::OpeningPart opening;
  opening.has_sketch = (kinds & 4) != 0;
  if ((kinds & 1) != 0) {
    model::ItemMessage item = sample_item();
    item.keys = (kinds & 8) != 0 ? &keys : nullptr;
    item.opening = (kinds & 8) != 0 ? &opening : nullptr;
    writer.add_item(item);
  }
  if ((kinds & 2) != 0) {
    model::OrderMessage order;
    order.kind = model::BusinessKind::kOrder;
    order.occurred_at = 1'700'000'000'000'000;
    order.amount_micros = 12'500'000;
    order.currency = {"EUR"};
    order.source = "orders";
    order.brand = "kirkas";
    order.channel = "web";
    order.period = {order.occurred_at, order.occurred_at + base::kDay};
    order.keys = (kinds & 8) != 0 ? &keys : nullptr;
    writer.add_order(order);
  }
  if ((kinds & 4) != 0) {
    writer.add_delta({28'333'333, model::ItemType::kMention, "kirkas", "web"}, sample_delta());
  }
  if ((kinds & 8) != 0) {
    add_key_messages(writer);
    writer.add_parent_question({{1, 2}, {3, 4}, 5});
    writer.add_parent_answer(
        {{3, 4}, {1, 2}, model::ParentFound::kAncestor, false, true, {6, 7}, 8});
    writer.add_deadline({model::DeadlineKind::kBreach,
                         model::DeadlineState::kResolved,
                         {8, 9},
                         1'700'000'000'000'000,
                         1'700'003'600'000'000,
                         2,
                         "kirkas",
                         "web",
                         "fast",
                         "https://forum.example/t/1",
                         R"({"alert_id":"sla_breach-1"})",
                         R"({"state":"resolved"})"});
  }
  EdgeHeader header;
  header.from_router = from_router;
  header.source = from_router ? "posts" : "";
  header.epoch = 9;
  header.fingerprint = 0x1234;
  header.progress[1] = exchange::Progress{1'700'000'000'000'000, 1'600'000'000'000'000};
  header.progress[2] = exchange::kEnded;
  if (from_router) {
    header.voice = exchange::Voice{3, 4, 2, 1};
  }
  std::vector<std::string> records;
  writer.finish(header, records);
  return std::string(without_checksum(records.at(0)));
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (int kinds = 0; kinds < 16; ++kinds) {
    all.push_back(sample(kinds, kinds % 2 == 0));
  }
  return all;
}

}  // namespace kaiku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = kaiku::fuzz::view_of(data, size);
  kaiku::fuzz::try_record(bytes);
  kaiku::fuzz::try_record(kaiku::fuzz::closed(bytes));
  return 0;
}
