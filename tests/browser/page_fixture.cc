// kaiku_page_fixture: serves fixed snapshots, so that a browser can be asked what it makes of them.
//
//   kaiku_page_fixture [SCENE]     prints the URL; every line on standard input is the next scene,
//   the end of
//                                  it is the end of the program.
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "kaiku/serve/server.h"

#include "unit/serve/example_snapshot.h"

namespace kaiku::tests {
namespace {

using serve::PipelineState;
using serve::Snapshot;

// In every place of the business view that holds a text from outside.
void add_hostile_business(Snapshot& snapshot, const std::string& name) {
  const base::EventTime hour = kExampleHour - base::kHour;
  const TalkFigures talk{9, 5, 3, 1, 5, 2, {5, 600, 3'600}, {2, 60, 90}, {3, 600, 900}, 1};
  add_talk(snapshot, name, "", hour, true, talk);
  add_talk(snapshot, name, name, hour, true, talk);
  add_talk(snapshot, "kirkas", name, hour, true, talk);
  add_value(snapshot, name, name, hour, true, "booked", "booked_revenue", "EUR", 1'000);
  add_value(snapshot, "kirkas", "x", hour, true, name.c_str(), name.c_str(), name, 100);
  snapshot.waiting.push_back({name, name, 2, 7'200});
  snapshot.alert_counts.push_back({name, name, name, 1});
  const std::string urls[] = {"javascript:document.title='broken'",
                              "https://" + name,
                              "https://evil.example/\"><script>document.title='broken'</script>",
                              "http://user:pass@evil.example:8080/a"};
  for (const std::string& url : urls) {
    add_alert(snapshot, name, name, name, model::Severity::kMajor, kExampleNow, base::kHour, url);
    snapshot.alerts.back().policy = name;
  }
  serve::CampaignView campaign =
      example_campaign(name, name, {{name, name, 4, 5'000}, {name + "2", "leads", 0, {}}});
  campaign.basis = name;
  campaign.currency = name;
  campaign.spend_micros = 20'000;
  snapshot.campaigns.push_back({name, name});
  add_campaign(snapshot, hour, campaign);
  const std::string evidence =
      R"({"count":1,"unique_authors":1,"more_authors":false,)"
      R"("sample_refs":["javascript:document.title=1","data:text/html,x",7,{"a":1}]})";
  for (const std::string& kind :
       {std::string("impersonation"), std::string("phishing_link"), name}) {
    add_signal(snapshot, kind, name, name, name, kExampleNow, "minute", 1, evidence);
    snapshot.open_signals.back().window = name;
    snapshot.signals.push_back({name, kind, name, 1, 1});
  }
}

// Texts that break out of markup, scripts, attributes, lines and reading order, where a page lets
// them.
Snapshot hostile() {
  Snapshot snapshot = example_snapshot();
  const std::string names[] = {
      "<script>document.title='broken'</script>",
      "<img src=x onerror=\"document.title='broken'\">",
      "\"' onmouseover='document.title=1' x=\"",
      "\xe2\x80\xae"
      "gnp.exe\xe2\x80\xae",  // right-to-left override
      "\xd7\x9e\xd7\x95\xd7\xaa\xd7\x92 \xd8\xb9\xd9\x84\xd8\xa7\xd9\x85\xd8\xa9",
      std::string(10'000, 'W'),
      "{{7*7}}${7*7}",
      "\xf0\x9f\xa5\xa4\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 "
      "Z\xcc\xb7\xcd\x81\xcc\x88\xcc\x9a"
      "a",
      "constructor",
      "__proto__",
      "bad \xff\xfe bytes\n\t\x01",
  };
  int64_t mentions = 2'000;
  for (const std::string& name : names) {
    add_cells(snapshot, name, "x", kExampleHour, {mentions, 0, 0, 1'000, 0, 0});
    add_cells(snapshot, "kirkas", name, kExampleHour, {40, 0, 0, 0, 0, 100});
    add_share(snapshot, name, name, 1, 4, 0.0456, 0.699);
    snapshot.problems.push_back({serve::Severity::kWarning, name, name, 3});
    snapshot.levels.push_back({name, kExampleNow - base::kMinute, name});
    add_hostile_business(snapshot, name);
    mentions -= 100;
  }
  snapshot.pipeline = names[0];
  snapshot.config_hash = names[1];
  snapshot.state_text = names[1];
  snapshot.sources[0].name = names[1];
  snapshot.sources[0].topic = names[5];
  snapshot.windows.push_back({names[0], base::kHour, base::kNoTime});
  snapshot.currency = "<b>";
  return snapshot;
}

Snapshot degraded() {
  Snapshot snapshot = example_snapshot();
  snapshot.behind_seconds = 754;
  snapshot.ledger.balanced = false;
  snapshot.ledger.received -= 12;
  snapshot.ledger.text = "edge 2 to 0: 12 items sent were not received.";
  snapshot.problems = {
      {serve::Severity::kError,
       "KaikuLedgerUnbalanced",
       "Items were sent that nobody received. Stop the pipeline and run kaiku verify.",
       12},
      {serve::Severity::kWarning,
       "KaikuFallingBehind",
       "posts is 12 min behind and losing ground. Add a worker, or look at the broker.",
       0},
  };
  snapshot.sources[0].lag_records = 1'812'004;
  snapshot.sources[0].lag_seconds = 754;
  return snapshot;
}

Snapshot restoring() {
  Snapshot snapshot = example_snapshot();
  snapshot.state = PipelineState::kRestoring;
  snapshot.state_text = "62 % of shard 3 is back.";
  snapshot.shards = {4, 3, 1, 0};
  snapshot.storage.restore_remaining_records = 412'000;
  return snapshot;
}

Snapshot empty() {
  Snapshot snapshot;
  snapshot.pipeline = "fresh";
  snapshot.version = "0.1.0";
  snapshot.now_us = kExampleNow;
  snapshot.windows = {{"hour", base::kHour, base::kNoTime}};
  return snapshot;
}

void forget_funnels(Snapshot& snapshot) {
  std::erase_if(snapshot.figures, [](const auto& set) { return set->campaign.has_value(); });
  snapshot.open_campaigns.clear();
}

// A pipeline that counts and does not follow conversations.
Snapshot unfollowed() {
  Snapshot snapshot = example_snapshot();
  snapshot.follows_conversations = false;
  snapshot.conversations.clear();
  snapshot.waiting.clear();
  snapshot.alert_counts.clear();
  snapshot.alerts.clear();
  snapshot.follows_signals = false;
  snapshot.signals.clear();
  snapshot.open_signals.clear();
  snapshot.campaigns.clear();
  forget_funnels(snapshot);
  std::erase_if(snapshot.values,
                [](const serve::ValueView& value) { return value.basis == "avoided"; });
  return snapshot;
}

// Everybody is answered, and all four kinds of value are there.
Snapshot answered() {
  Snapshot snapshot = example_snapshot();
  snapshot.waiting = {{"kirkas", "x", 0, {}}};
  snapshot.alert_counts.clear();
  snapshot.alerts.clear();
  snapshot.signals.clear();
  snapshot.open_signals.clear();
  forget_funnels(snapshot);
  const base::EventTime hour = kExampleHour - base::kHour;
  const auto attributed = [&](const char* channel, const char* model, int64_t cents) {
    add_value(snapshot, "kirkas", channel, hour, true, "booked", model, "EUR", cents);
  };
  attributed("x", "attributed_revenue_last_touch", 30'000);
  attributed("reddit", "attributed_revenue_last_touch", 10'000);
  attributed("x", "attributed_revenue_time_decay", 24'500);
  attributed("reddit", "attributed_revenue_time_decay", 15'500);
  add_value(snapshot, "kirkas", "x", hour, true, "avoided", "avoided_contact_cost", "EUR", 6'000);
  add_value(snapshot, "kirkas", "x", hour, true, "modelled", "incremental_revenue", "EUR", 214'000);
  add_value(snapshot, "kirkas", "x", hour, true, "replacement_cost", "exposure", "EUR", 999'900);
  return snapshot;
}

// As many alerts as are told, and more campaigns than fit.
void add_many(Snapshot& snapshot) {
  for (int i = 0; snapshot.open_signals.size() < 50; ++i) {
    add_signal(snapshot,
               "impersonation",
               "critical",
               "kirkas",
               "k1rkas_" + std::to_string(i),
               kExampleHour - base::kDay,
               "minute",
               1,
               R"({"count":1,"unique_authors":1,"more_authors":false})");
  }
  snapshot.signals.push_back({"kirkas", "impersonation", "critical", 1'000, 1'000});
  for (int i = 0; i < 120; ++i) {
    const std::string name = "campaign-" + std::to_string(i);
    snapshot.campaigns.push_back({name, "kirkas"});
    add_campaign(snapshot,
                 kExampleHour - base::kHour,
                 example_campaign(name,
                                  "kirkas",
                                  {{"views", "views", 9'000 - i, {}},
                                   {"visits", "visits", 700, {}},
                                   {"orders", "orders", 31, {}}}));
  }
}

// 200 brands on 20 channels.
Snapshot large() {
  Snapshot snapshot = example_snapshot();
  for (int brand = 0; brand < 200; ++brand) {
    for (int channel = 0; channel < 20; ++channel) {
      add_cells(
          snapshot,
          "brand " + std::to_string(brand),
          "channel " + std::to_string(channel),
          kExampleHour,
          {1 + (brand * 37 + channel * 101) % 997, 0, 0, channel == 0 ? 100'000 + brand : 0, 0, 0});
      add_talk(snapshot,
               "brand " + std::to_string(brand),
               channel == 0 ? "" : "channel " + std::to_string(channel),
               kExampleHour,
               false,
               {40, 20, 9, 3, 30, 5, {20, 500, 4'000}, {3, 900, 9'000}, {20, 9'000, 90'000}, 1});
    }
  }
  add_many(snapshot);
  return snapshot;
}

Snapshot finished() {
  Snapshot snapshot = example_snapshot();
  snapshot.behind_seconds.reset();
  for (serve::SourceView& source : snapshot.sources) {
    source.ended = true;
    source.lag_records = 0;
    source.lag_seconds = 0;
    source.watermark = base::kTimeEnd;
  }
  for (serve::CellView& cell : snapshot.cells) {
    cell.kind = metrics::ResultKind::kFinal;
  }
  return snapshot;
}

Snapshot scene(const std::string& name) {
  if (name == "hostile") {
    return hostile();
  }
  if (name == "degraded") {
    return degraded();
  }
  if (name == "restoring") {
    return restoring();
  }
  if (name == "empty") {
    return empty();
  }
  if (name == "large") {
    return large();
  }
  if (name == "unfollowed") {
    return unfollowed();
  }
  if (name == "answered") {
    return answered();
  }
  return name == "finished" ? finished() : example_snapshot();
}

int run(int argc, char** argv) {
  serve::LatestSnapshot latest;
  latest.publish(std::make_shared<const Snapshot>(scene(argc > 1 ? argv[1] : "running")));
  serve::ServerOptions options;
  options.listen = "127.0.0.1:0";
  serve::ServerPorts ports;
  ports.snapshots = &latest;
  ports.metrics = [] { return std::string(); };
  ports.live = [] { return serve::Health{true, ""}; };
  ports.ready = ports.live;
  const auto server = serve::Server::start(options, ports);
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message().c_str());
    return static_cast<int>(server.error().exit_code());
  }
  std::cout << (*server)->url() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    latest.publish(std::make_shared<const Snapshot>(scene(line)));
    std::cout << line << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace kaiku::tests

int main(int argc, char** argv) {
  return kaiku::tests::run(argc, argv);
}
