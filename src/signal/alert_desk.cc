#include "signal/alert_desk.h"

#include <algorithm>
#include <set>
#include <utility>

#include "signal/alert_record.h"

namespace kaiku::signal {
namespace {

using base::EventTime;
using state::TableId;

// A risk is over after a day without another case.
constexpr int64_t kRiskOver = base::kDay;

void note(Alert& alert, const Finding& finding, const Due& window) {
  alert.updated_at = window.end;
  alert.window_start = window.end - size_of(window.size);
  alert.window_size = size_of(window.size);
  alert.count = plus(alert.count, finding.count);
  alert.evidence = finding.evidence;
  alert.exact = alert.exact && finding.exact;
  alert.quiet = 0;
  for (const SampleRef& sample : finding.samples) {
    const bool is_known =
        std::any_of(alert.samples.begin(), alert.samples.end(), [&](const SampleRef& known) {
          return known.item == sample.item;
        });
    if (!is_known && alert.samples.size() < kSampleRefs) {
      alert.samples.push_back(sample);
    }
  }
}

}  // namespace

void AlertDesk::tell(std::string_view name,
                     Alert& alert,
                     RecordState state,
                     const AlertSink& sink) {
  alert.told_count = alert.count;
  if (!alert.told) {
    return;
  }
  sink(record_of(name, alert, state));
  ++alert.number;
}

void AlertDesk::store(std::string_view name, const Alert& alert) {
  std::string value;
  encode_alert(alert, value);
  tables_.put(TableId::kSignals, alert_key(name, alert.kind, alert.subject), std::move(value));
}

void AlertDesk::refresh(std::string_view name,
                        Alert& alert,
                        const Finding& finding,
                        const Due& window,
                        const AlertSink& sink) {
  note(alert, finding, window);
  const bool is_graver = finding.severity > alert.severity;
  alert.severity = std::max(alert.severity, finding.severity);
  if (is_graver && !alert.told) {
    alert.told = may_tell(name, alert);
    alert.told_at = window.end;
    tell(name, alert, RecordState::kOpen, sink);
  } else if (is_graver || window.end - alert.told_at >= kTellEvery) {
    alert.told_at = window.end;
    tell(name, alert, RecordState::kUpdate, sink);
  }
  store(name, alert);
}

bool AlertDesk::may_tell(std::string_view name, const Alert& alert) {
  const bool is_hint = alert.severity == Severity::kInfo;
  const bool is_told =
      !is_hint && budget_.spend(Budgeted::kFindings, name, alert.window_start, alert.severity);
  if (is_told || is_hint) {
    ++opened_[{std::string(name), alert.kind, alert.severity}];
  }
  if (!is_told) {
    DigestEntry entry;
    entry.kind = alert.kind;
    entry.severity = alert.severity;
    entry.id = alert.subject;
    const std::string shown = digest_json(alert);
    entry.shown = shown;
    // In the hour of its window, though that ends with the next one.
    (void)budget_.add(name, alert.opened_at - 1, entry);
  }
  return is_told;
}

void AlertDesk::open(std::string_view name,
                     Brand& brand,
                     const Finding& finding,
                     const Due& window,
                     const AlertSink& sink) {
  Alert alert;
  alert.kind = finding.kind;
  alert.severity = finding.severity;
  alert.subject = finding.subject;
  alert.opened_at = window.end;
  alert.told_at = window.end;
  note(alert, finding, window);
  alert.told = may_tell(name, alert);
  tell(name, alert, RecordState::kOpen, sink);
  store(name, alert);
  brand.alerts[{alert.kind, alert.subject}] = std::move(alert);
}

bool AlertDesk::stays(
    std::string_view name, Alert& alert, bool is_met, const Due& window, const AlertSink& sink) {
  const bool is_risk = size_of_kind(alert.kind) == Due::Size::kMinute;
  const bool is_calm = !is_risk && !is_met && size_of_kind(alert.kind) == window.size;
  alert.quiet = static_cast<uint8_t>(alert.quiet + (is_calm ? 1 : 0));
  const bool is_hour = window.size == Due::Size::kHour;
  const bool is_over = is_risk ? is_hour && window.end - alert.updated_at >= kRiskOver
                               : is_calm && alert.quiet >= kQuietWindows;
  if (is_over) {
    return false;
  }
  // Cases that came too soon after the last record are told at the end of the hour.
  const bool has_more =
      is_hour && alert.told_count != alert.count && window.end - alert.told_at >= kTellEvery;
  if (has_more) {
    alert.told_at = window.end;
    tell(name, alert, RecordState::kUpdate, sink);
  }
  if (has_more || is_calm) {
    store(name, alert);
  }
  return true;
}

void AlertDesk::settle(std::string_view name,
                       Brand& brand,
                       std::vector<Finding>& findings,
                       const Due& window,
                       const AlertSink& sink) {
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(b.severity, a.p_value, a.kind, a.subject) <
           std::tie(a.severity, b.p_value, b.kind, b.subject);
  });
  std::set<std::pair<AlertKind, std::string>> met;
  for (const Finding& finding : findings) {
    const auto key = std::pair(finding.kind, finding.subject);
    if (const auto found = brand.alerts.find(key); found != brand.alerts.end()) {
      refresh(name, found->second, finding, window, sink);
      met.insert(key);
    } else if (finding.opens) {
      open(name, brand, finding, window, sink);
      met.insert(key);
    }
  }
  for (auto at = brand.alerts.begin(); at != brand.alerts.end();) {
    Alert& alert = at->second;
    if (stays(name, alert, met.contains(at->first), window, sink)) {
      ++at;
      continue;
    }
    alert.told_at = window.end;
    tell(name, alert, RecordState::kResolved, sink);
    tables_.erase(TableId::kSignals, alert_key(name, alert.kind, alert.subject));
    at = brand.alerts.erase(at);
  }
}

void AlertDesk::forget_samples(std::string_view name,
                               Brand& brand,
                               const std::function<bool(const SampleRef&)>& is_gone) {
  for (auto& [key, alert] : brand.alerts) {
    if (std::erase_if(alert.samples, is_gone) != 0) {
      store(name, alert);
    }
  }
}

bool AlertDesk::is_silent(std::string_view source, const SourceWatch& watch) const {
  const auto every = plan_.expect_every.find(source);
  return every != plan_.expect_every.end() && watch.is_silent(every->second);
}

void AlertDesk::tell_silence(Brand& nobody,
                             std::string_view source,
                             const SourceWatch& watch,
                             const AlertSink& sink) {
  const EventTime last = watch.last_sign();
  const auto found = nobody.alerts.find({AlertKind::kSourceSilent, std::string(source)});
  if (found != nobody.alerts.end()) {
    Alert& alert = found->second;
    alert.told_at = std::max(last, alert.opened_at);
    tell(kNoBrand, alert, RecordState::kResolved, sink);
    tables_.erase(TableId::kSignals, alert_key(kNoBrand, alert.kind, alert.subject));
    nobody.alerts.erase(found);
    return;
  }
  const int64_t every = plan_.expect_every.find(source)->second;
  Alert alert;
  alert.kind = AlertKind::kSourceSilent;
  alert.severity = Severity::kWarning;
  alert.subject = source;
  alert.window_start = last;
  alert.window_size = every;
  alert.opened_at = alert.told_at = alert.updated_at = last + every;
  alert.count = 1;
  alert.told = true;
  alert.evidence = silence_json(watch, every);
  ++opened_[{std::string(kNoBrand), alert.kind, alert.severity}];
  tell(kNoBrand, alert, RecordState::kOpen, sink);
  store(kNoBrand, alert);
  nobody.alerts[{alert.kind, alert.subject}] = std::move(alert);
}

}  // namespace kaiku::signal
