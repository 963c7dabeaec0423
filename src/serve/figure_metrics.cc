#include "figure_metrics.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace kaiku::serve {
namespace {

using metrics::Metric;
using metrics::Samples;

// In the place of a channel: all of them.
constexpr std::string_view kAllChannels = "_all";

enum class Labels : uint8_t {
  kBrand,         // brand, window: of all channels
  kMarket,        // brand, market, window
  kChannel,       // brand, channel, window: what adds up, so not of all channels
  kChannelOrAll,  // brand, channel, window: ratios, which do not
  kWithKind,      // brand, channel, kind, window: as kChannel
};

struct Gauge {
  std::string_view kpi;
  Metric metric;
  Labels labels;
  std::string_view kind = {};
  std::optional<double> FigureView::*shown = &FigureView::value;
};

constexpr Gauge kGauges[] = {
    {"share_of_voice", Metric::kShareOfVoice, Labels::kMarket},
    {"attributed_revenue_last_touch", Metric::kAttributedRevenue, Labels::kWithKind, "last_touch"},
    {"attributed_revenue_first_touch",
     Metric::kAttributedRevenue,
     Labels::kWithKind,
     "first_touch"},
    {"attributed_revenue_linear", Metric::kAttributedRevenue, Labels::kWithKind, "linear"},
    {"attributed_revenue_time_decay", Metric::kAttributedRevenue, Labels::kWithKind, "time_decay"},
    {"attributed_revenue_equal_split",
     Metric::kAttributedRevenue,
     Labels::kWithKind,
     "equal_split"},
    {"attributed_revenue_markov", Metric::kAttributedRevenue, Labels::kWithKind, "markov"},
    {"avoided_contact_cost", Metric::kAvoidedCost, Labels::kWithKind, "contacts"},
    {"interruption_cost_avoided", Metric::kAvoidedCost, Labels::kWithKind, "interruptions"},
    {"interruption_time_avoided", Metric::kInterruptionsAvoided, Labels::kChannel},
    {"replacement_cost", Metric::kReplacementCost, Labels::kChannel},
    {"return_on_spend", Metric::kReturnOnSpend, Labels::kChannelOrAll},
    {"attributed_order_share", Metric::kBusinessEventJoin, Labels::kBrand},
    {"new_customer_share", Metric::kNewCustomers, Labels::kBrand},
    {"cross_channel_customer_share", Metric::kCustomersCrossChannel, Labels::kBrand},
    {"continued_elsewhere_share", Metric::kContinuedElsewhere, Labels::kBrand},
    {"engagement_rate", Metric::kEngagementRate, Labels::kChannelOrAll},
    {"two_way_dialogue", Metric::kTwoWayDialogue, Labels::kChannelOrAll},
    {"peer_answer_share", Metric::kPeerAnswer, Labels::kChannelOrAll},
    {"net_sentiment", Metric::kWindowNetSentimentLower, Labels::kChannel, {}, &FigureView::lower},
    {"net_sentiment", Metric::kWindowNetSentimentUpper, Labels::kChannel, {}, &FigureView::upper},
};

// The metrics that show a key figure, or what it is made of, and are no gauge of a record.
struct Shown {
  Metric metric;
  std::string_view kpi;
};

constexpr Shown kShownElsewhere[] = {
    {Metric::kWindowNetSentiment, "net_sentiment"},
    {Metric::kWindowSentimentCoverage, "net_sentiment"},
    {Metric::kBookedRevenue, "booked_revenue"},
    {Metric::kRefunds, "refunds"},
    {Metric::kBookedNetRevenue, "booked_net_revenue"},
    {Metric::kSpend, "ad_spend"},
    {Metric::kBugReportShare, "bug_report_channel_share"},
    {Metric::kBugReportShareLower, "bug_report_channel_share"},
    {Metric::kBugReportShareUpper, "bug_report_channel_share"},
    {Metric::kWindowCampaignSteps, "campaign_funnel"},
    {Metric::kCampaignStep, "campaign_funnel"},
    {Metric::kCampaignStepCost, "campaign_cost_per_step"},
    {Metric::kWindowConversationsAnswered, "peer_answer_share"},
    {Metric::kWindowSlaConversations, "sla_attainment"},
    {Metric::kSlaAttainment, "sla_attainment"},
    {Metric::kSlaAttainmentLower, "sla_attainment"},
    {Metric::kSlaAttainmentUpper, "sla_attainment"},
    {Metric::kWindowFirstResponseMedian, "first_response_public"},
    {Metric::kWindowFirstResponseP90, "first_response_public"},
    {Metric::kWindowResolutionMedian, "time_to_resolution"},
    {Metric::kWindowResolutionP90, "time_to_resolution"},
    {Metric::kWindowConversationsResolved, "time_to_resolution"},
    {Metric::kWindowConversationsReopened, "reopened_share"},
    {Metric::kWindowConversationsNeverAnswered, "never_answered_share"},
    {Metric::kConversationsUnanswered, "never_answered_share"},
    {Metric::kOldestUnanswered, "never_answered_share"},
    {Metric::kWindowConversationsTwoWay, "two_way_dialogue"},
    {Metric::kWindowContactsAvoided, "strict_deflections"},
};

void add_bases(const Snapshot& snapshot, Samples& samples) {
  const std::string unit = metrics::currency_unit_name(snapshot.currency);
  const auto add = [&](Metric metric, std::string_view kpi) {
    const auto found = std::find_if(snapshot.bases.begin(),
                                    snapshot.bases.end(),
                                    [kpi](const FigureBasis& each) { return each.kpi == kpi; });
    if (found != snapshot.bases.end()) {
      samples.add(
          Metric::kMetricBasis, {metrics::name_of(metric, unit), found->basis, found->stage}, 1);
    }
  };
  for (const Gauge& gauge : kGauges) {
    add(gauge.metric, gauge.kpi);
  }
  for (const Shown& shown : kShownElsewhere) {
    add(shown.metric, shown.kpi);
  }
}

void add(const Gauge& gauge, const FigureSet& set, const FigureView& figure, Samples& samples) {
  const bool is_all = figure.channel == kAllChannels;
  const std::optional<double>& value = figure.*gauge.shown;
  if (!value) {
    return;
  }
  switch (gauge.labels) {
    case Labels::kBrand:
      if (is_all) {
        samples.add(gauge.metric, {figure.brand, set.window}, *value);
      }
      return;
    case Labels::kMarket:
      samples.add(gauge.metric, {figure.brand, figure.market, set.window}, *value);
      return;
    case Labels::kWithKind:
      if (!is_all) {
        samples.add(gauge.metric, {figure.brand, figure.channel, gauge.kind, set.window}, *value);
      }
      return;
    case Labels::kChannel:
      if (is_all) {
        return;
      }
      break;
    case Labels::kChannelOrAll:
      break;
  }
  samples.add(gauge.metric, {figure.brand, figure.channel, set.window}, *value);
}

// Of its windows: what is said of the whole campaign is a record of the window in which it ended.
void add(const CampaignView& campaign, const std::string& window, Samples& samples) {
  if (campaign.is_whole) {
    return;
  }
  for (size_t i = 0; i < campaign.steps.size(); ++i) {
    const CampaignStepView& step = campaign.steps[i];
    const auto gauge = [&](Metric metric, double value) {
      samples.add(metric, {campaign.brand, campaign.campaign, step.name, window}, value);
    };
    gauge(Metric::kWindowCampaignSteps, static_cast<double>(step.of_first.numerator));
    if (i > 0 && step.of_previous.value) {
      gauge(Metric::kCampaignStep, *step.of_previous.value);
    }
    if (step.cost_micros) {
      gauge(Metric::kCampaignStepCost, static_cast<double>(*step.cost_micros) / 1e6);
    }
  }
}

}  // namespace

void add_figure_metrics(const Snapshot& snapshot, Samples& samples) {
  add_bases(snapshot, samples);
  if (snapshot.prices) {
    samples.add(Metric::kPriceList, {snapshot.prices->version, snapshot.prices->valid_from}, 1);
  }
  for (const auto& set : snapshot.figures) {
    if (set->campaign) {
      add(*set->campaign, set->window, samples);
      continue;
    }
    for (const FigureView& figure : set->figures) {
      if (!figure.subject.empty()) {
        continue;  // of a campaign, a topic, a product
      }
      for (const Gauge& gauge : kGauges) {
        if (gauge.kpi == figure.kpi) {
          add(gauge, *set, figure, samples);
        }
      }
    }
  }
}

}  // namespace kaiku::serve
