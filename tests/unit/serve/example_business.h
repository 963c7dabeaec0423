// What drinks-eu's business people see on the Tuesday morning of example_snapshot.h: conversations
// with figures that can be checked by hand, who waits, open alerts, and values of three kinds.
#pragma once

#include <cstdint>
#include <string>

#include "kaiku/serve/snapshot.h"

namespace kaiku::tests {

struct TalkFigures {
  int64_t opened = 0;
  int64_t brand = 0;  // who answered first
  int64_t peer = 0;
  int64_t bot = 0;
  int64_t met = 0;
  int64_t breached = 0;
  serve::DurationView in_public;
  serve::DurationView in_private;
  serve::DurationView resolution;
  int64_t deflected = 0;
};

inline serve::ShareView example_share(int64_t part, int64_t whole) {
  serve::ShareView share{part, whole, {}, {}, {}};
  if (whole > 0) {
    share.value = static_cast<double>(part) / static_cast<double>(whole);
    share.lower = *share.value * 0.8;
    share.upper = 1 - (1 - *share.value) * 0.8;
  }
  return share;
}

inline void add_talk(serve::Snapshot& snapshot,
                     const std::string& brand,
                     const std::string& channel,
                     base::EventTime hour,
                     bool is_closed,
                     const TalkFigures& figures) {
  serve::ConversationView view;
  view.window = "hour";
  view.window_start = hour;
  view.window_end = hour + base::kHour;
  view.brand = brand;
  view.channel = channel;
  view.is_closed = is_closed;
  view.opened = figures.opened;
  view.first_by_brand = figures.brand;
  view.first_by_peer = figures.peer;
  view.first_by_bot = figures.bot;
  view.in_time = example_share(figures.met, figures.met + figures.breached);
  view.first_response_public = figures.in_public;
  view.first_response_private = figures.in_private;
  view.resolution = figures.resolution;
  view.resolved = figures.resolution.count;
  view.reopened = figures.resolution.count / 10;
  view.closed = figures.resolution.count + 2;
  view.two_way = figures.resolution.count / 2;
  view.never_answered = 2;
  view.deflected = figures.deflected;
  snapshot.conversations.push_back(view);
}

inline void add_value(serve::Snapshot& snapshot,
                      const std::string& brand,
                      const std::string& channel,
                      base::EventTime hour,
                      bool is_closed,
                      const char* basis,
                      const char* figure,
                      const std::string& unit,
                      int64_t cents) {
  serve::ValueView value;
  value.window = "hour";
  value.window_start = hour;
  value.window_end = hour + base::kHour;
  value.brand = brand;
  value.channel = channel;
  value.is_closed = is_closed;
  value.basis = basis;
  value.figure = figure;
  value.unit = unit;
  value.micros = cents * 10'000;
  snapshot.values.push_back(value);
}

inline void add_sale(serve::Snapshot& snapshot,
                     const std::string& brand,
                     base::EventTime hour,
                     bool is_closed,
                     int64_t booked_cents,
                     int64_t refunds_cents) {
  const auto add = [&](const char* figure, int64_t cents) {
    add_value(snapshot, brand, "shop", hour, is_closed, "booked", figure, "EUR", cents);
  };
  add("booked_revenue", booked_cents);
  add("refunds", refunds_cents);
  add("booked_net_revenue", booked_cents - refunds_cents);
}

inline void add_example_talks(serve::Snapshot& snapshot, base::EventTime hour, bool is_closed) {
  const auto add = [&](const char* brand, const char* channel, const TalkFigures& figures) {
    add_talk(snapshot, brand, channel, hour, is_closed, figures);
  };
  add("kirkas",
      "",
      {93, 51, 26, 7, 59, 26, {44, 960, 9'000}, {11, 10'800, 39'600}, {41, 7'800, 61'200}, 8});
  add("kirkas", "x", {47, 31, 9, 3, 38, 7, {31, 780, 5'400}, {}, {22, 7'200, 36'000}, 3});
  add("kirkas", "reddit", {22, 3, 15, 0, 5, 13, {3, 14'400, 50'400}, {}, {6, 21'600, 86'400}, 5});
  add("kirkas", "instagram", {12, 6, 2, 3, 7, 3, {10, 1'500, 7'200}, {}, {4, 3'600, 18'000}, 0});
  add("kirkas", "email", {12, 11, 0, 1, 9, 3, {}, {11, 10'800, 39'600}, {9, 14'400, 90'000}, 0});
  add("aurinko",
      "",
      {13, 12, 1, 0, 12, 0, {8, 270, 660}, {4, 2'700, 4'500}, {10, 1'800, 5'400}, 0});
  add("aurinko", "x", {9, 8, 1, 0, 8, 0, {8, 270, 660}, {}, {7, 1'500, 3'600}, 0});
  add("aurinko", "email", {4, 4, 0, 0, 4, 0, {}, {4, 2'700, 4'500}, {3, 3'600, 5'400}, 0});
  add("lumi", "", {9, 0, 6, 0, 0, 4, {}, {}, {2, 43'200, 50'400}, 2});
  add("lumi", "reddit", {9, 0, 6, 0, 0, 4, {}, {}, {2, 43'200, 50'400}, 2});
  const auto avoided = [&](const char* brand, const char* channel, int64_t contacts) {
    add_value(snapshot,
              brand,
              channel,
              hour,
              is_closed,
              "avoided",
              "contacts_avoided",
              "contacts",
              contacts * 100);
  };
  avoided("kirkas", "x", 3);
  avoided("kirkas", "reddit", 5);
  avoided("lumi", "reddit", 2);
}

inline void add_alert(serve::Snapshot& snapshot,
                      const std::string& kind,
                      const std::string& brand,
                      const std::string& channel,
                      model::Severity severity,
                      base::EventTime opened_at,
                      int64_t target_us,
                      const std::string& url) {
  serve::AlertView alert;
  alert.kind = kind;
  alert.conversation = "0123456789abcdef0123456789abcdef";
  alert.brand = brand;
  alert.channel = channel;
  alert.type = model::ItemType::kBugReport;
  alert.severity = severity;
  alert.opened_at = opened_at;
  alert.asked_at = opened_at - target_us;
  alert.policy = "bugs";
  alert.target_seconds = static_cast<double>(target_us) / base::kSecond;
  alert.url = url;
  snapshot.alerts.push_back(alert);
}

// `open_hour` is the one that is still counting, the hour before is the last closed one.
inline void add_example_business(serve::Snapshot& snapshot, base::EventTime open_hour) {
  using model::Severity;
  snapshot.follows_conversations = true;
  for (serve::WindowView& window : snapshot.windows) {
    window.is_business = window.size_us >= base::kHour;
  }
  add_example_talks(snapshot, open_hour - base::kHour, true);
  add_talk(snapshot,
           "kirkas",
           "",
           open_hour,
           false,
           {31, 18, 7, 2, 20, 4, {16, 840, 3'000}, {}, {9, 6'000, 20'000}, 1});
  add_talk(snapshot,
           "kirkas",
           "x",
           open_hour,
           false,
           {31, 18, 7, 2, 20, 4, {16, 840, 3'000}, {}, {9, 6'000, 20'000}, 1});
  for (const base::EventTime hour : {open_hour - base::kHour, open_hour}) {
    const bool is_closed = hour != open_hour;
    add_sale(snapshot, "kirkas", hour, is_closed, 114'352'431, 1'820'000);
    add_sale(snapshot, "aurinko", hour, is_closed, 3'120'050, 0);
    add_sale(snapshot, "lumi", hour, is_closed, 51'000, 99'900);
    const auto spend = [&](const char* brand, const char* channel, int64_t cents) {
      add_value(snapshot, brand, channel, hour, is_closed, "none", "ad_spend", "EUR", cents);
    };
    spend("kirkas", "x", 120'000);
    spend("kirkas", "instagram", 90'000);
    spend("aurinko", "x", 45'050);
    spend("aurinko", "instagram", 30'000);
  }
  snapshot.waiting = {{"aurinko", "email", 0, {}},
                      {"aurinko", "x", 1, 1'260},
                      {"kirkas", "email", 2, 12'600},
                      {"kirkas", "instagram", 0, {}},
                      {"kirkas", "reddit", 13, 93'600},
                      {"kirkas", "x", 4, 5'400},
                      {"lumi", "reddit", 4, 16'200}};
  snapshot.alert_counts = {{"kirkas", "reddit", "sla_breach", 9},
                           {"kirkas", "x", "sla_risk", 1},
                           {"lumi", "reddit", "sla_breach", 4}};
  const base::EventTime now = snapshot.now_us;
  add_alert(snapshot,
            "sla_risk",
            "kirkas",
            "x",
            Severity::kMajor,
            now - 3 * base::kMinute,
            base::kHour,
            "https://x.example/kirkas/status/1897");
  add_alert(snapshot,
            "sla_breach",
            "kirkas",
            "reddit",
            Severity::kCritical,
            now - 41 * base::kMinute,
            base::kHour,
            "https://reddit.example/r/kirkas/comments/77a");
  add_alert(snapshot,
            "sla_breach",
            "lumi",
            "reddit",
            Severity::kNone,
            now - 2 * base::kHour,
            4 * base::kHour,
            "");
  add_alert(snapshot,
            "sla_breach",
            "kirkas",
            "reddit",
            Severity::kMinor,
            now - 25 * base::kHour,
            base::kHour,
            "https://reddit.example/r/kirkas/comments/6ff");
}

}  // namespace kaiku::tests
