#include "kaiku/generate/truth.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "kaiku/base/json_writer.h"
#include "kaiku/money/decimal.h"

namespace kaiku::generate {
namespace {

using base::JsonWriter;

constexpr std::array<std::string_view, kCounters> kCounterNames = {
    "likes", "replies", "reposts", "quotes", "bookmarks", "clicks", "views", "impressions"};

template <typename T, size_t N>
T sum_of(const std::array<T, N>& values, size_t first_ones = N) {
  return std::accumulate(values.begin(), values.begin() + first_ones, T{0});
}

auto key_of(const Cell& cell) {
  return std::tuple(name_of(cell.window),
                    std::string_view(cell.brand),
                    std::string_view(cell.channel),
                    model::name_of(cell.type),
                    cell.start);
}

template <typename Enum, typename T, size_t N>
void write_named(JsonWriter& json, std::string_view name, const std::array<T, N>& values) {
  json.key(name).begin_object();
  for (size_t i = 0; i < N; ++i) {
    json.field(model::name_of(static_cast<Enum>(i)), values[i]);
  }
  json.end_object();
}

void write_source(JsonWriter& json, std::string_view name, const Outcomes& outcomes) {
  json.begin_object()
      .field("source", name)
      .field("records", outcomes.records)
      .field("counted", outcomes.counted)
      .field("duplicate", sum_of(outcomes.duplicates))
      .field("late", outcomes.late)
      .field("dead_letter", sum_of(outcomes.dead_letters))
      .field("ignored", outcomes.ignored);
  write_named<model::DuplicateKind>(json, "duplicate_by_kind", outcomes.duplicates);
  write_named<model::ErrorClass>(json, "dead_letter_by_class", outcomes.dead_letters);
  json.end_object();
}

std::string_view name_of(money::Flow flow) {
  static constexpr std::string_view kNames[] = {"order", "refund", "spend"};
  return kNames[static_cast<size_t>(flow)];
}

void write_money(JsonWriter& json, const money::MoneySums& sums) {
  json.key("money").begin_array();
  for (const money::MoneySums::Entry& entry : sums.entries()) {
    json.begin_object()
        .field("flow", name_of(entry.flow))
        .field("currency", entry.currency.view())
        .field("rate_date", base::format_date(entry.rate_day))
        .field("amount", money::format_micros(entry.sum_micros))
        .end_object();
  }
  json.end_array();
}

void write_cell(JsonWriter& json, const Cell& cell) {
  const Figures& figures = cell.figures;
  json.begin_object()
      .field("brand", cell.brand)
      .field("channel", cell.channel)
      .field("type", model::name_of(cell.type))
      .field("window", name_of(cell.window))
      .field("window_start", base::format_seconds(cell.start))
      .field("count_total", figures.count_total())
      .field("count_original", figures.count_original());
  write_named<model::Relation>(json, "count_by_relation", figures.by_relation);
  json.field("count_inbound", figures.inbound);
  json.field("count_inbound_original", figures.inbound_original);
  json.field("unique_authors", figures.unique_authors).field("engagements", figures.engagements());
  json.key("counters").begin_object();
  for (size_t i = 0; i < kCounters; ++i) {
    json.field(kCounterNames[i], figures.counters[i]);
  }
  json.end_object();
  json.field("sentiment_negative", figures.sentiment[1])
      .field("sentiment_neutral", figures.sentiment[2])
      .field("sentiment_positive", figures.sentiment[3]);
  write_named<model::DuplicateKind>(json, "suppressed", figures.suppressed);
  json.field("edits", figures.edits)
      .field("deletions", figures.deletions)
      .field("orders", figures.orders)
      .field("refunds", figures.refunds)
      .field("spends", figures.spends);
  write_money(json, figures.money);
  json.end_object();
}

void write_time(JsonWriter& json, std::string_view name, base::EventTime time) {
  json.key(name);
  if (time == base::kNoTime) {
    json.null();
  } else {
    json.string(base::format_micros(time));
  }
}

void write_known(JsonWriter& json, std::string_view name, std::optional<bool> known) {
  json.key(name);
  if (known) {
    json.boolean(*known);
  } else {
    json.null();
  }
}

void write_text(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  if (text.empty()) {
    json.null();
  } else {
    json.string(text);
  }
}

// Whole milliseconds, as seconds.
void write_seconds(JsonWriter& json, std::string_view name, bool has, int64_t milliseconds) {
  json.key(name);
  if (!has) {
    json.null();
    return;
  }
  const std::string rest = std::to_string(milliseconds % 1'000);
  json.raw(std::to_string(milliseconds / 1'000) + '.' + std::string(3 - rest.size(), '0') + rest);
}

void write_conversation(JsonWriter& json, const ConversationOutcome& one) {
  json.begin_object()
      .field("brand", one.brand)
      .field("channel_first", one.channel)
      .field("type", model::name_of(one.type));
  write_time(json, "opened_at", one.opened_at);
  write_time(json, "first_peer_at", one.first_peer_at);
  write_time(json, "first_brand_at", one.first_brand_at);
  const bool answered = one.first_brand_at != base::kNoTime;
  write_seconds(json,
                "first_response_seconds",
                answered,
                answered ? (one.first_brand_at - one.opened_at) / base::kMillisecond : 0);
  write_seconds(json, "first_response_business_seconds", answered, one.response_business_ms);
  write_time(json, "resolved_at", one.resolved_at);
  json.field("reopen_count", one.reopened)
      .field("messages_total", sum_of(one.messages))
      .field("messages_customer", one.messages[0])
      .field("messages_brand", one.messages[1])
      .field("messages_peer", one.messages[2])
      .field("answered_by", one.answered_by);
  write_known(json, "deflected", one.deflected);
  write_text(json, "sla_policy", one.sla_policy);
  write_seconds(json, "sla_target_seconds", !one.sla_policy.empty(), one.sla_target_ms);
  write_known(json, "sla_met", one.sla_met);
  json.field("close_reason", one.close_reason).key("csat");
  if (one.csat == 0) {
    json.null();
  } else {
    json.number(static_cast<int>(one.csat));
  }
  json.end_object();
}

void write_breach(JsonWriter& json, const Breach& one) {
  json.begin_object().field("brand", one.brand).field("channel", one.channel);
  write_time(json, "asked_at", one.asked_at);
  write_time(json, "opened_at", one.deadline);
  write_time(json, "updated_at", one.ended_at == base::kNoTime ? one.deadline : one.ended_at);
  json.field("state", one.ended_at == base::kNoTime ? "open" : "resolved")
      .field("sla_policy", one.sla_policy)
      .end_object();
}

// Figures of the last hour stand as they do in an alert's evidence.
void write_burst(JsonWriter& json, const TermBurst& one) {
  json.begin_object().field("brand", one.brand).field("subject", one.term);
  write_time(json, "opened_at", one.opened_at);
  if (one.is_over) {
    write_time(json, "updated_at", one.updated_at);
    json.field("state", "resolved");
  }
  json.field("window_start", base::format_seconds(one.window_start))
      .field("window_end", base::format_seconds(one.window_start + base::kHour))
      .field("count", one.count)
      .key("evidence")
      .begin_object()
      .field("count", one.last_count)
      .field("unique_authors", one.authors)
      .field("more_authors", one.more_authors);
  json.key("expected").ratio(one.expected);
  json.key("p_value").ratio(one.p_value);
  json.key("q_value").ratio(one.q_value);
  json.end_object().end_object();
}

void write_planted(JsonWriter& json, const PlantedTerm& one) {
  json.begin_object()
      .field("what", one.what)
      .field("bursts", one.bursts)
      .field("brand", one.brand)
      .field("term", one.term);
  write_time(json, "from", one.from);
  write_time(json, "until", one.until);
  json.end_object();
}

void write_kpi(JsonWriter& json, const KpiTruth& one) {
  json.begin_object()
      .field("kpi", one.kpi)
      .field("brand", one.brand)
      .field("channel", one.channel)
      .field("window", name_of(one.window))
      .field("window_start", base::format_seconds(one.start))
      .key("fields")
      .raw("{" + one.fields + "}")
      .end_object();
}

// Each on a line of its own.
template <typename T, typename Write>
void write_rows(JsonWriter& json,
                std::string& out,
                std::string_view name,
                const std::vector<T>& rows,
                const Write& write) {
  json.key(name).begin_array();
  for (const T& row : rows) {
    out += '\n';
    write(json, row);
  }
  json.end_array();
}

}  // namespace

bool Outcomes::balances() const {
  return records == counted + sum_of(duplicates) + late + sum_of(dead_letters) + ignored;
}

int64_t Figures::count_total() const {
  return sum_of(by_relation);
}

int64_t Figures::count_original() const {
  return by_relation[static_cast<size_t>(model::Relation::kOriginal)];
}

int64_t Figures::engagements() const {
  return sum_of(counters, kEngagementCounters);
}

std::string_view name_of(Window window) {
  static constexpr std::string_view kNames[] = {"minute", "hour", "day"};
  return kNames[static_cast<size_t>(window)];
}

int64_t size_of(Window window) {
  static constexpr int64_t kSizes[] = {base::kMinute, base::kHour, base::kDay};
  return kSizes[static_cast<size_t>(window)];
}

bool Truth::balances() const {
  return std::all_of(
      sources.begin(), sources.end(), [](const Outcomes& outcomes) { return outcomes.balances(); });
}

const Cell* Truth::find(Window window,
                        base::EventTime start,
                        std::string_view brand,
                        std::string_view channel,
                        model::ItemType type) const {
  const auto wanted = std::tuple(name_of(window), brand, channel, model::name_of(type), start);
  const auto at =
      std::lower_bound(cells.begin(), cells.end(), wanted, [](const Cell& cell, const auto& key) {
        return key_of(cell) < key;
      });
  return at != cells.end() && key_of(*at) == wanted ? &*at : nullptr;
}

std::string Truth::to_json() const {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("sources").begin_array();
  for (size_t i = 0; i < kSources; ++i) {
    write_source(json, kSourceNames[i], sources[i]);
  }
  json.end_array().field("balanced", balances()).field("currency", base_currency);
  json.key("booked").begin_array();
  for (const Booked& day : booked) {
    json.begin_object()
        .field("day", base::format_date(day.day))
        .field("brand", day.brand)
        .field("booked_orders", day.orders)
        .field("booked_refunds", day.refunds)
        .field("ad_spend", day.spend)
        .end_object();
  }
  json.end_array();
  write_rows(json, out, "loud_times", loud_times, [](JsonWriter& to, const LoudTime& loud) {
    to.begin_object().field("brand", loud.brand);
    write_time(to, "from", loud.from);
    write_time(to, "until", loud.until);
    to.end_object();
  });
  write_rows(json, out, "planted", planted, write_planted);
  write_rows(json, out, "bursts", bursts, write_burst);
  write_rows(json, out, "conversations", conversations, write_conversation);
  write_rows(json, out, "breaches", breaches, write_breach);
  write_rows(json, out, "kpis", kpis, write_kpi);
  write_rows(json, out, "cells", cells, write_cell);
  json.end_object();
  return out;
}

}  // namespace kaiku::generate
