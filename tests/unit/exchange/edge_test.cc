#include "kaiku/exchange/edge.h"

#include <gtest/gtest.h>

#include "kaiku/base/crc32c.h"
#include "kaiku/base/prng.h"

#include "unit/exchange/edge_fixture.h"

namespace kaiku::exchange {
namespace {

using model::ItemMessage;
using model::Level;
using model::OrderMessage;

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

TEST(Edge, TheSignalsOfAnItemArriveAsTheyWere) {
  model::SignalPart part;
  ASSERT_TRUE(part.add_term({7, "#lasi"}));
  ASSERT_TRUE(part.add_term({8, "hajosi"}));
  ASSERT_TRUE(part.add_term({7, "#lasi"})) << "it is there";
  ASSERT_TRUE(part.add_risk({model::Risk::kImpersonation, 9, "kirkasdr1nks", "kirkas"}));
  ASSERT_TRUE(part.add_risk({model::Risk::kConfidentialByStaff, 10, "moon", ""}));
  ASSERT_TRUE(part.add_risk({model::Risk::kPersonalData, 11, "iban", ""}));
  part.url = "https://x.example/1";
  ItemMessage item = sample_item(1);
  item.signals = &part;
  EdgeWriter writer;
  writer.add_item(item);
  writer.add_item(sample_item(2));
  const std::string record = record_of(writer);
  Collector got;
  EdgeHeader read;
  ASSERT_TRUE(decode_edge(record, read, got));
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
  EXPECT_EQ(back.url, "https://x.example/1");
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
    const std::string record = record_of(writer);
    EdgeHeader read;
    return decode_edge(record, read, got);
  };
  Collector got;
  ASSERT_TRUE(decodes(item, got));
  ASSERT_TRUE(decodes(without, got));
  EXPECT_EQ(got.items.at(0).period, item.period);
  EXPECT_EQ(got.items.at(0).kind, model::BusinessKind::kAdSpend);
  EXPECT_FALSE(got.items.at(1).period.is_known());
  EXPECT_FALSE(decodes(longer, got));
}

TEST(Edge, RefusesTimesThatNoSumCouldHold) {
  for (const int64_t time : {INT64_MIN, base::kTimeBegin - 1, base::kTimeEnd + 1, INT64_MAX}) {
    EdgeWriter writer;
    OrderMessage order;
    order.occurred_at = time;
    writer.add_order(order);
    const std::string record = record_of(writer);
    EdgeHeader read;
    Collector sink;
    EXPECT_FALSE(decode_edge(record, read, sink)) << time;
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
  const std::string record = record_of(writer);
  EdgeHeader read;
  Collector sink;
  ASSERT_TRUE(decode_edge(record, read, sink));
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
  const std::string good = record_of(writer);
  Collector sink;
  EdgeHeader read;
  expect_no_cut_is_read(good);
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
