#include "conversation/conversation_record.h"

#include <algorithm>
#include <limits>

#include "kaiku/base/bytes.h"
#include "kaiku/base/limits.h"

namespace kaiku::conversation {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Digest;
using base::EventTime;

constexpr uint8_t kLayout = 3;
constexpr uint8_t kLayoutWithoutOpening = 2;
constexpr size_t kHeldBytesMin = 8 + 16 + 6 + 1 + 3;
constexpr size_t kWaitingMax = 1 << 20;

// Both are times, so their distance fits with room to spare.
void write_time(ByteWriter& out, EventTime from, EventTime time) {
  if (time == base::kNoTime) {
    out.varint(0);
    return;
  }
  const int64_t distance = time - from;
  out.varint(((static_cast<uint64_t>(distance) << 1) ^ static_cast<uint64_t>(distance >> 63)) + 1);
}

EventTime read_time(ByteReader& in, EventTime from) {
  const uint64_t coded = in.varint();
  if (coded == 0) {
    return base::kNoTime;
  }
  const uint64_t zigzag = coded - 1;
  const int64_t distance = static_cast<int64_t>(zigzag >> 1) ^ -static_cast<int64_t>(zigzag & 1);
  constexpr int64_t kFarthest = base::kTimeEnd - base::kTimeBegin;
  if (distance > kFarthest || distance < -kFarthest || !base::is_time(from + distance)) {
    in.fail();
    return base::kNoTime;
  }
  return from + distance;
}

// Bit i of a mask is the i-th flag.
template <typename... Flags>
uint32_t mask_of(Flags... flags) {
  uint32_t mask = 0;
  unsigned bit = 0;
  ((mask |= static_cast<uint32_t>(flags) << bit++), ...);
  return mask;
}

template <typename... Flags>
bool read_mask(uint64_t mask, Flags&... flags) {
  unsigned bit = 0;
  ((flags = (mask >> bit++ & 1) != 0), ...);
  return mask >> bit == 0;
}

void write_words(ByteWriter& out, const std::vector<uint64_t>& words) {
  out.varint(words.size());
  for (const uint64_t word : words) {
    out.u64(word);
  }
}

void read_words(ByteReader& in, size_t max, std::vector<uint64_t>& words) {
  const uint64_t count = in.count(sizeof(uint64_t));
  if (count > max) {
    in.fail();
  }
  for (uint64_t i = 0; i < count && !in.failed(); ++i) {
    words.push_back(in.u64());
  }
}

// Calls fn on every time, in the order of the struct.
template <typename Self, typename Fn>
void for_each_time(Self& self, Fn&& fn) {
  fn(self.last_at);
  fn(self.opened_at);
  fn(self.first_peer_at);
  fn(self.first_brand_at);
  fn(self.first_resolved_at);
  fn(self.resolved_at);
  fn(self.closed_at);
  fn(self.deadline);
  fn(self.deflection.accepted_at);
}

void write_thread(ByteWriter& out, const Thread& thread, EventTime from) {
  out.u8(static_cast<uint8_t>(thread.type));
  out.u8(static_cast<uint8_t>(thread.visibility));
  out.u8(static_cast<uint8_t>(thread.severity));
  out.u8(static_cast<uint8_t>(thread.close_reason));
  out.u8(static_cast<uint8_t>(thread.first_by));
  out.u8(static_cast<uint8_t>(thread.last_word));
  out.u8(static_cast<uint8_t>(thread.verdict));
  out.u8(thread.csat);
  out.u8(static_cast<uint8_t>(thread.deflection.stage));
  out.u8(static_cast<uint8_t>(thread.deflection.heard));
  out.varint(mask_of(thread.has_asker,
                     thread.has_customer,
                     thread.root_unknown,
                     thread.brand_spoke,
                     thread.two_way,
                     thread.bot_answered,
                     thread.counted_closed,
                     thread.breach_open,
                     thread.peer_accepted,
                     thread.deflection_void,
                     thread.deflection.by_answer,
                     thread.is_erased,
                     thread.deflection.was_told,
                     thread.is_taken_back,
                     thread.ended_by_deletion));
  out.bytes(thread.brand);
  out.bytes(thread.channel);
  out.bytes(thread.url);
  out.varint(thread.channels.size());
  for (const std::string& channel : thread.channels) {
    out.bytes(channel);
  }
  if (thread.has_asker) {
    out.u64(thread.asker);
  }
  if (thread.has_customer) {
    out.digest(thread.customer);
  }
  out.digest(thread.opening);
  for_each_time(thread, [&](EventTime time) { write_time(out, from, time); });
  out.svarint(thread.response_business_ms);
  out.bytes(thread.sla_name);
  out.svarint(thread.sla_target_us);
  out.varint(thread.seen);
  for (const int64_t count : thread.messages) {
    out.svarint(count);
  }
  out.varint(thread.reopen_count);
  out.varint(thread.revision);
  write_words(out, thread.early_authors);
  write_words(out, thread.peer_answers);
}

uint32_t read_u32(ByteReader& in) {
  const uint64_t value = in.varint();
  if (value > std::numeric_limits<uint32_t>::max()) {
    in.fail();
  }
  return static_cast<uint32_t>(value);
}

void read_thread(ByteReader& in, uint8_t layout, Thread& thread, EventTime from) {
  thread.type = in.enumeration(model::ItemType::kControl);
  thread.visibility = in.enumeration(model::Visibility::kInternalNote);
  thread.severity = in.enumeration(model::Severity::kBlocker);
  thread.close_reason = in.enumeration(aggregate::CloseReason::kTtl);
  thread.first_by = in.enumeration(FirstBy::kPeer);
  thread.last_word = in.enumeration(LastWord::kAnswerer);
  thread.verdict = in.enumeration(Verdict::kDropped);
  thread.csat = in.u8();
  thread.deflection.stage = in.enumeration(DeflectionStage::kDecided);
  thread.deflection.heard = in.enumeration(Heard::kUnknown);
  if (!read_mask(in.varint(),
                 thread.has_asker,
                 thread.has_customer,
                 thread.root_unknown,
                 thread.brand_spoke,
                 thread.two_way,
                 thread.bot_answered,
                 thread.counted_closed,
                 thread.breach_open,
                 thread.peer_accepted,
                 thread.deflection_void,
                 thread.deflection.by_answer,
                 thread.is_erased,
                 thread.deflection.was_told,
                 thread.is_taken_back,
                 thread.ended_by_deletion)) {
    in.fail();
  }
  thread.brand = in.bytes();
  thread.channel = in.bytes();
  thread.url = in.bytes();
  const uint64_t channels = in.count();
  if (channels > Thread::kChannels) {
    in.fail();
  }
  for (uint64_t i = 0; i < channels && !in.failed(); ++i) {
    thread.channels.emplace_back(in.bytes());
  }
  thread.asker = thread.has_asker ? in.u64() : 0;
  thread.customer = thread.has_customer ? in.digest() : Digest{};
  thread.opening = layout == kLayout ? in.digest() : Digest{};
  for_each_time(thread, [&](EventTime& time) { time = read_time(in, from); });
  thread.response_business_ms = in.svarint();
  thread.sla_name = in.bytes();
  thread.sla_target_us = in.svarint();
  thread.seen = in.varint();
  for (int64_t& count : thread.messages) {
    count = in.svarint();
  }
  thread.reopen_count = read_u32(in);
  thread.revision = read_u32(in);
  read_words(in, Thread::kEarlyAuthors, thread.early_authors);
  read_words(in, Thread::kPeerAnswers, thread.peer_answers);
}

// The times that a phase stands on are there.
bool is_sound(const Thread& thread) {
  const bool asked = thread.deflection.stage != DeflectionStage::kNone;
  return thread.last_at != base::kNoTime && thread.csat <= 5 &&
         thread.was_opened() == (thread.opened_at != base::kNoTime) &&
         (thread.phase != Phase::kClosed || thread.closed_at != base::kNoTime) &&
         (thread.first_by != FirstBy::kPeer || thread.first_peer_at != base::kNoTime) &&
         (!asked || thread.deflection.accepted_at != base::kNoTime);
}

}  // namespace

void write_held(ByteWriter& out, const HeldMessage& held) {
  out.i64(held.at);
  out.digest(held.item);
  out.u8(static_cast<uint8_t>(held.type));
  out.u8(static_cast<uint8_t>(held.op));
  out.u8(static_cast<uint8_t>(held.visibility));
  out.u8(static_cast<uint8_t>(held.author_role));
  out.u8(static_cast<uint8_t>(held.severity));
  out.u8(static_cast<uint8_t>(held.status));
  out.varint(mask_of(held.has_author,
                     held.has_customer,
                     held.accepted_answer,
                     held.automatic,
                     held.root_unknown,
                     held.straggler,
                     held.csat != 0));
  if (held.csat != 0) {
    out.u8(held.csat);
  }
  if (held.has_author) {
    out.u64(held.author);
  }
  if (held.has_customer) {
    out.digest(held.customer);
  }
  out.bytes(held.brand);
  out.bytes(held.channel);
  out.bytes(held.url);
}

void read_held(ByteReader& in, HeldMessage& held) {
  held.at = in.time();
  held.item = in.digest();
  held.type = in.enumeration(model::ItemType::kControl);
  held.op = in.enumeration(model::Op::kMetrics);
  held.visibility = in.enumeration(model::Visibility::kInternalNote);
  held.author_role = in.enumeration(model::AuthorRole::kBot);
  held.severity = in.enumeration(model::Severity::kBlocker);
  held.status = in.enumeration(model::ConversationStatus::kReopened);
  bool has_csat = false;
  if (!read_mask(in.varint(),
                 held.has_author,
                 held.has_customer,
                 held.accepted_answer,
                 held.automatic,
                 held.root_unknown,
                 held.straggler,
                 has_csat)) {
    in.fail();
  }
  held.csat = has_csat ? in.u8() : 0;
  held.author = held.has_author ? in.u64() : 0;
  held.customer = held.has_customer ? in.digest() : Digest{};
  held.brand = in.bytes();
  held.channel = in.bytes();
  held.url = in.bytes();
}

HeldMessage held_of(const model::ConversationMessage& message) {
  const auto name = [](std::string_view text) {
    return std::string(text.substr(0, base::limits::kNameBytes));
  };
  HeldMessage held;
  held.at = std::clamp(message.at, base::kTimeBegin, base::kTimeEnd - 1);
  held.item = message.item;
  held.type = message.type;
  held.op = message.op;
  held.visibility = message.visibility;
  held.author_role = message.author_role;
  held.severity = message.severity;
  held.status = message.status;
  held.has_author = message.has_author;
  held.has_customer = message.has_customer;
  held.accepted_answer = message.accepted_answer;
  held.automatic = message.automatic;
  held.root_unknown = message.root_unknown;
  held.straggler = message.straggler;
  held.csat = message.csat <= 5 ? message.csat : 0;
  held.author = message.has_author ? message.author : 0;
  held.customer = message.has_customer ? message.customer : Digest{};
  held.brand = name(message.brand);
  held.channel = name(message.channel);
  // The link is for people to follow, so it has to be one of the web.
  const bool links =
      message.type == model::ItemType::kBugReport &&
      message.visibility == model::Visibility::kPublic && message.op == model::Op::kCreate &&
      message.url.size() <= base::limits::kIdBytes &&
      (message.url.substr(0, 8) == "https://" || message.url.substr(0, 7) == "http://");
  if (links) {
    held.url = message.url;
  }
  return held;
}

model::ConversationMessage message_of(const HeldMessage& held, const Digest& conversation) {
  model::ConversationMessage message;
  message.conversation = conversation;
  message.item = held.item;
  message.type = held.type;
  message.op = held.op;
  message.visibility = held.visibility;
  message.author_role = held.author_role;
  message.severity = held.severity;
  message.status = held.status;
  message.has_author = held.has_author;
  message.has_customer = held.has_customer;
  message.accepted_answer = held.accepted_answer;
  message.automatic = held.automatic;
  message.root_unknown = held.root_unknown;
  message.straggler = held.straggler;
  message.csat = held.csat;
  message.at = held.at;
  message.author = held.author;
  message.customer = held.customer;
  message.brand = held.brand;
  message.channel = held.channel;
  message.url = held.url;
  return message;
}

int64_t Thread::messages_total() const {
  int64_t total = 0;
  for (const int64_t count : messages) {
    total += count;
  }
  return total;
}

std::string ConversationRecord::encode() const {
  std::string value;
  ByteWriter out(value);
  out.u8(kLayout);
  out.i64(applied_at);
  out.digest(applied_item);
  out.u8(inexact);
  out.u8(risk_open ? 1 : 0);
  out.varint(alert_revision);
  out.u8(static_cast<uint8_t>(thread.phase));
  if (thread.phase != Phase::kBlank) {
    write_thread(out, thread, applied_at);
  }
  out.varint(waiting.size());
  for (const HeldMessage& held : waiting) {
    write_held(out, held);
  }
  return value;
}

bool ConversationRecord::decode(std::string_view value) {
  *this = {};
  ByteReader in(value);
  const uint8_t layout = in.u8();
  if (layout != kLayout && layout != kLayoutWithoutOpening) {
    return false;
  }
  applied_at = in.time();
  applied_item = in.digest();
  inexact = in.u8();
  const uint8_t flags = in.u8();
  risk_open = flags != 0;
  alert_revision = read_u32(in);
  thread.phase = in.enumeration(Phase::kClosed);
  if (thread.phase != Phase::kBlank) {
    read_thread(in, layout, thread, applied_at);
    if (in.failed() || !is_sound(thread)) {
      return false;
    }
  }
  const uint64_t count = in.count(kHeldBytesMin);
  if (flags > 1 || in.failed() || count > kWaitingMax) {
    return false;
  }
  for (uint64_t i = 0; i < count && !in.failed(); ++i) {
    read_held(in, waiting.emplace_back());
    if (i > 0 && waiting[i] < waiting[i - 1]) {
      return false;
    }
  }
  return !in.failed() && in.at_end();
}

}  // namespace kaiku::conversation
