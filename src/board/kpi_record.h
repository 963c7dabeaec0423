// KPI records: numbers about one brand, or brand and channel, in one closed window, with what they
// were made of, so that they can be added up again. pipelines/schemas/kpi.v1.schema.json is their
// contract; metric ids and formulas are those of the metric catalogue (M01 booked net revenue, M14
// channel share of a type).
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record.
// Fails:   never. Money without a rate is left out of the value and listed in `unconverted`.
// Format:  JSON, fields in the order they are written here; within v1 fields are only added.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/json_writer.h"
#include "kaiku/board/board.h"
#include "kaiku/money/rates.h"

namespace kaiku::board {

// Numbers on disk: never reuse one.
enum class Kpi : uint8_t {
  kBookedRevenue = 0,
  kRefunds = 1,
  kBookedNetRevenue = 2,
  kAdSpend = 3,
  kBugReportShare = 4,
  kSlaAttainment = 5,
  kFirstResponsePublic = 6,
  kFirstResponsePrivate = 7,
  kFirstResponseBusiness = 8,
  kPublicGap = 9,
  kPeerAnswer = 10,
  kPeerLead = 11,
  kTwoWay = 12,
  kResolution = 13,
  kReopened = 14,
  kDepth = 15,
  kNeverAnswered = 16,
  kAttributedLastTouch = 17,  // then the other models, in the order of AttributionModel
  kAttributedFirstTouch = 18,
  kAttributedLinear = 19,
  kAttributedTimeDecay = 20,
  kAttributedEqualSplit = 21,
  kAttributedMarkov = 22,
  kAttributedOrders = 23,
  kNewCustomers = 24,
  kUnconvertedJourneys = 25,
  kCrossChannelCustomers = 26,
  kStrictDeflections = 27,
  kNetSentiment = 40,
  kEngagementRate = 41,
  kDuplicateShare = 42,
  kReplacementCost = 43,
  kAvoidedContactCost = 44,
  kInterruptionsAvoided = 45,
  kInterruptionCost = 46,
  kChannelShift = 47,
  kReturnOnSpend = 48,
  kShareOfVoice = 49,
  kCancelledRevenue = 50,
  kOpportunityValue = 51,
  kSubscriptionNet = 52,
  kCampaignFunnel = 53,
  kCampaignCost = 54,
  kRelevance = 55,
  kAspectFeedback = 56,
  kContentReuse = 57,
  kMessagesPerMember = 58,
  kBeforeAfter = 59,
  kAdvocacy = 60,
  kImpersonations = 61,  // then the other kinds of risks
  kPhishingLinks = 62,
  kConfidentialTerms = 63,
  kPublicPersonalData = 64,
  kFinalResolution = 65,
  kContinuedElsewhere = 66,
};

// In the place of a channel: all of them.
inline constexpr std::string_view kAllChannels = "_all";

struct KpiHead {
  std::string_view pipeline;
  std::string_view brand;
  std::string_view window;
  base::EventTime start = 0;
  base::EventTime end = 0;
  AttributionTerms attribution = {};
};

// Sums over the types of a channel's cells.
struct ActivityTotals {
  int64_t counted = 0;
  int64_t originals = 0;
  int64_t suppressed = 0;
  int64_t engagements = 0;
  int64_t impressions = 0;
  int64_t negative = 0;
  int64_t neutral = 0;
  int64_t positive = 0;
  int64_t bug_reports = 0;       // originals from outside
  int64_t support_contacts = 0;  // support messages from outside, originals
  int64_t support_messages = 0;  // and all of them
  int64_t mentions = 0;          // originals
  int64_t by_staff = 0;          // of those
  std::array<int64_t, model::kRisks> risks{};

  void add(model::ItemType type, const aggregate::Aggregate& figures);
  void add(const ActivityTotals& other);
};

// What counts are turned into money with.
struct Valuation {
  const money::Rates& rates;
  const money::Prices* prices = nullptr;  // null: nothing is valued by a price
  bool replacement_cost = false;
  uint16_t kinds = 0;  // business kinds that are counted, see BoardPlan
};

// What one channel brought to a brand in the window.
struct ChannelFigures {
  std::string_view channel;
  const aggregate::Aggregate* business = nullptr;  // null: none
  ActivityTotals activity;                         // of all other types
  aggregate::ConversationFigures conversations;    // of all types
  sketch::HyperLogLog authors;                     // of all types
  aggregate::ContentFigures content = {};          // of all types
};

// What a KPI is about besides its brand and channel: fields of its key, in their order.
struct Subject {
  std::string_view scope;
  std::vector<std::pair<std::string_view, std::string>> fields;
};

// A KPI before it is known whether it says anything new.
struct KpiDraft {
  Kpi kpi = Kpi::kBookedRevenue;
  std::string channel;
  Subject subject;
  bool has_figures = false;  // false: worth a record only if there was one before
  bool incomplete = false;   // sums without a rate are left out
  std::string front;         // JSON up to and with window_end
  std::string back;          // and from `value` on; kind and revision stand between
  // How many it is about (messages, conversations, orders); kOfCells: as many as its cells are.
  int64_t n = kOfCells;
  int64_t saved_us = 0;  // of interruption_time_avoided, as it says

  static constexpr int64_t kOfCells = -1;
};

// A KPI of cells that are no brand's own.
struct HeadedDraft {
  KpiHead head;  // of the brand it is said of
  KpiDraft draft;
};

[[nodiscard]] std::string_view name_of(Kpi kpi);
[[nodiscard]] std::string_view stage_of(Kpi kpi);
[[nodiscard]] std::string_view value_basis_of(Kpi kpi);
[[nodiscard]] std::string_view method_of(Kpi kpi);

// A draft with everything before its value.
[[nodiscard]] KpiDraft draft_of(
    const KpiHead& head, Kpi kpi, std::string_view channel, bool has_figures, Subject subject = {});
// The back of a record about money, plus less minus, of `records` records; `fields` are written
// behind them.
void write_money(KpiDraft& draft,
                 const money::Rates& rates,
                 const money::Rates::Total& plus,
                 const money::Rates::Total& minus,
                 int64_t records,
                 std::span<const std::pair<std::string_view, int64_t>> fields = {});
// What a draft says, whichever table of rates it was made with.
[[nodiscard]] base::Digest content_of(const KpiDraft& draft);
// In the place of a channel in the row of its state.
[[nodiscard]] std::string place_of(const KpiDraft& draft);
// The back of a record about a part of a whole, with its 95 % interval.
void write_share(KpiDraft& draft,
                 int64_t numerator,
                 int64_t denominator,
                 std::span<const std::string_view> assumptions = {});
// The fields that say which sums without a rate the value (plus less minus) leaves out; nothing if
// there are none.
void write_unconverted(base::JsonWriter& json,
                       const money::Rates::Total& plus,
                       const money::Rates::Total& minus);
// What a reader has to know to use the number; nothing if that is nothing.
void write_assumptions(base::JsonWriter& json, std::span<const std::string_view> assumptions);

// The drafts of one brand, by channel in the order given, then of all channels.
[[nodiscard]] std::vector<KpiDraft> draft_kpis(const KpiHead& head,
                                               const std::vector<ChannelFigures>& channels,
                                               const Valuation& by);

// The back of a record whose figures are withheld: they are about fewer people than `least`, or
// would tell of such ones.
[[nodiscard]] std::string withheld_back(Kpi kpi, uint32_t least);
// The KPIs of the same place from which it is computed; none for most.
[[nodiscard]] std::vector<Kpi> made_of(Kpi kpi);
// Its record names a total over all channels.
[[nodiscard]] bool names_total(Kpi kpi);

[[nodiscard]] Published kpi_record(const KpiHead& head,
                                   const KpiDraft& draft,
                                   Kind kind,
                                   uint32_t revision);

}  // namespace kaiku::board
