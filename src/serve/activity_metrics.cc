#include "activity_metrics.h"

#include <string_view>

namespace kaiku::serve {
namespace {

using metrics::Metric;
using metrics::Samples;

void add_conversations(const ConversationActivityView& view, Samples& samples) {
  const auto answered = [&](std::string_view by, uint64_t count) {
    samples.add(
        Metric::kConversationsAnswered, {view.brand, view.channel, by}, static_cast<double>(count));
  };
  answered("brand", view.answered_by_brand);
  answered("peer", view.answered_by_peer);
  answered("bot", view.answered_by_bot);
  samples.add(Metric::kConversationsDeflected,
              {view.brand, view.channel},
              static_cast<double>(view.deflected));
  for (const ConversationActivityView::Judged& judged : view.sla) {
    const auto add = [&](std::string_view result, uint64_t count) {
      samples.add(Metric::kSla,
                  {view.brand, view.channel, model::name_of(judged.type), result},
                  static_cast<double>(count));
    };
    add("met", judged.met);
    add("breached", judged.breached);
  }
  const auto response = [&](std::string_view visibility, const model::WaitCounts& waits) {
    if (waits.total() > 0) {
      samples.add(Metric::kFirstResponse, {view.brand, view.channel, visibility}, waits);
    }
  };
  response(model::name_of(model::Visibility::kPublic), view.first_response_public);
  response(model::name_of(model::Visibility::kPrivate), view.first_response_private);
  if (view.resolution.total() > 0) {
    samples.add(Metric::kResolution, {view.brand, view.channel}, view.resolution);
  }
}

}  // namespace

void add_activity_metrics(const Snapshot& snapshot, Samples& samples) {
  for (const ActivityView& activity : snapshot.activity) {
    samples.add(Metric::kEvents,
                {activity.brand,
                 activity.channel,
                 model::name_of(activity.type),
                 model::name_of(activity.relation)},
                static_cast<double>(activity.count));
  }
  for (const ConversationActivityView& view : snapshot.conversation_activity) {
    add_conversations(view, samples);
  }
  for (const StepActivityView& step : snapshot.step_activity) {
    samples.add(Metric::kCampaignSteps,
                {step.brand, step.campaign, step.step},
                static_cast<double>(step.count));
  }
  for (const SavedTimeView& saved : snapshot.saved_time) {
    samples.add(Metric::kInterruptionsAvoidedSince, {saved.brand, saved.channel}, saved.seconds);
  }
}

}  // namespace kaiku::serve
