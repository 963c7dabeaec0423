// WorkerView: what a worker shows of itself, as an immutable value made after a commit: the source
// of metrics, API and page.
//
// Threads: immutable once published.
// Owns:    its content.
// Cost:    a copy of the open and last closed cells, at most once a second.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kaiku/board/board.h"
#include "kaiku/conversation/conversation_book.h"
#include "kaiku/exchange/edge.h"
#include "kaiku/money/prices.h"
#include "kaiku/runtime/activity_counts.h"
#include "kaiku/shard/ledger.h"
#include "kaiku/signal/alert_kind.h"
#include "kaiku/signal/open_alert.h"
#include "kaiku/signal/source_watch.h"

namespace kaiku::runtime {

struct ShardView {
  uint32_t number = 0;
  uint64_t epoch = 0;
  exchange::Progress items;
  exchange::Progress board;
  std::string holder;
  size_t dedup_entries = 0;
  size_t open_cells = 0;
  size_t memory_bytes = 0;  // all of it
  size_t dedup_bytes = 0;
  size_t board_bytes = 0;
  base::EventTime committed_at = base::kNoTime;  // wall clock; kNoTime: not since it was opened
  shard::Ledger ledger;                          // with those of its direct routers
};

struct PartitionView {
  size_t source = 0;
  int32_t partition = 0;
  int64_t next_offset = 0;
  int64_t end_offset = -1;  // -1: not known
  base::EventTime last_timestamp = base::kNoTime;
  exchange::Progress progress;
  bool at_end = false;
  bool is_routed = false;
  shard::SourceLedger ledger;  // of a routed one
};

struct WorkerCounts {
  uint64_t commits = 0;
  uint64_t commits_failed = 0;  // not committed, redone
  uint64_t commits_unknown = 0;
  uint64_t commit_us = 0;  // time spent from seal to applied
  uint64_t cells = 0;      // deltas committed
  uint64_t published = 0;
  uint64_t edge_records = 0;
  uint64_t edge_bytes = 0;
  uint64_t restored_epochs = 0;
  uint64_t rebalances = 0;
  // Of what was committed: activity by window of the plan and kind, the rest by output.
  std::vector<std::array<uint64_t, board::kKinds>> results;
  uint64_t kpis = 0;
  uint64_t closed = 0;
  uint64_t outcomes = 0;
  std::array<uint64_t, 3> erasures{};  // purged, nothing found, refused
  uint64_t alerts = 0;
};

// Open conversations of a brand, channel and type that wait for the brand's answer, at one shard.
struct UnansweredCount {
  std::string brand;
  std::string channel;
  uint64_t count = 0;
  base::EventTime oldest_opened_at = 0;
  base::EventTime as_of = 0;  // event time up to which the shard knows of answers
  model::ItemType type = model::ItemType::kSupportMessage;
};

struct AlertCount {
  std::string brand;
  std::string channel;
  conversation::AlertKind kind = conversation::AlertKind::kSlaRisk;
  uint64_t count = 0;
};

// Per shard; the page shows about as many of all.
inline constexpr size_t kAlertsShown = 50;

struct OpenAlertView {
  conversation::AlertKind kind = conversation::AlertKind::kSlaRisk;
  base::Digest conversation;
  std::string brand;
  std::string channel;
  model::ItemType type = model::ItemType::kMention;
  model::Severity severity = model::Severity::kNone;
  base::EventTime opened_at = base::kNoTime;
  base::EventTime asked_at = base::kNoTime;
  std::string sla_policy;
  int64_t sla_target_us = 0;
  std::string url;
};

// Alerts of signals: open now, or opened since the shard was.
struct SignalCount {
  std::string brand;  // "": of none, of a source
  signal::AlertKind kind = signal::AlertKind::kBurst;
  signal::Severity severity = signal::Severity::kInfo;
  uint64_t count = 0;
};

// A source with `expect_every`, of the shard that watches it.
struct WatchedSource {
  size_t source = 0;
  signal::SourceWatch watch;
};

struct WorkerView {
  uint32_t worker = 0;
  std::string state;  // restoring, running, revoked, failed
  std::string problem;
  std::vector<ShardView> shards;
  std::vector<PartitionView> partitions;
  WorkerCounts counts;
  std::vector<board::CellView> cells;
  ActivityCounts activity;  // with min_cell: none
  std::vector<board::ConversationView> conversations;
  std::vector<board::KpiSetPtr> kpis;           // of the last closed windows
  std::vector<board::Funnel> funnels;           // of open windows
  std::shared_ptr<const money::Prices> prices;  // it values with; null: none
  std::vector<UnansweredCount> unanswered;
  std::vector<AlertCount> alert_counts;
  std::vector<OpenAlertView> alerts;  // of each shard the newest
  std::vector<SignalCount> signals_open;
  std::vector<SignalCount> signals_opened;
  std::vector<signal::OpenAlert> signals;  // of each shard the newest
  std::vector<WatchedSource> watched;
};

// The ledger of the whole process. Shards move between workers: of two views of one shard or router
// the later counts.
[[nodiscard]] shard::Ledger total_ledger(
    const std::vector<std::shared_ptr<const WorkerView>>& views, size_t sources);

}  // namespace kaiku::runtime
