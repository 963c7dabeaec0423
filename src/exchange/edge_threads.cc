#include "exchange/edge_threads.h"

#include "kaiku/exchange/edge.h"

namespace kaiku::exchange {
namespace {

using base::ByteReader;
using base::ByteWriter;
using model::ConversationMessage;

enum ThreadFlag : uint8_t { kAccepted = 1, kAutomatic = 2, kByParent = 4 };

enum SaidFlag : unsigned {
  kSaidByStraggler = 1,
  kSaidByAuthor = 2,
  kSaidByCustomer = 4,
  kSaidRootUnknown = 8
};

}  // namespace

void read_thread(ByteReader& in, model::ThreadPart& thread) {
  thread.conversation = in.digest();
  thread.severity = in.enumeration(model::Severity::kBlocker);
  thread.status = in.enumeration(model::ConversationStatus::kReopened);
  const uint8_t flags = in.u8();
  thread.accepted_answer = (flags & kAccepted) != 0;
  thread.automatic = (flags & kAutomatic) != 0;
  thread.by_parent = (flags & kByParent) != 0;
  thread.csat = in.u8();
  if (thread.csat > 5) {
    in.fail();
  }
  thread.url = in.bytes();
}

void write_thread(ByteWriter& out, const model::ThreadPart& thread) {
  out.digest(thread.conversation);
  out.u8(static_cast<uint8_t>(thread.severity));
  out.u8(static_cast<uint8_t>(thread.status));
  unsigned flags = 0;
  flags |= thread.accepted_answer ? unsigned{kAccepted} : 0U;
  flags |= thread.automatic ? unsigned{kAutomatic} : 0U;
  flags |= thread.by_parent ? unsigned{kByParent} : 0U;
  out.u8(static_cast<uint8_t>(flags));
  out.u8(thread.csat);
  out.bytes(thread.url);
}

ConversationMessage read_conversation(ByteReader& in, const Dictionary& dictionary) {
  ConversationMessage m;
  model::ThreadPart thread;
  read_thread(in, thread);
  m.conversation = thread.conversation;
  m.severity = thread.severity;
  m.status = thread.status;
  m.accepted_answer = thread.accepted_answer;
  m.automatic = thread.automatic;
  m.by_parent = thread.by_parent;
  m.csat = thread.csat;
  m.url = thread.url;
  m.item = in.digest();
  m.type = in.enumeration(model::ItemType::kControl);
  m.op = in.enumeration(model::Op::kMetrics);
  m.relation = in.enumeration(model::Relation::kCrosspost);
  m.visibility = in.enumeration(model::Visibility::kInternalNote);
  m.author_role = in.enumeration(model::AuthorRole::kBot);
  const uint8_t flags = in.u8();
  m.straggler = (flags & kSaidByStraggler) != 0;
  m.has_author = (flags & kSaidByAuthor) != 0;
  m.has_customer = (flags & kSaidByCustomer) != 0;
  m.root_unknown = (flags & kSaidRootUnknown) != 0;
  m.at = in.time();
  if (m.has_author) {
    m.author = in.u64();
  }
  if (m.has_customer) {
    m.customer = in.digest();
  }
  m.brand = dictionary.at(in);
  m.channel = dictionary.at(in);
  return m;
}

void EdgeWriter::add_conversation(const ConversationMessage& m) {
  ByteWriter out(conversations_);
  write_thread(out,
               {m.conversation,
                m.severity,
                m.status,
                m.accepted_answer,
                m.automatic,
                m.by_parent,
                m.csat,
                m.url});
  out.digest(m.item);
  out.u8(static_cast<uint8_t>(m.type));
  out.u8(static_cast<uint8_t>(m.op));
  out.u8(static_cast<uint8_t>(m.relation));
  out.u8(static_cast<uint8_t>(m.visibility));
  out.u8(static_cast<uint8_t>(m.author_role));
  out.u8(static_cast<uint8_t>(
      (m.straggler ? kSaidByStraggler : 0U) | (m.has_author ? kSaidByAuthor : 0U) |
      (m.has_customer ? kSaidByCustomer : 0U) | (m.root_unknown ? kSaidRootUnknown : 0U)));
  out.i64(m.at);
  if (m.has_author) {
    out.u64(m.author);
  }
  if (m.has_customer) {
    out.digest(m.customer);
  }
  out.varint(index_of(m.brand));
  out.varint(index_of(m.channel));
  ++conversation_count_;
  added();
}

}  // namespace kaiku::exchange
