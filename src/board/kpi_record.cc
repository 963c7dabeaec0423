#include "board/kpi_record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "kaiku/effect/wilson.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/money/decimal.h"

#include "board/activity_record.h"
#include "board/attribution_kpis.h"
#include "board/business_kpis.h"
#include "board/content_kpis.h"
#include "board/conversation_kpis.h"
#include "board/kpi_definition.h"
#include "board/value_kpis.h"

namespace kaiku::board {
namespace {

using aggregate::Aggregate;
using base::JsonWriter;
using money::Flow;
using money::MoneySums;
using money::Rates;

// Of a channel, where journeys are followed.
constexpr std::string_view kAttributedReturn = "attributed_last_touch.v1";

// Sums without a rate by currency and rate date, orders less refunds where both are in the value.
std::vector<MoneySums::Entry> unconverted(const Rates::Total& plus, const Rates::Total& minus) {
  std::vector<MoneySums::Entry> entries = plus.unconverted;
  for (MoneySums::Entry entry : minus.unconverted) {
    entry.sum_micros = -entry.sum_micros;
    entries.push_back(entry);
  }
  const auto before = [](const MoneySums::Entry& a, const MoneySums::Entry& b) {
    return std::pair(a.currency, a.rate_day) < std::pair(b.currency, b.rate_day);
  };
  std::stable_sort(entries.begin(), entries.end(), before);
  std::vector<MoneySums::Entry> merged;
  for (const MoneySums::Entry& entry : entries) {
    if (!merged.empty() && !before(merged.back(), entry)) {
      merged.back().sum_micros += entry.sum_micros;
    } else {
      merged.push_back(entry);
    }
  }
  return merged;
}

void write_subject(JsonWriter& json, const Subject& subject) {
  for (const auto& [name, value] : subject.fields) {
    json.field(name, value);
  }
}

bool has_flow(const MoneySums& sums, Flow flow) {
  return std::any_of(sums.entries().begin(), sums.entries().end(), [flow](const auto& entry) {
    return entry.flow == flow;
  });
}

// The business figures of a channel, or of all of them, in the base currency.
struct Booked {
  Rates::Total orders;
  Rates::Total refunds;
  Rates::Total spends;
  int64_t order_count = 0;
  int64_t refund_count = 0;
  int64_t spend_count = 0;
  int64_t adjustments = 0;
  bool has_sales = false;
  bool has_spend = false;
};

Booked booked_of(const Aggregate& business, const Rates& rates) {
  Booked booked;
  booked.orders = rates.convert(business.money, Flow::kOrder);
  booked.refunds = rates.convert(business.money, Flow::kRefund);
  booked.spends = rates.convert(business.money, Flow::kSpend);
  booked.order_count = business.orders;
  booked.refund_count = business.refunds;
  booked.spend_count = business.spends;
  booked.adjustments = business.adjustments;
  booked.has_sales = business.orders != 0 || business.refunds != 0 ||
                     has_flow(business.money, Flow::kOrder) ||
                     has_flow(business.money, Flow::kRefund);
  booked.has_spend = business.spends != 0 || has_flow(business.money, Flow::kSpend);
  return booked;
}

void add_total(Rates::Total& to, const Rates::Total& total) {
  to.micros += total.micros;
  to.complete = to.complete && total.complete;
  to.unconverted.insert(to.unconverted.end(), total.unconverted.begin(), total.unconverted.end());
}

// Of all channels. The sums are converted and rounded once; when they are more than one cell may
// hold, the channels' totals are added instead.
Booked booked_of_all(const std::vector<ChannelFigures>& channels, const Rates& rates) {
  Aggregate all;
  Booked added;
  bool complete = true;
  for (const ChannelFigures& figures : channels) {
    if (figures.business == nullptr) {
      continue;
    }
    all.orders += figures.business->orders;
    all.refunds += figures.business->refunds;
    all.spends += figures.business->spends;
    all.adjustments += figures.business->adjustments;
    complete = all.money.merge(figures.business->money) && complete;
    const Booked one = booked_of(*figures.business, rates);
    add_total(added.orders, one.orders);
    add_total(added.refunds, one.refunds);
    add_total(added.spends, one.spends);
  }
  Booked booked = booked_of(all, rates);
  if (!complete) {
    booked.orders = std::move(added.orders);
    booked.refunds = std::move(added.refunds);
    booked.spends = std::move(added.spends);
  }
  return booked;
}

void draft_money(const KpiHead& head,
                 std::string_view channel,
                 const Booked& booked,
                 const Rates& rates,
                 std::vector<KpiDraft>& drafts) {
  const Rates::Total none;
  std::vector<std::pair<std::string_view, int64_t>> fields;
  if (booked.adjustments != 0) {
    fields.emplace_back("prior_period_adjustments", booked.adjustments);
  }
  const auto add = [&](Kpi kpi,
                       bool has_figures,
                       const Rates::Total& plus,
                       const Rates::Total& minus,
                       int64_t records) {
    drafts.push_back(draft_of(head, kpi, channel, has_figures));
    write_money(drafts.back(), rates, plus, minus, records, fields);
  };
  add(Kpi::kBookedRevenue, booked.has_sales, booked.orders, none, booked.order_count);
  add(Kpi::kRefunds, booked.has_sales, booked.refunds, none, booked.refund_count);
  add(Kpi::kBookedNetRevenue,
      booked.has_sales,
      booked.orders,
      booked.refunds,
      booked.order_count + booked.refund_count);
  add(Kpi::kAdSpend, booked.has_spend, booked.spends, none, booked.spend_count);
  drafts.back().n = KpiDraft::kOfCells;  // the brand's own money
}

Sales sales_of(const Booked& booked) {
  return {booked.orders.micros - booked.refunds.micros,
          booked.spends.micros,
          booked.has_spend,
          booked.orders.complete && booked.refunds.complete && booked.spends.complete,
          true,
          method_of(Kpi::kReturnOnSpend)};
}

// Whether it can be seen of the brand's orders what led to them.
bool sees_touches(const std::vector<ChannelFigures>& channels) {
  int64_t orders = 0;
  int64_t joined = 0;
  for (const ChannelFigures& figures : channels) {
    if (figures.business != nullptr) {
      const aggregate::AttributionFigures* credited = figures.business->attribution.get();
      orders += figures.business->orders;
      joined += credited != nullptr ? credited->joined_orders : 0;
    }
  }
  return joined > 0 || orders <= 0;
}

// What the spend of a channel is set against: the net of the orders whose last touch it was. Where
// nobody follows journeys, what it sold itself.
Sales sales_at(const KpiHead& head,
               const ChannelFigures& channel,
               const Booked& booked,
               bool sees_touches,
               const Rates& rates) {
  Sales sales = sales_of(booked);
  if (head.attribution.look_back_us == 0) {
    sales.is_known = booked.has_sales;
    return sales;
  }
  constexpr auto kLastTouch = static_cast<size_t>(aggregate::AttributionModel::kLastTouch);
  const aggregate::AttributionFigures* credited =
      channel.business != nullptr ? channel.business->attribution.get() : nullptr;
  Rates::Total led_to;
  if (credited != nullptr) {
    led_to = rates.convert(credited->revenue[kLastTouch], Flow::kOrder);
  }
  sales.net_micros = led_to.micros;
  sales.is_complete = led_to.complete && booked.spends.complete;
  sales.is_known = sees_touches;
  sales.method = kAttributedReturn;
  return sales;
}

}  // namespace

void ActivityTotals::add(model::ItemType type, const Aggregate& figures) {
  counted += figures.count_total();
  originals += figures.count_original();
  for (const int64_t copies : figures.suppressed) {
    suppressed += copies;
  }
  engagements += figures.engagements();
  impressions += figures.impressions;
  negative += figures.sentiment_negative;
  neutral += figures.sentiment_neutral;
  positive += figures.sentiment_positive;
  if (type == model::ItemType::kBugReport) {
    bug_reports += std::max<int64_t>(figures.inbound_original, 0);
  }
  if (type == model::ItemType::kSupportMessage) {
    support_contacts += std::max<int64_t>(figures.inbound_original, 0);
    support_messages += std::max<int64_t>(figures.inbound, 0);
  }
  const aggregate::SignalFigures* const signals = figures.signals.get();
  if (type == model::ItemType::kMention) {
    mentions += std::max<int64_t>(figures.count_original(), 0);
    by_staff += signals != nullptr ? signals->by_staff : 0;
  }
  for (size_t i = 0; signals != nullptr && i < model::kRisks; ++i) {
    risks[i] += signals->risks[i];
  }
}

void ActivityTotals::add(const ActivityTotals& other) {
  counted += other.counted;
  originals += other.originals;
  suppressed += other.suppressed;
  engagements += other.engagements;
  impressions += other.impressions;
  negative += other.negative;
  neutral += other.neutral;
  positive += other.positive;
  bug_reports += other.bug_reports;
  support_contacts += other.support_contacts;
  support_messages += other.support_messages;
  mentions += other.mentions;
  by_staff += other.by_staff;
  for (size_t i = 0; i < model::kRisks; ++i) {
    risks[i] += other.risks[i];
  }
}

bool names_total(Kpi kpi) {
  const bool is_attributed = kpi >= Kpi::kAttributedLastTouch && kpi <= Kpi::kAttributedMarkov;
  return is_attributed || kpi == Kpi::kBugReportShare || kpi == Kpi::kChannelShift ||
         kpi == Kpi::kShareOfVoice;
}

std::vector<Kpi> made_of(Kpi kpi) {
  switch (kpi) {
    case Kpi::kBookedNetRevenue:
      return {Kpi::kBookedRevenue, Kpi::kRefunds};
    case Kpi::kReturnOnSpend:
      return {Kpi::kBookedRevenue, Kpi::kRefunds, Kpi::kAttributedLastTouch};
    case Kpi::kPublicGap:
      return {Kpi::kFirstResponsePublic, Kpi::kFirstResponsePrivate};
    case Kpi::kAvoidedContactCost:
      return {Kpi::kStrictDeflections};
    case Kpi::kInterruptionCost:
      return {Kpi::kInterruptionsAvoided};
    default:
      return {};
  }
}

std::string withheld_back(Kpi kpi, uint32_t least) {
  std::string back;
  JsonWriter json(back);
  json.begin_object();
  json.key("value").null();
  json.field("suppressed_below", least);
  json.field("method", method_of(kpi));
  json.end_object();
  return back;
}

KpiDraft draft_of(
    const KpiHead& head, Kpi kpi, std::string_view channel, bool has_figures, Subject subject) {
  const Definition& definition = definition_of(kpi);
  KpiDraft draft;
  draft.kpi = kpi;
  draft.channel = channel;
  draft.has_figures = has_figures;
  draft.subject = std::move(subject);
  JsonWriter json(draft.front);
  json.begin_object();
  json.field("schema", "kaiku.kpi.v1");
  json.field("pipeline", head.pipeline);
  json.field("kpi", definition.name);
  if (!definition.metric_id.empty()) {
    json.field("metric_id", definition.metric_id);
  }
  json.field("stage", definition.stage);
  json.field("value_basis", definition.value_basis);
  const std::string_view plain = channel == kAllChannels ? "brand" : "brand x channel";
  json.field("scope", draft.subject.scope.empty() ? plain : draft.subject.scope);
  json.field("brand", head.brand);
  json.field("channel", channel);
  write_subject(json, draft.subject);
  json.field("window", head.window);
  json.field("window_start", base::format_seconds(head.start));
  json.field("window_end", base::format_seconds(head.end));
  return draft;
}

void write_money(KpiDraft& draft,
                 const Rates& rates,
                 const Rates::Total& plus,
                 const Rates::Total& minus,
                 int64_t records,
                 std::span<const std::pair<std::string_view, int64_t>> fields) {
  draft.incomplete = !plus.complete || !minus.complete;
  JsonWriter json(draft.back);
  json.begin_object();
  json.field("value", money::format_money(plus.micros - minus.micros, rates.base()));
  json.field("unit", rates.base().view());
  json.field("n", records);
  draft.n = records;
  json.field("rates_version", rates.version());
  write_unconverted(json, plus, minus);
  for (const auto& [name, value] : fields) {
    json.field(name, value);
  }
  json.field("method", definition_of(draft.kpi).method);
  json.end_object();
}

base::Digest content_of(const KpiDraft& draft) {
  constexpr std::string_view kVersion = "\"rates_version\":";
  const std::string_view back = draft.back;
  const size_t at = back.find(kVersion);
  if (at == std::string_view::npos) {
    return base::HashKey().digest({draft.front, back});
  }
  // A table with another rate somewhere is another version, and says nothing new here.
  const size_t end = std::min(back.find(',', at), back.size());
  return base::HashKey().digest({draft.front, back.substr(0, at), back.substr(end)});
}

std::string place_of(const KpiDraft& draft) {
  std::string place = draft.channel;
  for (const auto& [name, value] : draft.subject.fields) {
    place.push_back(exchange::kPlaceSeparator);
    place.append(value);
  }
  return place;
}

void write_unconverted(JsonWriter& json, const Rates::Total& plus, const Rates::Total& minus) {
  if (plus.complete && minus.complete) {
    return;
  }
  json.key("unconverted").begin_array();
  for (const MoneySums::Entry& entry : unconverted(plus, minus)) {
    json.begin_object();
    json.field("currency", entry.currency.view());
    json.field("amount", money::format_micros(entry.sum_micros));
    json.field("rate_date", base::format_date(entry.rate_day));
    json.end_object();
  }
  json.end_array();
}

void write_assumptions(JsonWriter& json, std::span<const std::string_view> assumptions) {
  if (assumptions.empty()) {
    return;
  }
  json.key("assumptions").begin_array();
  for (const std::string_view assumption : assumptions) {
    json.string(assumption);
  }
  json.end_array();
}

void write_share(KpiDraft& draft,
                 int64_t numerator,
                 int64_t denominator,
                 std::span<const std::string_view> assumptions) {
  JsonWriter json(draft.back);
  json.begin_object();
  json.key("value").ratio(numerator, denominator);
  json.field("unit", "ratio");
  json.field("numerator", numerator);
  json.field("denominator", denominator);
  json.field("n", denominator);
  draft.n = names_total(draft.kpi) ? KpiDraft::kOfCells : denominator;
  if (denominator > 0) {
    const effect::Interval interval = effect::wilson95(numerator, denominator);
    json.key("lo95").ratio(interval.low);
    json.key("hi95").ratio(interval.high);
  }
  json.field("method", method_of(draft.kpi));
  write_assumptions(json, assumptions);
  json.end_object();
}

std::vector<KpiDraft> draft_kpis(const KpiHead& head,
                                 const std::vector<ChannelFigures>& channels,
                                 const Valuation& by) {
  const Rates& rates = by.rates;
  std::vector<KpiDraft> drafts;
  std::vector<const Aggregate*> business;
  ChannelFigures all;
  all.channel = kAllChannels;
  for (const ChannelFigures& figures : channels) {
    all.activity.add(figures.activity);
    all.conversations.merge(figures.conversations);
    all.content.merge(figures.content);
    if (figures.business != nullptr) {
      business.push_back(figures.business);
    }
  }
  const bool sees = sees_touches(channels);
  for (const ChannelFigures& figures : channels) {
    Booked booked;
    if (figures.business != nullptr) {
      booked = booked_of(*figures.business, rates);
      draft_money(head, figures.channel, booked, rates, drafts);
      draft_business(head, figures.channel, {figures.business}, by, drafts);
    }
    const int64_t reports = figures.activity.bug_reports;
    drafts.push_back(draft_of(head, Kpi::kBugReportShare, figures.channel, reports != 0));
    write_share(drafts.back(), reports, all.activity.bug_reports);
    draft_conversations(head, figures.channel, figures.conversations, drafts);
    draft_values(head, figures, sales_at(head, figures, booked, sees, rates), by, drafts);
    draft_content(head, figures, drafts);
  }
  draft_content_reuse(head, channels, drafts);
  draft_conversations(head, kAllChannels, all.conversations, drafts);
  Booked booked;
  if (!business.empty()) {
    booked = booked_of_all(channels, rates);
    draft_money(head, kAllChannels, booked, rates, drafts);
    draft_business(head, kAllChannels, business, by, drafts);
    draft_attribution(head, channels, rates, drafts);
  }
  draft_values(head, all, sales_of(booked), by, drafts);
  draft_content(head, all, drafts);
  draft_baselines(head, channels, all.activity, by, drafts);
  return drafts;
}

Published kpi_record(const KpiHead& head, const KpiDraft& draft, Kind kind, uint32_t revision) {
  Published record;
  record.dataset = Dataset::kKpi;
  record.kind = kind;
  record.revision = revision;
  record.window = head.window;
  record.window_start = head.start;
  JsonWriter key(record.key);
  key.begin_object();
  key.field("kpi", name_of(draft.kpi));
  key.field("brand", head.brand);
  key.field("channel", draft.channel);
  write_subject(key, draft.subject);
  key.field("window", head.window);
  key.field("window_start", base::format_seconds(head.start));
  key.end_object();
  record.value.reserve(draft.front.size() + draft.back.size() + 72);
  record.value = draft.front;
  record.value += ",\"kind\":\"";
  record.value += name_of(kind);
  record.value += "\",\"revision\":";
  record.value += std::to_string(revision);
  // No part of what the draft says: a new version alone is no revision.
  record.value += ",\"definition_version\":";
  record.value += std::to_string(definition_of(draft.kpi).version);
  record.value += ',';
  record.value.append(draft.back, 1);  // without its opening bracket
  return record;
}

}  // namespace kaiku::board
