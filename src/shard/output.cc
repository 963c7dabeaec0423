#include "kaiku/shard/output.h"

#include <array>
#include <utility>

#include "kaiku/base/hex.h"
#include "kaiku/base/json_writer.h"
#include "kaiku/base/limits.h"

namespace kaiku::shard {
namespace {

std::string text(base::EventTime time) {
  return time == base::kNoTime ? std::string() : base::format_micros(time);
}

void add_cloud_event(log::Append& record,
                     const Plan& plan,
                     std::string id,
                     std::string_view type,
                     std::string_view content_type) {
  record.headers.push_back({"ce_specversion", "1.0"});
  record.headers.push_back({"ce_id", std::move(id)});
  record.headers.push_back({"ce_source", "kaiku/" + plan.name});
  record.headers.push_back({"ce_type", std::string(type)});
  record.headers.push_back({"content-type", std::string(content_type)});
}

std::string coordinates_key(const Coordinates& from) {
  std::string key(from.topic);
  key += '-';
  key += std::to_string(from.at.number);
  key += '-';
  key += std::to_string(from.offset);
  if (from.item != 0) {
    key += '-';
    key += std::to_string(from.item);
  }
  return key;
}

log::TopicId topic_of(const Plan& plan, const board::Published& published) {
  if (published.dataset != board::Dataset::kActivity) {
    return plan.outputs.kpi;
  }
  for (size_t i = 0; i < plan.board->windows.size(); ++i) {
    if (plan.board->windows[i].name() == published.window) {
      return plan.outputs.activity.at(i);
    }
  }
  return plan.outputs.kpi;
}

}  // namespace

log::Append published_record(const Plan& plan,
                             board::Published published,
                             uint32_t shard,
                             uint64_t epoch) {
  static constexpr std::array<std::string_view, 3> kTypes = {
      "io.kaiku.activity.v1", "io.kaiku.kpi.v1", "io.kaiku.closed.v1"};
  log::Append record;
  record.to = {topic_of(plan, published), -1};
  record.key = std::move(published.key);
  record.value = std::move(published.value);
  std::string identity = plan.name;
  base::ByteWriter id(identity);
  id.bytes(record.key);
  id.u8(static_cast<uint8_t>(published.dataset));
  id.u8(static_cast<uint8_t>(published.kind));
  id.varint(published.revision);
  if (published.kind == board::Kind::kEarly || published.dataset == board::Dataset::kClosed) {
    id.varint(shard);
    id.varint(epoch);
  }
  add_cloud_event(record,
                  plan,
                  base::hex(plan.key.digest(identity)),
                  kTypes[static_cast<size_t>(published.dataset)],
                  "application/json");
  return record;
}

log::Append conversation_record(const Plan& plan, const conversation::OutcomeRecord& outcome) {
  const bool is_alert = outcome.dataset == conversation::Dataset::kAlert;
  log::Append record;
  record.to = {is_alert ? plan.outputs.alerts : plan.outputs.outcomes, -1};
  record.key = outcome.key;
  record.value = outcome.value;
  record.has_value = outcome.kind != conversation::RecordKind::kWithdrawn;
  std::string identity = plan.name;
  base::ByteWriter id(identity);
  id.bytes(outcome.key);
  id.u8(static_cast<uint8_t>(board::kDatasets + static_cast<size_t>(outcome.dataset)));
  id.u8(static_cast<uint8_t>(outcome.kind));
  id.varint(outcome.revision);
  add_cloud_event(record,
                  plan,
                  base::hex(plan.key.digest(identity)),
                  is_alert ? "io.kaiku.alert.v1" : "io.kaiku.conversation_outcome.v1",
                  "application/json");
  return record;
}

log::Append deadline_record(const Plan& plan, const model::DeadlineMessage& message) {
  conversation::OutcomeRecord record;
  record.dataset = conversation::Dataset::kAlert;
  record.kind = message.state == model::DeadlineState::kOpen ? conversation::RecordKind::kOpen
                : message.state == model::DeadlineState::kResolved
                    ? conversation::RecordKind::kResolved
                    : conversation::RecordKind::kWithdrawn;
  record.revision = message.revision;
  record.key = message.key;
  record.value = message.value;
  return conversation_record(plan, record);
}

log::Append erasure_record(const Plan& plan,
                           const base::Digest& request,
                           std::string_view id,
                           std::string value) {
  log::Append record;
  record.to = {plan.outputs.erasures, -1};
  base::JsonWriter json(record.key);
  json.begin_object();
  json.field("request_id", id);
  json.end_object();
  record.value = std::move(value);
  add_cloud_event(
      record, plan, base::hex(request), "io.kaiku.erasure_receipt.v1", "application/json");
  return record;
}

log::Append signal_record(const Plan& plan, const signal::AlertRecord& alert) {
  // Beside the kinds of conversation_record().
  constexpr uint8_t kSignalDataset = 16;
  log::Append record;
  record.to = {plan.outputs.alerts, -1};
  record.key = alert.key;
  record.value = alert.value;
  std::string identity = plan.name;
  base::ByteWriter id(identity);
  id.bytes(alert.key);
  id.u8(kSignalDataset);
  id.u8(static_cast<uint8_t>(alert.state));
  id.varint(alert.number);
  add_cloud_event(record,
                  plan,
                  base::hex(plan.key.digest(identity)),
                  alert.state == signal::RecordState::kDigest ? "io.kaiku.signal_digest.v2"
                                                              : "io.kaiku.signal.v1",
                  "application/json");
  return record;
}

log::Append dead_letter_record(const Plan& plan,
                               const Coordinates& from,
                               const parse::Reject& reject,
                               std::string_view bytes,
                               bool with_bytes) {
  log::Append record;
  record.to = {plan.outputs.dead_letters, -1};
  record.key = coordinates_key(from);
  const std::string hash = base::hex(plan.key.digest(bytes));
  if (with_bytes) {
    record.value = std::string(bytes.substr(0, base::limits::kDeadLetterBytes));
  }
  add_cloud_event(record, plan, record.key, "io.kaiku.dead_letter.v1", "application/octet-stream");
  const auto add = [&](const char* name, std::string_view value) {
    record.headers.push_back({name, std::string(value)});
  };
  add("kaiku-error-class", model::name_of(reject.error));
  add("kaiku-error-code", reject.code);
  add("kaiku-field", reject.field);
  add("kaiku-message", reject.message);
  add("kaiku-source", from.source);
  add("kaiku-topic", from.topic);
  add("kaiku-partition", std::to_string(from.at.number));
  add("kaiku-offset", std::to_string(from.offset));
  add("kaiku-timestamp", text(from.timestamp));
  add("kaiku-item", std::to_string(from.item));
  add("kaiku-payload-digest", hash);
  add("kaiku-payload-size", std::to_string(bytes.size()));
  return record;
}

log::Append late_record(const Plan& plan, const Coordinates& from, const LateItem& item) {
  log::Append record;
  record.to = {plan.outputs.late, -1};
  record.key = coordinates_key(from);
  // Of a restricted channel nobody gets to know which item it was; who has it can tell.
  const bool is_restricted = plan.privacy.is_restricted(item.channel_id);
  const auto told = [&](std::string_view id) {
    return is_restricted && !id.empty() ? base::hex(plan.key.digest(id)) : std::string(id);
  };
  base::JsonWriter json(record.value);
  json.begin_object()
      .field("schema", "kaiku.late.v1")
      .field("pipeline", plan.name)
      .field("source", from.source)
      .field("topic", from.topic)
      .field("partition", from.at.number)
      .field("offset", from.offset)
      .field("timestamp", text(from.timestamp))
      .field("event_id", told(item.event_id))
      .field("native_id", told(item.native_id))
      .field("type", item.type)
      .field("channel", item.channel)
      .field("occurred_at", text(item.occurred_at))
      .field("operation_at", text(item.operation_at))
      .field("watermark", text(item.watermark))
      .field("late_by_us", item.watermark - plan.time.lateness_us - item.operation_at)
      .end_object();
  add_cloud_event(record, plan, record.key, "io.kaiku.late.v1", "application/json");
  return record;
}

log::Append item_record(const Plan& plan, const model::ItemMessage& message) {
  log::Append record;
  record.to = {plan.outputs.items, -1};
  record.key = base::hex(message.item);
  base::JsonWriter json(record.value);
  json.begin_object()
      .field("schema", "kaiku.item.v1")
      .field("pipeline", plan.name)
      .field("item", record.key)
      .field("source", message.source)
      .field("type", model::name_of(message.type))
      .field("channel", message.channel)
      .key("brands")
      .begin_array();
  for (size_t i = 0; i < message.brand_count; ++i) {
    if (!exchange::is_aside(message.brands[i])) {
      json.string(message.brands[i]);
    }
  }
  json.end_array()
      .field("occurred_at", text(message.occurred_at))
      .field("relation", model::name_of(message.relation))
      .field("visibility", model::name_of(message.visibility))
      .field("author_role", model::name_of(message.author_role));
  if (message.has_author) {
    json.field("author", base::hex(message.author));
  }
  if (message.followers != model::kAbsent) {
    json.field("followers", message.followers);
  }
  if (message.sentiment != model::Sentiment::kNone) {
    json.field("sentiment", model::name_of(message.sentiment));
  }
  json.end_object();
  add_cloud_event(record, plan, record.key, "io.kaiku.item.v1", "application/json");
  return record;
}

}  // namespace kaiku::shard
