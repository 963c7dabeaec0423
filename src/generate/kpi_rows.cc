#include "generate/kpi_rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kaiku/base/json_writer.h"
#include "kaiku/money/decimal.h"

namespace kaiku::generate {
namespace {

using base::JsonWriter;

constexpr std::array<std::string_view, kShares> kShareNames = {"sla_attainment",
                                                               "peer_answer_share",
                                                               "two_way_dialogue",
                                                               "reopened_share",
                                                               "messages_per_conversation",
                                                               "never_answered_share",
                                                               "strict_deflections",
                                                               "attributed_order_share",
                                                               "new_customer_share",
                                                               "unconverted_journey_share",
                                                               "cross_channel_customer_share",
                                                               "continued_elsewhere_share"};
constexpr std::array<std::string_view, kDurations> kDurationNames = {
    "first_response_public",
    "first_response_private",
    "first_response_business_hours",
    "peer_lead",
    "time_to_resolution",
    "time_to_final_resolution"};
constexpr std::array<std::string_view, kModels> kModelNames = {"attributed_revenue_last_touch",
                                                               "attributed_revenue_first_touch",
                                                               "attributed_revenue_linear",
                                                               "attributed_revenue_time_decay",
                                                               "attributed_revenue_equal_split"};

// One JSON object without its braces.
template <typename Write>
std::string fields(const Write& write) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write(json);
  json.end_object();
  return out.substr(1, out.size() - 2);
}

std::string share_fields(Share share, int64_t part, int64_t whole) {
  return fields([&](JsonWriter& json) {
    if (share == Share::kDeflections) {
      json.field("value", part).field("n", part);
    } else {
      json.field("numerator", part).field("denominator", whole).field("n", whole);
    }
  });
}

// The median as an estimate may say it: between those that a sketch of about 1 % confuses.
std::string duration_fields(std::vector<int64_t> milliseconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  const size_t middle = (milliseconds.size() - 1) / 2;
  return fields([&](JsonWriter& json) {
    json.field("n", static_cast<int64_t>(milliseconds.size()));
    json.field("median_low_ms", milliseconds[middle]);
    json.field("median_high_ms", milliseconds[milliseconds.size() / 2]);
  });
}

}  // namespace

void KpiRows::count(const Place& place, Share share, int64_t part, int64_t whole) {
  each(place, true, [&](KpiCell& cell) {
    cell.parts[static_cast<size_t>(share)] += part;
    cell.wholes[static_cast<size_t>(share)] += whole;
  });
}

void KpiRows::last(const Place& place, Duration duration, int64_t milliseconds) {
  each(place, true, [&](KpiCell& cell) {
    cell.milliseconds[static_cast<size_t>(duration)].push_back(milliseconds);
  });
}

std::vector<KpiTruth> KpiRows::rows(const std::vector<std::string>& brand_ids,
                                    std::string_view base_currency,
                                    const std::string& rates_csv) const {
  const model::Currency base = *money::parse_currency(base_currency);
  const auto rates = money::Rates::parse(base, rates_csv, "rates.csv");
  const auto text = [&](const money::MoneySums& sums) {
    return money::format_money(rates.value().convert(sums, money::Flow::kOrder).micros, base);
  };
  std::vector<KpiTruth> rows;
  for (const auto& [key, cell] : cells_) {
    const auto& [window, brand, channel, start] = key;
    const Add add_at = [&, w = window, b = brand, s = start](
                           std::string_view kpi, std::string at, std::string with) {
      rows.push_back({std::string(kpi), w, brand_ids[b], std::move(at), s, std::move(with)});
    };
    const auto add = [&, &c = channel](std::string_view kpi, std::string with) {
      add_at(kpi, c, std::move(with));
    };
    for (size_t i = 0; i < kShares; ++i) {
      const auto share = static_cast<Share>(i);
      if ((share == Share::kDeflections ? cell.parts[i] : cell.wholes[i]) != 0) {
        add(kShareNames[i], share_fields(share, cell.parts[i], cell.wholes[i]));
      }
    }
    for (size_t i = 0; i < kDurations; ++i) {
      if (!cell.milliseconds[i].empty()) {
        add(kDurationNames[i], duration_fields(cell.milliseconds[i]));
      }
    }
    const KpiCell& whole = cells_.at({window, brand, "_all", start});
    for (size_t i = 0; i < kModels; ++i) {
      if (cell.conversions[i] == 0 && cell.revenue[i].is_empty()) {
        continue;
      }
      add(kModelNames[i], fields([&](JsonWriter& json) {
            json.field("value", text(cell.revenue[i])).field("numerator", text(cell.revenue[i]));
            json.field("denominator", text(whole.revenue[i])).field("n", whole.orders);
            json.field("conversion_millionths", cell.conversions[i]);
          }));
    }
    if (channel == "_all") {
      tell_removal_effects(key, cell, rates.value(), add_at);
    }
  }
  return rows;
}

// Each channel gets its share of what orders with a touch brought, in whole minor units. Which
// channel gets the units that are left over is a matter of the last digit of its share.
void KpiRows::tell_removal_effects(const Key& key,
                                   const KpiCell& all,
                                   const money::Rates& rates,
                                   const Add& add) const {
  const auto& [window, brand, channel, start] = key;
  const auto of = [&](const KpiCell& cell) {
    return rates.convert(cell.revenue[0], money::Flow::kOrder).micros;
  };
  const auto untouched = cells_.find({window, brand, "_none", start});
  const auto brought = of(all) - (untouched == cells_.end() ? 0 : of(untouched->second));
  const int64_t minor = *money::from_minor(1, rates.base());
  const MarkovTruth::Shares shares = all.journeys.tell();
  for (const auto& [at, share] : shares.by_channel) {
    const double units = share * static_cast<double>(brought / minor);
    const auto text = [&](double whole) {
      return money::format_money(static_cast<money::Int128>(whole) * minor, rates.base());
    };
    add("attributed_revenue_markov", at, fields([&](JsonWriter& json) {
          json.field("denominator", money::format_money(brought, rates.base()));
          json.field("n", shares.conversions);
          json.field("value_low", text(std::floor(units) - 1));
          json.field("value_high", text(std::ceil(units) + 1));
        }));
  }
}

}  // namespace kaiku::generate
