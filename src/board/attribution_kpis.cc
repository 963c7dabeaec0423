#include "board/attribution_kpis.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "kaiku/effect/markov.h"
#include "kaiku/money/decimal.h"
#include "kaiku/money/split.h"

namespace kaiku::board {
namespace {

using aggregate::AttributionFigures;
using aggregate::AttributionModel;
using aggregate::kAttributionModels;
using base::JsonWriter;
using money::Flow;
using money::Int128;
using money::Rates;

// Words of the contract: pipelines/schemas/kpi.v1.schema.json explains them.
constexpr std::array<std::string_view, 2> kOfRules = {"not_incremental", "observed_touches_only"};
constexpr std::array<std::string_view, 3> kOfMarkov = {
    "not_incremental", "observed_touches_only", "unconverted_of_known_customers_only"};
constexpr std::array<std::string_view, 1> kOfJourneys = {"unconverted_of_known_customers_only"};
constexpr std::array<std::string_view, 1> kOfNewCustomers = {"no_orders_before_the_first_seen"};
constexpr std::array<std::string_view, 2> kOfOpenings = {"known_customers_only", "similar_texts"};
constexpr std::array<std::string_view, 2> kOfCustomers = {"known_customers_only", "customer_days"};

struct Part {
  std::string_view channel;
  const AttributionFigures* figures = nullptr;
};

size_t index(AttributionModel model) {
  return static_cast<size_t>(model);
}

// Of all channels: money as one sum, converted and rounded once, as long as one cell could hold it.
class Whole {
 public:
  Whole(const std::vector<Part>& parts, const Rates& rates) {
    bool complete = true;
    for (const Part& part : parts) {
      complete = figures_.merge(*part.figures) && complete;
    }
    for (size_t model = 0; model < kAttributionModels; ++model) {
      revenue_[model] = rates.convert(figures_.revenue[model], Flow::kOrder);
    }
    for (size_t model = 0; !complete && model < kAttributionModels; ++model) {
      revenue_[model] = {};
      for (const Part& part : parts) {
        add(revenue_[model], rates.convert(part.figures->revenue[model], Flow::kOrder));
      }
    }
  }

  [[nodiscard]] const AttributionFigures& figures() const { return figures_; }

  [[nodiscard]] const Rates::Total& revenue(size_t model) const { return revenue_[model]; }

 private:
  static void add(Rates::Total& to, const Rates::Total& more) {
    to.micros += more.micros;
    to.complete = to.complete && more.complete;
    to.unconverted.insert(to.unconverted.end(), more.unconverted.begin(), more.unconverted.end());
  }

  AttributionFigures figures_;
  std::array<Rates::Total, kAttributionModels> revenue_;
};

class Drafter {
 public:
  Drafter(const KpiHead& head,
          const Rates& rates,
          const Whole& whole,
          std::vector<KpiDraft>& drafts)
      : head_(head), rates_(rates), whole_(whole), drafts_(drafts) {}

  void models(std::string_view channel, const AttributionFigures& figures) {
    for (size_t model = 0; model < kAttributionModels; ++model) {
      const auto kpi = static_cast<Kpi>(static_cast<size_t>(Kpi::kAttributedLastTouch) + model);
      const bool has_figures =
          figures.conversion_millionths[model] != 0 || !figures.revenue[model].is_empty();
      KpiDraft& draft = add(kpi, channel, has_figures);
      write_model(draft,
                  rates_.convert(figures.revenue[model], Flow::kOrder),
                  model,
                  figures.conversion_millionths[model]);
    }
  }

  void customers(std::string_view channel, const AttributionFigures& figures) {
    // Of the brand every journey once, at a channel those that had a touch there.
    const bool is_all = channel == kAllChannels;
    const int64_t unconverted = is_all ? figures.unconverted_journeys : figures.unconverted_through;
    const int64_t converted = is_all ? figures.joined_orders : figures.converted_through;
    share(Kpi::kAttributedOrders, channel, figures.joined_orders, figures.orders_attributed, {});
    share(Kpi::kNewCustomers,
          channel,
          figures.new_customer_orders,
          figures.orders_with_customer,
          kOfNewCustomers);
    share(Kpi::kUnconvertedJourneys, channel, unconverted, unconverted + converted, kOfJourneys);
    share(Kpi::kCrossChannelCustomers,
          channel,
          figures.cross_channel_customers,
          figures.active_customers,
          kOfCustomers);
    share(Kpi::kContinuedElsewhere,
          channel,
          figures.continued_elsewhere,
          figures.customer_openings,
          kOfOpenings);
  }

  // `value` of `whole`, both in micros of the base currency; null: it has no share.
  void markov(std::string_view channel,
              const effect::MarkovShares* shares,
              const effect::MarkovChannel* found,
              int64_t value,
              int64_t whole) {
    const bool has_figures = found != nullptr && found->share > 0;
    KpiDraft& draft = add(Kpi::kAttributedMarkov, channel, has_figures);
    draft.incomplete = !whole_.revenue(0).complete;
    JsonWriter json(draft.back);
    json.begin_object();
    json.field("value", money::format_money(has_figures ? value : 0, rates_.base()));
    json.field("unit", rates_.base().view());
    if (has_figures) {
      json.field("numerator", money::format_money(value, rates_.base()));
      json.field("denominator", money::format_money(whole, rates_.base()));
    }
    json.field("n", has_figures ? shares->conversions : int64_t{0});
    json.field("rates_version", rates_.version());
    json.field("method", method_of(draft.kpi));
    write_terms(json, false);
    write_assumptions(json, kOfMarkov);
    json.key("conversions").ratio(has_figures ? found->conversions : 0);
    if (has_figures) {
      json.key("removal_effect").ratio(found->removal);
    }
    json.end_object();
  }

 private:
  KpiDraft& add(Kpi kpi, std::string_view channel, bool has_figures) {
    drafts_.push_back(draft_of(head_, kpi, channel, has_figures));
    return drafts_.back();
  }

  void share(Kpi kpi,
             std::string_view channel,
             int64_t numerator,
             int64_t denominator,
             std::span<const std::string_view> assumptions) {
    write_share(add(kpi, channel, denominator != 0), numerator, denominator, assumptions);
  }

  void write_terms(JsonWriter& json, bool decays) const {
    json.key("method_params").begin_object();
    json.field("look_back_seconds", head_.attribution.look_back_us / base::kSecond);
    if (decays) {
      json.field("half_life_seconds", head_.attribution.half_life_us / base::kSecond);
    }
    json.end_object();
  }

  // Of a channel that has nothing any more no more is said than that: the whole it was part of may
  // change without it.
  void write_model(KpiDraft& draft,
                   const Rates::Total& revenue,
                   size_t model,
                   int64_t conversion_millionths) const {
    const Rates::Total none;
    draft.incomplete = !revenue.complete;
    JsonWriter json(draft.back);
    json.begin_object();
    json.field("value", money::format_money(revenue.micros, rates_.base()));
    json.field("unit", rates_.base().view());
    if (draft.has_figures) {
      json.field("numerator", money::format_money(revenue.micros, rates_.base()));
      json.field("denominator", money::format_money(whole_.revenue(model).micros, rates_.base()));
    }
    json.field("n", draft.has_figures ? whole_.figures().orders_attributed : int64_t{0});
    json.field("rates_version", rates_.version());
    write_unconverted(json, revenue, none);
    json.field("method", method_of(draft.kpi));
    write_terms(json, model == index(AttributionModel::kTimeDecay));
    write_assumptions(json, kOfRules);
    json.key("conversions")
        .ratio(static_cast<double>(conversion_millionths) /
               static_cast<double>(aggregate::kConversionMillionths));
    if (draft.has_figures && whole_.figures().truncated_orders != 0) {
      json.field("truncated_orders", whole_.figures().truncated_orders);
    }
    json.end_object();
  }

  const KpiHead& head_;
  const Rates& rates_;
  const Whole& whole_;
  std::vector<KpiDraft>& drafts_;
};

std::optional<effect::MarkovShares> removal_effects(const AttributionFigures& figures) {
  std::vector<effect::MarkovStep> steps;
  for (const aggregate::TransitionCounts::Entry& entry : figures.transitions.entries()) {
    steps.push_back({entry.from, entry.to, entry.count});
  }
  return effect::markov_shares(
      steps, {aggregate::kPathStart, aggregate::kPathConversion, aggregate::kPathNull});
}

// What orders with a touch brought, in micros of the base currency.
int64_t joined_revenue(const Whole& whole, const std::vector<Part>& parts, const Rates& rates) {
  constexpr size_t kAny = 0;  // no model gives anything of it to _none
  Int128 micros = whole.revenue(kAny).micros;
  for (const Part& part : parts) {
    if (part.channel == aggregate::kNoChannel) {
      micros -= rates.convert(part.figures->revenue[kAny], Flow::kOrder).micros;
    }
  }
  constexpr Int128 kMost = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp(micros, -kMost, kMost));
}

// The parts of `micros` that go to the channels, in whole minor units of the base currency.
std::vector<int64_t> parts_of(int64_t micros,
                              const std::vector<effect::MarkovChannel>& channels,
                              const Rates& rates) {
  constexpr double kOne = 1ULL << 40;
  const int64_t minor = *money::from_minor(1, rates.base());
  std::vector<uint64_t> weights;
  for (const effect::MarkovChannel& channel : channels) {
    weights.push_back(static_cast<uint64_t>(channel.share * kOne));
  }
  std::vector<int64_t> parts = money::split(micros / minor, weights);
  for (int64_t& part : parts) {
    part *= minor;
  }
  return parts;
}

void draft_markov(const std::vector<Part>& parts,
                  const Whole& whole,
                  const Rates& rates,
                  Drafter& draft) {
  const std::optional<effect::MarkovShares> shares = removal_effects(whole.figures());
  const int64_t revenue = joined_revenue(whole, parts, rates);
  std::vector<int64_t> values;
  if (shares.has_value()) {
    values = parts_of(revenue, shares->channels, rates);
  }
  const auto one = [&](std::string_view channel) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (shares->channels[i].channel == channel) {
        draft.markov(channel, &*shares, &shares->channels[i], values[i], revenue);
        return true;
      }
    }
    return false;
  };
  for (const Part& part : parts) {
    if (!one(part.channel)) {
      draft.markov(part.channel, nullptr, nullptr, 0, 0);
    }
  }
}

}  // namespace

void draft_attribution(const KpiHead& head,
                       const std::vector<ChannelFigures>& channels,
                       const Rates& rates,
                       std::vector<KpiDraft>& drafts) {
  std::vector<Part> parts;
  for (const ChannelFigures& figures : channels) {
    if (figures.business != nullptr && figures.business->attribution.get() != nullptr) {
      parts.push_back({figures.channel, figures.business->attribution.get()});
    }
  }
  if (parts.empty()) {
    return;
  }
  const Whole whole(parts, rates);
  Drafter draft(head, rates, whole, drafts);
  for (const Part& part : parts) {
    draft.models(part.channel, *part.figures);
    draft.customers(part.channel, *part.figures);
  }
  draft_markov(parts, whole, rates, draft);
  draft.models(kAllChannels, whole.figures());
  draft.customers(kAllChannels, whole.figures());
}

}  // namespace kaiku::board
