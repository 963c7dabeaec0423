#include "signal/deadline_row.h"

#include "kaiku/base/hex.h"
#include "kaiku/base/json_writer.h"
#include "kaiku/signal/deadline_desk.h"

#include "signal/alert_row.h"

namespace kaiku::signal {

using base::ByteReader;
using base::ByteWriter;

void DeadlineRow::encode(ByteWriter& out) const {
  out.u8(static_cast<uint8_t>(state));
  out.i64(deadline);
  out.i64(hour);
  out.bytes(key);
  out.varint(news.size());
  for (const DeadlineNews& one : news) {
    out.u8(static_cast<uint8_t>(one.state));
    out.u32(one.revision);
    out.bytes(one.channel);
    out.bytes(one.sla_policy);
    out.bytes(one.url);
    out.bytes(one.value);
  }
}

bool DeadlineRow::decode(ByteReader& in) {
  state = in.enumeration(State::kNamed);
  deadline = in.time();
  hour = in.i64();
  key = in.bytes();
  const uint64_t count = in.count();
  if (count > kNewsKept || (count == 0) != (state != State::kWaiting)) {
    return false;
  }
  news.resize(count);
  for (DeadlineNews& one : news) {
    one.state = in.enumeration(model::DeadlineState::kEnded);
    one.revision = in.u32();
    one.channel = in.bytes();
    one.sla_policy = in.bytes();
    one.url = in.bytes();
    one.value = in.bytes();
  }
  return !in.failed();
}

DeadlineName name_of(const model::DeadlineMessage& message) {
  return {std::string(message.brand), message.asked_at, message.kind, message.conversation};
}

DeadlineNews news_of(const model::DeadlineMessage& message) {
  DeadlineNews news;
  news.state = message.state;
  news.revision = message.revision;
  news.channel = message.channel;
  news.sla_policy = message.sla_policy;
  news.url = message.url;
  news.value = message.value;
  return news;
}

model::DeadlineMessage message_of(const DeadlineName& name,
                                  const DeadlineRow& row,
                                  const DeadlineNews& news) {
  model::DeadlineMessage message;
  message.kind = name.kind;
  message.state = news.state;
  message.conversation = name.conversation;
  message.asked_at = name.asked_at;
  message.deadline = row.deadline;
  message.revision = news.revision;
  message.brand = name.brand;
  message.channel = news.channel;
  message.sla_policy = news.sla_policy;
  message.url = news.url;
  message.key = row.key;
  message.value = news.value;
  return message;
}

std::string row_key(const DeadlineName& name) {
  std::string key = alert_row_key(AlertRow::kDeadline, name.brand);
  ByteWriter out(key);
  out.i64(name.asked_at);
  out.u8(static_cast<uint8_t>(name.kind));
  out.digest(name.conversation);
  return key;
}

bool read_name(std::string_view brand, ByteReader& rest, DeadlineName& name) {
  name.brand = brand;
  name.asked_at = rest.time();
  name.kind = rest.enumeration(model::DeadlineKind::kBreach);
  name.conversation = rest.digest();
  return !rest.failed() && rest.at_end();
}

std::string shown_in_digest(const DeadlineName& name,
                            base::EventTime deadline,
                            const DeadlineNews& news) {
  std::string shown;
  base::JsonWriter json(shown);
  json.begin_object();
  json.field("conversation_id", base::hex(name.conversation));
  json.field("opened_at", base::format_micros(deadline));
  json.field("asked_at", base::format_micros(name.asked_at));
  json.field("channel", news.channel);
  json.key("sla_policy");
  news.sla_policy.empty() ? json.null() : json.string(news.sla_policy);
  json.key("url");
  news.url.empty() ? json.null() : json.string(news.url);
  json.end_object();
  return shown;
}

}  // namespace kaiku::signal
