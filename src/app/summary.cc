#include "app/summary.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kaiku/money/decimal.h"

namespace kaiku::app {
namespace {

using Json = nlohmann::json;
using base::Result;
using base::Status;

// Last value per key of a topic.
class LastValues final : public log::RecordSink {
 public:
  bool on_record(const log::Record& record) override {
    if (record.has_value) {
      values[std::string(record.key)] = std::string(record.value);
    }
    return true;
  }

  std::map<std::string, std::string> values;
};

Status read_topic(log::Log& log, log::TopicId topic, LastValues& out) {
  auto partitions = log.partition_count(topic);
  if (!partitions.has_value()) {
    return partitions.error();
  }
  for (int32_t number = 0; number < partitions.value(); ++number) {
    auto ends = log.ends({topic, number}, log::Isolation::kCommitted);
    if (!ends.has_value()) {
      return ends.error();
    }
    if (Status status = log.read({topic, number}, ends->low, out); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

struct Row {
  int64_t total = 0;
  int64_t original = 0;
  int64_t engagements = 0;
  int64_t positive = 0;
  int64_t negative = 0;
  int64_t labelled = 0;
};

struct Booked {
  money::Int128 revenue = 0;
  money::Int128 refunds = 0;
  money::Int128 spend = 0;
};

int64_t number(const Json& value, const char* field) {
  const auto found = value.find(field);
  return found != value.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

std::string text(const Json& value, const char* field) {
  const auto found = value.find(field);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

using Place = std::pair<std::string, std::string>;

std::map<Place, Row> rows_of(const LastValues& activity) {
  std::map<Place, Row> rows;
  for (const auto& [key, bytes] : activity.values) {
    const Json value = Json::parse(bytes, nullptr, false);
    if (value.is_discarded() || text(value, "type") == "business_event" ||
        value.contains("suppressed_below")) {
      continue;
    }
    Row& row = rows[{text(value, "brand"), text(value, "channel")}];
    row.total += number(value, "count_total");
    row.original += number(value, "count_original");
    row.engagements += number(value, "engagements");
    row.positive += number(value, "sentiment_positive");
    row.negative += number(value, "sentiment_negative");
    row.labelled += number(value, "sentiment_positive") + number(value, "sentiment_negative") +
                    number(value, "sentiment_neutral");
  }
  return rows;
}

std::map<Place, Booked> booked_of(const LastValues& kpis, const std::string& window) {
  std::map<Place, Booked> booked;
  for (const auto& [key, bytes] : kpis.values) {
    const Json value = Json::parse(bytes, nullptr, false);
    if (value.is_discarded() || text(value, "window") != window ||
        text(value, "channel") == "_all") {
      continue;
    }
    const auto amount = money::parse_decimal(text(value, "value"));
    if (!amount) {
      continue;
    }
    const std::string kpi = text(value, "kpi");
    if (amount->micros == 0 || (kpi != "booked_revenue" && kpi != "refunds" && kpi != "ad_spend")) {
      continue;
    }
    Booked& row = booked[{text(value, "brand"), text(value, "channel")}];
    row.revenue += kpi == "booked_revenue" ? amount->micros : 0;
    row.refunds += kpi == "refunds" ? amount->micros : 0;
    row.spend += kpi == "ad_spend" ? amount->micros : 0;
  }
  return booked;
}

std::string grouped(const std::string& digits) {
  const size_t end = std::min(digits.find('.'), digits.size());
  const size_t begin = digits.starts_with('-') ? 1 : 0;
  std::string out = digits.substr(0, begin);
  for (size_t i = begin; i < end; ++i) {
    if (i != begin && (end - i) % 3 == 0) {
      out += ',';
    }
    out += digits[i];
  }
  return out + digits.substr(end);
}

std::string money_text(money::Int128 micros, const model::Currency& currency) {
  return grouped(money::format_money(micros, currency));
}

std::string outcome_lines(const shard::Plan& plan, const shard::Ledger& ledger) {
  std::string out = fmt::format("{:<12} {:>10} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8}\n",
                                "source",
                                "records",
                                "items",
                                "counted",
                                "duplicate",
                                "late",
                                "dead",
                                "ignored");
  for (size_t i = 0; i < ledger.size(); ++i) {
    const shard::SourceLedger& source = ledger[i];
    out += fmt::format("{:<12} {:>10} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8}\n",
                       plan.sources[i].name,
                       source.records,
                       source.items,
                       source.outcome(model::Outcome::kCounted),
                       source.outcome(model::Outcome::kDuplicate),
                       source.outcome(model::Outcome::kLate),
                       source.outcome(model::Outcome::kDeadLetter),
                       source.outcome(model::Outcome::kIgnored));
  }
  return out;
}

// The longest window of the plan that KPI records are made for.
std::string longest_window(const shard::Plan& plan, size_t& index) {
  int64_t size = 0;
  std::string name;
  for (size_t i = 0; i < plan.board->windows.size(); ++i) {
    const window::WindowSpec& spec = plan.board->windows[i];
    if (!spec.is_hopping() && spec.size_us() > size) {
      size = spec.size_us();
      name = spec.name();
      index = i;
    }
  }
  return name;
}

}  // namespace

Result<std::string> summarise(const shard::Plan& plan,
                              log::Log& log,
                              const shard::Ledger& ledger,
                              int64_t elapsed_us) {
  size_t window_index = 0;
  const std::string window = longest_window(plan, window_index);
  LastValues activity;
  LastValues kpis;
  if (Status status = read_topic(log, plan.outputs.activity.at(window_index), activity);
      !status.is_ok()) {
    return status;
  }
  if (Status status = read_topic(log, plan.outputs.kpi, kpis); !status.is_ok()) {
    return status;
  }
  const model::Currency currency = plan.board->rates->base();
  std::string out = outcome_lines(plan, ledger);
  out += fmt::format("\n{:<14} {:<12} {:>10} {:>10} {:>12} {:>9}\n",
                     "brand",
                     "channel",
                     "items",
                     "originals",
                     "engagements",
                     "sentiment");
  for (const auto& [place, row] : rows_of(activity)) {
    const std::string sentiment =
        row.labelled == 0 ? "-"
                          : fmt::format("{:+.2f}",
                                        static_cast<double>(row.positive - row.negative) /
                                            static_cast<double>(row.labelled));
    out += fmt::format("{:<14} {:<12} {:>10} {:>10} {:>12} {:>9}\n",
                       place.first,
                       place.second,
                       row.total,
                       row.original,
                       row.engagements,
                       sentiment);
  }
  out += fmt::format(
      "\nbooked, {} (summed over windows `{}`)\n{:<14} {:<12} {:>16} {:>14} {:>16} {:>14}\n",
      currency.view(),
      window,
      "brand",
      "channel",
      "revenue",
      "refunds",
      "net",
      "spend");
  Booked sum;
  for (const auto& [place, row] : booked_of(kpis, window)) {
    out += fmt::format("{:<14} {:<12} {:>16} {:>14} {:>16} {:>14}\n",
                       place.first,
                       place.second,
                       money_text(row.revenue, currency),
                       money_text(row.refunds, currency),
                       money_text(row.revenue - row.refunds, currency),
                       money_text(row.spend, currency));
    sum.revenue += row.revenue;
    sum.refunds += row.refunds;
    sum.spend += row.spend;
  }
  out += fmt::format("{:<14} {:<12} {:>16} {:>14} {:>16} {:>14}\n",
                     "all",
                     "",
                     money_text(sum.revenue, currency),
                     money_text(sum.refunds, currency),
                     money_text(sum.revenue - sum.refunds, currency),
                     money_text(sum.spend, currency));
  shard::SourceLedger all;
  for (const shard::SourceLedger& source : ledger) {
    all.add(source);
  }
  const double seconds = static_cast<double>(elapsed_us) / 1e6;
  out += fmt::format(
      "\nledger: {} records, {} items, {}; {:.0f} records/s over {:.1f} s\n",
      all.records,
      all.items,
      shard::balances(ledger) ? "balanced: every item has exactly one outcome" : "NOT BALANCED",
      seconds > 0 ? static_cast<double>(all.records) / seconds : 0.0,
      seconds);
  return out;
}

std::string live_table(const serve::Snapshot& snapshot) {
  std::string out =
      fmt::format("{} | {} | {:.0f} records/s | {} items | {}\n",
                  snapshot.pipeline,
                  serve::name_of(snapshot.state),
                  snapshot.records_per_second,
                  snapshot.ledger.items,
                  snapshot.ledger.balanced ? "balanced" : "NOT BALANCED: " + snapshot.ledger.text);
  for (const serve::SourceView& source : snapshot.sources) {
    out += fmt::format(
        "  {:<10} {:>10} records  {:>9} counted  {:>9} duplicate  {:>6} late  {:>6} dead letters\n",
        source.name,
        source.records,
        source.outcomes[static_cast<size_t>(model::Outcome::kCounted)],
        source.outcomes[static_cast<size_t>(model::Outcome::kDuplicate)],
        source.outcomes[static_cast<size_t>(model::Outcome::kLate)],
        source.outcomes[static_cast<size_t>(model::Outcome::kDeadLetter)]);
  }
  // The busiest cells of the open hours.
  std::vector<const serve::CellView*> cells;
  for (const serve::CellView& cell : snapshot.cells) {
    if (cell.window == "hour") {
      cells.push_back(&cell);
    }
  }
  std::sort(cells.begin(), cells.end(), [](const auto* a, const auto* b) {
    return a->count_total > b->count_total;
  });
  out += fmt::format("  {:<12} {:<10} {:<16} {:<21} {:>8} {:>9} {:>14}\n",
                     "brand",
                     "channel",
                     "type",
                     "hour",
                     "items",
                     "authors",
                     "booked");
  for (size_t i = 0; i < cells.size() && i < 10; ++i) {
    const serve::CellView& cell = *cells[i];
    model::Currency currency;
    std::copy_n(
        snapshot.currency.begin(), std::min<size_t>(3, snapshot.currency.size()), currency.code);
    out += fmt::format("  {:<12} {:<10} {:<16} {:<21} {:>8} {:>9} {:>14}\n",
                       cell.brand,
                       cell.channel,
                       model::name_of(cell.type),
                       base::format_seconds(cell.window_start),
                       cell.count_total,
                       cell.unique_authors,
                       cell.booked_micros == 0 ? "" : money_text(cell.booked_micros, currency));
  }
  return out;
}

}  // namespace kaiku::app
