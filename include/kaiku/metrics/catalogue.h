// The catalogue of metrics: every metric of the process, declared once with name, type, unit,
// labels and meaning. A scrape, the documentation, the rules and the dashboards are tested against
// it.
//
// Threads: constants.
// Owns:    nothing.
// Cost:    a table lookup; names with a currency in them are composed when asked for.
// Fails:   never.
// Format:  Prometheus naming (prometheus.io/docs/practices/naming): prefix kaiku_, base units,
// _total on
//          counters. The base currency is part of a name, never a label: a sum over labels then
//          always means something.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kaiku::metrics {

enum class Metric : uint8_t {
  // identity and health
  kBuildInfo,
  kConfigInfo,
  kPipelineState,
  kShards,
  kWorkers,
  kLogMessages,
  kMetricsSeries,
  kMetricsSeriesLimit,
  kMetricsSeriesOverflow,
  kCollectorFailures,
  // what comes in and what becomes of it
  kSourceRecords,
  kSourceBytes,
  kItems,
  kSuppressed,
  kDeadLetters,
  kLateEvents,
  kMisplacedRecords,
  kTestItems,
  kLedgerBalanced,
  // the exchange and the outputs
  kEdgeRecords,
  kEdgeBytes,
  kEdgeItemsSent,
  kEdgeItemsReceived,
  kEdgeRepeats,
  kResults,
  kOutputRecords,
  // freshness
  kWatermark,
  kLevelWatermark,
  kWatermarkHolder,
  kSourceLagRecords,
  kSourceLagSeconds,
  kSourceLastEvent,
  kSourceIdlePartitions,
  kSourceState,
  kEventTimeLag,
  kResultDelay,
  // commit, state and restore
  kCommits,
  kCommitDuration,
  kLastCommit,
  kEpochCells,
  kWorkerSeconds,
  kRebalances,
  kStateBytes,
  kStateDiskFree,
  kMemoryLimit,
  kDedupEntries,
  kOpenCells,
  kRestores,
  kRestoreDuration,
  kRestoreRecords,
  kRestoreRemaining,
  // what leaves the promise of equal figures
  kStragglers,
  kCapacityOverflow,
  kConflictingDuplicates,
  kRetroactiveCatalogue,
  kAdjustments,
  kThreads,
  kJourneyBounds,
  kErasures,
  kSignalBounds,
  // activity since the start of the process, at processing time
  kEvents,
  kFirstResponse,
  kSla,
  kConversationsAnswered,
  kConversationsDeflected,
  kResolution,
  kInterruptionsAvoidedSince,
  kCampaignSteps,
  // business, in the last closed window
  kWindowEnd,
  kWindowMentions,
  kWindowBugReports,
  kWindowSupportMessages,
  kWindowUniqueAuthors,
  kWindowEngagements,
  kWindowNetSentiment,
  kWindowNetSentimentLower,
  kWindowNetSentimentUpper,
  kWindowSentimentCoverage,
  kBookedRevenue,
  kRefunds,
  kBookedNetRevenue,
  kSpend,
  kBugReportShare,
  kBugReportShareLower,
  kBugReportShareUpper,
  kShareOfVoice,
  kAttributedRevenue,
  kAvoidedCost,
  kInterruptionsAvoided,
  kReplacementCost,
  kReturnOnSpend,
  kBusinessEventJoin,
  kNewCustomers,
  kCustomersCrossChannel,
  kContinuedElsewhere,
  kEngagementRate,
  kTwoWayDialogue,
  kPeerAnswer,
  kWindowCampaignSteps,
  kCampaignStep,
  kCampaignStepCost,
  kMetricBasis,
  kPriceList,
  // conversations, in the last closed window and now
  kWindowConversationsOpened,
  kWindowConversationsAnswered,
  kWindowSlaConversations,
  kSlaAttainment,
  kSlaAttainmentLower,
  kSlaAttainmentUpper,
  kWindowFirstResponseMedian,
  kWindowFirstResponseP90,
  kWindowResolutionMedian,
  kWindowResolutionP90,
  kWindowConversationsResolved,
  kWindowConversationsReopened,
  kWindowConversationsClosed,
  kWindowConversationsNeverAnswered,
  kWindowConversationsTwoWay,
  kWindowContactsAvoided,
  kConversationsUnanswered,
  kOldestUnanswered,
  kAlertsOpen,
  kAlerts,
  // the process
  kProcessCpu,
  kProcessResident,
  kProcessVirtual,
  kProcessOpenFds,
  kProcessMaxFds,
  kProcessThreads,
  kProcessStart,
};
inline constexpr size_t kMetrics = static_cast<size_t>(Metric::kProcessStart) + 1;

enum class Type : uint8_t { kCounter, kGauge, kHistogram };

enum class Presence : uint8_t {
  kAlways,     // in every scrape, from the first one on
  kWhenKnown,  // absent, never 0, while there is nothing to say
};

// What two samples with the same labels become: reports of several shards, or brands that share
// `_other`.
enum class Fold : uint8_t {
  kSum,
  kMin,
  kMax,
  kNone,  // neither adds up nor has a meaning for many brands: the last report, and no `_other`
};

inline constexpr size_t kMaxLabels = 5;

struct Declaration {
  Metric id;
  std::string_view name;  // "{currency}" stands for the unit of the base currency
  Type type;
  std::string_view unit;
  std::array<std::string_view, kMaxLabels> labels;
  Presence presence;
  Fold fold;
  std::string_view help;

  [[nodiscard]] constexpr size_t label_count() const {
    size_t count = 0;
    while (count < kMaxLabels && !labels[count].empty()) {
      ++count;
    }
    return count;
  }
};

[[nodiscard]] std::span<const Declaration> catalogue();
[[nodiscard]] const Declaration& declaration(Metric metric);

// The unit of a currency in metric names: EUR "euros", GBP "sterling", USD "dollars"; a currency
// without a word of its own gives its code in lower case. Anything but three letters gives
// "currency_units".
[[nodiscard]] std::string currency_unit_name(std::string_view currency);

// The full name, with `currency_unit` (see above) where the declaration has a place for it.
[[nodiscard]] std::string name_of(Metric metric, std::string_view currency_unit);
[[nodiscard]] std::string_view name_of(Type type);

// The catalogue as a Markdown table.
[[nodiscard]] std::string catalogue_markdown(std::string_view currency_unit);

}  // namespace kaiku::metrics
