#include "conversation/outcome_record.h"

#include "kaiku/base/hex.h"
#include "kaiku/base/json_writer.h"

namespace kaiku::conversation {
namespace {

using aggregate::CloseReason;
using aggregate::Speaker;
using base::Digest;
using base::EventTime;
using base::JsonWriter;

constexpr int kDefinitionVersion = 1;

void write_time(JsonWriter& json, std::string_view name, EventTime time) {
  json.key(name);
  if (time == base::kNoTime) {
    json.null();
  } else {
    json.string(base::format_micros(time));
  }
}

void write_text(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  if (text.empty()) {
    json.null();
  } else {
    json.string(text);
  }
}

// Exact: whole seconds, or with three decimals.
void write_seconds(JsonWriter& json, std::string_view name, bool has, int64_t milliseconds) {
  json.key(name);
  if (!has) {
    json.null();
    return;
  }
  std::string text = std::to_string(milliseconds / 1'000);
  const int64_t rest = milliseconds % 1'000;
  if (rest > 0) {
    const std::string decimals = std::to_string(rest);
    text += '.';
    text.append(3 - decimals.size(), '0');
    text += decimals;
  }
  json.raw(text);
}

void write_between(JsonWriter& json, std::string_view name, EventTime from, EventTime to) {
  const bool has = from != base::kNoTime && to != base::kNoTime && to >= from;
  write_seconds(json, name, has, has ? (to - from) / base::kMillisecond : 0);
}

enum class Known : uint8_t { kNo, kYes, kOpen };

void write_known(JsonWriter& json, std::string_view name, Known known) {
  json.key(name);
  if (known == Known::kOpen) {
    json.null();
  } else {
    json.boolean(known == Known::kYes);
  }
}

// In time or not is known once the brand has answered, else at the deadline.
Known sla_met(const Thread& thread) {
  if (thread.verdict == Verdict::kBreached) {
    return Known::kNo;
  }
  if (thread.verdict == Verdict::kMet) {
    return Known::kYes;
  }
  const bool in_time = thread.deadline != base::kNoTime && thread.first_brand_at != base::kNoTime &&
                       thread.first_brand_at <= thread.deadline;
  return in_time && thread.verdict == Verdict::kNone ? Known::kYes : Known::kOpen;
}

Known deflected(const Thread& thread) {
  const Deflection& deflection = thread.deflection;
  switch (deflection.stage) {
    case DeflectionStage::kAsked:
    case DeflectionStage::kWaiting:
      return Known::kOpen;
    case DeflectionStage::kDecided:
      if (deflection.by_answer && deflection.heard == Heard::kUnknown) {
        return Known::kOpen;
      }
      return deflection.is_deflected() ? Known::kYes : Known::kNo;
    case DeflectionStage::kNone:
      break;
  }
  // Accepted, but nobody knows whose question it was.
  return thread.peer_accepted && !thread.brand_spoke ? Known::kOpen : Known::kNo;
}

std::string_view answered_by(const Thread& thread) {
  switch (thread.first_by) {
    case FirstBy::kBrand:
      return "brand";
    case FirstBy::kPeer:
      return "peer";
    case FirstBy::kNobody:
      break;
  }
  return thread.bot_answered ? "bot" : "none";
}

std::string_view name_of(CloseReason reason) {
  switch (reason) {
    case CloseReason::kStatus:
      return "status";
    case CloseReason::kAccepted:
      return "accepted";
    case CloseReason::kInactivity:
      return "inactivity";
    case CloseReason::kTtl:
      return "ttl";
  }
  return "";
}

std::string alert_id(AlertKind kind, const Digest& conversation, const Thread& thread) {
  return std::string(name_of(kind)) + "-" + base::hex(conversation) + "-" +
         std::to_string(thread.opened_at);
}

int64_t spoken(const Thread& thread, Speaker speaker) {
  return thread.messages[static_cast<size_t>(speaker)];
}

void write_head(JsonWriter& json, const Digest& conversation, const Thread& thread) {
  json.field("record_type", "conversation_outcome");
  json.field("conversation_id", base::hex(conversation));
  json.field("brand", thread.brand);
  json.field("channel_first", thread.channel);
  json.key("channels").begin_array();
  for (const std::string& channel : thread.channels) {
    json.string(channel);
  }
  json.end_array();
  json.field("type", model::name_of(thread.type));
  json.field("visibility", model::name_of(thread.visibility));
  write_text(json, "severity", model::name_of(thread.severity));
}

void write_times(JsonWriter& json, const Thread& thread) {
  write_time(json, "opened_at", thread.opened_at);
  write_time(json, "first_peer_at", thread.first_peer_at);
  write_time(json, "first_brand_at", thread.first_brand_at);
  write_between(json, "first_response_seconds", thread.opened_at, thread.first_brand_at);
  write_seconds(json,
                "first_response_business_seconds",
                thread.first_brand_at != base::kNoTime,
                thread.response_business_ms);
  write_time(json, "resolved_at", thread.resolved_at);
  write_between(json, "time_to_resolution_seconds", thread.opened_at, thread.resolved_at);
}

}  // namespace

std::string_view name_of(AlertKind kind) {
  return kind == AlertKind::kSlaRisk ? "sla_risk" : "sla_breach";
}

std::string outcome_key(const Digest& conversation, const Thread& thread) {
  std::string key;
  JsonWriter json(key);
  json.begin_object();
  json.field("conversation_id", base::hex(conversation));
  write_time(json, "opened_at", thread.opened_at);
  json.end_object();
  return key;
}

std::string outcome_value(const Digest& conversation, const Thread& thread) {
  std::string value;
  JsonWriter json(value);
  json.begin_object();
  write_head(json, conversation, thread);
  write_times(json, thread);
  json.field("reopen_count", thread.reopen_count);
  json.field("messages_total", thread.messages_total());
  json.field("messages_customer", spoken(thread, Speaker::kCustomer));
  json.field("messages_brand", spoken(thread, Speaker::kBrand));
  json.field("messages_peer", spoken(thread, Speaker::kPeer));
  json.field("answered_by", answered_by(thread));
  const Known is_deflected = deflected(thread);
  write_known(json, "deflected", is_deflected);
  write_text(json, "sla_policy", thread.sla_name);
  write_seconds(json,
                "sla_target_seconds",
                thread.deadline != base::kNoTime,
                thread.sla_target_us / base::kMillisecond);
  write_known(json, "sla_met", sla_met(thread));
  json.field("close_reason", thread.ended_by_deletion ? "deleted" : name_of(thread.close_reason));
  json.field("opening_deleted", thread.is_taken_back);
  json.key("csat");
  if (thread.csat == 0) {
    json.null();
  } else {
    json.number(static_cast<int>(thread.csat));
  }
  json.field("value_basis", is_deflected == Known::kYes ? "avoided" : "none");
  json.field("definition_version", kDefinitionVersion);
  json.end_object();
  return value;
}

std::string alert_key(AlertKind kind, const Digest& conversation, const Thread& thread) {
  std::string key;
  JsonWriter json(key);
  json.begin_object();
  json.field("alert_id", alert_id(kind, conversation, thread));
  json.end_object();
  return key;
}

std::string alert_value(AlertKind kind,
                        bool resolved,
                        const Digest& conversation,
                        const Thread& thread,
                        EventTime updated_at) {
  std::string value;
  JsonWriter json(value);
  json.begin_object();
  json.field("record_type", "alert");
  json.field("alert_id", alert_id(kind, conversation, thread));
  json.field("kind", name_of(kind));
  json.field("state", resolved ? "resolved" : "open");
  write_text(json, "severity", model::name_of(thread.severity));
  json.field("brand", thread.brand);
  json.field("channel", thread.channel);
  json.field("type", model::name_of(thread.type));
  json.field("conversation_id", base::hex(conversation));
  // The alert's own opening: the deadline that passed.
  write_time(json, "opened_at", thread.deadline);
  write_time(json, "updated_at", updated_at);
  write_time(json, "asked_at", thread.opened_at);
  write_text(json, "sla_policy", thread.sla_name);
  write_seconds(json, "sla_target_seconds", true, thread.sla_target_us / base::kMillisecond);
  write_text(json, "url", thread.url);
  json.field("definition_version", kDefinitionVersion);
  json.end_object();
  return value;
}

}  // namespace kaiku::conversation
