#include "app/activity_views.h"

namespace kaiku::app {
namespace {

serve::ConversationActivityView to_view(const runtime::ActivityCounts::Conversations& of) {
  const auto answered_by = [&of](aggregate::AnsweredBy who) {
    return of.counts.answered[static_cast<size_t>(who)];
  };
  serve::ConversationActivityView view;
  view.brand = of.brand;
  view.channel = of.channel;
  view.answered_by_brand = answered_by(aggregate::AnsweredBy::kBrand);
  view.answered_by_peer = answered_by(aggregate::AnsweredBy::kPeer);
  view.answered_by_bot = answered_by(aggregate::AnsweredBy::kBot);
  view.deflected = of.counts.deflected;
  for (size_t i = 0; i < of.counts.sla.size(); ++i) {
    const auto& judged = of.counts.sla[i];
    if (judged.met + judged.breached > 0) {
      view.sla.push_back({static_cast<model::ItemType>(i), judged.met, judged.breached});
    }
  }
  view.first_response_public = of.counts.first_response_public;
  view.first_response_private = of.counts.first_response_private;
  view.resolution = of.counts.resolution;
  return view;
}

}  // namespace

void add_activity(const std::vector<std::shared_ptr<const runtime::WorkerView>>& views,
                  serve::Snapshot& snapshot) {
  runtime::ActivityCounts all;  // several shards count the same labels
  for (const auto& view : views) {
    all.add(view->activity);
  }
  all.merge_equal();
  for (const auto& items : all.items) {
    snapshot.activity.push_back(
        {items.brand, items.channel, items.type, items.relation, items.count});
  }
  for (const auto& conversations : all.conversations) {
    snapshot.conversation_activity.push_back(to_view(conversations));
  }
  for (const auto& step : all.steps) {
    snapshot.step_activity.push_back({step.brand, step.campaign, step.step, step.count});
  }
  constexpr double kMicros = 1e6;
  for (const auto& saved : all.saved) {
    snapshot.saved_time.push_back(
        {saved.brand, saved.channel, static_cast<double>(saved.us) / kMicros});
  }
}

}  // namespace kaiku::app
