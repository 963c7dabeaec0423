// Snapshot: what a running pipeline shows of itself at one moment. The page, the API and the gauges
// are all made from it, so they never tell different stories.
//
// Threads: immutable once published; shared as shared_ptr<const Snapshot>.
// Owns:    everything in it.
// Cost:    made once a second or so by whoever wires the process; proportional to its cells.
// Fails:   never; what is not known is an empty optional or base::kNoTime, never 0.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/metrics/worker_counters.h"
#include "kaiku/model/conversation.h"
#include "kaiku/model/item.h"
#include "kaiku/model/outcome.h"
#include "kaiku/model/wait_counts.h"

namespace kaiku::serve {

enum class PipelineState : uint8_t { kStarting, kRestoring, kRunning, kDraining, kFailed };
inline constexpr size_t kPipelineStates = 5;

struct ShardCounts {
  unsigned total = 0;  // of the pipeline
  unsigned running = 0;
  unsigned restoring = 0;
  unsigned waiting = 0;  // assigned, not yet complete
};

struct PartitionView {
  int32_t number = 0;
  std::optional<int64_t> lag_records;
  base::EventTime watermark = base::kNoTime;
  bool idle = false;
  bool ended = false;  // a bounded input that was read to its end
};

// Of a source with `expect_every`.
struct VoiceView {
  std::string state;  // behind, caught_up, idle, silent
  base::EventTime last_item = base::kNoTime;
  int64_t expect_every_seconds = 0;
};

struct SourceView {
  std::string name;
  std::string topic;
  uint64_t records = 0;
  uint64_t bytes = 0;
  uint64_t items = 0;
  std::array<uint64_t, model::kOutcomes> outcomes{};
  std::array<uint64_t, model::kDuplicateKinds> suppressed{};
  std::array<uint64_t, model::kErrorClasses> dead_letters{};
  std::optional<double> records_per_second;
  std::optional<int64_t> lag_records;
  std::optional<double> lag_seconds;
  base::EventTime watermark = base::kNoTime;
  base::EventTime last_event = base::kNoTime;
  bool idle = false;
  bool ended = false;
  std::optional<VoiceView> voice;
  std::vector<PartitionView> partitions;
};

struct LevelView {
  std::string name;  // items, order, board ...
  base::EventTime watermark = base::kNoTime;
  std::string holder;  // who keeps it from moving on: "posts, partition 3"; "" if nobody does
};

// Records -> items -> outcomes, and items sent = items received.
struct LedgerView {
  uint64_t records = 0;
  uint64_t items = 0;
  std::array<uint64_t, model::kOutcomes> outcomes{};
  uint64_t sent = 0;
  uint64_t received = 0;
  bool balanced = true;
  std::string text;  // in words, when it is not balanced: what is missing where
};

struct WindowView {
  std::string name;
  int64_t size_us = 0;
  base::EventTime closed_through = base::kNoTime;  // end of the last closed window
  bool is_business = false;  // long enough for figures of conversations and money
};

struct CellView {
  std::string window;
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  std::string brand;
  std::string channel;
  model::ItemType type = model::ItemType::kMention;
  metrics::ResultKind kind = metrics::ResultKind::kEarly;
  int64_t count_total = 0;
  int64_t count_original = 0;
  int64_t inbound_original = 0;  // of them, from outside
  uint64_t unique_authors = 0;
  int64_t engagements = 0;
  int64_t sentiment_negative = 0;
  int64_t sentiment_neutral = 0;
  int64_t sentiment_positive = 0;
  int64_t booked_micros = 0;  // in the base currency
  int64_t refunds_micros = 0;
  int64_t spend_micros = 0;
};

// A KPI record as it was published last.
struct FigureView {
  std::string kpi;  // of the catalogue of KPIs: attributed_revenue_linear, sla_attainment ...
  std::string stage;
  std::string basis;  // booked, avoided, modelled, replacement_cost, none
  std::string brand;
  std::string channel;  // "_all": all of them
  std::string subject;  // members of a JSON object: campaign, topic ...; "": nothing else
  std::string unit;     // a currency, ratio, seconds ...
  std::optional<double> value;
  std::optional<double> lower;  // of its 95 % interval
  std::optional<double> upper;
  std::string body;    // JSON object, what the record says from `value` on
  std::string market;  // of a share of voice; "": of none
};

// On what a key figure rests, and of which stage it is; constants.
struct FigureBasis {
  std::string_view kpi;
  std::string_view basis;
  std::string_view stage;
};

struct PriceListView {
  std::string version;
  std::string valid_from;  // the newest date in force
};

// A part of a whole, with its 95 % interval; no value while the whole is 0.
struct ShareView {
  int64_t numerator = 0;
  int64_t denominator = 0;
  std::optional<double> value;
  std::optional<double> lower;
  std::optional<double> upper;
};

// What a step of a campaign counted: events, not people. It may be more than the step before it.
struct CampaignStepView {
  std::string name;
  std::string of;         // views, leads, orders ...
  ShareView of_previous;  // of the first step: of itself
  ShareView of_first;
  std::optional<int64_t> cost_micros;  // what one cost; empty: not computable
};

// The funnel of a campaign.
struct CampaignView {
  std::string campaign;
  std::string brand;
  std::string window;
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  bool is_closed = true;       // false: what was counted so far
  bool is_whole = false;       // of the whole campaign, which ends in the window
  std::optional<double> days;  // of the campaign that lie in the window
  std::string basis;           // of the costs; "": nothing was spent
  std::string currency;
  std::optional<int64_t> spend_micros;
  std::vector<CampaignStepView> steps;
};

// The KPI records of one brand, of the brands of a market, or of a campaign in the last closed
// window of a name.
struct FigureSet {
  std::string window;
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  std::string brand;  // "": several, or none
  std::vector<FigureView> figures;
  size_t omitted = 0;                    // so many more at least, which its shard had no room for
  std::optional<CampaignView> campaign;  // what those of a campaign say
};

// A campaign of the configuration.
struct CampaignName {
  std::string campaign;
  std::string brand;
};

// A share or ratio with what it was made from, so that it can be added up again.
struct KpiView {
  std::string name;  // bug_report_share
  std::string window;
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  std::string brand;
  std::string channel;  // "" if it speaks of the whole brand
  metrics::ResultKind kind = metrics::ResultKind::kEarly;
  int64_t numerator = 0;
  int64_t denominator = 0;
  std::optional<double> value;
  std::optional<double> lower;  // 95 % interval
  std::optional<double> upper;
};

// Quantiles in seconds; of no meaning while nothing was counted.
struct DurationView {
  int64_t count = 0;
  double median_seconds = 0;
  double p90_seconds = 0;
};

// What became of the conversations of a brand and channel in a window.
struct ConversationView {
  std::string window;
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  std::string brand;
  std::string channel;  // "": all channels of the brand
  bool is_closed = false;
  int64_t opened = 0;
  int64_t first_by_brand = 0;  // who answered first
  int64_t first_by_peer = 0;
  int64_t first_by_bot = 0;
  ShareView in_time;  // answered by the brand before the deadline
  int64_t resolved = 0;
  int64_t reopened = 0;
  int64_t closed = 0;
  int64_t two_way = 0;         // of those closed
  int64_t never_answered = 0;  // of those closed
  int64_t deflected = 0;
  int64_t rated = 0;
  int64_t rated_good = 0;
  DurationView first_response_public;
  DurationView first_response_private;
  DurationView resolution;
};

// Conversations that wait for the brand's answer now.
struct WaitingView {
  std::string brand;
  std::string channel;
  uint64_t count = 0;
  std::optional<double> oldest_seconds;
  model::ItemType type = model::ItemType::kSupportMessage;  // of the question
};

struct AlertCountView {
  std::string brand;
  std::string channel;
  std::string kind;  // sla_risk, sla_breach
  uint64_t count = 0;
};

// Alerts of signals of one brand, kind and severity.
struct SignalCountView {
  std::string brand;     // "": of none, of a source
  std::string kind;      // burst, impersonation, ...
  std::string severity;  // info, warning, critical
  uint64_t open = 0;
  uint64_t opened = 0;  // since the start of the process
};

// An alert of a signal that is open. Subjects come from outside: terms, handles, hosts; of a
// confidential phrase it is the name that the configuration gives it, of personal data its kind.
struct SignalView {
  std::string id;  // alert_id of its records
  std::string kind;
  std::string severity;
  std::string brand;    // "": of none, of a source
  std::string subject;  // "": the brand as a whole
  base::EventTime opened_at = base::kNoTime;
  std::string window;  // of the last finding: minute, hour, day; silence
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  int64_t count = 0;  // since it opened
  bool exact = true;
  std::string evidence;  // JSON object, as in its records
};

// An alert of a conversation that is open.
struct AlertView {
  std::string kind;
  std::string conversation;  // its pseudonym
  std::string brand;
  std::string channel;
  model::ItemType type = model::ItemType::kMention;
  model::Severity severity = model::Severity::kNone;
  base::EventTime opened_at = base::kNoTime;  // the deadline that passed
  base::EventTime asked_at = base::kNoTime;
  std::string policy;
  double target_seconds = 0;
  std::string url;  // from outside; "" if there is none
};

// What something was worth in a window. Values of different bases are of different kinds: they are
// never added to each other.
struct ValueView {
  std::string window;
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  std::string brand;
  std::string channel;
  bool is_closed = false;
  std::string basis;   // booked, avoided, modelled, replacement_cost, none: as in KPI records
  std::string figure;  // booked_revenue, refunds, contacts_avoided ...
  std::string unit;    // a currency, or what is counted
  int64_t micros = 0;
};

enum class Severity : uint8_t { kInfo, kWarning, kError };

struct ProblemView {
  Severity severity = Severity::kWarning;
  std::string code;  // KA0xx, or the name of an alert
  std::string text;  // one sentence, and what to do
  uint64_t count = 0;
};

// Items counted, by labels that stay bounded: kaiku_events_total.
struct ActivityView {
  std::string brand;
  std::string channel;
  model::ItemType type = model::ItemType::kMention;
  model::Relation relation = model::Relation::kOriginal;
  uint64_t count = 0;
};

// What became of the conversations of a brand and channel since the start of the process.
struct ConversationActivityView {
  struct Judged {
    model::ItemType type = model::ItemType::kMention;
    uint64_t met = 0;
    uint64_t breached = 0;
  };

  std::string brand;
  std::string channel;
  uint64_t answered_by_brand = 0;
  uint64_t answered_by_peer = 0;
  uint64_t answered_by_bot = 0;
  uint64_t deflected = 0;
  std::vector<Judged> sla;  // of types of which any was judged
  model::WaitCounts first_response_public;
  model::WaitCounts first_response_private;
  model::WaitCounts resolution;
};

// How often a step of a campaign was done since the start of the process.
struct StepActivityView {
  std::string brand;
  std::string campaign;
  std::string step;
  uint64_t count = 0;
};

// Interruptions that were avoided in the days that closed since the start of the process.
struct SavedTimeView {
  std::string brand;
  std::string channel;
  double seconds = 0;
};

struct SeriesPoint {
  int64_t time_us = 0;  // wall clock
  double items_per_second = 0;
  double lag_seconds = 0;
};

struct StateView {
  std::vector<std::pair<std::string, uint64_t>> bytes_by_kind;  // dedup, cells, tables
  std::optional<uint64_t> disk_free_bytes;
  std::optional<uint64_t> memory_limit_bytes;
  std::optional<uint64_t> dedup_entries;
  std::optional<uint64_t> open_cells;
  std::optional<uint64_t> restore_remaining_records;
  int64_t last_commit_us = base::kNoTime;  // wall clock
};

struct Snapshot {
  std::string pipeline;
  std::string version;
  std::string config_hash;
  std::string currency = "EUR";
  PipelineState state = PipelineState::kStarting;
  std::string state_text;  // "62 % of shard 3 restored"; "" if the state says it all
  int64_t now_us = 0;      // wall clock when it was made
  int64_t uptime_us = 0;
  unsigned workers = 0;
  ShardCounts shards;
  // How far the results are behind the wall clock; empty when everything there is has been read.
  std::optional<double> behind_seconds;
  double behind_objective_seconds = 30;
  double records_per_second = 0;
  double items_per_second = 0;
  LedgerView ledger;
  StateView storage;
  std::vector<LevelView> levels;
  std::vector<SourceView> sources;
  std::vector<WindowView> windows;  // in the order of the configuration
  std::vector<CellView> cells;      // per window name the open ones and the last closed one
  std::vector<KpiView> kpis;
  std::vector<std::shared_ptr<const FigureSet>> figures;
  std::vector<FigureBasis> bases;  // of every key figure there is
  std::optional<PriceListView> prices;
  std::vector<CampaignName> campaigns;  // in the order of the configuration
  std::vector<CampaignView>
      open_campaigns;  // of open windows; those of closed ones are with figures
  bool follows_conversations = false;
  std::vector<ConversationView> conversations;  // of the windows that are for business
  std::vector<ValueView> values;                // of the same windows
  std::vector<WaitingView> waiting;  // sorted by brand, channel and type, as alert_counts
  std::vector<AlertCountView> alert_counts;
  std::vector<AlertView> alerts;  // the newest ones, newest first
  bool follows_signals = false;
  std::vector<SignalCountView> signals;
  std::vector<SignalView> open_signals;  // the newest ones, newest first
  std::vector<ActivityView> activity;
  std::vector<ConversationActivityView> conversation_activity;
  std::vector<StepActivityView> step_activity;
  std::vector<SavedTimeView> saved_time;
  std::vector<ProblemView> problems;
  std::vector<SeriesPoint> series;  // the last minutes, oldest first
};

class SnapshotSource {
 public:
  SnapshotSource() = default;
  SnapshotSource(const SnapshotSource&) = delete;
  SnapshotSource& operator=(const SnapshotSource&) = delete;
  virtual ~SnapshotSource() = default;

  // Never null.
  [[nodiscard]] virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
};

// The one that was published last.
class LatestSnapshot final : public SnapshotSource {
 public:
  void publish(std::shared_ptr<const Snapshot> snapshot) {
    const std::scoped_lock lock(mutex_);
    latest_ = std::move(snapshot);
  }

  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const override {
    const std::scoped_lock lock(mutex_);
    return latest_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> latest_ = std::make_shared<const Snapshot>();
};

[[nodiscard]] std::string_view name_of(PipelineState state);
[[nodiscard]] std::string_view name_of(Severity severity);
[[nodiscard]] std::string_view name_of(metrics::ResultKind kind);

}  // namespace kaiku::serve
