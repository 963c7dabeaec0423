#include "board/aside_kpis.h"

#include <algorithm>
#include <array>

#include "kaiku/base/json_writer.h"
#include "kaiku/effect/rates.h"
#include "kaiku/exchange/delta_key.h"

#include "board/campaign_kpis.h"

namespace kaiku::board {
namespace {

using aggregate::Aggregate;
using base::JsonWriter;
using exchange::is_marked;

constexpr std::array<std::string_view, kComparables> kCompared = {
    "mentions", "bug_reports", "support_contacts", "orders", "visits", "leads"};
constexpr std::array<std::string_view, 1> kDeclared = {"change_point_declared"};

int64_t at_least_none(int64_t count) {
  return std::max<int64_t>(count, 0);
}

// Of one place, all types together.
struct Sum {
  std::string_view place;
  Aggregate figures;
  std::array<int64_t, 3> by_type{};  // mentions, bug reports, support messages
};

std::vector<Sum> sums_by_place(const std::vector<AsideCell>& cells) {
  std::vector<Sum> sums;
  for (const AsideCell& cell : cells) {
    if (sums.empty() || sums.back().place != cell.channel) {
      sums.push_back({cell.channel, {}, {}});
    }
    sums.back().figures.merge(*cell.figures);
    if (const auto type = static_cast<size_t>(cell.type); type < sums.back().by_type.size()) {
      sums.back().by_type[type] += cell.figures->count_total();
    }
  }
  return sums;
}

std::vector<HeadedDraft> draft_topic(const KpiHead& head,
                                     std::string_view topic,
                                     const std::vector<AsideCell>& cells) {
  const std::vector<Sum> brands = sums_by_place(cells);
  int64_t all = 0;
  sketch::HyperLogLog everybody;
  for (const Sum& brand : brands) {
    all += at_least_none(brand.figures.count_original());
    everybody.merge(brand.figures.authors);
  }
  const uint64_t all_authors = everybody.estimate();
  std::vector<HeadedDraft> drafts;
  for (const Sum& brand : brands) {
    HeadedDraft made;
    made.head = head;
    made.head.brand = brand.place;
    made.draft = draft_of(made.head,
                          Kpi::kShareOfVoice,
                          kAllChannels,
                          all > 0,
                          {"brand x topic", {{"topic", std::string(topic)}}});
    const int64_t own = at_least_none(brand.figures.count_original());
    const uint64_t authors = brand.figures.authors.estimate();
    JsonWriter json(made.draft.back);
    json.begin_object().key("value").ratio(own, all);
    json.field("unit", "ratio").field("numerator", own).field("denominator", all).field("n", all);
    if (all > 0) {
      const effect::Interval interval = effect::wilson95(own, all);
      json.key("lo95").ratio(interval.low);
      json.key("hi95").ratio(interval.high);
    }
    json.key("value_by_authors").ratio(authors, all_authors);
    json.field("authors", authors).field("authors_of_topic", all_authors);
    json.field("method", method_of(made.draft.kpi));
    json.end_object();
    drafts.push_back(std::move(made));
  }
  return drafts;
}

std::vector<HeadedDraft> draft_feedback(const KpiHead& head,
                                        std::string_view brand,
                                        const std::vector<AsideCell>& cells) {
  std::vector<HeadedDraft> drafts;
  for (const Sum& sum : sums_by_place(cells)) {
    const size_t separator = sum.place.find(exchange::kPlaceSeparator);
    if (separator == std::string_view::npos) {
      continue;
    }
    const Aggregate& figures = sum.figures;
    HeadedDraft made;
    made.head = head;
    made.head.brand = brand;
    const int64_t all = at_least_none(figures.count_total());
    made.draft = draft_of(made.head,
                          Kpi::kAspectFeedback,
                          kAllChannels,
                          all > 0,
                          {"brand x product x aspect",
                           {{"product", std::string(sum.place.substr(0, separator))},
                            {"aspect", std::string(sum.place.substr(separator + 1))}}});
    JsonWriter json(made.draft.back);
    json.begin_object();
    json.field("value", all).field("unit", "items").field("n", all);
    json.field("positive", figures.sentiment_positive);
    json.field("neutral", figures.sentiment_neutral);
    json.field("negative", figures.sentiment_negative);
    json.field("mentions", sum.by_type[0]).field("bug_reports", sum.by_type[1]);
    json.field("support_messages", sum.by_type[2]);
    json.field("method", method_of(made.draft.kpi));
    json.end_object();
    drafts.push_back(std::move(made));
  }
  return drafts;
}

int64_t count_of(Compared compared, const Aggregate& figures) {
  const aggregate::BusinessFigures* business = figures.business.get();
  switch (compared) {
    case Compared::kOrders:
      return figures.orders;
    case Compared::kVisits:
      return business != nullptr ? business->visits : 0;
    case Compared::kLeads:
      return business != nullptr ? business->leads : 0;
    case Compared::kBugReports:
    case Compared::kSupportContacts:
      return figures.inbound_original;
    case Compared::kMentions:
      break;
  }
  return figures.count_original();
}

double days_of(int64_t duration_us) {
  return static_cast<double>(duration_us) / static_cast<double>(base::kDay);
}

HeadedDraft draft_comparison(const KpiHead& head,
                             const Comparison& comparison,
                             const std::vector<AsideCell>& cells) {
  effect::Exposed before{0, days_of(comparison.before_us)};
  effect::Exposed after{0, days_of(comparison.after_us)};
  for (const AsideCell& cell : cells) {
    (cell.channel == "before" ? before : after).count += count_of(comparison.of, *cell.figures);
  }
  before.count = at_least_none(before.count);
  after.count = at_least_none(after.count);
  HeadedDraft made;
  made.head = head;
  made.head.brand = comparison.brand;
  const std::string_view channel = comparison.channel.empty() ? kAllChannels : comparison.channel;
  made.draft = draft_of(made.head,
                        Kpi::kBeforeAfter,
                        channel,
                        before.count + after.count > 0,
                        {"comparison", {{"comparison", std::string(comparison.id())}}});
  JsonWriter json(made.draft.back);
  json.begin_object();
  json.key("value");
  if (before.count > 0) {
    const double ratio = (static_cast<double>(after.count) / after.exposure) /
                         (static_cast<double>(before.count) / before.exposure);
    json.ratio(ratio);
    json.key("change").ratio(ratio - 1);
  } else {
    json.null();
  }
  json.field("unit", "ratio").field("numerator", after.count).field("denominator", before.count);
  json.field("n", before.count + after.count);
  if (const auto estimate = effect::after_to_before(before, after); estimate.has_value()) {
    json.key("lo95").ratio(estimate->interval.low);
    json.key("hi95").ratio(estimate->interval.high);
  }
  json.field("of", name_of(comparison.of));
  json.key("days_before").ratio(before.exposure);
  json.key("days_after").ratio(after.exposure);
  json.field("changed_at", base::format_seconds(comparison.changed_at));
  json.field("method", method_of(made.draft.kpi));
  write_assumptions(json, kDeclared);
  json.end_object();
  return made;
}

}  // namespace

std::string_view name_of(Compared compared) {
  return kCompared[static_cast<size_t>(compared)];
}

bool parse_name(std::string_view name, Compared& compared) {
  const auto found = std::find(kCompared.begin(), kCompared.end(), name);
  compared = found == kCompared.end() ? compared : static_cast<Compared>(found - kCompared.begin());
  return found != kCompared.end();
}

std::vector<HeadedDraft> draft_asides(const KpiHead& head,
                                      std::string_view name,
                                      const std::vector<AsideCell>& cells,
                                      const BoardPlan& plan,
                                      const money::Rates& rates) {
  if (is_marked(name, exchange::kTopicMark)) {
    return draft_topic(head, name.substr(1), cells);
  }
  if (is_marked(name, exchange::kFeedbackMark)) {
    return draft_feedback(head, name.substr(1), cells);
  }
  for (const Campaign& campaign : plan.campaigns) {
    if (name == campaign.cells || name == campaign.period) {
      return draft_campaign(head, campaign, name == campaign.period, cells, rates);
    }
  }
  for (const Comparison& comparison : plan.comparisons) {
    if (name == comparison.cells) {
      return {draft_comparison(head, comparison, cells)};
    }
  }
  return {};
}

}  // namespace kaiku::board
