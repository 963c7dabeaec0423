#include "board/kpi_definition.h"

#include <algorithm>
#include <array>
#include <vector>

#include "kaiku/board/kpi_set.h"

namespace kaiku::board {
namespace {

constexpr std::array<Definition, 55> kDefinitions = {{
    {Kpi::kBookedRevenue, "booked_revenue", "M01", "impact", "booked", "sum.v1"},
    {Kpi::kRefunds, "refunds", "M01", "impact", "booked", "sum.v1"},
    {Kpi::kBookedNetRevenue, "booked_net_revenue", "M01", "impact", "booked", "sum.v1"},
    {Kpi::kAdSpend, "ad_spend", "", "inputs", "none", "sum.v1"},
    {Kpi::kBugReportShare, "bug_report_channel_share", "M14", "outcome", "none", "wilson.v1", 2},
    {Kpi::kSlaAttainment, "sla_attainment", "M12", "outcome", "none", "wilson.v1"},
    {Kpi::kFirstResponsePublic, "first_response_public", "M10", "outcome", "none", "quantile.v1"},
    {Kpi::kFirstResponsePrivate, "first_response_private", "M10", "outcome", "none", "quantile.v1"},
    {Kpi::kFirstResponseBusiness,
     "first_response_business_hours",
     "M10",
     "outcome",
     "none",
     "quantile.v1"},
    {Kpi::kPublicGap, "public_response_gap", "M15", "outcome", "none", "quantile.v1"},
    {Kpi::kPeerAnswer, "peer_answer_share", "M16", "outcome", "none", "wilson.v1", 2},
    {Kpi::kPeerLead, "peer_lead", "M17", "outcome", "none", "quantile.v1"},
    {Kpi::kTwoWay, "two_way_dialogue", "M28", "outtake", "none", "wilson.v1"},
    {Kpi::kResolution, "time_to_resolution", "M11", "outcome", "none", "quantile.v1"},
    {Kpi::kFinalResolution, "time_to_final_resolution", "M11", "outcome", "none", "quantile.v1"},
    {Kpi::kReopened, "reopened_share", "M11", "outcome", "none", "wilson.v1"},
    {Kpi::kDepth, "messages_per_conversation", "M40", "outtake", "none", "ratio.v1"},
    {Kpi::kNeverAnswered, "never_answered_share", "M13", "outcome", "none", "wilson.v1"},
    {Kpi::kNetSentiment, "net_sentiment", "M21", "outtake", "none", "labels.v1"},
    {Kpi::kEngagementRate, "engagement_rate", "M22", "output", "none", "per_impression.v1"},
    {Kpi::kDuplicateShare, "duplicate_share", "M30", "output", "none", "wilson.v1"},
    {Kpi::kReplacementCost, "replacement_cost", "M25", "output", "replacement_cost", "cpm.v1"},
    {Kpi::kAvoidedContactCost, "avoided_contact_cost", "M08", "impact", "avoided", "strict.v1"},
    {Kpi::kInterruptionsAvoided, "interruption_time_avoided", "M09", "impact", "none", "64s.v1", 2},
    {Kpi::kInterruptionCost, "interruption_cost_avoided", "M09", "impact", "avoided", "64s.v1", 2},
    {Kpi::kChannelShift, "channel_shift", "M19", "outcome", "none", "baseline.v1", 2},
    {Kpi::kShareOfVoice, "share_of_voice", "M20", "output", "none", "wilson.v1"},
    {Kpi::kReturnOnSpend, "return_on_spend", "M07", "impact", "booked", "booked_revenue.v1", 2},
    {Kpi::kAttributedLastTouch,
     "attributed_revenue_last_touch",
     "M02",
     "impact",
     "booked",
     "last_touch.v1"},
    {Kpi::kAttributedFirstTouch,
     "attributed_revenue_first_touch",
     "",
     "impact",
     "booked",
     "first_touch.v1"},
    {Kpi::kAttributedLinear, "attributed_revenue_linear", "", "impact", "booked", "linear.v1"},
    {Kpi::kAttributedTimeDecay,
     "attributed_revenue_time_decay",
     "M03",
     "impact",
     "booked",
     "time_decay.v1"},
    {Kpi::kAttributedEqualSplit,
     "attributed_revenue_equal_split",
     "M04",
     "impact",
     "booked",
     "equal_split.v1"},
    {Kpi::kAttributedMarkov,
     "attributed_revenue_markov",
     "M05",
     "impact",
     "modelled",
     "markov_removal.v1"},
    {Kpi::kAttributedOrders, "attributed_order_share", "", "outcome", "none", "wilson.v1"},
    {Kpi::kNewCustomers, "new_customer_share", "M27", "outcome", "none", "wilson.v1"},
    {Kpi::kUnconvertedJourneys, "unconverted_journey_share", "", "outcome", "none", "wilson.v1"},
    {Kpi::kCrossChannelCustomers,
     "cross_channel_customer_share",
     "M34",
     "outcome",
     "none",
     "wilson.v1"},
    {Kpi::kContinuedElsewhere, "continued_elsewhere_share", "M34", "outcome", "none", "wilson.v1"},
    {Kpi::kStrictDeflections, "strict_deflections", "M18", "outcome", "none", "count.v1"},
    {Kpi::kCancelledRevenue, "cancelled_revenue", "", "impact", "none", "sum.v1"},
    {Kpi::kOpportunityValue, "opportunity_value", "", "outcome", "none", "sum.v1"},
    {Kpi::kSubscriptionNet, "subscription_net", "", "outcome", "none", "sum.v1"},
    {Kpi::kCampaignFunnel, "campaign_funnel", "M26", "outcome", "none", "wilson.v1"},
    {Kpi::kCampaignCost, "campaign_cost_per_step", "M26", "inputs", "none", "ratio.v1"},
    {Kpi::kRelevance, "relevance", "M29", "output", "none", "wilson.v1"},
    {Kpi::kAspectFeedback, "aspect_feedback", "M35", "outtake", "none", "labels.v1"},
    {Kpi::kContentReuse, "content_reuse", "M36", "output", "none", "hll.v1"},
    {Kpi::kMessagesPerMember, "messages_per_member", "M40", "outtake", "none", "hll.v1"},
    {Kpi::kBeforeAfter, "before_after_ratio", "M42", "outcome", "none", "poisson_ratio.v1", 2},
    {Kpi::kAdvocacy, "advocacy_share", "M37", "output", "none", "wilson.v1"},
    {Kpi::kImpersonations, "impersonations", "M38", "output", "none", "count.v1"},
    {Kpi::kPhishingLinks, "phishing_links", "M38", "output", "none", "count.v1"},
    {Kpi::kConfidentialTerms, "confidential_terms", "M38", "output", "none", "count.v1"},
    {Kpi::kPublicPersonalData, "public_personal_data", "M38", "output", "none", "count.v1"},
}};

}  // namespace

const Definition& definition_of(Kpi kpi) {
  return *std::find_if(kDefinitions.begin(), kDefinitions.end(), [kpi](const Definition& each) {
    return each.kpi == kpi;
  });
}

std::string_view name_of(Kpi kpi) {
  return definition_of(kpi).name;
}

const std::vector<KpiDefinition>& kpi_definitions() {
  static const std::vector<KpiDefinition> definitions = [] {
    std::vector<KpiDefinition> all;
    for (const Definition& each : kDefinitions) {
      all.push_back({each.name, each.stage, each.value_basis, each.version});
    }
    return all;
  }();
  return definitions;
}

std::string_view stage_of(Kpi kpi) {
  return definition_of(kpi).stage;
}

std::string_view value_basis_of(Kpi kpi) {
  return definition_of(kpi).value_basis;
}

std::string_view method_of(Kpi kpi) {
  return definition_of(kpi).method;
}

}  // namespace kaiku::board
