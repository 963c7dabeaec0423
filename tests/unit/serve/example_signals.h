// Alerts of signals, one of each kind.
#pragma once

#include <cstdint>
#include <string>

#include "kaiku/serve/snapshot.h"

namespace kaiku::tests {

inline void add_signal(serve::Snapshot& snapshot,
                       const std::string& kind,
                       const std::string& severity,
                       const std::string& brand,
                       const std::string& subject,
                       base::EventTime opened_at,
                       const std::string& window,
                       int64_t count,
                       const std::string& evidence) {
  serve::SignalView alert;
  alert.id = kind + "-0123456789abcdef-1";
  alert.kind = kind;
  alert.severity = severity;
  alert.brand = brand;
  alert.subject = subject;
  alert.opened_at = opened_at;
  alert.window = window;
  const int64_t size = window == "day"      ? base::kDay
                       : window == "hour"   ? base::kHour
                       : window == "minute" ? base::kMinute
                                            : 10 * base::kMinute;
  alert.window_end = opened_at;
  alert.window_start = opened_at - size;
  alert.count = count;
  alert.evidence = evidence;
  snapshot.open_signals.push_back(alert);
}

// 09:42; the last hour that was looked at ended at 09:00.
inline void add_example_signals(serve::Snapshot& snapshot, base::EventTime hour) {
  const auto add = [&](const char* kind,
                       const char* severity,
                       const char* brand,
                       const char* subject,
                       base::EventTime opened_at,
                       const char* window,
                       int64_t count,
                       const char* evidence) {
    add_signal(snapshot, kind, severity, brand, subject, opened_at, window, count, evidence);
  };
  using base::kHour;
  using base::kMinute;
  snapshot.follows_signals = true;
  add("phishing_link",
      "critical",
      "kirkas",
      "kirkas-tuki.example",
      hour + 31 * kMinute,
      "minute",
      20,
      R"({"count":4,"unique_authors":3,"more_authors":false})");
  add("burst",
      "warning",
      "kirkas",
      "#lasi",
      hour,
      "hour",
      42,
      R"({"count":42,"expected":3.08,"p_value":1.2e-20,"q_value":3e-18,"unique_authors":16,)"
      R"("more_authors":true,"sample_refs":["https://social.example/p/1","https://forum.example/t/2"]})");
  add("volume_spike",
      "warning",
      "aurinko",
      "",
      hour,
      "hour",
      1'606,
      R"({"count":1606,"expected":402,"p_value":1e-30})");
  add("sentiment_drop",
      "warning",
      "kirkas",
      "",
      hour - kHour,
      "hour",
      45,
      R"({"count":45,"net_sentiment":-0.311111,"usual_sentiment":0.12,"z":-5.2})");
  add("source_silent",
      "warning",
      "",
      "support",
      hour - 2 * kHour,
      "silence",
      1,
      R"({"count":0,"source_state":"silent","connector":"unknown",)"
      R"("last_item_at":"2026-03-03T06:50:00.000000Z","expect_every_seconds":600})");
  add("weak_signal",
      "info",
      "lumi",
      "pullo",
      hour - 9 * kHour,
      "day",
      9,
      R"({"count":9,"expected":0.01,"p_value":1e-9,"q_value":1e-7,"unique_authors":6,)"
      R"("more_authors":false})");
  add("impersonation",
      "critical",
      "kirkas",
      "k1rkasdrinks",
      hour - 15 * kHour,
      "minute",
      1,
      R"({"count":1,"unique_authors":1,"more_authors":false})");
  add("confidential_term",
      "critical",
      "lumi",
      "moon",
      hour - 20 * kHour,
      "minute",
      2,
      R"({"count":2,"unique_authors":1,"more_authors":false})");
  add("pii_public",
      "warning",
      "lumi",
      "iban",
      hour - 21 * kHour,
      "minute",
      3,
      R"({"count":3,"unique_authors":3,"more_authors":false})");
  snapshot.signals = {{"", "source_silent", "warning", 1, 1},
                      {"aurinko", "volume_spike", "warning", 1, 2},
                      {"kirkas", "burst", "warning", 2, 9},
                      {"kirkas", "impersonation", "critical", 1, 1},
                      {"kirkas", "phishing_link", "critical", 1, 1},
                      {"kirkas", "sentiment_drop", "warning", 1, 1},
                      {"kirkas", "weak_signal", "info", 0, 3},
                      {"lumi", "confidential_term", "critical", 1, 1},
                      {"lumi", "pii_public", "warning", 1, 1},
                      {"lumi", "weak_signal", "info", 1, 1}};
}

}  // namespace kaiku::tests
