// A believable snapshot with figures that can be checked by hand: drinks-eu on a Tuesday morning.
// The unit tests and the tests in a browser share it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "kaiku/serve/snapshot.h"

#include "unit/serve/example_business.h"
#include "unit/serve/example_campaigns.h"
#include "unit/serve/example_signals.h"

namespace kaiku::tests {

// 2026-03-03T09:42:10Z
inline constexpr int64_t kExampleNow = 1'772'530'930 * base::kSecond;
inline constexpr base::EventTime kExampleHour = 1'772'528'400 * base::kSecond;  // 09:00

struct CellFigures {
  int64_t mentions = 0;
  int64_t bug_reports = 0;
  int64_t support = 0;
  int64_t booked_cents = 0;
  int64_t refunds_cents = 0;
  int64_t spend_cents = 0;
};

inline void add_cells(serve::Snapshot& snapshot,
                      const std::string& brand,
                      const std::string& channel,
                      base::EventTime hour,
                      const CellFigures& figures) {
  serve::CellView cell;
  cell.window = "hour";
  cell.window_start = hour;
  cell.window_end = hour + base::kHour;
  cell.brand = brand;
  cell.channel = channel;
  cell.kind = hour == kExampleHour ? metrics::ResultKind::kEarly : metrics::ResultKind::kFinal;
  const auto add = [&](model::ItemType type, int64_t count) {
    serve::CellView each = cell;
    each.type = type;
    each.count_total = count;
    each.count_original = count - count / 4;
    each.unique_authors = static_cast<uint64_t>(count - count / 8);
    each.engagements = count * 3;
    if (type == model::ItemType::kMention) {
      each.sentiment_negative = count / 5;
      each.sentiment_neutral = count / 4;
      each.sentiment_positive = count / 2;
    }
    if (type == model::ItemType::kBusinessEvent) {
      each.booked_micros = figures.booked_cents * 10'000;
      each.refunds_micros = figures.refunds_cents * 10'000;
      each.spend_micros = figures.spend_cents * 10'000;
    }
    snapshot.cells.push_back(each);
  };
  if (figures.mentions > 0) {
    add(model::ItemType::kMention, figures.mentions);
  }
  if (figures.bug_reports > 0) {
    add(model::ItemType::kBugReport, figures.bug_reports);
  }
  if (figures.support > 0) {
    add(model::ItemType::kSupportMessage, figures.support);
  }
  if (figures.booked_cents != 0 || figures.refunds_cents != 0 || figures.spend_cents != 0) {
    add(model::ItemType::kBusinessEvent, 12);
  }
}

inline void add_share(serve::Snapshot& snapshot,
                      const std::string& brand,
                      const std::string& channel,
                      int64_t numerator,
                      int64_t denominator,
                      double lower,
                      double upper) {
  serve::KpiView kpi;
  kpi.name = "bug_report_share";
  kpi.window = "hour";
  kpi.window_start = kExampleHour - base::kHour;
  kpi.window_end = kExampleHour;
  kpi.brand = brand;
  kpi.channel = channel;
  kpi.kind = metrics::ResultKind::kFinal;
  kpi.numerator = numerator;
  kpi.denominator = denominator;
  kpi.value = static_cast<double>(numerator) / static_cast<double>(denominator);
  kpi.lower = lower;
  kpi.upper = upper;
  snapshot.kpis.push_back(kpi);
}

inline serve::SourceView example_source(const std::string& name,
                                        const std::string& topic,
                                        uint64_t records,
                                        std::array<uint64_t, model::kOutcomes> outcomes) {
  serve::SourceView source;
  source.name = name;
  source.topic = topic;
  source.records = records;
  source.bytes = records * 812;
  source.outcomes = outcomes;
  for (const uint64_t count : outcomes) {
    source.items += count;
  }
  source.records_per_second = static_cast<double>(records) / 4'000;
  source.lag_records = 310;
  source.lag_seconds = 1.5;
  source.watermark = kExampleNow - 34 * base::kSecond;
  source.last_event = kExampleNow - 2 * base::kSecond;
  for (int32_t i = 0; i < 3; ++i) {
    serve::PartitionView partition;
    partition.number = i;
    partition.lag_records = 100 + i;
    partition.watermark = source.watermark + i * base::kSecond;
    source.partitions.push_back(partition);
  }
  return source;
}

inline void add_example_sources(serve::Snapshot& snapshot) {
  using model::DuplicateKind;
  using model::ErrorClass;
  snapshot.sources.push_back(example_source(
      "posts", "social.posts.v2", 4'812'330, {4'571'204, 198'412, 3'120, 412, 39'182}));
  snapshot.sources.back().suppressed[static_cast<size_t>(DuplicateKind::kRedelivery)] = 150'000;
  snapshot.sources.back().suppressed[static_cast<size_t>(DuplicateKind::kRepoll)] = 48'412;
  snapshot.sources.back().dead_letters[static_cast<size_t>(ErrorClass::kSchema)] = 371;
  snapshot.sources.back().dead_letters[static_cast<size_t>(ErrorClass::kParse)] = 41;
  snapshot.sources.push_back(
      example_source("orders", "shop.orders.v3", 61'204, {60'101, 1'103, 0, 0, 0}));
  snapshot.sources.back().lag_records = 0;
  snapshot.sources.back().lag_seconds = 0;
  snapshot.sources.push_back(
      example_source("support", "helpdesk.tickets", 18'400, {18'344, 50, 6, 0, 0}));
  snapshot.sources.back().idle = true;
  snapshot.sources.back().voice =
      serve::VoiceView{"silent", base::parse_rfc3339("2026-03-03T06:50:00Z"), 600};
  snapshot.sources.back().partitions[1].idle = true;
  for (const serve::SourceView& source : snapshot.sources) {
    snapshot.ledger.records += source.records;
    snapshot.ledger.items += source.items;
    for (size_t i = 0; i < model::kOutcomes; ++i) {
      snapshot.ledger.outcomes[i] += source.outcomes[i];
    }
  }
  snapshot.ledger.sent = 9'412'008;
  snapshot.ledger.received = 9'412'008;
}

inline void add_example_cells(serve::Snapshot& snapshot) {
  for (const base::EventTime hour : {kExampleHour - base::kHour, kExampleHour}) {
    const int64_t part =
        hour == kExampleHour ? 2 : 3;  // the open hour has two thirds of its mentions
    const auto scaled = [&](CellFigures figures) {
      figures.mentions = figures.mentions * part / 3;
      return figures;
    };
    add_cells(snapshot, "kirkas", "x", hour, scaled({1'842, 14, 33, 0, 0, 120'000}));
    add_cells(snapshot, "kirkas", "instagram", hour, scaled({960, 3, 12, 0, 0, 90'000}));
    add_cells(snapshot, "kirkas", "reddit", hour, scaled({141, 22, 2, 0, 0, 0}));
    add_cells(snapshot, "kirkas", "shop", hour, scaled({0, 0, 0, 114'352'431, 1'820'000, 0}));
    add_cells(snapshot, "aurinko", "x", hour, scaled({402, 2, 5, 0, 0, 45'050}));
    add_cells(snapshot, "aurinko", "instagram", hour, scaled({1'204, 1, 8, 0, 0, 30'000}));
    add_cells(snapshot, "aurinko", "shop", hour, scaled({0, 0, 0, 3'120'050, 0, 0}));
    add_cells(snapshot, "lumi", "reddit", hour, scaled({63, 9, 0, 0, 0, 0}));
    add_cells(snapshot, "lumi", "shop", hour, scaled({0, 0, 0, 51'000, 99'900, 0}));
    add_cells(snapshot, "_other", "x", hour, scaled({87, 0, 0, 0, 0, 0}));
  }
  add_share(snapshot, "kirkas", "x", 14, 39, 0.227, 0.516);
  add_share(snapshot, "kirkas", "instagram", 3, 39, 0.0265, 0.203);
  add_share(snapshot, "kirkas", "reddit", 22, 39, 0.41, 0.707);
  add_share(snapshot, "aurinko", "x", 2, 3, 0.208, 0.939);
  add_share(snapshot, "aurinko", "instagram", 1, 3, 0.0615, 0.792);
  add_share(snapshot, "lumi", "reddit", 9, 9, 0.701, 1);
}

inline serve::Snapshot example_snapshot() {
  serve::Snapshot snapshot;
  snapshot.pipeline = "drinks-eu";
  snapshot.version = "0.1.0";
  snapshot.config_hash = "8f14e45f";
  snapshot.state = serve::PipelineState::kRunning;
  snapshot.now_us = kExampleNow;
  snapshot.uptime_us = 3 * base::kDay + 4 * base::kHour + 7 * base::kMinute;
  snapshot.workers = 2;
  snapshot.shards = {4, 4, 0, 0};
  snapshot.behind_seconds = 4.2;
  snapshot.records_per_second = 1'218.4;
  snapshot.items_per_second = 1'240.9;
  snapshot.storage.bytes_by_kind = {{"disk", 1'412'000'000}, {"dedup", 310'000'000}};
  snapshot.storage.disk_free_bytes = 88'000'000'000;
  snapshot.storage.memory_limit_bytes = 1'073'741'824;
  snapshot.storage.dedup_entries = 4'612'000;
  snapshot.storage.open_cells = 1'204;
  snapshot.storage.last_commit_us = kExampleNow - base::kSecond / 2;
  snapshot.levels = {{"items", kExampleNow - 34 * base::kSecond, "posts, partition 0"},
                     {"board", kExampleNow - 35 * base::kSecond, "shard 3"}};
  snapshot.windows = {
      {"minute", base::kMinute, kExampleNow / base::kMinute * base::kMinute - 10 * base::kMinute},
      {"hour", base::kHour, kExampleHour},
      {"day", base::kDay, base::kNoTime}};
  add_example_sources(snapshot);
  add_example_cells(snapshot);
  add_example_business(snapshot, kExampleHour);
  add_example_campaigns(snapshot, kExampleHour - base::kHour);
  add_example_signals(snapshot, kExampleHour);
  snapshot.activity = {
      {"kirkas", "x", model::ItemType::kMention, model::Relation::kOriginal, 91'204},
      {"kirkas", "x", model::ItemType::kMention, model::Relation::kRepost, 31'010}};
  serve::ConversationActivityView talked;
  talked.brand = "kirkas";
  talked.channel = "reddit";
  talked.answered_by_brand = 4;
  talked.answered_by_peer = 15;
  talked.deflected = 5;
  talked.sla = {{model::ItemType::kBugReport, 5, 13}};
  for (const int64_t minutes : {1, 4, 22, 61}) {
    talked.first_response_public.record(minutes * base::kMinute);
  }
  talked.resolution.record(4 * base::kDay);
  snapshot.conversation_activity = {talked};
  snapshot.step_activity = {{"kirkas", "spring", "views", 81'000},
                            {"kirkas", "spring", "orders", 0}};
  snapshot.saved_time = {{"kirkas", "email", 7'680}};
  // Slow waves with a little noise; two minutes ago a burst that was worked off.
  uint32_t noise = 7;
  for (int i = 0; i < 300; ++i) {
    noise = noise * 1'664'525 + 1'013'904'223;
    const int wave = std::abs((i * 3) % 240 - 120) + std::abs((i * 5) % 310 - 155) / 2;
    const int burst = i > 180 && i < 210 ? 210 - i : 0;
    snapshot.series.push_back({kExampleNow - (299 - i) * base::kSecond,
                               1'080.0 + wave + (noise >> 27) * 3.0 + burst * 9.0,
                               2.0 + (noise >> 29) * 0.35 + burst * 0.45});
  }
  return snapshot;
}

}  // namespace kaiku::tests
