#include "board/value_kpis.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "kaiku/base/json_writer.h"
#include "kaiku/effect/share_difference.h"
#include "kaiku/money/decimal.h"

namespace kaiku::board {
namespace {

using base::JsonWriter;
using money::Int128;
using money::Price;

constexpr int64_t kMicro = 1'000'000;
constexpr int64_t kSecondsPerHour = 3'600;
constexpr int64_t kPerMille = 1'000;
// A day that loses an hour to summer time is a day.
constexpr int64_t kAboutADay = 23 * base::kHour;

double ratio_of(Int128 numerator, Int128 denominator) {
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

class Drafter {
 public:
  Drafter(const KpiHead& head,
          std::string_view channel,
          const Valuation& by,
          std::vector<KpiDraft>& drafts)
      : head_(head), channel_(channel), by_(by), drafts_(drafts) {}

  [[nodiscard]] std::optional<int64_t> price(Price price) const {
    return by_.prices == nullptr ? std::nullopt
                                 : by_.prices->find(price, head_.brand, channel_, head_.start);
  }

  void sentiment(const ActivityTotals& of) {
    const int64_t labelled = of.negative + of.neutral + of.positive;
    KpiDraft& draft = add(Kpi::kNetSentiment, labelled > 0);
    JsonWriter json(draft.back);
    json.begin_object().key("value");
    if (labelled >= kLabelsMin) {
      json.ratio(ratio_of(of.positive - of.negative, labelled));
    } else {
      json.null();
    }
    json.field("unit", "ratio").field("numerator", of.positive - of.negative);
    json.field("denominator", labelled).field("n", labelled).field("n_min", kLabelsMin);
    if (labelled >= kLabelsMin) {
      const effect::Interval interval =
          effect::share_difference95(of.positive, of.negative, labelled);
      json.key("lo95").ratio(interval.low);
      json.key("hi95").ratio(interval.high);
    }
    json.key("coverage").ratio(labelled, of.counted);
    end(json, draft);
  }

  void engagement(const ActivityTotals& of) {
    KpiDraft& draft = add(Kpi::kEngagementRate, of.impressions > 0);
    JsonWriter json(draft.back);
    json.begin_object().key("value").ratio(of.engagements, of.impressions);
    json.field("unit", "ratio").field("numerator", of.engagements);
    json.field("denominator", of.impressions).field("denominator_is", "impressions");
    json.field("n", of.counted);
    end(json, draft);
  }

  void copies(const ActivityTotals& of) {
    KpiDraft& draft = add(Kpi::kDuplicateShare, of.suppressed > 0);
    write_share(draft, of.suppressed, of.suppressed + of.counted);
    draft.n = KpiDraft::kOfCells;  // activity records say the same
  }

  // What the signals of the brand count. It never goes down, so a record is never taken back.
  void signals(const ActivityTotals& of) {
    if (of.by_staff > 0) {
      write_share(add(Kpi::kAdvocacy, true), of.by_staff, of.mentions);
    }
    using model::Risk;
    const auto at = [&of](Risk risk) { return of.risks[static_cast<size_t>(risk)]; };
    items(Kpi::kImpersonations, at(Risk::kImpersonation));
    items(Kpi::kPhishingLinks, at(Risk::kPhishingLookalike) + at(Risk::kPhishingShortener));
    items(Kpi::kConfidentialTerms, at(Risk::kConfidential) + at(Risk::kConfidentialByStaff));
    items(Kpi::kPublicPersonalData, at(Risk::kPersonalData));
  }

  // `units` of `per` each cost `micros`.
  void cost(Kpi kpi, std::string_view input, int64_t units, int64_t per, Price price_of) {
    const auto micros = price(price_of);
    if (!micros) {
      return;
    }
    KpiDraft& draft = add(kpi, units != 0);
    JsonWriter json(draft.back);
    json.begin_object();
    money_value(json, Int128{units} * *micros / per);
    json.field("n", units).field("input", input);
    draft.n = units;
    json.field("price", money::name_of(price_of));
    json.field("price_amount", money::format_micros(*micros));
    end_priced(json, draft);
  }

  void return_on_spend(const Sales& sales) {
    const auto margin = price(Price::kMargin);
    if (!margin) {
      return;
    }
    const bool known = sales.is_known && sales.is_complete && sales.spend_micros > 0;
    KpiDraft& draft = add(Kpi::kReturnOnSpend, sales.has_spend && sales.is_known);
    draft.incomplete = !sales.is_complete;
    JsonWriter json(draft.back);
    json.begin_object().key("value");
    if (known) {
      const Int128 earned = sales.net_micros * *margin / kMicro;
      json.ratio(ratio_of(earned - sales.spend_micros, sales.spend_micros));
    } else {
      json.null();
    }
    const model::Currency currency = by_.rates.base();
    json.field("unit", "ratio").field("currency", currency.view());
    if (sales.is_known) {
      json.field("net_revenue", money::format_money(sales.net_micros, currency));
    }
    json.field("margin", money::format_micros(*margin));
    json.field("spend", money::format_money(sales.spend_micros, currency));
    json.field("n", int64_t{known ? 1 : 0});
    json.field("prices_version", by_.prices->version_at(head_.start));
    json.field("method", sales.method);
    json.end_object();
  }

  void shift(const ActivityTotals& of, const ActivityTotals& all) {
    const auto before = price(Price::kContactShare);
    if (!before) {
      return;
    }
    KpiDraft& draft = add(Kpi::kChannelShift, all.support_contacts > 0);
    JsonWriter json(draft.back);
    json.begin_object().key("value");
    if (all.support_contacts > 0) {
      json.ratio(ratio_of(of.support_contacts, all.support_contacts) - ratio_of(*before, kMicro));
    } else {
      json.null();
    }
    json.field("unit", "share_points").field("numerator", of.support_contacts);
    json.field("denominator", all.support_contacts).field("n", all.support_contacts);
    json.field("baseline_share", money::format_micros(*before));
    end_priced(json, draft);
  }

  void interruptions(const ActivityTotals& of) {
    const auto per_day = price(Price::kMailsPerDay);
    if (!per_day || head_.end - head_.start < kAboutADay) {
      return;
    }
    // Days of 23 or 25 hours are days; longer windows are counted in whole ones.
    const int64_t days = (head_.end - head_.start + base::kDay / 2) / base::kDay;
    const Int128 baseline = Int128{*per_day} * days;  // in micro-mails
    const Int128 avoided = std::max<Int128>(0, baseline - Int128{of.support_messages} * kMicro);
    KpiDraft& draft = add(Kpi::kInterruptionsAvoided, true);
    draft.saved_us = static_cast<int64_t>(
        std::min<Int128>(avoided * kInterruptionSeconds, std::numeric_limits<int64_t>::max()));
    JsonWriter json(draft.back);
    json.begin_object().key("value").ratio(ratio_of(avoided * kInterruptionSeconds, kMicro));
    json.field("unit", "seconds").field("n", of.support_messages);
    json.field("baseline_mails", money::format_micros(baseline));
    json.field("seconds_each", kInterruptionSeconds);
    end_priced(json, draft);
    const auto wage = price(Price::kWagePerHour);
    if (!wage) {
      return;
    }
    KpiDraft& cost = add(Kpi::kInterruptionCost, true);
    JsonWriter priced(cost.back);
    priced.begin_object();
    money_value(priced, avoided * kInterruptionSeconds * *wage / kSecondsPerHour / kMicro);
    priced.field("n", of.support_messages).field("input", "interruption_time_avoided");
    priced.field("price", money::name_of(Price::kWagePerHour));
    priced.field("price_amount", money::format_micros(*wage));
    end_priced(priced, cost);
  }

 private:
  void items(Kpi kpi, int64_t count) {
    if (count <= 0) {
      return;
    }
    KpiDraft& draft = add(kpi, true);
    JsonWriter json(draft.back);
    json.begin_object().field("value", count).field("unit", "items").field("n", count);
    end(json, draft);
  }

  KpiDraft& add(Kpi kpi, bool has_figures) {
    drafts_.push_back(draft_of(head_, kpi, channel_, has_figures));
    return drafts_.back();
  }

  void money_value(JsonWriter& json, Int128 micros) const {
    json.field("value", money::format_money(micros, by_.rates.base()));
    json.field("unit", by_.rates.base().view());
  }

  static void end(JsonWriter& json, const KpiDraft& draft) {
    json.field("method", method_of(draft.kpi));
    json.end_object();
  }

  void end_priced(JsonWriter& json, const KpiDraft& draft) const {
    json.field("prices_version", by_.prices->version_at(head_.start));
    end(json, draft);
  }

  const KpiHead& head_;
  std::string_view channel_;
  const Valuation& by_;
  std::vector<KpiDraft>& drafts_;
};

}  // namespace

void draft_values(const KpiHead& head,
                  const ChannelFigures& figures,
                  const Sales& sales,
                  const Valuation& by,
                  std::vector<KpiDraft>& drafts) {
  Drafter draft(head, figures.channel, by, drafts);
  draft.sentiment(figures.activity);
  draft.engagement(figures.activity);
  draft.copies(figures.activity);
  draft.signals(figures.activity);
  draft.return_on_spend(sales);
  if (figures.channel == kAllChannels) {
    return;  // prices are those of channels
  }
  draft.cost(Kpi::kAvoidedContactCost,
             "strict_deflections",
             figures.conversations.deflected,
             1,
             Price::kCostPerContact);
  if (by.replacement_cost) {
    draft.cost(
        Kpi::kReplacementCost, "impressions", figures.activity.impressions, kPerMille, Price::kCpm);
  }
}

void draft_baselines(const KpiHead& head,
                     const std::vector<ChannelFigures>& channels,
                     const ActivityTotals& all,
                     const Valuation& by,
                     std::vector<KpiDraft>& drafts) {
  if (by.prices == nullptr) {
    return;
  }
  const auto activity_of = [&](std::string_view channel) {
    const auto found = std::find_if(channels.begin(), channels.end(), [&](const auto& each) {
      return each.channel == channel;
    });
    return found == channels.end() ? ActivityTotals() : found->activity;
  };
  for (const std::string_view channel : by.prices->channels(Price::kMailsPerDay, head.brand)) {
    Drafter(head, channel, by, drafts).interruptions(activity_of(channel));
  }
  for (const std::string_view channel : by.prices->channels(Price::kContactShare, head.brand)) {
    Drafter(head, channel, by, drafts).shift(activity_of(channel), all);
  }
}

}  // namespace kaiku::board
