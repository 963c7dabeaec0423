#include "conversation_metrics.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace kaiku::serve {
namespace {

using metrics::Metric;
using metrics::Samples;

// In the place of a channel, where a figure of all channels cannot be had from those of each.
constexpr std::string_view kAllChannels = "_all";

void add_counts(const ConversationView& view, Samples& samples) {
  const auto add = [&](Metric metric, int64_t value) {
    samples.add(metric, {view.brand, view.channel, view.window}, static_cast<double>(value));
  };
  const auto answered = [&](std::string_view by, int64_t value) {
    samples.add(Metric::kWindowConversationsAnswered,
                {view.brand, view.channel, view.window, by},
                static_cast<double>(value));
  };
  const auto judged = [&](std::string_view result, int64_t value) {
    samples.add(Metric::kWindowSlaConversations,
                {view.brand, view.channel, view.window, result},
                static_cast<double>(value));
  };
  add(Metric::kWindowConversationsOpened, view.opened);
  answered("brand", view.first_by_brand);
  answered("peer", view.first_by_peer);
  answered("bot", view.first_by_bot);
  judged("met", view.in_time.numerator);
  judged("breached", view.in_time.denominator - view.in_time.numerator);
  add(Metric::kWindowConversationsResolved, view.resolved);
  add(Metric::kWindowConversationsReopened, view.reopened);
  add(Metric::kWindowConversationsClosed, view.closed);
  add(Metric::kWindowConversationsNeverAnswered, view.never_answered);
  add(Metric::kWindowConversationsTwoWay, view.two_way);
  add(Metric::kWindowContactsAvoided, view.deflected);
  const auto share = [&](Metric metric, const std::optional<double>& value) {
    if (value) {
      samples.add(metric, {view.brand, view.channel, view.window}, *value);
    }
  };
  share(Metric::kSlaAttainment, view.in_time.value);
  share(Metric::kSlaAttainmentLower, view.in_time.lower);
  share(Metric::kSlaAttainmentUpper, view.in_time.upper);
}

void add_durations(const ConversationView& view, Samples& samples) {
  const std::string_view channel = view.channel.empty() ? kAllChannels : view.channel;
  const auto response = [&](std::string_view visibility, const DurationView& duration) {
    if (duration.count > 0) {
      samples.add(Metric::kWindowFirstResponseMedian,
                  {view.brand, channel, view.window, visibility},
                  duration.median_seconds);
      samples.add(Metric::kWindowFirstResponseP90,
                  {view.brand, channel, view.window, visibility},
                  duration.p90_seconds);
    }
  };
  response("public", view.first_response_public);
  response("private", view.first_response_private);
  if (view.resolution.count > 0) {
    samples.add(Metric::kWindowResolutionMedian,
                {view.brand, channel, view.window},
                view.resolution.median_seconds);
    samples.add(Metric::kWindowResolutionP90,
                {view.brand, channel, view.window},
                view.resolution.p90_seconds);
  }
}

}  // namespace

void add_conversation_metrics(const Snapshot& snapshot, Samples& samples) {
  // Brands live on several shards whose windows close a moment apart.
  std::map<std::pair<std::string_view, std::string_view>, base::EventTime> newest;  // brand, window
  for (const ConversationView& view : snapshot.conversations) {
    if (view.is_closed) {
      base::EventTime& end =
          newest.try_emplace({view.brand, view.window}, view.window_end).first->second;
      end = std::max(end, view.window_end);
    }
  }
  for (const ConversationView& view : snapshot.conversations) {
    if (!view.is_closed || view.window_end != newest.at({view.brand, view.window})) {
      continue;
    }
    if (!view.channel.empty()) {
      add_counts(view, samples);
    }
    add_durations(view, samples);
  }
  for (const WaitingView& waiting : snapshot.waiting) {
    samples.add(Metric::kConversationsUnanswered,
                {waiting.brand, waiting.channel, model::name_of(waiting.type)},
                static_cast<double>(waiting.count));
    if (waiting.oldest_seconds) {
      samples.add(Metric::kOldestUnanswered,
                  {waiting.brand, waiting.channel, model::name_of(waiting.type)},
                  *waiting.oldest_seconds);
    }
  }
  for (const AlertCountView& alerts : snapshot.alert_counts) {
    samples.add(Metric::kAlertsOpen,
                {alerts.brand, alerts.channel, alerts.kind},
                static_cast<double>(alerts.count));
  }
  // Signals are those of a brand in all its channels.
  constexpr std::string_view kAll = "_all";
  std::map<std::pair<std::string_view, std::string_view>, uint64_t> open;  // brand, kind
  for (const SignalCountView& signals : snapshot.signals) {
    const std::string_view brand = signals.brand.empty() ? kAll : signals.brand;
    open[{brand, signals.kind}] += signals.open;
    samples.add(Metric::kAlerts,
                {brand, signals.kind, signals.severity},
                static_cast<double>(signals.opened));
  }
  for (const auto& [labels, count] : open) {
    samples.add(
        Metric::kAlertsOpen, {labels.first, kAll, labels.second}, static_cast<double>(count));
  }
}

}  // namespace kaiku::serve
