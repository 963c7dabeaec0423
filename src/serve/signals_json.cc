#include "signals_json.h"

#include <map>
#include <string_view>

#include "json_fields.h"

namespace kaiku::serve {
namespace {

using base::JsonWriter;
using Counts = std::map<std::string_view, uint64_t>;

void write_signal(JsonWriter& json, const SignalView& alert) {
  json.begin_object().field("alert_id", alert.id).field("kind", alert.kind);
  json.field("severity", alert.severity);
  text_field(json, "brand", alert.brand);
  text_field(json, "subject", alert.subject);
  time_field(json, "opened_at", alert.opened_at, false);
  json.field("window", alert.window);
  time_field(json, "window_start", alert.window_start, true);
  time_field(json, "window_end", alert.window_end, true);
  json.field("count", alert.count).key("evidence");
  if (alert.evidence.empty()) {
    json.null();
  } else {
    json.raw(alert.evidence);
  }
  json.field("exact", alert.exact).end_object();
}

}  // namespace

void write_signals(JsonWriter& json, const Snapshot& snapshot) {
  uint64_t open = 0;
  Counts kinds;
  Counts severities;
  for (const SignalCountView& count : snapshot.signals) {
    if (count.open > 0) {
      open += count.open;
      kinds[count.kind] += count.open;
      severities[count.severity] += count.open;
    }
  }
  json.key("signals").begin_object().field("followed", snapshot.follows_signals);
  json.field("open", open);
  counts_field(json, "by_kind", kinds);
  counts_field(json, "by_severity", severities);
  json.key("newest").begin_array();
  for (const SignalView& alert : snapshot.open_signals) {
    write_signal(json, alert);
  }
  json.end_array().end_object();
}

}  // namespace kaiku::serve
