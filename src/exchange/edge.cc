#include "kaiku/exchange/edge.h"

#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/base/crc32c.h"
#include "kaiku/base/limits.h"

#include "exchange/edge_dictionary.h"
#include "exchange/edge_keys.h"
#include "exchange/edge_layout.h"
#include "exchange/edge_money.h"
#include "exchange/edge_signals.h"
#include "exchange/edge_threads.h"

namespace kaiku::exchange {
namespace {

using base::ByteReader;
using base::ByteWriter;
using model::ItemMessage;
using model::OrderMessage;

enum ItemFlag : uint16_t {
  kHasScore = 1,
  kHasAuthor = 2,
  kHasAmount = 4,
  kPolled = 8,
  kStraggler = 16,
  kTruncated = 32,
  kNamesOrder = 64,
  kHasFollowers = 128,
  kHasCounters = 256,
  kIsBusiness = 512,
  kUnstableTime = 1'024,
  kHasThread = 2'048,
  kHasKeys = 4'096,
  kHasRelevance = 8'192,
  kHasContent = 16'384,
  kHasSignals = 32'768,
};

// In the byte of the author's role.
constexpr uint8_t kByMachine = 128;

constexpr std::array kCounterFields = {&model::Counters::likes,
                                       &model::Counters::replies,
                                       &model::Counters::reposts,
                                       &model::Counters::quotes,
                                       &model::Counters::bookmarks,
                                       &model::Counters::clicks,
                                       &model::Counters::views,
                                       &model::Counters::impressions};

uint8_t counter_mask(const model::Counters& counters) {
  unsigned mask = 0;
  for (size_t i = 0; i < kCounterFields.size(); ++i) {
    mask |= static_cast<unsigned>(counters.*kCounterFields[i] != model::kAbsent) << i;
  }
  return static_cast<uint8_t>(mask);
}

uint16_t flags_of(const ItemMessage& m, uint8_t counters) {
  unsigned flags = 0;
  const auto set = [&flags](bool on, unsigned bit) { flags |= on ? bit : 0U; };
  set(m.has_sentiment_score, kHasScore);
  set(m.has_author, kHasAuthor);
  set(m.has_amount, kHasAmount);
  set(m.polled, kPolled);
  set(m.straggler, kStraggler);
  set(m.brands_truncated, kTruncated);
  set(m.names_order, kNamesOrder);
  set(m.followers != model::kAbsent, kHasFollowers);
  set(counters != 0, kHasCounters);
  set(m.type == model::ItemType::kBusinessEvent, kIsBusiness);
  set(m.unstable_time, kUnstableTime);
  set(m.has_thread, kHasThread);
  set(m.keys != nullptr, kHasKeys);
  set(m.relevance != model::Relevance::kNone, kHasRelevance);
  set(m.has_content, kHasContent);
  set(m.signals != nullptr, kHasSignals);
  return static_cast<uint16_t>(flags);
}

// A time written as the distance from another one.
base::EventTime read_time_after(ByteReader& in, base::EventTime from) {
  const int64_t distance = in.svarint();
  constexpr int64_t kMost = base::kTimeEnd - base::kTimeBegin;
  if (distance < -kMost || distance > kMost) {
    in.fail();
    return 0;
  }
  return from + distance;
}

enum OrderFlag : unsigned {
  kRemoved = 1,
  kOrderHasKeys = 2,
  kOrderHasCampaign = 4,
  kOrderHasPeriod = 8
};

// Beside the kind of an item's business record.
constexpr unsigned kHasPeriod = 0x80;

model::BusinessKind read_kind(ByteReader& in, uint8_t byte) {
  const unsigned kind = byte & ~kHasPeriod;
  if (kind > static_cast<unsigned>(model::BusinessKind::kMarketSize)) {
    in.fail();
    return model::BusinessKind::kNone;
  }
  return static_cast<model::BusinessKind>(kind);
}

template <typename Message>
void take_money(ByteReader& in, bool has_period, Message& m) {
  const EdgeMoney money = read_money(in, m.occurred_at, has_period);
  m.amount_micros = money.micros;
  m.currency = money.currency;
  m.period = money.period;
}

// What a message that is read may point to.
struct Parts {
  model::KeyPart keys;
  model::OpeningPart opening;
  model::SignalPart signals;
};

void read_author_role(ByteReader& in, ItemMessage& m) {
  const uint8_t byte = in.u8();
  const unsigned role = byte & (kByMachine - 1U);
  m.automatic = (byte & kByMachine) != 0;
  m.author_role = static_cast<model::AuthorRole>(role);
  if (role > static_cast<unsigned>(model::AuthorRole::kBot)) {
    m.author_role = model::AuthorRole::kUnknown;
    in.fail();
  }
}

// The message points to the parts it carries.
ItemMessage read_item(ByteReader& in, const Dictionary& dictionary, Parts& parts) {
  ItemMessage m;
  const uint16_t flags = in.u16();
  m.type = in.enumeration(model::ItemType::kControl);
  m.op = in.enumeration(model::Op::kMetrics);
  m.relation = in.enumeration(model::Relation::kCrosspost);
  m.visibility = in.enumeration(model::Visibility::kInternalNote);
  read_author_role(in, m);
  m.sentiment = in.enumeration(model::Sentiment::kPositive);
  m.has_sentiment_score = (flags & kHasScore) != 0;
  m.has_author = (flags & kHasAuthor) != 0;
  m.has_amount = (flags & kHasAmount) != 0;
  m.polled = (flags & kPolled) != 0;
  m.straggler = (flags & kStraggler) != 0;
  m.brands_truncated = (flags & kTruncated) != 0;
  m.names_order = (flags & kNamesOrder) != 0;
  m.unstable_time = (flags & kUnstableTime) != 0;
  m.occurred_at = in.time();
  m.operation_at = read_time_after(in, m.occurred_at);
  m.kafka_at = read_time_after(in, m.occurred_at);
  m.item = in.digest();
  m.delivery = in.u64();
  m.version = in.svarint();
  m.version_tag = in.u64();
  if (m.has_sentiment_score) {
    m.sentiment_score_ppm = static_cast<int32_t>(in.svarint());
  }
  if (m.has_author) {
    m.author = in.u64();
  }
  if ((flags & kHasFollowers) != 0) {
    m.followers = in.svarint();
  }
  if ((flags & kHasCounters) != 0) {
    const uint8_t mask = in.u8();
    for (size_t i = 0; i < kCounterFields.size(); ++i) {
      if ((mask >> i & 1) != 0) {
        m.counters.*kCounterFields[i] = in.svarint();
      }
    }
  }
  m.source = dictionary.at(in);
  m.channel = dictionary.at(in);
  const uint8_t brands = in.u8();
  if (brands > base::limits::kPlacesPerItem) {
    in.fail();
    return m;
  }
  m.brand_count = brands;
  for (size_t i = 0; i < brands; ++i) {
    m.brands[i] = dictionary.at(in);
  }
  if ((flags & kIsBusiness) != 0) {
    const uint8_t kind = in.u8();
    m.kind = read_kind(in, kind);
    m.order = in.digest();
    m.business = in.digest();
    take_money(in, (kind & kHasPeriod) != 0, m);
  }
  m.has_thread = (flags & kHasThread) != 0;
  if (m.has_thread) {
    read_thread(in, m.thread);
  }
  if ((flags & kHasKeys) != 0) {
    m.opening = read_keys(in, dictionary, parts.keys, &parts.opening) ? &parts.opening : nullptr;
    m.keys = &parts.keys;
  }
  if ((flags & kHasRelevance) != 0) {
    m.relevance = in.enumeration(model::Relevance::kOffTopic);
  }
  m.has_content = (flags & kHasContent) != 0;
  if (m.has_content) {
    m.content = in.u64();
  }
  if ((flags & kHasSignals) != 0) {
    read_signals(in, dictionary, parts.signals);
    m.signals = &parts.signals;
  }
  return m;
}

OrderMessage read_order(ByteReader& in, const Dictionary& dictionary, model::KeyPart& keys) {
  OrderMessage m;
  m.kind = in.enumeration(model::BusinessKind::kMarketSize);
  const uint8_t flags = in.u8();
  m.removed = (flags & kRemoved) != 0;
  m.order = in.digest();
  m.business = in.digest();
  m.version = in.svarint();
  m.version_tag = in.u64();
  m.occurred_at = in.time();
  take_money(in, (flags & kOrderHasPeriod) != 0, m);
  m.source = dictionary.at(in);
  m.brand = dictionary.at(in);
  m.channel = dictionary.at(in);
  if ((flags & kOrderHasCampaign) != 0) {
    m.campaign = dictionary.at(in);
  }
  if ((flags & kOrderHasKeys) != 0) {
    (void)read_keys(in, dictionary, keys);  // an order opens nothing
    m.keys = &keys;
  }
  return m;
}

// The header's fields; `in` stands behind them. The checksum has been taken off.
bool read_header(ByteReader& in, EdgeHeader& header) {
  const uint8_t layout = in.u8();
  if (layout != kEdgeLayout && layout != kEdgeLayoutWithoutThreads) {
    return false;
  }
  header.from_router = in.u8() != 0;
  if (header.from_router) {
    header.source = in.bytes();
    header.partition = static_cast<uint32_t>(in.varint());
  } else {
    header.shard = in.u16();
  }
  header.to = in.u16();
  header.sequence = in.u64();
  header.epoch = in.u64();
  header.fingerprint = in.u64();
  header.messages = in.varint();
  header.items = in.varint();
  const uint8_t mask = in.u8();
  header.progress = {};
  constexpr auto kThread = static_cast<size_t>(model::Level::kThread);
  for (size_t level = 0, bit = 0; level < model::kLevels; ++level) {
    if (layout == kEdgeLayoutWithoutThreads && level == kThread) {
      continue;
    }
    if ((mask >> bit++ & 1) != 0) {
      Progress progress;
      progress.effective = in.i64();
      progress.data = in.i64();
      header.progress[level] = progress;
    }
  }
  header.voice.reset();
  if ((mask & kEdgeHasVoice) != 0) {
    header.voice = read_voice(in);
  }
  return !in.failed();
}

// Takes the checksum off and compares it.
bool strip_checksum(std::string_view& record) {
  if (record.size() < 4) {
    return false;
  }
  ByteReader tail(record.substr(record.size() - 4));
  record.remove_suffix(4);
  return tail.u32() == base::crc32c(record);
}

}  // namespace

bool decode_edge_header(std::string_view record, EdgeHeader& header) {
  if (!strip_checksum(record)) {
    return false;
  }
  ByteReader in(record);
  return read_header(in, header);
}

bool decode_edge(std::string_view record, EdgeHeader& header, EdgeSink& sink) {
  if (!strip_checksum(record)) {
    return false;
  }
  ByteReader in(record);
  Dictionary dictionary;
  if (!read_header(in, header)) {
    return false;
  }
  if (in.at_end()) {
    return header.messages == 0 && header.items == 0;  // progress only
  }
  if (!dictionary.read(in)) {
    return false;
  }
  uint64_t messages = 0;
  Parts parts;
  const uint64_t items = in.count();
  for (uint64_t i = 0; i < items; ++i, ++messages) {
    const ItemMessage message = read_item(in, dictionary, parts);
    if (in.failed()) {
      return false;
    }
    sink.on_item(message);
  }
  const uint64_t orders = in.count();
  for (uint64_t i = 0; i < orders; ++i, ++messages) {
    const OrderMessage message = read_order(in, dictionary, parts.keys);
    if (in.failed()) {
      return false;
    }
    sink.on_order(message);
  }
  const uint64_t conversations = in.count();
  for (uint64_t i = 0; i < conversations; ++i, ++messages) {
    model::ConversationMessage message = read_conversation(in, dictionary);
    if (in.failed()) {
      return false;
    }
    if (static_cast<uint8_t>(record[0]) == kEdgeLayoutWithoutThreads) {
      // It was sent to its parent at once.
      message.root_unknown = std::exchange(message.by_parent, false);
    }
    sink.on_conversation(message);
  }
  const uint64_t key_messages = in.count();
  std::vector<model::KeyEntry> entries;
  for (uint64_t i = 0; i < key_messages; ++i, ++messages) {
    if (!read_key_message(in, dictionary, entries, sink)) {
      return false;
    }
  }
  const uint64_t deltas = in.count();
  for (uint64_t i = 0; i < deltas; ++i, ++messages) {
    DeltaKey key;
    const int64_t minute = in.svarint();
    key.minute = static_cast<int32_t>(minute);
    if (key.minute != minute) {
      return false;
    }
    key.type = in.enumeration(model::ItemType::kControl);
    key.brand = dictionary.at(in);
    key.channel = dictionary.at(in);
    const std::string_view aggregate = in.bytes();
    if (in.failed() || !sink.on_delta(key, aggregate)) {
      return false;
    }
  }
  return !in.failed() && in.at_end() && messages == header.messages && items == header.items;
}

uint64_t EdgeWriter::index_of(std::string_view text) {
  const auto found = index_.find(text);
  if (found != index_.end()) {
    return found->second;
  }
  const uint64_t index = index_.size();
  index_.emplace(std::string(text), index);
  ByteWriter(dictionary_).bytes(text);
  return index;
}

void EdgeWriter::added() {
  ++messages_;
  const size_t size = dictionary_.size() + items_.size() + orders_.size() + conversations_.size() +
                      keys_.size() + deltas_.size();
  if (size >= base::limits::kEdgeRecordBytes - base::limits::kItemBytes) {
    full_.push_back(take_chunk());
    bytes_ += full_.back().body.size();
  }
}

void EdgeWriter::add_item(const ItemMessage& m) {
  const uint64_t source = index_of(m.source);
  const uint64_t channel = index_of(m.channel);
  const uint8_t counters = counter_mask(m.counters);
  ByteWriter out(items_);
  out.u16(flags_of(m, counters));
  out.u8(static_cast<uint8_t>(m.type));
  out.u8(static_cast<uint8_t>(m.op));
  out.u8(static_cast<uint8_t>(m.relation));
  out.u8(static_cast<uint8_t>(m.visibility));
  out.u8(static_cast<uint8_t>(static_cast<unsigned>(m.author_role) |
                              (m.automatic ? unsigned{kByMachine} : 0U)));
  out.u8(static_cast<uint8_t>(m.sentiment));
  out.i64(m.occurred_at);
  out.svarint(m.operation_at - m.occurred_at);
  out.svarint(m.kafka_at - m.occurred_at);
  out.digest(m.item);
  out.u64(m.delivery);
  out.svarint(m.version);
  out.u64(m.version_tag);
  if (m.has_sentiment_score) {
    out.svarint(m.sentiment_score_ppm);
  }
  if (m.has_author) {
    out.u64(m.author);
  }
  if (m.followers != model::kAbsent) {
    out.svarint(m.followers);
  }
  if (counters != 0) {
    out.u8(counters);
    for (const auto field : kCounterFields) {
      if (m.counters.*field != model::kAbsent) {
        out.svarint(m.counters.*field);
      }
    }
  }
  out.varint(source);
  out.varint(channel);
  out.u8(m.brand_count);
  for (size_t i = 0; i < m.brand_count; ++i) {
    out.varint(index_of(m.brands[i]));
  }
  if (m.type == model::ItemType::kBusinessEvent) {
    out.u8(static_cast<uint8_t>(static_cast<uint8_t>(m.kind) |
                                (m.period.is_known() ? kHasPeriod : 0U)));
    out.digest(m.order);
    out.digest(m.business);
    write_money(out, {m.amount_micros, m.currency, m.period}, m.occurred_at);
  }
  if (m.has_thread) {
    write_thread(out, m.thread);
  }
  if (m.keys != nullptr) {
    write_keys(out, *m.keys, index_of(m.keys->touch_channel), m.opening);
  }
  if (m.relevance != model::Relevance::kNone) {
    out.u8(static_cast<uint8_t>(m.relevance));
  }
  if (m.has_content) {
    out.u64(m.content);
  }
  if (m.signals != nullptr) {
    write_signals(out, *m.signals, [this](std::string_view text) { return index_of(text); });
  }
  ++item_count_;
  ++items_total_;
  added();
}

void EdgeWriter::add_order(const OrderMessage& m) {
  ByteWriter out(orders_);
  out.u8(static_cast<uint8_t>(m.kind));
  out.u8(static_cast<uint8_t>((m.removed ? kRemoved : 0U) |
                              (m.keys != nullptr ? kOrderHasKeys : 0U) |
                              (m.campaign.empty() ? 0U : kOrderHasCampaign) |
                              (m.period.is_known() ? kOrderHasPeriod : 0U)));
  out.digest(m.order);
  out.digest(m.business);
  out.svarint(m.version);
  out.u64(m.version_tag);
  out.i64(m.occurred_at);
  write_money(out, {m.amount_micros, m.currency, m.period}, m.occurred_at);
  out.varint(index_of(m.source));
  out.varint(index_of(m.brand));
  out.varint(index_of(m.channel));
  if (!m.campaign.empty()) {
    out.varint(index_of(m.campaign));
  }
  if (m.keys != nullptr) {
    write_keys(out, *m.keys, index_of(m.keys->touch_channel));
  }
  ++order_count_;
  added();
}

void EdgeWriter::add_delta(const DeltaKey& key, std::string_view aggregate) {
  ByteWriter out(deltas_);
  out.svarint(key.minute);
  out.u8(static_cast<uint8_t>(key.type));
  out.varint(index_of(key.brand));
  out.varint(index_of(key.channel));
  out.bytes(aggregate);
  ++delta_count_;
  added();
}

}  // namespace kaiku::exchange
