#include "app/business_views.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "kaiku/aggregate/conversation_figures.h"
#include "kaiku/base/hex.h"
#include "kaiku/effect/wilson.h"

namespace kaiku::app {
namespace {

using serve::Snapshot;
using Views = std::vector<std::shared_ptr<const runtime::WorkerView>>;

constexpr int64_t kMicros = 1'000'000;
constexpr int64_t kMost = INT64_MAX / kMicros;

double seconds(int64_t micros) {
  return static_cast<double>(micros) / kMicros;
}

serve::DurationView to_view(const board::Durations& durations) {
  return {durations.count,
          static_cast<double>(durations.median_ms) / 1'000,
          static_cast<double>(durations.p90_ms) / 1'000};
}

serve::ShareView share_of(int64_t part, int64_t whole) {
  serve::ShareView share{part, whole, {}, {}, {}};
  if (part >= 0 && part <= whole && whole > 0) {
    const effect::Interval interval = effect::wilson95(part, whole);
    share.value = static_cast<double>(part) / static_cast<double>(whole);
    share.lower = interval.low;
    share.upper = interval.high;
  }
  return share;
}

serve::ConversationView to_view(const board::ConversationView& from) {
  const auto first_by = [&](aggregate::AnsweredBy who) {
    return from.first_answer_by[static_cast<size_t>(who)];
  };
  serve::ConversationView view;
  view.window = from.window;
  view.window_start = from.window_start;
  view.window_end = from.window_end;
  view.brand = from.brand;
  view.channel = from.channel;
  view.is_closed = from.is_closed;
  view.opened = from.opened;
  view.first_by_brand = first_by(aggregate::AnsweredBy::kBrand);
  view.first_by_peer = first_by(aggregate::AnsweredBy::kPeer);
  view.first_by_bot = first_by(aggregate::AnsweredBy::kBot);
  view.in_time = share_of(from.sla_met, from.sla_met + from.sla_breached);
  view.resolved = from.resolved;
  view.reopened = from.reopened;
  view.closed = from.closed;
  view.two_way = from.two_way;
  view.never_answered = from.never_answered;
  view.deflected = from.deflected;
  view.rated = from.rated;
  view.rated_good = from.rated_good;
  view.first_response_public = to_view(from.first_response_public);
  view.first_response_private = to_view(from.first_response_private);
  view.resolution = to_view(from.resolution);
  return view;
}

// Conversations live at H(conversation), so every shard may hold some of a brand. Where there are
// conversations and none waits, the count is 0 and not unknown.
void add_waiting(const Views& views, const shard::Plan& plan, Snapshot& snapshot) {
  struct Waiting {
    uint64_t count = 0;
    std::optional<double> oldest_seconds;
  };

  std::map<std::tuple<std::string, std::string, model::ItemType>, Waiting> all;
  for (const serve::ConversationView& view : snapshot.conversations) {
    for (const model::ItemType type : {model::ItemType::kMention,
                                       model::ItemType::kBugReport,
                                       model::ItemType::kSupportMessage}) {
      if (!view.channel.empty() && plan.conversations != nullptr &&
          plan.conversations->opens(type)) {
        all.try_emplace({view.brand, view.channel, type});
      }
    }
  }
  for (const auto& view : views) {
    for (const runtime::UnansweredCount& one : view->unanswered) {
      Waiting& waiting = all[{one.brand, one.channel, one.type}];
      waiting.count += one.count;
      // What lies beyond the watermark is not known to be without an answer.
      const base::EventTime as_of = std::min(one.as_of, snapshot.now_us);
      const double age = seconds(std::max<int64_t>(0, as_of - one.oldest_opened_at));
      waiting.oldest_seconds = std::max(waiting.oldest_seconds.value_or(0), age);
    }
  }
  for (auto& [place, waiting] : all) {
    const auto& [brand, channel, type] = place;
    snapshot.waiting.push_back({brand, channel, waiting.count, waiting.oldest_seconds, type});
  }
}

serve::AlertView to_view(const runtime::OpenAlertView& from) {
  serve::AlertView view;
  view.kind = conversation::name_of(from.kind);
  view.conversation = base::hex(from.conversation);
  view.brand = from.brand;
  view.channel = from.channel;
  view.type = from.type;
  view.severity = from.severity;
  view.opened_at = from.opened_at;
  view.asked_at = from.asked_at;
  view.policy = from.sla_policy;
  view.target_seconds = seconds(from.sla_target_us);
  view.url = from.url;
  return view;
}

serve::SignalView to_view(const signal::OpenAlert& from) {
  serve::SignalView view;
  view.id = from.id;
  view.kind = signal::name_of(from.kind);
  view.severity = signal::name_of(from.severity);
  view.brand = from.brand;
  view.subject = from.subject;
  view.opened_at = from.opened_at;
  view.window = from.window;
  view.window_start = from.window_start;
  view.window_end = from.window_end;
  view.count = from.count;
  view.exact = from.exact;
  view.evidence = from.evidence;
  return view;
}

void add_signals(const Views& views, Snapshot& snapshot) {
  std::map<std::tuple<std::string, signal::AlertKind, signal::Severity>,
           std::pair<uint64_t, uint64_t>>
      counts;
  for (const auto& view : views) {
    for (const runtime::SignalCount& one : view->signals_open) {
      counts[{one.brand, one.kind, one.severity}].first += one.count;
    }
    for (const runtime::SignalCount& one : view->signals_opened) {
      counts[{one.brand, one.kind, one.severity}].second += one.count;
    }
  }
  for (const auto& [labels, count] : counts) {
    snapshot.signals.push_back({std::get<0>(labels),
                                std::string(signal::name_of(std::get<1>(labels))),
                                std::string(signal::name_of(std::get<2>(labels))),
                                count.first,
                                count.second});
  }
  for (const auto& view : views) {
    for (const signal::OpenAlert& alert : view->signals) {
      snapshot.open_signals.push_back(to_view(alert));
    }
  }
  std::ranges::sort(snapshot.open_signals, [](const auto& a, const auto& b) {
    return std::tie(b.opened_at, a.id) < std::tie(a.opened_at, b.id);
  });
  if (snapshot.open_signals.size() > runtime::kAlertsShown) {
    snapshot.open_signals.resize(runtime::kAlertsShown);
  }
}

void add_alerts(const Views& views, Snapshot& snapshot) {
  std::map<std::tuple<std::string, std::string, std::string>, uint64_t> counts;
  for (const auto& view : views) {
    for (const runtime::AlertCount& one : view->alert_counts) {
      counts[{one.brand, one.channel, std::string(conversation::name_of(one.kind))}] += one.count;
    }
    for (const runtime::OpenAlertView& alert : view->alerts) {
      snapshot.alerts.push_back(to_view(alert));
    }
  }
  for (const auto& [place, count] : counts) {
    snapshot.alert_counts.push_back(
        {std::get<0>(place), std::get<1>(place), std::get<2>(place), count});
  }
  std::sort(snapshot.alerts.begin(),
            snapshot.alerts.end(),
            [](const serve::AlertView& a, const serve::AlertView& b) {
              return std::tie(b.opened_at, a.conversation) < std::tie(a.opened_at, b.conversation);
            });
  if (snapshot.alerts.size() > runtime::kAlertsShown) {
    snapshot.alerts.resize(runtime::kAlertsShown);
  }
}

serve::ValueView value_of(const serve::CellView& cell) {
  serve::ValueView value;
  value.window = cell.window;
  value.window_start = cell.window_start;
  value.window_end = cell.window_end;
  value.brand = cell.brand;
  value.channel = cell.channel;
  value.is_closed = cell.kind != metrics::ResultKind::kEarly;
  return value;
}

// Sums of cells lie anywhere in the range.
int64_t less(int64_t a, int64_t b) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) {
    return a < 0 ? INT64_MIN : INT64_MAX;
  }
  return difference;
}

// Is what it is worth in `basis`, by channel and in money: what booked sums do not say already.
bool is_priced(const serve::FigureView& figure, std::string_view currency) {
  const bool is_attributed = figure.kpi.starts_with("attributed_revenue_");
  return figure.unit == currency && figure.channel != "_all" && figure.value &&
         figure.subject.empty() &&
         (is_attributed || (figure.basis != "booked" && figure.basis != "none"));
}

void add_priced(const std::set<std::string>& windows, Snapshot& snapshot) {
  for (const auto& set : snapshot.figures) {
    if (!windows.contains(set->window)) {
      continue;
    }
    for (const serve::FigureView& figure : set->figures) {
      if (!is_priced(figure, snapshot.currency)) {
        continue;
      }
      serve::ValueView value;
      value.window = set->window;
      value.window_start = set->window_start;
      value.window_end = set->window_end;
      value.brand = figure.brand;
      value.channel = figure.channel;
      value.is_closed = true;
      value.basis = figure.basis;
      value.figure = figure.kpi;
      value.unit = figure.unit;
      constexpr auto kBound = static_cast<double>(kMost) / 2;
      value.micros = std::llround(std::clamp(*figure.value, -kBound, kBound) * kMicros);
      snapshot.values.push_back(std::move(value));
    }
  }
}

// Workers take another list within a turn of each other: the list of any of them is that of all.
void add_prices(const Views& views, Snapshot& snapshot) {
  const money::Prices* const prices = views.empty() ? nullptr : views.front()->prices.get();
  if (prices != nullptr) {
    const std::optional<int32_t> day = prices->valid_from(snapshot.now_us);
    snapshot.prices = {prices->version_at(snapshot.now_us),
                       day ? base::format_date(*day) : std::string()};
  }
}

// Named as the KPI records name them.
void add_values(const std::set<std::string>& windows, Snapshot& snapshot) {
  for (const serve::CellView& cell : snapshot.cells) {
    if (cell.type != model::ItemType::kBusinessEvent || !windows.contains(cell.window)) {
      continue;
    }
    const auto add = [&](const char* basis, const char* figure, int64_t micros) {
      serve::ValueView value = value_of(cell);
      value.basis = basis;
      value.figure = figure;
      value.unit = snapshot.currency;
      value.micros = micros;
      snapshot.values.push_back(std::move(value));
    };
    if (cell.booked_micros != 0 || cell.refunds_micros != 0) {
      add("booked", "booked_revenue", cell.booked_micros);
      add("booked", "refunds", cell.refunds_micros);
      add("booked", "booked_net_revenue", less(cell.booked_micros, cell.refunds_micros));
    }
    if (cell.spend_micros != 0) {
      add("none", "ad_spend", cell.spend_micros);
    }
  }
  add_priced(windows, snapshot);
  for (const serve::ConversationView& view : snapshot.conversations) {
    if (view.deflected == 0 || view.channel.empty()) {
      continue;
    }
    serve::ValueView value;
    value.window = view.window;
    value.window_start = view.window_start;
    value.window_end = view.window_end;
    value.brand = view.brand;
    value.channel = view.channel;
    value.is_closed = view.is_closed;
    value.basis = "avoided";
    value.figure = "contacts_avoided";
    value.unit = "contacts";
    value.micros = std::clamp(view.deflected, -kMost, kMost) * kMicros;
    snapshot.values.push_back(std::move(value));
  }
}

}  // namespace

void add_business(const Views& views, const shard::Plan& plan, Snapshot& snapshot) {
  const std::set<std::string> windows(plan.board->kpi_windows.begin(),
                                      plan.board->kpi_windows.end());
  for (serve::WindowView& window : snapshot.windows) {
    window.is_business = windows.contains(window.name);
  }
  add_prices(views, snapshot);
  snapshot.follows_conversations = plan.conversations != nullptr;
  snapshot.follows_signals = plan.signals != nullptr;
  for (const board::Campaign& campaign : plan.board->campaigns) {
    snapshot.campaigns.push_back({std::string(campaign.id()), campaign.brand});
  }
  for (const auto& view : views) {
    for (const board::ConversationView& conversation : view->conversations) {
      snapshot.conversations.push_back(to_view(conversation));
    }
  }
  std::sort(snapshot.conversations.begin(),
            snapshot.conversations.end(),
            [](const serve::ConversationView& a, const serve::ConversationView& b) {
              return std::tie(a.window, a.window_start, a.brand, a.channel) <
                     std::tie(b.window, b.window_start, b.brand, b.channel);
            });
  add_waiting(views, plan, snapshot);
  add_alerts(views, snapshot);
  add_signals(views, snapshot);
  add_values(windows, snapshot);
}

}  // namespace kaiku::app
