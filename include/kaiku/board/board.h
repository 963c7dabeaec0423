// Board: the merged cells of the brands whose home is this shard, their windows, and what is
// published of them: early, final and revision records, KPI records and the closed_through of each
// window.
//
// Threads: confined to the shard's worker.
// Owns:    its open cells; closed ones live in `tables` and are read back when a correction comes.
// Cost:    a merge per (delta, window), about 150 ns while the cell is in the cache; at seal a put
//          per cell that changed (about 1 us) and some 4 us per record that is published.
// Fails:   kRestore when a row does not decode. Bounds: limits::kCellsPerWindow cells of a window
//          and as many brands; beyond them the brand becomes `_other`, marked inexact.
// Format:  table kCells. Key: window name, 0, start (i64 big-endian, sign bit flipped), brand, 0,
//          channel, 0, type u8. Value: layout u8 (1), published kind u8 (0 none, 1 early, 2 final,
//          3 revision; bit 7: changed since), revision u32, Aggregate; layout 2, with min_cell:
//          after the revision flags u8 (1 withheld, 2 total of the type withheld, 4 all totals
//          withheld, 8 changed since it was told) and people as last told varint. Type 0x80 + KPI
//          number: a KPI record; value: layout u8 (1; 2 where it left sums without a rate out),
//          revision u32, digest of what it said (16 bytes); behind the channel of its key stand
//          the fields that tell it from others, each behind exchange::kPlaceSeparator.
//          Table kClosed. Key: window name, 0, brand; value: closed_through i64. Empty key:
//          watermark i64, purge watermark i64 as of the last seal that wrote anything.
//
// Finality: a window is closed when the board's watermark reaches its end + final_after. Then every
// cell of it is published as `final`; a cell that changes later as `revision` with the next number;
// before, as `early` when asked to. A cell that came to nothing before it was ever published is
// not. Cells are dropped when the purge watermark passes end + retention; a delta for a dropped
// window is booked into the window of the watermark as an adjustment. The end of all input (a
// watermark beyond any calendar) closes every window and drops none.
//
// A hopping window keeps one cell per pane; its records are sums of panes, made when it closes or
// one of its panes changes. Its early record is that of the window which ends with the changed
// pane.
//
// With min_cell nothing leaves that is about fewer people than that, nor anything from which such a
// number could be computed (small_cells.h): a brand's window is told once, when it closes, and
// again only when each of its cells that changed has that many people more. A cell that is withheld
// stays so, and says so in its record; nothing is told early, no view shows what no record says.
// One window that does not overlap itself has to be the only one, and no market may be compared:
// the configuration sees to it. Then what came after the close is a matter of when it came: the
// last revision is the same for every order of arrival only if nothing did.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/board/funnel.h"
#include "kaiku/board/kpi_set.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/model/catalogue.h"
#include "kaiku/money/prices.h"
#include "kaiku/money/rates.h"
#include "kaiku/state/tables.h"
#include "kaiku/window/window_spec.h"

namespace kaiku::board {

// Brands that are compared with each other, from a time on until a later list of the same market.
// At any time a brand is in one market at most.
struct Market {
  std::string cells;  // in the place of a brand: exchange::kMarketMark and the id
  std::vector<std::string> brands;
  base::EventTime valid_from = base::kTimeBegin;

  [[nodiscard]] std::string_view id() const { return std::string_view(cells).substr(1); }

  [[nodiscard]] bool has(std::string_view brand) const {
    return std::find(brands.begin(), brands.end(), brand) != brands.end();
  }
};

// The list of the market that holds at a time: the one with the latest valid_from that is not after
// it. Null: none yet.
[[nodiscard]] const Market* market_at(const std::vector<Market>& markets,
                                      std::string_view cells,
                                      base::EventTime at);

// What a step of a campaign counts.
enum class Measure : uint8_t {
  kPosts,     // originals
  kMentions,  // with reposts, replies and quotes
  kImpressions,
  kViews,
  kClicks,
  kEngagements,
  kVisits,
  kLeads,
  kOpportunities,
  kOrders,
  kSubscriptions,  // starts
};
inline constexpr size_t kMeasures = 11;

// By measure.
using MeasureCounts = std::array<int64_t, kMeasures>;

[[nodiscard]] MeasureCounts measures_of(const aggregate::Aggregate& figures);
[[nodiscard]] std::string_view name_of(Measure measure);
[[nodiscard]] bool parse_name(std::string_view name, Measure& measure);

struct CampaignStep {
  std::string name;
  Measure of = Measure::kViews;
  std::string channel;  // "": all of them
};

// What people saw, did and bought of one campaign. Its cells have channels as those of a brand.
struct Campaign {
  std::string cells;   // in the place of a brand: exchange::kCampaignMark and the id
  std::string period;  // exchange::kPeriodMark and the id; "": it has no beginning and end
  std::string brand;
  std::vector<CampaignStep> steps;
  base::EventTime from = base::kNoTime;
  base::EventTime to = base::kNoTime;

  [[nodiscard]] std::string_view id() const { return std::string_view(cells).substr(1); }
};

// What is compared before and after a declared change.
enum class Compared : uint8_t {
  kMentions,
  kBugReports,
  kSupportContacts,
  kOrders,
  kVisits,
  kLeads
};
inline constexpr size_t kComparables = 6;

[[nodiscard]] std::string_view name_of(Compared compared);
[[nodiscard]] bool parse_name(std::string_view name, Compared& compared);

struct Comparison {
  std::string cells;  // in the place of a brand: exchange::kComparisonMark and the id
  std::string brand;
  std::string channel;  // "": all of them
  Compared of = Compared::kMentions;
  base::EventTime changed_at = 0;
  int64_t before_us = 0;
  int64_t after_us = 0;

  [[nodiscard]] std::string_view id() const { return std::string_view(cells).substr(1); }

  [[nodiscard]] base::EventTime end() const { return changed_at + after_us; }
};

// The terms of attribution, as its records state them.
struct AttributionTerms {
  int64_t look_back_us = 0;
  int64_t half_life_us = 0;
};

struct BoardPlan {
  std::string pipeline;
  std::vector<window::WindowSpec> windows;
  std::shared_ptr<const money::Rates> rates;
  std::shared_ptr<const money::Prices> prices;  // null: nothing is valued by a price
  bool replacement_cost = false;                // say what impressions would have cost
  uint16_t kinds =
      0;  // business kinds that are counted besides orders, refunds and spend, a bit each
  std::vector<Market> markets;
  std::vector<Campaign> campaigns;
  std::vector<Comparison> comparisons;
  // KPI records are made for windows of these names (those of an hour and longer by default).
  std::vector<std::string> kpi_windows;
  AttributionTerms attribution;
  // Figures about fewer people than this are withheld; 0: none are.
  uint32_t min_cell = 0;
};

// An entry that was taken when time had passed its valid_from already: figures of windows in
// between were made without it, as long as they had not to be told again.
struct LateEntry {
  model::Catalogue of = model::Catalogue::kPrices;
  std::string name;  // what it is about, as shard::ScheduleEntry has it
  base::EventTime valid_from = base::kTimeBegin;
  base::EventTime reached = base::kTimeBegin;  // how far time had come when it was taken
};

enum class Dataset : uint8_t { kActivity, kKpi, kClosed };
inline constexpr size_t kDatasets = 3;

enum class Kind : uint8_t { kEarly, kFinal, kRevision };
inline constexpr size_t kKinds = 3;

// One record of an output topic.
struct Published {
  Dataset dataset = Dataset::kActivity;
  Kind kind = Kind::kFinal;
  uint32_t revision = 0;
  std::string window;  // name of the WindowSpec
  base::EventTime window_start = 0;
  std::string key;    // canonical JSON
  std::string value;  // JSON, fields in fixed order
};

// What gauges, the API and the page show of a cell: the last published values.
struct CellView {
  std::string window;
  base::EventTime window_start = 0;
  base::EventTime window_end = 0;
  std::string brand;
  std::string channel;
  model::ItemType type = model::ItemType::kMention;
  Kind kind = Kind::kEarly;
  int64_t count_total = 0;
  int64_t count_original = 0;
  int64_t inbound_original = 0;  // of them, from outside
  uint64_t unique_authors = 0;
  int64_t engagements = 0;
  int64_t sentiment_negative = 0;
  int64_t sentiment_neutral = 0;
  int64_t sentiment_positive = 0;
  int64_t booked_micros = 0;  // orders, in the base currency
  int64_t refunds_micros = 0;
  int64_t spend_micros = 0;
};

// Durations in milliseconds, quantiles within 0.8 %.
struct Durations {
  int64_t count = 0;
  int64_t median_ms = 0;  // of no meaning while count is 0, as is p90_ms
  int64_t p90_ms = 0;
};

// What became of the conversations of a brand and channel in a window, of all types together.
struct ConversationView {
  std::string window;
  base::EventTime window_start = 0;
  base::EventTime window_end = 0;
  std::string brand;
  std::string channel;  // "": all channels of the brand
  bool is_closed = false;
  int64_t opened = 0;
  std::array<int64_t, aggregate::kAnsweredBy> first_answer_by{};
  int64_t sla_met = 0;
  int64_t sla_breached = 0;
  int64_t resolved = 0;
  int64_t reopened = 0;
  int64_t closed = 0;
  int64_t two_way = 0;         // of those closed
  int64_t never_answered = 0;  // of those closed
  int64_t deflected = 0;       // contacts avoided, by strict deflection
  int64_t rated = 0;
  int64_t rated_good = 0;
  Durations first_response_public;
  Durations first_response_private;
  Durations resolution;
};

// Interruptions that a brand was spared on a channel, in a day that closed.
struct SavedTime {
  std::string brand;
  std::string channel;
  int64_t us = 0;
};

// What happened since the board was made.
struct BoardCounts {
  uint64_t adjustments = 0;  // changes of purged windows that were booked into the current one
  uint64_t left_out = 0;     // deltas that found no room for another name or cell
};

class Board {
 public:
  // `tables` must outlive it. load() reads what the last epoch left; advance() with the watermarks
  // of that epoch then continues as if nothing had happened.
  Board(std::shared_ptr<const BoardPlan> plan, state::Tables& tables);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;
  ~Board();

  [[nodiscard]] base::Status load();

  // Another table of rates, at the end of an epoch: what is published from then on is converted by
  // it, and records of closed windows that left sums without a rate out get their revision if their
  // rate has come. What was complete is not converted again.
  void adopt(std::shared_ptr<const money::Rates> rates);

  // Another list of prices, at the end of an epoch or before load(): what is published from then on
  // is valued by it, nothing is published because of it.
  void adopt(std::shared_ptr<const money::Prices> prices);

  // All entries of catalogues that came late, at the end of an epoch or before load(): the KPI
  // records of windows they touch which are published from then on say that they are not exact.
  void adopt(std::vector<LateEntry> late);

  [[nodiscard]] base::Status merge(const exchange::DeltaKey& key,
                                   const aggregate::Aggregate& delta);

  // The board level's watermark (closes windows) and the data-driven one (drops them). Monotone.
  void advance(base::EventTime watermark, base::EventTime purge);

  // True if seal() would publish or change anything besides early records.
  [[nodiscard]] bool has_work() const;

  // True if open cells changed since they were last published, in an earlier life of the shard too.
  [[nodiscard]] bool has_early() const;

  // Ends the epoch: writes what changed to the tables and appends what is to be published.
  // `with_early`: publish open cells that changed since they were last published.
  [[nodiscard]] base::Status seal(bool with_early, std::vector<Published>& out);

  // As the finals said that the last seal published, of the first window that is a day and does not
  // hop: in windows of several lengths the same time would lie several times.
  [[nodiscard]] const std::vector<SavedTime>& saved() const;

  // The cells of the windows that matter now: per window name the open ones and the last closed
  // one.
  void view(std::vector<CellView>& out) const;

  // The conversations of the same windows, of those that KPI records are made for.
  void view(std::vector<ConversationView>& out) const;

  // The KPI records of the last closed windows, kFiguresShown of a window.
  void view(std::vector<KpiSetPtr>& out) const;

  // The funnels of campaigns in windows that are open: what has been counted so far.
  void view(std::vector<Funnel>& out) const;

  [[nodiscard]] size_t open_cells() const;
  [[nodiscard]] size_t memory_bytes() const;
  [[nodiscard]] const BoardCounts& counts() const;
  // End of the last closed window of a name; kTimeBegin if none was closed.
  [[nodiscard]] base::EventTime closed_through(std::string_view window) const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::board
