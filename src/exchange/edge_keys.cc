#include "exchange/edge_keys.h"

namespace kaiku::exchange {
namespace {

using base::ByteReader;
using base::ByteWriter;
using model::EntryKind;
using model::KeyKind;

constexpr uint8_t kRemoved = 1;
// Beside the kinds of keys that an item carries.
constexpr uint8_t kOpens = 128;

enum AnswerFlag : unsigned { kShared = 1, kTruncated = 2, kEarlierOrder = 4 };

constexpr uint8_t kAnswerFlags = kShared | kTruncated | kEarlierOrder;
// Id, time, channel.
constexpr size_t kAnswerEntryBytesMin = 16 + 8 + 1;

uint8_t read_flags(ByteReader& in, uint8_t known) {
  const uint8_t flags = in.u8();
  if ((flags & ~known) != 0) {
    in.fail();
  }
  return flags;
}

void write_address(ByteWriter& out,
                   KeyMessage message,
                   const base::Digest& key,
                   KeyKind key_kind,
                   EntryKind kind) {
  out.u8(static_cast<uint8_t>(message));
  out.digest(key);
  out.u8(static_cast<uint8_t>(key_kind));
  out.u8(static_cast<uint8_t>(kind));
}

template <typename Message>
void read_address(ByteReader& in, Message& m) {
  m.key = in.digest();
  m.key_kind = in.enumeration(KeyKind::kCampaign);
  m.kind = in.enumeration(EntryKind::kOrder);
}

model::KeyEntryMessage read_entry(ByteReader& in, const Dictionary& dictionary) {
  model::KeyEntryMessage m;
  read_address(in, m);
  m.removed = read_flags(in, kRemoved) != 0;
  m.id = in.digest();
  m.at = in.time();
  m.brand = dictionary.at(in);
  m.channel = dictionary.at(in);
  return m;
}

model::KeyQuestionMessage read_question(ByteReader& in) {
  model::KeyQuestionMessage m;
  read_address(in, m);
  m.asker_kind = in.enumeration(model::AskerKind::kConversation);
  m.asker = in.digest();
  m.number = in.varint();
  m.from = in.time();
  m.to = in.time();
  return m;
}

model::KeyAnswerMessage read_answer(ByteReader& in,
                                    const Dictionary& dictionary,
                                    std::vector<model::KeyEntry>& entries) {
  model::KeyAnswerMessage m;
  read_address(in, m);
  m.asker_kind = in.enumeration(model::AskerKind::kConversation);
  m.asker = in.digest();
  m.number = in.varint();
  const uint8_t flags = read_flags(in, kAnswerFlags);
  m.shared = (flags & kShared) != 0;
  m.truncated = (flags & kTruncated) != 0;
  m.earlier_order = (flags & kEarlierOrder) != 0;
  entries.resize(in.count(kAnswerEntryBytesMin));
  for (model::KeyEntry& entry : entries) {
    entry.id = in.digest();
    entry.at = in.time();
    entry.channel = dictionary.at(in);
  }
  m.entries = entries;
  return m;
}

void read_opening_part(ByteReader& in, model::OpeningPart& part) {
  part.conversation = in.digest();
  part.has_sketch = read_flags(in, 1) != 0;
  part.sketch = {};
  for (size_t i = 0; part.has_sketch && i < part.sketch.size(); ++i) {
    part.sketch[i] = in.u16();
  }
}

void write_opening_part(ByteWriter& out, const model::OpeningPart& part) {
  out.digest(part.conversation);
  out.u8(part.has_sketch ? 1 : 0);
  for (size_t i = 0; part.has_sketch && i < part.sketch.size(); ++i) {
    out.u16(part.sketch[i]);
  }
}

model::OpeningMessage read_opening(ByteReader& in, const Dictionary& dictionary) {
  model::OpeningMessage m;
  m.customer = in.digest();
  m.id = in.digest();
  m.at = in.time();
  m.brand = dictionary.at(in);
  m.channel = dictionary.at(in);
  read_opening_part(in, m.part);
  return m;
}

constexpr uint8_t kOfAuthor = 1;
constexpr uint8_t kOfCustomer = 2;

template <typename Message>
void read_request(ByteReader& in, Message& m) {
  m.request = in.digest();
  m.at = in.time();
  m.requested_at = in.time();
  m.id = in.bytes();
}

template <typename Message>
void write_request(ByteWriter& out, KeyMessage message, const Message& m) {
  out.u8(static_cast<uint8_t>(message));
  out.digest(m.request);
  out.i64(m.at);
  out.i64(m.requested_at);
  out.bytes(m.id);
}

model::ErasureMessage read_erasure(ByteReader& in) {
  model::ErasureMessage m;
  read_request(in, m);
  const uint8_t flags = read_flags(in, kOfAuthor | kOfCustomer);
  m.has_author = (flags & kOfAuthor) != 0;
  m.has_customer = (flags & kOfCustomer) != 0;
  m.author = m.has_author ? in.u64() : 0;
  m.customer = m.has_customer ? in.digest() : base::Digest{};
  return m;
}

model::ErasureDoneMessage read_erased(ByteReader& in) {
  model::ErasureDoneMessage m;
  read_request(in, m);
  m.shard = in.u32();
  for (uint64_t& count : m.counts) {
    count = in.varint();
  }
  return m;
}

enum ParentFlag : unsigned { kRootUnknown = 1, kCut = 2 };

model::ParentQuestionMessage read_parent_question(ByteReader& in) {
  model::ParentQuestionMessage m;
  m.of = in.digest();
  m.asker = in.digest();
  m.before = in.time();
  return m;
}

model::ParentAnswerMessage read_parent_answer(ByteReader& in) {
  model::ParentAnswerMessage m;
  m.asker = in.digest();
  m.of = in.digest();
  m.found = in.enumeration(model::ParentFound::kNothing);
  const uint8_t flags = read_flags(in, kRootUnknown | kCut);
  m.root_unknown = (flags & kRootUnknown) != 0;
  m.cut = (flags & kCut) != 0;
  m.next = in.digest();
  m.before = in.time();
  return m;
}

model::DeadlineMessage read_deadline(ByteReader& in, const Dictionary& dictionary) {
  model::DeadlineMessage m;
  m.kind = in.enumeration(model::DeadlineKind::kBreach);
  m.state = in.enumeration(model::DeadlineState::kEnded);
  m.conversation = in.digest();
  m.asked_at = in.time();
  m.deadline = in.time();
  m.revision = in.u32();
  m.brand = dictionary.at(in);
  m.channel = dictionary.at(in);
  m.sla_policy = in.bytes();
  m.url = in.bytes();
  m.key = in.bytes();
  m.value = in.bytes();
  return m;
}

}  // namespace

bool read_keys(ByteReader& in,
               const Dictionary& dictionary,
               model::KeyPart& keys,
               model::OpeningPart* opening) {
  constexpr uint8_t kAll = (1U << model::kKeyKinds) - 1;
  const uint8_t flags = read_flags(in, opening != nullptr ? kAll | kOpens : kAll);
  keys.carried = flags & kAll;
  for (size_t kind = 0; kind < model::kKeyKinds; ++kind) {
    keys.keys[kind] = keys.has(static_cast<KeyKind>(kind)) ? in.digest() : base::Digest{};
  }
  keys.touch_channel = dictionary.at(in);
  const bool opens = opening != nullptr && (flags & kOpens) != 0;
  if (opens) {
    read_opening_part(in, *opening);
  }
  return opens;
}

void write_keys(ByteWriter& out,
                const model::KeyPart& keys,
                uint64_t touch_channel,
                const model::OpeningPart* opening) {
  out.u8(static_cast<uint8_t>(keys.carried | (opening != nullptr ? kOpens : 0U)));
  for (size_t kind = 0; kind < model::kKeyKinds; ++kind) {
    if (keys.has(static_cast<KeyKind>(kind))) {
      out.digest(keys.keys[kind]);
    }
  }
  out.varint(touch_channel);
  if (opening != nullptr) {
    write_opening_part(out, *opening);
  }
}

bool read_key_message(ByteReader& in,
                      const Dictionary& dictionary,
                      std::vector<model::KeyEntry>& entries,
                      EdgeSink& sink) {
  switch (in.enumeration(KeyMessage::kDeadline)) {
    case KeyMessage::kEntry:
      if (const model::KeyEntryMessage m = read_entry(in, dictionary); !in.failed()) {
        sink.on_entry(m);
      }
      break;
    case KeyMessage::kQuestion:
      if (const model::KeyQuestionMessage m = read_question(in); !in.failed()) {
        sink.on_question(m);
      }
      break;
    case KeyMessage::kAnswer:
      if (const model::KeyAnswerMessage m = read_answer(in, dictionary, entries); !in.failed()) {
        sink.on_answer(m);
      }
      break;
    case KeyMessage::kErasure:
      if (const model::ErasureMessage m = read_erasure(in); !in.failed()) {
        sink.on_erasure(m);
      }
      break;
    case KeyMessage::kErased:
      if (const model::ErasureDoneMessage m = read_erased(in); !in.failed()) {
        sink.on_erased(m);
      }
      break;
    case KeyMessage::kParentQuestion:
      if (const model::ParentQuestionMessage m = read_parent_question(in); !in.failed()) {
        sink.on_parent_question(m);
      }
      break;
    case KeyMessage::kParentAnswer:
      if (const model::ParentAnswerMessage m = read_parent_answer(in); !in.failed()) {
        sink.on_parent_answer(m);
      }
      break;
    case KeyMessage::kOpening:
      if (const model::OpeningMessage m = read_opening(in, dictionary); !in.failed()) {
        sink.on_opening(m);
      }
      break;
    case KeyMessage::kDeadline:
      if (const model::DeadlineMessage m = read_deadline(in, dictionary); !in.failed()) {
        sink.on_deadline(m);
      }
      break;
  }
  return !in.failed();
}

void EdgeWriter::add_entry(const model::KeyEntryMessage& m) {
  ByteWriter out(keys_);
  write_address(out, KeyMessage::kEntry, m.key, m.key_kind, m.kind);
  out.u8(m.removed ? kRemoved : 0);
  out.digest(m.id);
  out.i64(m.at);
  out.varint(index_of(m.brand));
  out.varint(index_of(m.channel));
  ++key_count_;
  added();
}

void EdgeWriter::add_question(const model::KeyQuestionMessage& m) {
  ByteWriter out(keys_);
  write_address(out, KeyMessage::kQuestion, m.key, m.key_kind, m.kind);
  out.u8(static_cast<uint8_t>(m.asker_kind));
  out.digest(m.asker);
  out.varint(m.number);
  out.i64(m.from);
  out.i64(m.to);
  ++key_count_;
  added();
}

void EdgeWriter::add_answer(const model::KeyAnswerMessage& m) {
  ByteWriter out(keys_);
  write_address(out, KeyMessage::kAnswer, m.key, m.key_kind, m.kind);
  out.u8(static_cast<uint8_t>(m.asker_kind));
  out.digest(m.asker);
  out.varint(m.number);
  out.u8(static_cast<uint8_t>((m.shared ? kShared : 0U) | (m.truncated ? kTruncated : 0U) |
                              (m.earlier_order ? kEarlierOrder : 0U)));
  out.varint(m.entries.size());
  for (const model::KeyEntry& entry : m.entries) {
    out.digest(entry.id);
    out.i64(entry.at);
    out.varint(index_of(entry.channel));
  }
  ++key_count_;
  added();
}

void EdgeWriter::add_erasure(const model::ErasureMessage& m) {
  ByteWriter out(keys_);
  write_request(out, KeyMessage::kErasure, m);
  out.u8(
      static_cast<uint8_t>((m.has_author ? kOfAuthor : 0U) | (m.has_customer ? kOfCustomer : 0U)));
  if (m.has_author) {
    out.u64(m.author);
  }
  if (m.has_customer) {
    out.digest(m.customer);
  }
  ++key_count_;
  added();
}

void EdgeWriter::add_erased(const model::ErasureDoneMessage& m) {
  ByteWriter out(keys_);
  write_request(out, KeyMessage::kErased, m);
  out.u32(m.shard);
  for (const uint64_t count : m.counts) {
    out.varint(count);
  }
  ++key_count_;
  added();
}

void EdgeWriter::add_parent_question(const model::ParentQuestionMessage& m) {
  ByteWriter out(keys_);
  out.u8(static_cast<uint8_t>(KeyMessage::kParentQuestion));
  out.digest(m.of);
  out.digest(m.asker);
  out.i64(m.before);
  ++key_count_;
  added();
}

void EdgeWriter::add_parent_answer(const model::ParentAnswerMessage& m) {
  ByteWriter out(keys_);
  out.u8(static_cast<uint8_t>(KeyMessage::kParentAnswer));
  out.digest(m.asker);
  out.digest(m.of);
  out.u8(static_cast<uint8_t>(m.found));
  out.u8(static_cast<uint8_t>((m.root_unknown ? kRootUnknown : 0U) | (m.cut ? kCut : 0U)));
  out.digest(m.next);
  out.i64(m.before);
  ++key_count_;
  added();
}

void EdgeWriter::add_opening(const model::OpeningMessage& m) {
  ByteWriter out(keys_);
  out.u8(static_cast<uint8_t>(KeyMessage::kOpening));
  out.digest(m.customer);
  out.digest(m.id);
  out.i64(m.at);
  out.varint(index_of(m.brand));
  out.varint(index_of(m.channel));
  write_opening_part(out, m.part);
  ++key_count_;
  added();
}

void EdgeWriter::add_deadline(const model::DeadlineMessage& m) {
  ByteWriter out(keys_);
  out.u8(static_cast<uint8_t>(KeyMessage::kDeadline));
  out.u8(static_cast<uint8_t>(m.kind));
  out.u8(static_cast<uint8_t>(m.state));
  out.digest(m.conversation);
  out.i64(m.asked_at);
  out.i64(m.deadline);
  out.u32(m.revision);
  out.varint(index_of(m.brand));
  out.varint(index_of(m.channel));
  for (const std::string_view text : {m.sla_policy, m.url, m.key, m.value}) {
    out.bytes(text);
  }
  ++key_count_;
  added();
}

}  // namespace kaiku::exchange
