#include "business_json.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "kaiku/base/json_writer.h"

#include "campaigns_json.h"
#include "json_fields.h"
#include "signals_json.h"
#include "snapshot_json.h"

namespace kaiku::serve {
namespace {

using base::EventTime;
using base::JsonWriter;

constexpr std::string_view kOtherBrand = "_other";

struct Volume {
  int64_t mentions = 0;
  int64_t bug_reports = 0;
  int64_t support_messages = 0;

  void add(const CellView& cell) {
    mentions += cell.type == model::ItemType::kMention ? cell.count_total : 0;
    bug_reports += cell.type == model::ItemType::kBugReport ? cell.count_total : 0;
    support_messages += cell.type == model::ItemType::kSupportMessage ? cell.count_total : 0;
  }

  void add(const Volume& other) {
    mentions += other.mentions;
    bug_reports += other.bug_reports;
    support_messages += other.support_messages;
  }

  [[nodiscard]] int64_t all() const { return mentions + bug_reports + support_messages; }
};

struct Row {
  Volume volume;
  const ConversationView* conversations = nullptr;
  const KpiView* bug_share = nullptr;

  [[nodiscard]] int64_t size() const {
    return volume.all() + (conversations == nullptr ? 0 : conversations->opened);
  }
};

struct Brand {
  Row whole;
  std::map<std::string_view, Row> channels;
};

using Brands = std::map<std::string_view, Brand>;

struct Period {
  bool is_closed = false;
  EventTime start = base::kNoTime;
  EventTime end = base::kNoTime;

  template <typename View>
  [[nodiscard]] bool has(const View& view, std::string_view window, bool view_is_closed) const {
    return view.window == window && view.window_start == start && view_is_closed == is_closed;
  }
};

bool is_closed(const auto& view) {
  return view.kind != metrics::ResultKind::kEarly;
}

// The window around now, else the newest one that is open; and the one that was closed last.
std::pair<std::optional<Period>, std::optional<Period>> periods_of(const Snapshot& snapshot,
                                                                   std::string_view window) {
  std::optional<Period> open;
  std::optional<Period> closed;
  const auto is_now = [&](const Period& period) {
    return period.start <= snapshot.now_us && snapshot.now_us < period.end;
  };
  const auto offer = [&](const Period& period) {
    std::optional<Period>& best = period.is_closed ? closed : open;
    const auto rank = [&](const Period& one) {
      return std::pair(!one.is_closed && is_now(one), one.start);
    };
    if (!best || rank(*best) < rank(period)) {
      best = period;
    }
  };
  for (const CellView& cell : snapshot.cells) {
    if (cell.window == window) {
      offer({is_closed(cell), cell.window_start, cell.window_end});
    }
  }
  for (const ConversationView& view : snapshot.conversations) {
    if (view.window == window) {
      offer({view.is_closed, view.window_start, view.window_end});
    }
  }
  return {open, closed};
}

Brands brands_of(const Snapshot& snapshot, std::string_view window, const Period& period) {
  Brands brands;
  for (const CellView& cell : snapshot.cells) {
    if (period.has(cell, window, is_closed(cell)) && cell.type != model::ItemType::kBusinessEvent) {
      Brand& brand = brands[cell.brand];
      brand.channels[cell.channel].volume.add(cell);
      brand.whole.volume.add(cell);
    }
  }
  for (const ConversationView& view : snapshot.conversations) {
    if (period.has(view, window, view.is_closed)) {
      Brand& brand = brands[view.brand];
      (view.channel.empty() ? brand.whole : brand.channels[view.channel]).conversations = &view;
    }
  }
  for (const KpiView& kpi : snapshot.kpis) {
    if (kpi.name == "bug_report_share" && !kpi.channel.empty() &&
        period.has(kpi, window, is_closed(kpi))) {
      brands[kpi.brand].channels[kpi.channel].bug_share = &kpi;
    }
  }
  return brands;
}

// The largest first, then by name; brands without a name of their own come last.
template <typename Size>
auto by_size(const auto& map, Size size) {
  std::vector<std::pair<std::string_view, decltype(&map.begin()->second)>> order;
  for (const auto& [name, part] : map) {
    order.emplace_back(name, &part);
  }
  std::ranges::sort(order, [&](const auto& a, const auto& b) {
    return std::tuple(a.first == kOtherBrand, -size(*a.second), a.first) <
           std::tuple(b.first == kOtherBrand, -size(*b.second), b.first);
  });
  return order;
}

void write_duration(JsonWriter& json, std::string_view name, const DurationView& duration) {
  json.key(name);
  if (duration.count <= 0) {
    json.null();
    return;
  }
  json.begin_object().field("count", duration.count);
  json.key("median_seconds").ratio(duration.median_seconds);
  json.key("p90_seconds").ratio(duration.p90_seconds).end_object();
}

void write_conversations(JsonWriter& json, const ConversationView* view) {
  json.key("conversations");
  if (view == nullptr) {
    json.null();
    return;
  }
  json.begin_object();
  json.field("opened", view->opened);
  json.key("first_by").begin_object();
  json.field("brand", view->first_by_brand).field("peer", view->first_by_peer);
  json.field("bot", view->first_by_bot).end_object();
  share_field(json, "in_time", view->in_time);
  write_duration(json, "first_response_public", view->first_response_public);
  write_duration(json, "first_response_private", view->first_response_private);
  write_duration(json, "resolution", view->resolution);
  json.field("resolved", view->resolved).field("reopened", view->reopened);
  json.field("closed", view->closed).field("two_way", view->two_way);
  json.field("never_answered", view->never_answered).field("deflected", view->deflected);
  json.field("rated", view->rated).field("rated_good", view->rated_good);
  json.end_object();
}

void write_volume(JsonWriter& json, const Volume& volume) {
  json.field("mentions", volume.mentions).field("bug_reports", volume.bug_reports);
  json.field("support_messages", volume.support_messages);
}

void write_row(JsonWriter& json, std::string_view brand, std::string_view channel, const Row& row) {
  json.begin_object().field("brand", brand);
  text_field(json, "channel", channel);
  write_volume(json, row.volume);
  if (row.bug_share == nullptr) {
    json.key("bug_report_share").null();
  } else {
    share_field(json, "bug_report_share", *row.bug_share);
  }
  write_conversations(json, row.conversations);
  json.end_object();
}

// What can be added up over brands; quantiles cannot.
void write_total(JsonWriter& json, const Brands& brands) {
  Volume volume;
  ConversationView sum;
  for (const auto& [name, brand] : brands) {
    volume.add(brand.whole.volume);
    if (const ConversationView* view = brand.whole.conversations; view != nullptr) {
      sum.opened += view->opened;
      sum.first_by_brand += view->first_by_brand;
      sum.first_by_peer += view->first_by_peer;
      sum.first_by_bot += view->first_by_bot;
      sum.in_time.numerator += view->in_time.numerator;
      sum.in_time.denominator += view->in_time.denominator;
      sum.resolved += view->resolved;
      sum.never_answered += view->never_answered;
    }
  }
  json.key("total").begin_object();
  write_volume(json, volume);
  json.field("opened", sum.opened);
  json.key("first_by").begin_object();
  json.field("brand", sum.first_by_brand).field("peer", sum.first_by_peer);
  json.field("bot", sum.first_by_bot).end_object();
  json.key("in_time").begin_object();
  json.field("numerator", sum.in_time.numerator).field("denominator", sum.in_time.denominator);
  json.end_object().field("resolved", sum.resolved);
  json.field("never_answered", sum.never_answered).end_object();
}

void write_rows(JsonWriter& json, const Brands& brands) {
  size_t left = kRowsPerPeriod;
  size_t omitted = 0;
  json.key("rows").begin_array();
  for (const auto& [name, brand] :
       by_size(brands, [](const Brand& one) { return one.whole.size(); })) {
    const size_t rows = 1 + brand->channels.size();
    if (rows > left) {
      omitted += rows;
      continue;
    }
    left -= rows;
    write_row(json, name, {}, brand->whole);
    for (const auto& [channel, row] :
         by_size(brand->channels, [](const Row& one) { return one.size(); })) {
      write_row(json, name, channel, *row);
    }
  }
  json.end_array().field("rows_omitted", omitted);
}

int64_t add_within_bounds(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    return a < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
  }
  return sum;
}

uint64_t size_of(int64_t micros) {
  return micros < 0 ? 0 - static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
}

void write_values(JsonWriter& json,
                  const Snapshot& snapshot,
                  std::string_view window,
                  const Period& period) {
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>,
           std::vector<const ValueView*>>
      figures;  // by basis, figure, unit
  for (const ValueView& value : snapshot.values) {
    if (period.has(value, window, value.is_closed)) {
      figures[{value.basis, value.figure, value.unit}].push_back(&value);
    }
  }
  json.key("values").begin_array();
  for (auto& [key, values] : figures) {
    int64_t sum = 0;
    for (const ValueView* value : values) {
      sum = add_within_bounds(sum, value->micros);
    }
    json.begin_object().field("value_basis", std::get<0>(key)).field("figure", std::get<1>(key));
    json.field("unit", std::get<2>(key)).field("amount", decimal_text(sum));
    std::ranges::stable_sort(
        values, std::greater<>(), [](const ValueView* value) { return size_of(value->micros); });
    const size_t shown = std::min(values.size(), kValuesPerFigure);
    json.field("omitted", values.size() - shown).key("parts").begin_array();
    for (size_t i = 0; i < shown; ++i) {
      json.begin_object().field("brand", values[i]->brand);
      text_field(json, "channel", values[i]->channel);
      json.field("amount", decimal_text(values[i]->micros)).end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_period(JsonWriter& json,
                  const Snapshot& snapshot,
                  std::string_view window,
                  const Period& period) {
  json.begin_object().field("kind", period.is_closed ? "closed" : "open");
  time_field(json, "window_start", period.start, true);
  time_field(json, "window_end", period.end, true);
  const Brands brands = brands_of(snapshot, window, period);
  write_total(json, brands);
  write_rows(json, brands);
  write_values(json, snapshot, window, period);
  json.end_object();
}

void write_waiting(JsonWriter& json, const Snapshot& snapshot) {
  uint64_t count = 0;
  std::optional<double> oldest;
  std::vector<WaitingView> places;  // whatever the types
  for (const WaitingView& waiting : snapshot.waiting) {
    count += waiting.count;
    if (waiting.oldest_seconds) {
      oldest = std::max(oldest.value_or(0), *waiting.oldest_seconds);
    }
    if (waiting.count == 0) {
      continue;
    }
    if (places.empty() || places.back().brand != waiting.brand ||
        places.back().channel != waiting.channel) {
      places.push_back(waiting);
      continue;
    }
    places.back().count += waiting.count;
    places.back().oldest_seconds = std::max(places.back().oldest_seconds, waiting.oldest_seconds);
  }
  // Who waits longest comes first.
  std::ranges::stable_sort(places, std::greater<>(), [](const WaitingView& waiting) {
    return waiting.oldest_seconds.value_or(0);
  });
  std::map<std::pair<std::string_view, std::string_view>, uint64_t> past_deadline;
  for (const AlertCountView& alerts : snapshot.alert_counts) {
    past_deadline[{alerts.brand, alerts.channel}] += alerts.count;
  }
  const size_t shown = std::min(places.size(), kWaitingPlaces);
  json.key("waiting").begin_object().field("count", count);
  optional_field(json, "oldest_seconds", oldest);
  json.field("omitted", places.size() - shown).key("places").begin_array();
  for (size_t i = 0; i < shown; ++i) {
    json.begin_object().field("brand", places[i].brand).field("channel", places[i].channel);
    json.field("count", places[i].count);
    json.field("past_deadline", past_deadline[{places[i].brand, places[i].channel}]);
    optional_field(json, "oldest_seconds", places[i].oldest_seconds);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_alerts(JsonWriter& json, const Snapshot& snapshot) {
  std::map<std::string_view, uint64_t> kinds;
  uint64_t open = 0;
  for (const AlertCountView& count : snapshot.alert_counts) {
    kinds[count.kind] += count.count;
    open += count.count;
  }
  json.key("alerts").begin_object().field("open", open);
  counts_field(json, "by_kind", kinds);
  json.key("newest").begin_array();
  for (const AlertView& alert : snapshot.alerts) {
    json.begin_object().field("kind", alert.kind);
    text_field(json, "severity", model::name_of(alert.severity));
    json.field("brand", alert.brand).field("channel", alert.channel);
    json.field("type", model::name_of(alert.type));
    json.field("conversation_id", alert.conversation);
    time_field(json, "opened_at", alert.opened_at, false);
    time_field(json, "asked_at", alert.asked_at, false);
    text_field(json, "sla_policy", alert.policy);
    json.key("sla_target_seconds").ratio(alert.target_seconds);
    text_field(json, "url", alert.url);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

std::string_view default_business_window(const Snapshot& snapshot) {
  const WindowView* best = nullptr;
  for (const WindowView& window : snapshot.windows) {
    if (!window.is_business) {
      continue;
    }
    const auto rank = [](const WindowView& one) {
      const bool fits = one.size_us <= base::kDay;
      return std::pair(fits, fits ? one.size_us : -one.size_us);
    };
    if (best == nullptr || rank(*best) < rank(window)) {
      best = &window;
    }
  }
  return best == nullptr ? std::string_view() : best->name;
}

bool has_business_window(const Snapshot& snapshot, std::string_view window) {
  return std::ranges::any_of(snapshot.windows, [&](const WindowView& one) {
    return one.is_business && one.name == window;
  });
}

std::string business_json(const Snapshot& snapshot, std::string_view window) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("pipeline", snapshot.pipeline).field("currency", snapshot.currency);
  time_field(json, "now", snapshot.now_us, false);
  json.field("follows_conversations", snapshot.follows_conversations);
  json.key("windows").begin_array();
  for (const WindowView& one : snapshot.windows) {
    if (one.is_business) {
      json.string(one.name);
    }
  }
  json.end_array();
  text_field(json, "window", window);
  const auto [open, closed] = periods_of(snapshot, window);
  json.key("periods").begin_array();
  for (const auto& period : {open, closed}) {
    if (period) {
      write_period(json, snapshot, window, *period);
    }
  }
  json.end_array();
  write_campaigns(json, snapshot, window, open ? open->start : base::kNoTime);
  write_waiting(json, snapshot);
  write_alerts(json, snapshot);
  write_signals(json, snapshot);
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace kaiku::serve
