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
  json.end_array().key("cells").begin_array();
  for (const Cell& cell : cells) {
    out += '\n';
    write_cell(json, cell);
  }
  json.end_array().end_object();
  return out;
}

}  // namespace kaiku::generate
