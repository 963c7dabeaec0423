#include "kaiku/metrics/catalogue.h"

namespace kaiku::metrics {
namespace {

constexpr std::string_view kCurrencyPlace = "{currency}";

using enum Type;
using enum Presence;

// In the order of Metric; a static_assert below holds it to that.
// clang-format off
constexpr Declaration kCatalogue[] = {
    // identity and health
    {Metric::kBuildInfo, "kaiku_build_info", kGauge, "",
     {"version", "compiler", "librdkafka", "rocksdb", "simdjson"}, kAlways, Fold::kNone,
     "Always 1; the labels say which program and libraries run."},
    {Metric::kConfigInfo, "kaiku_config_info", kGauge, "",
     {"pipeline", "config_hash"}, kAlways, Fold::kNone,
     "Always 1; the labels say which pipeline runs and from which configuration."},
    {Metric::kPipelineState, "kaiku_pipeline_state", kGauge, "",
     {"state"}, kWhenKnown, Fold::kMax,
     "1 for the state the pipeline is in: starting, restoring, running, draining or failed; 0 "
     "for the others."},
    {Metric::kShards, "kaiku_shards", kGauge, "",
     {"state"}, kWhenKnown, Fold::kSum,
     "Shards of the pipeline by what this process does with them: running, restoring, waiting, "
     "elsewhere."},
    {Metric::kWorkers, "kaiku_workers", kGauge, "",
     {}, kWhenKnown, Fold::kSum,
     "Worker threads."},
    {Metric::kLogMessages, "kaiku_log_messages_total", kCounter, "",
     {"level"}, kAlways, Fold::kSum,
     "Lines written to the log."},
    {Metric::kMetricsSeries, "kaiku_metrics_series", kGauge, "",
     {}, kAlways, Fold::kNone,
     "Series in this scrape."},
    {Metric::kMetricsSeriesLimit, "kaiku_metrics_series_limit", kGauge, "",
     {}, kAlways, Fold::kNone,
     "Series budget: brands beyond it are shown together as _other."},
    {Metric::kMetricsSeriesOverflow, "kaiku_metrics_series_overflow_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Samples of brands that did not fit into the series budget, added up over the scrapes."},
    {Metric::kCollectorFailures, "kaiku_metrics_collector_failures_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Collectors that failed during a scrape; their metrics are absent from it."},
    // what comes in and what becomes of it
    {Metric::kSourceRecords, "kaiku_source_records_total", kCounter, "",
     {"source"}, kAlways, Fold::kSum,
     "Records read and committed."},
    {Metric::kSourceBytes, "kaiku_source_bytes_total", kCounter, "bytes",
     {"source"}, kAlways, Fold::kSum,
     "Bytes of the values of these records."},
    {Metric::kItems, "kaiku_items_total", kCounter, "",
     {"source", "outcome"}, kAlways, Fold::kSum,
     "Items by where they ended: counted, duplicate, late, dead_letter or ignored. Each ends "
     "once."},
    {Metric::kSuppressed, "kaiku_suppressed_total", kCounter, "",
     {"source", "kind"}, kAlways, Fold::kSum,
     "Copies that were not counted again, by kind of duplicate."},
    {Metric::kDeadLetters, "kaiku_dead_letters_total", kCounter, "",
     {"source", "error_class"}, kAlways, Fold::kSum,
     "Records and items that went to the dead letters, by reason."},
    {Metric::kLateEvents, "kaiku_late_events_total", kCounter, "",
     {"source"}, kAlways, Fold::kSum,
     "Items that came after the lateness of the pipeline had passed."},
    {Metric::kMisplacedRecords, "kaiku_misplaced_records_total", kCounter, "",
     {"source"}, kAlways, Fold::kSum,
     "Records of a direct source that its producer put on another partition than declared; they "
     "were forwarded."},
    {Metric::kTestItems, "kaiku_test_items_total", kCounter, "",
     {"source"}, kAlways, Fold::kSum,
     "Items that say they are tests (test orders): dropped, and part of the ignored ones."},
    {Metric::kLedgerBalanced, "kaiku_ledger_balanced", kGauge, "",
     {}, kWhenKnown, Fold::kMin,
     "1 while every item has exactly one outcome and every item sent was received; 0 is a reason"
     " to wake somebody."},
    // the exchange and the outputs
    {Metric::kEdgeRecords, "kaiku_edge_records_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Records written into the exchange between shards."},
    {Metric::kEdgeBytes, "kaiku_edge_bytes_total", kCounter, "bytes",
     {}, kAlways, Fold::kSum,
     "Bytes of these records."},
    {Metric::kEdgeItemsSent, "kaiku_edge_items_sent_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Items and messages sent through the exchange."},
    {Metric::kEdgeItemsReceived, "kaiku_edge_items_received_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Items and messages received through the exchange."},
    {Metric::kEdgeRepeats, "kaiku_edge_repeats_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Exchange records that were seen before and dropped."},
    {Metric::kResults, "kaiku_results_total", kCounter, "",
     {"window", "kind"}, kAlways, Fold::kSum,
     "Aggregate records published, by window and kind: early, final or revision."},
    {Metric::kOutputRecords, "kaiku_output_records_total", kCounter, "",
     {"output"}, kAlways, Fold::kSum,
     "Records published, by output."},
    // freshness
    {Metric::kWatermark, "kaiku_watermark_timestamp_seconds", kGauge, "seconds",
     {"source"}, kWhenKnown, Fold::kMin,
     "Event time up to which the source is complete: the minimum over its partitions that are "
     "not idle."},
    {Metric::kLevelWatermark, "kaiku_level_watermark_timestamp_seconds", kGauge, "seconds",
     {"level"}, kWhenKnown, Fold::kMin,
     "Event time up to which a level of the pipeline is complete."},
    {Metric::kWatermarkHolder, "kaiku_watermark_holder_info", kGauge, "",
     {"level", "holder"}, kWhenKnown, Fold::kMax,
     "Always 1; the labels say who holds the watermark of a level back."},
    {Metric::kSourceLagRecords, "kaiku_source_lag_records", kGauge, "",
     {"source", "partition"}, kWhenKnown, Fold::kSum,
     "Records between the committed position and the end of the partition."},
    {Metric::kSourceLagSeconds, "kaiku_source_lag_seconds", kGauge, "seconds",
     {"source"}, kWhenKnown, Fold::kMax,
     "Age of the oldest record of the source that is not yet committed; 0 when all are."},
    {Metric::kSourceLastEvent, "kaiku_source_last_event_timestamp_seconds", kGauge, "seconds",
     {"source"}, kWhenKnown, Fold::kMax,
     "Largest event time seen in the source: a silent source is a gap, not zero activity."},
    {Metric::kSourceIdlePartitions, "kaiku_source_idle_partitions", kGauge, "",
     {"source"}, kWhenKnown, Fold::kSum,
     "Partitions that have nothing to read and hold no watermark back."},
    {Metric::kSourceState, "kaiku_source_state", kGauge, "",
     {"source", "state"}, kWhenKnown, Fold::kMax,
     "Of a source with expect_every, 1 for its state and 0 for the others: behind, it is not read "
     "to its end and nobody can say; caught_up, an item within expect_every; idle, none, but its "
     "connector gives signs of life; silent, neither. Told by the process that watches it."},
    {Metric::kEventTimeLag, "kaiku_event_time_lag_seconds", kHistogram, "seconds",
     {"source"}, kAlways, Fold::kSum,
     "From event time to commit, once per source partition and commit, for its newest event."},
    {Metric::kResultDelay, "kaiku_result_delay_seconds", kHistogram, "seconds",
     {"window"}, kAlways, Fold::kSum,
     "From the end of a window plus its grace time to the commit of its final records."},
    // commit, state and restore
    {Metric::kCommits, "kaiku_commits_total", kCounter, "",
     {"result"}, kAlways, Fold::kSum,
     "Commits by answer of the log: committed, not_committed, unknown or fenced."},
    {Metric::kCommitDuration, "kaiku_commit_duration_seconds", kHistogram, "seconds",
     {}, kAlways, Fold::kSum,
     "Time from sealing an epoch to the answer of the log."},
    {Metric::kLastCommit, "kaiku_commit_last_success_timestamp_seconds", kGauge, "seconds",
     {}, kWhenKnown, Fold::kMin,
     "When the shard that is furthest behind committed last."},
    {Metric::kEpochCells, "kaiku_epoch_cells", kHistogram, "",
     {}, kAlways, Fold::kSum,
     "Cells that changed in one epoch of one shard: they are the price of a commit."},
    {Metric::kWorkerSeconds, "kaiku_worker_seconds_total", kCounter, "seconds",
     {"activity"}, kAlways, Fold::kSum,
     "Time of the worker threads by activity; the rate is a share of one thread."},
    {Metric::kRebalances, "kaiku_rebalances_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Assignments received from the consumer group."},
    {Metric::kStateBytes, "kaiku_state_bytes", kGauge, "bytes",
     {"kind"}, kWhenKnown, Fold::kSum,
     "State in memory by what it is: dedup, cells, tables."},
    {Metric::kStateDiskFree, "kaiku_state_disk_free_bytes", kGauge, "bytes",
     {}, kWhenKnown, Fold::kMin,
     "Free space of the file system of the state directory."},
    {Metric::kMemoryLimit, "kaiku_state_memory_limit_bytes", kGauge, "bytes",
     {}, kWhenKnown, Fold::kMax,
     "The memory the configuration grants to state, queues and sketches."},
    {Metric::kDedupEntries, "kaiku_dedup_entries", kGauge, "",
     {}, kWhenKnown, Fold::kSum,
     "Items remembered for deduplication."},
    {Metric::kOpenCells, "kaiku_open_cells", kGauge, "",
     {}, kWhenKnown, Fold::kSum,
     "Cells of windows that are not closed."},
    {Metric::kRestores, "kaiku_restores_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Shards restored."},
    {Metric::kRestoreDuration, "kaiku_restore_duration_seconds", kHistogram, "seconds",
     {}, kAlways, Fold::kSum,
     "Time from the assignment of a shard to its first poll."},
    {Metric::kRestoreRecords, "kaiku_restore_records_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Changelog records applied while restoring."},
    {Metric::kRestoreRemaining, "kaiku_restore_remaining_records", kGauge, "",
     {}, kWhenKnown, Fold::kSum,
     "Changelog records still to apply."},
    // what leaves the promise of equal figures
    {Metric::kStragglers, "kaiku_stragglers_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Items accepted below a watermark that an idle partition had moved; their records say "
     "exact: false."},
    {Metric::kCapacityOverflow, "kaiku_capacity_overflow_total", kCounter, "",
     {"structure"}, kAlways, Fold::kSum,
     "Times a bounded structure was full; the records it touched say exact: false."},
    {Metric::kConflictingDuplicates, "kaiku_conflicting_duplicates_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Copies of one item that disagreed about it."},
    {Metric::kRetroactiveCatalogue, "kaiku_retroactive_catalogue_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Entries of catalogues (prices, markets, targets, calendars) that were added for a time already "
     "counted, once per shard; records before them stay as they are."},
    {Metric::kAdjustments, "kaiku_prior_period_adjustments_total", kCounter, "",
     {}, kAlways, Fold::kSum,
     "Changes to a purged window that were booked into the current one."},
    {Metric::kThreads, "kaiku_threads_total", kCounter, "",
     {"outcome"}, kAlways, Fold::kSum,
     "Replies that named only their parent, by what became of the search for their thread: found, "
     "unknown (nobody knows what they answer: it stands for the beginning), cut (too many waited: "
     "not looked for, the conversation says exact: false), forgotten (items dropped before a reply "
     "could name them)."},
    {Metric::kJourneyBounds, "kaiku_journey_bounds_total", kCounter, "",
     {"bound"}, kAlways, Fold::kSum,
     "What journeys left out at keys: expired (came later than orders may), cut (beyond the "
     "touches of a day), stopped (nobody's keys), shared_day (a key that became nobody's for a "
     "day), question_overflow (too many orders of one key at once), opening_overflow (a day on "
     "which one customer opened more than 16 conversations, or wrote more than 64 originals in "
     "them: none of them counts)."},
    {Metric::kErasures, "kaiku_erasures_total", kCounter, "",
     {"result"}, kAlways, Fold::kSum,
     "Requests to forget somebody: purged, nothing_found, refused (too many waited: no receipt)."},
    {Metric::kSignalBounds, "kaiku_signal_bounds_total", kCounter, "",
     {"bound"}, kAlways, Fold::kSum,
     "What signals left out: late (came after its window was looked at), terms (uses of terms for "
     "which there was no room), forgotten (terms whose past was dropped before it had faded), "
     "brands (no room for another one), left_out (alerts, those of deadlines too, that no budget "
     "had room for: a digest tells of them)."},
    // activity since the start of the process, at processing time
    {Metric::kEvents, "kaiku_events_total", kCounter, "",
     {"brand", "channel", "type", "relation"}, kWhenKnown, Fold::kSum,
     "Items counted since the start of the process, after deduplication. It moves at processing "
     "time: after a replay use the records."},
    {Metric::kFirstResponse, "kaiku_conversation_first_response_seconds", kHistogram, "seconds",
     {"brand", "channel", "visibility"}, kWhenKnown, Fold::kSum,
     "From the opening of a conversation to the brand's first answer, once per conversation, since "
     "the start of the process. Those still waiting are in kaiku_conversations_unanswered. No "
     "correction or erasure takes anything back: the records have the truth."},
    {Metric::kSla, "kaiku_conversation_sla_total", kCounter, "",
     {"brand", "channel", "type", "result"}, kWhenKnown, Fold::kSum,
     "Conversations whose deadline was judged since the start of the process: met, or breached, "
     "when the deadline passed and the brand had not answered. No correction or erasure takes "
     "anything back: the records have the truth."},
    {Metric::kConversationsAnswered, "kaiku_conversations_answered_total", kCounter, "",
     {"brand", "channel", "by"}, kWhenKnown, Fold::kSum,
     "Conversations that got their first answer since the start of the process, by who gave it: "
     "brand, peer or bot. A bot ends no wait, so what it answered may be among brand or peer too. "
     "No correction or erasure takes anything back: the records have the truth."},
    {Metric::kConversationsDeflected, "kaiku_conversations_deflected_total", kCounter, "",
     {"brand", "channel"}, kWhenKnown, Fold::kSum,
     "Strict deflections decided since the start of the process: a peer's answer was accepted, the "
     "brand said nothing, and the customer did not come back. No correction or erasure takes "
     "anything back: the records have the truth."},
    {Metric::kResolution, "kaiku_conversation_resolution_seconds", kHistogram, "seconds",
     {"brand", "channel"}, kWhenKnown, Fold::kSum,
     "From the opening of a conversation to its first resolution, once per conversation, since the "
     "start of the process. No correction or erasure takes anything back: the records have the "
     "truth."},
    {Metric::kInterruptionsAvoidedSince, "kaiku_interruptions_avoided_seconds_total", kCounter,
     "seconds",
     {"brand", "channel"}, kWhenKnown, Fold::kSum,
     "Mails below the frozen baseline, 64 seconds each, summed over the days that closed since the "
     "start of the process, as their final records said. A revision takes nothing back: the "
     "records have the truth."},
    {Metric::kCampaignSteps, "kaiku_campaign_step_total", kCounter, "",
     {"brand", "campaign", "step"}, kWhenKnown, Fold::kSum,
     "How often a step of a campaign was done since the start of the process: events, not people. "
     "No correction, cancellation or erasure takes anything back: the records have the truth."},
    // business, in the last closed window
    {Metric::kWindowEnd, "kaiku_window_end_timestamp_seconds", kGauge, "seconds",
     {"window"}, kWhenKnown, Fold::kMin,
     "End of the last closed window: the one the window gauges speak of."},
    {Metric::kWindowMentions, "kaiku_window_mentions", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Mentions in the last closed window."},
    {Metric::kWindowBugReports, "kaiku_window_bug_reports", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Bug reports in the last closed window."},
    {Metric::kWindowSupportMessages, "kaiku_window_support_messages", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Support messages in the last closed window."},
    {Metric::kWindowUniqueAuthors, "kaiku_window_unique_authors", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Different authors of mentions in the last closed window, an estimate within about 2 %. Not"
     " additive."},
    {Metric::kWindowEngagements, "kaiku_window_engagements", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Likes, replies, reposts and the like gained in the last closed window."},
    {Metric::kWindowNetSentiment, "kaiku_window_net_sentiment_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "(positive - negative) / items with a sentiment, in the last closed window: -1 to 1."},
    {Metric::kWindowNetSentimentLower, "kaiku_window_net_sentiment_lower_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Lower end of its 95 % interval, from 30 labels on: below that it says next to nothing."},
    {Metric::kWindowNetSentimentUpper, "kaiku_window_net_sentiment_upper_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Upper end of its 95 % interval, from 30 labels on."},
    {Metric::kWindowSentimentCoverage, "kaiku_window_sentiment_coverage_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Mentions with a sentiment / all mentions, in the last closed window: how much net "
     "sentiment stands on."},
    {Metric::kBookedRevenue, "kaiku_booked_revenue_{currency}", kGauge, "{currency}",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Orders booked in the last closed window, before refunds. Booked money, not modelled."},
    {Metric::kRefunds, "kaiku_refunds_{currency}", kGauge, "{currency}",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Refunds booked in the last closed window."},
    {Metric::kBookedNetRevenue, "kaiku_booked_net_revenue_{currency}", kGauge, "{currency}",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Orders less refunds booked in the last closed window. Never to be added to money of another "
     "kind, avoided or modelled."},
    {Metric::kSpend, "kaiku_spend_{currency}", kGauge, "{currency}",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Advertising spend booked in the last closed window."},
    {Metric::kBugReportShare, "kaiku_bug_report_share_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Bug reports of this channel / bug reports of all channels of the brand, original ones from "
     "outside, in the last closed window."},
    {Metric::kBugReportShareLower, "kaiku_bug_report_share_lower_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Lower end of its 95 % Wilson interval."},
    {Metric::kBugReportShareUpper, "kaiku_bug_report_share_upper_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Upper end of its 95 % Wilson interval."},
    {Metric::kShareOfVoice, "kaiku_share_of_voice_ratio", kGauge, "ratio",
     {"brand", "market", "window"}, kWhenKnown, Fold::kNone,
     "Original mentions of the brand / those of all brands of the market, in the last closed "
     "window."},
    {Metric::kAttributedRevenue, "kaiku_attributed_revenue_{currency}", kGauge, "{currency}",
     {"brand", "channel", "model", "window"}, kWhenKnown, Fold::kSum,
     "Net revenue of the last closed window by the channels that led to it, by model: last_touch, "
     "first_touch, linear, time_decay, equal_split, markov. Each model divides the same revenue: "
     "never add models."},
    {Metric::kAvoidedCost, "kaiku_avoided_cost_{currency}", kGauge, "{currency}",
     {"brand", "channel", "by", "window"}, kWhenKnown, Fold::kSum,
     "What was not spent in the last closed window, by the price list: contacts (strict "
     "deflections) or interruptions (mails below the baseline). Not revenue."},
    {Metric::kInterruptionsAvoided, "kaiku_interruptions_avoided_seconds", kGauge, "seconds",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Mails from outside below the frozen baseline, 64 seconds each, in the last closed window."},
    {Metric::kReplacementCost, "kaiku_replacement_cost_{currency}", kGauge, "{currency}",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "What the impressions of the last closed window would have cost as advertising. No value of "
     "communication; never part of a return."},
    {Metric::kReturnOnSpend, "kaiku_return_on_spend_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "(net revenue x margin - spend) / spend of the last closed window. Channel _all: the brand, by "
     "booked revenue. A channel: by the revenue its last touches led to; without journeys by what "
     "it sold itself. Absent, never 0 or -1, where nothing was spent, a rate is missing or it is "
     "not known what the spend led to."},
    {Metric::kBusinessEventJoin, "kaiku_business_event_join_ratio", kGauge, "ratio",
     {"brand", "window"}, kWhenKnown, Fold::kNone,
     "Orders with a touch that led to them / orders, in the last closed window."},
    {Metric::kNewCustomers, "kaiku_new_customers_ratio", kGauge, "ratio",
     {"brand", "window"}, kWhenKnown, Fold::kNone,
     "Orders of customers without an earlier one / orders of known customers, in the last closed "
     "window."},
    {Metric::kCustomersCrossChannel, "kaiku_customers_cross_channel_ratio", kGauge, "ratio",
     {"brand", "window"}, kWhenKnown, Fold::kNone,
     "Active customers seen on two channels or more / active customers, in the last closed "
     "window."},
    {Metric::kContinuedElsewhere, "kaiku_continued_elsewhere_ratio", kGauge, "ratio",
     {"brand", "window"}, kWhenKnown, Fold::kNone,
     "Conversations of known customers that say what they had said on another channel within 48 "
     "hours / conversations they opened, in the last closed window."},
    {Metric::kEngagementRate, "kaiku_engagement_rate_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Engagements / impressions of the last closed window. Channel _all: the brand."},
    {Metric::kTwoWayDialogue, "kaiku_two_way_dialogue_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Conversations closed in the last closed window in which the customer's side spoke again "
     "after the brand / those closed. Channel _all: the brand."},
    {Metric::kPeerAnswer, "kaiku_peer_answer_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Conversations first answered by somebody who is neither asker nor brand / those that got their "
     "first answer, or closed without one, in the last closed window. Channel _all: the brand."},
    {Metric::kWindowCampaignSteps, "kaiku_window_campaign_steps", kGauge, "",
     {"brand", "campaign", "step", "window"}, kWhenKnown, Fold::kSum,
     "How often a step of a campaign was done in the last closed window: events, not people."},
    {Metric::kCampaignStep, "kaiku_campaign_step_ratio", kGauge, "ratio",
     {"brand", "campaign", "step", "window"}, kWhenKnown, Fold::kNone,
     "A step of a campaign / the step before it, in the last closed window; above 1 if it was done "
     "more often. Absent, never 0, for the first step and behind a step that nobody did."},
    {Metric::kCampaignStepCost, "kaiku_campaign_step_cost_{currency}", kGauge, "{currency}",
     {"brand", "campaign", "step", "window"}, kWhenKnown, Fold::kNone,
     "Ad spend of a campaign / count of the step, in the last closed window: what it cost, not what "
     "it brought. Absent, never 0, where nothing was spent, nobody did it or a rate is missing."},
    {Metric::kMetricBasis, "kaiku_metric_basis_info", kGauge, "",
     {"metric", "value_basis", "stage"}, kWhenKnown, Fold::kMax,
     "Always 1; one series per metric that shows a key figure: on what its value rests (booked, "
     "avoided, modelled, replacement_cost, none: never added to one another) and its stage "
     "(inputs, output, outtake, outcome, impact)."},
    {Metric::kPriceList, "kaiku_price_list_info", kGauge, "",
     {"version", "valid_from"}, kWhenKnown, Fold::kMax,
     "Always 1; the version of the price list, as records name it, and the newest valid_from in "
     "force now. Absent without a price list."},
    // conversations, in the last closed window and now
    {Metric::kWindowConversationsOpened, "kaiku_window_conversations_opened", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Conversations opened by the customer's side in the last closed window."},
    {Metric::kWindowConversationsAnswered, "kaiku_window_conversations_answered", kGauge, "",
     {"brand", "channel", "window", "by"}, kWhenKnown, Fold::kSum,
     "Conversations that got their first answer in the last closed window, by who gave it: brand, "
     "peer or bot."},
    {Metric::kWindowSlaConversations, "kaiku_window_sla_conversations", kGauge, "",
     {"brand", "channel", "window", "result"}, kWhenKnown, Fold::kSum,
     "Conversations whose deadline lay in the last closed window: met, or breached if the brand "
     "had not answered by then."},
    {Metric::kSlaAttainment, "kaiku_sla_attainment_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Met / (met + breached) of the last closed window."},
    {Metric::kSlaAttainmentLower, "kaiku_sla_attainment_lower_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Lower end of its 95 % Wilson interval."},
    {Metric::kSlaAttainmentUpper, "kaiku_sla_attainment_upper_ratio", kGauge, "ratio",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Upper end of its 95 % Wilson interval."},
    {Metric::kWindowFirstResponseMedian, "kaiku_window_first_response_median_seconds", kGauge,
     "seconds",
     {"brand", "channel", "window", "visibility"}, kWhenKnown, Fold::kNone,
     "From the opening to the brand's first answer, of the answers given in the last closed "
     "window: their median, within 0.8 %, public or private. Channel _all: the brand. Those still "
     "waiting are in kaiku_conversations_unanswered."},
    {Metric::kWindowFirstResponseP90, "kaiku_window_first_response_ninth_decile_seconds", kGauge,
     "seconds",
     {"brand", "channel", "window", "visibility"}, kWhenKnown, Fold::kNone,
     "Nine of ten of these answers came within this time."},
    {Metric::kWindowResolutionMedian, "kaiku_window_resolution_median_seconds", kGauge, "seconds",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "From the opening to the first resolution, of those resolved in the last closed window: "
     "their median, within 0.8 %. Channel _all: the brand."},
    {Metric::kWindowResolutionP90, "kaiku_window_resolution_ninth_decile_seconds", kGauge,
     "seconds",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kNone,
     "Nine of ten of these resolutions came within this time."},
    {Metric::kWindowConversationsResolved, "kaiku_window_conversations_resolved", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Conversations resolved for the first time in the last closed window."},
    {Metric::kWindowConversationsReopened, "kaiku_window_conversations_reopened", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Times a conversation was opened again in the last closed window."},
    {Metric::kWindowConversationsClosed, "kaiku_window_conversations_closed", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Conversations closed in the last closed window: by status, an accepted answer, or because "
     "nothing happened any more."},
    {Metric::kWindowConversationsNeverAnswered, "kaiku_window_conversations_never_answered",
     kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Those of them that nobody had answered."},
    {Metric::kWindowConversationsTwoWay, "kaiku_window_conversations_two_way", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Those of them in which the customer's side spoke again after the brand."},
    {Metric::kWindowContactsAvoided, "kaiku_window_contacts_avoided", kGauge, "",
     {"brand", "channel", "window"}, kWhenKnown, Fold::kSum,
     "Strict deflections of the last closed window: a peer's answer was accepted, the brand said "
     "nothing, and the customer did not come back."},
    {Metric::kConversationsUnanswered, "kaiku_conversations_unanswered", kGauge, "",
     {"brand", "channel", "type"}, kWhenKnown, Fold::kSum,
     "Open conversations that wait for the brand's answer now, as far as has been read."},
    {Metric::kOldestUnanswered, "kaiku_conversation_oldest_unanswered_seconds", kGauge, "seconds",
     {"brand", "channel", "type"}, kWhenKnown, Fold::kMax,
     "How long the oldest of them has waited, up to the watermark: while records are missing it "
     "stands still. Absent when none waits."},
    {Metric::kAlertsOpen, "kaiku_alerts_open", kGauge, "",
     {"brand", "channel", "kind"}, kWhenKnown, Fold::kSum,
     "Alerts that are open now: sla_risk, the deadline has passed and no answer is to be seen; "
     "sla_breach, and nothing that is not late can change it; the kinds of kaiku_alerts_total, of "
     "all channels together."},
    {Metric::kAlerts, "kaiku_alerts_total", kCounter, "",
     {"brand", "kind", "severity"}, kWhenKnown, Fold::kSum,
     "Alerts of signals opened since the start of the process: burst, weak_signal, volume_spike, "
     "sentiment_drop, impersonation, phishing_link, confidential_term, pii_public; "
     "source_silent has the brand _all. Those that only a digest tells of are not among them."},
    // the process
    {Metric::kProcessCpu, "process_cpu_seconds_total", kCounter, "seconds",
     {}, kWhenKnown, Fold::kNone,
     "Processor time, user and system."},
    {Metric::kProcessResident, "process_resident_memory_bytes", kGauge, "bytes",
     {}, kWhenKnown, Fold::kNone,
     "Resident memory."},
    {Metric::kProcessVirtual, "process_virtual_memory_bytes", kGauge, "bytes",
     {}, kWhenKnown, Fold::kNone,
     "Virtual memory."},
    {Metric::kProcessOpenFds, "process_open_fds", kGauge, "",
     {}, kWhenKnown, Fold::kNone,
     "Open file descriptors."},
    {Metric::kProcessMaxFds, "process_max_fds", kGauge, "",
     {}, kWhenKnown, Fold::kNone,
     "Most file descriptors the process may open."},
    {Metric::kProcessThreads, "process_threads", kGauge, "",
     {}, kWhenKnown, Fold::kNone,
     "Threads."},
    {Metric::kProcessStart, "process_start_time_seconds", kGauge, "seconds",
     {}, kWhenKnown, Fold::kNone,
     "When the process was started, since 1970."},
};

// clang-format on

constexpr bool in_order() {
  for (size_t i = 0; i < std::size(kCatalogue); ++i) {
    if (kCatalogue[i].id != static_cast<Metric>(i)) {
      return false;
    }
  }
  return std::size(kCatalogue) == kMetrics;
}

static_assert(in_order(), "the catalogue lists every metric once, in the order of Metric");

std::string fill_in(std::string_view text, std::string_view currency_unit) {
  std::string filled(text);
  if (const size_t at = filled.find(kCurrencyPlace); at != std::string::npos) {
    filled.replace(at, kCurrencyPlace.size(), currency_unit);
  }
  return filled;
}

}  // namespace

std::span<const Declaration> catalogue() {
  return kCatalogue;
}

const Declaration& declaration(Metric metric) {
  return kCatalogue[static_cast<size_t>(metric)];
}

std::string name_of(Metric metric, std::string_view currency_unit) {
  return fill_in(declaration(metric).name, currency_unit);
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::kCounter:
      return "counter";
    case Type::kGauge:
      return "gauge";
    case Type::kHistogram:
      return "histogram";
  }
  return "";
}

std::string catalogue_markdown(std::string_view currency_unit) {
  std::string out =
      "| metric | type | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const Declaration& metric : kCatalogue) {
    out += "| `" + fill_in(metric.name, currency_unit) + "` | ";
    out += name_of(metric.type);
    out += " | " + fill_in(metric.unit, currency_unit) + " | ";
    for (size_t i = 0; i < metric.label_count(); ++i) {
      out += i == 0 ? "" : ", ";
      out += metric.labels[i];
    }
    out += " | ";
    out += metric.help;
    out += metric.presence == kWhenKnown ? " Absent while not known. |\n" : " |\n";
  }
  return out;
}

}  // namespace kaiku::metrics
