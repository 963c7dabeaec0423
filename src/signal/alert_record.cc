#include "signal/alert_record.h"

#include <array>

#include "kaiku/base/hex.h"
#include "kaiku/base/json_writer.h"

namespace kaiku::signal {
namespace {

using base::EventTime;
using base::JsonWriter;

constexpr int kDefinitionVersion = 1;

constexpr std::array<std::string_view, kAlertKinds> kKinds = {"burst",
                                                              "weak_signal",
                                                              "volume_spike",
                                                              "sentiment_drop",
                                                              "impersonation",
                                                              "phishing_link",
                                                              "confidential_term",
                                                              "source_silent",
                                                              "pii_public",
                                                              "sla_risk",
                                                              "sla_breach"};
constexpr std::array<std::string_view, kSeverities> kSeverityNames = {
    "info", "warning", "critical"};
constexpr std::array<std::string_view, 4> kStates = {"open", "update", "resolved", "digest"};

std::string_view window_name(const Alert& alert) {
  if (alert.kind == AlertKind::kSourceSilent) {
    return "silence";
  }
  return alert.window_size == base::kDay    ? "day"
         : alert.window_size == base::kHour ? "hour"
                                            : "minute";
}

// A name of what the alert is about, however long or odd.
std::string alert_id(std::string_view brand, const Alert& alert) {
  static const base::HashKey kNames = base::HashKey::derived_from("kaiku.alert");
  const base::Digest digest = kNames.digest({name_of(alert.kind), brand, alert.subject});
  std::string id(name_of(alert.kind));
  id += '-';
  id += base::hex(digest);
  return id + '-' + std::to_string(alert.opened_at);
}

}  // namespace

std::string_view name_of(AlertKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

std::string_view name_of(Severity severity) {
  return kSeverityNames[static_cast<size_t>(severity)];
}

std::string evidence_json(const Evidence& evidence) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.field("count", evidence.count);
  const auto ratio = [&](const char* name, double value) {
    if (value >= 0) {
      json.key(name).ratio(value);
    }
  };
  ratio("expected", evidence.expected);
  ratio("p_value", evidence.p_value);
  ratio("q_value", evidence.q_value);
  if (evidence.unique_authors >= 0) {
    json.field("unique_authors", evidence.unique_authors);
    json.field("more_authors", evidence.more_authors);
  }
  if (evidence.net_sentiment <= 1) {
    json.key("net_sentiment").ratio(evidence.net_sentiment);
    json.key("usual_sentiment").ratio(evidence.usual_sentiment);
    json.key("z").ratio(evidence.z);
  }
  if (!evidence.host_is.empty()) {
    json.field("host_is", evidence.host_is);
  }
  json.end_object();
  return text;
}

std::string silence_json(const SourceWatch& watch, int64_t expect_every) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.field("count", 0);
  json.field("source_state", name_of(SourceState::kSilent));
  json.field("connector", watch.used_to_beat(expect_every) ? "dead" : "unknown");
  const auto time = [&json](const char* name, base::EventTime at) {
    if (at > base::kTimeBegin) {
      json.field(name, base::format_micros(at));
    }
  };
  time("last_item_at", watch.voice.item);
  time("last_sign_at", watch.voice.sign);
  time("watched_since", watch.voice.since);
  json.field("expect_every_seconds", expect_every / base::kSecond);
  json.end_object();
  return text;
}

namespace {

// The evidence, and public items that show it.
std::string evidence_of(const Alert& alert) {
  if (alert.samples.empty() || alert.evidence.empty() || alert.evidence.back() != '}') {
    return alert.evidence;
  }
  std::string samples;
  JsonWriter json(samples);
  json.begin_array();
  for (const SampleRef& sample : alert.samples) {
    json.string(sample.url);
  }
  json.end_array();
  return alert.evidence.substr(0, alert.evidence.size() - 1) + ",\"sample_refs\":" + samples + "}";
}

}  // namespace

OpenAlert open_alert_of(std::string_view brand, const Alert& alert) {
  OpenAlert open;
  open.id = alert_id(brand, alert);
  open.kind = alert.kind;
  open.severity = alert.severity;
  open.brand = brand;
  open.subject = alert.subject;
  open.opened_at = alert.opened_at;
  open.window = window_name(alert);
  open.window_start = alert.window_start;
  open.window_end = alert.window_start + alert.window_size;
  open.count = alert.count;
  open.exact = alert.exact;
  open.evidence = evidence_of(alert);
  return open;
}

std::string digest_json(const Alert& alert) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("subject");
  alert.subject.empty() ? json.null() : json.string(alert.subject);
  json.field("opened_at", base::format_micros(alert.opened_at));
  json.key("evidence").raw(alert.evidence);
  json.end_object();
  return text;
}

AlertRecord record_of(std::string_view brand, const Alert& alert, RecordState state) {
  AlertRecord record;
  record.state = state;
  record.number = alert.number;
  const std::string id = alert_id(brand, alert);
  JsonWriter key(record.key);
  key.begin_object().field("alert_id", id).end_object();
  JsonWriter json(record.value);
  json.begin_object();
  json.field("record_type", "signal");
  json.field("alert_id", id);
  json.field("kind", name_of(alert.kind));
  json.field("state", kStates[static_cast<size_t>(state)]);
  json.field("severity", name_of(alert.severity));
  json.key("brand");
  brand.empty() ? json.null() : json.string(brand);
  json.key("subject");
  alert.subject.empty() ? json.null() : json.string(alert.subject);
  json.field("window", window_name(alert));
  json.field("window_start", base::format_seconds(alert.window_start));
  json.field("window_end", base::format_seconds(alert.window_start + alert.window_size));
  json.field("opened_at", base::format_micros(alert.opened_at));
  json.field("updated_at", base::format_micros(alert.told_at));
  json.field("count", alert.count);
  json.key("evidence").raw(evidence_of(alert));
  json.field("exact", alert.exact);
  json.field("definition_version", kDefinitionVersion);
  json.end_object();
  return record;
}

}  // namespace kaiku::signal
