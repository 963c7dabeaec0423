#include "board/activity_record.h"

#include <map>
#include <utility>

#include "kaiku/base/json_writer.h"
#include "kaiku/money/decimal.h"

#include "board/exactness.h"
#include "board/window_state.h"

namespace kaiku::board {
namespace {

using aggregate::Aggregate;
using base::JsonWriter;

// Part of every record: when a formula changes, this number does.
constexpr int kDefinitionVersion = 1;

double ratio_of(int64_t numerator, int64_t denominator) {
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

void write_head(JsonWriter& json, const ActivityHead& head) {
  json.field("schema", "kaiku.activity.v1");
  json.field("pipeline", head.pipeline);
  json.field("brand", head.brand);
  json.field("channel", head.channel);
  json.field("type", model::name_of(head.type));
  json.field("window", head.window);
  json.field("window_start", base::format_seconds(head.start));
  json.field("window_end", base::format_seconds(head.end));
  json.field("kind", name_of(head.kind));
  json.field("revision", head.revision);
  if (is_real(head.watermark)) {
    json.field("watermark", base::format_micros(head.watermark));
  }
}

void write_counts(JsonWriter& json, const Aggregate& figures) {
  json.field("count_total", figures.count_total());
  json.field("count_original", figures.count_original());
  json.key("count_by_relation").begin_object();
  for (size_t i = 0; i < model::kRelations; ++i) {
    json.field(model::name_of(static_cast<model::Relation>(i)), figures.by_relation[i]);
  }
  json.end_object();
  json.field("count_inbound", figures.inbound);
  json.field("count_inbound_original", figures.inbound_original);
  const uint64_t authors = figures.authors.estimate();
  json.field("unique_authors", authors);
  json.key("unique_authors_error");
  json.ratio(authors == 0 ? 0 : sketch::HyperLogLog::kRelativeError);
  json.field("without_author", figures.without_author);
}

void write_reach(JsonWriter& json, const Aggregate& figures) {
  json.field("engagements", figures.engagements());
  json.key("engagement_components").begin_object();
  json.field("likes", figures.likes);
  json.field("replies", figures.replies);
  json.field("reposts", figures.reposts);
  json.field("quotes", figures.quotes);
  json.field("bookmarks", figures.bookmarks);
  json.field("clicks", figures.clicks);
  json.end_object();
  json.field("views", figures.views);
  json.field("impressions", figures.impressions);
  const sketch::BottomK::Estimate reach = figures.reach.sum();
  json.field("potential_reach", reach.sum);
  json.field("potential_reach_exact", reach.exact);
  if (figures.followers.total() > 0) {
    json.field("followers_p50", figures.followers.quantile(500));
    json.field("followers_p95", figures.followers.quantile(950));
  }
}

void write_sentiment(JsonWriter& json, const Aggregate& figures) {
  json.field("sentiment_positive", figures.sentiment_positive);
  json.field("sentiment_neutral", figures.sentiment_neutral);
  json.field("sentiment_negative", figures.sentiment_negative);
  const int64_t labelled =
      figures.sentiment_positive + figures.sentiment_neutral + figures.sentiment_negative;
  json.key("sentiment_coverage").ratio(labelled, figures.count_total());
  json.key("net_sentiment")
      .ratio(figures.sentiment_positive - figures.sentiment_negative, labelled);
  if (figures.sentiment_scored > 0) {
    json.key("sentiment_score");
    json.ratio(ratio_of(figures.sentiment_score_ppm, figures.sentiment_scored) / 1e6);
  }
}

void write_corrections(JsonWriter& json, const Aggregate& figures) {
  json.field("edits", figures.edits);
  json.field("deletions", figures.deletions);
  json.key("suppressed").begin_object();
  for (size_t i = 0; i < model::kDuplicateKinds; ++i) {
    json.field(model::name_of(static_cast<model::DuplicateKind>(i)), figures.suppressed[i]);
  }
  json.end_object();
  json.field("adjustments", figures.adjustments);
}

std::string_view name_of(money::Flow flow) {
  switch (flow) {
    case money::Flow::kCancelled:
      return "cancellations";
    case money::Flow::kOpportunity:
      return "opportunities";
    case money::Flow::kSubscriptionStart:
      return "subscription_starts";
    case money::Flow::kSubscriptionEnd:
      return "subscription_ends";
    case money::Flow::kPromotion:
      return "promotions";
    default:
      return "";
  }
}

// What business records stated besides what was booked, in their own currencies.
void write_amounts(JsonWriter& json, const money::MoneySums& sums) {
  std::map<std::pair<money::Flow, model::Currency>, money::Int128> amounts;
  for (const money::MoneySums::Entry& entry : sums.entries()) {
    if (!name_of(entry.flow).empty()) {
      amounts[{entry.flow, entry.currency}] += entry.sum_micros;
    }
  }
  json.key("amounts").begin_array();
  for (const auto& [place, micros] : amounts) {
    json.begin_object().field("of", name_of(place.first));
    json.field("currency", place.second.view()).field("amount", money::format_micros(micros));
    json.end_object();
  }
  json.end_array();
}

void write_business(JsonWriter& json, const Aggregate& figures) {
  const aggregate::BusinessFigures* business = figures.business.get();
  if (business == nullptr || business->is_empty()) {
    return;
  }
  json.key("business").begin_object();
  json.field("cancellations", business->cancellations);
  json.field("leads", business->leads);
  json.field("opportunities", business->opportunities);
  json.field("subscription_starts", business->subscription_starts);
  json.field("subscription_ends", business->subscription_ends);
  json.field("visits", business->visits);
  json.field("promotions", business->promotions);
  write_amounts(json, figures.money);
  json.end_object();
}

// What filters said of the items; absent if they said nothing.
void write_relevance(JsonWriter& json, const Aggregate& figures) {
  const aggregate::ContentFigures* content = figures.content.get();
  if (content == nullptr || content->judged() == 0) {
    return;
  }
  json.key("relevance").begin_object();
  json.field("relevant", content->relevant).field("noise", content->noise);
  json.field("off_topic", content->off_topic);
  json.end_object();
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kEarly:
      return "early";
    case Kind::kFinal:
      return "final";
    case Kind::kRevision:
      return "revision";
  }
  return "revision";
}

namespace {

Published record_of(const ActivityHead& head) {
  Published record;
  record.dataset = Dataset::kActivity;
  record.kind = head.kind;
  record.revision = head.revision;
  record.window = head.window;
  record.window_start = head.start;
  JsonWriter key(record.key);
  key.begin_object();
  key.field("brand", head.brand);
  key.field("channel", head.channel);
  key.field("type", model::name_of(head.type));
  key.field("window", head.window);
  key.field("window_start", base::format_seconds(head.start));
  key.end_object();
  return record;
}

}  // namespace

Published withheld_activity_record(const ActivityHead& head, uint32_t least) {
  Published record = record_of(head);
  JsonWriter json(record.value);
  json.begin_object();
  write_head(json, head);
  json.field("definition_version", kDefinitionVersion);
  json.field("suppressed_below", least);
  for (const char* name : {"count_total", "count_original", "unique_authors", "engagements"}) {
    json.key(name).null();
  }
  json.end_object();
  return record;
}

Published activity_record(const ActivityHead& head, const Aggregate& figures) {
  Published record = record_of(head);
  record.value.reserve(1'152);  // most records fit
  JsonWriter json(record.value);
  json.begin_object();
  write_head(json, head);
  write_exactness(json, figures.inexact);
  json.field("definition_version", kDefinitionVersion);
  write_counts(json, figures);
  write_reach(json, figures);
  write_sentiment(json, figures);
  write_corrections(json, figures);
  if (head.type == model::ItemType::kBusinessEvent) {
    json.field("orders", figures.orders);
    json.field("refunds", figures.refunds);
    json.field("spends", figures.spends);
    write_business(json, figures);
  }
  write_relevance(json, figures);
  json.end_object();
  return record;
}

}  // namespace kaiku::board
